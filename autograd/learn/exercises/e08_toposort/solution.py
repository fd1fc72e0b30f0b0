"""Exercise 8: an order in which every node comes after its parents."""


def toposort(root):
    """Depth first, with a stack of its own: a node is listed when all its parents have been."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_listed = stack.pop()
        if parents_listed:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order
