import os
import signal
from multiprocessing import Process, Queue
from say import kind, say


def putter(q):
    q.put("x")
    os.kill(os.getpid(), signal.SIGKILL)


q = Queue(1)
p = Process(target=putter, args=(q,))
p.start()
p.join()
say("put")
say("full", q.full())
try:
    say("get", q.get(True, 0.2))
except Exception as error:
    say("get", type(error).__name__)
error = kind(q.put, "y", True, 0.1)
say("put", "y" if error == "no error" else error)
