import os
import time
from multiprocessing import Event, Pipe, Process
from say import say


def grandchild(up, go, told):
    up.set()
    go.wait()
    say("the grandchild goes on")
    told.send(None)


def child(up, go, told):
    Process(target=grandchild, args=(up, go, told)).start()
    time.sleep(100)


up, go = Event(), Event()
near, far = Pipe()
p = Process(target=child, args=(up, go, far))
p.start()
up.wait()
p.kill()
t = time.monotonic()
p.join(5)
say("ended", time.monotonic() - t)
say(p.exitcode)
go.set()
# Nobody joins an orphan, so the end of the program waits for its word.
near.recv()
