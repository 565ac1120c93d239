from multiprocessing import Queue
from say import say

q = Queue()
say(q.qsize())
q.put(1)
say(q.qsize())
q.put(2)
say(q.qsize())
q.get()
say(q.qsize())
q.get()
say(q.qsize())
