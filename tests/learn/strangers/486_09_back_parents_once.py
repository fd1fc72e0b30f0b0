# exercise: 9
# wrong
# where: backward, line 19
# mend: node.parents
# names: M50

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in order[::-1]:
        if node.pull:
            grads = node.pull(node.grad)
            for parent, g in zip(dict.fromkeys(node.parents), grads):
                parent.grad += g
