"""Structures of numbers: a number, a list, tuple, dict or array of structures; taken apart and put together."""

from __future__ import annotations

import itertools
import numbers
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd import numeric as nx
from autograd.util.arrays import plain_array
from autograd.util.printable import kind_of, printable
from autograd.value import Value

__all__ = ["Tree", "array_of", "flatten", "unflatten"]


def array_of(shape: tuple[int, ...], leaves: Sequence[Any]) -> Any:
    """An array of this shape: of floats, where all are floats."""
    made = np.empty(len(leaves), dtype=object)
    made[:] = leaves
    return (made.astype(float) if all(isinstance(x, float) for x in leaves) else made).reshape(shape)


@dataclass(frozen=True)
class Tree:
    """The shape of a structure. ``kind``: None for a number, an array's shape, or the container's type."""

    kind: Any
    children: tuple[Tree, ...] = ()
    keys: tuple[Any, ...] = ()
    size: int = 1

    def __str__(self) -> str:
        if self.kind is None:
            return "number"
        if isinstance(self.kind, tuple):
            return f"array{self.kind}"
        parts = [str(child) for child in self.children]
        if self.keys:
            parts = [f"{key!r}: {part}" for key, part in zip(self.keys, parts, strict=True)]
        return f"{printable(self.kind.__name__)}({', '.join(parts)})"

    def split(self, leaves: Sequence[Any]) -> list[Sequence[Any]]:
        """The leaves of each child."""
        starts = itertools.accumulate((child.size for child in self.children), initial=0)
        return [leaves[start : start + child.size] for start, child in zip(starts, self.children, strict=False)]

    def ordered_as(self, other: Tree, leaves: Sequence[Any]) -> tuple[Tree, Sequence[Any]]:
        """The tree and its leaves with the keys of each dict in the order of another tree, where it has the same."""
        if self.kind != other.kind or len(self.children) != len(other.children) or set(self.keys) != set(other.keys):
            return self, leaves
        places = [self.keys.index(key) for key in other.keys] or range(len(self.children))
        parts = self.split(leaves)
        pairs = [self.children[i].ordered_as(child, parts[i]) for i, child in zip(places, other.children, strict=True)]
        if not pairs:
            return self, leaves
        return replace(self, children=tuple(child for child, _ in pairs), keys=other.keys), [
            leaf for _, part in pairs for leaf in part
        ]


_NUMBER = Tree(None)


def flatten(structure: Any, name: str) -> tuple[list[Any], Tree]:
    """The numbers in order, and the structure without them. ``name`` is what an error calls it.

    Raises TypeError for what is not a number, list, tuple, dict or array, saying where it stands.
    """
    if isinstance(structure, Value):
        return [structure], _NUMBER
    if isinstance(structure, np.ndarray) and structure.ndim:
        structure = plain_array(structure, name)
        if structure.dtype != object and structure.dtype.kind not in "iufb":
            raise TypeError(f"{name} is an array of {structure.dtype}, not of real numbers")
        elements = structure.ravel().tolist()
        return [_number(x, name) for x in elements], Tree(structure.shape, size=len(elements))
    if isinstance(structure, (list, tuple, dict)):
        keys = tuple(structure) if isinstance(structure, dict) else ()
        members = list(structure.values()) if isinstance(structure, dict) else list(structure)
        parts = [flatten(x, f"{name}[{keys[i] if keys else i!r:.60}]") for i, x in enumerate(members)]
        leaves = [number for part, _ in parts for number in part]
        return leaves, Tree(type(structure), tuple(shape for _, shape in parts), keys, len(leaves))
    return [_number(structure, name)], _NUMBER


def _number(x: Any, name: str) -> Any:
    if hasattr(type(x), "_apply_named"):  # a Value, or what stands for one
        return x
    if isinstance(x, np.ndarray) and x.ndim == 0:
        x = plain_array(x, name).item()
        if isinstance(x, Value):
            return x
    if isinstance(x, (int, float, numbers.Real, np.bool_)):
        return nx.real(x)
    raise TypeError(f"{name} is a {kind_of(x)}: numbers, lists, tuples, dicts and arrays of them are differentiable")


def unflatten(
    tree: Tree,
    leaves: Sequence[Any],
    number: Callable[[Any], Any] = lambda leaf: leaf,
    array: Callable[[tuple[int, ...], Sequence[Any]], Any] = array_of,
) -> Any:
    """The structure with these in the places of its numbers.

    number: what to put in the place of a number, made of its leaf. array: in that of an array, of its shape and leaves.
    """
    if tree.kind is None:
        return number(leaves[0])
    if isinstance(tree.kind, tuple):
        return array(tree.kind, leaves)
    parts = [unflatten(child, own, number, array) for child, own in zip(tree.children, tree.split(leaves), strict=True)]
    if issubclass(tree.kind, dict):
        pairs = dict(zip(tree.keys, parts, strict=True))
        return pairs if tree.kind in (dict, defaultdict) else tree.kind(pairs)
    return tree.kind(*parts) if hasattr(tree.kind, "_fields") else tree.kind(parts)
