# exercise: 8
# wrong
# where: toposort, line 10
# mend: a new set in each call
# names: state shared by calls

seen = set()

def toposort(root):
    order = []
    stack = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            for parent in node.parents:
                stack.append((parent, False))
    return order
