import time
from multiprocessing import Process, Queue
from say import kind, say


def getter(q):
    q.get()


q = Queue()
p = Process(target=getter, args=(q,))
p.start()
time.sleep(0.5)
p.kill()
p.join()
q.put("x")
time.sleep(0.3)
say("empty", q.empty(), "qsize", q.qsize())
say("get", kind(q.get, True, 0.3))
