# exercise: 9
# wrong
# where: backward, line 21
# mend: leaves add up
# names: M43

from collections import defaultdict

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    grads = defaultdict(float)
    grads[id(root)] = 1.0
    for node in reversed(order):
        if node.pull:
            for parent, g in zip(node.parents, node.pull(grads[id(node)])):
                grads[id(parent)] += g
    for node in order:
        node.grad = grads[id(node)]
