# exercise: 8
# wrong
# checked: 9
# where: toposort, line 19
# mend: the parents of each node
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
            for parent in root.parents:
                stack.append((parent, False))
    return order
