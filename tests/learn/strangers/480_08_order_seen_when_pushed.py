# exercise: 8
# wrong
# where: toposort, line 18
# mend: seen when popped
# names: none

def toposort(root):
    order, stack = [], [(root, False)]
    seen = {id(root)}
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
            continue
        stack.append((node, True))
        for parent in node.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                stack.append((parent, False))
    return order
