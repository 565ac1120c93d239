import sys
from multiprocessing import Lock, Queue
from say import kind, say

# The feeder thread writes a traceback there.
sys.stderr = open("/dev/null", "w")
q = Queue(1)
say(kind(q.put, Lock()))
q.put(True, True, 5)
say("put again")
got = q.get()
say(got, q.qsize())
