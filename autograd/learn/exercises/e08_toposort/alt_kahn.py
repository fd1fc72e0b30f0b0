"""Exercise 8 by counting: a node may be listed, from the end, when all that was made from it has been."""

from collections import Counter, deque


def toposort(root):
    parents = {root: tuple(root.parents)}
    waiting = deque([root])
    while waiting:
        for parent in parents[waiting.popleft()]:
            if parent not in parents:
                parents[parent] = tuple(parent.parents)
                waiting.append(parent)
    consumers = Counter(parent for several in parents.values() for parent in several)
    order, ready = [], [root]
    while ready:
        node = ready.pop()
        order.insert(0, node)
        for parent in parents[node]:
            consumers[parent] -= 1
            if not consumers[parent]:
                ready.append(parent)
    return order
