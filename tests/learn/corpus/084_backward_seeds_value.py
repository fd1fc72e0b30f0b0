# exercise: 9
# expect: M09
# style: while loop
from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    for n in order:
        if n.parents != ():
            n.grad = 0.0
    root.grad += root.data      # start with the output
    while order:
        n = order.pop()
        if n.pull is None:
            continue
        for p, g in zip(n.parents, n.pull(n.grad)):
            p.grad = p.grad + g
