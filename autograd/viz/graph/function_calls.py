"""The calls of the functions that were found in a graph, and the modules they are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from autograd.viz.graph.groups import Groups
from autograd.viz.graph.indexed import IndexedGraph
from autograd.viz.graph.module_calls import Call

__all__ = ["with_functions"]

SCALED = frozenset({"rms_norm", "layer_norm"})
"""Functions that a module mostly begins with, before it uses its parameters: they are in the module they lead to."""


def with_functions(graph: IndexedGraph, groups: Groups, found: Iterable[tuple[str, set[int]]]) -> Groups:
    """Add a call of each function, or put it into the module it begins.

    found: the names of the functions, and the values inside of each.
    """
    calls, call = list(groups.calls), list(groups.call)
    functions = []
    for name, values in found:
        module = _only_user(graph, groups, values) if name in SCALED else -1
        if module >= 0:
            for value in values:
                call[value] = module
            calls[module] = replace(calls[module], is_one=True)
        else:
            for value, step in _taking_its_arguments(graph, groups, values).items():
                call[value] = step
            functions.append((name, values))
    return _with_calls(replace(groups, calls=calls, call=call), sorted(functions, key=lambda pair: min(pair[1])))


def _only_user(graph: IndexedGraph, groups: Groups, values: set[int]) -> int:
    """The one call of a module that all that is made of these values was made in, or -1; it is no outer one."""
    calls = _calls_of_users(graph, groups, values)
    around = {groups.call[value] for value in values}
    if len(calls) != 1 or len(around) != 1 or calls == around:
        return -1
    user = calls.pop()
    return user if user >= 0 and (groups.calls[user].parent if around != {-1} else -1) in (*around, None) else -1


def _calls_of_users(graph: IndexedGraph, groups: Groups, values: set[int]) -> set[int]:
    return {groups.call[user] for value in values for user in graph.users[value] if user not in values}


def _taking_its_arguments(graph: IndexedGraph, groups: Groups, values: set[int]) -> dict[int, int]:
    """The call each value is in: that which takes the function's results, where it takes all arguments, too.

    It was given the arguments, then, and the function is a step of its own: x in ``x + attention(rms_norm(x))``.
    """
    results = _calls_of_users(graph, groups, values)
    unchanged = {value: groups.call[value] for value in values}
    around = set(unchanged.values())
    if len(around) != 1 or not results or results <= around:
        return unchanged
    outer = around.pop()
    inner = [step for step in _outwards(groups.calls, results.pop()) if step >= 0]
    for other in results:
        beside = set(_outwards(groups.calls, other))
        inner = [step for step in inner if step in beside]
    if outer >= 0 and outer not in inner:
        return unchanged
    arguments = {x for value in values for x in graph.operands(value)} - values
    takers = [
        {step for user in graph.users[x] if user not in values for step in _outwards(groups.calls, groups.call[user])}
        for x in arguments
        if graph.values[x]._parent is not None or not graph.values[x].is_constant
    ]
    for step in inner[: inner.index(outer)] if outer >= 0 else inner:
        if takers and all(step in taken for taken in takers):
            return dict.fromkeys(values, step)
    return unchanged


def _outwards(calls: Sequence[Call], call: int | None) -> Iterable[int]:
    """A call and those around it, the innermost first."""
    while call is not None and call >= 0:
        yield call
        call = calls[call].parent


def _with_calls(groups: Groups, found: Sequence[tuple[str, set[int]]]) -> Groups:
    """Add a call of each function, inside of the call of a module that all of its values were made in."""
    calls, call = list(groups.calls), list(groups.call)
    inside: dict[tuple[int, str], list[set[int]]] = defaultdict(list)
    for name, values in found:
        around = {groups.call[value] for value in values}
        if len(around) == 1:
            inside[around.pop(), name].append(values)
    for (outer, name), parts in inside.items():
        for number, values in enumerate(parts, 1):
            for value in values:
                call[value] = len(calls)
            calls.append(_call(calls, outer, name, number, len(parts)))
    return replace(groups, calls=calls, call=call)


def _call(calls: Sequence[Call], outer: int, name: str, number: int, count: int) -> Call:
    around = calls[outer] if outer >= 0 else None
    step = f"{name} call {number}" if count > 1 else name
    return Call(
        module=-1,
        parent=None if around is None else outer,
        depth=0 if around is None else around.depth + 1,
        number=number,
        count=count,
        path=name if around is None else f"{around.path}.{name}",
        key=f"{around.key}.{step}" if around is not None and around.key else step,
        plain=name,
        is_one=True,
    )
