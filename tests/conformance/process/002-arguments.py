from multiprocessing import Process, Queue
from say import say


def work(q, x):
    q.put(x)


q = Queue()
for x in [1, "str", (1,), [2.5, None, True]]:
    p = Process(target=work, args=(q, x))
    p.start()
    say(q.get())
    p.join()
