"""The rules behind ``autograd.pick``: choose a number by an index that may be an input of a compiled function.

While a function is recorded, a pick is one operation. It lists the numbers of its table; those of a long table are
listed once, by an operation of their own that the picks name.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

from autograd import numeric as nx
from autograd.core.node import new_node, set_operands
from autograd.core.recording import is_recording, tables_recorded_here
from autograd.table import Rule
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import is_array, np

__all__ = ["PICK", "TABLE", "index_error", "is_index", "recorded_pick"]

_LONG = 256
"""A table of so many numbers is listed once. Shorter ones are listed in each pick, as most picks are of few classes."""


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
    if is_array(index):
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


def _listed(numbers: Sequence[nx.Numeric]) -> tuple[nx.Numeric, tuple[list[nx.Numeric]]]:
    return math.nan, ([1.0] * len(numbers),)


TABLE = Rule("table", _listed, operands=("xs",), sequences=True, builtin=True)
"""The rule of a long table in a recorded function: its operands are the numbers. It has no number of its own."""


def recorded_pick(index: Any, numbers: Sequence[Any]) -> Any:
    """Record the pick of one of these numbers by an index that is a Value."""
    table = _table(index, numbers) if len(numbers) >= _LONG and not index._level else None
    return index.__apply_rule__(PICK, [index, *numbers] if table is None else [index, table])


def _table(index: Any, numbers: Sequence[Any]) -> Any:
    """Return the node that lists these very numbers, the same for all picks of a recording; None for inner levels."""
    tables = tables_recorded_here()
    key = id(numbers[0]), id(numbers[-1]), len(numbers)
    known = tables.get(key)
    if known is not None and all(map(operator.is_, known._operands(), numbers)):
        return known
    if any(getattr(kind, "_level", 0) for kind in set(map(type, numbers))):
        return None
    node = tables[key] = new_node(type(index), math.nan)
    set_operands(node, TABLE, numbers, [1.0 if nx.is_value(x) else None for x in numbers])
    return node
