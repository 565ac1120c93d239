from multiprocessing import Manager
from say import say

if __name__ == "__main__":
    manager = Manager()
    a = manager.list([0, 1, 2])
    for x in a:
        say(x)
        a[1] = 10
        a[2] = 20
    say("over")
