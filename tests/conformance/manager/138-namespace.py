from multiprocessing import Manager, Process
from say import say


def child(ns):
    say("child", ns.name, ns.job)
    ns.name = "Bobby"


if __name__ == "__main__":
    manager = Manager()
    ns = manager.Namespace()
    ns.name = "Bob"
    ns.job = "builder"
    p = Process(target=child, args=(ns,))
    p.start()
    p.join()
    del ns.job
    say("job removed, name", ns.name)
    try:
        say(ns.job)
    except AttributeError:
        say("no job")
