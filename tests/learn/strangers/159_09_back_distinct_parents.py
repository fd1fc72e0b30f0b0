# exercise: 9
# wrong
# where: backward, line 19
# mend: a parent that stands twice gets both
# names: M50 | M01

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        if node.pull:
            for parent, g in dict(zip(node.parents, node.pull(node.grad))).items():
                parent.grad += g
