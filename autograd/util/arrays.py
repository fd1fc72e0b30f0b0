"""Arrays of other packages: what NumPy would drop from them without a word, a mask or a unit, is refused first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.util.printable import printable

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

__all__ = ["Array", "plain_array", "require_plain"]

Array = np.ndarray[Any, np.dtype[Any]]
"""An array whose dtype the code around it knows: of floats, register numbers, truth values."""


def plain_array(given: object, name: str, dtype: DTypeLike | None = None) -> Array:
    """The array of what was given: of a subclass (a matrix, a memory map) the plain array of its numbers.

    Raises TypeError for what would lose a mask or units, ValueError for rows of different lengths.
    """
    require_plain(given, name)
    return np.asarray(given, dtype)


def require_plain(given: object, name: str) -> None:
    """Raise TypeError for a masked number, or one with units, also inside of lists."""
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        raise TypeError(
            f"{name} is a masked {'array' if given.ndim else 'number'}, and the mask would be lost\n"
            "  try             x.filled(0.0), with a number that is right where the mask is, or x.compressed()"
        )
    if isinstance(given, np.ndarray):
        if hasattr(given, "unit") or hasattr(given, "units"):
            raise _with_units(type(given), name)
        if given.dtype == object:
            _require_plain_members(given.ravel().tolist(), name)
    elif isinstance(given, (list, tuple)):
        _require_plain_members(given, name)
    elif hasattr(type(given), "unit") or hasattr(type(given), "units"):
        raise _with_units(type(given), name)


def _require_plain_members(members: Sequence[object], name: str) -> None:
    """The same for each member; of a kind that holds nothing, for the first."""
    for kind in set(map(type, members)) - {float, int}:
        alike = (member for member in members if type(member) is kind)
        for member in alike if issubclass(kind, (list, tuple, np.ndarray)) else itertools.islice(alike, 1):
            require_plain(member, name)


def _with_units(kind: type, name: str) -> TypeError:
    return TypeError(
        f"{name} is a {printable(kind.__name__)}, whose units would be lost\n"
        "  try             the numbers alone, in units that fit each other: x.magnitude, or x.value"
    )
