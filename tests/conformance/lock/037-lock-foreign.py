from multiprocessing import Lock, Process
from say import say


def child(lock):
    lock.release()
    say("child released")
    say("child took", lock.acquire())


lock = Lock()
lock.acquire()
p = Process(target=child, args=(lock,))
p.start()
p.join()
# The child has ended without giving it back.
say("tried", lock.acquire(False))
