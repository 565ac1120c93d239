from multiprocessing import cpu_count
from say import say

say(cpu_count() >= 1)
