"""The calls of modules: one model applied to several samples, one cell used at several times."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
import numpy.typing as npt

from autograd.util.catalogue import Catalogue
from autograd.viz.graph.arrays import GraphArrays, Indices
from autograd.viz.graph.modules import ModuleNode, ancestors
from autograd.viz.graph.search import components

__all__ = ["Call", "find_calls", "times_of"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a module, or of a known function, whose module is -1: a group. parent: the call around it.
    number: from 1, of ``count`` calls in that one.

    path: the module's, the same for all of its calls. key: path and numbers of the calls, different for each.
    plain: what the module is called, without a number. is_one: whether it is one box unless the user opens it.
    is_told_apart: whether it is opened alone where it is drawn as one with others, as a head of attention.
    """

    module: int
    parent: int | None
    depth: int
    number: int
    count: int
    path: str
    key: str
    plain: str
    is_one: bool = False
    is_told_apart: bool = False

    def title(self, words: Catalogue) -> str:
        """The title of the group in a picture, in these words."""
        return words.say("call", self.plain, self.number, self.count) if self.count > 1 else self.plain


def find_calls(
    graph: GraphArrays, modules: Sequence[ModuleNode], owner: Indices, made_in: Indices, most: int
) -> tuple[list[Call], Indices]:
    """The calls of each module, the outer before the inner; and the innermost call each value was made in.

    Modules are looked into as deep as there are at most about ``most`` calls.
    """
    calls: list[Call] = []
    call = np.full(len(graph), -1)
    depths = np.array([module.depth for module in modules])
    table = ancestors(modules)
    for depth in range(table.shape[1]):
        inside = (made_in >= 0) & (depths[made_in] >= depth)
        members = np.flatnonzero(inside & (call >= 0) if depth else inside)
        module_of = table[made_in[members], depth]
        pairs, keys = np.unique(call[members] * len(modules) + module_of, return_inverse=True)
        if depth and len(calls) + len(pairs) > most:
            break
        key = np.full(len(graph), -1)
        key[members] = keys
        inner = np.where(depths[made_in] > depth, table[made_in, min(depth + 1, table.shape[1] - 1)], -1)
        is_own = (owner >= 0) & (depths[owner] == depth)
        numbers = _numbers(graph, owner, key, inner, is_own, is_outermost=not depth)
        _add_calls(calls, modules, call, members, module_of, keys, numbers[members])
    return calls, call


# ── naming them ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_calls(
    calls: list[Call],
    modules: Sequence[ModuleNode],
    call: Indices,
    members: Indices,
    module_of: Indices,
    keys: Indices,
    numbers: Indices,
) -> None:
    """Make a call of each pair of key and number, in the order of their first values, and note it at the values."""
    call[members[numbers < 0]] = -1
    called = numbers >= 0
    members, module_of, keys, numbers = members[called], module_of[called], keys[called], numbers[called]
    _, first, inverse = np.unique(keys * (len(call) + 1) + numbers, return_index=True, return_inverse=True)
    order = np.argsort(first)
    index = np.empty_like(order)
    index[order] = np.arange(len(order)) + len(calls)
    counts = np.zeros(int(keys.max(initial=-1)) + 1, np.intp)
    np.maximum.at(counts, keys, numbers + 1)
    for i in first[order].tolist():
        around = int(call[members[i]])
        module, outer = modules[module_of[i]], calls[around] if around >= 0 else None
        number, count = int(numbers[i]) + 1, int(counts[keys[i]])
        calls.append(
            Call(
                module=int(module_of[i]),
                parent=around if outer else None,
                depth=module.depth,
                number=number,
                count=count,
                path=module.path,
                key=_key(module, outer, number, count),
                plain=" · ".join(filter(None, [module.relative, module.description])),
            )
        )
    call[members] = index[inverse]


def _key(module: ModuleNode, outer: Call | None, number: int, count: int) -> str:
    """A path with the numbers of calls, as in ``call 3.layers[0]``: "" for the one call of the only model."""
    step = f"{module.relative} call {number}".lstrip() if count > 1 else module.relative
    return f"{outer.key}.{step}" if outer is not None and outer.key else step


# ── telling them apart ──────────────────────────────────────────────────────────────────────────────────────────────


def _numbers(
    graph: GraphArrays, owner: Indices, key: Indices, inner: Indices, is_own: npt.NDArray[np.bool_], is_outermost: bool
) -> Indices:
    """The number of the call that made each value, from 0 among the calls with its key; -1 where it is in none.

    Values of one call hang together, or have no parameter in common, as the neurons of a layer have none. What hangs
    together is one call, unless every parameter is used again and again, as a recurrent module uses them.
    inner: the module inside of the key's in which a value was made, or -1. is_own: the parameters that are in none.
    """
    within = (key[graph.tails] >= 0) & (key[graph.tails] == key[graph.heads])
    component = components(len(graph), graph.tails[within], graph.heads[within])
    used, repeated = _used(graph, owner, key, component)
    penalties = _penalties(used) if is_outermost else set()
    order: list[int] = []
    for root in np.unique(component[key >= 0]).tolist():
        parts = [root]
        if root in repeated and root not in penalties:
            members = np.flatnonzero((component == root) & (key >= 0))
            # A module that has no parameters of its own, and only one module inside, leaves the times to that one.
            if is_own[used[root]].any() or len(set(inner[members].tolist()) - {-1}) > 1:
                parts = []
                for values, parameters in _in_time(graph, owner, members.tolist()):
                    component[values] = values[0]
                    used[values[0]] = parameters
                    parts.append(values[0])
        order += parts
    number = np.full(len(graph), -1)
    next_numbers: dict[int, dict[int, int]] = defaultdict(dict)  # of each key, by parameter
    for root, root_key in zip(order, key[order].tolist(), strict=True):
        if root not in penalties:
            numbers = next_numbers[root_key]
            number[root] = latest = max(map(numbers.get, used[root], repeat(0)), default=0)
            numbers.update(dict.fromkeys(used[root], latest + 1))
    return np.where(key >= 0, number[component], -1)


def _used(
    graph: GraphArrays, owner: Indices, key: Indices, component: Indices
) -> tuple[dict[int, list[int]], frozenset[int]]:
    """The parameters each component uses; and the components that use each of theirs more than once."""
    direct = (owner[graph.tails] >= 0) & (key[graph.heads] >= 0)
    pairs, uses = np.unique(component[graph.heads[direct]] * len(graph) + graph.tails[direct], return_counts=True)
    roots, starts = np.unique(pairs // len(graph), return_index=True)
    parameters = (pairs % len(graph)).tolist()
    bounds = zip(roots.tolist(), starts.tolist(), [*starts[1:].tolist(), len(parameters)], strict=False)
    used = defaultdict(list, {root: parameters[start:end] for root, start, end in bounds})
    fewest = np.minimum.reduceat(uses, starts) if len(starts) else uses
    return used, frozenset(roots[fewest > 1].tolist())


def _penalties(parameters: dict[int, list[int]]) -> set[int]:
    """The components made of one parameter that others use beside more: 0.1·w·w is added to a loss, and is no call."""
    together = {parameter for used in parameters.values() if len(used) > 1 for parameter in used}
    return {root for root, used in parameters.items() if len(used) == 1 and used[0] in together}


# ── in time ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def times_of(operands: dict[int, list[int]], parameters: dict[int, list[int]]) -> dict[int, int]:
    """The time of each value, from 0: how often parameters were used again until then.

    operands, parameters: of each value, those among its operands, in the order of the graph.
    """
    times = _times(operands, parameters)
    return {value: times[root] for value, root in _parts(operands, parameters, times).items()}


def _in_time(graph: GraphArrays, owner: Indices, members: list[int]) -> list[tuple[list[int], list[int]]]:
    """(values, parameters) of the parts of what hangs together, each after those it depends on.

    A new time starts where a parameter is used that was used already on the way there. There is one time alone where
    a parameter is not used at each.
    """
    operands, parameters = _inside(graph, owner, members)
    times = _times(operands, parameters)
    last = max(times.values())
    uses = Counter(chain.from_iterable(parameters.values()))
    if not last or min(uses.values()) < max(2, last):  # the last time may leave one out
        return [(members, sorted(uses))]
    part = _parts(operands, parameters, times)
    values: dict[int, list[int]] = defaultdict(list)
    for value in members:
        values[part[value]].append(value)
    order = sorted(values, key=lambda root: (times[root], root))
    return [(values[root], sorted({p for value in values[root] for p in parameters[value]})) for root in order]


def _inside(
    graph: GraphArrays, owner: Indices, members: list[int]
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The operands of each value that are among the members, and those that are parameters."""
    here = set(members)
    all_operands = {value: graph.operands(value) for value in members}
    operands = {value: [x for x in tails if x in here] for value, tails in all_operands.items()}
    parameters = {value: [x for x in tails if owner[x] >= 0] for value, tails in all_operands.items()}
    return operands, parameters


def _times(operands: dict[int, list[int]], parameters: dict[int, list[int]]) -> dict[int, int]:
    """How often, on the way to each value, a parameter came again."""
    times: dict[int, int] = {}
    used: dict[int, int] = {}  # at each value's time, on the way to it: a bit for each parameter
    bits: dict[int, int] = {}
    for value, before in operands.items():
        time = max((times[x] for x in before), default=0)
        used_before = direct = 0
        for operand in before:
            if times[operand] == time:
                used_before |= used[operand]
        for parameter in parameters[value]:
            direct |= bits.setdefault(parameter, 1 << len(bits))
        times[value], used[value] = (time + 1, direct) if direct & used_before else (time, used_before | direct)
    return times


def _parts(operands: dict[int, list[int]], parameters: dict[int, list[int]], times: dict[int, int]) -> dict[int, int]:
    """The part of each value, by its first value; what only prepares an input goes to the time that takes it."""
    index = {value: i for i, value in enumerate(operands)}
    edges = [(tail, head) for head, before in operands.items() for tail in before]
    same = np.array([(index[tail], index[head]) for tail, head in edges if times[tail] == times[head]], np.intp)
    values = list(operands)
    roots = components(len(values), *same.reshape(-1, 2).T).tolist()
    part = {value: values[root] for value, root in zip(values, roots, strict=True)}
    used: dict[int, set[int]] = defaultdict(set)
    for value, root in part.items():
        used[root].update(parameters[value])
    takers: dict[int, list[int]] = defaultdict(list)
    dependent = set()
    for tail, head in edges:
        if part[tail] != part[head]:
            takers[part[tail]].append(part[head])
            dependent.add(part[head])
    moved = {}
    for root, after in takers.items():
        if root not in dependent and not any(used[root] & used[taker] for taker in after):
            moved[root] = min(after, key=lambda taker: (times[taker], taker))
    return {value: moved.get(root, root) for value, root in part.items()}
