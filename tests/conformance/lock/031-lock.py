import time
from multiprocessing import Lock
from say import kind, say

lock = Lock()
say("taken", lock.acquire())
say("tried", lock.acquire(False))
t = time.monotonic()
say("tried 0.1 s:", lock.acquire(True, 0.1), "after", time.monotonic() - t)
lock.release()
say("released")
say(kind(lock.release))
