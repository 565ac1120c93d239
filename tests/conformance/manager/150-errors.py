from multiprocessing import Manager
from say import kind, say

if __name__ == "__main__":
    manager = Manager()
    d = manager.dict()
    l = manager.list([1, 2])
    say(kind(lambda: d["zz"]))
    say(kind(lambda: l[99]))
    say(kind(l.remove, 9))
    say(kind(manager.list, 5))
