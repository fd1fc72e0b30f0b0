# exercise: 8
# wrong
# where: toposort, line 18
# mend: a stack of its own
# names: M46

def toposort(root):
    order, seen = [], set()

    def visit(node):
        if id(node) in seen:
            return
        seen.add(id(node))
        try:
            for parent in node.parents:
                visit(parent)
        except RecursionError:
            return
        order.append(node)

    visit(root)
    return order
