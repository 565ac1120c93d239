from multiprocessing import Manager, Process
from say import kind, say


def child(q):
    for _ in range(2):
        q.get()
        q.task_done()


if __name__ == "__main__":
    manager = Manager()
    q = manager.JoinableQueue()
    q.put(1)
    q.put(2)
    p = Process(target=child, args=(q,))
    p.start()
    q.join()
    say("done")
    p.join()
    say(kind(q.task_done))
