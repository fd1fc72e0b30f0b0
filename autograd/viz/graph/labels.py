"""Names of values: the label their user gave them, the path of a parameter, the name of a variable."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograd.util.members import members
from autograd.util.module_registry import Owner, owners
from autograd.util.printable import LONGEST, kind_of, printable, printable_path
from autograd.value import Value

__all__ = [
    "LONGEST_LABEL",
    "Family",
    "displayed_names",
    "families",
    "label_locals",
    "notebook_names",
    "printable",
    "printable_path",
    "variable_names",
]

LONGEST_LABEL = LONGEST

# ── parameters ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """An owner of parameters that is inside of no other: a model.

    name: its class, numbered where there are several of one class. prefix: what its paths start with, "" where it is
    the only family. parameters: the paths of those asked for. modules: itself at "", and what is inside, by path.
    """

    name: str
    prefix: str
    parameters: dict[Value, str]
    modules: dict[str, Any]


def families(leaves: Iterable[Value], model: object = None) -> list[Family]:
    """The families to which some of these leaves belong; that of ``model`` first, which needs no prefix.

    Raises TypeError for a model without ``named_parameters``.
    """
    if model is not None and not hasattr(model, "named_parameters"):
        raise TypeError(f"model= takes what has named_parameters(), as an nn.Module has, not {kind_of(model)}")
    wanted = set(leaves)
    owning: list[tuple[object, dict[Value, str]]] = []
    for owner in [model, *_outermost()] if model is not None else _outermost():
        if not _may_own(owner, wanted):
            continue
        paths = {parameter: path for path, parameter in _ask(owner, "named_parameters") if parameter in wanted}
        wanted.difference_update(paths)  # a copy that shares its parameters has nothing of its own
        if paths:
            owning.append((owner, paths))
    names = _numbered([kind_of(owner) for owner, _ in owning])
    return [
        Family(
            name=name,
            prefix="" if owner is model or len(owning) == 1 else f"{name}.",
            parameters=paths,
            modules=dict(_ask(owner, "named_modules")) or {"": owner},
        )
        for name, (owner, paths) in zip(names, owning, strict=True)
    ]


def _outermost() -> list[Owner]:
    """The living owners that are inside of no other, in the order they were made."""
    alive = owners()
    inside: set[int] = set()
    for owner in alive:
        if id(owner) not in inside:
            inside.update(id(part) for _, part in _ask(owner, "named_modules") if part is not owner)
    return [owner for owner in alive if id(owner) not in inside]


def _may_own(owner: object, wanted: set[Value]) -> bool:
    """Whether some of these may be its parameters: a quick look at what its modules hold, to ask no other for paths."""
    modules = _ask(owner, "named_modules")
    for _, module in modules:
        for item in getattr(module, "__dict__", {"": {}}).values():
            held = item if isinstance(item, (list, tuple)) else (item,)
            try:
                if not wanted.isdisjoint(held):
                    return True
            except TypeError:  # what cannot be hashed, as a dict or an array, may hold more
                return True
    return not modules


def _ask(owner: object, method: str) -> list[tuple[str, Any]]:
    """Call a method that lists names; none where that fails: a picture of something else has to come all the same."""
    try:
        return list(getattr(owner, method)())
    except Exception:
        return []


def _numbered(names: list[str]) -> list[str]:
    """['MLP', 'MLP 2'] for two of one name."""
    counts: Counter[str] = Counter()
    numbered = []
    for name in names:
        counts[name] += 1
        numbered.append(name if counts[name] == 1 else f"{name} {counts[name]}")
    return numbered


# ── variables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def label_locals(depth: int = 1) -> list[str]:
    """Give every Value in the caller's variables that has no label the variable's name; return these names.

    In lists, tuples, dicts and arrays too, ``w[1]``, and in those inside them, ``w[1][0]``. A Value in two of them has
    the longer name, because a list of all parameters says nothing about one. Not in variables whose name starts with
    "_", nor where a Value is a parameter of a module, which has its path. depth: 2 for the caller's caller, and so on.

    >>> a, w = Value(2.0), [Value(0.5), Value(-1.0)]
    >>> label_locals()
    ['a', 'w[0]', 'w[1]']
    >>> a * w[0], w[1]
    (Value(1.0), Value(-1.0, label='w[1]'))
    """
    variables = dict(sys._getframe(depth).f_locals)
    named = [(name, value) for name, value in _named_values(variables) if not value.label]
    owned = {value for family in families(value for _, value in named) for value in family.parameters}
    labelled = []
    for name, value in named:
        if value not in owned and not value.label:  # of two names for one Value, the first
            value.label = name
            labelled.append(name)
    return labelled


def notebook_names(depth: int = 1) -> dict[Value, str]:
    """The names of the variables that hold Values without a label where a notebook's cell, or its function, calls.

    As `label_locals` finds them, but no Value is changed. {} outside of a notebook. depth: 2 for the caller's caller.
    """
    frame = sys._getframe(depth)
    return variable_names(frame.f_locals) if "_oh" in frame.f_globals else {}


def displayed_names() -> dict[Value, str]:
    """The names in the variables of the notebook that displays a Value at the end of a cell; {} outside of one."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return variable_names(shell.user_ns) if shell is not None else {}


def variable_names(variables: Mapping[str, object]) -> dict[Value, str]:
    """The variables that hold Values without a label, by the Value; of two for one Value, the first."""
    names: dict[Value, str] = {}
    for name, value in _named_values(dict(variables)):
        if not value.label:
            names.setdefault(value, name)
    return names


def _named_values(variables: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
    """(name, Value), those in a variable of their own before those in a list, and longer paths before shorter ones."""
    history = ("In", "Out") if "_oh" in variables else ()  # what IPython keeps of the cells before
    own = {name: item for name, item in variables.items() if not name.startswith("_") and name not in history}
    for name, item in own.items():
        if isinstance(item, Value):
            yield name, item
    members_named = [entry for name, item in own.items() for entry in _members(name, item, _levels(item))]
    for _, name, value in sorted(members_named, key=lambda entry: -entry[0]):
        yield name, value


_MOST_LEVELS = 3
"""Of containers in containers: weights as matrices, by name, as in ``state_dict["wte"][0][1]``."""


def _levels(container: object) -> int:
    """How deep to look for Values: one level, unless the first of all is one; data may be a million rows of numbers."""
    for _level in range(_MOST_LEVELS):
        pairs = (members(container) or ((), repr))[0]
        container = next((member for _key, member in pairs), None)
        if isinstance(container, Value):
            return _MOST_LEVELS
    return 1


def _members(
    name: str, container: object, levels: int, outer: tuple[Any, ...] = ()
) -> Iterator[tuple[int, str, Value]]:
    """(depth, path, Value) for the Values in a container and in those inside it. outer: the containers it is inside."""
    pairs, written = members(container) or ((), repr)
    outer = (*outer, container)
    for key, member in pairs:
        if isinstance(member, Value):
            yield len(outer), f"{name}[{written(key)}]", member
        elif len(outer) < levels and not any(member is item for item in outer):
            yield from _members(f"{name}[{written(key)}]", member, levels, outer)
