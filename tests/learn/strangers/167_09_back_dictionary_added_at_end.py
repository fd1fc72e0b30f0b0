# exercise: 9
# right

from collections import defaultdict

from e08_toposort import toposort


def backward(root):
    flow = defaultdict(float, {id(root): 1.0})
    for node in toposort(root)[::-1]:
        g = flow[id(node)]
        node.grad = g + (0.0 if node.parents else node.grad)
        if node.pull is not None:
            for parent, part in zip(node.parents, node.pull(g), strict=True):
                flow[id(parent)] += part
