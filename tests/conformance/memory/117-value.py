from multiprocessing import Process, Value
from say import say


def child(values):
    for value, changed in zip(values, [24234, -4.25, 234, 2**34, b"y"]):
        value.value = changed


def read():
    return [value.value.decode() if isinstance(value.value, bytes) else value.value for value in values]


values = [Value("i", 4343), Value("d", 3.625), Value("h", -232), Value("q", 2**33), Value("c", b"x")]
say(read())
p = Process(target=child, args=(values,))
p.start()
p.join()
say(read())
