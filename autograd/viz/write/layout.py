"""Where everything of a picture stands: positions from Graphviz, as plain data in pixels, y downwards."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.viz.picture import Edge, Group, Picture
from autograd.viz.write.boxes import PADDING, SMALL, TITLE_HEIGHT, BoxText, box_texts, edge_text, text_width
from autograd.viz.write.dot import notes_under, skeleton
from autograd.viz.write.graphviz import NEXT, render

__all__ = ["Box", "GroupBox", "Layout", "Line", "lay_out", "lay_out_all"]

EDGE_OF_PAGE = 8  # what stands free around the graph, which thick borders and stacked boxes reach into
NOTE_LINE = 15  # one and a half times the size of its text
NARROWEST = 420.0  # the width that notes are wrapped to under a smaller picture
COLUMN = 100  # the width of the strips in which a text looks for what is in its way: wider than most texts
SHIFTS = (
    0,
    *(sign * 13 * row for row in range(1, 10) for sign in (-1, 1)),
)  # of a text that would sit on another: by its height
HEAD = 7  # the length of an arrow's head
Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]


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
    """The line of an edge: a Bézier curve through 1 + 3n points, the tip of its head, the middle of its text."""

    edge: Edge
    curve: tuple[Point, ...]
    tip: Point
    text: Point | None


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
    """A picture, and where everything in it stands. notes: the lines under it, which are wrapped to its width."""

    picture: Picture
    width: float
    height: float
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    group_boxes: tuple[GroupBox, ...]
    notes: tuple[str, ...]


def lay_out(picture: Picture, widest: Mapping[str, Mapping[str, str]] | None = None) -> Layout:
    """The layout of a picture. widest: by node, the widest "data" and "grad" its box will ever show.

    Raises what `render` raises.

    >>> from autograd.viz.picture import Edge, Node
    >>> a, b = Node("n0", "input", "a", data=2.0), Node("n1", "result", "b", "exp", data=7.389, is_root=True)
    >>> layout = lay_out(Picture((a, b), (Edge("n0", "n1", local=7.389),)))
    >>> layout.boxes["n0"].x < layout.lines[0].text[0] < layout.boxes["n1"].x
    True
    """
    return lay_out_all([picture], widest)[0]


def lay_out_all(pictures: Sequence[Picture], widest: Mapping[str, Mapping[str, str]] | None = None) -> list[Layout]:
    """The layouts of several pictures, for which Graphviz is started once."""
    shown = [box_texts(picture, widest) for picture in pictures]
    rendered = render(NEXT.join(map(skeleton, pictures, shown)), "json0").decode()
    layouts, decoder, end = [], json.JSONDecoder(), 0
    for picture, texts in zip(pictures, shown, strict=True):
        drawn, end = decoder.raw_decode(rendered, len(rendered) - len(rendered[end:].lstrip()))
        layouts.append(_placed(picture, texts, drawn))
    return layouts


def _placed(picture: Picture, shown: Mapping[str, BoxText], drawn: Mapping[str, Any]) -> Layout:
    """The layout of a picture from Graphviz' JSON."""
    things = {thing["name"]: thing for thing in drawn.get("objects", [])}
    arrows = {int(thing["id"]): thing for thing in drawn.get("edges", [])}
    _, _, width, height = _numbers(drawn["bb"])
    pixels = _Pixels(height)
    boxes = {node.name: pixels.box(things[node.name], shown[node.name]) for node in picture.nodes}
    clusters = ((group, things[f"cluster_{group.name}"]) for group in picture.groups)
    group_boxes = tuple(pixels.group_box(group, thing) for group, thing in clusters if "bb" in thing)
    lines = (pixels.line(edge, arrows[index]) for index, edge in enumerate(picture.edges))
    notes = _wrapped(notes_under(picture), max(width, NARROWEST))
    under = NOTE_LINE * len(notes) + EDGE_OF_PAGE if notes else 0
    return Layout(
        picture,
        width=round(max([width, *(text_width(note, SMALL) for note in notes)])) + 2 * EDGE_OF_PAGE,
        height=round(height) + 2 * EDGE_OF_PAGE + under,
        boxes=boxes,
        lines=tuple(_apart(lines, _taken(boxes.values(), group_boxes), height + 2 * EDGE_OF_PAGE)),
        group_boxes=group_boxes,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Pixels:
    """From Graphviz's points, which are counted from the lower left corner, to pixels. height: of the graph alone."""

    height: float

    def point(self, text: str) -> Point:
        x, y = _numbers(text)
        return x + EDGE_OF_PAGE, self.height - y + EDGE_OF_PAGE

    def box(self, thing: Mapping[str, str], words: BoxText) -> Box:
        x, y = self.point(thing["pos"])
        return Box(x - words.width / 2, y - words.height / 2, words.width, words.height, words)

    def line(self, edge: Edge, thing: Mapping[str, str]) -> Line:
        ends = {word[0]: self.point(word[2:]) for word in thing["pos"].split() if word[1] == ","}
        points = [self.point(word) for word in thing["pos"].split() if word[1] != ","]
        tip = ends.get("e", points[-1])
        if "s" in ends:  # Graphviz puts the head of some edges that run backwards at the wrong end
            points[:0] = [ends["s"], ends["s"], points[0]]
            points[-1] = (tip[0] - HEAD, tip[1])
        return Line(edge, tuple(points), tip, self.point(thing["lp"]) if "lp" in thing else None)

    def group_box(self, group: Group, thing: Mapping[str, str]) -> GroupBox:
        left, bottom, right, top = _numbers(thing["bb"])
        return GroupBox(group, left + EDGE_OF_PAGE, self.height - top + EDGE_OF_PAGE, right - left, top - bottom)


def _taken(boxes: Iterable[Box], group_boxes: Iterable[GroupBox]) -> Iterator[Rectangle]:
    """Where no text of an edge may stand: on a box, on the title of a group."""
    for box in boxes:
        yield box.x, box.x + box.width, box.y, box.y + box.height
    for group_box in group_boxes:
        width = PADDING + text_width(group_box.group.title, SMALL)
        yield group_box.x, group_box.x + width, group_box.y, group_box.y + TITLE_HEIGHT


def _apart(lines: Iterable[Line], taken: Iterable[Rectangle], height: float) -> Iterator[Line]:
    """The lines with their texts clear of what is taken, of one another, and inside of the page.

    Graphviz sees to most of that, but not for many edges that join the same two nodes.
    """
    room = _Room(height, taken)
    for line in lines:
        if line.text is None:
            yield line
            continue
        x, y = line.text
        half_width, half_height = text_width(edge_text(line.edge), SMALL) / 2, SMALL / 2 + 1
        spots = [(x - half_width, x + half_width, y + by - half_height, y + by + half_height) for by in SHIFTS]
        spot = next(filter(room.is_free, spots), spots[0])
        room.take(spot)
        yield replace(line, text=(x, (spot[2] + spot[3]) / 2))


class _Room:
    """Which rectangles (left, right, top, bottom) of a page are taken, kept by columns."""

    def __init__(self, height: float, taken: Iterable[Rectangle]) -> None:
        self.height = height
        self.taken: dict[int, list[Rectangle]] = defaultdict(list)
        for rectangle in taken:
            self.take(rectangle)

    def take(self, rectangle: Rectangle) -> None:
        for column in self._columns(rectangle):
            self.taken[column].append(rectangle)

    def is_free(self, rectangle: Rectangle) -> bool:
        left, right, top, bottom = rectangle
        if top < 0 or bottom > self.height:
            return False
        return not any(
            left < other_right and other_left < right and top < other_bottom and other_top < bottom
            for column in self._columns(rectangle)
            for other_left, other_right, other_top, other_bottom in self.taken[column]
        )

    @staticmethod
    def _columns(rectangle: Rectangle) -> range:
        return range(int(rectangle[0] // COLUMN), int(rectangle[1] // COLUMN) + 1)


def _numbers(text: str) -> list[float]:
    return [float(word) for word in text.split(",")]


def _wrapped(notes: Sequence[str], width: float) -> list[str]:
    """The notes, each on as many lines as it takes."""
    lines: list[str] = []
    for note in notes:
        line = ""
        for word in note.split():
            longer = f"{line} {word}".lstrip()
            if line and text_width(longer, SMALL) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines
