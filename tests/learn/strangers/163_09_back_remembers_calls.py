# exercise: 9
# wrong
# where: backward, line 14
# mend: no memory of calls before
# names: state shared by calls

from e08_toposort import toposort

DONE = set()


def backward(root):
    if id(root) in DONE:
        return
    DONE.add(id(root))
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
