from multiprocessing import Condition, Process
from say import kind, say


def child(c):
    say("held by another", kind(c.notify))


c = Condition()
say("wait", kind(c.wait))
say("notify", kind(c.notify))
say("notify_all", kind(c.notify_all))
with c:
    p = Process(target=child, args=(c,))
    p.start()
    p.join()
