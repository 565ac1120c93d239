from multiprocessing import Pool
from say import say


def square(x):
    return x * x


def minus(a, b):
    return a - b


pool = Pool(2)
say(pool.apply(square, (5,)))
say(pool.apply(minus, (3, 8)))
pool.close()
pool.join()
