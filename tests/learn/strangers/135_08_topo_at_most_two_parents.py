# exercise: 8
# wrong
# where: toposort, line 20
# mend: any number of parents
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
            if node.parents:
                stack.append((node.parents[0], False))
            if len(node.parents) == 2:
                stack.append((node.parents[1], False))
    return order
