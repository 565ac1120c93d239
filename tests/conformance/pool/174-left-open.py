import time
from multiprocessing import Pool
from say import say


def long():
    time.sleep(100)


pool = Pool(2)
pool.apply_async(long)
say("main is done")
