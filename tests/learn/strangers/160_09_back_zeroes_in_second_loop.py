# exercise: 9
# wrong
# where: backward, line 17
# mend: zero before the walk, not while walking
# names: M01 | M43

from e08_toposort import toposort


def backward(root):
    root.grad = 1.0 if root.parents else root.grad + 1.0
    for node in reversed(toposort(root)):
        if node.pull is None:
            continue
        for parent, g in zip(node.parents, node.pull(node.grad)):
            if parent.parents and parent.grad != 0:
                parent.grad = 0.0
            parent.grad += g
