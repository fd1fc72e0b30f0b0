"""The rule behind ``autograd.pick``: choose a number by an index that may be an input of a compiled function."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from autograd import numeric as nx
from autograd.core.recording import is_recording
from autograd.table import Rule
from autograd.util.arrays import Array

__all__ = ["PICK", "index_error", "is_index"]


def is_index(index: float, count: int) -> bool:
    """Whether an index is a whole number from 0 to count − 1. (A label of −1 means "none", not the last class.)"""
    return 0 <= index < count and index == int(index)


def index_error(index: object, count: int) -> IndexError:
    """Return the error for an index that is out of range."""
    if not count:
        return IndexError(f"pick: the table is empty, so it has no index {index!r}")
    return IndexError(f"pick: the index must be a whole number from 0 to {count - 1}, not {index!r}")


def _picked(operands: Sequence[nx.Numeric]) -> tuple[nx.Numeric, tuple[list[nx.Numeric]]]:
    """Return the number at an index, and its derivatives: ∂/∂xᵢ = [i = index], none for the index.

    operands: the index, then the numbers, all in one sequence.

    Raises IndexError if the index is out of range, except while recording, when its number is only an example.
    """
    index, *numbers = operands
    if nx.is_value(index) or any(map(nx.is_value, numbers)):
        tracer = next(x for x in operands if nx.is_value(x))
        slopes = [nx.where(nx.equal(index, float(i)), 1.0, 0.0) for i in range(len(numbers))]
        return tracer.__apply_rule__(PICK, operands), ([None, *slopes],)
    if isinstance(index, np.ndarray):
        return _of_arrays(index, numbers)
    if not is_index(index, len(numbers)):
        if not is_recording():
            raise index_error(index, len(numbers))
        return math.nan, ([None, *[0.0] * len(numbers)],)
    position = int(index)
    return numbers[position], ([None, *(float(i == position) for i in range(len(numbers)))],)


def _of_arrays(index: Array, numbers: Sequence[nx.Numeric]) -> tuple[nx.Numeric, tuple[list[nx.Numeric]]]:
    chosen = [index == i for i in range(len(numbers))]
    if not np.logical_or.reduce(chosen).all():
        raise index_error(float(index[~np.logical_or.reduce(chosen)][0]), len(numbers))
    slopes = [x.astype(index.dtype) for x in chosen]
    return np.select(chosen, [np.broadcast_to(x, index.shape) for x in numbers]), ([None, *slopes],)


PICK = Rule("pick", _picked, operands=("xs",), sequences=True, chooses=True, builtin=True)
"""The rule of one picked number. Its operands are the index and then the numbers."""
