# exercise: 9
# expect: M43
# style: micrograd
from e08_toposort import toposort


def backward(root):
    root.grad = 1.0
    for v in reversed(toposort(root)):
        if v.pull:
            for p, g in zip(v.parents, v.pull(v.grad)):
                p.grad += g
