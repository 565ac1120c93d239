from multiprocessing import Condition
from say import say

c = Condition()
with c:
    c.notify_all()
    say(c.wait(0.1))
