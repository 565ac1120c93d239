import time
from multiprocessing import Event, Process, Semaphore
from say import say


def takes(s, e):
    s.acquire()
    e.set()
    time.sleep(100)


s, e = Semaphore(2), Event()
p = Process(target=takes, args=(s, e))
p.start()
e.wait()
p.kill()
p.join()
say(s.acquire(False))
say(s.acquire(True, 0.1))
s.release()
say("given back")
say(s.acquire(False))
