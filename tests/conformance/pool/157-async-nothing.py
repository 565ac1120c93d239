from multiprocessing import Pool
from say import say


def same(x):
    return x


pool = Pool(1)
result = pool.map_async(same, [])
say(result.ready(), result.get())
pool.close()
pool.join()
