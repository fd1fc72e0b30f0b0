# exercise: 9
# expect: not sure
# style: the first call from a root finds everything at 0, so only later ones clear

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    if getattr(root, "was_called", False):
        for node in order:
            if node.parents:
                node.grad = 0.0
    root.was_called = True
    root.grad += 1.0
    for node in reversed(order):
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
