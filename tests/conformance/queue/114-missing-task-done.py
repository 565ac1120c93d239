from multiprocessing import JoinableQueue
from say import say

q = JoinableQueue()
q.put("x")
say("got", q.get())
q.join()
