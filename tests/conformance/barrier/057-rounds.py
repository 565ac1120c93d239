from multiprocessing import Barrier, Process, Value
from say import say


def count(v):
    with v.get_lock():
        v.value += 1


def party(b, came, left):
    early = False
    for i in range(10):
        count(came)
        early = early or left.value != 3 * i
        b.wait()
        count(left)
        early = early or came.value != 3 * (i + 1)
        b.wait()
    say("too early" if early else "none too early")


b, came, left = Barrier(3, timeout=30), Value("i", 0), Value("i", 0)
all = [Process(target=party, args=(b, came, left)) for _ in range(3)]
for p in all:
    p.start()
for p in all:
    p.join()
say("waiting", b.n_waiting, "broken", b.broken)
