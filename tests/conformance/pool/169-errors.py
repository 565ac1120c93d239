from multiprocessing import Pool
from say import kind, say


def fails():
    return [0][5]


pool = Pool(1)
result = pool.apply_async(fails)
pool.apply_async(fails)
say(kind(result.get))
say("ready", result.ready(), "successful", result.successful())
pool.close()
pool.join()
say("closed")
