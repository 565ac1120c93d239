import time
from multiprocessing import Pipe, Process
from say import say


def child(end):
    for text in "hello", "", "a", "b", "", "", "c", "d":
        end.send(text)
        time.sleep(0.01)


reader, writer = Pipe(False)
p = Process(target=child, args=(writer,))
p.start()
say([[reader.recv(), reader.recv()] for _ in range(4)])
p.join()
