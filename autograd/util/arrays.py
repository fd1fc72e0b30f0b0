"""Arrays from other packages. NumPy would silently drop their masks and units, so those raise an error first."""

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
"""An array whose dtype the surrounding code knows: floats, register numbers or truth values."""


def plain_array(given: object, name: str, dtype: DTypeLike | None = None) -> Array:
    """Convert to a plain NumPy array, also from a subclass such as a matrix or a memory map.

    given: an array, a number or nested lists.
    name: what an error calls it.
    dtype: the dtype of the result; by default NumPy's choice.

    Raises TypeError if a mask or units would be lost, and ValueError for rows of different lengths.
    """
    require_plain(given, name)
    return np.asarray(given, dtype)


def require_plain(given: object, name: str) -> None:
    """Raise TypeError for masked numbers and numbers with units, also inside lists."""
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        raise TypeError(
            f"{name} is a masked {'array' if given.ndim else 'number'}, and the mask would be lost\n"
            "  try             x.filled(0.0), with a number that suits the masked entries, or x.compressed()"
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
    """Check every member that is a container, and one member of each other type."""
    for kind in set(map(type, members)) - {float, int}:
        alike = (member for member in members if type(member) is kind)
        for member in alike if issubclass(kind, (list, tuple, np.ndarray)) else itertools.islice(alike, 1):
            require_plain(member, name)


def _with_units(kind: type, name: str) -> TypeError:
    return TypeError(
        f"{name} is a {printable(kind.__name__)}, whose units would be lost\n"
        "  try             the plain numbers, in matching units: x.magnitude or x.value"
    )
