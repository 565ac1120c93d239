import time
from multiprocessing import Condition, Process, Value
from say import say


def child(c, n):
    with c:
        n.value = 0
        c.notify()
        say("four", c.wait_for(lambda: n.value == 4))


c, n = Condition(), Value("i", -1)
p = Process(target=child, args=(c, n))
p.start()
with c:
    say("zero", c.wait_for(lambda: n.value == 0))
for _ in range(4):
    time.sleep(0.01)
    with c:
        n.value += 1
        c.notify()
p.join()
say(p.exitcode)
