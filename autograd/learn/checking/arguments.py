"""Which function changes a list, a dictionary or an array that it is given?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any

from autograd.learn.exercises.probes import probe_outcome

__all__ = ["changes_argument"]

DEEPEST = 4  # lists within lists; a batch of rows has two


def changes_argument(probe: str, namespace: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of these functions that changes an argument in a probe; "" if none does.

    names: of functions, and of classes, whose methods are looked at; these are changed, so that the namespace is of no
    use afterwards.

    >>> def sort(xs):
    ...     xs.sort()
    >>> [changes_argument(probe, {"sort": sort}, ["sort"]) for probe in ("sort([2, 1])", "sort([1, 2])")]
    ['sort', '']
    """
    own, changed = dict(namespace), list[str]()
    for name in names:
        thing = own.get(name)
        if isinstance(thing, FunctionType):
            own[name] = _watched(thing, name, changed)
        elif isinstance(thing, type):
            for method, function in list(vars(thing).items()):
                if isinstance(function, FunctionType):
                    setattr(thing, method, _watched(function, f"{name}.{method}", changed))
    probe_outcome(probe, own)
    return changed[0] if changed else ""


def _watched(function: FunctionType, name: str, changed: list[str]) -> Callable[..., Any]:
    """The function, which adds its name to a list when it has changed an argument."""

    @functools.wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        given = [*arguments, *options.values()]
        before = [_content(argument) for argument in given]
        try:
            return function(*arguments, **options)
        finally:
            if before != [_content(argument) for argument in given]:
                changed.append(name)

    return call


def _content(thing: object, depth: int = DEEPEST) -> object:
    """What can be changed in a thing, to be compared: the items of a list; of other objects, which one it is."""
    if depth == 0:
        return None
    if isinstance(thing, (list, tuple)):
        return [_content(item, depth - 1) for item in thing]
    if isinstance(thing, dict):
        return [(id(key), _content(item, depth - 1)) for key, item in thing.items()]
    if isinstance(thing, set):
        return set(map(id, thing))
    if isinstance(thing, float):
        return repr(thing)  # nan is not equal to itself
    tolist = getattr(type(thing), "tolist", None)
    return repr(tolist(thing)) if callable(tolist) else id(thing)
