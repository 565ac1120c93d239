import time
from multiprocessing import Pool
from say import kind, say


def slow(x, seconds):
    time.sleep(seconds)
    return x * x


pool = Pool(1)
t = time.monotonic()
result = pool.apply_async(slow, (7, 1))
say("ready", result.ready())
got = result.get()
say(got, "after", time.monotonic() - t)
say("ready", result.ready(), "successful", result.successful())
say("again", result.get(0))
slower = pool.apply_async(slow, (2, 100))
t = time.monotonic()
error = kind(slower.get, 0.1)
say(error, "after", time.monotonic() - t)
say("ready", slower.ready())
say(kind(slower.successful))
slower.wait(0)
pool.terminate()
pool.join()
say(8)
