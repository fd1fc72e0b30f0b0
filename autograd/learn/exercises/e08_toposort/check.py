"""Bare nodes, and what is wrong with the order: any valid order passes. Runaway walks end by counting, not by time."""

from itertools import count

NAMES = ("toposort",)
NEEDS = ()
MINUTES = 25

numbers = count(1)


class TooMuchWork(Exception):
    """The walk goes on and on."""


class Node:
    """A node that has parents and counts how often it is asked for them, together with the nodes it was made from."""

    def __init__(self, name, *parents, data=None):
        self.name, self._parents = name, parents
        self.data = float(next(numbers)) if data is None else data
        self.reads = parents[0].reads if parents else [0, 0]
        self.reads[1] += 1

    def __repr__(self):
        return self.name

    @property
    def parents(self):
        """The nodes it was made from. Raises TooMuchWork when they are read beyond reason."""
        read, nodes = self.reads
        if read >= max(10_000, 20 * nodes):
            raise TooMuchWork(
                f".parents was read {read:,} times in a graph of {nodes} nodes: some are visited again and again"
            )
        self.reads[0] += 1
        return self._parents

    _prev = parents


def deep(name, n, *parents, twice=False):
    """The last of n nodes on end, each made from the one before, or from that one twice."""
    node = Node(f"{name}0", *parents)
    for i in range(1, n):
        node = Node(f"{name}{i}", *[node] * (1 + twice))
    return node


def faults(order, root):
    """What is wrong with an order of root and all that leads to it: 'in order', or the faults in words."""
    if not hasattr(order, "__iter__"):
        return f"a list is asked for, not {type(order).__name__}"
    order = list(order)
    graph, stack = {}, [root]
    while stack:
        node = stack.pop()
        if node not in graph:
            graph[node] = node._parents
            stack += node._parents
    places = {}
    for place, node in enumerate(order):
        if not isinstance(node, Node) or node not in graph:
            return f"{node!r} is not a node of this graph"[:100]
        places.setdefault(node, []).append(place)
    by_name = sorted(graph, key=lambda node: node.name)
    found = [f"{node} is missing" for node in by_name if node not in places]
    found += [f"{node} stands there {len(places[node])} times" for node in by_name if len(places.get(node, ())) > 1]
    found += [
        f"{node} comes before its parent {parent}"
        for node in by_name
        for parent in dict.fromkeys(graph[node])
        if node in places and parent in places and places[node][0] < places[parent][0]
    ]
    return [*found[:12], *["and more"] * (len(found) > 12)] or "in order"


PROBES = {
    "leaf": "a = Node('a')\nfaults(toposort(a), a)",
    "chain": "a = Node('a')\nb = Node('b', a)\nc = Node('c', b)\nfaults(toposort(c), c)",
    "diamond": "a = Node('a')\nb, c = Node('b', a), Node('c', a)\nd = Node('d', b, c)\nfaults(toposort(d), d)",
    "long_way_first": "a = Node('a')\nb = Node('b', a)\nc = Node('c', b)\nd = Node('d', c, a)\nfaults(toposort(d), d)",
    "long_way_last": "a = Node('a')\nb = Node('b', a)\nc = Node('c', b)\nd = Node('d', a, c)\nfaults(toposort(d), d)",
    "many_parents": "a, b, c, d = (Node(name) for name in 'abcd')\ne = Node('e', a, b, c, d, a)\nfaults(toposort(e), e)",
    "equal_numbers": "a, b = Node('a', data=6.0), Node('b', data=6.0)\nc = Node('c', a, b)\nfaults(toposort(c), c)",
    "equal_to_its_parent": "a = Node('a', data=0.0)\nb = Node('b', a, data=0.0)\nc = Node('c', b)\nfaults(toposort(c), c)",
    "equal_names": "a, b = Node('n'), Node('n')\nc = Node('c', a, b)\nfaults(toposort(c), c)",
    "sorted_before": (
        "a = Node('a')\nb = Node('b', a)\nc = Node('c', b)\nd = Node('d', c)\n"
        "[faults(toposort(x), x) for x in (c, c, b, d)]"
    ),
    "doubled_40_times": "c = deep('c', 41, twice=True)\nfaults(toposort(c), c)",
    "deep": f"c = deep('c', {5 * DEPTH})\nfaults(toposort(c), c)",  # noqa: F821
    "deep_doubled": f"c = deep('c', {2 * DEPTH}, twice=True)\nfaults(toposort(c), c)",  # noqa: F821
}

HEAD = "def toposort(root):\n"


def instead(body):
    """The patch that puts another body before the solution's, which is not reached any more."""
    return HEAD, HEAD + body


FIRST_SIGHT = """
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            order.append(node)
            stack.extend({parents})
    return order[::-1]
"""
SEEN = "        elif id(node) not in seen:"

MUTANTS = {
    "M02": instead("""
    order, seen, queue = [], {root}, [root]
    while queue:
        node = queue.pop(0)
        order.append(node)
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)
    return order[::-1]
"""),
    "M03": instead(FIRST_SIGHT.format(parents="reversed(node.parents)")),
    "M03/right": instead(FIRST_SIGHT.format(parents="node.parents")),
    "M04": instead("""
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(reversed(node.parents))
    return order
"""),
    "M05": (SEEN, "        else:"),
    "M05/work": ((SEEN, "        else:"), ("order.append(node)", "order.append(node) if node not in order else None")),
    "M06": ("return order", "return order[::-1]"),
    "M07": ((SEEN, "        elif node.data not in seen:"), ("seen.add(id(node))", "seen.add(node.data)")),
    "M07/left": (
        (SEEN, "        elif node.data not in seen:"),
        ("seen.add(id(node))", "seen.add(node.data)"),
        ("for parent in node.parents", "for parent in reversed(node.parents)"),
    ),
    "M46": instead("""
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order
"""),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "graph": (
        "nodes = [Node('0')]\nfor i in range(1, 12):\n"
        "    nodes.append(Node(str(i), *numbers.choices(nodes, k=numbers.randint(0, 3))))\n"
        "faults(toposort(nodes[-1]), nodes[-1])"
    ),
}
