from multiprocessing import BoundedSemaphore
from say import kind, say

s = BoundedSemaphore(2)
say(s.acquire(), s.acquire())
say(s.acquire(False))
s.release()
s.release()
say(kind(s.release))
say(s.acquire(False), s.acquire(False), s.acquire(False))
