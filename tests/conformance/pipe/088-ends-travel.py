from multiprocessing import Pipe, Process
from say import say


def child(end):
    reader = end.recv()
    say(reader.recv())
    writer = end.recv()
    writer.send("hello from the child")


near, far = Pipe()
p = Process(target=child, args=(far,))
p.start()
reader, to_child = Pipe(False)
near.send(reader)
to_child.send("hello from main")
to_main, writer = Pipe(False)
near.send(writer)
say(to_main.recv())
p.join()
