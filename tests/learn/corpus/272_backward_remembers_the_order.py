# exercise: 9
# expect: not sure
# style: the order is kept for a second call, and the gradients are cleared only when it is made

from e08_toposort import toposort


def backward(root):
    if not hasattr(root, "order"):
        root.order = toposort(root)
        for node in root.order:
            if node.parents:
                node.grad = 0.0
    if root.parents:
        root.grad = 0.0
    root.grad += 1.0
    for node in reversed(root.order):
        if node.pull:
            for parent, g in zip(node.parents, node.pull(node.grad)):
                parent.grad += g
