from multiprocessing import BoundedSemaphore, Condition, Lock, Manager, RLock
from say import kind, say

if __name__ == "__main__":
    m = Manager()
    say("Lock", kind(Lock().release), kind(m.Lock().release))
    say("RLock", kind(RLock().release), kind(m.RLock().release))
    c, mc = Condition(), m.Condition()
    say("Condition wait", kind(c.wait, 1), kind(mc.wait, 1))
    say("Condition notify", kind(c.notify), kind(mc.notify))
    say("Condition notify_all", kind(c.notify_all), kind(mc.notify_all))
    say("Condition release", kind(c.release), kind(mc.release))
    say("BoundedSemaphore", kind(BoundedSemaphore(1).release), kind(m.BoundedSemaphore(1).release))
    say("pop", kind(m.list().pop), kind(m.list([1]).pop, 3))
    say("popitem", kind(m.dict().popitem))
    m.shutdown()
