"""The members of a container and their names in a path, for code that looks for Values in structures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd.util.lazy_numpy import is_array, np

__all__ = ["members"]


def members(container: object) -> tuple[Iterable[tuple[Any, Any]], Callable[[Any], str]] | None:
    """Return the (key, member) pairs of a list, tuple, dict or object array, and a function that writes a key.

    Returns None for anything else.

    >>> pairs, written = members({"a": 1.0, "b": 2.0})
    >>> [(f"x[{written(key)}]", member) for key, member in pairs]
    [("x['a']", 1.0), ("x['b']", 2.0)]
    """
    if isinstance(container, dict):
        return container.items(), repr
    if isinstance(container, (list, tuple)):
        return enumerate(container), repr
    if is_array(container) and container.dtype == object:
        return np.ndenumerate(container), _indices
    return None


def _indices(index: tuple[int, ...]) -> str:
    return ", ".join(map(str, index))
