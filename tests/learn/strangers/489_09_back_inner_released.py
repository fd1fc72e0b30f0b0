# exercise: 9
# wrong
# where: backward, line 16
# mend: before the pass
# names: none

from e08_toposort import toposort


def backward(root):
    root.grad += 1.0
    for node in reversed(toposort(root)):
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
            node.grad = 0.0
