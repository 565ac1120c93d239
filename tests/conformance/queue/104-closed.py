from multiprocessing import Queue
from say import kind, say

q = Queue()
q.put(1)
q.close()
q.close()
say("put", kind(q.put, 2))
say("get", kind(q.get))
q.join_thread()
say("join_thread is done")
