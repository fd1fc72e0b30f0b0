"""What the user opens in a picture, by names: modules, calls, heads of attention, one weight of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograd.viz.graph.node_table import NodeTable
from autograd.viz.graph.selection import listed

__all__ = ["Opened", "find_opened"]


@dataclass(frozen=True, slots=True)
class Opened:
    """calls: those that stay open. apart: those that are named by number, which are told from others like them, as is
    what is made of them. alone: heads and positions of attention, which are told from others, but not what is made of
    them. values: weights of attention that were named.
    """

    calls: frozenset[int] = frozenset()
    apart: frozenset[int] = frozenset()
    alone: frozenset[int] = frozenset()
    values: frozenset[int] = frozenset()

    def inside(self, table: NodeTable) -> frozenset[int]:
        """The calls told from others, and all that are inside of them."""
        inside = set(self.alone)
        for index, call in enumerate(table.calls):
            if call.parent in inside:
                inside.add(index)
        return frozenset(inside)


def find_opened(table: NodeTable, names: Sequence[str]) -> Opened:
    """Find what is called so. What a call stands in is open with it, and so is what a value stands in."""
    calls = table.calls
    weights = {name: value for value, name in table.weights.items() if name in names}
    for name in names:
        if name not in weights and name not in (known := _known(table)):
            raise ValueError(f"open=: nothing is called {name!r}; {listed(name, known)}")
    wanted = [index for index, call in enumerate(calls) if call.path in names or call.key in names]
    numbered = [index for index in wanted if calls[index].path not in names]
    values = frozenset(weights.values())
    of_values = [table.call[value] for value in (*values, *table.pinned)]
    told_apart = {index for index in numbered if calls[index].is_told_apart}
    told_apart |= {table.call[value] for value in values}
    return Opened(
        calls=_with_those_around(table, [*wanted, *of_values]),
        apart=frozenset(numbered) - told_apart,
        alone=frozenset(
            told_apart | {calls[index].parent or 0 for index in told_apart if calls[index].parent is not None}
        ),
        values=values,
    )


def _known(table: NodeTable) -> dict[str, None]:
    """All names, those of weights last: there are many."""
    of_calls = (name for call in table.calls for name in (call.path, call.key) if name)
    return dict.fromkeys(["all", "sums", "repeats", "expressions", *of_calls, *table.weights.values()])


def _with_those_around(table: NodeTable, indices: Iterable[int]) -> frozenset[int]:
    """These calls, and those they stand in; -1 is none."""
    opened: set[int] = set()
    for index in indices:
        outer: int | None = index if index >= 0 else None
        while outer is not None and outer not in opened:
            opened.add(outer)
            outer = table.calls[outer].parent
    return frozenset(opened)
