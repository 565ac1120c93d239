from multiprocessing import JoinableQueue
from say import kind, say

q = JoinableQueue()
q.close()
say("put", kind(q.put, 2))
say("get", kind(q.get))
