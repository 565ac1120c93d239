from multiprocessing import Pool
from say import say


class Thrown(Exception):
    pass


def fails(value):
    raise Thrown(value)


if __name__ == "__main__":
    pool = Pool(2)
    values = [{"code": 7, "inner": [1, {"a": 2.5}]}, "no 7", 7, None]
    for value in values:
        try:
            pool.apply(fails, [value])
        except Thrown as e:
            say("apply", *e.args)
    for value in values:
        try:
            pool.apply_async(fails, [value]).get()
        except Thrown as e:
            say("get", *e.args)
    pool.close()
    pool.join()
