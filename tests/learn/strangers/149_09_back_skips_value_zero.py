# exercise: 9
# wrong
# where: backward, line 17
# mend: whether there is a pull, not whether data is 0
# names: none

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        if node.data and node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
