import time
from multiprocessing import Pipe
from multiprocessing.connection import wait
from say import say

first, second = Pipe(), Pipe()
t = time.monotonic()
ready = wait([first[0], second[0]], 0.1)
say(len(ready), time.monotonic() - t)
second[1].send(1)
ready = wait([first[0], second[0]], 5)
say(len(ready), ready[0] is second[0])
t = time.monotonic()
ready = wait([first[0]], -1)
say(len(ready), time.monotonic() - t)
