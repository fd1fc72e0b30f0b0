"""The names of a notebook: what the learner has defined in it, and what is put there on request."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["define", "defined_here"]


def defined_here(names: Iterable[str]) -> dict[str, object]:
    """The objects of these names that the notebook itself defines, and has not imported; none outside of IPython."""
    there = _names()
    return {name: there[name] for name in names if name in there and _is_own(there[name])}


def define(objects: Mapping[str, object]) -> list[str]:
    """Give the notebook these objects, except where it defines the name itself; the names that it has now."""
    there = _names()
    new = {name: thing for name, thing in objects.items() if not (name in there and _is_own(there[name]))}
    there.update(new)
    return list(new)


def _is_own(thing: object) -> bool:
    return getattr(thing, "__module__", "__main__") == "__main__"


def _names() -> dict[str, Any]:
    with contextlib.suppress(ImportError):
        from IPython import get_ipython

        if shell := get_ipython():
            names: dict[str, Any] = shell.user_ns
            return names
    return {}
