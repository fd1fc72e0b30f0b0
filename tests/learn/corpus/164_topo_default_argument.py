# exercise: 8
# expect: not sure
# style: recursion with lists as default arguments
import sys

sys.setrecursionlimit(9000)


def toposort(root, order=[], seen=set()):
    if id(root) in seen:
        return order
    seen.add(id(root))
    for parent in root.parents:
        toposort(parent, order, seen)
    order.append(root)
    return order
