from multiprocessing import Manager
from say import say

if __name__ == "__main__":
    m = Manager()
    book = m.dict({"ann": []})
    rows = m.list([[0, 0], [0, 0]])
    ns = m.Namespace()
    ns.items = []
    tree = m.dict({"a": {"n": 1}})
    nested = m.dict()
    nested["l"] = m.list([1])

    book["ann"].append(1)
    rows[0][1] = 7
    ns.items.append(3)
    tree["a"]["n"] += 1
    nested["l"].append(2)

    say(len(book["ann"]))
    say(rows[0][0], rows[0][1])
    say(len(ns.items))
    say(tree["a"]["n"])
    say(len(nested["l"]))
