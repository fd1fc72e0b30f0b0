# exercise: 8
# wrong
# where: toposort, line 27
# mend: the longest way to a leaf, not the shortest
# names: M02

def toposort(root):
    # 先求每个节点到叶子的距离，再排序
    nodes, seen, stack = [], set(), [root]
    while stack:
        n = stack.pop()
        if id(n) in seen:
            continue
        seen.add(id(n))
        nodes.append(n)
        stack.extend(n.parents)
    children = {id(n): [] for n in nodes}
    for n in nodes:
        for p in n.parents:
            children[id(p)].append(n)
    depth = {id(n): 0 for n in nodes if not n.parents}
    front = [n for n in nodes if not n.parents]
    while front:
        after = []
        for n in front:
            for c in children[id(n)]:
                if id(c) not in depth:
                    depth[id(c)] = depth[id(n)] + 1
                    after.append(c)
        front = after
    return sorted(nodes, key=lambda n: depth[id(n)])
