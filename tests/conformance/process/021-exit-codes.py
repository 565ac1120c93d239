import sys
from multiprocessing import Process
from say import say


def returns():
    return 5


def code(p):
    p.start()
    p.join()
    return p.exitcode


for given in [3, 256, 257, -1, -15, True, False]:
    say(code(Process(target=sys.exit, args=(given,))))
say(code(Process(target=sys.exit)))
say(code(Process(target=returns)))
