from multiprocessing import Barrier
from say import say

b = Barrier(2)
say("waiting")
b.wait()
