from multiprocessing import Pipe, Process
from say import say


def echo(end):
    end.send(end.recv())


near, far = Pipe()
p = Process(target=echo, args=(far,))
p.start()
far.close()
near.send("hello")
say(near.recv())
p.join()
