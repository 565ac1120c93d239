import time
from multiprocessing import Event, Lock, Process
from say import say


def holds(lock, e):
    lock.acquire()
    e.set()
    time.sleep(100)


lock, e = Lock(), Event()
p = Process(target=holds, args=(lock, e))
p.start()
e.wait()
p.kill()
p.join()
say("tried", lock.acquire(True, 0.1))
lock.release()
say("given back")
say("tried", lock.acquire(False))
