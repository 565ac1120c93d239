import time
from multiprocessing import Barrier, Process
from say import kind, say


def party(b, t):
    error = kind(b.wait, 0.1)
    say(error, time.monotonic() - t)


b = Barrier(3)
t = time.monotonic()
all = [Process(target=party, args=(b, t)) for _ in range(2)]
for p in all:
    p.start()
for p in all:
    p.join()
say("broken", b.broken)
b.reset()
say("alone", kind(b.wait, 0))
