from multiprocessing import Event, Process, active_children
from say import say


def child(e):
    e.wait()


e = Event()
p = Process(target=child, args=(e,))
say(len(active_children()))
p.start()
all = active_children()
say(len(all), all[0] is p)
e.set()
p.join()
say(len(active_children()))
