"""Exercise 9 with the gradients in a dictionary, which is written to the nodes at the end."""

from e08_toposort import toposort


def backward(root):
    nodes = toposort(root)
    gradients = {id(node): 0.0 for node in nodes}
    gradients[id(root)] = 1.0
    for node in nodes[::-1]:
        if node.pull is not None:
            for parent, gradient in zip(node.parents, node.pull(gradients[id(node)])):
                gradients[id(parent)] = gradients[id(parent)] + gradient
    for node in nodes:
        node.grad = gradients[id(node)] + (0.0 if node.parents else node.grad)
