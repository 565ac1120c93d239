from multiprocessing import Process
from say import say


def handles():
    return [Process(target=print, daemon=daemon).daemon for daemon in (None, True, False)]


def child():
    say("child", *handles())


say("main", *handles())
p = Process(target=child, daemon=True)
p.start()
p.join()
