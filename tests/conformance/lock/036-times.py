import time
from multiprocessing import Semaphore
from say import say


def took(*args):
    t = time.monotonic()
    taken = s.acquire(*args)
    say(taken, time.monotonic() - t)


s = Semaphore(0)
took(False)
took(False, None)
took(True, -1)
took(True, 0.1)
