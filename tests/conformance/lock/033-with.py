from multiprocessing import Lock, Pipe, Process
from say import say


def free(lock, told):
    taken = lock.acquire(False)
    if taken:
        lock.release()
    told.send(taken)


def asked(lock):
    reader, writer = Pipe(False)
    p = Process(target=free, args=(lock, writer))
    p.start()
    p.join()
    return reader.recv()


lock = Lock()
try:
    with lock:
        say("inside, free", asked(lock))
        raise ValueError("out of here")
except ValueError:
    say("caught")
say("free", asked(lock))
