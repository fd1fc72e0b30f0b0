"""Where the number of an edge stands: beside its own line, near the end that it shares with fewest, on nothing else."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TypeAlias

from autograd.viz.write.boxes import SMALL, text_width
from autograd.viz.write.columns import Point, Rectangle

__all__ = ["middles"]

CELL = 32  # the side of the squares in which a number looks for what is in its way: about as large as a number
FAR, NEAR = 12, 4  # between the points by which other lines are known, and the beginning of its own
FIRST, STEP, MOST = 3, 8, 100  # from the tail to the first spot; from one spot to the next; how many points are tried
CLOSE = 2  # between a number and its line
HALF = SMALL / 2 + 1  # half the height of a number
BESIDE = 4  # around a number: closer than this another line might be taken for its own
THROUGH, NEXT_TO = 5.0, 1.0  # what it costs to stand on another's line, and beside one: to go on by a step costs 1
GOOD = 0.9  # a spot that costs less is taken at once


Piece: TypeAlias = tuple[Point, Point, Point, Point]
"""A Bézier curve."""


def middles(
    curves: Sequence[Sequence[Point]],
    texts: Mapping[int, str],
    taken: Iterable[Rectangle],
    size: tuple[float, float],
    at_head: Collection[int] = (),
) -> dict[int, Point]:
    """The middle of the text of each curve that has one; none where there is no room for it.

    curves: of all lines, Bézier curves or straight. texts: by the index of the curve. taken: what no text may stand on.
    at_head: the curves whose text is near their head; that of others is near their tail.
    """
    room = _Room(size)
    for rectangle in taken:
        room.take(rectangle)
    lines = _Lines(curves if texts else ())
    spots: dict[int, Point] = {}
    for index, text in texts.items():
        half_width = text_width(text, SMALL) / 2
        best, price = None, math.inf
        curve = curves[index][::-1] if index in at_head else curves[index]
        for step, (x, y) in enumerate(_spots(_points(curve), half_width)):
            rectangle = (x - half_width, x + half_width, y - HALF, y + HALF)
            if room.is_free(rectangle):
                cost = 0.5 * step + lines.cost(rectangle, index)
                if cost < price:
                    best, price = rectangle, cost
                if cost < GOOD or 0.5 * step > price:
                    break
        if best is not None:
            room.take(best)
            spots[index] = (best[0] + best[1]) / 2, (best[2] + best[3]) / 2
    return spots


def _pieces(curve: Sequence[Point]) -> list[Piece]:
    """The Bézier curves of four points that a line is made of."""
    if len(curve) == 2:
        return [(curve[0], curve[0], curve[1], curve[1])]
    pieces = [(curve[i], curve[i + 1], curve[i + 2], curve[i + 3]) for i in range(0, len(curve) - 3, 3)]
    return [piece for piece in pieces if piece[0] != piece[3]]  # a box at the border of a network is no way from it


def _points(curve: Sequence[Point]) -> Iterator[Point]:
    """Points along a line, some pixels apart, from its tail on."""
    yield curve[0]
    for piece in _pieces(curve):
        points = _along(piece, max(1, round(_distance(piece) / NEAR)))
        next(points)  # the last of the piece before
        yield from points


def _distance(piece: Piece) -> float:
    """From one end to the other, along the page's sides."""
    return abs(piece[3][0] - piece[0][0]) + abs(piece[3][1] - piece[0][1])


def _along(piece: Piece, steps: int) -> Iterator[Point]:
    """Points along a Bézier curve, both ends among them."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = piece
    for a, b, c, d in _weights(steps):
        yield a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy


@cache  # of some hundred lengths
def _weights(steps: int) -> list[tuple[float, float, float, float]]:
    """How much each of a Bézier curve's four points counts, along the curve."""
    along = ((1 - step / steps, step / steps) for step in range(steps + 1))
    return [(u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t) for u, t in along]


def _spots(points: Iterator[Point], half_width: float) -> Iterator[Point]:
    """Middles for a text beside a line, from its tail on: above and below where it is flat, else right and left of it.

    First on its outer side: the others of its tail are below a line that rises.
    """
    way = _Way(points)
    start = way.at(0)
    for index in range(1, MOST, STEP // NEAR):
        (x, y), (next_x, next_y) = way.at(index - 1), way.at(index)
        if (x, y) == (next_x, next_y):
            return
        if abs(next_y - y) <= abs(next_x - x):
            left = x + FIRST
            beside = [height for _, height in way.between(left - 2, left + 2 * half_width + 2)] or [y]
            above, below = min(beside) - CLOSE - HALF, max(beside) + CLOSE + HALF
            middles = [(left + half_width, above), (left + half_width, below)]
            yield from reversed(middles) if beside[-1] > start[1] + 1 else middles
        else:
            yield x + 2 * CLOSE + half_width, y
            yield x - 2 * CLOSE - half_width, y


class _Way:
    """The points of a line, as far as they have been asked for."""

    def __init__(self, points: Iterator[Point]) -> None:
        self.points, self.known = points, [next(points)]

    def at(self, index: int) -> Point:
        """A point, or the last where there are not so many."""
        while len(self.known) <= index and (point := next(self.points, None)):
            self.known.append(point)
        return self.known[min(index, len(self.known) - 1)]

    def between(self, left: float, right: float) -> list[Point]:
        """The points between two places from left to right."""
        while self.known[-1][0] <= right and len(self.known) < 2 * MOST and (point := next(self.points, None)):
            self.known.append(point)
        return [point for point in self.known if left <= point[0] <= right]


class _Room:
    """Which rectangles of a page are taken, kept by squares."""

    def __init__(self, size: tuple[float, float]) -> None:
        self.width, self.height = size
        self.taken: dict[tuple[int, int], list[Rectangle]] = defaultdict(list)

    def take(self, rectangle: Rectangle) -> None:
        for cell in _cells(rectangle):
            self.taken[cell].append(rectangle)

    def is_free(self, rectangle: Rectangle) -> bool:
        left, right, top, bottom = rectangle
        if left < 0 or top < 0 or right > self.width or bottom > self.height:
            return False
        return not any(
            left < other_right and other_left < right and top < other_bottom and other_top < bottom
            for cell in _cells(rectangle)
            for other_left, other_right, other_top, other_bottom in self.taken.get(cell, ())
        )


class _Lines:
    """Points of all lines, kept by squares."""

    def __init__(self, curves: Sequence[Sequence[Point]]) -> None:
        self.points: dict[tuple[int, int], list[tuple[float, float, int]]] = defaultdict(list)
        for index, curve in enumerate(curves):
            for piece in _pieces(curve):
                steps = max(1, int(_distance(piece) // FAR))
                for x, y in islice(_along(piece, steps), steps):  # its end is the beginning of another, or at a box
                    self.points[int(x // CELL), int(y // CELL)].append((x, y, index))

    def cost(self, rectangle: Rectangle, index: int) -> float:
        """What it costs the number of a line to stand there: for each other line that passes through or beside it."""
        left, right, top, bottom = rectangle
        near: dict[int, float] = {}
        for cell in _cells((left - BESIDE, right + BESIDE, top - BESIDE, bottom + BESIDE)):
            for x, y, other in self.points.get(cell, ()):
                if left - BESIDE <= x <= right + BESIDE and top - BESIDE <= y <= bottom + BESIDE and other != index:
                    is_on = left <= x <= right and top <= y <= bottom
                    near[other] = THROUGH if is_on else near.get(other, NEXT_TO)
        return sum(near.values())


def _cells(rectangle: Rectangle) -> list[tuple[int, int]]:
    left, right, top, bottom = (int(edge // CELL) for edge in rectangle)
    return [(column, row) for column in range(left, right + 1) for row in range(top, bottom + 1)]
