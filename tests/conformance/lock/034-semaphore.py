import time
from multiprocessing import Semaphore
from say import say

s = Semaphore(2)
say(s.acquire(), s.acquire())
say(s.acquire(False))
t = time.monotonic()
say(s.acquire(True, 0.1), time.monotonic() - t)
s.release()
say(s.acquire())
for _ in range(3):
    s.release()
say(s.acquire(False), s.acquire(False), s.acquire(False))
