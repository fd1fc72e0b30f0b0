# exercise: 8
# wrong
# where: toposort, line 11
# mend: id(node)
# names: none

def toposort(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        name = getattr(node, "name", id(node))
        if ready:
            order.append(node)
        elif name not in seen:
            seen.add(name)
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order
