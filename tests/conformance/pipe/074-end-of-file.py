from multiprocessing import Pipe, Process
from say import kind, say


def child(end):
    end.recv()
    end.send("last words")


near, far = Pipe()
p = Process(target=child, args=(far,))
p.start()
far.close()
near.send("")
p.join()
say("poll", near.poll())
say(near.recv())
say("poll", near.poll())
say(kind(near.recv))
say("send", kind(near.send, 1))
