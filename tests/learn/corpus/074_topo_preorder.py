# exercise: 8
# expect: M03
# style: recursion with a nested function
import sys

sys.setrecursionlimit(100000)


def toposort(root):
    visited = []
    ids = set()

    def visit(node):
        if id(node) in ids:
            return
        ids.add(id(node))
        visited.append(node)
        for parent in node.parents:
            visit(parent)

    visit(root)
    return visited[::-1]
