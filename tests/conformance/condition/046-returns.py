import time
from multiprocessing import Condition, Process
from say import say


def notifier(c):
    with c:
        c.notify()


c = Condition()
c.acquire()
for seconds in 0, 0.1, 60:
    t = time.monotonic()
    if seconds == 60:
        Process(target=notifier, args=(c,)).start()
    woken = c.wait(seconds)
    say(woken, time.monotonic() - t)
c.release()
