import time
from multiprocessing import Pipe, Process
from multiprocessing.connection import wait
from say import say


def which(all):
    ready = wait(all, 10)
    return [each in ready for each in all]


a, b = Pipe(), Pipe()
t = time.monotonic()
p = Process(target=time.sleep, args=(0.15,))
p.start()
all = [a[0], p.sentinel, b[0]]
say(which(all), time.monotonic() - t)
a[1].send(1)
say(which(all))
b[1].send(1)
say(which(all))
p.join()
