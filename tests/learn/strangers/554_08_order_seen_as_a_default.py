# exercise: 8
# wrong
# where: toposort, line 15
# mend: a new set in each call
# names: state shared by calls

def toposort(root, seen=set(), order=None):
    order = [] if order is None else order
    stack = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((p, False) for p in node.parents)
    return order
