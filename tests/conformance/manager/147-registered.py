from multiprocessing import Process
from multiprocessing.managers import BaseManager
from say import kind, say


class Foo:
    def __init__(self, x):
        self.x = x

    def f(self):
        return self.x

    def g(self):
        return [0][5]

    def adds(self, n):
        self.x += n


class Manager(BaseManager):
    pass


Manager.register("Foo", Foo)


def child(foo):
    foo.adds(1)
    say("child", foo.f())


if __name__ == "__main__":
    manager = Manager()
    manager.start()
    foo = manager.Foo(7)
    say("f", foo.f())
    say(kind(foo.g))
    try:
        foo.nothing()
    except AttributeError:
        say("no such method")
    p = Process(target=child, args=(foo,))
    p.start()
    p.join()
    say("f", foo.f())
