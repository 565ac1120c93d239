import sys
from multiprocessing import Process
from say import say

p = Process(target=sys.exit, args=("why it ends",))
p.start()
p.join()
say(p.exitcode)
