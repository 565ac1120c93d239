from multiprocessing import Pipe
from say import say

near, far = Pipe()
say(near.poll())
far.send("")
say(near.poll(), near.poll())
say(f"[{near.recv()}]")
say(near.poll())
