import time
from multiprocessing import Event, Lock, Process
from say import say


def waits(lock, e):
    e.set()
    lock.acquire()
    say("never")


def takes(lock):
    with lock:
        say("another took it")


lock, e = Lock(), Event()
lock.acquire()
p = Process(target=waits, args=(lock, e))
p.start()
e.wait()
time.sleep(0.05)
p.kill()
p.join()
say("killed", p.exitcode)
lock.release()
other = Process(target=takes, args=(lock,))
other.start()
other.join()
with lock:
    pass
