from multiprocessing import Pipe
from say import kind, say

reader, writer = Pipe(False)
writer.send(1)
say(reader.recv())
say("reader.send", kind(reader.send, 2))
say("writer.recv", kind(writer.recv))
say("writer.poll", kind(writer.poll))
