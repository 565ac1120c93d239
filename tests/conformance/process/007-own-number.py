import os
from multiprocessing import Process, Queue
from say import say


def child(q):
    q.put(os.getpid())


q = Queue()
p = Process(target=child, args=(q,))
p.start()
say(q.get() != os.getpid())
p.join()
