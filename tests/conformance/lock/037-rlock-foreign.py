import time
from multiprocessing import Process, RLock
from say import kind, say


def child(lock):
    say("child's release", kind(lock.release))
    t = time.monotonic()
    say("child took", lock.acquire(True, 0.2), "after", time.monotonic() - t)


lock = RLock()
lock.acquire()
p = Process(target=child, args=(lock,))
p.start()
p.join()
lock.release()
say("main gives it back")
