# exercise: 9
# wrong
# where: backward, line 23
# mend: every node passes on
# names: none

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        try:
            left, right = node.parents
            g_left, g_right = node.pull(node.grad)
            left.grad += g_left
            right.grad += g_right
        except ValueError:
            pass
