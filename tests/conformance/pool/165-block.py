from multiprocessing import Pool
from say import kind, say


def square(x):
    return x * x


pool = Pool(1)
with pool:
    say(pool.map(square, [1, 2]))
say(kind(pool.map_async, square, [1, 2]))
pool.join()
