# exercise: 8
# expect: passed
# style: graphlib from the standard library
from graphlib import TopologicalSorter


def toposort(root):
    nodes = {id(root): root}
    waiting = [root]
    sorter = TopologicalSorter()
    while waiting:
        node = waiting.pop()
        sorter.add(id(node), *(id(p) for p in node.parents))
        for p in node.parents:
            if id(p) not in nodes:
                nodes[id(p)] = p
                waiting.append(p)
    return [nodes[i] for i in sorter.static_order()]
