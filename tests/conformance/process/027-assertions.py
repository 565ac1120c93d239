from multiprocessing import Event, Process
from say import kind, say


def waits(e):
    e.wait()


def stranger():
    say("a stranger asks is_alive", kind(p.is_alive))
    say("a stranger joins", kind(p.join))


def daemon():
    say("a daemon's child", kind(Process(target=print).start))


e = Event()
p = Process(target=waits, args=(e,))
say("join before start", kind(p.join))
p.start()
say("close while running", kind(p.close))
say("start again", kind(p.start))
other = Process(target=stranger)
other.start()
other.join()
d = Process(target=daemon, daemon=True)
d.start()
d.join()
e.set()
p.join()
p.close()
p.close()
say("closed", kind(p.is_alive))
