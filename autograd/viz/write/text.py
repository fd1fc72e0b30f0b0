"""A picture as a tree of plain text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import count

from autograd.util.language import Language
from autograd.viz.picture import Edge, Node, Picture
from autograd.viz.write.boxes import box_text, called
from autograd.viz.write.edges import edge_text

__all__ = ["tree"]


def tree(picture: Picture, max_lines: int) -> list[str]:
    """Its lines: under each value its operands, with ∂ the local derivative; a value used twice is opened once.

    >>> a, square = Node("n0", "input", "a", data=3.0), Node("n1", "result", "", "*", 9.0, is_root=True)
    >>> tree(Picture((a, square), (Edge("n0", "n1", 0, 3.0), Edge("n0", "n1", 1, 3.0))), 60)
    ['n1  *  data 9  grad –', '├─ ∂ 3 ─ a  data 3  grad –', '└─ ∂ 3 ─ a  (above)']
    """
    operands = defaultdict(list)
    for edge in picture.edges:
        operands[edge.head].append(edge)
    titles = _titles(picture)
    lines: list[str] = []
    shown: set[str] = set()
    waiting = [(node.name, "", "") for node in reversed(picture.nodes) if node.is_root]
    while waiting and len(lines) < max_lines:
        name, start, margin = waiting.pop()
        node = picture[name]
        if name in shown and node.kind != "constant":
            lines.append(f"{start}{titles[name]}  (above)")
        else:
            lines.append(start + _line(node, titles[name], picture.language))
            tails = list(dict.fromkeys(edge.tail for edge in operands[name]))
            if node.kind == "group" and len(tails) > 1 and shown.issuperset(tails):  # as most neurons of a layer
                lines.append(f"{margin}└─ {_listed([titles[tail] for tail in tails])}  (above)")
            else:
                waiting.extend(_branches(operands[name], margin))
        shown.add(name)
    return [*lines, "… and more: text(max_lines=…)"] if waiting else lines


def _titles(picture: Picture) -> dict[str, str]:
    """The name of each node: a folded module has the whole of its path, as there are no boxes around it.

    An operation without a value of its own has a number where it is used more than once, and else no name.
    """
    around: dict[str | None, str] = {None: ""}
    for group in picture.groups:
        is_model = group.parent is None
        around[group.name] = "" if is_model else f"{around[group.parent]}{group.title.split(' · ')[0]}."
    uses, numbers = Counter(edge.tail for edge in picture.edges), count(1)

    def title(node: Node) -> str:
        if node.kind == "group":
            return f"{around[node.group]}{node.label}"
        if node.kind != "operation":
            return called(node, picture.language) or node.name
        return called(node, picture.language) or (
            f"[{next(numbers)}]" if uses[node.name] > 1 else ""
        )  # of a sign, where it comes again

    return {node.name: title(node) for node in picture.nodes}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{names[0]} … {names[-1]}"


def _line(node: Node, title: str, language: Language) -> str:
    """A node on one line of the tree."""
    if node.kind in ("constant", "more"):
        return title
    many = f"× {node.repeats}" if node.repeats > 1 and (node.label or node.operation) else ""
    rows = (f"{row.key} {row.text}".strip() for row in box_text(node, language=language).rows)
    return "  ".join(filter(None, [title, node.operation, many, *rows]))


def _branches(edges: list[Edge], margin: str) -> Iterator[tuple[str, str, str]]:
    """The branches under a node, last operand first: its name, the start of its line, the margin below it."""
    for edge in reversed(edges):
        corner, below = ("└─ ", "   ") if edge is edges[-1] else ("├─ ", "│  ")
        text = edge_text(edge)
        sign = "∂ " if edge.local is not None and not edge.mark else ""
        yield edge.tail, margin + corner + (f"{sign}{text} ─ " if text else ""), margin + below
