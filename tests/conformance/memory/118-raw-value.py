from multiprocessing import Process, RawValue
from say import say


def child(i, d):
    i.value = 24234
    d.value = -4.25


i, d = RawValue("i", 4343), RawValue("d", 3.625)
say(i.value, d.value)
p = Process(target=child, args=(i, d))
p.start()
p.join()
say(i.value, d.value)
say("a lock" if hasattr(i, "get_lock") else "no lock")
