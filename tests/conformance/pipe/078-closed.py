from multiprocessing import Pipe
from say import kind, say

end, other = Pipe()
with end:
    other.send(1)
    say(end.recv())
end.close()
say("recv", kind(end.recv))
say("send", kind(end.send, 1))
say("poll", kind(end.poll))
