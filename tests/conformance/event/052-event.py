import time
from multiprocessing import Event, Process
from say import say


def sets(e):
    time.sleep(0.1)
    e.set()


def took(what, function, *args):
    t = time.monotonic()
    say(what, function(*args), time.monotonic() - t)


e = Event()
say("is_set", e.is_set())
took("wait(0)", e.wait, 0)
took("wait(0.1)", e.wait, 0.1)
e.set()
e.set()
say("is_set", e.is_set())
took("wait()", e.wait)
took("wait(0.1)", e.wait, 0.1)
e.clear()
e.clear()
say("cleared", e.is_set())
t = time.monotonic()
Process(target=sets, args=(e,)).start()
say("set by another", e.wait(), time.monotonic() - t)
