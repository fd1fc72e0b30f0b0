# exercise: 8
# wrong
# where: toposort, line 14
# mend: count each edge, and stop at zero
# names: M02 | M03 | M53

def toposort(root):
    count, stack, nodes = {}, [root], {id(root): root}
    while stack:
        n = stack.pop()
        for p in n.parents:
            if id(p) not in nodes:
                nodes[id(p)] = p
                count[id(p)] = 1
                stack.append(p)
    ready, out = [root], []
    while ready:
        n = ready.pop()
        out.append(n)
        for p in n.parents:
            count[id(p)] -= 1
            if count[id(p)] == 0:
                ready.append(p)
    return out[::-1]
