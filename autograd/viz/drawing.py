"""The drawing of a computation graph: label, operation, data and gradient of each value, a derivative on each edge."""

from __future__ import annotations

import base64
import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from autograd.value import Value
from autograd.viz.boxes import COUNTED, Box, number, snapshot
from autograd.viz.render import render
from autograd.viz.text import tree

if TYPE_CHECKING:
    import graphviz

__all__ = ["Drawing", "draw", "value_mimebundle"]

BLACK, GREY, PALE, DATA, GRADIENT = "#000000", "#595959", "#e4e4e4", "#0072b2", "#b54500"
FONT = "DejaVu Sans,Verdana,Geneva,sans-serif"
FONT_SIZE = 11
GRAPH_STYLE = {"rankdir": "LR", "nodesep": "0.25", "ranksep": "0.35", "labeljust": "l", "fontname": FONT}
NODE_STYLE = {"shape": "box", "style": "rounded,filled", "fillcolor": "white", "color": "#333333", "fontname": FONT}
NODE_SPACE = {"width": "0", "height": "0", "margin": "0.03", "fontsize": f"{FONT_SIZE}"}
EDGE_STYLE = {"color": GREY, "fontcolor": GREY, "fontname": FONT, "fontsize": "10", "arrowsize": "0.6"}
LINE_END = '<BR ALIGN="LEFT"/>'
SUFFIXES = (".dot", ".pdf", ".png", ".svg")


def draw(*roots: Value, max_nodes: int = 400) -> Drawing:
    """The computation graph of one value, or of several in one picture, as it is now.

    A graph of more than `max_nodes` values is drawn as far as the `max_nodes` nearest to the roots, and says so.
    Raises `TypeError` for anything but Values, and `ValueError` where there is nothing to draw.

    >>> import autograd
    >>> a = autograd.Value(3.0, label="a")
    >>> square = a * a
    >>> square.backward()
    >>> print(draw(square))
    n1  *  data 9  grad 1
    ├─ ∂ 3 ─ a  data 3  grad 6
    └─ ∂ 3 ─ a  (above)
    """
    for root in roots:
        if not isinstance(root, Value):
            raise TypeError(f"draw() takes Values, as in draw(loss) or draw(*outputs), not {type(root).__name__}")
    if not roots or max_nodes < len(roots):
        raise ValueError(f"draw() takes at least one Value and has room for each: {len(roots)} given, {max_nodes=}")
    return Drawing(*snapshot(roots, max_nodes))


def value_mimebundle(value: Value) -> dict[str, str]:
    """A Value in a notebook: the picture of the 60 values nearest to it, or text where there is none; never raises.

    >>> import autograd
    >>> sorted(value_mimebundle(autograd.Value(2.0)))
    ['text/html', 'text/plain']
    """
    try:
        bundle = draw(value, max_nodes=60)._repr_mimebundle_()
        return bundle | {"text/plain": repr(value)} if "text/html" in bundle else bundle
    except Exception:
        return {"text/plain": repr(value)}


class Drawing:
    """A picture of a graph as it was when `draw` was called: shown in a notebook, printed as a tree, saved as a file.

    `boxes` are in topological order; `total` counts the values of the whole graph, up to one more than 20,000.
    """

    def __init__(self, boxes: list[Box], total: int) -> None:
        self.boxes = boxes
        self.total = total
        self.roots = [box for box in boxes if box.is_root]

    def to_dot(self) -> graphviz.Digraph:
        """The picture as a `graphviz.Digraph`, to change it or to `.render()` it.

        >>> import autograd
        >>> print(draw(autograd.Value(2.0) + 1).to_dot().source.splitlines()[0])
        digraph values {
        """
        import graphviz

        nodes = NODE_STYLE | NODE_SPACE
        dot = graphviz.Digraph("values", graph_attr=GRAPH_STYLE, node_attr=nodes, edge_attr=EDGE_STYLE)
        notes = [self._left_out(), "on an arrow: the local derivative, ∂ head / ∂ tail"]
        dot.attr(label=f"<{''.join(_text(note, GREY) + LINE_END for note in notes if note)}>", fontsize="10")
        for box in self.boxes:
            if box.is_constant:
                _plain_node(dot, f"n{box.index}", number(box.data))
            else:
                dot.node(f"n{box.index}", f"<{_table(box)}>", penwidth="2.5" if box.is_root else "1")
        for box in self.boxes:
            self._add_edges(dot, box)
        return dot

    def _add_edges(self, dot: graphviz.Digraph, box: Box) -> None:
        """One edge for each operand, in order, from the top row down: `a*a` has two, `a - b` has a above b."""
        ends = len(box.operands) + bool(box.hidden)
        rows = [("name", "data", "grad")[(2 * position + 1) * 3 // (2 * ends)] for position in range(ends)]
        constants = [self.boxes[operand].is_constant for operand, _ in box.operands]
        if len(constants) == 2 and any(constants):
            rows[1 - constants.index(True)] = "data"  # so that a chain of x * 2 runs straight
        for (operand, derivative), row, is_constant in zip(box.operands, rows, constants, strict=False):
            label = None if derivative is None else f" {number(derivative)} "
            dot.edge(f"n{operand}:e", f"n{box.index}:{row}:w", label, weight="1" if is_constant else "3")
        if box.hidden:
            _plain_node(dot, f"more{box.index}", f"… {box.hidden} more")
            dot.edge(f"more{box.index}:e", f"n{box.index}:{rows[-1]}:w", style="dashed")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture as the suffix says (.svg, .png, .pdf or .dot) and return its path.

        The file is written whole or not at all. Raises `ValueError` for another suffix, `FileNotFoundError` where its
        folder does not exist, and what `render` raises.
        """
        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in SUFFIXES:
            raise ValueError(f"save() writes {', '.join(SUFFIXES)} files: {target.name!r} ends in none of these")
        if not target.parent.is_dir():
            raise FileNotFoundError(f"no folder {str(target.parent)!r} to save {target.name!r} in: create it first")
        source = self.to_dot().source
        content = source.encode() if suffix == ".dot" else render(source, suffix[1:])
        unfinished = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            unfinished.write_bytes(content)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        return target

    def text(self, max_lines: int = 60) -> str:
        """The graph as a tree: under each value its operands, with ∂ the local derivative; a shared value once."""
        return "\n".join([*tree(self.boxes, max_lines), self._left_out()]).rstrip()

    __str__ = text

    def __repr__(self) -> str:
        return f"Drawing({len(self.boxes)} nodes)"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """An image in HTML, which survives in a notebook that is not trusted, and the tree; never raises."""
        try:
            picture = base64.b64encode(render(self.to_dot().source, "svg")).decode()
        except Exception as error:
            return {"text/plain": f"{self.text()}\n{error}"}
        image = f'<img style="max-width:none" alt="{escape(self._alt())}" src="data:image/svg+xml;base64,{picture}">'
        return {"text/html": f'<div style="overflow-x:auto">{image}</div>', "text/plain": self.text()}

    def _left_out(self) -> str:
        """What the picture does not show and how to see it; nothing where it shows everything."""
        if len(self.boxes) == self.total:
            return ""
        total, more = (self.total, self.total) if self.total <= COUNTED else (f"more than {self.total - 1}", "…")
        return f"the {len(self.boxes)} values nearest to the result, of {total}: draw(…, max_nodes={more})"

    def _alt(self) -> str:
        """For a reader who cannot see the picture: what it computes, its size, its largest gradient."""
        results = ", ".join(f"{_kind(box)} = {number(box.data)}" for box in self.roots[:3])
        inputs = [box for box in self.boxes if not (box.operands or box.hidden or box.is_constant)]
        words = f"Computation graph of {results}. {len(self.boxes)} values, {len(inputs)} of them inputs."
        known = [box for box in inputs if box.grad is not None]
        if known:
            largest = max(known, key=lambda box: abs(box.grad or 0.0))
            words += f" Largest gradient of an input: {largest.gradient}, of {_kind(largest)}."
        return f"{words} {self._left_out()}".rstrip()


def _table(box: Box) -> str:
    """The HTML-like label of a value: its name and operation, then a row each for data and gradient."""
    title = _cell(box.label, BLACK, bold=True) if box.label else ""
    if box.operation:
        pill = f'BORDER="0" CELLSPACING="0" CELLPADDING="1" STYLE="ROUNDED" BGCOLOR="{PALE}"'
        title += f"<TD><TABLE {pill}><TR>{_cell(box.operation, BLACK)}</TR></TABLE></TD>"
    rows = ""
    if title:
        inner = f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>{title}</TR></TABLE>'
        rows = f'<TR><TD PORT="name" COLSPAN="2">{inner}</TD></TR>'
    for word, amount, color in (("data", number(box.data), DATA), ("grad", box.gradient, GRADIENT)):
        left = _cell(word, color, f'PORT="{word}" ALIGN="LEFT"')
        right = _cell(amount, color, 'ALIGN="RIGHT"')
        rows += f"<TR>{left}{right}</TR>"
    return f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="3">{rows}</TABLE>'


def _cell(text: str, color: str, attributes: str = "", bold: bool = False) -> str:
    words = f"<B>{_text(text, color)}</B>" if bold else _text(text, color)
    return f'<TD {attributes} WIDTH="{_width(text) * (1.1 if bold else 1.0):.0f}">{words}</TD>'


def _text(text: str, color: str) -> str:
    """Text of an HTML-like label, where Graphviz reads a backslash too: as the start of an escape."""
    escaped = escape(text).replace("\\", "\\\\")
    return f'<FONT COLOR="{color}">{escaped}</FONT>'


def _width(text: str) -> float:
    """The points a text and its padding take in the widest of the fonts, should Graphviz measure with another."""
    ems = 0.0
    for c in text:
        if east_asian_width(c) in "WF" or c in "mwMWO@%":
            ems += 1.0
        elif c in " .,:;|!'-ijlfIJrt":
            ems += 0.45
        else:
            ems += 0.65 if c.islower() or c.isdigit() or c in "()[]{}/_*^" else 0.85
    return ems * FONT_SIZE + 6


def _plain_node(dot: graphviz.Digraph, name: str, text: str) -> None:
    dot.node(name, f"<{_text(text, GREY)}>", shape="plaintext", style="", margin="0.05")


def _kind(box: Box) -> str:
    """What to call a value where there is no picture to point at."""
    return box.label or box.operation or "an unnamed value"
