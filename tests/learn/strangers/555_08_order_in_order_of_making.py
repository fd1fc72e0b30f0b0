# exercise: 8
# wrong
# where: toposort, line 14
# mend: after the parents
# names: none

def toposort(root):
    nodes, stack = [], [root]
    while stack:
        node = stack.pop()
        if all(node is not other for other in nodes):
            nodes.append(node)
            stack.extend(node.parents)
    return sorted(nodes, key=lambda node: len(node.parents))
