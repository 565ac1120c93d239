import sys
from multiprocessing import Process, Queue
from say import say


def child(q, how):
    q.put(how)
    if how == "exited":
        sys.exit(3)
    if how == "failed":
        raise ValueError("an error")


q = Queue()
for how in "returned", "exited", "failed":
    p = Process(target=child, args=(q, how))
    p.start()
    p.join()
    say(q.get(True, 5), p.exitcode)
