# exercise: 8
# wrong
# where: toposort, line 23
# mend: count each child once in both places
# names: none

def toposort(root):
    # Kahn: count the children, take a node when all its children are taken
    children = {}
    nodes, todo = {id(root): root}, [root]
    while todo:
        node = todo.pop()
        for parent in node.parents:
            children[id(parent)] = children.get(id(parent), 0) + 1
            if id(parent) not in nodes:
                nodes[id(parent)] = parent
                todo.append(parent)
    order, ready = [], [root]
    while ready:
        node = ready.pop()
        order.append(node)
        for key in {id(parent) for parent in node.parents}:
            children[key] -= 1
            if children[key] == 0:
                ready.append(nodes[key])
    return order[::-1]
