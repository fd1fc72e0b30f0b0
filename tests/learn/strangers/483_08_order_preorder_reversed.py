# exercise: 8
# wrong
# where: toposort, line 14
# mend: after the parents
# names: M03

def toposort(root):
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        order.append(node)
        stack.extend(node.parents)
    return list(reversed(order))
