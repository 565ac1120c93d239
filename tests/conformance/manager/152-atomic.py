from multiprocessing import Manager, Process
from say import say


def appends(list, v):
    for i in range(6):
        list.append(i)
    for _ in range(6):
        v.value += 1


if __name__ == "__main__":
    manager = Manager()
    list = manager.list([])
    v = manager.Value("i", 0)
    a, b = (Process(target=appends, args=(list, v)) for _ in range(2))
    a.start()
    b.start()
    a.join()
    b.join()
    say(len(list))
    say(2 <= v.value <= 12)
