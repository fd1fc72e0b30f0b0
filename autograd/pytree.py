"""Nested structures of numbers (lists, tuples, dicts and arrays): flatten them, and put them together again."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from autograd import numeric as nx
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import is_array, is_real_number, np
from autograd.util.printable import a_kind_of, printable
from autograd.value import Value

__all__ = ["Structure", "array_of", "flatten", "unflatten"]


Leaf = TypeVar("Leaf")


def array_of(shape: tuple[int, ...], leaves: Sequence[Leaf]) -> Any:
    """Build an array of this shape; its dtype is float if every leaf is a float, otherwise object."""
    array = np.empty(len(leaves), dtype=object)
    array[:] = leaves
    return (array.astype(float) if all(isinstance(x, float) for x in leaves) else array).reshape(shape)


@dataclass(frozen=True)
class Structure:
    """The arrangement of numbers in a nested structure.

    container: None for one number, a tuple for an array's shape, or the type around the children.
    children: the structures inside.
    keys: a dict's keys, in order.
    size: how many numbers there are.
    """

    container: Any
    children: tuple[Structure, ...] = ()
    keys: tuple[Any, ...] = ()
    size: int = 1

    def __str__(self) -> str:
        if self.container is None:
            return "number"
        if isinstance(self.container, tuple):
            return f"array{self.container}"
        parts = [str(child) for child in self.children]
        if self.keys:
            parts = [f"{key!r}: {part}" for key, part in zip(self.keys, parts, strict=True)]
        return f"{printable(self.container.__name__)}({', '.join(parts)})"

    def split(self, leaves: Sequence[Leaf]) -> list[Sequence[Leaf]]:
        """Split the leaves into one sequence for each child."""
        starts = itertools.accumulate((child.size for child in self.children), initial=0)
        return [leaves[start : start + child.size] for start, child in zip(starts, self.children, strict=False)]

    def ordered_as(self, other: Structure, leaves: Sequence[Leaf]) -> tuple[Structure, Sequence[Leaf]]:
        """Reorder dict keys, and the leaves with them, as in another structure that has the same keys."""
        this, that = ((x.container, len(x.children), set(x.keys)) for x in (self, other))
        if this != that:
            return self, leaves
        order = [self.keys.index(key) for key in other.keys] or range(len(self.children))
        parts = self.split(leaves)
        pairs = [self.children[i].ordered_as(child, parts[i]) for i, child in zip(order, other.children, strict=True)]
        if not pairs:
            return self, leaves
        return replace(self, children=tuple(child for child, _ in pairs), keys=other.keys), [
            leaf for _, part in pairs for leaf in part
        ]

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Read pickles of earlier versions too, where the container is called ``kind``."""
        vars(self).update({"container" if name == "kind" else name: part for name, part in state.items()})


Tree = Structure
"""The name of Structure in pickles of earlier versions."""

_NUMBER = Structure(None)


def flatten(structure: object, name: str) -> tuple[list[Any], Structure]:
    """Split a structure into its numbers, in order, and their arrangement.

    structure: a number, list, tuple, dict or array, nested to any depth.
    name: what an error calls the structure.

    Raises TypeError for anything else inside, naming its position.
    """
    if isinstance(structure, Value):
        return [structure], _NUMBER
    if is_array(structure) and structure.ndim:
        structure = plain_array(structure, name)
        if structure.dtype != object and structure.dtype.kind not in "iufb":
            raise TypeError(
                f"{name} is an array of {structure.dtype}, not of real numbers\n"
                "  try             an array of floats, as x.astype(float) makes"
            )
        elements = structure.ravel().tolist()
        return [_number(x, name) for x in elements], Structure(structure.shape, size=len(elements))
    if isinstance(structure, (list, tuple, dict)):
        keys = tuple(structure) if isinstance(structure, dict) else ()
        members = list(structure.values()) if isinstance(structure, dict) else list(structure)
        parts = [flatten(x, f"{name}[{keys[i] if keys else i!r:.60}]") for i, x in enumerate(members)]
        leaves = [number for part, _ in parts for number in part]
        return leaves, Structure(type(structure), tuple(shape for _, shape in parts), keys, len(leaves))
    return [_number(structure, name)], _NUMBER


def _number(x: nx.Numeric, name: str) -> Any:
    if nx.is_tracer(x):
        return x
    if is_array(x) and x.ndim == 0:
        x = plain_array(x, name).item()
        if isinstance(x, Value):
            return x
    if is_real_number(x):
        return nx.real(x)
    raise TypeError(
        f"{name} is {a_kind_of(x)}, which cannot be differentiated\n"
        "  try             a number, or a list, tuple, dict or array of numbers"
    )


def unflatten(
    structure: Structure,
    leaves: Sequence[Leaf],
    number: Callable[[Leaf], object] = lambda leaf: leaf,
    array: Callable[[tuple[int, ...], Sequence[Leaf]], object] = array_of,
) -> Any:
    """Put leaves into a structure, in the positions of its numbers.

    structure: the arrangement.
    leaves: one for each number.
    number: makes the entry for a single number from its leaf.
    array: makes the entry for an array from its shape and leaves.
    """
    container = structure.container
    if container is None:
        return number(leaves[0])
    if isinstance(container, tuple):
        return array(container, leaves)
    pairs = zip(structure.children, structure.split(leaves), strict=True)
    parts = [unflatten(child, of_child, number, array) for child, of_child in pairs]
    if issubclass(container, dict):
        items = dict(zip(structure.keys, parts, strict=True))
        return items if container in (dict, defaultdict) else container(items)
    return container(*parts) if hasattr(container, "_fields") else container(parts)
