# exercise: 8
# wrong
# where: toposort, line 15
# mend: leaves are remembered too
# names: M05

def toposort(root):
    order, seen = [], set()
    stack = [(root, iter(root.parents))]
    seen.add(id(root))
    while stack:
        node, rest = stack[-1]
        for p in rest:
            if not p.parents:
                order.append(p)
            elif id(p) not in seen:
                seen.add(id(p))
                stack.append((p, iter(p.parents)))
                break
        else:
            order.append(node)
            stack.pop()
    return order
