import time
from multiprocessing import Event, Process, Queue
from say import kind, say


def took(what, function, *args):
    t = time.monotonic()
    why = kind(function, *args)
    say(what, why, time.monotonic() - t)


def consumer(q, on, done):
    on.wait()
    say("got", [q.get() for _ in range(6)])
    done.set()


q, on, done = Queue(6), Event(), Event()
p = Process(target=consumer, args=(q, on, done))
p.start()
say("empty", q.empty(), "full", q.full())
q.put(1)
q.put(2, True, 5)
q.put_nowait(3)
q.put(4, False)
q.put(5, True, None)
q.put(6, block=True)
time.sleep(1)
say("empty", q.empty(), "full", q.full())
took("put_nowait", q.put_nowait, 7)
took("put 0 s", q.put, 7, False, 0.1)
took("put 0.1 s", q.put, 7, True, 0.1)
on.set()
done.wait()
say("empty", q.empty(), "full", q.full())
took("get_nowait", q.get_nowait)
took("get 0.1 s", q.get, True, 0.1)
p.join()
