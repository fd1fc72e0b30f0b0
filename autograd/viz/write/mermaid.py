"""A picture as a Mermaid flowchart, which GitHub, GitLab and many notes programs draw from the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograd.util.language import Language
from autograd.viz.picture import Edge, Group, Node, Picture
from autograd.viz.write.boxes import box_text
from autograd.viz.write.edges import EdgeLook, edge_looks
from autograd.viz.write.theme import SIGN_LIGHT

__all__ = ["flowchart"]

SHAPES = {"result": ("(", ")"), "parameter": ("[[", "]]"), "group": ("([", "])")}
THICK = 3.0  # Mermaid has one thick line: for the upper two of the six widths
STYLES = {"plain": "stroke:none,fill:none", "root": "stroke-width:3px"}


def flowchart(picture: Picture) -> str:
    """The flowchart, with every label quoted and escaped, so that whatever it says is text.

    >>> x, y = Node("n0", "input", 'a"b', data=2.0), Node("n1", "result", "", "exp", 7.389, is_root=True)
    >>> print(flowchart(Picture((x, y), (Edge("n0", "n1", 0, 7.389),))))
    flowchart LR
      n0["a#34;b<br>data 2<br>grad –"]
      n1("exp<br>data 7.389<br>grad –"):::root
      n0 -->|"7.389"| n1
      classDef plain stroke:none,fill:none
      classDef root stroke-width:3px
    """
    looks = edge_looks(picture)
    lines = ["flowchart LR", *_nodes(picture), *map(_edge, picture.edges, looks)]
    for color in ("plus", "minus", "wrong"):
        if colored := [f"{index}" for index, look in enumerate(looks) if look.color == color]:
            lines.append(f"linkStyle {','.join(colored)} stroke:{SIGN_LIGHT[color]}")
    lines += [f"classDef {name} {style}" for name, style in STYLES.items()]
    return "\n  ".join(lines)


def _nodes(picture: Picture) -> Iterator[str]:
    """The nodes outside any group, then each group with its own nodes, an inner group inside the one around it."""
    yield from (_node(node, picture.language) for node in picture.nodes if node.group is None)
    waiting: list[Group | str] = [group for group in reversed(picture.groups) if group.parent is None]
    while waiting:
        group = waiting.pop()
        if isinstance(group, str):
            yield group
            continue
        yield f'subgraph {group.name}["{_escaped(group.title)}"]'
        yield from (f"  {_node(node, picture.language)}" for node in picture.nodes if node.group == group.name)
        waiting += ["end", *(inner for inner in reversed(picture.groups) if inner.parent == group.name)]


def _node(node: Node, language: Language) -> str:
    words = box_text(node, language=language)
    title = " ".join(filter(None, [words.title, words.operation]))
    lines = [title, *(f"{row.key} {row.text}".strip() for row in words.rows)]
    left, right = SHAPES.get(node.kind, ("[", "]"))
    style = ":::plain" if node.kind in ("constant", "more") else ":::root" if node.is_root else ""
    return f'{node.name}{left}"{"<br>".join(_escaped(line) for line in lines if line)}"{right}{style}'


def _edge(edge: Edge, look: EdgeLook) -> str:
    """Dotted where nothing comes back through it, thick where the most does."""
    arrow = "-.->" if look.dash else "==>" if look.width >= THICK else "-->"
    quoted = f'|"{_escaped(look.text)}"|' if look.text else ""
    return f"{edge.tail} {arrow}{quoted} {edge.head}"


def _escaped(text: str) -> str:
    """Mermaid reads HTML and Markdown in a label: all but letters, digits and the signs of a number as their codes.

    >>> _escaped("1. <b>[0].w|"), _escaped("-1.5e-300")
    ('1#46; #60;b#62;#91;0#93;.w#124;', '-1.5e-300')
    """
    return re.sub(r"[^\w .–-]|_|[.-](?!\w)", lambda found: f"#{ord(found[0])};", text)
