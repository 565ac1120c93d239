from multiprocessing import Condition, Process, Queue
from say import say


def sleeper(c, told):
    with c:
        told.put(1)
        woken = c.wait()
        # Not said: in this program nobody may speak after the one that is stuck.
        assert woken


c, told = Condition(), Queue()
first = Process(target=sleeper, args=(c, told))
first.start()
told.get()
with c:
    pass
second = Process(target=sleeper, args=(c, told))
second.start()
told.get()
with c:
    say("asleep")
first.kill()
first.join()
with c:
    c.notify_all()
    say("notified")
second.join()
