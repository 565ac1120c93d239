from multiprocessing import Pipe, Process
from say import say


def echo(end):
    for message in iter(end.recv, ""):
        end.send(message)


near, far = Pipe()
p = Process(target=echo, args=(far,))
p.start()
for message in [1, 2.25, None], "hello world", {"a": [True]}:
    near.send(message)
    say(near.recv())
near.send("")
p.join()
