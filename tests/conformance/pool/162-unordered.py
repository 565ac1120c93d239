from multiprocessing import Pool
from say import say


def square(x):
    return x * x


pool = Pool(3)
got = list(pool.imap_unordered(square, range(6)))
say(len(got))
say(sorted(got))
pool.close()
pool.join()
