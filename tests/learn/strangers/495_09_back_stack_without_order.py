# exercise: 9
# wrong
# where: backward, line 17
# mend: in reverse topological order
# names: M02

from e08_toposort import toposort


def backward(root):
    for node in toposort(root):
        if node.parents:
            node.grad = 0.0
    root.grad += 1.0
    queue, seen = [root], set()
    while queue:
        node = queue.pop(0)
        if id(node) in seen or not node.pull:
            continue
        seen.add(id(node))
        for parent, g in zip(node.parents, node.pull(node.grad)):
            parent.grad += g
            queue.append(parent)
