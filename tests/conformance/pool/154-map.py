from multiprocessing import Pool
from say import say


def square(x):
    return x * x


def times(a, b):
    return a * b


pool = Pool(2)
say(pool.map(square, range(8)))
say(pool.starmap(times, [(1, 2), (3, 4), (5, 6)]))
say(pool.map_async(square, [0, 1, 2]).get())
say(pool.starmap_async(times, [(1, 2), (3, 4)]).get(10))
pool.close()
pool.join()
