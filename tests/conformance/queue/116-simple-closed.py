from multiprocessing import SimpleQueue
from say import kind, say

q = SimpleQueue()
q.close()
q.close()
say("closed")
say("put", kind(q.put, 1))
say("get", kind(q.get))
say("empty", kind(q.empty))
