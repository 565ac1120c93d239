from multiprocessing import Array
from say import say

for _ in range(3):
    a = Array("i", 4)
    say(sum(a))
    a[:] = range(4)
    del a
