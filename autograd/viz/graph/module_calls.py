"""The calls of modules: one model applied to several samples, one cell used at several times."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from autograd.util.catalogue import Catalogue
from autograd.viz.graph.indexed import IndexedGraph, Indices
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
    graph: IndexedGraph, modules: Sequence[ModuleNode], owner: Indices, made_in: Indices, most: int
) -> tuple[list[Call], Indices]:
    """The calls of each module, the outer before the inner; and the innermost call each value was made in.

    Modules are looked into as deep as there are at most about ``most`` calls.
    """
    calls: list[Call] = []
    call = [-1] * len(graph)
    table = ancestors(modules)
    parameters: dict[int, list[int]] = defaultdict(list)
    for edge in graph.edges_of_leaves:
        if owner[graph.tails[edge]] >= 0:
            parameters[graph.heads[edge]].append(graph.tails[edge])
    for depth in range(len(table[0])):
        members = [
            value
            for value, module in enumerate(made_in)
            if module >= 0 and modules[module].depth >= depth and (not depth or call[value] >= 0)
        ]
        known: dict[tuple[int, int], int] = {}
        key = [-1] * len(graph)
        for value in members:
            pair = call[value], table[made_in[value]][depth]
            key[value] = known.setdefault(pair, len(known))
        if depth and len(calls) + len(known) > most:
            break
        numbers = _Level(graph, modules, table, depth, owner, made_in, key, parameters).numbers()
        _add_calls(calls, modules, call, [module for _, module in known], members, key, numbers)
    return calls, call


# ── naming them ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_calls(
    calls: list[Call],
    modules: Sequence[ModuleNode],
    call: Indices,
    module_of: Sequence[int],
    members: Sequence[int],
    key: Indices,
    numbers: Indices,
) -> None:
    """Make a call of each pair of key and number, in the order of their first values, and note it at the values.

    module_of: the module of each key.
    """
    counts = [0] * len(module_of)
    for value in members:
        counts[key[value]] = max(counts[key[value]], numbers[value] + 1)
    known: dict[tuple[int, int], int] = {}
    for value in members:
        pair = key[value], numbers[value]
        if pair not in known and numbers[value] >= 0:
            known[pair] = len(calls)
            module = module_of[key[value]]
            calls.append(_call(calls, modules, module, call[value], numbers[value] + 1, counts[key[value]]))
        call[value] = known.get(pair, -1)


def _call(
    calls: Sequence[Call], modules: Sequence[ModuleNode], index: int, around: int, number: int, count: int
) -> Call:
    """A call of a module inside of another call, or of none."""
    module, outer = modules[index], calls[around] if around >= 0 else None
    return Call(
        module=index,
        parent=around if outer else None,
        depth=module.depth,
        number=number,
        count=count,
        path=module.path,
        key=_key(module, outer, number, count),
        plain=" · ".join(filter(None, [module.relative, module.description])),
    )


def _key(module: ModuleNode, outer: Call | None, number: int, count: int) -> str:
    """A path with the numbers of calls, as in ``call 3.layers[0]``: "" for the one call of the only model."""
    step = f"{module.relative} call {number}".lstrip() if count > 1 else module.relative
    return f"{outer.key}.{step}" if outer is not None and outer.key else step


# ── telling them apart ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Level:
    """The modules at one depth. table: those around each module, by depth.

    key: a number for each value, of the call around and the module at this depth that it was made in; -1 for none.
    parameters: those among the operands of each value.
    """

    graph: IndexedGraph
    modules: Sequence[ModuleNode]
    table: Sequence[Indices]
    depth: int
    owner: Indices
    made_in: Indices
    key: Indices
    parameters: Mapping[int, Sequence[int]]

    def numbers(self) -> Indices:
        """The number of the call that made each value, from 0 among the calls with its key; -1 where it is in none.

        Values of one call hang together, or have no parameter in common, as the neurons of a layer have none. What
        hangs together is one call, unless every parameter is used again and again, as a recurrent module uses them.
        """
        graph, key = self.graph, self.key
        edges = ((graph.tails[edge], graph.heads[edge]) for edge in graph.edges_of_results)
        component = components(len(graph), [(tail, head) for tail, head in edges if -1 < key[tail] == key[head]])
        used = self._used(component)
        penalties = set() if self.depth else _penalties(used)
        number = [-1] * len(graph)
        next_numbers: dict[int, dict[int, int]] = defaultdict(dict)  # of each key, by parameter
        for root in self._parts(component, used, penalties):
            if root not in penalties:
                numbers = next_numbers[key[root]]
                number[root] = latest = max(map(numbers.get, used[root], repeat(0)), default=0)
                numbers.update(dict.fromkeys(used[root], latest + 1))
        return [number[component[value]] if key[value] >= 0 else -1 for value in range(len(graph))]

    def _used(self, component: Indices) -> dict[int, dict[int, int]]:
        """How often each component uses which parameters."""
        used: dict[int, dict[int, int]] = defaultdict(dict)
        for value, parameters in self.parameters.items():
            if self.key[value] >= 0:
                uses = used[component[value]]
                for parameter in parameters:
                    uses[parameter] = uses.get(parameter, 0) + 1
        return used

    def _parts(self, component: Indices, used: dict[int, dict[int, int]], penalties: set[int]) -> list[int]:
        """The first values of all components, after dividing those that are several calls."""
        repeated = {root for root, uses in used.items() if min(uses.values()) > 1} - penalties
        members: dict[int, list[int]] = {}
        for value, root in enumerate(component):
            if self.key[value] >= 0:
                values = members.setdefault(root, [])
                if root in repeated:
                    values.append(value)
        parts: list[int] = []
        for root in sorted(members):
            if root not in repeated or not self._has_times(members[root], used[root]):
                parts.append(root)
                continue
            for values, parameters in _in_time(self.graph, self.owner, members[root]):
                for value in values:
                    component[value] = values[0]
                used[values[0]] = dict.fromkeys(parameters, 1)
                parts.append(values[0])
        return parts

    def _has_times(self, values: Iterable[int], parameters: Iterable[int]) -> bool:
        """Whether it has parameters of its own, or more than one module inside; else it leaves the times to that."""
        if any(self.modules[self.owner[parameter]].depth == self.depth for parameter in parameters):
            return True
        inside = {self.made_in[value] for value in values}
        deeper = {self.table[module][self.depth + 1] for module in inside if self.modules[module].depth > self.depth}
        return len(deeper) > 1


def _penalties(parameters: Mapping[int, Collection[int]]) -> set[int]:
    """The components made of one parameter that others use beside more: 0.1·w·w is added to a loss, and is no call."""
    together = {parameter for used in parameters.values() if len(used) > 1 for parameter in used}
    return {root for root, used in parameters.items() if len(used) == 1 and not together.isdisjoint(used)}


# ── in time ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def times_of(operands: dict[int, list[int]], parameters: dict[int, list[int]]) -> dict[int, int]:
    """The time of each value, from 0: how often parameters were used again until then.

    operands, parameters: of each value, those among its operands, in the order of the graph.
    """
    times = _times(operands, parameters)
    return {value: times[root] for value, root in _parts(operands, parameters, times).items()}


def _in_time(graph: IndexedGraph, owner: Indices, members: list[int]) -> list[tuple[list[int], list[int]]]:
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
    graph: IndexedGraph, owner: Indices, members: list[int]
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
    same = [(index[tail], index[head]) for tail, head in edges if times[tail] == times[head]]
    values = list(operands)
    roots = components(len(values), same)
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
