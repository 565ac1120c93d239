from multiprocessing import Queue
from say import say

q = Queue()
list = [1]
q.put(list)
list.append(2)
say(q.get())
