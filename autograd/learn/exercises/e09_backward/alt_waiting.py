"""Exercise 9 without a sorted list: a node passes its gradient on when nothing is left that could still send it some."""


def backward(root):
    expected, stack = {root: 0}, [root]
    while stack:
        for parent in stack.pop().parents:
            if parent not in expected:
                expected[parent] = 0
                stack.append(parent)
            expected[parent] += 1
    for node in expected:
        node.grad = 0 if node.parents else node.grad
    root.grad += 1
    ready = [root]
    while ready:
        node = ready.pop()
        for parent, gradient in zip(node.parents, node.pull(node.grad) if node.parents else ()):
            parent.grad += gradient
            expected[parent] -= 1
            if expected[parent] == 0:
                ready.append(parent)
