# exercise: 8
# expect: M05 | M46
# style: recursion, lists added together
def toposort(root):
    order = []
    for parent in root.parents:
        order = order + toposort(parent)
    return order + [root]
