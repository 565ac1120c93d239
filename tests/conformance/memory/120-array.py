from multiprocessing import Array, Process
from say import say


def sum(a):
    for i in range(1, len(a)):
        a[i] += a[i - 1]


def through(a):
    say(len(a), a[0:2], a[-2:10])
    p = Process(target=sum, args=(a,))
    p.start()
    p.join()
    say(a[0:5])


numbers = [680, 626, 151, 222, 819, 313, 11, 5, 29, 3]
through(Array("i", numbers))
through(Array("i", numbers, lock=False))
