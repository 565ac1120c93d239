import time
from multiprocessing import Pipe, Process
from say import say


def child(end):
    say("poll", end.poll(5))


reader, writer = Pipe(False)
p = Process(target=child, args=(reader,))
p.start()
time.sleep(0.02)
writer.send("first")
writer.send("second")
writer.close()
p.join()
say(reader.recv())
say(reader.recv())
