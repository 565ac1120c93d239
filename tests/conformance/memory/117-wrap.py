from multiprocessing import Value
from say import kind, say


def stored(code, x):
    return Value(code, x).value


say(stored("b", 200), stored("B", -1), stored("h", 40000), stored("i", 2**31), stored("i", 2**40 + 5), stored("I", -1))
say(stored("f", 0.1), stored("f", 1e300))
say(kind(Value, "i", 1.5))
say(kind(Value, "d", "text"))
say(kind(Value, "z", 1))
