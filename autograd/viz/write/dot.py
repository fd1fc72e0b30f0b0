"""A picture as DOT: with its words for Graphviz to draw, or with empty boxes of our own size for it to lay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from autograd.viz.graphviz.source import Source
from autograd.viz.picture import Edge, Node, Picture
from autograd.viz.web.words import picture_words
from autograd.viz.write.boxes import LABEL, ROW_HEIGHT, SMALL, TEXT, BoxText, box_texts, text_width
from autograd.viz.write.columns import Block
from autograd.viz.write.edges import EdgeLook, edge_looks, has_connections
from autograd.viz.write.networks import Network, networks
from autograd.viz.write.outline import Outline
from autograd.viz.write.theme import FONT, GROUP_LINE, LIGHT, SIGN_LIGHT

if TYPE_CHECKING:
    import graphviz

__all__ = [
    "EDGE_STYLE",
    "NODE_STYLE",
    "between_ranks",
    "digraph",
    "drawn_lines",
    "drawn_node",
    "drawn_words",
    "key_under",
    "line_style",
    "notes_under",
    "skeleton",
]

AnyGraph = TypeVar("AnyGraph", bound=Source)  # a `graphviz.Digraph` has the same methods, and no types

INK, MUTED, PALE = LIGHT["ink"], LIGHT["muted"], LIGHT["pale"]
LINE = MUTED  # what Graphviz draws is printed, or seen small: its lines are darker than those of the SVG
COLORS = {"data": LIGHT["data"], "grad": LIGHT["grad"], "note": MUTED, "mark": SIGN_LIGHT["wrong"]}
CLOSEST_RANKS = 22  # points between ranks without numbers
LEAST_NUMBER, WIDEST_NUMBER, BESIDE_NUMBER = 24, 80, 11  # points there for the widest number, and beside it
BELOW = 30  # points between ranks that are below each other: a number takes a line
FAN = 26  # points more below a node that many lines with numbers leave: each number stands where they have parted
WIDE_RANKS = "0.8"  # inches
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
    """How nodes, texts and the ends of edges are written: all that the two sources differ in."""

    node: Callable[[Node, int], dict[str, str]]
    text: Callable[[str], str]
    ends: Callable[[int, Edge, int], tuple[str, str]]
    edge: Callable[[int], dict[str, str]]


def digraph(picture: Picture) -> graphviz.Digraph:
    """The picture as a `graphviz.Digraph`, words and all; the columns of a network are ranks in their order."""
    import graphviz  # 40 ms, when its text is asked for

    shown = box_texts(picture)
    form = _Form(lambda node, ports: drawn_node(node, shown[node.name], ports), _drawn_text, _ends, lambda index: {})
    looks, columns = edge_looks(picture), networks(picture)
    bare = _with_bare_columns(picture, columns)
    dot: graphviz.Digraph = _graph(graphviz.Digraph, bare, looks, [look.text for look in looks], form)
    if columns:
        dot.attr(ranksep=WIDE_RANKS)  # room for the many lines between two columns
    for network in columns:
        _add_ranks(dot, network, is_framed=network.group in bare.groups)
    dot.attr(label=drawn_lines([*notes_under(picture), *key_under(picture)]), labeljust="l")
    return dot


def key_under(picture: Picture) -> list[str]:
    """What the lines of a network mean, where there are any: in words, as Graphviz draws no line in a text."""
    return [picture_words(picture.language)["lines"]] if has_connections(picture) else []


def notes_under(picture: Picture) -> list[str]:
    """The notes below a picture: the things it does not show, and the meaning of the numbers at the arrows."""
    looks = zip(picture.edges, edge_looks(picture), strict=True)
    if not any(look.text and edge.local is not None for edge, look in looks):
        return [*picture.notes]
    is_flowing = any(edge.contribution is not None for edge in picture.edges)
    return [*picture.notes, picture_words(picture.language)["arrow_flow" if is_flowing else "arrow"]]


def skeleton(outline: Outline, shown: Mapping[str, BoxText], looks: Sequence[EdgeLook], goes_down: bool = False) -> str:
    """The source of an outline with boxes of the size of these words and no words: no font changes its layout.

    looks: of its edges. Their numbers are put beside the lines afterwards, and have room between the ranks. Of more
    than two lines between the same boxes each gets room for its own.
    """
    picture = outline.picture
    between = Counter((edge.tail, edge.head) for edge in picture.edges)
    texts = [
        look.text if between[edge.tail, edge.head] > 2 else "" for edge, look in zip(picture.edges, looks, strict=True)
    ]

    def node(node: Node, ports: int) -> dict[str, str]:
        if node.name in outline.blocks:
            return _bare_block(outline.blocks[node.name], *outline.heights(node.name))
        return _bare_node(shown[node.name], ports, goes_down)

    def ends(index: int, edge: Edge, port: int) -> tuple[str, str]:
        tail, head = (f"{edge.tail}:s", f"{edge.head}:p{port}:n") if goes_down else _ends(index, edge, port)
        exit, entry = (heights.get(outline.indices[index]) for heights in (outline.exits, outline.entries))
        return (
            tail if exit is None else f"{edge.tail}:r{exit:g}:e",
            head if entry is None else f"{edge.head}:l{entry:g}:w",
        )

    form = _Form(node, _bare_text, ends, lambda index: {"id": f"{index}"})
    dot = _graph(Source, picture, looks, texts, form)
    if goes_down:
        dot.attr(rankdir="TB", ranksep=f"{(BELOW + FAN * bool(fans(picture.edges, looks))) / 72:.3f}")
    else:
        dot.attr(ranksep=f"{between_ranks(looks) / 72:.3f}")
    return dot.source


def between_ranks(looks: Sequence[EdgeLook]) -> float:
    """The room from one rank to the next, for the widest number at an edge. looks: of the edges."""
    widest = max((text_width(look.text, SMALL) for look in looks), default=0.0)
    return min(max(widest, LEAST_NUMBER), WIDEST_NUMBER) + 2 * BESIDE_NUMBER if widest else CLOSEST_RANKS


def fans(edges: Sequence[Edge], looks: Sequence[EdgeLook]) -> set[str]:
    """The nodes that more than two lines with numbers leave, which part only on their way."""
    numbers = Counter(edge.tail for edge, look in zip(edges, looks, strict=True) if look.text)
    return {name for name, count in numbers.items() if count > 2}


def _ends(index: int, edge: Edge, port: int) -> tuple[str, str]:
    """Where an edge begins and ends: in the middle of the right side, at the place of its operand on the left."""
    return f"{edge.tail}:e", f"{edge.head}:p{port}:w"


def _graph(
    new: type[AnyGraph], picture: Picture, looks: Sequence[EdgeLook], texts: Sequence[str], form: _Form
) -> AnyGraph:
    dot = new("values", graph_attr=GRAPH_STYLE, node_attr=NODE_STYLE, edge_attr=EDGE_STYLE)
    clusters = {group.name: new(f"cluster_{group.name}") for group in picture.groups}
    entries = _entries(picture)
    for node in picture.nodes:
        ports = max(entries.get(node.name, []), default=-1) + 1
        clusters.get(node.group or "", dot).node(node.name, **form.node(node, ports))
    for group in reversed(picture.groups):  # the innermost first: a subgraph is copied into the one around it
        cluster = clusters[group.name]
        cluster.attr(label=form.text(group.title), **CLUSTER_STYLE)
        clusters.get(group.parent or "", dot).subgraph(cluster)
    unused = {head: iter(taken) for head, taken in entries.items()}
    for index, (edge, look, text) in enumerate(zip(picture.edges, looks, texts, strict=True)):
        tail, head = picture[edge.tail], picture[edge.head]
        pull = "1" if {tail.kind, head.kind} & {"constant", "more"} else "3"  # which ends in few words, pulls less
        style = line_style(look) | {"weight": pull} | form.edge(index)
        if head.group not in (None, tail.group) and not tail.group and head.kind != "group":
            style["minlen"] = "2"
        start, end = form.ends(index, edge, next(unused[edge.head]))
        dot.edge(start, end, form.text(text) if text else None, **style)
    return dot


def _with_bare_columns(picture: Picture, columns: Sequence[Network]) -> Picture:
    """The picture without boxes around the layers of a network, and around a network that stands by itself.

    In boxes, dot does not always keep the order of a column. Headings say what the boxes would.
    """
    for network in columns:
        inside = {node.group for node in picture.nodes if node.name in network.column}
        others = {node.group for node in picture.nodes if node.name not in network.column}
        around: str | None = network.group.name
        bare = inside - others - {group.parent for group in picture.groups} - {around}
        needed = {group.parent for group in picture.groups if group.name not in bare}
        if network.group.parent is None and around not in others | needed:
            bare, around = bare | {around}, None
        nodes = (replace(node, group=around) if node.group in bare - {None} else node for node in picture.nodes)
        groups = (group for group in picture.groups if group.name not in bare)
        picture = replace(picture, nodes=tuple(nodes), groups=tuple(groups))
    return picture


def _add_ranks(dot: graphviz.Digraph, network: Network, is_framed: bool) -> None:
    """Give each column a rank of its own, under its heading, in which invisible edges keep the order of the nodes."""
    title = "" if is_framed else network.group.title
    for index, column in enumerate(network.columns):
        names = [node.name for node in column.nodes]
        lines = [column.title, column.detail]
        if title and any(node.group is not None for node in column.nodes):
            lines, title = [title, *lines], ""
        with dot.subgraph() as rank:
            rank.attr(rank="same")
            if words := [_font(line, MUTED, SMALL) for line in lines if line]:
                names.insert(0, f"title_{network.group.name}_{index}")
                rank.node(names[0], label=f"<{'<BR/>'.join(words)}>", shape="plaintext")
            for above, below in pairwise(names):
                rank.edge(above, below, style="invis")


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


def line_style(look: EdgeLook) -> dict[str, str]:
    """The attributes of an edge that Graphviz draws."""
    style = {"penwidth": f"{look.width:g}"}
    if look.color:
        style["color"] = SIGN_LIGHT[look.color]
    if look.color in ("plus", "minus"):
        style["arrowhead"] = "none"
    if look.dash:
        style["style"] = {"rest": "dotted", "zero": "dashed"}[look.dash]
    return style


# ── with words ──────────────────────────────────────────────────────────────────────────────────────────────────────


def drawn_node(node: Node, words: BoxText, ports: int) -> dict[str, str]:
    """The attributes of a node that Graphviz draws."""
    label = f"<{_with_ports(_table(words) if words.rows else _plain(words), ports)}>"
    if not words.rows:
        return {"label": label, "shape": "plain"}
    style = {"label": label, "style": "rounded" if node.kind in ("result", "group") else "solid", "color": LINE}
    if node.kind in ("parameter", "group"):
        style["peripheries"] = f"{1 + (words.sheets or node.kind == 'parameter')}"
    if node.is_root:
        style |= {"penwidth": "2.5", "color": INK}
    return style


def _table(words: BoxText) -> str:
    """The HTML-like label of a box: its name and operation, then its rows."""
    rows = ""
    if words.beside and words.title:
        beside = f'{LEFT} ROWSPAN="{len(words.rows) + 1}"'
        rows = f"<TR>{_cell(words.title, INK, LABEL, beside, bold=True)}</TR>"
    elif words.title and words.operation:
        cells = f"{_cell(words.title, INK, LABEL, LEFT, bold=True)}<TD {RIGHT}>{_operation(words)}</TD>"
        rows = f"<TR><TD {BOTH}><TABLE {PLAIN_TABLE}><TR>{cells}</TR></TABLE></TD></TR>"  # no column with the numbers
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


def drawn_lines(lines: Sequence[str]) -> str:
    """Lines of small text, from the left."""
    return f"<{''.join(_font(line, MUTED) + LINE_END for line in lines)}>"


def drawn_words(words: str, size: int, align: str, width: int, is_title: bool) -> str:
    """A text by itself, in so much room."""
    color = INK if is_title else MUTED
    cell = _cell(words, color, size, f'ALIGN="{align}"', bold=is_title, width=width)
    return f"<<TABLE {PLAIN_TABLE}><TR>{cell}</TR></TABLE>>"


def _drawn_text(text: str) -> str:
    return f"<{_font(f' {text} ', MUTED)}>"


def _plain(words: BoxText) -> str:
    if words.operation:
        return _operation(words)
    return f"<TABLE {PLAIN_TABLE}><TR>{_cell(words.title, MUTED, TEXT, LEFT)}</TR></TABLE>"


def _cell(text: str, color: str, size: int, attributes: str, bold: bool = False, width: int = 0) -> str:
    width = width or round(text_width(text, size, bold)) + 4
    words = f"<B>{_font(text, color, size)}</B>" if bold else _font(text, color, size)
    return f'<TD {attributes} WIDTH="{width}">{words}</TD>'


def _font(text: str, color: str, size: int = 0) -> str:
    """Text of an HTML-like label, where Graphviz reads a backslash too: as the start of an escape."""
    escaped = escape(text).replace("\\", "\\\\")
    points = f' POINT-SIZE="{size}"' if size not in (0, TEXT) else ""
    return f'<FONT COLOR="{color}"{points}>{escaped}</FONT>'


# ── without ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bare_node(words: BoxText, ports: int, goes_down: bool) -> dict[str, str]:
    """A box with a port for each operand: on its left, or at its top."""
    size = words.width if goes_down else words.height
    ends = [round(size * port / (ports or 1)) for port in range((ports or 1) + 1)]
    cells = []
    for port, (start, end) in enumerate(pairwise(ends)):
        width, height = (end - start, words.height) if goes_down else (words.width, end - start)
        cells.append(_empty(width, height, f' PORT="p{port}"'))
    rows = f"<TR>{''.join(cells)}</TR>" if goes_down else "".join(f"<TR>{cell}</TR>" for cell in cells)
    return {"label": f"<<TABLE {PLAIN_TABLE}>{rows}</TABLE>>", "shape": "plain"}


def _bare_block(block: Block, lefts: set[float], rights: set[float]) -> dict[str, str]:
    """A box with a port at each height where an edge enters or leaves it."""
    sides = [_bare_side(heights, block.height, name) for heights, name in ((lefts, "l"), (rights, "r"))]
    inside = _empty(round(block.width) - 2, round(block.height))
    row = f"<TD>{sides[0]}</TD>{inside}<TD>{sides[1]}</TD>"
    return {"label": f"<<TABLE {PLAIN_TABLE}><TR>{row}</TR></TABLE>>", "shape": "plain"}


def _bare_side(heights: set[float], total: float, name: str) -> str:
    """A side of such a box: a cell of two pixels for each port, and empty ones between."""
    rows, end = "", 0
    for height in sorted(heights):
        top = max(round(height) - 1, end)
        if top > end:
            rows += f"<TR>{_empty(1, top - end)}</TR>"
        port = f' PORT="{name}{height:g}"'
        rows += f"<TR>{_empty(1, 2, port)}</TR>"
        end = top + 2
    if end < total:
        rows += f"<TR>{_empty(1, round(total) - end)}</TR>"
    return f"<TABLE {PLAIN_TABLE}>{rows}</TABLE>"


def _bare_text(text: str) -> str:
    return f"<<TABLE {PLAIN_TABLE}><TR>{_empty(round(text_width(text, SMALL)) + 6, SMALL + 6)}</TR></TABLE>>"


def _empty(width: int, height: int, port: str = "") -> str:
    return f'<TD{port} FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}"></TD>'
