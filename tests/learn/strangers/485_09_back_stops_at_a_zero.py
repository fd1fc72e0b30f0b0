# exercise: 9
# wrong
# where: backward, line 18
# mend: continue for break
# names: none

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        if node.grad == 0:
            break
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
