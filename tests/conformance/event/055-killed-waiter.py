import time
from multiprocessing import Event, Process
from say import say


def waiter(up, e):
    up.set()
    e.wait()


up, e = Event(), Event()
p = Process(target=waiter, args=(up, e))
p.start()
up.wait()
time.sleep(0.5)
say("waiting")
p.kill()
p.join()
e.set()
say("set")
say("is_set", e.is_set())
