"""The names of a notebook: what the learner has defined in it, and what is put there on request."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["cell_with", "define", "defined_here", "names_bound"]


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


def cell_with(name: str) -> str:
    """The text of the cell that has defined this name last; "" outside of IPython."""
    for text in reversed(_names().get("In", [])):
        with contextlib.suppress(SyntaxError):
            if name in names_bound(ast.parse(text)):
                return str(text)
    return ""


def names_bound(tree: ast.Module) -> set[str]:
    r"""Return the names that the statements of a cell define.

    >>> sorted(names_bound(ast.parse("import math\ndef f(x): y = x\nclass A: pass\nb = c = 1")))
    ['A', 'b', 'c', 'f', 'math']
    """
    names: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.add(statement.name)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
        else:
            names |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and _is_target(node)}
    return names


def _is_target(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_own(thing: object) -> bool:
    return getattr(thing, "__module__", "__main__") == "__main__"


def _names() -> dict[str, Any]:
    with contextlib.suppress(ImportError):
        from IPython import get_ipython

        if shell := get_ipython():
            names: dict[str, Any] = shell.user_ns
            return names
    return {}
