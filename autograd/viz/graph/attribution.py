"""The module each value was made in, found in the finished graph.

The engine does not know of modules: nothing is noted while a graph is made, which would cost every node something.
"""

from __future__ import annotations

import contextvars
import functools
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from autograd.core.graph import topological
from autograd.rules import log_softmax, softmax
from autograd.value import Value
from autograd.viz.graph.arrays import GraphArrays, Indices
from autograd.viz.graph.modules import ModuleNode, declaring, module_around
from autograd.viz.graph.recurrences import add_states

__all__ = ["attribute_nodes", "softmax_stages"]

Stage = tuple[str, tuple[int, ...]]
"""How a value of a softmax is made: its rule, and the numbers of its operands' stages; 0 is a module's output."""

FUNCTIONS_OF_LISTS = {"log_softmax": log_softmax, "softmax": softmax}
"""Functions a module may name that consist of several operations; any other function it names is one rule."""


def attribute_nodes(graph: GraphArrays, modules: Sequence[ModuleNode], owner: Indices) -> Indices:
    """The module each value was made in, or -1. owner: the module of each value that is a parameter, or -1."""
    made_in = _made_from_parameters(graph, modules, owner)
    is_result = np.diff(graph.starts) > 0
    _add_outputs(graph, modules, made_in, np.flatnonzero(is_result & (made_in < 0)))
    waiting = add_states(graph, made_in, owner, np.flatnonzero(is_result & (made_in < 0)))
    traces = _traces(graph, made_in, owner, waiting)
    waiting = _add_enclosed(graph, modules, made_in, owner, waiting)
    _add_between(graph, modules, made_in, owner, waiting)
    _add_last(made_in, traces)
    return made_in


def _made_from_parameters(graph: GraphArrays, modules: Sequence[ModuleNode], owner: Indices) -> Indices:
    """The module of each value that has a parameter and something else among its operands: that of its parameters.

    What is made of parameters alone, as the w·w of a penalty, is left to the values it leads to.
    """
    owners = owner[graph.tails]
    direct = owners >= 0
    heads = graph.heads[direct]
    low, high = np.full(len(graph), len(modules)), np.full(len(graph), -1)
    np.minimum.at(low, heads, owners[direct])
    np.maximum.at(high, heads, owners[direct])
    others = np.diff(graph.starts) - np.bincount(heads, minlength=len(graph))
    made_in = np.where((high >= 0) & (others > 0), high, -1)
    for value in np.flatnonzero((low < high) & (made_in >= 0)).tolist():
        made_in[value] = module_around(
            modules, [module for module in owner[graph.operands(value)].tolist() if module >= 0]
        )
    for value in np.flatnonzero((made_in >= 0) & (others == 1)).tolist():
        if graph.values[value]._rule.name == "pow" and _is_of_parameters(graph, owner, value):
            made_in[value] = -1
    return made_in


def _is_of_parameters(graph: GraphArrays, owner: Indices, value: int) -> bool:
    """Whether its operands are parameters and numbers."""
    return all(owner[operand] >= 0 or graph.values[operand].is_constant for operand in graph.operands(value))


def _add_outputs(graph: GraphArrays, modules: Sequence[ModuleNode], made_in: Indices, waiting: Indices) -> None:
    """Put what a module's own function made of its result into the module: the relu of a neuron, a layer's softmax."""
    uses = np.bincount(graph.tails, minlength=len(graph))
    softmax = softmax_stages()
    known = softmax.numbers
    stages: dict[int, int] = {}
    for value in waiting.tolist():
        operands = {operand for operand in graph.operands(value) if not graph.values[operand].is_constant}
        inner = module_around(modules, [made_in.item(operand) for operand in operands]) if operands else -1
        if inner < 0:
            continue
        name = graph.values[value]._rule.name
        module = declaring(modules, inner, name) if len(operands) == 1 and uses[min(operands)] == 1 else -1
        number = known.get((name, tuple(sorted({stages.get(operand, 0) for operand in operands}))))
        if module < 0 and number is not None:
            functions = (function for function, numbers in softmax.members.items() if number in numbers)
            module = max(declaring(modules, inner, function) for function in functions)
            if module >= 0:
                stages[value] = number
        made_in[value] = module


@dataclass(frozen=True, slots=True)
class _Stages:
    """The operations that log_softmax and softmax consist of. members: the numbers of each function's own stages."""

    numbers: dict[Stage, int]
    members: dict[str, frozenset[int]]


@functools.cache
def softmax_stages() -> _Stages:
    """How the functions of rules.py are written today, found by running them on one Value and on two.

    >>> sorted({rule for rule, _ in softmax_stages().numbers})
    ['exp', 'log_share', 'sub', 'sum']
    """
    return contextvars.Context().run(_stages)  # a context of its own, which no no_grad() block is open in


def _stages() -> _Stages:
    numbers: dict[Stage, int] = {}
    members = {}
    for name, function in FUNCTIONS_OF_LISTS.items():
        stages: dict[Value, int] = {}
        for value in topological(*function([Value(0.0)]), *function([Value(0.0), Value(1.0)])):
            operands = [operand for operand in value._prev if not operand.is_constant]
            if operands:
                stage = value._rule.name, tuple(sorted({stages.get(operand, 0) for operand in operands}))
                stages[value] = numbers.setdefault(stage, len(numbers) + 1)
        members[name] = frozenset(stages.values())
    return _Stages(numbers, members)


def _add_enclosed(
    graph: GraphArrays, modules: Sequence[ModuleNode], made_in: Indices, owner: Indices, waiting: Indices
) -> Indices:
    """Put what leads from one part of a module to another, used for the first time, into the module; return the rest.

    A call of a module is not left and entered again: the sum of attention and its input, which leads to the MLP of the
    same block, is in the block, though its input came from outside, and it leads to the next block, too.
    """
    around = [1 << index for index in range(len(modules))]  # of each module, a bit for it and each it is inside of
    for index, module in enumerate(modules):
        around[index] |= around[module.parent] if module.parent is not None else 0
    targets, direct = _targets(graph, made_in, waiting), np.where(made_in >= 0, made_in, owner).tolist()
    sources: dict[int, int] = {}
    used: list[int] = []
    for value in waiting.tolist():
        bits = 0
        for operand in graph.operands(value):
            module = direct[operand]
            bits |= 1 << module if module >= 0 else sources.get(operand, 0)
        sources[value] = bits
        if not bits or not targets[value]:
            continue
        widest = _all_around(bits, around)
        if not widest & _all_around(targets[value], around):
            continue
        used = used or _used_before(graph, made_in)
        common = widest & _all_around(targets[value] & ~used[value], around)
        deepest = common.bit_length() - 1
        joins = bits & (bits - 1) and _shared(bits, around)  # an operation of the module around those, see below
        if common and not joins >> (deepest + 1) and not common & ~around[deepest]:  # no two beside each other
            direct[value] = made_in[value] = deepest
    return waiting[made_in[waiting] < 0]


def _targets(graph: GraphArrays, made_in: Indices, waiting: Indices) -> dict[int, int]:
    """A bit for each module that a value leads to, with no other in between."""
    is_waiting = np.zeros(len(graph), np.bool_)
    is_waiting[waiting] = True
    targets = dict.fromkeys(waiting.tolist(), 0)
    edges = np.flatnonzero(is_waiting[graph.tails])[::-1]
    modules = made_in[graph.heads[edges]].tolist()
    for tail, head, module in zip(graph.tails[edges].tolist(), graph.heads[edges].tolist(), modules, strict=True):
        targets[tail] |= 1 << module if module >= 0 else targets.get(head, 0)
    return targets


def _used_before(graph: GraphArrays, made_in: Indices) -> list[int]:
    """A bit for each module that is used on the way to a value, or where it is made."""
    used = [1 << module if module >= 0 else 0 for module in made_in.tolist()]
    for tail, head in zip(graph.tails.tolist(), graph.heads.tolist(), strict=True):
        used[head] |= used[tail]
    return used


def _all_around(bits: int, around: Sequence[int]) -> int:
    """The modules with these bits, and those they are inside of."""
    whole = 0
    for module in _modules(bits):
        whole |= around[module]
    return whole


def _shared(bits: int, around: Sequence[int]) -> int:
    """The modules that all of those with these bits are inside of, or are."""
    shared = -1
    for module in _modules(bits):
        shared &= around[module]
    return shared


def _modules(bits: int) -> Iterator[int]:
    while bits:
        module = bits.bit_length() - 1
        yield module
        bits ^= 1 << module


def _add_between(
    graph: GraphArrays, modules: Sequence[ModuleNode], made_in: Indices, owner: Indices, waiting: Indices
) -> None:
    """Put what leads from modules or parameters to modules alone into the module around all of these.

    What joins the outputs of several modules is an operation of the one around them, wherever it leads.
    """
    sources: dict[int, int] = {}
    joins: set[int] = set()
    for value in waiting.tolist():
        modules_before = [
            int(made_in[operand]) if made_in[operand] >= 0 else sources.get(operand, int(owner[operand]))
            for operand in graph.operands(value)
        ]
        known = [module for module in modules_before if module >= 0]
        if known:
            sources[value] = module_around(modules, known)
            if len(set(known)) > 1 and sources[value] >= 0:
                joins.add(value)
    is_waiting = np.zeros(len(graph), np.bool_)
    is_waiting[waiting] = True
    leading = is_waiting[graph.tails]
    users: dict[int, list[int]] = {}
    for tail, head in zip(graph.tails[leading].tolist(), graph.heads[leading].tolist(), strict=True):
        users.setdefault(tail, []).append(head)
    for value in reversed(waiting.tolist()):
        after = [int(made_in[user]) for user in users.get(value, ())]
        if after and min(after) >= 0 and value in sources:
            made_in[value] = module_around(modules, [sources[value], *([] if value in joins else after)])


def _traces(graph: GraphArrays, made_in: Indices, owner: Indices, waiting: Indices) -> dict[int, int]:
    """Number the ways in which values are made of others, step by step, since parameters were used.

    What is made of the output of a module has the same number in each of its calls.
    """
    numbers: dict[Hashable, int] = {}
    traces: dict[int, int] = {}
    for value in waiting.tolist():
        starts: list[Hashable] = []
        for before in dict.fromkeys(graph.operands(value)):
            start: Hashable = traces.get(before)
            if start is None and made_in[before] >= 0:
                parameters = [x for x in graph.operands(before) if owner[x] >= 0]
                start = graph.values[before]._rule.name, *parameters
            if not graph.values[before].is_constant:
                starts.append(start)
        if starts and None not in starts:
            traces[value] = numbers.setdefault((graph.values[value]._rule.name, *starts), len(numbers))
    return traces


def _add_last(made_in: Indices, traces: dict[int, int]) -> None:
    """Put what no later call of a module uses where the same of an earlier call is, which one does use."""
    innermost: dict[int, int] = {}
    for value, trace in traces.items():
        innermost[trace] = max(innermost.get(trace, -1), int(made_in[value]))
    for value, trace in traces.items():
        made_in[value] = innermost[trace]
