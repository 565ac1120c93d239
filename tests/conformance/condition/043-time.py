import time
from multiprocessing import Condition
from say import say

c = Condition()
with c:
    t = time.monotonic()
    woken = c.wait(0.1)
    say(woken, time.monotonic() - t)
