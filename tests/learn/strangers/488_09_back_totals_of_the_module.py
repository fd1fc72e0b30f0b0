# exercise: 9
# wrong
# where: backward, line 19 | the file
# mend: parent.grad += g for leaves
# names: state shared by calls

from e08_toposort import toposort

totals = {}


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            totals[id(node)] = 0.0
    totals[id(root)] = totals.get(id(root), 0.0) + 1.0
    for node in reversed(order):
        node.grad = totals[id(node)]
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                totals[id(parent)] = totals.get(id(parent), 0.0) + g
