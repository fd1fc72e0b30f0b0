# exercise: 9
# wrong
# where: backward, line 14
# mend: leaves are left as they are
# names: none

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        for parent in node.parents:
            parent.grad = 0.0
    root.grad = 1.0 if root.parents else root.grad + 1.0
    for node in reversed(order):
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
