from multiprocessing import Pipe, Process
from say import say


def echo(end):
    end.send(end.recv())


near, far = Pipe()
p = Process(target=echo, args=(far,))
p.start()
message = "0123456789abcdef" * 1048576
near.send(message)
back = near.recv()
say(len(back), back == message)
p.join()
