# exercise: 9
# wrong
# where: backward, line 14
# mend: node is root
# names: none

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 1.0 if node.data == root.data else 0.0
    if not root.parents:
        root.grad += 1.0
    for node in reversed(order):
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
