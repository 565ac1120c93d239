from multiprocessing import Array
from say import kind, say

a = Array("i", [1, 2, 3])
say(a[-3], a[2])
say(kind(lambda: a[3]))
say(kind(lambda: a[-4]))
say(kind(a.__setitem__, 3, 0))
say(kind(a.__setitem__, -4, 0))
