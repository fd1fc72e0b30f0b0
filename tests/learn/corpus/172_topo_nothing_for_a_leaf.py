# exercise: 8
# expect: not sure
# style: edges first, nodes from them
def toposort(root):
    edges, seen, stack = [], {id(root)}, [root]
    while stack:
        node = stack.pop()
        for p in node.parents:
            edges.append((p, node))
            if id(p) not in seen:
                seen.add(id(p))
                stack.append(p)
    nodes = {id(n): n for edge in edges for n in edge}
    left = {i: 0 for i in nodes}
    children = {i: [] for i in nodes}
    for p, c in edges:
        left[id(c)] += 1
        children[id(p)].append(c)
    order = []
    ready = [n for i, n in nodes.items() if left[i] == 0]
    while ready:
        n = ready.pop()
        order.append(n)
        for c in children[id(n)]:
            left[id(c)] -= 1
            if left[id(c)] == 0:
                ready.append(c)
    return order
