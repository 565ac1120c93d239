import time
from multiprocessing import Process
from say import say


def codes(seconds, terminated):
    all = [Process(target=time.sleep, args=(seconds,)) for _ in range(100)]
    for p in all:
        p.start()
        if terminated:
            p.terminate()
    for p in all:
        p.join()
    return [p.exitcode for p in all]


say(codes(0.01, False).count(0), 0)
say(codes(100, True).count(-15), -15)
