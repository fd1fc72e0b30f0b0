# exercise: 9
# expect: M43
# style: helper functions
from e08_toposort import toposort


def zero_grad(nodes):
    for node in nodes:
        node.grad = 0.0


def distribute(node):
    if node.pull is not None:
        for parent, amount in zip(node.parents, node.pull(node.grad)):
            parent.grad += amount


def backward(root):
    nodes = list(toposort(root))
    zero_grad(nodes)
    root.grad = 1.0
    for node in nodes[::-1]:
        distribute(node)
