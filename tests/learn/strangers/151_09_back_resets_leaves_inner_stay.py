# exercise: 9
# wrong
# where: backward, line 13
# mend: not parents: leaves are kept
# names: M43

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if not node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
