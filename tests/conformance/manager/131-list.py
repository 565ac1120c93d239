from multiprocessing import Manager
from say import say

if __name__ == "__main__":
    manager = Manager()
    a = manager.list([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    say(a[:])
    say(a[3], a[-1], a[2:5])
    a.extend([10, 11])
    say(len(a), a.index(10), a[2:3][0])
    b = manager.list([5])
    b.append(0)
    b.insert(0, 10)
    b.insert(0, 11)
    say(b[:])
    b *= 2
    say(b[:])
    say(b + [5, 6])
