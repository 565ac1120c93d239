from multiprocessing import Pool, Process
from say import say


def square(x):
    return x * x


def child():
    pool = Pool(2)
    say(pool.map(square, range(4)))
    pool.close()
    pool.join()


p = Process(target=child)
p.start()
p.join()
