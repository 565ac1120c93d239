from multiprocessing import Barrier, Process
from threading import BrokenBarrierError
from say import kind, say


def party(b):
    try:
        if b.wait() == 1:
            b.abort()
            say("aborted")
            return
        b.wait()
        say("passed")
    except BrokenBarrierError:
        # Whoever had not left yet gets it from its first wait.
        say("BrokenBarrier")


b = Barrier(3, timeout=30)
all = [Process(target=party, args=(b,)) for _ in range(3)]
for p in all:
    p.start()
for p in all:
    p.join()
say("broken", b.broken, "waiting", b.n_waiting)
say(kind(b.wait))
