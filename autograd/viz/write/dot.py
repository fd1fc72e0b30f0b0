"""A picture as DOT: with its words for Graphviz to draw, or with empty boxes of our own size for it to lay out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from autograd.viz.picture import Edge, Kind, Node, Picture
from autograd.viz.write.boxes import LABEL, ROW_HEIGHT, SMALL, TEXT, BoxText, box_texts, text_width
from autograd.viz.write.edges import edge_texts, edge_width, largest_contribution
from autograd.viz.write.theme import FONT, GROUP_LINE, LIGHT, WRONG

if TYPE_CHECKING:
    import graphviz

__all__ = ["LEGEND", "digraph", "notes_under", "skeleton"]

INK, MUTED, PALE = LIGHT["ink"], LIGHT["muted"], LIGHT["pale"]
LINE = MUTED  # what Graphviz draws is printed, or seen small: its lines are darker than those of the SVG
COLORS = {"data": LIGHT["data"], "grad": LIGHT["grad"], "note": MUTED, "mark": WRONG}
LEGEND = "on an arrow: the local derivative of the operation by that operand"
GRAPH_STYLE = {
    "rankdir": "LR",
    "newrank": "true",
    "nodesep": "0.2",
    "ranksep": "0.3",
    "fontname": FONT,
    "fontsize": f"{SMALL}",
}
NODE_STYLE = {
    "shape": "box",
    "width": "0",
    "height": "0",
    "margin": "0.03,0.02",
    "fontname": FONT,
    "fontsize": f"{TEXT}",
}
EDGE_STYLE = {"color": LINE, "fontcolor": MUTED, "fontname": FONT, "fontsize": f"{SMALL}", "arrowsize": "0.6"}
CLUSTER_STYLE = {"style": "rounded", "color": GROUP_LINE, "labeljust": "l", "margin": "10"}
PLAIN_TABLE = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'
LEFT, RIGHT, BOTH = 'ALIGN="LEFT"', 'ALIGN="RIGHT"', 'COLSPAN="2"'
LINE_END = '<BR ALIGN="LEFT"/>'


class _Form(NamedTuple):
    """How nodes and other texts are written: all that the two sources differ in."""

    node: Callable[[Node, BoxText, int], dict[str, str]]
    text: Callable[[str], str]
    edge: Callable[[int], dict[str, str]]


def digraph(picture: Picture) -> graphviz.Digraph:
    """The picture as a `graphviz.Digraph`, words and all."""
    dot = _graph(picture, box_texts(picture), _Form(_drawn_node, _drawn_text, lambda index: {}))
    notes = "".join(_font(note, MUTED) + LINE_END for note in notes_under(picture))
    dot.attr(label=f"<{notes}>", labeljust="l")
    return dot


def notes_under(picture: Picture) -> list[str]:
    """The notes below a picture: the things it does not show, and the meaning of the numbers on the arrows."""
    has_numbers = any(edge.local is not None for edge in picture.edges)
    return [*picture.notes, *([LEGEND] if has_numbers else [])]


def skeleton(picture: Picture, shown: Mapping[str, BoxText]) -> str:
    """The source of the same graph with boxes of the size of these faces and no words: no font changes its layout."""
    return str(_graph(picture, shown, _Form(_bare_node, _bare_text, lambda index: {"id": f"{index}"})).source)


def _graph(picture: Picture, shown: Mapping[str, BoxText], form: _Form) -> graphviz.Digraph:
    import graphviz  # 40 ms, when the first picture is asked for

    dot = graphviz.Digraph("values", graph_attr=GRAPH_STYLE, node_attr=NODE_STYLE, edge_attr=EDGE_STYLE)
    clusters = {group.name: graphviz.Digraph(f"cluster_{group.name}") for group in picture.groups}
    entries = _entries(picture)
    for node in picture.nodes:
        ports = max(entries.get(node.name, []), default=-1) + 1
        clusters.get(node.group or "", dot).node(node.name, **form.node(node, shown[node.name], ports))
    for group in reversed(picture.groups):  # the innermost first: a subgraph is copied into the one around it
        cluster = clusters[group.name]
        cluster.attr(label=form.text(group.title), **CLUSTER_STYLE)
        clusters.get(group.parent or "", dot).subgraph(cluster)
    largest = largest_contribution(picture)
    unused = {head: iter(taken) for head, taken in entries.items()}
    for index, (edge, text) in enumerate(zip(picture.edges, edge_texts(picture), strict=True)):
        tail, head = picture[edge.tail], picture[edge.head]
        style = _line(edge, {tail.kind, head.kind}, largest) | form.edge(index)
        if head.group not in (None, tail.group) and not tail.group and head.kind != "group":
            style["minlen"] = "2"
        dot.edge(
            f"{edge.tail}:e", f"{edge.head}:p{next(unused[edge.head])}:w", form.text(text) if text else None, **style
        )
    return dot


def _entries(picture: Picture) -> dict[str, list[int]]:
    """Where the operands of each node enter its box, from the top down: `a*a` has two edges, `a - b` has a above b."""
    tails: dict[str, list[Node]] = {}
    for edge in picture.edges:
        tails.setdefault(edge.head, []).append(picture[edge.tail])
    entries = {head: list(range(len(nodes))) for head, nodes in tails.items()}
    for head, nodes in tails.items():
        constants = [node.kind == "constant" for node in nodes]
        if sorted(constants) == [False, True]:  # the other in the middle, so that a chain of `x * 2` runs straight
            entries[head] = [0, 1] if constants[0] else [1, 2]
    return entries


def _line(edge: Edge, ends: set[Kind], largest: float) -> dict[str, str]:
    """The look of an edge. One that ends in a constant or in what is left out pulls less."""
    pull = "1" if ends & {"constant", "more"} else "3"
    style = {"penwidth": f"{edge_width(edge, largest):g}", "weight": pull}
    if edge.mark:
        style["color"] = WRONG
    if "more" in ends:
        style["style"] = "dotted"
    elif edge.contribution == 0:
        style["style"] = "dashed"
    return style


# ── with words ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _drawn_node(node: Node, words: BoxText, ports: int) -> dict[str, str]:
    label = f"<{_with_ports(_table(words) if words.rows else _plain(words), ports)}>"
    if not words.rows:
        return {"label": label, "shape": "plain"}
    style = {"label": label, "style": "rounded" if node.kind in ("result", "group") else "solid", "color": LINE}
    if node.kind in ("parameter", "group"):
        style["peripheries"] = "3" if node.repeats > 1 else "2"
    if node.is_root:
        style |= {"penwidth": "2.5", "color": INK}
    return style


def _table(words: BoxText) -> str:
    """The HTML-like label of a box: its name and operation, then its rows."""
    rows = ""
    if words.title and words.operation:
        rows = f"<TR>{_cell(words.title, INK, LABEL, LEFT, bold=True)}<TD>{_operation(words)}</TD></TR>"
    elif words.title:
        rows = f"<TR>{_cell(words.title, INK, LABEL, f'{LEFT} {BOTH}', bold=True)}</TR>"
    elif words.operation:
        rows = f"<TR><TD {BOTH}>{_operation(words)}</TD></TR>"
    for row in words.rows:
        color = COLORS[row.kind]
        if row.key:
            cells = _cell(row.key, color, TEXT, LEFT) + _cell(row.text, color, TEXT, RIGHT)
        else:
            cells = _cell(row.text, color, SMALL, f"{LEFT} {BOTH}")
        rows += f"<TR>{cells}</TR>"
    return f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{rows}</TABLE>'


def _with_ports(table: str, ports: int) -> str:
    """The table with a narrow column at its left, in which every operand has a place of its own to enter."""
    if not ports:
        return table
    cells = [f'<TD PORT="p{port}" WIDTH="2"></TD>' for port in range(ports)]
    cells[0] += f'<TD ROWSPAN="{ports}">{table}</TD>'
    return f"<TABLE {PLAIN_TABLE}>{''.join(f'<TR>{cell}</TR>' for cell in cells)}</TABLE>"


def _operation(words: BoxText) -> str:
    """The operation on a pale ground: as wide as the numbers under it, or no wider than it is where it stands alone."""
    size = f'WIDTH="{words.operation_width}" HEIGHT="{ROW_HEIGHT}"' + ("" if words.title else ' FIXEDSIZE="TRUE"')
    look = f'BORDER="0" CELLSPACING="0" CELLPADDING="0" STYLE="ROUNDED" BGCOLOR="{PALE}" {size}'
    return f"<TABLE {look}><TR><TD {size}>{_font(words.operation, INK)}</TD></TR></TABLE>"


def _drawn_text(text: str) -> str:
    return f"<{_font(f' {text} ', MUTED)}>"


def _plain(words: BoxText) -> str:
    if words.operation:
        return _operation(words)
    return f"<TABLE {PLAIN_TABLE}><TR>{_cell(words.title, MUTED, TEXT, LEFT)}</TR></TABLE>"


def _cell(text: str, color: str, size: int, attributes: str, bold: bool = False) -> str:
    width = round(text_width(text, size, bold)) + 4
    words = f"<B>{_font(text, color, size)}</B>" if bold else _font(text, color, size)
    return f'<TD {attributes} WIDTH="{width}">{words}</TD>'


def _font(text: str, color: str, size: int = 0) -> str:
    """Text of an HTML-like label, where Graphviz reads a backslash too: as the start of an escape."""
    escaped = escape(text).replace("\\", "\\\\")
    points = f' POINT-SIZE="{size}"' if size not in (0, TEXT) else ""
    return f'<FONT COLOR="{color}"{points}>{escaped}</FONT>'


# ── without ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bare_node(node: Node, words: BoxText, ports: int) -> dict[str, str]:
    ends = [round(words.height * port / (ports or 1)) for port in range((ports or 1) + 1)]
    heights = [below - above for above, below in pairwise(ends)]
    cells = [_empty(words.width, height, f' PORT="p{port}"') for port, height in enumerate(heights)]
    return {
        "label": f"<<TABLE {PLAIN_TABLE}>{''.join(f'<TR>{cell}</TR>' for cell in cells)}</TABLE>>",
        "shape": "plain",
    }


def _bare_text(text: str) -> str:
    return f"<<TABLE {PLAIN_TABLE}><TR>{_empty(round(text_width(text, SMALL)) + 6, SMALL + 6)}</TR></TABLE>>"


def _empty(width: int, height: int, port: str = "") -> str:
    return f'<TD{port} FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}"></TD>'
