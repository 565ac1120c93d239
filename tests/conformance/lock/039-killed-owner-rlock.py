import time
from multiprocessing import Event, Process, RLock
from say import kind, say


def holds(lock, e):
    lock.acquire()
    e.set()
    time.sleep(100)


lock, e = RLock(), Event()
p = Process(target=holds, args=(lock, e))
p.start()
e.wait()
p.kill()
p.join()
say("release", kind(lock.release))
lock.acquire()
say("never")
