import os
import signal
import time
from multiprocessing import Pool
from say import kind, say


def rests():
    time.sleep(100)


def square(x):
    return x * x


pool = Pool(1)
worker = pool.apply(os.getpid)
result = pool.apply_async(rests)
time.sleep(1)
os.kill(worker, signal.SIGKILL)
say(kind(result.get, 0.5))
say(pool.apply(square, (5,)))
pool.close()
pool.join()
say("joined")
