# exercise: 9
# expect: M03
# style: recursion, own order
import sys

sys.setrecursionlimit(20000)


def walk(node, nodes, seen):
    if id(node) in seen:
        return nodes
    seen.add(id(node))
    nodes.append(node)
    for parent in node.parents:
        walk(parent, nodes, seen)
    return nodes


def backward(root):
    nodes = walk(root, [], set())
    for node in nodes:
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    for node in nodes:
        if node.pull:
            for parent, part in zip(node.parents, node.pull(node.grad)):
                parent.grad += part
