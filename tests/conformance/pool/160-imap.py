from multiprocessing import Pool
from say import say


def square(x):
    return x * x


pool = Pool(2)
got = []
for x in pool.imap(square, range(10)):
    got.append(x)
say(got)
pool.close()
pool.join()
say("over")
