from multiprocessing import Lock, Pool
from say import kind, say


def makes():
    return Lock()


def square(x):
    return x * x


pool = Pool(1)
for _ in range(2):
    say(kind(pool.apply, makes))
say(pool.apply(square, (5,)))
pool.close()
pool.join()
