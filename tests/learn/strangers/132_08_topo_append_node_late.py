# exercise: 8
# wrong
# where: toposort, line 15
# mend: mark as seen when it is listed or first met, check at the second
# names: M05 | M04

def toposort(root):
    order = []
    seen = set()
    stack = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        else:
            stack.append((node, True))
            for parent in node.parents:
                stack.append((parent, False))
    return order
