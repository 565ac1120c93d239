from multiprocessing import Lock, Pool
from say import kind, say


def same(x):
    return x


pool = Pool(1)
say(kind(pool.map, same, [1, Lock()]))
say(pool.map(same, [1]))
pool.close()
pool.join()
