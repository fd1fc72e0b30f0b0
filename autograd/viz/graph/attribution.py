"""The module each value was made in, found in the finished graph.

The engine does not know of modules: nothing is noted while a graph is made, which would cost every node something.
"""

from __future__ import annotations

import contextvars
import functools
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autograd.core.graph import topological
from autograd.rules import log_softmax, softmax
from autograd.value import Value
from autograd.viz.graph.indexed import IndexedGraph, Indices
from autograd.viz.graph.modules import ModuleNode, declaring, module_around
from autograd.viz.graph.recurrences import add_states

__all__ = ["attribute_nodes", "softmax_stages"]

Stage = tuple[str, tuple[int, ...]]
"""How a value of a softmax is made: its rule, and the numbers of its operands' stages; 0 is a module's output."""

FUNCTIONS_OF_LISTS = {"log_softmax": log_softmax, "softmax": softmax}
"""Functions a module may name that consist of several operations; any other function it names is one rule."""


def attribute_nodes(graph: IndexedGraph, modules: Sequence[ModuleNode], owner: Indices) -> Indices:
    """The module each value was made in, or -1. owner: the module of each value that is a parameter, or -1."""
    made_in = _made_from_parameters(graph, modules, owner)
    results = [value for value, (start, end) in enumerate(pairwise(graph.starts)) if start < end]
    _add_outputs(graph, modules, made_in, [value for value in results if made_in[value] < 0])
    waiting = add_states(graph, made_in, owner, [value for value in results if made_in[value] < 0])
    traces = _traces(graph, made_in, owner, waiting)
    waiting = _add_enclosed(graph, modules, made_in, owner, waiting)
    _add_between(graph, modules, made_in, owner, waiting)
    _add_last(made_in, traces)
    return made_in


def _made_from_parameters(graph: IndexedGraph, modules: Sequence[ModuleNode], owner: Indices) -> Indices:
    """The module of each value that has a parameter and something else among its operands: that of its parameters.

    What is made of parameters alone, as the w·w of a penalty, is left to the values it leads to.
    """
    owners: dict[int, list[int]] = defaultdict(list)
    for edge in graph.edges_of_leaves:
        if owner[graph.tails[edge]] >= 0:
            owners[graph.heads[edge]].append(owner[graph.tails[edge]])
    made_in = [-1] * len(graph)
    for value, of_parameters in owners.items():
        others = len(graph.edges_into(value)) - len(of_parameters)
        is_power = others == 1 and graph.values[value]._rule.name == "pow"
        if others and not (is_power and _is_of_parameters(graph, owner, value)):
            made_in[value] = module_around(modules, of_parameters)
    return made_in


def _is_of_parameters(graph: IndexedGraph, owner: Indices, value: int) -> bool:
    """Whether its operands are parameters and numbers."""
    return all(owner[operand] >= 0 or graph.values[operand].is_constant for operand in graph.operands(value))


def _add_outputs(graph: IndexedGraph, modules: Sequence[ModuleNode], made_in: Indices, waiting: Indices) -> None:
    """Put what a module's own function made of its result into the module: the relu of a neuron, a layer's softmax."""
    softmax = softmax_stages()
    known = softmax.numbers
    stages: dict[int, int] = {}
    for value in waiting:
        operands = {operand for operand in graph.operands(value) if not graph.values[operand].is_constant}
        inner = module_around(modules, [made_in[operand] for operand in operands]) if operands else -1
        if inner < 0:
            continue
        name = graph.values[value]._rule.name
        module = declaring(modules, inner, name) if len(operands) == 1 and graph.uses[min(operands)] == 1 else -1
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
    graph: IndexedGraph, modules: Sequence[ModuleNode], made_in: Indices, owner: Indices, waiting: Indices
) -> Indices:
    """Put what leads from one part of a module to another, used for the first time, into the module; return the rest.

    A call of a module is not left and entered again: the sum of attention and its input, which leads to the MLP of the
    same block, is in the block, though its input came from outside, and it leads to the next block, too.
    """
    around = _Around(modules)
    targets = _targets(graph, made_in, waiting)
    direct = [module if module >= 0 else of_parameter for module, of_parameter in zip(made_in, owner, strict=True)]
    sources: dict[int, int] = {}
    used: list[int] = []
    for value in waiting:
        bits = 0
        for operand in graph.operands(value):
            module = direct[operand]
            bits |= 1 << module if module >= 0 else sources.get(operand, 0)
        sources[value] = bits
        if not bits or not targets[value]:
            continue
        widest = around.any_of(bits)
        if not widest & around.any_of(targets[value]):
            continue
        used = used or _used_before(graph, made_in)
        common = widest & around.any_of(targets[value] & ~used[value])
        deepest = common.bit_length() - 1
        joins = bits & (bits - 1) and around.all_of(bits)  # an operation of the module around those, see below
        if common and not joins >> (deepest + 1) and not common & ~around.of[deepest]:  # no two beside each other
            direct[value] = made_in[value] = deepest
    return [value for value in waiting if made_in[value] < 0]


def _targets(graph: IndexedGraph, made_in: Indices, waiting: Indices) -> dict[int, int]:
    """A bit for each module that a value leads to, with no other in between."""
    targets = dict.fromkeys(waiting, 0)
    for value in reversed(waiting):
        for user in graph.users[value]:
            targets[value] |= 1 << made_in[user] if made_in[user] >= 0 else targets.get(user, 0)
    return targets


def _used_before(graph: IndexedGraph, made_in: Indices) -> list[int]:
    """A bit for each module that is used on the way to a value, or where it is made."""
    used = [1 << module if module >= 0 else 0 for module in made_in]
    for tail, head in zip(graph.tails, graph.heads, strict=True):
        used[head] |= used[tail]
    return used


class _Around:
    """Sets of modules as bits, one for each. of: each module and all it is inside of."""

    def __init__(self, modules: Sequence[ModuleNode]) -> None:
        self.of = [1 << index for index in range(len(modules))]
        for index, module in enumerate(modules):
            self.of[index] |= self.of[module.parent] if module.parent is not None else 0
        self.known: dict[int, int] = {}  # many values lead to the same modules

    def any_of(self, bits: int) -> int:
        """These modules, and those they are inside of."""
        if bits not in self.known:
            whole = 0
            for module in _modules(bits):
                whole |= self.of[module]
            self.known[bits] = whole
        return self.known[bits]

    def all_of(self, bits: int) -> int:
        """The modules that all of these are inside of, or are."""
        shared = -1
        for module in _modules(bits):
            shared &= self.of[module]
        return shared


def _modules(bits: int) -> Iterator[int]:
    while bits:
        module = bits.bit_length() - 1
        yield module
        bits ^= 1 << module


def _add_between(
    graph: IndexedGraph, modules: Sequence[ModuleNode], made_in: Indices, owner: Indices, waiting: Indices
) -> None:
    """Put what leads from modules or parameters to modules alone into the module around all of these.

    What joins the outputs of several modules is an operation of the one around them, wherever it leads.
    """
    sources: dict[int, int] = {}
    joins: set[int] = set()
    for value in waiting:
        modules_before = [
            made_in[operand] if made_in[operand] >= 0 else sources.get(operand, owner[operand])
            for operand in graph.operands(value)
        ]
        known = [module for module in modules_before if module >= 0]
        if known:
            sources[value] = module_around(modules, known)
            if len(set(known)) > 1 and sources[value] >= 0:
                joins.add(value)
    for value in reversed(waiting):
        after = [made_in[user] for user in graph.users[value]]
        if after and min(after) >= 0 and value in sources:
            made_in[value] = module_around(modules, [sources[value], *([] if value in joins else after)])


def _traces(graph: IndexedGraph, made_in: Indices, owner: Indices, waiting: Indices) -> dict[int, int]:
    """Number the ways in which values are made of others, step by step, since parameters were used.

    What is made of the output of a module has the same number in each of its calls.
    """
    numbers: dict[Hashable, int] = {}
    traces: dict[int, int] = {}
    for value in waiting:
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
        innermost[trace] = max(innermost.get(trace, -1), made_in[value])
    for value, trace in traces.items():
        made_in[value] = innermost[trace]
