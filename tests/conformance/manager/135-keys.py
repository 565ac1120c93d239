from multiprocessing import Manager
from say import say

if __name__ == "__main__":
    manager = Manager()
    d = manager.dict()
    d[1] = "a"
    d[2] = "b"
    for key in d.keys():
        say(key)
        d.clear()
    say(len(d))
