"""Exercise 8 by sorting: the depth of a node is one more than that of its deepest parent, and parents are less deep."""


def toposort(root):
    depth = {}
    stack = [root]
    while stack:
        node = stack[-1]
        parents = list(node.parents)
        unknown = [p for p in parents if p not in depth]
        if unknown:
            stack.extend(unknown)
        else:
            depth[node] = 1 + max((depth[p] for p in parents), default=0)
            stack.pop()
    return tuple(sorted(depth, key=depth.get))
