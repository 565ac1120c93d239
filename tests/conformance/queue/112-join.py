import time
from multiprocessing import JoinableQueue, Process, Value
from say import say


def worker(q, count):
    for _ in iter(q.get, None):
        time.sleep(0.01)
        with count.get_lock():
            count.value += 1
        q.task_done()
    q.task_done()


q, count = JoinableQueue(), Value("i", 0)
workers = [Process(target=worker, args=(q, count)) for _ in range(4)]
for p in workers:
    p.start()
say("workers", len(workers))
for i in range(10):
    q.put(i)
q.join()
say("all done", count.value)
for p in workers:
    q.put(None)
for p in workers:
    p.join()
say("ended")
