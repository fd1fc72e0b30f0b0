"""Graph walks over anything that has parents: Values, programs, pictures. Nothing here recurses."""

from __future__ import annotations

import contextlib
import gc
import os
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from operator import attrgetter
from typing import TypeVar

from autograd.util.thread_locks import new_lock

__all__ = ["ancestors", "depth", "paused_collector", "topological", "without_collector"]

Node = TypeVar("Node", bound=Hashable)
Parents = Callable[[Node], Iterable[Node]]


def topological(*roots: Node, parents: Parents[Node] = attrgetter("_prev")) -> list[Node]:
    """List the roots and all their ancestors, each once and after all its parents, left parents first.

    Time and memory are linear in nodes and edges, at any depth. Nodes are compared like dict keys (a Value by
    identity).

    roots: the nodes to start from.
    parents: a function that returns a node's parents.

    >>> parents = {"f": "de", "d": "ab", "e": "ab", "a": "", "b": ""}
    >>> topological("f", parents=parents.get)
    ['a', 'b', 'd', 'e', 'f']
    """
    order: dict[Node, None] = {}
    for root in roots:
        if root in order:
            continue
        path = [(root, iter(parents(root)))]
        opened = {root}
        while path:
            node, remaining = path[-1]
            for parent in remaining:
                if parent not in order and parent not in opened:
                    opened.add(parent)
                    path.append((parent, iter(parents(parent))))
                    break
            else:
                order[node] = None
                opened.discard(node)
                path.pop()
    return list(order)


def ancestors(root: Node, parents: Parents[Node] = attrgetter("_prev")) -> list[Node]:
    """List the root's ancestors in topological order, without the root itself.

    >>> ancestors("f", {"f": "de", "d": "ab", "e": "ab", "a": "", "b": ""}.get)
    ['a', 'b', 'd', 'e']
    """
    return topological(root, parents=parents)[:-1]


def depth(root: Node, parents: Parents[Node] = attrgetter("_prev")) -> int:
    """Count the edges on the longest path that ends at the root: 0 for a leaf.

    >>> depth("f", {"f": "de", "d": "ab", "e": "ab", "a": "", "b": ""}.get)
    2
    """
    depths: dict[Node, int] = {}
    for node in topological(root, parents=parents):
        depths[node] = max((depths[parent] + 1 for parent in parents(node)), default=0)
    return depths[root]


one_walk_at_a_time = new_lock()
"""A lock for pausing the collector, so that two threads cannot restore it in the wrong order."""

undone_after_fork: list[tuple[Iterable[None], bool]] = []
"""For a running backward pass, in case a fork cuts it off: an iterator that restores its gradients, and whether the
collector was on."""

_collector_paused: list[object] = []
"""A mark for each block that has turned the collector off: in the child of a fork such a block may never end."""


def _in_child_of_fork() -> None:
    """Undo the work of other threads: only the thread that forked lives on in the child."""
    for put_back, collector_was_enabled in undone_after_fork:
        deque(put_back, 0)
        if collector_was_enabled:
            gc.enable()
    undone_after_fork.clear()
    if _collector_paused:
        gc.enable()
    _collector_paused.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child_of_fork)


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Turn the garbage collector off in a block, without a lock, because other people's code may wait for a thread.

    A block that found it on turns it on again at its end. So it is on in the end, however blocks of several threads
    overlap.
    """
    enabled, mark = gc.isenabled(), object()
    try:
        if enabled:
            _collector_paused.append(mark)
        gc.disable()
        yield
    finally:
        try:
            if enabled:
                gc.enable()
        finally:
            if mark in _collector_paused:
                _collector_paused.remove(mark)


@contextlib.contextmanager
def paused_collector() -> Iterator[None]:
    """Pause the garbage collector during a walk over a graph. It is restored whatever happens."""
    with one_walk_at_a_time, without_collector():
        yield
