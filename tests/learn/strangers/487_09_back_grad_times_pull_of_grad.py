# exercise: 9
# wrong
# where: backward, line 19
# mend: pull(node.grad) alone
# names: none

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad = root.grad + 1.0
    for node in reversed(order):
        if node.pull is not None:
            for parent, local in zip(node.parents, node.pull(node.grad)):
                parent.grad += node.grad * local
