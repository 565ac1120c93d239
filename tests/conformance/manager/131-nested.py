from multiprocessing import Manager
from say import say

if __name__ == "__main__":
    manager = Manager()
    inner = manager.list([1, 2])
    outer = manager.list([inner, [7]])
    inner.append(3)
    say(outer[0][0:3])
    copy = outer[1]
    copy.append(8)
    say(outer[1])
