"""Steps that repeat along a chain: x → sin(x·w) → sin(…·w) → …, an iteration, a recurrence.

A chain is cut where everything that follows was made from one value alone. Between two cuts lies a step; steps of one
form, several in a row, are drawn as one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import accumulate

from autograd.core.graph import topological
from autograd.viz.fold.repeats import likeness
from autograd.viz.fold.sums import Sum
from autograd.viz.graph.labels import printable
from autograd.viz.graph.node_table import CONSTANT, INPUT, RESULT, NodeTable

__all__ = ["find_chains"]

FEWEST = 3
"""A chain of fewer repeats is followed step by step."""

LONGEST_PERIOD = 16
"""Between two repeats: the steps of longer ones are not looked for."""

LONGEST_TITLE = 24
"""In letters: of more operations, their number is said."""


def find_chains(table: NodeTable) -> list[Sum]:
    """The steps that repeat along the longest path to the first root, each run of them as one node.

    >>> import autograd
    >>> from autograd.viz.graph.node_table import node_table
    >>> from autograd.viz.graph.groups import find_groups
    >>> from autograd.viz.graph.indexed import indexed_graph
    >>> x, w = autograd.Value(0.5), autograd.Value(1.5)
    >>> for _ in range(4):
    ...     x = autograd.sin(x * w)
    >>> graph = indexed_graph([x])
    >>> find_chains(node_table(graph, find_groups(graph, [])))
    [Sum(values=(2, 3, 4, 5, 6, 7, 8, 9), title='4 × (·, sin)', numbers=(), opens='repeats')]
    """
    if not table.graph.roots:
        return []
    spine = _longest_path(table)
    steps = _steps(table, spine)
    forms = [_form(table, before, values) for before, values in steps]
    is_named = [_is_apart(table, values[-1]) for _, values in steps]
    chains, end = [], len(steps)
    while end > 0:
        period, count = _repeats(forms, is_named, end)
        if count < FEWEST:
            end -= 1
            continue
        values = [value for _, step in steps[end - period * count : end] for value in step]
        one = sorted(value for _, step in steps[end - period : end] for value in step)
        chains.append(Sum(tuple(sorted(values)), _title(table, one, count), opens="repeats"))
        end -= period * count
    return chains


def _longest_path(table: NodeTable) -> list[int]:
    """The longest path to the first root, from a leaf on: of the leaves it may start from, the one used least."""
    length = [0] * len(table.graph)
    before = [-1] * len(table.graph)
    is_result = [kind == RESULT for kind in table.kinds]
    for tail, head in zip(table.graph.tails, table.graph.heads, strict=True):
        if is_result[tail] and length[tail] + 1 > length[head]:
            length[head], before[head] = length[tail] + 1, tail
    path = [table.graph.roots[0]]
    while before[path[-1]] >= 0:
        path.append(before[path[-1]])
    leaves = [leaf for leaf in table.graph.operands(path[-1]) if table.kinds[leaf] in (INPUT, CONSTANT)]
    return [*sorted(leaves, key=lambda leaf: table.uses[leaf])[:1], *path[::-1]]


def _steps(table: NodeTable, spine: Sequence[int]) -> list[tuple[int, list[int]]]:
    """(the value a step starts from, the values it makes), the one it ends with last.

    A value beside the spine belongs to the step that uses it first.
    """
    graph = table.graph
    edges = list(zip(graph.tails, graph.heads, strict=True))
    is_result = [kind == RESULT for kind in table.kinds]
    on_spine = set(spine)
    is_result[spine[0]] = True  # a leaf, or else a result
    place = [len(spine)] * len(graph)
    for index, value in enumerate(spine):
        place[value] = index
    for tail, head in reversed(edges):  # in the order of their heads, so that a head has its place
        if tail not in on_spine:
            place[tail] = min(place[tail], place[head])
    crossing = [0] * (len(spine) + 1)
    for tail, head in edges:
        first, last = place[tail] + (tail in on_spine), place[head]
        if is_result[tail] and first < last:
            crossing[first] += 1
            crossing[last] -= 1
    is_cut = [count == 0 for count in accumulate(crossing)]
    inside: list[list[int]] = [[] for _ in spine]
    for value in range(len(graph)):
        if is_result[value] and place[value] < len(spine):
            inside[place[value]].append(value)
    steps: list[tuple[int, list[int]]] = []
    before, values = spine[0], list[int]()
    for index, value in enumerate(spine[1:], 1):
        values = [*values, *inside[index]]
        if is_cut[index]:
            steps.append((before, values))
            before, values = value, []
    return steps


def _is_apart(table: NodeTable, value: int) -> bool:
    """Whether a value has a name, or is the user's choice: no fold may hide it."""
    return value in table.labels or value in table.pinned or value in table.graph.roots


def _form(table: NodeTable, before: int, values: Sequence[int]) -> Hashable:
    """The form of a step: its operations, and which operands they share; no other's where it cannot be folded."""
    graph, end = table.graph, values[-1]
    if any(table.call[value] >= 0 for value in values) or any(_is_apart(table, value) for value in values[:-1]):
        return object()
    inside = set(values)
    order = topological(end, parents=lambda value: [operand for operand in graph.operands(value) if operand in inside])
    number = {value: index for index, value in enumerate(order)}
    if len(order) < len(inside):
        return object()
    return tuple(
        (_operation(table, value), *(_operand(table, x, number, before) for x in graph.operands(value)))
        for value in order
    )


def _operation(table: NodeTable, value: int) -> Hashable:
    rule = table.graph.values[value]._rule
    return rule.name, rule.constant_operand, tuple(rule.parameters.items())


def _operand(table: NodeTable, value: int, number: Mapping[int, int], before: int) -> Hashable:
    """An operand as a step sees it: one of its values, the value it starts from, a number, a leaf with other users."""
    if value in number:
        return number[value]
    if value == before:
        return "before"
    if table.kinds[value] == CONSTANT:
        return "number"  # of any size: an input of its step may be a plain number
    return ("shared", value) if table.uses[value] > 1 else ("own", likeness(table.name(value), "numbers"))


def _repeats(forms: Sequence[Hashable], is_named: Sequence[bool], end: int) -> tuple[int, int]:
    """The period and the number of repeats up to a step; of the periods that reach furthest back, the shortest."""
    best = (1, 1)
    for period in range(1, min(LONGEST_PERIOD, end) + 1):
        if any(is_named[end - period : end - 1]):
            break
        start = end - period
        while start > 0 and not is_named[start - 1] and forms[start - 1] == forms[start - 1 + period]:
            start -= 1
        count = (end - start) // period
        if count >= FEWEST and period * count > best[0] * best[1]:
            best = period, count
    return best


def _title(table: NodeTable, values: Sequence[int], count: int) -> str:
    """The operations of one repeat, and how often."""
    operations = [printable(table.graph.values[value]._op).replace("*", "·") for value in values]
    title = f"{count} × ({', '.join(operations)})"
    return title if len(title) <= LONGEST_TITLE else f"{count} × ({len(values)} operations)"
