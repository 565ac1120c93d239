from multiprocessing import Pipe, Process
from say import say


def child(end):
    end.send("last words")


reader, writer = Pipe(False)
p = Process(target=child, args=(writer,))
p.start()
say(reader.recv())
p.join()
say("the child has ended")
reader.recv()
