"""Exercise 8 as a generator, with a stack of half-used iterators over the parents: the recursive form, unrolled."""


def toposort(root):
    seen = {root}
    path = [(root, iter(root.parents))]
    while path:
        node, parents = path[-1]
        parent = next((p for p in parents if p not in seen), None)
        if parent is None:
            path.pop()
            yield node
        else:
            seen.add(parent)
            path.append((parent, iter(parent.parents)))
