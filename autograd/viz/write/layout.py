"""Where everything of a picture stands: positions from Graphviz, as plain data in pixels, y downwards.

The boxes of a network stand in columns (`columns`), all others where Graphviz puts them, to whom a network is one box.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograd.viz.graphviz.positions import Json, positions
from autograd.viz.picture import Edge, Group, Picture
from autograd.viz.write.boxes import PADDING, SHEET, SMALL, TITLE_HEIGHT, BoxText, box_texts, text_width
from autograd.viz.write.columns import Block, Heading, Point, Rectangle
from autograd.viz.write.dot import fans, notes_under, skeleton
from autograd.viz.write.edge_numbers import middles
from autograd.viz.write.edges import EdgeLook, edge_looks, has_connections
from autograd.viz.write.order import families
from autograd.viz.write.outline import Outline, outline
from autograd.viz.write.room import fitted_blocks, goes_down

__all__ = ["Box", "GroupBox", "Layout", "Line", "lay_out", "lay_out_all"]

EDGE_OF_PAGE = 8  # what stands free around the graph, which thick borders and stacked boxes reach into
NOTE_LINE = 15  # one and a half times the size of its text
NARROWEST = 420.0  # the width that notes are wrapped to under a smaller picture
PIECES = re.compile(r" *(?:[\u4e00-\u9fff][，。：、]*|[^ \u4e00-\u9fff]+)")  # words, or characters of Chinese
KEY = 360  # the width of the line that explains the colours of a network
HEAD = 7  # the length of an arrow's head


@dataclass(frozen=True, slots=True)
class Box:
    """The rectangle of a node; x, y: its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    words: BoxText


@dataclass(frozen=True, slots=True)
class Line:
    """The line of an edge. curve: the two ends of a straight line, or 1 + 3n points of a Bézier curve.

    tip: of its head; a line that has none ends there. text: the middle of its number, None where it has none.
    """

    edge: Edge
    look: EdgeLook
    curve: tuple[Point, ...]
    tip: Point
    text: Point | None = None


@dataclass(frozen=True, slots=True)
class GroupBox:
    """The rectangle of an open group; Graphviz gives an empty group none."""

    group: Group
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture, and where everything in it stands. notes: the lines under it, which are wrapped to its width.

    headings: what stands above the columns of networks. has_key: whether there is a line that explains their colours.
    """

    picture: Picture
    width: float
    height: float
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    group_boxes: tuple[GroupBox, ...]
    notes: tuple[str, ...]
    headings: tuple[Heading, ...] = ()
    has_key: bool = False


def lay_out(picture: Picture, widest: Mapping[str, Mapping[str, str]] | None = None) -> Layout:
    """The layout of a picture. widest: by node, the widest "data" and "grad" its box will ever show.

    Raises what `positions` raises.

    >>> from autograd.viz.picture import Edge, Node
    >>> a, b = Node("n0", "input", "a", data=2.0), Node("n1", "result", "b", "exp", data=7.389, is_root=True)
    >>> layout = lay_out(Picture((a, b), (Edge("n0", "n1", local=7.389),)))
    >>> layout.boxes["n0"].x < layout.lines[0].text[0] < layout.boxes["n1"].x
    True
    """
    return lay_out_all([picture], widest)[0]


def lay_out_all(pictures: Sequence[Picture], widest: Mapping[str, Mapping[str, str]] | None = None) -> list[Layout]:
    """The layouts of several pictures, for which Graphviz is started once."""
    plans = [_planned(picture, widest) for picture in pictures]
    drawn = iter(positions([plan.source for plan in plans if plan.source]))
    return [_laid_out(plan, next(drawn) if plan.source else {}) for plan in plans]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A picture, its words and its outline. source: what Graphviz lays out, "" where a network is all there is.

    goes_down: whether its ranks are below each other.
    """

    picture: Picture
    shown: Mapping[str, BoxText]
    looks: Sequence[EdgeLook]
    around: Outline
    source: str
    goes_down: bool


def _planned(picture: Picture, widest: Mapping[str, Mapping[str, str]] | None) -> _Plan:
    shown, looks = box_texts(picture, widest), edge_looks(picture)
    columns = fitted_blocks(picture, shown)
    around, down = outline(picture, columns), goes_down(picture, shown, columns)
    is_one_box = len(around.picture.nodes) == 1 and not around.picture.groups and not around.picture.edges
    source = "" if is_one_box else skeleton(around, shown, [looks[index] for index in around.indices], down)
    return _Plan(picture, shown, looks, around, source, down)


def _laid_out(plan: _Plan, drawn: Json) -> Layout:
    """The layout of a planned picture, of which Graphviz says this."""
    picture, shown, looks, around = plan.picture, plan.shown, plan.looks, plan.around
    places = _places(plan, drawn)
    boxes = _boxes(picture, shown, around, places)
    group_boxes = _group_boxes(picture, around, places)
    lines = _lines(picture, looks, around, places)
    headings = [
        replace(heading, x=places.corners[name][0] + heading.x, y=places.corners[name][1] + heading.y)
        for name, block in around.blocks.items()
        for heading in block.headings
    ]
    several = fans(picture.edges, looks) if plan.goes_down else ()
    spots = middles(
        [line.curve for line in lines],
        {index: look.text for index, look in enumerate(looks) if look.text},
        _taken(boxes.values(), group_boxes, headings),
        (places.width + 2 * EDGE_OF_PAGE, places.height + 2 * EDGE_OF_PAGE),
        at_head={index for index, edge in enumerate(picture.edges) if edge.tail in several},
    )
    notes = _wrapped(notes_under(picture), max(places.width, NARROWEST))
    has_key = has_connections(picture)
    under = NOTE_LINE * (len(notes) + has_key) + EDGE_OF_PAGE if notes or has_key else 0
    return Layout(
        picture,
        width=round(max([places.width, KEY * has_key, *(text_width(note, SMALL) for note in notes)]))
        + 2 * EDGE_OF_PAGE,
        height=round(places.height) + 2 * EDGE_OF_PAGE + under,
        boxes=boxes,
        lines=tuple(replace(line, text=spots.get(index)) for index, line in enumerate(lines)),
        group_boxes=tuple(group_boxes),
        notes=tuple(notes),
        headings=tuple(headings),
        has_key=has_key,
    )


def _boxes(picture: Picture, shown: Mapping[str, BoxText], around: Outline, places: _Places) -> dict[str, Box]:
    """The boxes of all nodes, in the order of the nodes."""
    corners = dict(places.corners)
    for name, block in around.blocks.items():
        x, y = places.corners[name]
        corners |= {node: (x + left, y + top) for node, (left, _, top, _) in block.spots.items()}
    names = (node.name for node in picture.nodes)
    return {name: Box(*corners[name], shown[name].width, shown[name].height, shown[name]) for name in names}


def _group_boxes(picture: Picture, around: Outline, places: _Places) -> list[GroupBox]:
    """The boxes of the open groups: from Graphviz, or the frames of networks."""
    rectangles = dict(places.groups)
    for name, block in around.blocks.items():
        x, y = places.corners[name]
        for group, (left, right, top, bottom) in block.frames.items():
            rectangles[group] = (x + left, y + top, right - left, bottom - top)
    return [GroupBox(group, *rectangles[group.name]) for group in picture.groups if group.name in rectangles]


def _taken(boxes: Iterable[Box], group_boxes: Iterable[GroupBox], headings: Iterable[Heading]) -> Iterator[Rectangle]:
    """Where no number of an edge may stand: on a box, on the title of a group, on what stands above a column."""
    for box in boxes:
        sheets = SHEET * box.words.sheets
        yield box.x, box.x + box.width + sheets, box.y - sheets + SHEET * (sheets > 0), box.y + box.height
    for group_box in group_boxes:
        width = PADDING + text_width(group_box.group.title, SMALL)
        yield group_box.x, group_box.x + width, group_box.y, group_box.y + TITLE_HEIGHT
    for heading in headings:
        half_width = text_width(heading.text, SMALL, heading.is_title) / 2
        yield heading.x - half_width, heading.x + half_width, heading.y - SMALL, heading.y + 3


# ── what Graphviz lays out ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of an outline stand: upper left corners; x, y, width and height of the groups.

    curves: by the index of the edge in the whole picture, the curve and the tip of its head.
    """

    width: float
    height: float
    corners: Mapping[str, Point]
    groups: Mapping[str, tuple[float, float, float, float]]
    curves: Mapping[int, tuple[list[Point], Point]]


def _places(plan: _Plan, drawn: Json) -> _Places:
    """The places of an outline: from Graphviz, unless a network is all there is."""
    around, picture = plan.around, plan.around.picture
    sizes = {node.name: around.blocks.get(node.name) or plan.shown[node.name] for node in picture.nodes}
    if not plan.source:
        ((name, size),) = sizes.items()
        return _Places(size.width, size.height, {name: (EDGE_OF_PAGE, EDGE_OF_PAGE)}, {}, {})
    things = {thing["name"]: thing for thing in drawn.get("objects", [])}
    arrows = {int(thing["id"]): thing for thing in drawn.get("edges", [])}
    _, _, width, height = _numbers(drawn["bb"])
    pixels = _Pixels(height)
    clusters = ((group, things[f"cluster_{group.name}"]) for group in picture.groups)
    corners = {name: pixels.corner(things[name], size.width, size.height) for name, size in sizes.items()}
    curves = {}
    for place, (index, edge) in enumerate(zip(around.indices, picture.edges, strict=True)):
        if "pos" in arrows[place]:
            curves[index] = pixels.curve(arrows[place], plan.goes_down)
        else:  # Graphviz loses some edges that enter a group with a wide title
            (x, y), (tip_x, tip_y) = corners[edge.tail], corners[edge.head]
            tail, head = sizes[edge.tail], sizes[edge.head]
            if plan.goes_down:
                start, tip = (x + tail.width / 2, y + tail.height), (tip_x + head.width / 2, tip_y)
            else:
                start, tip = (x + tail.width, y + tail.height / 2), (tip_x, tip_y + head.height / 2)
            end = _before(tip, plan.goes_down)
            curves[index] = [start, start, end, end], tip
    _put_in_order(plan, sizes, corners, curves)

    return _Places(
        width,
        height,
        corners,
        {group.name: pixels.group(thing) for group, thing in clusters if "bb" in thing},
        curves,
    )


def _put_in_order(
    plan: _Plan,
    sizes: Mapping[str, Block | BoxText],
    corners: dict[str, Point],
    curves: dict[int, tuple[list[Point], Point]],
) -> None:
    """Change the places of boxes of one rank that are not in the order of their indices, with the ends of lines."""
    shifts: dict[str, Point] = {}
    for names in families(plan.around.picture, corners, sizes, plan.goes_down):
        places = sorted(corners[name][not plan.goes_down] for name in names)
        for name, place in zip(names, places, strict=True):
            x, y = corners[name]
            corners[name] = (place, y) if plan.goes_down else (x, place)
            shifts[name] = (place - x, 0.0) if plan.goes_down else (0.0, place - y)
    for index, edge in zip(plan.around.indices, plan.around.picture.edges, strict=True) if shifts else ():
        curve, tip = curves[index]
        if edge.tail in shifts:
            curve[:2] = _moved(curve[:2], shifts[edge.tail])
        if edge.head in shifts:
            curve[-2:] = _moved(curve[-2:], shifts[edge.head])
            (tip,) = _moved([tip], shifts[edge.head])
        curves[index] = curve, tip


def _before(tip: Point, goes_down: bool) -> Point:
    """Where a line ends that has its head at a tip."""
    return (tip[0], tip[1] - HEAD) if goes_down else (tip[0] - HEAD, tip[1])


@dataclass(frozen=True, slots=True)
class _Pixels:
    """From Graphviz's points, which are counted from the lower left corner, to pixels. height: of the graph alone."""

    height: float

    def point(self, text: str) -> Point:
        x, y = _numbers(text)
        return x + EDGE_OF_PAGE, self.height - y + EDGE_OF_PAGE

    def corner(self, thing: Mapping[str, str], width: float, height: float) -> Point:
        x, y = self.point(thing["pos"])
        return x - width / 2, y - height / 2

    def curve(self, thing: Mapping[str, str], goes_down: bool) -> tuple[list[Point], Point]:
        words = thing["pos"].split()
        ends = {word[0]: self.point(word[2:]) for word in words if word[0] in "se"}
        points = [self.point(word) for word in words if word[0] not in "se"]
        tip = ends.get("e", points[-1])
        if "s" in ends:  # Graphviz puts the head of some edges that run backwards at the wrong end
            points[:0] = [ends["s"], ends["s"], points[0]]
            points[-1] = _before(tip, goes_down)
        return points, tip

    def group(self, thing: Mapping[str, str]) -> tuple[float, float, float, float]:
        left, bottom, right, top = _numbers(thing["bb"])
        return left + EDGE_OF_PAGE, self.height - top + EDGE_OF_PAGE, right - left, top - bottom


def _lines(picture: Picture, looks: Sequence[EdgeLook], around: Outline, places: _Places) -> list[Line]:
    """The lines of all edges: inside of a network, outside, or from one to the other."""
    block_of = {name: block for block in around.blocks.values() for name in block.network.column}
    lines = []
    for index, (edge, look) in enumerate(zip(picture.edges, looks, strict=True)):
        tail, head = block_of.get(edge.tail), block_of.get(edge.head)
        if tail is not None and tail is head:
            way = _moved(tail.way(edge.tail, edge.head), places.corners[tail.name])
            lines.append(Line(edge, look, tuple(way), way[-1]))
            continue
        curve, tip = places.curves[index]
        if tail is not None:
            curve = [*_moved(tail.way_out(edge.tail), places.corners[tail.name]), *curve[1:]]
        if head is not None:
            way = _moved(head.way_in(edge.head), places.corners[head.name])
            curve, tip = _led_on(curve, way), way[-1]
        lines.append(Line(edge, look, tuple(curve), tip))
    return lines


def _moved(points: Iterable[Point], origin: Point) -> list[Point]:
    return [(x + origin[0], y + origin[1]) for x, y in points]


def _led_on(curve: list[Point], way: list[Point]) -> list[Point]:
    """A curve to the border of a network, led on to a box inside, before which there is room for the head."""
    x, y = way[-1]
    return [*curve, curve[-1], way[0], way[0], *way[1:-1], (x - HEAD, y)]


def _numbers(text: str) -> list[float]:
    return [float(word) for word in text.split(",")]


def _wrapped(notes: Sequence[str], width: float) -> list[str]:
    """The notes, each on as many lines as it takes."""
    lines: list[str] = []
    for note in notes:
        line = ""
        for piece in PIECES.findall(" ".join(note.split())):
            longer = line + piece
            if line and text_width(longer, SMALL) > width:
                lines.append(line)
                longer = piece.lstrip()
            line = longer
        lines.append(line)
    return lines
