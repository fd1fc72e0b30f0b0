"""Exercise 9 for a Value in the style of micrograd, whose closures add to the gradients of the operands."""


def backward(root):
    topo, visited, stack = [], set(), [root]
    while stack:
        v = stack.pop()
        if v is None:
            topo.append(stack.pop())
        elif v not in visited:
            visited.add(v)
            stack += [v, None, *v._prev]
    for v in topo:
        if v._prev:
            v.grad = 0.0
    root.grad += 1.0
    for v in reversed(topo):
        v._backward()
