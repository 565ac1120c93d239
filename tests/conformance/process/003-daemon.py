from multiprocessing import Event, Process, active_children
from say import say


def handles():
    return [Process(target=print, daemon=daemon).daemon for daemon in (None, True, False)]


def child(go):
    go.wait()
    say("child", *handles())


say("main", *handles())
go = Event()
p = Process(target=child, args=(go,), daemon=True)
p.start()
say("listed", active_children()[0].daemon)
go.set()
p.join()
