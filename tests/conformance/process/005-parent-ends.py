import time
from multiprocessing import Pipe, Process, parent_process
from say import say


def grandchild(told):
    parent = parent_process()
    told.send(parent.is_alive())
    parent.join(30)
    told.send(parent.is_alive())


def child(told):
    p = Process(target=grandchild, args=(told,))
    p.start()
    time.sleep(60)


reader, writer = Pipe(False)
p = Process(target=child, args=(writer,))
p.start()
say("alive", reader.recv())
p.terminate()
p.join()
say("alive", reader.recv())
