# exercise: 9
# expect: M02
# style: queue, ignores toposort
from collections import deque


def backward(root):
    # all nodes
    found, todo = [], [root]
    while todo:
        n = todo.pop()
        if any(n is m for m in found):
            continue
        found.append(n)
        todo.extend(n.parents)
    for n in found:
        if n.parents:
            n.grad = 0.0
    root.grad += 1.0

    queue = deque([root])
    visited = {id(root)}
    while queue:
        n = queue.popleft()
        if n.pull is None:
            continue
        for p, g in zip(n.parents, n.pull(n.grad)):
            p.grad += g
            if id(p) not in visited:
                visited.add(id(p))
                queue.append(p)
