"""A network as columns: where its boxes stand, and the lines between them, in pixels from its upper left corner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autograd.viz.picture import Picture
from autograd.viz.write.boxes import PADDING, SMALL, TITLE_HEIGHT, BoxText, fitted, text_width
from autograd.viz.write.networks import Column, Network, groups_around, networks

__all__ = ["Block", "Heading", "Point", "Rectangle", "blocks"]

BETWEEN = 10  # from one box of a column to the next: a line that goes around a column passes there
NARROW, WIDE, PER_BOX = 32, 140, 4  # between columns: the more lines cross there, the more room they need
CLOSE, CLOSE_PER_BOX, CLOSEST = 20, 2, 31  # the same in a picture that would else be wider than a page; at least
HEADING, HEADING_LINE = 11, 13  # the size of what stands above a column, and the height of one line of it
WIDEST_HEADING = 160  # a longer one is cut
FRAME = 10  # from the columns to the frame around them, as in Graphviz's clusters
Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
"""Its left, right, top and bottom."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above a column. x: its middle. y: its baseline."""

    x: float
    y: float
    text: str
    is_title: bool


@dataclass(frozen=True, slots=True)
class Block:
    """The boxes of a network. name: of the box that stands for it where the rest of a picture is laid out.

    frames: by the name of a group, around its columns; none where the group has other nodes, too, or no column.
    """

    network: Network
    name: str
    width: float
    height: float
    spots: Mapping[str, Rectangle]
    headings: tuple[Heading, ...]
    frames: Mapping[str, Rectangle]

    def way(self, tail: str, head: str) -> tuple[Point, ...]:
        """The line from one box to another: straight, or a curve around the boxes between them."""
        start, end = self._right(tail), self._left(head)
        between = self._columns(self.network.column[tail] + 1, self.network.column[head])
        if not any(_strikes(start, end, spot) for column in between for spot in column):
            return start, end
        return _around([start], between, [end])

    def way_out(self, tail: str) -> tuple[Point, ...]:
        """The curve from a box to the right border, around the columns between."""
        start = self._right(tail)
        return _around([start], self._columns(self.network.column[tail] + 1), [], self.width)

    def way_in(self, head: str) -> tuple[Point, ...]:
        """The curve from the left border to a box."""
        x, y = self._left(head)
        mirrored = [[(-right, -left, top, bottom) for left, right, top, bottom in column] for column in
                    reversed(self._columns(0, self.network.column[head]))]  # fmt: skip
        return tuple((-x, y) for x, y in reversed(_around([(-x, y)], mirrored, [], 0.0)))

    def _right(self, name: str) -> Point:
        _, right, top, bottom = self.spots[name]
        return right, (top + bottom) / 2

    def _left(self, name: str) -> Point:
        left, _, top, bottom = self.spots[name]
        return left, (top + bottom) / 2

    def _columns(self, first: int, end: int | None = None) -> list[list[Rectangle]]:
        return [[self.spots[node.name] for node in column.nodes] for column in self.network.columns[first:end]]


def _strikes(start: Point, end: Point, spot: Rectangle) -> bool:
    """Whether a straight line that goes to the right passes over a rectangle, or by it closer than a line is wide."""
    left, right, top, bottom = spot
    slope = (end[1] - start[1]) / (end[0] - start[0])
    heights = [start[1] + slope * (x - start[0]) for x in (left, right)]
    return max(heights) > top - 2 and min(heights) < bottom + 2


def _around(
    start: Sequence[Point], columns: Iterable[Sequence[Rectangle]], end: Sequence[Point], border: float | None = None
) -> tuple[Point, ...]:
    """The Bézier curve through the gaps of some columns, of which each is the nearest to the straight way.

    It leads on to the end, or at its last height to a border.
    """
    points = list(start)
    for column in columns:
        x, y = points[-1]
        left, right = min(spot[0] for spot in column), max(spot[1] for spot in column)
        if end:
            y += (end[0][1] - y) * (left - x) / (end[0][0] - x)
        ends = [column[0][2] - BETWEEN, *(edge for spot in column for edge in spot[2:]), column[-1][3] + BETWEEN]
        gaps = [(above + below) / 2 for above, below in zip(ends[::2], ends[1::2], strict=True)]
        gap = min(gaps, key=lambda middle: abs(middle - y))
        points += [(left, gap), (right, gap)]
    points += end if border is None else [(border, points[-1][1])]
    curve = points[:1]
    for (x, y), (next_x, next_y) in pairwise(points):
        middle = (x + next_x) / 2
        curve += [(middle, y), (middle, next_y), (next_x, next_y)]
    return tuple(curve)


# ── where they stand ────────────────────────────────────────────────────────────────────────────────────────────────


def blocks(picture: Picture, shown: Mapping[str, BoxText], are_close: bool = False) -> list[Block]:
    """The networks of a picture. shown: the words of the boxes, which say how large these are.

    are_close: whether their columns stand closer to each other than usual.
    """
    return [_block(picture, network, shown, are_close) for network in networks(picture)]


def _block(picture: Picture, network: Network, shown: Mapping[str, BoxText], are_close: bool) -> Block:
    columns = network.columns
    framed = _framed(picture, network)
    heading_top = TITLE_HEIGHT if framed else 0
    top = heading_top + _heading_height(columns)
    height = max(_column_height(column, shown) for column in columns)
    members = {index for indices in framed.values() for index in indices}
    margins = [FRAME if edge in members else 0.0 for edge in (0, len(columns) - 1)]
    sides = _sides(columns, shown, [_gap(*pair, are_close) for pair in pairwise(columns)], *margins)
    spots: dict[str, Rectangle] = {}
    headings: list[Heading] = []
    for column, (left, right, room) in zip(columns, sides, strict=True):
        middle = (left + right) / 2
        spots |= _spots(column, shown, middle, top + (height - _column_height(column, shown)) / 2)
        headings += _headings(column, middle, right - left + 2 * room, heading_top)
    height = top + height + (FRAME if framed else 0)
    frames = {}
    for group in (network.group, *network.following):
        if indices := framed.get(group.name):
            left, right = sides[indices[0]][0] - FRAME, sides[indices[-1]][1] + FRAME
            title = left + text_width(group.title, SMALL) + 2 * PADDING
            limit = sides[indices[-1] + 1][0] - 2 * FRAME if indices[-1] + 1 < len(columns) else title
            frames[group.name] = (left, max(right, min(title, limit)), 0.0, height)
    width = max([sides[-1][1], *(frame[1] for frame in frames.values())])
    return Block(network, f"block_{network.group.name}", round(width), round(height), spots, tuple(headings), frames)


def _framed(picture: Picture, network: Network) -> dict[str, list[int]]:
    """The columns that belong to each group, by its name; none where one holds more than columns."""
    others = (node for node in picture.nodes if node.name not in network.column)
    if any(network.group.name in groups_around(picture, node.group) for node in others):
        return {}
    groups = [group.name for group in (network.group, *network.following)]
    around = [
        {name for node in column.nodes for name in groups_around(picture, node.group)} for column in network.columns
    ]
    indices = {name: [index for index, names in enumerate(around) if name in names] for name in groups}
    return {name: found for name, found in indices.items() if found}


def _sides(
    columns: Sequence[Column],
    shown: Mapping[str, BoxText],
    gaps: Sequence[float],
    left_margin: float,
    right_margin: float,
) -> list[tuple[float, float, float]]:
    """For each column its left and right, and how far its heading may stand out at either side.

    gaps: between the columns. The margins are inside of a frame: at the left of the first column, at the right of the
    last.
    """
    rooms = [max(0.0, left_margin - 2), *(gap / 2 - 2 for gap in gaps), max(0.0, right_margin - 2)]
    x, sides = left_margin, []
    for index, column in enumerate(columns):
        room = min(rooms[index : index + 2])
        width = max([_heading_width(column) - 2 * room, *(shown[node.name].width for node in column.nodes)])
        sides.append((x, x + width, room))
        x += width + (gaps[index] if index < len(gaps) else 0)
    return sides


def _heading_height(columns: Iterable[Column]) -> int:
    """The room above all columns for the two lines of their headings."""
    lines = max(2 if column.detail else 1 if column.title else 0 for column in columns)
    return HEADING_LINE * lines + BETWEEN * bool(lines)


def _column_height(column: Column, shown: Mapping[str, BoxText]) -> float:
    return sum(shown[node.name].height + BETWEEN for node in column.nodes) - BETWEEN


def _gap(column: Column, following: Column, is_close: bool) -> float:
    boxes = max(len(column.nodes), len(following.nodes))
    return min(WIDE, max(CLOSEST, CLOSE + CLOSE_PER_BOX * boxes) if is_close else NARROW + PER_BOX * boxes)


def _heading_width(column: Column) -> int:
    words = max(text_width(column.title, HEADING, bold=True), text_width(column.detail, SMALL))
    return min(round(words) + 2, WIDEST_HEADING)


def _spots(column: Column, shown: Mapping[str, BoxText], middle: float, top: float) -> dict[str, Rectangle]:
    """The boxes of one column, one under the other around a vertical line."""
    spots: dict[str, Rectangle] = {}
    for node in column.nodes:
        words = shown[node.name]
        left, top = round(middle - words.width / 2), round(top)
        spots[node.name] = (left, left + words.width, top, top + words.height)
        top += words.height + BETWEEN
    return spots


def _headings(column: Column, middle: float, width: float, top: float) -> list[Heading]:
    title, detail = fitted(column.title, width, HEADING, bold=True), fitted(column.detail, width, SMALL)
    lines = [(title, True), (detail, False)]
    return [
        Heading(middle, top + HEADING_LINE * (row + 1) - 3, text, is_title)
        for row, (text, is_title) in enumerate(lines)
        if text
    ]
