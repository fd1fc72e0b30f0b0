"""Where everything of a picture stands: positions from Graphviz, as plain data in pixels, y downwards."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.viz.picture import Edge, Group, Picture
from autograd.viz.write.boxes import PADDING, SMALL, TITLE_HEIGHT, Face, edge_text, faces, text_width
from autograd.viz.write.dot import notes_under, skeleton
from autograd.viz.write.graphviz import render

__all__ = ["Box", "Frame", "Line", "Scene", "lay_out"]

EDGE_OF_PAGE = 8  # what stands free around the graph, which thick borders and stacked boxes reach into
NOTE_LINE = 15
NARROWEST = 420.0  # the width that notes are wrapped to under a smaller picture
COLUMN = 100
SHIFTS = (0, *(sign * 13 * row for row in range(1, 10) for sign in (-1, 1)))  # of a text that would sit on another
HEAD = 7  # the length of an arrow's head
Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A node's place; x, y: its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    face: Face


@dataclass(frozen=True, slots=True)
class Line:
    """An edge's place: a Bézier curve through 1 + 3n points, the tip of its head, the middle of its text."""

    edge: Edge
    curve: tuple[Point, ...]
    tip: Point
    text: Point | None


@dataclass(frozen=True, slots=True)
class Frame:
    """An open group's place."""

    group: Group
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture with a place for everything. notes: the lines under it, which are wrapped to its width."""

    picture: Picture
    width: float
    height: float
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    frames: tuple[Frame, ...]
    notes: tuple[str, ...]


def lay_out(picture: Picture, widest: Mapping[str, Mapping[str, str]] | None = None) -> Scene:
    """The scene of a picture. widest: by node, the widest "data" and "grad" its box will ever show.

    Raises what `render` raises.

    >>> from autograd.viz.picture import Edge, Node
    >>> a, b = Node("n0", "input", "a", data=2.0), Node("n1", "result", "b", "exp", data=7.389, is_root=True)
    >>> scene = lay_out(Picture((a, b), (Edge("n0", "n1", local=7.389),)))
    >>> scene.boxes["n0"].x < scene.lines[0].text[0] < scene.boxes["n1"].x
    True
    """
    shown = faces(picture, widest)
    found = json.loads(render(skeleton(picture, shown), "json0"))
    things = {thing["name"]: thing for thing in found.get("objects", [])}
    drawn = {int(thing["id"]): thing for thing in found.get("edges", [])}
    _, _, width, height = _numbers(found["bb"])
    place = _Place(height)
    boxes = {node.name: place.box(things[node.name], shown[node.name]) for node in picture.nodes}
    clusters = ((group, things[f"cluster_{group.name}"]) for group in picture.groups)
    frames = tuple(place.frame(group, thing) for group, thing in clusters if "bb" in thing)  # but for an empty one
    lines = (place.line(edge, drawn[index]) for index, edge in enumerate(picture.edges))
    notes = _wrapped(notes_under(picture), max(width, NARROWEST))
    under = NOTE_LINE * len(notes) + EDGE_OF_PAGE if notes else 0
    return Scene(
        picture,
        width=round(max([width, *(text_width(note, SMALL) for note in notes)])) + 2 * EDGE_OF_PAGE,
        height=round(height) + 2 * EDGE_OF_PAGE + under,
        boxes=boxes,
        lines=tuple(_apart(lines, _taken(boxes.values(), frames), height + 2 * EDGE_OF_PAGE)),
        frames=frames,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """From Graphviz's points, which are counted from the lower left corner, to pixels. height: of the graph alone."""

    height: float

    def point(self, text: str) -> Point:
        x, y = _numbers(text)
        return x + EDGE_OF_PAGE, self.height - y + EDGE_OF_PAGE

    def box(self, thing: dict[str, Any], face: Face) -> Box:
        x, y = self.point(thing["pos"])
        return Box(x - face.width / 2, y - face.height / 2, face.width, face.height, face)

    def line(self, edge: Edge, thing: dict[str, Any]) -> Line:
        ends = {word[0]: self.point(word[2:]) for word in thing["pos"].split() if word[1] == ","}
        points = [self.point(word) for word in thing["pos"].split() if word[1] != ","]
        tip = ends.get("e", points[-1])
        if "s" in ends:  # Graphviz puts the head of some edges that run backwards at the wrong end
            points[:0] = [ends["s"], ends["s"], points[0]]
            points[-1] = (tip[0] - HEAD, tip[1])
        return Line(edge, tuple(points), tip, self.point(thing["lp"]) if "lp" in thing else None)

    def frame(self, group: Group, thing: dict[str, Any]) -> Frame:
        left, bottom, right, top = _numbers(thing["bb"])
        return Frame(group, left + EDGE_OF_PAGE, self.height - top + EDGE_OF_PAGE, right - left, top - bottom)


def _taken(boxes: Iterable[Box], frames: Iterable[Frame]) -> Iterator[Rectangle]:
    """Where no text of an edge may stand: on a box, on the title of a group."""
    for box in boxes:
        yield box.x, box.x + box.width, box.y, box.y + box.height
    for frame in frames:
        width = PADDING + text_width(frame.group.title, SMALL)
        yield frame.x, frame.x + width, frame.y, frame.y + TITLE_HEIGHT


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
        places = [(x - half_width, x + half_width, y + by - half_height, y + by + half_height) for by in SHIFTS]
        place = next(filter(room.is_free, places), places[0])
        room.take(place)
        yield replace(line, text=(x, (place[2] + place[3]) / 2))


class _Room:
    """Which rectangles (left, right, top, bottom) of a page are taken, kept by columns."""

    def __init__(self, height: float, taken: Iterable[Rectangle]) -> None:
        self.height = height
        self.taken: dict[int, list[Rectangle]] = defaultdict(list)
        for place in taken:
            self.take(place)

    def take(self, place: Rectangle) -> None:
        for column in self._columns(place):
            self.taken[column].append(place)

    def is_free(self, place: Rectangle) -> bool:
        left, right, top, bottom = place
        if top < 0 or bottom > self.height:
            return False
        return not any(
            left < other_right and other_left < right and top < other_bottom and other_top < bottom
            for column in self._columns(place)
            for other_left, other_right, other_top, other_bottom in self.taken[column]
        )

    @staticmethod
    def _columns(place: Rectangle) -> range:
        return range(int(place[0] // COLUMN), int(place[1] // COLUMN) + 1)


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
