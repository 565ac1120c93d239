from multiprocessing import Manager
from say import kind, say

if __name__ == "__main__":
    manager = Manager()
    list = manager.list([1])
    say(list[:])
    manager.shutdown()
    manager.shutdown()
    say("appended" if kind(list.append, 2) == "no error" else "gone")
    say("made" if kind(manager.list, [1]) == "no error" else "gone")
