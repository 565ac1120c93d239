import time
from multiprocessing import Pool
from say import kind, say


def fails(seconds):
    time.sleep(seconds)
    return [0][5]


pool = Pool(2)
t = time.monotonic()
error = kind(pool.map, fails, [0, 0.2])
say(error, "after", time.monotonic() - t)
pool.close()
pool.join()
say("closed")
