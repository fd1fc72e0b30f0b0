# exercise: 8
# wrong
# where: toposort, line 12
# mend: root at its turn
# names: M06

def toposort(root):
    order, seen = [root], {id(root)}
    for node in order:
        for parent in node.parents:
            if id(parent) in seen:
                order.remove(parent)
            seen.add(id(parent))
            order.append(parent)
    return order
