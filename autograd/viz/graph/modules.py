"""The modules of a model as a tree: their paths, what they say of themselves, the functions they name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograd.util.printable import LONGEST
from autograd.viz.graph.indexed import Indices
from autograd.viz.graph.labels import Family, printable

__all__ = ["ModuleNode", "add_modules", "ancestors", "declaring", "enclosing", "module_around"]

SETTING = re.compile(r", \w+=[^,()\[\]]*")
LONGEST_DESCRIPTION = LONGEST  # a longer repr would be cut off


@dataclass(frozen=True, slots=True)
class ModuleNode:
    """A module. depth: how many modules it is inside of. declares: the functions its attributes name.

    relative: the path from the module around it; of a model, what tells it from others, "" where it is the only one.
    """

    path: str
    relative: str
    description: str
    parent: int | None
    depth: int
    declares: frozenset[str]


def add_modules(modules: list[ModuleNode], family: Family) -> dict[str, int]:
    """Add a family's modules, the outer before the inner; return the index of each of its paths."""
    indices: dict[str, int] = {}
    for path, module in family.modules.items():
        description = _description(module)
        if not path:
            relative = family.name if family.prefix else ""
            if relative and description == type(module).__name__:
                description = ""
            node = ModuleNode(family.name, relative, description, None, 0, _declared(module))
        else:
            outer = enclosing(_shortened(path), indices)
            around = modules[indices[outer]]
            is_known = description in around.description  # a Layer of 16 reluNeuron(2) names what each of them is
            node = ModuleNode(
                path=f"{family.prefix}{path}",
                relative=path[len(outer) :].lstrip("."),
                description="" if is_known else description,
                parent=indices[outer],
                depth=around.depth + 1,
                declares=_declared(module),
            )
        indices[path] = len(modules)
        modules.append(node)
    return indices


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


def _description(module: object) -> str:
    """The repr of a module without its settings by keyword, where that is short; else its class."""
    try:
        words = SETTING.sub("", repr(module))
    except Exception:  # a repr of the user's own, which is no reason to show nothing
        words = ""
    is_short = 0 < len(words) <= LONGEST_DESCRIPTION and not re.search(r" at 0x|\n|\[", words)
    return printable(words if is_short else type(module).__name__)


def _declared(module: object) -> frozenset[str]:
    """The functions a module names, as in ``activation="relu"`` or ``nonlinearity="tanh"``, or holds."""
    attributes = getattr(module, "__dict__", {})
    held = [
        member
        for item in attributes.values()
        for member in (item if isinstance(item, (list, tuple)) else (item,))
        if callable(member) and hasattr(member, "__name__")
    ]
    named = [item for item in attributes.values() if isinstance(item, str)]
    return frozenset(named + [member.__name__ for member in held])


# ── the tree ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ancestors(modules: Sequence[ModuleNode]) -> list[Indices]:
    """For each module, by depth, the module at that depth which it is inside of, or itself where it is no deeper."""
    depths = max(node.depth for node in modules) + 1
    table: list[Indices] = []
    for index, node in enumerate(modules):
        around = [] if node.parent is None else table[node.parent][: node.depth]
        table.append(around + [index] * (depths - node.depth))
    return table


def module_around(modules: Sequence[ModuleNode], inside: Sequence[int]) -> int:
    """The deepest module that contains all of these; -1 where none does, or one of them is -1."""
    distinct = set(inside)
    while len(distinct) > 1:
        innermost = max(distinct)  # the outer have the smaller numbers
        parent = modules[innermost].parent
        if parent is None or min(distinct) < 0:
            return -1
        distinct.discard(innermost)
        distinct.add(parent)
    return distinct.pop()


def declaring(modules: Sequence[ModuleNode], module: int, name: str) -> int:
    """The nearest module, from this one outwards, that names a function; -1 where none does."""
    index: int | None = module if module >= 0 else None
    while index is not None and name not in modules[index].declares:
        index = modules[index].parent
    return -1 if index is None else index
