"""A layout as DOT with a place for everything, from which Graphviz draws PNG and PDF without laying out anything."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.viz.graphviz.source import Source
from autograd.viz.picture import Node
from autograd.viz.write.boxes import PADDING, SHEET, SMALL, text_width
from autograd.viz.write.columns import HEADING, HEADING_LINE, Point
from autograd.viz.write.dot import EDGE_STYLE, NODE_STYLE, drawn_node, drawn_words, key_under, line_style
from autograd.viz.write.layout import EDGE_OF_PAGE, NOTE_LINE, Box, Layout, Line
from autograd.viz.write.theme import FONT, GROUP_LINE, LIGHT

__all__ = ["Page", "placed"]

INCH = 72  # points; one of ours is a pixel of the SVG
GRAPH_STYLE = {"outputorder": "edgesfirst", "pad": f"{EDGE_OF_PAGE / INCH:.3f}", "fontname": FONT}


def placed(layout: Layout) -> str:
    """The source, for Graphviz' engine "nop2", which keeps the places that are given.

    >>> from autograd.viz.picture import Picture
    >>> from autograd.viz.write.layout import lay_out
    >>> '"pos"=' in placed(lay_out(Picture((Node("n0", "input", "a", data=2.0),), ())))
    True
    """
    page = Page(layout.height)
    dot = Source("values", graph_attr=GRAPH_STYLE, node_attr=NODE_STYLE, edge_attr=EDGE_STYLE)
    for number, group_box in enumerate(layout.group_boxes):
        corner, size = (group_box.x, group_box.y), (group_box.width, group_box.height)
        dot.node(f"frame{number}", label="", style="rounded", color=GROUP_LINE, **page.rectangle(corner, size))
        left = corner[0] + PADDING
        dot.node(f"title{number}", **page.text(group_box.group.title, left, corner[1] + 10, SMALL, "LEFT"))
    for number, heading in enumerate(layout.headings):
        points, y = HEADING if heading.is_title else SMALL, heading.y - HEADING_LINE / 2 + 2
        look = page.text(heading.text, heading.x, y, points, "CENTER", heading.is_title)
        dot.node(f"heading{number}", **look)
    for number, note in enumerate([*layout.notes, *key_under(layout.picture)]):
        rows = len(layout.notes) + layout.has_key - number
        y = layout.height - EDGE_OF_PAGE - NOTE_LINE * (rows - 0.5)
        dot.node(f"note{number}", **page.text(note, EDGE_OF_PAGE, y, SMALL, "LEFT"))
    for node in layout.picture.nodes:
        _add_box(dot, page, node, layout.boxes[node.name])
    for line in layout.lines:
        dot.edge(line.edge.tail, line.edge.head, **page.line(line))
    return dot.source


def _add_box(dot: Source, page: Page, node: Node, box: Box) -> None:
    """A box, and the sheets under it, which stand out at its upper right."""
    words = box.words
    look = drawn_node(node, words, 0)
    size = (box.width, box.height)
    if not words.rows:
        dot.node(node.name, **look, pos=page.middle((box.x, box.y), size))
        return
    filled = {"style": f"{look['style']},filled", "fillcolor": LIGHT["fill"]}
    border = look | filled | {"peripheries": "1"}
    for sheet in range(words.sheets, 0, -1):
        corner = (box.x + SHEET * sheet, box.y - SHEET * (sheet - 1))
        dot.node(f"{node.name} {sheet}", **border | {"label": "", "penwidth": "1"} | page.rectangle(corner, size))
    dot.node(node.name, **border | page.rectangle((box.x, box.y), size))
    if node.kind == "parameter":  # the second border, inside of the first
        inner = page.rectangle((box.x + 2, box.y + 2), (box.width - 4, box.height - 4))
        dot.node(f"{node.name} inside", label="", color=look["color"], **inner)


@dataclass(frozen=True, slots=True)
class Page:
    """From pixels, y downwards, to Graphviz' points, y upwards."""

    height: float

    def point(self, point: Point) -> str:
        """Write a point."""
        return f"{point[0]:.1f},{self.height - point[1]:.1f}"

    def middle(self, corner: Point, size: tuple[float, float]) -> str:
        """Write the middle of a rectangle."""
        return self.point((corner[0] + size[0] / 2, corner[1] + size[1] / 2))

    def rectangle(self, corner: Point, size: tuple[float, float]) -> dict[str, str]:
        """Place a rectangle by its upper left corner."""
        width, height = (f"{side / INCH:.4f}" for side in size)
        return {"pos": self.middle(corner, size), "width": width, "height": height, "fixedsize": "true"}

    def text(self, words: str, x: float, y: float, size: int, align: str, is_title: bool = False) -> dict[str, str]:
        """A text in the middle of a line at y. align: whether x is its left end, its middle or its right end."""
        width = text_width(words, size, is_title) + 4
        middle = x + {"LEFT": width / 2 - 2, "CENTER": 0, "RIGHT": 2 - width / 2}[align]
        label = drawn_words(words, size, align, round(width), is_title)
        return {"label": label, "shape": "plain", "pos": self.point((middle, y))}

    def line(self, line: Line) -> dict[str, str]:
        """The look of an edge, its curve, and its number."""
        curve = line.curve
        if len(curve) == 2:
            (x, y), (end_x, end_y) = curve
            thirds = ((x + (end_x - x) * part, y + (end_y - y) * part) for part in (1 / 3, 2 / 3))
            curve = (curve[0], *thirds, curve[1])
        head = f"e,{self.point(line.tip)} " if line.tip != line.curve[-1] else ""
        look = line_style(line.look) | {"pos": head + " ".join(map(self.point, curve))}
        if not head:
            look["arrowhead"] = "none"
        return look | ({"label": line.look.text, "lp": self.point(line.text)} if line.text else {})
