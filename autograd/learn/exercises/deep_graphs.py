"""Frees deep graphs node by node in a browser, where Python would recurse and end.

When the last node of a chain is freed, so is the node before it, and so on. Python bounds that by its own stack; the
one of WebAssembly, which it does not know, overflows at about a thousand nodes. What a probe leaves behind is therefore
kept until the next one, and then freed in order.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import sys
import traceback
from collections.abc import Iterator
from types import CellType, FrameType, FunctionType, GeneratorType, MethodType, ModuleType

__all__ = ["free_kept", "keep"]

_is_needed = sys.platform == "emscripten"
_SHALLOW = 200
"""Nodes: so few are freed without harm, whatever the order."""
_NO_NODES = (list, tuple, dict, set, FunctionType, MethodType, CellType, GeneratorType)
"""What holds nodes, and may hold itself, too, so that it takes the collector to free it."""
_kept: list[dict[str, object] | BaseException] = []


def keep(thing: dict[str, object] | BaseException) -> None:
    """Keep the names of a probe, or an error with the variables of the calls it ended, until ``free_kept``."""
    if _is_needed:
        _kept.append(thing)


def free_kept() -> None:
    """Empty what is kept. What only it leads to is freed one object at a time, each before those that it refers to."""
    if not _kept:
        return
    nodes = _emptied()
    if len(nodes) > _SHALLOW:
        gc.collect()  # a function that calls itself may hold the nodes in a set, which frees them in any order
    while nodes:
        nodes.pop()


def _emptied() -> list[object]:
    """The nodes that the kept things led to, each after those that it refers to; nothing else holds them any longer."""
    namespaces = [thing for thing in _kept if isinstance(thing, dict)]
    frames = [frame for thing in _kept if isinstance(thing, BaseException) for frame in _frames(thing)]
    order = _order([*namespaces, *(dict(frame.f_locals) for frame in frames)])
    for namespace in namespaces:
        namespace.clear()
    for frame in frames:
        with contextlib.suppress(RuntimeError):  # it is still running
            frame.clear()
    _kept.clear()
    return [thing for thing in order if not isinstance(thing, _NO_NODES)]


def _frames(error: BaseException) -> list[FrameType]:
    """The calls of the learner's that an error has ended; those of this package have nothing deep in them."""
    package = __name__.partition(".")[0]
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return [frame for frame in frames if str(frame.f_globals.get("__name__")).partition(".")[0] != package]


def _order(roots: list[dict[str, object]]) -> list[object]:
    """What the roots lead to, each after all that it refers to; the roots among them."""
    order: list[object] = []
    seen = {id(roots)}
    path: list[tuple[object, Iterator[object]]] = [(roots, iter(roots))]
    while path:
        thing, others = path[-1]
        for other in others:
            if id(other) not in seen and _may_lead_on(other, roots):
                seen.add(id(other))
                path.append((other, iter(gc.get_referents(other))))
                break
        else:
            order.append(thing)
            path.pop()
    return order


def _may_lead_on(thing: object, roots: list[dict[str, object]]) -> bool:
    """Whether a thing can be part of a graph: not a number, a class, a module, or the variables of one."""
    if isinstance(thing, dict) and ("__builtins__" in thing or thing is vars(builtins)):
        return any(thing is root for root in roots)
    return gc.is_tracked(thing) and not isinstance(thing, (ModuleType, type))
