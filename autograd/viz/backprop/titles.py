"""The name of each node of a picture in a formula: its label, its module, or what it computes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import chain

from autograd.viz.picture import Node, Picture
from autograd.viz.write.formula import bracketed, of_vectors
from autograd.viz.write.numbers import number

__all__ = ["label_with_title", "operand_title", "titles", "titles_of_parts"]

SHORT_TITLE = 16  # in letters: a longer label gives way to the end of it that tells it from others
LONGEST_TITLE = 26  # in letters, as in layers[1].neurons[2].w[10]: the formula of a pull has four titles on two lines
LONGEST_EXPRESSION = 20  # in letters: a longer one would hide what a formula says


def titles(picture: Picture, around: Mapping[str, str] | None = None) -> dict[str, str]:
    """The name of each node in a formula, no two alike and none with a space in it.

    It is the label, where that is a name and no other's; of a long path, as ``layers[0].neurons[3].w[2]``, as much of
    its end as tells it from others: ``w[2]``. The output of a module has the module's path. A root without a label is
    ``L``, unless that is taken. Another result is called by what it computes, where that is short and no other's; what
    is left is ``n7``. around: names that some have in a picture around this one.

    >>> from autograd.viz.picture import Edge
    >>> nodes = Node("n0", "input", "a"), Node("n1", "result", "", "tanh"), Node("n2", "result", "", "*", is_root=True)
    >>> titles(Picture(nodes, (Edge("n0", "n1"), Edge("n1", "n2"), Edge("n0", "n2", 1))))
    {'n0': 'a', 'n1': 'tanh(a)', 'n2': 'L'}
    """
    called = _labels(picture)
    called |= {name: title for name, title in (around or {}).items() if name in picture.by_name and name not in called}
    outputs = {name: path for name, path in _outputs(picture).items() if name not in called}
    calls, seen = Counter(outputs.values()), Counter(called.values())
    for name, path in outputs.items():
        seen[path] += 1
        called[name] = path if calls[path] == seen[path] == 1 else f"{path}#{seen[path]}"
    expressions = _numbered(_expressions(picture, called), picture)
    uses = Counter([*called.values(), *picture.by_name, *expressions.values()])
    called |= {name: text for name, text in expressions.items() if uses[text] == 1}
    return {node.name: called.get(node.name, node.name) for node in picture.nodes}


def titles_of_parts(picture: Picture, called: Mapping[str, str]) -> dict[str, str]:
    """The names of the values that are drawn as one because they are alike: that of all, and a number."""
    stacks = [node for node in picture.nodes if node.repeats == len(node.parts) > 1 and node.kind == "result"]
    return {
        part: f"{bracketed(called[node.name])}#{number}"
        for node in stacks
        if called[node.name] != node.name
        for number, part in enumerate(node.parts, 1)
    }


def label_with_title(node: Node, title: str) -> str:
    """The label of a box with the name that formulas use, where neither it nor the operation says that."""
    if node.kind in ("constant", "more", "group") or node.label.endswith(title):
        return node.label
    is_written = node.operation.replace(" ", "") == title
    return f"{node.label} ({title})" if node.label else "" if is_written else title


def _labels(picture: Picture) -> dict[str, str]:
    """The names of those that have a label which is a name, and of the root."""
    ends = {node.name: _ends(node.label) for node in picture.nodes}
    uses = Counter(chain.from_iterable(ends.values()))
    called = {}
    for node in picture.nodes:
        free = [x for x in ends[node.name] if uses[x] == 1 and (x == node.name or x not in picture.by_name)]
        short = [x for x in free if len(x) <= SHORT_TITLE] or [x for x in free if len(x) <= LONGEST_TITLE]
        if short:
            called[node.name] = short[0]
        elif node.is_root and not node.label and "L" not in uses and len(picture.roots) == 1:
            called[node.name] = "L"
    return called


def _ends(label: str) -> list[str]:
    """A name, and what is left of it from each of its dots on, the last first; none of what is no name."""
    if not re.fullmatch(r"[^\W\d][\w.\[\]′]*", label):
        return []
    parts = label.split(".")
    return [label, *(".".join(parts[first:]) for first in range(len(parts) - 1, 0, -1))]


def _expressions(picture: Picture, called: Mapping[str, str]) -> dict[str, str]:
    """What the results without a name compute, where that is short and all operands have names."""
    operands = defaultdict(list)
    for edge in sorted(picture.edges, key=lambda edge: edge.position):
        operands[edge.head].append(edge.tail)
    expressions: dict[str, str] = {}
    for node in picture.nodes:
        if node.name not in called and node.kind == "result" and operands[node.name]:
            words = [operand_title(picture[tail], {**called, **expressions}) for tail in operands[node.name]]
            text = (node.operation if node.is_expression else of_vectors(node.operation, words)).replace(" ", "")
            if len(text) <= LONGEST_EXPRESSION and "…" not in text and picture.by_name.keys().isdisjoint(words):
                expressions[node.name] = text
    return expressions


def _numbered(expressions: dict[str, str], picture: Picture) -> dict[str, str]:
    """The expressions, those that several calls of a module have with the number of the call."""
    uses = Counter(expressions.values())
    groups = {group.name: group for group in picture.groups}
    numbered = {}
    for name, text in expressions.items():
        around, number = picture[name].group, ""
        while around and uses[text] > 1 and not number:
            number = "".join(re.findall(r" · call (\d+) of", groups[around].title))
            around = groups[around].parent
        numbered[name] = f"{bracketed(text)}#{number}" if number else text
    return numbered


def operand_title(node: Node, called: Mapping[str, str]) -> str:
    """What a node is called as an operand: the number of a constant."""
    if node.kind == "constant":
        return "const" if node.data is None else number(node.data)
    return "…" if node.kind == "more" else called.get(node.name, node.name)


def _outputs(picture: Picture) -> dict[str, str]:
    """The path of the module, of each folded module and of each node that is the one output of a module.

    Of several modules inside of each other it is the outermost that has this one output: the model, of its last neuron.
    """
    groups = {group.name: group for group in picture.groups}
    around: dict[str | None, list[str]] = {None: []}
    for group in picture.groups:  # from the outermost in
        around[group.name] = [*around[group.parent], group.name]
    users = defaultdict(set)
    for edge in picture.edges:
        users[edge.tail].add(picture[edge.head].group)
    outputs: dict[str, list[str]] = defaultdict(list)  # of each group: the nodes that leave it, or are used nowhere
    for node in picture.nodes:
        for name in around[node.group]:
            if node.kind in ("result", "group") and not any(name in around[user] for user in users[node.name]):
                outputs[name].append(node.name)
    paths = {}
    for node in picture.nodes:
        own = [node.label] if node.kind == "group" and node.label else []
        only = [name for name in around[node.group] if outputs[name] == [node.name]]
        if only and picture.roots:  # of a part it is not known
            own, only = [], around[only[0]]
        elif own or only[-1:] == around[node.group][-1:]:
            only = around[node.group]
        titles = [*(groups[name].title for name in only), *own]
        parts = [re.split(r" · | × ", title)[0] for title in titles]
        path = ".".join(parts[1:] or parts)
        if path and len(path) <= LONGEST_TITLE and _ends(path):
            paths[node.name] = path
    return paths
