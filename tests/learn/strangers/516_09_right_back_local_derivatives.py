# exercise: 9
# right

import e08_toposort


def backward(root):
    *before, last = e08_toposort.toposort(root)
    for inner in filter(lambda node: node.parents, before):
        inner.grad = 0.0
    last.grad = 1.0 if last.parents else last.grad + 1.0
    for node in (last, *before[::-1]):
        for index, parent in enumerate(node.parents or ()):
            parent.grad = parent.grad + node.grad * node.pull(1.0)[index]
