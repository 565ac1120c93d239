from multiprocessing import Manager, Process
from say import say


def child(e):
    say("child sees", e.wait())
    e.clear()


if __name__ == "__main__":
    manager = Manager()
    e = manager.Event()
    p = Process(target=child, args=(e,))
    p.start()
    e.set()
    p.join()
    say("owner sees", e.is_set())
