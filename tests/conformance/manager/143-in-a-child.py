from multiprocessing import Manager, Process
from say import say


def child(list, dict):
    say(list.index(5), list.count(5), len(list), list[0])
    list.sort()
    list.reverse()
    items = [x for x in list]
    say(items, list.pop(0))
    say(dict.keys()[0], dict["foo"], len(dict))
    say(dict.popitem())


if __name__ == "__main__":
    manager = Manager()
    list = manager.list([5])
    dict = manager.dict({"foo": 5})
    p = Process(target=child, args=(list, dict))
    p.start()
    p.join()
    say("owner", len(list), len(dict))
