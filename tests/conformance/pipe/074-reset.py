from multiprocessing import Pipe
from say import kind, say

near, far = Pipe()
near.send("never read")
far.close()
say(kind(near.recv))
say(kind(near.recv))
