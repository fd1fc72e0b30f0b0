"""What is folded, drawn as one or left open, so that a picture keeps to its budget: by meaning, by repeats, by size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from autograd.viz.fold.chains import find_chains
from autograd.viz.fold.expressions import fold_expressions
from autograd.viz.fold.opened import Opened, find_opened
from autograd.viz.fold.partition import WIDEST, Partition, fold_calls, folded_into, unfolded
from autograd.viz.fold.repeats import Alike, has_numbered_alike, merge_alike, merge_around
from autograd.viz.fold.sums import Additions, Sum, find_starts
from autograd.viz.graph.node_table import RESULT, NodeTable
from autograd.viz.write.room import SHORT, Overhang

__all__ = ["FITS", "SMALL", "Chosen", "Level", "chosen"]

MOST_OF_NETWORK = 40
"""Boxes of a picture with a network, unless the user asks for more: each neuron has an edge from all before it."""

MOST_EDGES = 3
"""More edges than these times the nodes there is room for, and modules are folded further: nobody could follow them."""

MOST_COMPARED = 50_000
"""More nodes than these are not compared with each other before they are folded further: it takes two walks."""

MOST_TRIED = 8
"""So many folded modules are tried whether they have room when they are opened: each try takes a partition."""

MOST_LEVELS, MOST_WITH_OPEN = 24, 4
"""Of so many ways to fold with room for their nodes the narrowest is taken, where none fits: each takes 1 to 5 ms.

Where a box is open, its picture may be wide, and is one of many.
"""

COARSE = 12
"""A picture of fewer boxes than these says little of a large graph: modules that were folded are opened one by one."""

SLIGHT = 0.1
"""What is wider than a page by this part of it has the numbers in its boxes, of 11 pixels, still drawn with 10."""

FITS = Overhang(0.0, 0.0)

BESIDE_CALLS = frozenset({"sums", "repeats", "expressions"})
"""What is opened and is no call."""

SMALL = 12
"""A graph of so few values is shown whole: every operation of it can be followed."""


class Chosen(NamedTuple):
    """A partition, and how it was found: level of folding, and the calls that were opened beside those asked for."""

    partition: Partition
    level: Level | None = None
    further: frozenset[int] = frozenset()


def chosen(
    table: NodeTable,
    names: Sequence[str],
    most: int,
    overhang: Callable[[Partition], Overhang] = lambda partition: FITS,
    before: Chosen | None = None,
) -> Chosen:
    """The partition that folds least of those that have room; where none has, the one that folds most.

    overhang: the parts of a page by which the picture of a partition is wider. Of those with room for their nodes it is
    the first that overhangs by nothing to the right; where none is so narrow, the first that fits if it goes down the
    page; else the narrowest.
    before: what was chosen for less that is open. Of a large graph, all else stays as it was there, if it has room.
    """
    opened = find_opened(table, names)
    if "all" in names:
        return Chosen(unfolded(table.graph))
    closed = _closed(table) - opened.calls
    if len(table.graph) <= min(SMALL if closed else most, most):
        depth = 1 + max((call.depth for call in table.calls), default=0)
        whole = fold_calls(table, depth, opened.calls, find_starts(table))
        if len(table.graph) <= SMALL or not overhang(whole).right:
            return Chosen(whole)
    choice = _Choice(table, opened, closed, names, most, overhang)
    return (choice.like(before) if before is not None and len(table.graph) > SHORT else None) or choice.partition()


def _closed(table: NodeTable) -> frozenset[int]:
    """The calls that are one box unless the user opens them: functions, norms, neurons, layers of many neurons."""
    closed = {index for index, call in enumerate(table.calls) if call.is_one}
    for number in chain(*table.networks.calls.values()):
        layer = table.networks.layers[number]
        closed.update(layer.neurons)
        if len(layer.neurons) > WIDEST and layer.call is not None:
            closed.add(layer.call)
    return frozenset(closed)


@dataclass(frozen=True, slots=True)
class Level:
    """How far is folded. depth: of the calls; sums: what is folded beside them; alike: what is drawn as one, if any.

    in_expressions: whether operations are written in the box of the value they make.
    """

    depth: int
    sums: tuple[Sum, ...]
    alike: Alike | None = None
    in_expressions: bool = False


class _Choice:
    """The choice of a partition of one graph. Arguments as for ``fold_calls``."""

    def __init__(
        self,
        table: NodeTable,
        opened: Opened,
        closed: frozenset[int],
        names: Sequence[str],
        most: int,
        overhang: Callable[[Partition], Overhang],
    ) -> None:
        self.overhang = overhang
        self.table, self.opened, self.closed = table, opened, closed
        self.room = min(most, max(MOST_OF_NETWORK, most - 20)) if table.networks.calls else most
        self.most_edges = MOST_EDGES * most
        self.names = frozenset(names)
        self.merges = "repeats" not in names
        self.most_levels = MOST_WITH_OPEN if names else MOST_LEVELS
        self.writes = "expressions" not in names
        additions = Additions(table)
        self.starts = tuple(additions.starts())
        self.sums = self.starts if "sums" in names else tuple(additions.sums())
        self.depths = range(max((call.depth for call in table.calls), default=-1) + 1, -1, -1)
        self.folded: dict[tuple[int, tuple[Sum, ...], frozenset[int]], Partition] = {}
        made_in = zip(table.call, table.kinds, strict=True)
        self.results = Counter(call for call, kind in made_in if kind == RESULT)
        self.made: dict[tuple[Partition, bool, Alike | None], Partition] = {}

    def like(self, before: Chosen) -> Chosen | None:
        """What was chosen before, with more that is open; None where that has no room, or something else is opened."""
        if before.level is None or self.names & BESIDE_CALLS:
            return None
        partition = self._at(before.level, before.further)
        has_room = self._has_room(partition) and not self.overhang(partition).least
        return Chosen(partition, before.level, before.further) if has_room else None

    def partition(self) -> Chosen:
        """The first level that has room, with as many modules opened further as have room, too."""
        narrowest: tuple[float, Level, Partition] | None = None
        downwards: tuple[Level, Partition] | None = None
        different: list[Partition] = []
        looked_at = 0
        for level in self._levels():
            partition = self._at(level)
            if not self._has_room(partition) and (level.depth or len(partition.nodes) > self.room):
                continue
            for narrower in self._narrower(level):
                partition, looked_at = self._at(narrower), looked_at + 1
                if not any(partition.node == other.node for other in different):
                    different.append(partition)
                    overhang = self.overhang(partition)
                    if narrowest is None or (
                        overhang.right < narrowest[0] and not self._hides_a_network(partition, *narrowest)
                    ):
                        narrowest = overhang.right, narrower, partition
                    if not overhang.right:
                        return self._opened_further(*narrowest[1:])
                    if not overhang.down and downwards is None:
                        downwards = narrower, partition
                if looked_at == self.most_levels and narrowest is not None:
                    return self._opened_further(*(downwards or narrowest[1:]))
        return Chosen(partition) if narrowest is None else self._opened_further(*(downwards or narrowest[1:]))

    def _hides_a_network(self, partition: Partition, overhang: float, _: Level, wider: Partition) -> bool:
        """Whether a partition folds the neurons of one that is only a little wider than a page."""
        return overhang <= SLIGHT and self._neurons(partition) < self._neurons(wider)

    def _neurons(self, partition: Partition) -> int:
        return sum(fold.call in self.table.networks.layer_of for fold in partition.folds.values())

    def _narrower(self, level: Level) -> list[Level]:
        """A level, and the same with expressions."""
        return [level, replace(level, in_expressions=True)] if self.writes else [level]

    def _at(self, level: Level, opened: frozenset[int] = frozenset()) -> Partition:
        partition = self._folded(level, opened)
        key = partition, level.in_expressions, level.alike
        if key not in self.made:
            if level.in_expressions:
                partition = fold_expressions(self.table, partition)
            if level.alike is not None:
                partition = self._merged(partition, level, opened)
            self.made[key] = partition
        return self.made[key]

    def _merged(self, partition: Partition, level: Level, further: frozenset[int]) -> Partition:
        """What is alike drawn as one; what is around an opened head of attention as if that were folded."""
        assert level.alike is not None
        if not self.opened.alone:
            return merge_alike(self.table, partition, level.alike, self.opened.apart)
        merged = merge_alike(self.table, partition, "counts", self.opened.apart)  # each position sees more than another
        inside = self.opened.inside(self.table)
        folded = fold_calls(
            self.table, level.depth, (self.opened.calls | further) - inside, level.sums, self.closed | inside
        )
        folded = fold_expressions(self.table, folded) if level.in_expressions else folded
        around = merge_alike(self.table, folded, level.alike, self.opened.apart)
        return merge_around(self.table, partition, merged, around, self.opened.alone, self.opened.values)

    def _folded(self, level: Level, opened: frozenset[int]) -> Partition:
        """Calls and sums folded: one partition for all depths at which these are the same."""
        key = level.depth, level.sums, opened
        if key not in self.folded:
            new = fold_calls(self.table, level.depth, self.opened.calls | opened, level.sums, self.closed)
            alike = (x for x in self.folded.values() if x.folds == new.folds and x.node == new.node)
            self.folded[key] = next(alike, new)
        return self.folded[key]

    def _has_room(self, partition: Partition) -> bool:
        return len(partition.nodes) <= self.room and partition.pairs <= self.most_edges

    def _levels(self) -> Iterator[Level]:
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
                yield from (Level(depth, terms) for depth in self.depths if least[depth] - saved <= self.room)
        terms = self.sums
        if self.merges and not is_called_again and (chains := find_chains(self.table)):
            inside = set(chain.from_iterable(repeat.values for repeat in chains))
            terms = (*chains, *(total for total in self.sums if inside.isdisjoint(total.values)))
            saved = sum(len(total.values) - 1 for total in terms)
            yield from (Level(depth, terms) for depth in self.depths if least[depth] - saved <= self.room)
        if not self.merges:
            yield Level(0, self.sums)
            return
        depths = [depth for depth in self.depths if not depth or least[depth] <= MOST_COMPARED]
        for depth in depths:
            if is_called_again:
                yield Level(depth, terms, "calls")
            yield Level(depth, terms, "indices")
        if len(self._at(Level(0, terms)).nodes) <= MOST_COMPARED and has_numbered_alike(self.table):
            yield from (Level(depth, terms, "numbers") for depth in depths)
            yield from (Level(depth, terms, "counts") for depth in depths)

    def _least(self, depth: int) -> int:
        """A number of nodes there are at least when calls at this depth are folded: results outside of them, and them.

        Each counts once, though it may be one of several that are drawn as one.
        """
        into = [*folded_into(self.table, depth, self.opened.calls, self.closed), -1]  # -1, the last, for no call
        return sum(count for call, count in self.results.items() if into[call] < 0) + len({*into} - {-1})

    def _opened_further(self, level: Level, partition: Partition) -> Chosen:
        """The partition with modules opened that were folded for others' sake, one after the other.

        One call of a module shows how all of them are made.
        """
        alikes: list[Alike | None] = ["counts", "numbers", "indices"] if self.merges else [level.alike]
        opened: frozenset[int] = frozenset()
        tried: set[int] = set()
        paths: set[str] = set()
        while len(tried) < MOST_TRIED and len(partition.nodes) < COARSE:
            calls = next((calls for calls in self._modules(partition) if tried.isdisjoint(calls)), None)
            if calls is None:
                break
            tried |= calls
            path = self.table.calls[min(calls)].path
            if path in paths:
                continue
            for alike in alikes:
                at = replace(level, alike=alike)
                found = self._at(at, opened | calls)
                if self._has_room(found):
                    if self.overhang(found).least <= self.overhang(partition).least:
                        opened, partition, level = opened | calls, found, at
                        paths.add(path)
                    break
        return Chosen(partition, level, opened)

    def _modules(self, partition: Partition) -> Iterator[frozenset[int]]:
        """The calls of each folded module, those drawn as one together; none inside of a network, which is one view."""
        for node in partition.nodes:
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
