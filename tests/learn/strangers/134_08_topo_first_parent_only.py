# exercise: 8
# wrong
# where: toposort, line 18
# mend: every parent
# names: none

def toposort(root):
    order = []
    seen = set()
    stack = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            for parent in node.parents[:1]:
                stack.append((parent, False))
    return order
