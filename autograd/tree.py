"""Structures of numbers: a number, a list, tuple, dict or array of structures; taken apart and put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.value import Value

__all__ = ["Tree", "flatten", "unflatten"]


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
        return f"{self.kind.__name__}({', '.join(parts)})"


_NUMBER = Tree(None)


def flatten(structure: Any, name: str) -> tuple[list[Any], Tree]:
    """The numbers in order, and the structure without them. ``name`` is what an error calls it.

    Raises TypeError for what is not a number, list, tuple, dict or array, saying where it stands.
    """
    if isinstance(structure, Value):
        return [structure], _NUMBER
    if isinstance(structure, np.ndarray) and structure.ndim:
        if structure.dtype != object and structure.dtype.kind not in "iufb":
            raise TypeError(f"{name} is an array of {structure.dtype}, not of real numbers")
        numbers = structure.ravel().tolist()
        return [_number(x, name) for x in numbers], Tree(structure.shape, size=len(numbers))
    if isinstance(structure, (list, tuple, dict)):
        keys = tuple(structure) if isinstance(structure, dict) else ()
        members = list(structure.values()) if isinstance(structure, dict) else list(structure)
        parts = [flatten(x, f"{name}[{keys[i] if keys else i!r}]") for i, x in enumerate(members)]
        numbers = [number for part, _ in parts for number in part]
        return numbers, Tree(type(structure), tuple(shape for _, shape in parts), keys, len(numbers))
    return [_number(structure, name)], _NUMBER


def _number(x: Any, name: str) -> Any:
    if isinstance(x, Value):
        return x
    if isinstance(x, np.ndarray) and x.ndim == 0:
        x = x.item()
        if isinstance(x, Value):
            return x
    if isinstance(x, (int, float, np.number, np.bool_)) and not isinstance(x, complex):
        return float(x)
    raise TypeError(
        f"{name} is a {type(x).__name__}: numbers, lists, tuples, dicts and arrays of them are differentiable"
    )


def unflatten(tree: Tree, leaves: Sequence[Any]) -> Any:
    """The structure with these in the places of its numbers; an array of floats where all are floats."""
    if tree.kind is None:
        return leaves[0]
    if isinstance(tree.kind, tuple):
        made = np.empty(len(leaves), dtype=object)
        made[:] = leaves
        return (made.astype(float) if all(isinstance(x, float) for x in leaves) else made).reshape(tree.kind)
    parts, start = [], 0
    for child in tree.children:
        parts.append(unflatten(child, leaves[start : start + child.size]))
        start += child.size
    if issubclass(tree.kind, dict):
        pairs = dict(zip(tree.keys, parts, strict=True))
        return pairs if tree.kind in (dict, defaultdict) else tree.kind(pairs)
    return tree.kind(*parts) if hasattr(tree.kind, "_fields") else tree.kind(parts)
