# exercise: 9
# wrong
# where: backward, line 20
# mend: no clipping
# names: none

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        if not node.pull:
            continue
        for parent, g in zip(node.parents, node.pull(node.grad)):
            parent.grad += max(-100.0, min(100.0, g))
