import time
from multiprocessing import Condition
from say import say

c = Condition()
with c:
    t = time.monotonic()
    came = c.wait_for(lambda: False, 0.1)
    say(came, time.monotonic() - t)
    say(c.wait_for(lambda: True))
