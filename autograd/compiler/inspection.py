"""Looking into a function: its arguments, the objects it closes over, and whether a pickle can name it."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

from autograd.value import Value

__all__ = ["argument_names", "closed_over", "findable", "holds_parameters", "takes_nothing", "unknown"]


def argument_names(f: Callable[..., object]) -> list[str]:
    """List the names of a function's positional arguments."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return []
    return [x.name for x in parameters if x.kind in (x.POSITIONAL_ONLY, x.POSITIONAL_OR_KEYWORD)]


def takes_nothing(f: Callable[..., object]) -> bool:
    """Whether a function takes no arguments."""
    try:
        return not inspect.signature(f).parameters
    except (TypeError, ValueError):
        return False


def closed_over(f: object) -> list[tuple[str, Any]]:
    """List (name, object) for everything a function closes over, and for the globals it uses."""
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
    """Return the function if a pickle can name it, otherwise None. (A decorator's result may hide the function.)"""
    if not isinstance(f, types.FunctionType):
        return f
    target: object = sys.modules.get(f.__module__)
    for name in f.__qualname__.split("."):
        target = getattr(target, name, None)
    return f if target is f else None


def unknown(*arguments: object) -> object:
    """A stand-in for a function that was not in its pickle."""
    raise NotImplementedError
