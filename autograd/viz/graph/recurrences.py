"""What a recurrent module computes between its parameters: the gates' products, the new state."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from autograd.viz.graph.indexed import IndexedGraph, Indices
from autograd.viz.graph.module_calls import times_of

__all__ = ["add_states"]


def add_states(graph: IndexedGraph, made_in: Indices, owner: Indices, waiting: Indices) -> Indices:
    """Put the steps of recurrent modules into them; return the values that are still waiting.

    A value that joins outputs of one step of a module, as i·g in an LSTM, and leads to the module's next step is
    inside, wherever else it leads: a loss may take each h. So is what leads to such a value and, in the last
    step, what is computed in the same way. What follows one output alone may be the user's: x + f(x)·dt is outside.
    """
    sources = _sources(graph, made_in, owner, waiting)
    returning: set[int] = set()
    open_modules: set[int] = set()
    for value in reversed(sources):
        module, users = sources[value], graph.users[value]
        back = [made_in[user] == module or user in returning for user in users if sources.get(user, module) == module]
        if any(back):
            returning.add(value)
            if len(back) < len(users) or not all(back):
                open_modules.add(module)
    for module in sorted(open_modules):
        _add_steps(graph, made_in, owner, [value for value in sources if sources[value] == module], returning, module)
    return [value for value in waiting if made_in[value] < 0]


def _sources(graph: IndexedGraph, made_in: Indices, owner: Indices, waiting: Indices) -> dict[int, int]:
    """The module of the waiting values that are made of one module's values alone, apart from leaves."""
    sources: dict[int, int] = {}
    for value in waiting:
        modules = set()
        for operand in graph.operands(value):
            if graph.edges_into(operand):
                modules.add(made_in[operand] if made_in[operand] >= 0 else sources.get(operand, -1))
            elif owner[operand] >= 0:
                modules.add(-1)
        if len(modules) == 1 and min(modules) >= 0:
            sources[value] = modules.pop()
    return sources


def _add_steps(
    graph: IndexedGraph, made_in: Indices, owner: Indices, candidates: Sequence[int], returning: set[int], module: int
) -> None:
    """Put those of these values into the module that are parts of its steps."""
    members = sorted([*(value for value, other in enumerate(made_in) if other == module), *candidates])
    here = set(members)
    operands = {value: [x for x in graph.operands(value) if x in here] for value in members}
    parameters = {value: [x for x in graph.operands(value) if owner[x] >= 0] for value in members}
    times = times_of(operands, parameters)
    inside: set[int] = set()
    for value in reversed(candidates):
        now = {x for x in operands[value] if times[x] == times[value]}
        if value in inside or (value in returning and len(now) > 1):
            inside.add(value)
            inside |= now
    traces = _traces(graph, members, operands, parameters, times)
    known = {traces[value] for value in inside}
    for value in candidates:
        if traces[value] in known:
            made_in[value] = module


def _traces(
    graph: IndexedGraph,
    members: Sequence[int],
    operands: Mapping[int, list[int]],
    parameters: Mapping[int, list[int]],
    times: Mapping[int, int],
) -> dict[int, int]:
    """Number the ways in which values are made of parameters within a step: equal ones at each step."""
    numbers: dict[Hashable, int] = {}
    traces: dict[int, int] = {}
    for value in members:
        now = {x for x in operands[value] if times[x] == times[value]}
        made_of: list[int] = parameters[value] or [traces[x] if x in now else -1 for x in graph.operands(value)]
        key = graph.values[value]._rule.name, bool(parameters[value]), *made_of
        traces[value] = numbers.setdefault(key, len(numbers))
    return traces
