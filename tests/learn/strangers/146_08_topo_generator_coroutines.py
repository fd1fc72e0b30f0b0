# exercise: 8
# right

def _visit(node, seen, order):
    seen.add(id(node))
    for p in node.parents:
        if id(p) not in seen:
            yield _visit(p, seen, order)
    order.append(node)


def toposort(root):
    """Recursion without a deep stack: a trampoline."""
    order, seen = [], set()
    stack = [_visit(root, seen, order)]
    while stack:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
        else:
            stack.append(step)
    return order
