"""Attention heads in a finished graph: softmax of products of queries and keys, and what it weights.

A head is known by its form, in a module or written by hand. It is named as its weights are indexed: ``weights[1]`` is
head 1, ``weights[1][4]`` what it does at position 4, ``weights[1][4][2]`` how much that looks at position 2.
"""

from __future__ import annotations

import functools
import operator
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from autograd.viz.graph.groups import Groups
from autograd.viz.graph.indexed import IndexedGraph, Indices
from autograd.viz.graph.module_calls import Call
from autograd.viz.graph.search import components

__all__ = ["find_heads"]


@dataclass(frozen=True, slots=True, eq=False)
class _Position:
    """What a head does at one position. softmax, around: its call, and the call that this is in, or -1.

    weights: what the softmax gives, in the order of the positions seen. values: all that was computed for them, and
    with them. keys: the values of which the scores are products.
    """

    softmax: int
    around: int
    weights: list[int]
    values: set[int]
    keys: set[int]


def find_heads(graph: IndexedGraph, groups: Groups) -> Groups:
    """The groups, with a call for each head and, inside of it, for each position; and the names of the weights.

    >>> import autograd
    >>> from autograd.viz.graph.indexed import indexed_graph
    >>> from autograd.viz.graph.functions import find_functions
    >>> from autograd.viz.graph.groups import find_groups
    >>> q, k, v = ([autograd.Value(x) * 1.0 for x in numbers] for numbers in ([0.5, 1.0], [2.0, 3.0], [4.0, 5.0]))
    >>> weights = [autograd.softmax([q[row] * key for key in k[: row + 1]]) for row in range(2)]
    >>> graph = indexed_graph([autograd.dot(weights[row], v[: row + 1]) for row in range(2)])
    >>> groups = find_heads(graph, find_functions(graph, find_groups(graph, [])))
    >>> [call.key for call in groups.calls if call.plain != "softmax"]
    ['attention.weights[0]', 'attention.weights[0][0]', 'attention.weights[0][1]']
    >>> list(groups.weights.values())
    ['attention.weights[0][0][0]', 'attention.weights[0][1][0]', 'attention.weights[0][1][1]']
    """
    softmaxes = [i for i, call in enumerate(groups.calls) if call.module < 0 and call.plain == "softmax"]
    if not softmaxes:
        return groups
    search = _Search(graph, groups)
    positions = [position for call in softmaxes if (position := search.position(call)) is not None]
    heads = [head for head in _heads(positions) if len(head) > 1]  # one softmax by itself needs no further box
    return _with_heads(groups, _named(graph, groups, heads)) if heads else groups


class _Search:
    """A search for positions in one graph."""

    def __init__(self, graph: IndexedGraph, groups: Groups) -> None:
        self.graph, self.call = graph, groups.call
        self.calls = groups.calls
        self.members: dict[int, list[int]] = defaultdict(list)
        for value, call in enumerate(groups.call):
            if call >= 0 and groups.calls[call].module < 0:
                self.members[call].append(value)

    def position(self, softmax: int) -> _Position | None:
        """The position that a softmax is of; None where it is no attention."""
        inside, parent = {*self.members[softmax]}, self.calls[softmax].parent
        around = -1 if parent is None else parent
        entering = {x for value in inside for x in self.graph.operands(value)} - inside
        scores, keys = self._scores(entering, around)
        weights = sorted(value for value in inside if not inside.issuperset(self.graph.users[value]))
        sums = self._sums(weights, inside, around)
        whole = inside | scores | sums
        if not scores or not sums or any(not whole.issuperset(self.graph.users[value]) for value in scores):
            return None
        hidden = whole - sums
        if any(self.graph.values[value].label for value in hidden) or not hidden.isdisjoint(self.graph.roots):
            return None
        return _Position(softmax, around, weights, whole, keys)

    def _scores(self, entering: Iterable[int], around: int) -> tuple[set[int], set[int]]:
        """The values from products of what was computed before to the scores, and these factors; none, if others."""
        scores, keys, waiting = set[int](), set[int](), [x for x in entering if not self._is_number(x)]
        while waiting:
            value = waiting.pop()
            if value in scores:
                continue
            operands = [x for x in self.graph.operands(value) if not self._is_number(x)]
            rule = "" if not operands else self.graph.values[value]._rule.name
            if self.call[value] != around or rule not in ("add", "sub", "sum", "neg", "mul", "truediv", "dot"):
                return set(), set()
            scores.add(value)
            if rule == "dot" or (rule == "mul" and len(operands) == 2):
                keys.update(operands)
            elif rule == "truediv" and len(operands) == 2:
                return set(), set()
            else:
                waiting += operands
        is_computed = all(self.graph.values[key]._parent is not None for key in keys)
        return (scores, keys) if is_computed else (set(), set())

    def _sums(self, weights: Sequence[int], inside: set[int], around: int) -> set[int]:
        """What the weights are multiplied with, added up; nothing where one has another use.

        A sum has each weight once: what adds up two numbers that the head gives is no part of it.
        """
        terms: dict[int, int] = defaultdict(int)  # of each product and sum, a bit for each of its weights
        for index, weight in enumerate(weights):
            for user in self.graph.users[weight]:
                if user not in inside:
                    terms[user] |= 1 << index
        rules = {self.graph.values[value]._rule.name for value in terms}
        if not rules <= {"mul", "dot"} or any(self.call[value] != around for value in terms):
            return set()
        waiting = sorted(terms)
        while waiting:
            for user in self.graph.users[waiting.pop()]:
                parts = [x for x in self.graph.operands(user) if not self._is_number(x)]
                is_sum = self.graph.values[user]._rule.name in ("add", "sum") and self.call[user] == around
                if not is_sum or user in terms or any(x not in terms for x in parts):
                    continue
                both = [terms[x] for x in parts]
                if sum(both) == functools.reduce(operator.or_, both):
                    terms[user] = sum(both)
                    waiting.append(user)
        return {*terms}

    def _is_number(self, value: int) -> bool:
        return self.graph.values[value].is_constant


# ── heads ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _heads(positions: Sequence[_Position]) -> list[list[_Position]]:
    """The positions of each head: those with keys in common. Each sees more than those before it, or all see all."""
    first_with: dict[int, int] = {}
    pairs = []
    for index, position in enumerate(positions):
        pairs += [(first_with.setdefault(key, index), index) for key in position.keys]
    together: dict[int, list[_Position]] = defaultdict(list)
    for position, first in zip(positions, components(len(positions), pairs), strict=True):
        together[first].append(position)
    for head in together.values():
        head.sort(key=lambda position: (len(position.weights), min(position.values)))
    return sorted(together.values(), key=lambda head: min(head[0].weights))


def _named(
    graph: IndexedGraph, groups: Groups, heads: Sequence[list[_Position]]
) -> list[tuple[str, str, int, list[_Position]]]:
    """Each head with the path and the key of the attention it is a part of, and its number in that."""
    alone = [head for head in heads if head[0].around < 0]
    layer = _layers(graph, alone) if alone else []
    names = iter(["attention" if max(layer) == 0 else f"attention[{index}]" for index in layer] if layer else [])
    counts: dict[str, int] = defaultdict(int)
    named = []
    for head in heads:
        if head[0].around < 0:
            path = key = next(names)
        else:
            path, key = groups.calls[head[0].around].path, groups.calls[head[0].around].key
        named.append((path, key, counts[key], head))
        counts[key] += 1
    return named


def _layers(graph: IndexedGraph, heads: Sequence[list[_Position]]) -> list[int]:
    """For each head that is in no module, how many others come one after the other before it."""
    owner = [-1] * len(graph)
    for index, head in enumerate(heads):
        for value in chain.from_iterable(position.values for position in head):
            owner[value] = index
    layer = [0] * len(heads)
    above = [-1] * len(graph)  # of each value, the highest layer it was made from
    for tail, head_of_edge in zip(graph.tails, graph.heads, strict=True):
        before = above[tail]
        index = owner[head_of_edge]
        if index >= 0:
            if owner[tail] != index:
                layer[index] = max(layer[index], before + 1)
            before = layer[index]
        if before > above[head_of_edge]:
            above[head_of_edge] = before
    return layer


# ── as calls ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _with_heads(groups: Groups, heads: Sequence[tuple[str, str, int, list[_Position]]]) -> Groups:
    """The calls with heads and positions around softmaxes: the outer before the inner."""
    moved = {position.softmax for *_, head in heads for position in head}
    stays = [index for index in range(len(groups.calls)) if index not in moved]
    new = [-1] * (len(groups.calls) + 1)  # the last is that of a value in no call
    for index, old in enumerate(stays):
        new[old] = index
    calls = [_moved(groups.calls[index], new) for index in stays]
    call = [new[old] for old in groups.call]
    inside: dict[int, list[int]] = defaultdict(list)  # of each call that is moved
    for value, old in enumerate(groups.call):
        if old in moved:
            inside[old].append(value)
    weights: dict[int, str] = {}
    for path, key, number, head in heads:
        path, key = f"{path}.weights".lstrip("."), f"{key}.weights[{number}]".lstrip(".")
        outer = _add(calls, new[head[0].around], path, key, f"head {number}")
        lengths = [len(position.weights) for position in head]
        is_causal = len(set(lengths)) == len(lengths)
        for index, position in enumerate(head):
            row = len(position.weights) - 1 if is_causal else index
            inner = _add(calls, outer, f"{path}.position", f"{key}[{row}]", f"position {row}")
            softmax = _add(calls, inner, f"{path}.position.softmax", f"{key}[{row}].softmax", "softmax")
            for value in position.values:
                call[value] = inner
            for value in inside[position.softmax]:
                call[value] = softmax
            weights |= {value: f"{key}[{row}][{column}]" for column, value in enumerate(position.weights)}
    return replace(groups, calls=calls, call=call, weights=weights)


def _moved(call: Call, new: Indices) -> Call:
    return call if call.parent is None else replace(call, parent=new[call.parent])


def _add(calls: list[Call], around: int, path: str, key: str, title: str) -> int:
    """Add a call inside of another, or of none; return its index."""
    outer = calls[around] if around >= 0 else None
    calls.append(
        Call(
            module=-1,
            parent=None if outer is None else around,
            depth=0 if outer is None else outer.depth + 1,
            number=1,
            count=1,
            path=path,
            key=key,
            plain=title,
            is_one=True,
            is_told_apart=True,
        )
    )
    return len(calls) - 1
