import time
from multiprocessing import Condition, Process, Queue
from say import say


def sleeper(c, sleeping, woken):
    with c:
        sleeping.put(1)
        c.wait()
        woken.put(1)


c, sleeping, woken = Condition(), Queue(), Queue()
all = [Process(target=sleeper, args=(c, sleeping, woken)) for _ in range(2)]
for p in all:
    p.start()
for _ in all:
    sleeping.get()
with c:
    pass
time.sleep(0.1)
say("woken", woken.qsize())
for i in 1, 2:
    with c:
        c.notify()
    woken.get()
    say("woken", i)
for p in all:
    p.join()
with c:
    c.notify()
say("nobody left")
