from multiprocessing import Pool
from say import kind, say


def same(x):
    return x


pool = Pool(1)
say("join", kind(pool.join))
pool.close()
say("apply", kind(pool.apply, same, (1,)))
say("Pool(0)", kind(Pool, 0))
pool.join()
say("joined")
