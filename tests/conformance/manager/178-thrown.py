from multiprocessing import Process
from multiprocessing.managers import BaseManager
from say import kind, say


class Thrown(Exception):
    pass


class Judge:
    def __init__(self, word):
        self.word = word

    def refuses(self, value):
        raise Thrown(value)

    def looks(self):
        return {"a": 1}["b"]

    def says(self):
        raise Thrown(f"{self.word} 7")


class Manager(BaseManager):
    pass


Manager.register("Judge", Judge)


def child(judge):
    try:
        judge.says()
    except Thrown as e:
        say("child", *e.args)


if __name__ == "__main__":
    manager = Manager()
    manager.start()
    judge = manager.Judge("no")
    for value in [{"code": 7, "inner": [1, {"a": 2.5}]}, "no 7", 7, None]:
        try:
            judge.refuses(value)
        except Thrown as e:
            say(*e.args)
    say(kind(judge.looks))
    p = Process(target=child, args=(judge,))
    p.start()
    p.join()
    manager.shutdown()
