# exercise: 8
# expect: M46
# style: micrograd
def toposort(root):
    topo = []
    visited = set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v.parents:
                build_topo(child)
            topo.append(v)

    build_topo(root)
    return topo
