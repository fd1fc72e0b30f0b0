# exercise: 9
# wrong
# where: backward, line 16
# mend: a leaf that is the root gets 1 as well
# names: M08

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    if root.parents:
        root.grad += 1.0
    for node in reversed(order):
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
