from multiprocessing import Manager, Process
from say import say


def child(manager, list):
    own = manager.list([1, 2])
    own.append(3)
    say("child", own[:])
    counts = manager.dict()
    counts["a"] = 1
    say(counts["a"])
    list.append(4)


if __name__ == "__main__":
    manager = Manager()
    list = manager.list()
    p = Process(target=child, args=(manager, list))
    p.start()
    p.join()
    say("owner", list[:])
