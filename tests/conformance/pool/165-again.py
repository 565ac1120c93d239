from multiprocessing import Pool
from say import kind, say


def enters(pool):
    with pool:
        say("inside")


pool = Pool(1)
enters(pool)
say(kind(enters, pool))
pool.join()
