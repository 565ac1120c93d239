from multiprocessing import Event, Manager, Process
from say import say


def child(lock, rlock, c, b, s, told):
    say(lock.acquire(), rlock.acquire())
    lock.release()
    rlock.release()
    with c:
        told.set()
        woken = c.wait()
        say("notified", woken)
    say(b.parties)
    b.reset()
    say("Semaphore", s.acquire(False), s.acquire(False))


if __name__ == "__main__":
    manager = Manager()
    told = Event()
    # Kept here: a proxy that the parent lets go is gone before the child has it.
    all = manager.Lock(), manager.RLock(), manager.Condition(), manager.Barrier(5), manager.Semaphore(1)
    p = Process(target=child, args=(*all, told))
    p.start()
    told.wait()
    with all[2]:
        all[2].notify()
    p.join()
