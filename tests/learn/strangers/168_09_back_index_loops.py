# exercise: 9
# right

from e08_toposort import toposort


def backward(root):
    nodes = toposort(root)
    for i in range(len(nodes)):
        if len(nodes[i].parents) > 0:
            nodes[i].grad = 0.0
    nodes[-1].grad = nodes[-1].grad + 1.0
    i = len(nodes) - 1
    while i >= 0:
        n = nodes[i]
        i = i - 1
        if n.pull == None:
            continue
        gs = n.pull(n.grad)
        for j in range(len(gs)):
            n.parents[j].grad = n.parents[j].grad + gs[j]
