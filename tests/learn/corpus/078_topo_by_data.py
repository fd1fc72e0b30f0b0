# exercise: 8
# expect: M07
# style: stack, names as keys
def toposort(root):
    order, seen = [], set()
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
            continue
        if node.data in seen:
            continue
        seen.add(node.data)
        stack.append((node, True))
        for p in reversed(node.parents):
            stack.append((p, False))
    return order
