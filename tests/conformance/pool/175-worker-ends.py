import sys
from multiprocessing import Pool
from say import kind, say


def ends():
    sys.exit(3)


def square(x):
    return x * x


pool = Pool(1)
result = pool.apply_async(ends)
say(kind(result.get, 0.5))
say(pool.apply(square, (5,)))
pool.close()
pool.join()
say("joined")
