from multiprocessing import Process, Value
from say import say


def adds(v, n):
    for _ in range(n):
        with v.get_lock():
            v.value += 1


v = Value("i", 0)
a, b = (Process(target=adds, args=(v, 10)) for _ in range(2))
a.start()
b.start()
a.join()
b.join()
say(v.value)
