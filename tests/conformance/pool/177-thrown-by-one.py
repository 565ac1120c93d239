from multiprocessing import Pool
from say import say


class Thrown(Exception):
    pass


def fails(n):
    if n == 1:
        raise Thrown([n, "two"])
    return n


if __name__ == "__main__":
    pool = Pool(2)
    try:
        pool.map(fails, [0, 1, 2])
    except Thrown as e:
        say("map", *e.args)
    try:
        pool.starmap(fails, [[0], [1], [2]])
    except Thrown as e:
        say("starmap", *e.args)
    try:
        for n in pool.imap(fails, [0, 1, 2]):
            say("imap", n)
    except Thrown as e:
        say("imap", *e.args)
    pool.close()
    pool.join()
