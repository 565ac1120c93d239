import time
from multiprocessing import Barrier, Process
from say import say


def waits(b):
    b.wait()


b = Barrier(3)
p = Process(target=waits, args=(b,))
p.start()
while b.n_waiting == 0:
    time.sleep(0.01)
# It counts before it sleeps.
time.sleep(1)
say("waiting", b.n_waiting)
p.kill()
p.join()
say("killed, waiting", b.n_waiting)
b.abort()
say("aborted, broken", b.broken)
