from multiprocessing import Array, Manager, Process, Value
from say import say


def writer(v, a, l, d, ns):
    for i in range(10):
        with v.get_lock():
            v.value += 1
        with a.get_lock():
            a[0] += 1
        l[0] = l[0] + [i]
        d["k"] = d["k"] + [i]
        ns.marks = ns.marks + [i]


def watcher(v, a, l, d, ns):
    for _ in range(4):
        str(v.value)
        str(a[0])
        l[0].__len__()
        d["k"].__len__()
        d["k"].__contains__(3)
        [x + 1 for x in l[0]]
        [x for x in ns.marks if x > 2]
        ns.marks.__len__()
        ns.text.split(" ")
        d["m"].keys()


if __name__ == "__main__":
    m = Manager()
    v = Value("i", 0)
    a = Array("i", 1)
    l = m.list([[]])
    d = m.dict({"k": [], "m": {"a": 1}})
    ns = m.Namespace()
    ns.marks = []
    ns.text = "one two"
    both = [Process(target=work, args=(v, a, l, d, ns)) for work in (writer, watcher)]
    for p in both:
        p.start()
    for p in both:
        p.join()
    say(v.value, a[0], len(l[0]), len(d["k"]), len(ns.marks))
