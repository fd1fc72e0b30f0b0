# exercise: 8
# expect: M06
# style: stack
def toposort(root):
    result = []
    done = set()
    todo = [(root, 0)]
    while todo:
        node, child = todo.pop()
        if child == 0:
            if id(node) in done:
                continue
            done.add(id(node))
        if child < len(node.parents):
            todo.append((node, child + 1))
            todo.append((node.parents[child], 0))
        else:
            result.append(node)
    # gradients begin at the root, so it comes first
    return list(reversed(result))
