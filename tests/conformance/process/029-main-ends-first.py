import time
from multiprocessing import Event, Process
from say import say


def child():
    time.sleep(1)
    say("the child is done")


def daemon(e):
    e.set()
    try:
        time.sleep(100)
    finally:
        say("never")


e = Event()
d = Process(target=daemon, args=(e,), daemon=True)
d.start()
e.wait()
Process(target=child).start()
say("main is done")
