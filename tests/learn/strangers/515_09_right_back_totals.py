# exercise: 9
# right

from e08_toposort import toposort


class Tape:
    def __init__(self, root):
        self.nodes = list(toposort(root))
        self.total = dict.fromkeys(map(id, self.nodes), 0.0)
        self.total[id(root)] = 1.0

    def run(self):
        while self.nodes:
            node = self.nodes.pop()
            upstream = self.total.pop(id(node))
            if not node.parents:
                node.grad += upstream
                continue
            node.grad = upstream
            for parent, g in zip(node.parents, node.pull(upstream), strict=True):
                self.total[id(parent)] += g


def backward(root):
    Tape(root).run()
