# exercise: 8
# right

from collections import Counter, deque


def toposort(root):
    children, nodes = Counter(), {root}
    todo = deque(nodes)
    while todo:
        for parent in todo.popleft().parents:
            children[parent] += 1
            if parent not in nodes:
                nodes.add(parent)
                todo.append(parent)
    order = [root]
    for node in order:
        for parent in node.parents:
            children[parent] -= 1
            if not children[parent]:
                order.append(parent)
    order.reverse()
    return order
