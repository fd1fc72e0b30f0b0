"""Exercise 8: an order in which every node comes after its parents.

A node has .parents: the nodes it was made from. List root and everything that leads to it, each node once, each after
all its parents; so root comes last. Where there are several such orders, each is right.

        a ──┬── b ──┐
            │       ├── d        toposort(d) is [a, b, c, d] or [a, c, b, d]
            └── c ──┘

Graphs can be thousands of nodes deep, and a node can be reached by very many paths.
"""


def toposort(root):
    """A list of root and all it was made from, each node once and after all its parents."""
    raise NotImplementedError
