"""Where the number of an edge stands: near its tail, beside its own line, and on nothing else."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from autograd.viz.write.boxes import SMALL, text_width
from autograd.viz.write.columns import Point, Rectangle

__all__ = ["middles"]

CELL = 32  # the side of the squares in which a number looks for what is in its way: about as large as a number
FAR, NEAR = 12, 4  # between the points by which other lines are known, and the beginning of its own
FIRST, STEP, MOST = 3, 8, 40  # from the tail to the first spot; from one spot to the next; how many are tried
LONGEST = 2 * STEP * MOST // NEAR  # points of a line beside which a number may stand
CLOSE = 2  # between a number and its line
HALF = SMALL / 2 + 1  # half the height of a number
FOREIGN = 4.0  # what it costs to stand on another's line: as much as four steps away from the tail
GOOD = 0.9  # a spot that costs less is taken at once


def middles(
    curves: Sequence[Sequence[Point]], texts: Mapping[int, str], taken: Iterable[Rectangle], size: tuple[float, float]
) -> dict[int, Point]:
    """The middle of the text of each curve that has one; none where there is no room for it.

    curves: of all lines, Bézier curves or straight. texts: by the index of the curve. taken: what no text may stand on.
    """
    room = _Room(size)
    for rectangle in taken:
        room.take(rectangle)
    lines = _Lines(curves)
    spots: dict[int, Point] = {}
    for index, text in texts.items():
        half_width = text_width(text, SMALL) / 2
        best, price = None, math.inf
        for step, (x, y) in enumerate(_spots(_points(curves[index]), half_width)):
            rectangle = (x - half_width, x + half_width, y - HALF, y + HALF)
            if room.is_free(rectangle):
                cost = 0.5 * step + FOREIGN * lines.struck(rectangle, index)
                if cost < price:
                    best, price = rectangle, cost
                if cost < GOOD or 0.5 * step > price:
                    break
        if best is not None:
            room.take(best)
            spots[index] = (best[0] + best[1]) / 2, (best[2] + best[3]) / 2
    return spots


def _pieces(curve: Sequence[Point]) -> list[tuple[Point, Point, Point, Point]]:
    """The Bézier curves of four points that a line is made of."""
    if len(curve) == 2:
        return [(curve[0], curve[0], curve[1], curve[1])]
    return [(curve[i], curve[i + 1], curve[i + 2], curve[i + 3]) for i in range(0, len(curve) - 3, 3)]


def _points(curve: Sequence[Point]) -> Iterator[Point]:
    """Points along a line, some pixels apart, from its tail on."""
    yield curve[0]
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in _pieces(curve):
        steps = max(1, round((abs(dx - ax) + abs(dy - ay)) / NEAR))
        for step in range(1, steps + 1):
            t = step / steps
            u = 1 - t
            a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            yield a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy


def _spots(points: Iterator[Point], half_width: float) -> Iterator[Point]:
    """Middles for a text beside a line, from its tail on: on its outer side, then on the other.

    The outer side of a line that rises is above it, because the others of its tail are below.
    """
    way = [next(points)]
    start_x, start_y = way[0]
    for step in range(MOST):
        left = start_x + FIRST + STEP * step
        right = left + 2 * half_width
        while way[-1][0] <= right and len(way) < LONGEST and (point := next(points, None)):
            way.append(point)
        beside = [y for x, y in way if left - 2 <= x <= right + 2]
        if not beside:
            return
        above, below = min(beside) - CLOSE - HALF, max(beside) + CLOSE + HALF
        outer, inner = (below, above) if beside[-1] > start_y + 1 else (above, below)
        yield left + half_width, outer
        yield left + half_width, inner


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
        pieces = [(index, piece) for index, curve in enumerate(curves) for piece in _pieces(curve)]
        corners = np.array([piece for _, piece in pieces]).reshape(-1, 4, 2)
        steps = np.maximum(1, np.abs(corners[:, 3] - corners[:, 0]).sum(axis=1) // FAR).astype(int)
        piece = np.repeat(np.arange(len(pieces)), steps)
        t = ((np.arange(len(piece)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[piece])[:, None]
        a, b, c, d = (corners[piece, corner] for corner in range(4))
        points = a * (1 - t) ** 3 + 3 * b * (1 - t) ** 2 * t + 3 * c * (1 - t) * t**2 + d * t**3
        line = np.array([index for index, _ in pieces], int)[piece]
        self.points: dict[tuple[int, int], list[tuple[float, float, int]]] = defaultdict(list)
        for column, row, x, y, index in zip(
            *(points // CELL).astype(int).T.tolist(), *points.T.tolist(), line.tolist(), strict=True
        ):
            self.points[column, row].append((x, y, index))

    def struck(self, rectangle: Rectangle, index: int) -> int:
        """How many other lines pass through a rectangle."""
        left, right, top, bottom = rectangle
        return len({
            other
            for cell in _cells(rectangle)
            for x, y, other in self.points.get(cell, ())
            if other != index and left <= x <= right and top <= y <= bottom
        })  # fmt: skip


def _cells(rectangle: Rectangle) -> list[tuple[int, int]]:
    left, right, top, bottom = (int(edge // CELL) for edge in rectangle)
    return [(column, row) for column in range(left, right + 1) for row in range(top, bottom + 1)]
