from multiprocessing import JoinableQueue
from say import kind, say

q = JoinableQueue()
q.join()
say("joined")
q.put("x")
q.task_done()
q.join()
say("joined")
say(q.get())
say(kind(q.task_done))
