# exercise: 8
# right

def toposort(root):
    """Visits run as generators on a list of our own, so that Python's stack stays flat."""
    order, seen = [], set()

    def visit(node):
        seen.add(id(node))
        for parent in node.parents:
            if id(parent) not in seen:
                yield visit(parent)
        order.append(node)

    running = [visit(root)]
    while running:
        try:
            running.append(next(running[-1]))
        except StopIteration:
            running.pop()
    return order
