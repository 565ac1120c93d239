import time
from multiprocessing import Event, Process
from say import say


def waiter(e):
    say(e.wait())


e = Event()
all = [Process(target=waiter, args=(e,)) for _ in range(2)]
for p in all:
    p.start()
time.sleep(0.3)
e.set()
e.clear()
for p in all:
    p.join()
say("over")
