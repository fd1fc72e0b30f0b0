# exercise: 8
# wrong
# where: toposort, line 18
# mend: all parents
# names: none

def toposort(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        stack.append((node, True))
        for parent in node.parents[:2]:
            stack.append((parent, False))
    return order
