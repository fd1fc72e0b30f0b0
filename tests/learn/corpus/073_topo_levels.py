# exercise: 8
# expect: M02
# style: queue
from collections import deque


def toposort(root):
    order = []
    seen = {id(root)}
    queue = deque([root])
    while queue:
        node = queue.popleft()
        order.append(node)
        for p in node.parents:
            if id(p) not in seen:
                seen.add(id(p))
                queue.append(p)
    order.reverse()
    return order
