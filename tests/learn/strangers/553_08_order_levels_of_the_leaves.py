# exercise: 8
# wrong
# where: toposort, line 20
# mend: the highest level of the parents
# names: none

def toposort(root):
    found, stack = {}, [root]
    while stack:
        node = stack.pop()
        if id(node) not in found:
            found[id(node)] = node
            stack += node.parents
    level = {}
    waiting = list(found.values())
    while waiting:
        node = waiting.pop(0)
        known = [level[id(p)] for p in node.parents if id(p) in level]
        if len(known) == len(node.parents):
            level[id(node)] = min(known, default=-1) + 1
        else:
            waiting.append(node)
    return sorted(found.values(), key=lambda node: level[id(node)])
