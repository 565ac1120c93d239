from multiprocessing import Condition, Process, Queue
from say import say


def sleeper(c, sleeping, seconds):
    with c:
        sleeping.put(1)
        say(c.wait(seconds))


def sleepers(c, sleeping, seconds):
    all = [Process(target=sleeper, args=(c, sleeping, seconds)) for _ in range(3)]
    for p in all:
        p.start()
    for _ in all:
        sleeping.get()
    return all


c, sleeping = Condition(), Queue()
for p in sleepers(c, sleeping, 0.1):
    p.join()
say("all expired")
all = sleepers(c, sleeping, None)
with c:
    say("asleep", sum(p.is_alive() for p in all))
    c.notify_all()
for p in all:
    p.join()
