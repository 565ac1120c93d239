import time
from multiprocessing import Pool
from say import say


def long(x):
    time.sleep(100)


pool = Pool(3)
result = pool.map_async(long, range(40))
t = time.monotonic()
pool.terminate()
pool.join()
say("over", time.monotonic() - t)
say("ready", result.ready())
