# exercise: 8
# right

def toposort(root):
    order, seen, stack = {}, set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order[id(node)] = node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order.values()
