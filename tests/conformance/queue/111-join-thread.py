from multiprocessing import Process, Queue
from say import kind, say


def child(q):
    q.put("x")
    say("join_thread", kind(q.join_thread))
    q.close()
    q.close()
    q.join_thread()
    say("join_thread is done")


if __name__ == "__main__":
    q = Queue()
    p = Process(target=child, args=(q,))
    p.start()
    p.join()
    say("got", q.get())
