from multiprocessing import Barrier, Process
from say import say


def party(b):
    place = b.wait()
    say(place)


b = Barrier(3, timeout=30)
for _ in range(3):
    Process(target=party, args=(b,)).start()
