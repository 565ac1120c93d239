from multiprocessing import Process, Queue
from say import say


def grandchild(q):
    q.put(42)


def child():
    q = Queue()
    p = Process(target=grandchild, args=(q,))
    p.start()
    say("child", q.get())
    p.join()


p = Process(target=child)
p.start()
p.join()
say(p.exitcode)
