"""What can be found out about a function: its arguments, what it closes over, and whether a pickle can name it."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

from autograd.value import Value

__all__ = ["argument_names", "closed_over", "findable", "holds_parameters", "takes_nothing", "unknown"]


def argument_names(f: Callable[..., object]) -> list[str]:
    """The names of what a function takes by position."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return []
    return [x.name for x in parameters if x.kind in (x.POSITIONAL_ONLY, x.POSITIONAL_OR_KEYWORD)]


def takes_nothing(f: Callable[..., object]) -> bool:
    """Whether a function takes no arguments at all."""
    try:
        return not inspect.signature(f).parameters
    except (TypeError, ValueError):
        return False


def closed_over(f: object) -> list[tuple[str, Any]]:
    """(name, object) of what a function closes over, and of the globals it names."""
    if not isinstance(f, types.FunctionType):
        return [("", f)]
    enclosed = inspect.getclosurevars(f).nonlocals
    names: list[str] = []
    waiting = [f.__code__]
    while waiting:
        code = waiting.pop()
        names += code.co_names
        waiting += [x for x in code.co_consts if isinstance(x, types.CodeType)]
    return [*enclosed.items(), *((name, f.__globals__[name]) for name in names if name in f.__globals__)]


def holds_parameters(f: object, any_known: bool) -> bool:
    """Whether f is a plain function that reads parameters from outside, as far as is known."""
    if not isinstance(f, types.FunctionType):
        return False
    outside = (thing for _, thing in closed_over(f))
    return any_known or any(isinstance(x, Value) or hasattr(x, "named_parameters") for x in outside)


def findable(f: Callable[..., object] | None) -> Callable[..., object] | None:
    """The function, if a pickle can say where it is; else None. (A decorated one is hidden by what was made of it.)"""
    if not isinstance(f, types.FunctionType):
        return f
    target: object = sys.modules.get(f.__module__)
    for name in f.__qualname__.split("."):
        target = getattr(target, name, None)
    return f if target is f else None


def unknown(*arguments: object) -> object:
    """Stands for a function that did not come with its pickle."""
    raise NotImplementedError
