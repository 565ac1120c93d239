import time
from multiprocessing import Barrier, Event, Process
from say import kind, say


def party(b, done):
    b.wait()
    done.set()


def waits(b):
    error = kind(b.wait)
    say("passed") if error == "no error" else say("thrown out", error)


b = Barrier(2, timeout=30)
b.abort()
say("broken", b.broken)
b.reset()
say("broken", b.broken)
done = Event()
p = Process(target=party, args=(b, done))
p.start()
b.wait()
done.wait()
p.join()
say("passed")
q = Process(target=waits, args=(b,))
q.start()
while b.n_waiting == 0:
    time.sleep(0.01)
say("waiting", b.n_waiting)
b.reset()
q.join()
say("broken", b.broken, "waiting", b.n_waiting)
