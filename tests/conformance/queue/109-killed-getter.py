import time
from multiprocessing import Event, Process, Queue
from say import kind, say


def getter(up, q):
    up.set()
    q.get()


up, q = Event(), Queue()
p = Process(target=getter, args=(up, q))
p.start()
up.wait()
time.sleep(0.5)
p.kill()
p.join()
q.put("x")
time.sleep(1)
say("empty", q.empty(), "qsize", q.qsize())
say("get", kind(q.get, True, 0.3))
