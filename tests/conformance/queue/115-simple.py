from multiprocessing import Process, SimpleQueue
from say import say


def child(q):
    q.put(q.empty())
    q.put(q.empty())


q = SimpleQueue()
p = Process(target=child, args=(q,))
p.start()
p.join()
say(q.get())
say(q.get())
say(q.empty())
