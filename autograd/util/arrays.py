"""Arrays from other packages. NumPy would silently drop their masks and units, so those raise an error first."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd.util.lazy_numpy import is_array, np
from autograd.util.printable import printable

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    Array = np.ndarray[Any, np.dtype[Any]]
else:
    Array = Any  # NumPy is not loaded for an annotation

__all__ = ["Array", "distinct", "grouped", "plain_array", "require_plain", "stable_order"]

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


def distinct(numbers: Array) -> Array:
    """Return the different whole numbers in an array, sorted: ``np.unique`` without loading ``numpy.ma`` (20 ms).

    >>> distinct(np.array([[3, 1], [1, 3]]))
    array([1, 3])
    """
    ordered = np.sort(numbers, axis=None)
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]


def stable_order(*keys: Array) -> Array:
    """Return the stable order of rows by columns of whole numbers, of which the first decides most.

    ``np.lexsort`` with the columns the other way round, some ten times as fast: the columns and each row's number are
    digits of one number, and NumPy sorts numbers with vector instructions, but not their order.

    >>> stable_order(np.array([1, 0, 1, 0]), np.array([5, 5, 4, 5]))
    array([1, 3, 2, 0])
    """
    numbers = _numbered(keys)
    if numbers is None:
        return np.lexsort(keys[::-1])
    numbers.sort()
    return np.remainder(numbers, max(1, len(numbers)), out=numbers)


def grouped(*keys: Array) -> tuple[Array, Array]:
    """Return the stable order of rows by columns of whole numbers, and whether each row in it differs from the last.

    >>> grouped(np.array([1, 0, 1, 0]), np.array([5, 5, 4, 5]))
    (array([1, 3, 2, 0]), array([ True, False,  True,  True]))
    """
    order, is_first = stable_order(*keys), np.ones(len(keys[0]), bool)
    is_first[1:] = False
    for key in keys:
        ordered = key[order]
        is_first[1:] |= ordered[1:] != ordered[:-1]
    return order, is_first


def _numbered(keys: Sequence[Array]) -> Array | None:
    """A number for each row, whose digits are the columns and, last, which row it is; None if it exceeds 64 bits."""
    numbers, span = np.zeros(len(keys[0]), np.int64), len(keys[0])
    for key in keys if span else ():
        low, high = int(key.min()), int(key.max())
        span *= high - low + 1
        if span >= 1 << 63:
            return None
        numbers *= high - low + 1
        numbers += key
        numbers -= low
    numbers *= len(numbers)
    numbers += np.arange(len(numbers))
    return numbers


def require_plain(given: object, name: str) -> None:
    """Raise TypeError for masked numbers and numbers with units, also inside lists."""
    masks = sys.modules.get("numpy.ma")  # loading it takes 20 ms, and whoever has a masked array has loaded it
    if masks is not None and isinstance(given, masks.MaskedArray) and masks.is_masked(given):
        raise TypeError(
            f"{name} is a masked {'array' if given.ndim else 'number'}, and the mask would be lost\n"
            "  try             x.filled(0.0), with a number that suits the masked entries, or x.compressed()"
        )
    if is_array(given):
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
        members_to_check = alike if issubclass(kind, (list, tuple)) else itertools.islice(alike, 1)
        for member in members_to_check:
            require_plain(member, name)


def _with_units(kind: type, name: str) -> TypeError:
    return TypeError(
        f"{name} is a {printable(kind.__name__)}, whose units would be lost\n"
        "  try             the plain numbers, in matching units: x.magnitude or x.value"
    )
