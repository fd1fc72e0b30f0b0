# exercise: 8
# wrong
# where: toposort, line 14
# mend: the nodes, not their names
# names: none

def toposort(root):
    order = []
    seen = set()
    stack = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(getattr(node, 'name', None) or node.data)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            for parent in node.parents:
                stack.append((parent, False))
    return order
