# exercise: 8
# wrong
# where: toposort, line 14
# mend: a set of its own in each call
# names: none

def toposort(root):
    order, stack = [], [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif not getattr(node, "visited", False):
            node.visited = True
            stack.append((node, True))
            for parent in node.parents:
                stack.append((parent, False))
    return order
