# exercise: 8
# wrong
# where: toposort, line 12
# mend: the longest way counts
# names: M02

def toposort(root):
    distance = {id(root): 0}
    nodes = [root]
    for node in nodes:
        for parent in node.parents:
            if id(parent) not in distance:
                distance[id(parent)] = distance[id(node)] + 1
                nodes.append(parent)
    return sorted(nodes, key=lambda node: -distance[id(node)])
