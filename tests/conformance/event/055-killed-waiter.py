import time
from multiprocessing import Event, Process
from say import say


def waiter(e):
    e.wait()


e = Event()
p = Process(target=waiter, args=(e,))
p.start()
time.sleep(0.5)
say("waiting")
p.kill()
p.join()
e.set()
say("set")
say("is_set", e.is_set())
