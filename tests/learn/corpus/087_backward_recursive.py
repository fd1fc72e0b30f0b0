# exercise: 9
# expect: M04
# style: recursion
def backward(root):
    _clear(root)
    root.grad += 1.0
    _push(root)


def _clear(node):
    if node.parents:
        node.grad = 0.0
    for p in node.parents:
        _clear(p)


def _push(node):
    if node.pull is None:
        return
    gradients = node.pull(node.grad)
    for p, g in zip(node.parents, gradients):
        p.grad += g
        _push(p)
