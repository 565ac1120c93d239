from multiprocessing import Event, Process, Queue, active_children, current_process
from say import say


def child(q, go, a, b):
    # Only so that it is still there when it is looked at.
    go.wait()
    me = current_process()
    q.put([[a, b], me.name, me.pid, me.daemon])


def names():
    return "[" + "".join(p.name for p in active_children()) + "]"


q, go = Queue(), Event()
p = Process(target=child, args=(q, go, 1, 2))
p.name = "SomeProcess"
p.daemon = True
say("before", p.is_alive(), p.exitcode, p.pid)
p.start()
say("running", p.is_alive(), p.exitcode, names())
go.set()
told = q.get()
say("child", told[0], told[1], told[2] == p.pid, told[3])
p.join()
say("after", p.is_alive(), p.exitcode, names())
