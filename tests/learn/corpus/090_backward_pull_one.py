# exercise: 9
# expect: M47
# style: generator
from e08_toposort import toposort


def edges(root):
    for node in reversed(toposort(root)):
        if node.pull:
            yield from zip(node.parents, node.pull(1.0))


def backward(root):
    for node in toposort(root):
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for parent, gradient in edges(root):
        parent.grad += gradient
