import time
from multiprocessing import Event, Process, Semaphore
from say import say


def waiter(up, e):
    up.release()
    say(e.wait())


up, e = Semaphore(0), Event()
all = [Process(target=waiter, args=(up, e)) for _ in range(2)]
for p in all:
    p.start()
# Time to fall asleep, once both are there.
for p in all:
    up.acquire()
time.sleep(0.5)
e.set()
e.clear()
for p in all:
    p.join()
say("over")
