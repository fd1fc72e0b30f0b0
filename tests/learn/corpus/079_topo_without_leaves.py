# exercise: 8
# expect: not sure
# style: stack
def toposort(root):
    order = []
    seen = set()
    stack = [(root, False)]
    while stack:
        node, finished = stack.pop()
        if not node.parents:
            continue  # a leaf has nothing to send on
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((p, False) for p in node.parents)
    return order
