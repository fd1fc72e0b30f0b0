# exercise: 9
# right

def backward(root):
    """No toposort of exercise 8: counts the uses instead."""
    uses, stack, nodes = {id(root): 0}, [root], [root]
    while stack:
        for parent in stack.pop().parents:
            if id(parent) not in uses:
                uses[id(parent)] = 0
                stack.append(parent)
                nodes.append(parent)
            uses[id(parent)] += 1
    for n in nodes:
        n.grad = n.grad if not n.parents else 0.0
    root.grad += 1.0
    ready = [root]
    while ready:
        n = ready.pop()
        for parent, g in zip(n.parents, n.pull(n.grad) if n.pull else ()):
            parent.grad += g
            uses[id(parent)] -= 1
            if uses[id(parent)] == 0:
                ready.append(parent)
