# exercise: 9
# expect: M06
# style: dictionaries
from e08_toposort import toposort


def backward(root):
    grads = {id(n): 0.0 for n in toposort(root)}
    grads[id(root)] = 1.0
    for n in toposort(root):
        if n.pull:
            for p, g in zip(n.parents, n.pull(grads[id(n)])):
                grads[id(p)] += g
    for n in toposort(root):
        if n.parents:
            n.grad = grads[id(n)]
        else:
            n.grad += grads[id(n)]
