# exercise: 8
# wrong
# where: toposort, line 15
# mend: list a node after its parents; reversing preorder is not enough
# names: M03 | M53

def toposort(root):
    visited, result = set(), []
    stack = [root]
    while stack:
        n = stack.pop()
        if id(n) in visited:
            continue
        visited.add(id(n))
        result.append(n)
        stack.extend(n.parents)
    return list(reversed(result))
