# exercise: 9
# expect: M01 | M43
# style: globals
from e08_toposort import toposort

ORDER = []


def collect(root):
    global ORDER
    ORDER = list(reversed(toposort(root)))


def set_gradients(node):
    new = node.pull(node.grad)
    k = 0
    for p in node.parents:
        if p.grad == 0.0:
            p.grad = new[k]
        else:
            p.grad = new[k]
        k = k + 1


def backward(root):
    collect(root)
    root.grad = root.grad + 1.0
    for node in ORDER:
        if node.parents:
            set_gradients(node)
