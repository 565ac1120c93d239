from multiprocessing import Pool
from say import say


def same(x):
    return x


pool = Pool(1)
say(pool.map(same, []), pool.starmap(same, []))
say(len(list(pool.imap(same, []))), len(list(pool.imap_unordered(same, []))))
pool.close()
pool.join()
