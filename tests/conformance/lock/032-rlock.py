from multiprocessing import RLock
from say import kind, say

lock = RLock()
say(lock.acquire(), lock.acquire(), lock.acquire(False))
for _ in range(3):
    lock.release()
say("released")
say(kind(lock.release))
