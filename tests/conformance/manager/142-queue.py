from multiprocessing import Manager, Process
from say import kind, say


def child(q):
    say("child", q.qsize(), q.full(), q.empty())
    first = q.get()
    say("child", first, q.get())


if __name__ == "__main__":
    manager = Manager()
    q = manager.Queue(2)
    q.put(5)
    q.put(6)
    p = Process(target=child, args=(q,))
    p.start()
    p.join()
    say("owner", q.empty(), q.full())
    q.put(7)
    q.put_nowait(8)
    say(kind(q.put, 9, True, 0.1))
    q.get()
    q.get()
    say(kind(q.get_nowait))
