# exercise: 9
# wrong
# where: backward, line 19
# mend: continue for break
# names: none

from e08_toposort import toposort


def backward(root):
    nodes = toposort(root)
    for node in nodes:
        if node.pull is not None:
            node.grad = 0.0
    root.grad += 1.0
    nodes.reverse()
    for node in nodes:
        if node.pull is None:
            break
        for parent, g in zip(node.parents, node.pull(node.grad)):
            parent.grad += g
