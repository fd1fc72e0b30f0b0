# exercise: 8
# wrong
# where: toposort, line 14
# mend: an order by parents, not by id
# names: M53

def toposort(root):
    found, todo = {}, [root]
    while todo:
        n = todo.pop()
        if id(n) not in found:
            found[id(n)] = n
            todo.extend(n.parents)
    return sorted(found.values(), key=id)
