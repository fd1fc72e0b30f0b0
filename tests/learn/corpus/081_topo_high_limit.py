# exercise: 8
# expect: passed
# style: recursion with a raised limit
import sys

sys.setrecursionlimit(50_000)


def toposort(root, order=None, seen=None):
    if order is None:
        order, seen = [], set()
    seen.add(id(root))
    for p in root.parents:
        if id(p) not in seen:
            toposort(p, order, seen)
    order.append(root)
    return order
