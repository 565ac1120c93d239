from multiprocessing import Pipe, Process
from say import say


class Server(Process):
    def __init__(self, end):
        super().__init__()
        self.end = end

    def run(self):
        for text in iter(self.end.recv, None):
            self.end.send(text.upper())


near, far = Pipe()
p = Server(far)
p.start()
for text in ["hello", "world"]:
    near.send(text)
    say(near.recv())
near.send(None)
p.join()
say(p.exitcode)
