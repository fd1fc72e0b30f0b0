# exercise: 9
# expect: M01
# style: closures
from e08_toposort import toposort


def backward(root):
    nodes = toposort(root)
    nodes.reverse()
    root.grad = 1.0

    def send(node):
        if node.pull is None:
            return
        grads = node.pull(node.grad)
        for i in range(len(node.parents)):
            node.parents[i].grad = grads[i]

    for n in nodes:
        send(n)
