"""A learner's graph as a picture: `autograd.viz` writes it as it writes any other."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.learn.checking.graphs import Mark, Node, visible
from autograd.learn.reporting.texts import Words
from autograd.viz import picture as viz
from autograd.viz.picture import Picture
from autograd.viz.write.numbers import number
from autograd.viz.write.text import tree

__all__ = ["as_lines", "as_picture"]


def as_picture(nodes: Sequence[Node], mark: Mark | None, words: Words) -> Picture:
    r"""The picture of a graph, the first mistake marked; of a large graph, the path to that mark.

    >>> from autograd.learn.reporting.texts import words
    >>> nodes = [Node("out", 6.0, 1.0, (1, 1)), Node("a", 3.0, 1.0)]
    >>> print(*as_lines(as_picture(nodes, Mark(0, 0, "shared", 2.0), words("en"))), sep="\n")
    out  data 6  grad 1
    ├─ ✗ ─ a  data 3  grad 1  ◀ first wrong edge: all its uses should add up to 2
    └─ a  (above)
    """
    opened = visible(nodes, mark)
    shown = opened | {operand for index in opened for operand in nodes[index].operands}
    used = {operand for node in nodes for operand in node.operands}
    drawn, edges = list[viz.Node](), list[viz.Edge]()
    for index in sorted(shown, reverse=True):
        node, name = nodes[index], _name(nodes, index)
        if index in opened:
            edges += _edges(nodes, index, mark)
        elif node.operands:
            drawn.append(viz.Node(f"more{name[1:]}", "more", label=f"… {len(node.operands)} more"))
            edges.append(viz.Edge(drawn[-1].name, name))
        drawn.append(
            viz.Node(
                name,
                "result" if node.operands else "input",
                node.label,
                data=node.data,
                grad=node.grad,
                is_root=index not in used or (index == 0 and len(used) == len(nodes)),
                mark=_sentence(mark, words) if mark and index == _marked(nodes, mark) else "",
            )
        )
    return Picture(tuple(drawn), tuple(edges), total=len(nodes))


def _edges(nodes: Sequence[Node], index: int, mark: Mark | None) -> list[viz.Edge]:
    """The edges into a node; each contribution is the gradient that its pullback sends."""
    node = nodes[index]
    flows = node.flows or (None,) * len(node.operands)
    return [
        viz.Edge(
            _name(nodes, operand),
            _name(nodes, index),
            position,
            contribution=flow,
            mark=mark is not None and (mark.node, mark.operand) == (index, position),
        )
        for position, (operand, flow) in enumerate(zip(node.operands, flows, strict=True))
    ]


def _name(nodes: Sequence[Node], index: int) -> str:
    """The name in the picture, which numbers the results last."""
    return f"n{len(nodes) - 1 - index}"


def _marked(nodes: Sequence[Node], mark: Mark) -> int:
    return mark.node if mark.operand is None else nodes[mark.node].operands[mark.operand]


def _sentence(mark: Mark, words: Words) -> str:
    """The sentence about a mark."""
    return words.say(f"mark_{mark.kind}", expected="–" if mark.expected is None else number(mark.expected))


def as_lines(picture: Picture) -> list[str]:
    """The picture as a tree of text."""
    return tree(picture, max_lines=len(picture.nodes) + len(picture.edges))
