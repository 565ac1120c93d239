from multiprocessing import Array, Process, Value
from say import say


def double(x, y, a):
    x.value *= 2
    y.value *= 2
    for i in range(len(a)):
        a[i] *= 2


for locked in True, False:
    x, y, a = Value("i", 7, lock=locked), Value("d", 0.125, lock=locked), Array("d", [0, 1, 2], lock=locked)
    p = Process(target=double, args=(x, y, a))
    p.start()
    p.join()
    say(x.value, y.value, a[:])
