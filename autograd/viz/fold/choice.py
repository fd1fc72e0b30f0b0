"""What is folded, drawn as one or left open, so that a picture keeps to its budget: by meaning, by repeats, by size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from autograd.viz.fold.chains import find_chains
from autograd.viz.fold.expressions import fold_expressions
from autograd.viz.fold.partition import WIDEST, Partition, fold_calls, folded_into, size
from autograd.viz.fold.repeats import Alike, has_numbered_alike, merge_alike
from autograd.viz.fold.sums import Sum, find_starts, find_sums
from autograd.viz.graph.node_table import RESULT, NodeTable
from autograd.viz.graph.selection import listed

__all__ = ["SMALL", "chosen"]

MOST_OF_NETWORK = 40
"""Boxes of a picture with a network, unless the user asks for more: each neuron has an edge from all before it."""

MOST_EDGES = 3
"""More edges than these times the nodes there is room for, and modules are folded further: nobody could follow them."""

MOST_COMPARED = 5_000
"""More nodes than these are not compared with each other before they are folded further: it takes two walks."""

MOST_TRIED = 8
"""So many folded modules are tried whether they have room when they are opened: each try takes a partition."""

MOST_LEVELS, MOST_WITH_OPEN = 12, 3
"""Of so many ways to fold with room for their nodes the narrowest is taken, where none fits: each takes 1 to 5 ms.

Where a box is open, its picture may be wide, and is one of many.
"""

COARSE = 12
"""A picture of fewer boxes than these says little of a large graph: modules that were folded are opened one by one."""

SLIGHT = 0.1
"""What is wider than a page by this part of it has the numbers in its boxes, of 11 pixels, still drawn with 10."""

SMALL = 12
"""A graph of so few values is shown whole: every operation of it can be followed."""


def chosen(
    table: NodeTable, names: Sequence[str], most: int, overhang: Callable[[Partition], float] = lambda partition: 0.0
) -> Partition:
    """The partition that folds least of those that have room; where none has, the one that folds most.

    overhang: the part of a page by which the picture of a partition is wider. Of those with room for their nodes it is
    the first that overhangs by nothing; where none is so narrow, the narrowest.
    """
    opened, apart = _opened(table, names)
    if "all" in names:
        return Partition(np.arange(len(table.graph)), {})
    closed = _closed(table) - opened
    if len(table.graph) <= min(SMALL if closed else most, most):
        depth = 1 + max((call.depth for call in table.calls), default=0)
        whole = fold_calls(table, depth, opened, find_starts(table))
        if len(table.graph) <= SMALL or not overhang(whole):
            return whole
    return _Choice(table, opened, apart, closed, names, most, overhang).partition()


def _closed(table: NodeTable) -> frozenset[int]:
    """The calls that are one box unless the user opens them: functions, norms, neurons, layers of many neurons."""
    closed = {index for index, call in enumerate(table.calls) if call.is_one}
    for number in chain(*table.networks.calls.values()):
        layer = table.networks.layers[number]
        closed.update(layer.neurons)
        if len(layer.neurons) > WIDEST and layer.call is not None:
            closed.add(layer.call)
    return frozenset(closed)


def _opened(table: NodeTable, names: Sequence[str]) -> tuple[frozenset[int], frozenset[int]]:
    """The calls that stay open; and those that are named by number, which are told from others like them.

    What a call stands in is open with it. So is what a value of the user's choice stands in.
    """
    calls = table.calls
    known = dict.fromkeys(
        ["all", "sums", "repeats", "expressions", *(name for call in calls for name in (call.path, call.key) if name)]
    )
    for name in names:
        if name not in known:
            raise ValueError(f"open=: nothing is called {name!r}; {listed(name, known)}")
    wanted = [index for index, call in enumerate(calls) if call.path in names or call.key in names]
    opened: set[int] = set()
    for index in [*wanted, *(int(table.call[value]) for value in table.pinned)]:
        outer: int | None = index if index >= 0 else None
        while outer is not None and outer not in opened:
            opened.add(outer)
            outer = calls[outer].parent
    return frozenset(opened), frozenset(index for index in wanted if calls[index].path not in names)


@dataclass(frozen=True, slots=True)
class _Level:
    """How far is folded. depth: of the calls; sums: what is folded beside them; alike: what is drawn as one, if any.

    in_expressions: whether operations are written in the box of the value they make.
    """

    depth: int
    sums: tuple[Sum, ...]
    alike: Alike | None = None
    in_expressions: bool = False


class _Choice:
    """The choice of a partition of one graph. Arguments as for ``fold_calls``; apart as for ``merge_alike``."""

    def __init__(
        self,
        table: NodeTable,
        opened: frozenset[int],
        apart: frozenset[int],
        closed: frozenset[int],
        names: Sequence[str],
        most: int,
        overhang: Callable[[Partition], float],
    ) -> None:
        self.overhang = overhang
        self.table, self.opened, self.apart, self.closed = table, opened, apart, closed
        self.room = min(most, max(MOST_OF_NETWORK, most - 20)) if table.networks.calls else most
        self.most_edges = MOST_EDGES * most
        self.merges = "repeats" not in names
        self.most_tried = MOST_WITH_OPEN if names else MOST_LEVELS
        self.writes = "expressions" not in names
        self.starts = tuple(find_starts(table))
        self.sums = self.starts if "sums" in names else tuple(find_sums(table))
        self.depths = range(max((call.depth for call in table.calls), default=-1) + 1, -1, -1)
        self.folded: dict[tuple[int, tuple[Sum, ...]], Partition] = {}

    def partition(self) -> Partition:
        """The first level that has room, with as many modules opened further as have room, too."""
        narrowest: tuple[float, _Level, Partition] | None = None
        tried: list[Partition] = []
        for level in self._levels():
            partition = self._at(level)
            if not self._has_room(partition) and (level.depth or size(self.table, partition)[0] > self.room):
                continue
            for narrower in self._narrower(level):
                partition = self._at(narrower)
                if any(np.array_equal(partition.node, other.node) for other in tried):
                    continue
                tried.append(partition)
                overhang = self.overhang(partition)
                if narrowest is None or (overhang < narrowest[0] and not self._hides_a_network(partition, *narrowest)):
                    narrowest = overhang, narrower, partition
                if not overhang or len(tried) == self.most_tried:
                    return self._opened_further(*narrowest[1:])
        return partition if narrowest is None else self._opened_further(*narrowest[1:])

    def _hides_a_network(self, partition: Partition, overhang: float, _: _Level, wider: Partition) -> bool:
        """Whether a partition folds the neurons of one that is only a little wider than a page."""
        return overhang <= SLIGHT and self._neurons(partition) < self._neurons(wider)

    def _neurons(self, partition: Partition) -> int:
        return sum(fold.call in self.table.networks.layer_of for fold in partition.folds.values())

    def _narrower(self, level: _Level) -> list[_Level]:
        """A level, and the same with expressions."""
        return [level, replace(level, in_expressions=True)] if self.writes else [level]

    def _at(self, level: _Level, opened: frozenset[int] = frozenset()) -> Partition:
        key = level.depth, level.sums
        if opened or key not in self.folded:
            partition = fold_calls(self.table, level.depth, self.opened | opened, level.sums, self.closed)
            if not opened:
                self.folded[key] = partition
        else:
            partition = self.folded[key]
        if level.in_expressions:
            partition = fold_expressions(self.table, partition)
        return partition if level.alike is None else merge_alike(self.table, partition, level.alike, self.apart)

    def _has_room(self, partition: Partition) -> bool:
        nodes, pairs = size(self.table, partition)
        return nodes <= self.room and pairs <= self.most_edges

    def _levels(self) -> Iterator[_Level]:
        """From the one that folds least to the one that folds most.

        Calls at a depth of modules are folded, for each depth; then sums too, and steps that repeat along a chain; then
        what is alike is drawn as one, first where it has the same parameters, as calls of one model have. Where a
        module is called more than once, its calls are drawn as one before anything else.
        """
        least = {depth: self._least(depth) for depth in self.depths}
        is_called_again = self.merges and any(call.count > 1 for call in self.table.calls)
        sums = [self.starts, self.sums] if self.sums != self.starts else [self.starts]
        if not is_called_again:
            for terms in sums:
                saved = sum(len(total.values) - 1 for total in terms)
                yield from (_Level(depth, terms) for depth in self.depths if least[depth] - saved <= self.room)
        terms = self.sums
        if self.merges and not is_called_again and (chains := find_chains(self.table)):
            inside = set(chain.from_iterable(repeat.values for repeat in chains))
            terms = (*chains, *(total for total in self.sums if inside.isdisjoint(total.values)))
            saved = sum(len(total.values) - 1 for total in terms)
            yield from (_Level(depth, terms) for depth in self.depths if least[depth] - saved <= self.room)
        if not self.merges:
            yield _Level(0, self.sums)
            return
        depths = [depth for depth in self.depths if not depth or least[depth] <= MOST_COMPARED]
        for depth in depths:
            if is_called_again:
                yield _Level(depth, terms, "calls")
            yield _Level(depth, terms, "indices")
        if len(self._at(_Level(0, terms)).nodes()) <= MOST_COMPARED and has_numbered_alike(self.table):
            yield from (_Level(depth, terms, "numbers") for depth in depths)

    def _least(self, depth: int) -> int:
        """A number of nodes there are at least when calls at this depth are folded: results outside of them, and them.

        Each counts once, though it may be one of several that are drawn as one.
        """
        inside = Counter(self.table.call[self.table.kinds == RESULT].tolist())
        into = [*folded_into(self.table, depth, self.opened, self.closed), -1]  # a value in no call has -1, the last
        return sum(count for call, count in inside.items() if into[call] < 0) + len({*into} - {-1})

    def _opened_further(self, level: _Level, partition: Partition) -> Partition:
        """The partition with modules opened that were folded for others' sake, one after the other.

        One call of a module shows how all of them are made.
        """
        alikes: list[Alike | None] = ["numbers", "indices"] if self.merges else [level.alike]
        opened: frozenset[int] = frozenset()
        tried: set[int] = set()
        paths: set[str] = set()
        while len(tried) < MOST_TRIED and size(self.table, partition)[0] < COARSE:
            calls = next((calls for calls in self._modules(partition) if tried.isdisjoint(calls)), None)
            if calls is None:
                break
            tried |= calls
            path = self.table.calls[min(calls)].path
            if path in paths:
                continue
            further = (self._at(replace(level, alike=alike), opened | calls) for alike in alikes)
            found = next(filter(self._has_room, further), None)
            if found is not None and self.overhang(found) <= self.overhang(partition):
                opened, partition = opened | calls, found
                paths.add(path)
        return partition

    def _modules(self, partition: Partition) -> Iterator[frozenset[int]]:
        """The calls of each folded module, those drawn as one together; none inside of a network, which is one view."""
        for node in partition.nodes():
            folds = [partition.folds.get(copy) for copy in partition.copies.get(node, [node])]
            calls = frozenset(fold.call for fold in folds if fold is not None and fold.call >= 0)
            if calls and not any(self._is_of_network(call) for call in calls):
                yield calls

    def _is_of_network(self, call: int) -> bool:
        """Whether a call is one box by itself, or is inside of a network."""
        if call in self.closed:
            return True
        outer = self.table.calls[call].parent
        while outer is not None and outer not in self.table.networks.calls:
            outer = self.table.calls[outer].parent
        return outer is not None
