# exercise: 8
# wrong
# where: toposort, line 18
# mend: without the last append
# names: none

def toposort(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            for parent in node.parents:
                stack.append((parent, False))
    order.append(root)
    return order
