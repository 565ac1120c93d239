from multiprocessing import Process
from say import say


def child():
    say("before")
    1 / 0


p = Process(target=child)
p.start()
p.join()
say("exitcode", p.exitcode)
