"""Frees deep graphs node by node in a browser, where Python would recurse and end.

When the last node of a chain is freed, so is the node before it, and so on. Python bounds that by its own stack; the
one of WebAssembly, which it does not know, overflows at about a thousand nodes. What a probe or a program leaves behind
is therefore kept until the next one, and then freed in order.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import traceback
from collections.abc import Iterator
from functools import lru_cache
from types import CellType, FrameType, FunctionType, GeneratorType, MethodType, ModuleType

__all__ = ["DEPTH", "free_kept", "keep", "keep_error"]

DEPTH = 200 if sys.platform == "emscripten" else 1000
"""How many calls deep a learner's code may go, as in a fresh Python.

In a browser Python itself ends at 250 to 700 calls, if each goes through an operator or a function in C.
"""
_is_needed = sys.platform == "emscripten"
_SHALLOW = 500
"""Objects: so few are freed without harm, whatever the order."""
_NO_NODES = (list, tuple, dict, set, FunctionType, MethodType, CellType, GeneratorType)
"""What holds nodes, and may hold itself, too, so that it takes the collector to free it."""
_names: list[tuple[dict[str, object], set[int]]] = []
"""The names of probes, and the identities of what they had before."""
_errors: list[BaseException] = []
_counts: list[tuple[int, int]] = []
"""What ``_count`` said when the first of the kept things began."""


def keep(names: dict[str, object]) -> None:
    """Keep the names of a probe or a program that begins, until ``free_kept``."""
    if _is_needed:
        _leave_alone_what_is_there()
        _names.append((names, {id(thing) for thing in names.values()}))
        _counts.append(_count())


def keep_error(error: BaseException) -> None:
    """Keep the variables of the calls that an error has ended, until ``free_kept``."""
    if _is_needed:
        _errors.append(error)


@lru_cache
def _leave_alone_what_is_there() -> None:
    """Once: let the collector look only at what is made from now on, of which it is asked often."""
    gc.collect()
    gc.freeze()


def _count() -> tuple[int, int]:
    """How often the collector has run, and how many objects more than at its last run there are."""
    return sum(generation["collections"] for generation in gc.get_stats()), gc.get_count()[0]


def free_kept() -> None:
    """Empty what is kept. What only it leads to is freed one object at a time, each before those that it refers to."""
    if not (_names or _errors):
        return
    nodes = _emptied(_may_be_deep())
    if len(nodes) > _SHALLOW:
        gc.collect()  # a function that calls itself may hold the nodes in a set, which frees them in any order
    while nodes:
        nodes.pop()


def _may_be_deep() -> bool:
    """Whether there can be many new objects. To count is quick, and to look at each takes longer than most probes."""
    runs, objects = _count()
    return not _counts or runs != _counts[0][0] or objects - _counts[0][1] > _SHALLOW


def _emptied(may_be_deep: bool) -> list[object]:
    """The nodes that the kept things led to, each after those that it refers to; nothing else holds them any longer.

    None are listed where they cannot be deep.
    """
    frames = [frame for error in _errors for frame in _frames(error)]
    nodes: list[object] = []
    if may_be_deep:
        roots = [thing for names, before in _names for thing in names.values() if id(thing) not in before]
        roots += [thing for frame in frames for thing in frame.f_locals.values()]
        nodes = [thing for thing in _order(roots) if not isinstance(thing, _NO_NODES)]
    for names, _ in _names:
        names.clear()
    for frame in frames:
        with contextlib.suppress(RuntimeError):  # it is still running
            frame.clear()
    _names.clear()
    _errors.clear()
    _counts.clear()
    return nodes


def _frames(error: BaseException) -> list[FrameType]:
    """The calls of the learner's that an error has ended; those of this package have nothing deep in them."""
    package = __name__.partition(".")[0]
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_locals is not frame.f_globals]
    return [frame for frame in frames if str(frame.f_globals.get("__name__")).partition(".")[0] != package]


def _order(roots: list[object]) -> list[object]:
    """What the roots lead to, each after all that it refers to."""
    order: list[object] = []
    is_tracked, seen = gc.is_tracked, {id(roots)}
    path: list[tuple[object, Iterator[object]]] = [(roots, iter(roots))]
    while path:
        thing, others = path[-1]
        for other in others:
            if is_tracked(other) and id(other) not in seen and _may_lead_on(other):
                seen.add(id(other))
                path.append((other, iter(gc.get_referents(other))))
                break
        else:
            order.append(thing)
            path.pop()
    return order


def _may_lead_on(thing: object) -> bool:
    """Whether a thing can be part of a graph: no class, no module, and not the variables of one."""
    return not (isinstance(thing, (type, ModuleType)) or (isinstance(thing, dict) and "__builtins__" in thing))
