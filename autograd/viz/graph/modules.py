"""The modules of a model as a tree: their paths, what they say of themselves, the functions they name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.viz.graph.arrays import Places
from autograd.viz.graph.labels import Family, printable

__all__ = ["Unit", "add_units", "ancestors", "declaring", "enclosing", "unit_around"]

LONGEST_DESCRIPTION = 40


@dataclass(frozen=True, slots=True)
class Unit:
    """A module. depth: how many modules it is inside of. declares: the functions its attributes name.

    relative: the path from the module around it; of a model, what tells it from others, "" where it is the only one.
    """

    path: str
    relative: str
    description: str
    parent: int | None
    depth: int
    declares: frozenset[str]


def add_units(units: list[Unit], family: Family) -> dict[str, int]:
    """Add a family's modules, the outer before the inner; where each of its paths now is."""
    places: dict[str, int] = {}
    for path, module in family.modules.items():
        description = _description(module)
        if not path:
            relative = family.name if family.prefix else ""
            if relative and description == type(module).__name__:
                description = ""
            unit = Unit(family.name, relative, description, None, 0, _declared(module))
        else:
            outer = enclosing(_shortened(path), places)
            around = units[places[outer]]
            said = description in around.description  # a Layer of 16 reluNeuron(2) has said what each of them is
            unit = Unit(
                path=f"{family.prefix}{path}",
                relative=path[len(outer) :].lstrip("."),
                description="" if said else description,
                parent=places[outer],
                depth=around.depth + 1,
                declares=_declared(module),
            )
        places[path] = len(units)
        units.append(unit)
    return places


def enclosing(path: str, modules: Mapping[str, int]) -> str:
    """The path of the innermost module something stands in, or is."""
    owner = path[: max(path.rfind("."), 0)]
    if owner in modules and path not in modules:  # as it mostly is
        return owner
    while path not in modules:
        path = _shortened(path)
    return path


def _shortened(path: str) -> str:
    """Without its last step: ``layers[0].w`` → ``layers[0]`` → ``layers`` → nothing."""
    return path[: max(path.rfind("."), path.rfind("["), 0)]


def _description(module: Any) -> str:
    """What the module says of itself, where that is short; else its class."""
    try:
        said = repr(module)
    except Exception:  # a repr of the user's own, which is no reason to show nothing
        said = ""
    is_short = 0 < len(said) <= LONGEST_DESCRIPTION and not re.search(r" at 0x|\n|\[", said)
    return printable(said if is_short else type(module).__name__)


def _declared(module: Any) -> frozenset[str]:
    """The functions a module names: as its activation or output, or by holding them."""
    attributes = getattr(module, "__dict__", {})
    named = [attributes.get(attribute) for attribute in ("activation", "output")]
    held = [
        member
        for item in attributes.values()
        for member in (item if isinstance(item, (list, tuple)) else (item,))
        if callable(member) and hasattr(member, "__name__")
    ]
    return frozenset([name for name in named if isinstance(name, str)] + [member.__name__ for member in held])


# ── the tree ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ancestors(units: Sequence[Unit]) -> Places:
    """(module, depth) → the module at that depth which it is inside of, or itself where it is no deeper."""
    table = np.zeros((len(units), max(unit.depth for unit in units) + 1), np.intp)
    for place, unit in enumerate(units):
        if unit.parent is not None:
            table[place] = table[unit.parent]
        table[place, unit.depth :] = place
    return table


def unit_around(units: Sequence[Unit], inside: Sequence[int]) -> int:
    """The deepest module that contains all of these; -1 where none does, or one of them is -1."""
    distinct = set(inside)
    while len(distinct) > 1:
        innermost = max(distinct)  # the outer have the smaller numbers
        parent = units[innermost].parent
        if parent is None or min(distinct) < 0:
            return -1
        distinct.discard(innermost)
        distinct.add(parent)
    return distinct.pop()


def declaring(units: Sequence[Unit], unit: int, name: str) -> int:
    """The nearest module, from this one outwards, that names a function; -1 where none does."""
    place: int | None = unit if unit >= 0 else None
    while place is not None and name not in units[place].declares:
        place = units[place].parent
    return -1 if place is None else place
