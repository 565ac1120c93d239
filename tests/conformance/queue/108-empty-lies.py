import time
from multiprocessing import Queue
from say import say

q = Queue()
q.put("x")
say("empty", q.empty(), "qsize", q.qsize())
time.sleep(1)
say("empty", q.empty())
