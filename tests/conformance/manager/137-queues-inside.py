from multiprocessing import Manager
from say import say

if __name__ == "__main__":
    manager = Manager()
    list = manager.list([manager.Queue()])
    list[0].put("x")
    say(list[0].get())
    dict = manager.dict()
    dict["q"] = manager.Queue()
    dict["q"].put("y")
    say(dict["q"].get())
