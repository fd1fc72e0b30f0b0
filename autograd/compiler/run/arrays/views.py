"""Memory for registers: buffers, views of them, and the regular steps in lists of register numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from autograd.util.arrays import Array

__all__ = [
    "NOTHING",
    "Buffer",
    "Scaled",
    "Source",
    "View",
    "by_row",
    "common_steps",
    "contiguous",
    "steps_of",
    "transposed",
    "widened",
]

NOTHING = -0.0
"""The mark for "no gradient has arrived, not even a zero". Added to any number, or to itself, it changes nothing."""


class Buffer(NamedTuple):
    """A stretch of memory.

    size: the number of lanes.
    batched: each lane holds one number per row of the batch, otherwise one number.
    truth: it holds truth values.
    role: "" if it may share memory with other buffers, "kept" if not; otherwise "constant", "parameters", "gradient"
    or "input".
    data: a constant's numbers.
    by_row: stored row after row.
    """

    size: int
    batched: bool
    truth: bool = False
    role: str = ""
    data: Array | None = None
    by_row: bool = False


class View(NamedTuple):
    """A part of a buffer: the lanes offset + Σ strideᵢ·indexᵢ, followed by the whole batch axis, if there is one."""

    buffer: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    batched: bool

    @property
    def lanes(self) -> int:
        """The number of lanes."""
        return math.prod(self.shape)


class Scaled(NamedTuple):
    """A number divided by the number of rows: the gradient of a mean over the batch."""

    factor: float


Source = View | Scaled | float
"""A step's operand: a part of a buffer, or a number."""


def contiguous(buffer: int, shape: tuple[int, ...], batched: bool, offset: int = 0) -> View:
    """Make a view of consecutive lanes, with the last axis fastest."""
    strides = []
    step = 1
    for length in reversed(shape):
        strides.append(step)
        step *= length
    return View(buffer, offset, shape, tuple(reversed(strides)), batched)


def widened(view: View, n: int) -> View:
    """The view, repeated along a last axis."""
    return view._replace(shape=(*view.shape, n), strides=(*view.strides, 0))


def transposed(view: View) -> View:
    """Each matrix of a stack with its axes exchanged."""
    (a, b, c), (i, j, k) = view.shape, view.strides
    return view._replace(shape=(a, c, b), strides=(i, k, j))


def by_row(lanes: Array, shape: tuple[int, ...]) -> Array:
    """View an argument's numbers, stored as (lanes, rows), as (rows, a sample's shape …)."""
    lane, row = lanes.strides
    strides = (row, *(step * lane for step in contiguous(0, shape, False).strides))
    return np.lib.stride_tricks.as_strided(lanes, (lanes.shape[1], *shape), strides)


def steps_of(numbers: Array) -> list[tuple[int, int]] | None:
    """Describe numbers in even steps by (length, stride) per axis, outermost first; None if the steps are not even.

    >>> steps_of(np.array([5, 6, 7, 15, 16, 17]))
    [(2, 10), (3, 1)]
    >>> steps_of(np.array([5, 6, 8]))
    """
    size = len(numbers)
    if size == 1:
        return []
    step = int(numbers[1] - numbers[0])
    if size == 2:
        return [(2, step)]
    changes = numbers[1:] - numbers[:-1] != step
    if not changes.any():
        return [(size, step)]
    inner = int(changes.argmax()) + 1
    if size % inner or inner == 1:
        return None
    matrix = numbers.reshape(-1, inner)
    if (matrix - matrix[:, :1] != matrix[0] - matrix[0, 0]).any():
        return None
    outer = steps_of(matrix[:, 0])
    return None if outer is None else [*outer, (inner, step)]


def common_steps(columns: Sequence[Array]) -> tuple[tuple[int, ...], list[tuple[int, tuple[int, ...]]]] | None:
    """Find a shape in which every column goes in even steps, with each column's offset and strides; None without one.

    >>> common_steps([np.array([0, 1, 2, 3]), np.array([7, 7, 8, 8])])
    ((2, 2), [(0, (2, 1)), (7, (1, 0))])
    """
    nests = []
    for column in columns:
        nest = steps_of(column)
        if nest is None:
            return None
        nests.append(nest)
    if nests and all(len(nest) == 1 for nest in nests):
        return (nests[0][0][0],), [(int(column[0]), (nest[0][1],)) for column, nest in zip(columns, nests, strict=True)]
    sizes = {1}
    for nest in nests:
        size = 1
        for length, _ in reversed(nest):
            size *= length
            sizes.add(size)
    marks = sorted(sizes)
    if any(large % small for small, large in pairwise(marks)):
        return None
    shape = tuple(large // small for small, large in pairwise(marks))[::-1]
    return shape, [(int(column[0]), _refined(nest, marks)) for column, nest in zip(columns, nests, strict=True)]


def _refined(nest: list[tuple[int, int]], marks: list[int]) -> tuple[int, ...]:
    """The strides of a nest on finer axes, one for each gap between marks."""
    strides = []
    ends, size = [], 1
    for length, stride in reversed(nest):
        ends.append((size, size * length, stride))
        size *= length
    for small in marks[:-1]:
        low, _, stride = next(end for end in ends if end[0] <= small < end[1])
        strides.append(stride * (small // low))
    return tuple(reversed(strides))
