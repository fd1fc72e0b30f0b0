"""Which list, dictionary or variable of a file is shared by its calls, so that one of them finds what another wrote?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from types import FunctionType, ModuleType
from typing import Any

from autograd.learn.exercises.probes import probe_outcome, same

__all__ = ["shared_by_calls"]

Loaded = tuple[Mapping[str, Any], list[ModuleType]]
"""What a probe sees, and the modules of the learner's files."""


def shared_by_calls(probe: str, load: Callable[[], Loaded], names: Iterable[str]) -> str:
    r"""The first variable that outlives a call of these functions and matters: "" if there is none.

    It matters where the probe gives something else when every call puts the old contents back at its end.

    load: loads the files anew.

    >>> module = ModuleType("e04")
    >>> def loaded():
    ...     exec("last = []\ndef f(x):\n    last[:] = [x]\n    return lambda: last[0]", module.__dict__)
    ...     return {"f": module.f}, [module]
    >>> [shared_by_calls(probe, loaded, ["f"]) for probe in ("pull = f(1)\npull()", "f(1), 2")]
    ['last', '']
    """
    namespace, modules = load()
    before = _Contents(modules)
    outcome = probe_outcome(probe, dict(namespace))
    if not before.changed():
        return ""
    namespace, modules = load()
    own, changed = dict(namespace), list[str]()
    for name in names:
        if isinstance(own.get(name), FunctionType):
            own[name] = _forgetful(own[name], modules, changed)
    return changed[0] if not same(probe_outcome(probe, own), outcome) and changed else ""


def _forgetful(function: FunctionType, modules: list[ModuleType], changed: list[str]) -> Callable[..., Any]:
    """The function, which puts back what it changes outside of itself, and adds the names to a list."""

    @functools.wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        before = _Contents(modules)
        try:
            return function(*arguments, **options)
        finally:
            changed.extend(before.changed())
            before.put_back()

    return call


class _Contents:
    """What the variables of modules hold, and those of their classes and functions."""

    def __init__(self, modules: list[ModuleType]) -> None:
        self.owners: list[Any] = [owner for module in modules for owner in (module, *_own(module))]
        self.values = [(owner, name, value, copy(value)) for owner in self.owners for name, value in _variables(owner)]
        self.known = {(id(owner), name) for owner, name, *_ in self.values}

    def changed(self) -> list[str]:
        """The names of those that hold something else now."""
        names = [_shown(owner, name) for owner, name in self._new()]
        for owner, name, value, before in self.values:
            now = vars(owner).get(name)
            if now is not value or (isinstance(value, (list, dict, set)) and _ids(value) != _ids(before)):
                names.append(_shown(owner, name))
        return names

    def _new(self) -> list[tuple[Any, str]]:
        """The variables that were not there."""
        return [(x, name) for x in self.owners for name, _ in _variables(x) if (id(x), name) not in self.known]

    def put_back(self) -> None:
        """Let them hold what they held."""
        for owner, name in self._new():
            delattr(owner, name)
        for owner, name, value, before in self.values:
            if vars(owner).get(name) is not value:
                setattr(owner, name, value)
            if isinstance(value, list):
                value[:] = before
            elif isinstance(value, (dict, set)):
                value.clear()
                value.update(before)


def _own(module: ModuleType) -> Iterator[type | FunctionType]:
    """The classes and functions that a module defines."""
    things = (thing for thing in vars(module).values() if isinstance(thing, (type, FunctionType)))
    return (thing for thing in things if thing.__module__ == module.__name__)


def _shown(owner: Any, name: str) -> str:
    """The name of a variable with that of the class or function it belongs to."""
    return name if isinstance(owner, ModuleType) else f"{owner.__name__}.{name}"


def _variables(owner: Any) -> list[tuple[str, Any]]:
    """The variables that can be put back: numbers, texts and collections."""
    kinds = (int, float, str, list, dict, set, tuple, type(None))
    return [(name, value) for name, value in vars(owner).items() if type(value) in kinds and not name.startswith("__")]


def _ids(collection: Any) -> Any:
    """The items, to be compared by which they are."""
    if isinstance(collection, dict):
        return [(key, id(value)) for key, value in collection.items()]
    return [id(item) for item in collection] if isinstance(collection, list) else collection
