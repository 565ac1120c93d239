import time
from multiprocessing import Process
from say import say


def codes(seconds, terminated):
    all = [Process(target=time.sleep, args=(seconds,)) for _ in range(6)]
    for p in all:
        p.start()
        if terminated:
            p.terminate()
    for p in all:
        p.join()
    return [p.exitcode for p in all]


say(codes(0.01, False))
say(codes(100, True))
