from multiprocessing import Barrier
from say import say

b = Barrier(1)
say(b.wait())
say(b.wait())
