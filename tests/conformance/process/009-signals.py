import time
from multiprocessing import Process
from say import say


def child():
    time.sleep(100)


def ended(how):
    p = Process(target=child)
    p.start()
    alive = p.is_alive()
    getattr(p, how)()
    p.join()
    say(how, alive, p.exitcode)
    return p


ended("terminate")
p = ended("kill")
p.terminate()
say("again", p.exitcode)
