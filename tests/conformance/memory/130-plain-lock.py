from multiprocessing import Lock, Value
from say import say

v = Value("i", 7, lock=Lock())
say(v.value)
with v.get_lock():
    say("held")
    say(v.value)
