"""Exercise 9: backward."""

from e08_toposort import toposort


def backward(root):
    """Every node passes its gradient on to its parents, after all that was made from it has done so."""
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        if node.pull:
            for parent, gradient in zip(node.parents, node.pull(node.grad)):
                parent.grad += gradient
