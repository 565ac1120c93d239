from multiprocessing import Process, Queue, current_process, parent_process
from say import say


def child(q):
    parent = parent_process()
    q.put([parent.pid, parent.name])


say("main has", parent_process())
q = Queue()
p = Process(target=child, args=(q,))
p.start()
told = q.get()
me = current_process()
say("pid", told[0] == me.pid)
say("name", told[1] == me.name)
p.join()
