from multiprocessing import Manager
from say import say

if __name__ == "__main__":
    manager = Manager()
    d = manager.dict()
    d[65] = "A"
    d[66] = "B"
    d["x"] = 1
    d[0.25] = 2
    d[True] = 3
    say(len(d), d[66])
    say(d.keys())
    say(d.values())
    say("x" in d, "y" in d)
    say(d.pop(0.25), d.get("y", 9))
