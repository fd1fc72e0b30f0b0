"""Networks: modules made of layers, whose neurons are calls beside each other; and the plain numbers that go into them.

A layer is known by the calls that made the graph, not by its class: modules without modules inside, of one output each,
with nothing between them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograd.viz.graph.groups import Groups
from autograd.viz.graph.indexed import IndexedGraph
from autograd.viz.graph.module_calls import Call

__all__ = ["Layer", "Networks", "PlainInput", "find_inputs", "find_networks", "natural_order"]

WITHOUT_INDEX = re.compile(r"\[\d+\]$")
INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Layer:
    """Calls that stand beside each other: the neurons, in the order of their indices. call: the call around them."""

    neurons: tuple[int, ...]
    call: int | None


@dataclass(frozen=True, slots=True)
class Networks:
    """The layers of a graph, and the outermost calls that consist of layers, each with the numbers of its layers.

    layer_of: the layer each neuron stands in.
    """

    layers: tuple[Layer, ...] = ()
    calls: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    layer_of: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlainInput:
    """A plain number that a module was called with: a constant for each neuron that takes it."""

    values: tuple[int, ...]
    call: int
    position: int
    label: str


def natural_order(path: str) -> tuple[tuple[int, str], ...]:
    """A key by which neurons[10] stands behind neurons[9].

    >>> sorted(["w[10]", "w[9]"], key=natural_order)
    ['w[9]', 'w[10]']
    """
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path))


# ── layers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_networks(graph: IndexedGraph, groups: Groups) -> Networks:
    """The layers, and the calls that consist of them.

    >>> import nn
    >>> from autograd.viz.graph.indexed import indexed_graph
    >>> from autograd.viz.graph.groups import find_groups
    >>> from autograd.viz.graph.labels import families
    >>> model = nn.MLP(2, [3, 1])
    >>> graph = indexed_graph([model([1.0, 2.0])])
    >>> networks = find_networks(graph, find_groups(graph, families(graph.values)))
    >>> [len(layer.neurons) for layer in networks.layers], networks.calls
    ([3, 1], {0: (0, 1)})
    """
    calls = groups.calls
    of_modules = {index for index, call in enumerate(calls) if call.module >= 0}
    if not of_modules:
        return Networks()
    leaves = of_modules - {calls[index].parent for index in of_modules}
    neurons = leaves & _with_one_output(graph, groups)
    beside: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    for index in neurons:
        call = calls[index]
        beside[call.parent, WITHOUT_INDEX.sub("[*]", call.path) if call.parent is not None else call.key].append(index)
    key_of = [-1] * len(calls)
    for number, siblings in enumerate(beside.values()):
        for index in siblings:
            key_of[index] = number
    called = ((groups.call[graph.tails[edge]], groups.call[graph.heads[edge]]) for edge in graph.edges_of_results)
    in_a_row = {key_of[head] for tail, head in called if -1 < tail != head > -1 and key_of[tail] == key_of[head]}
    layers: list[Layer] = []
    for number, siblings in enumerate(beside.values()):
        siblings = sorted(siblings, key=lambda index: natural_order(calls[index].path))
        rows = [[index] for index in siblings] if number in in_a_row else [siblings]
        layers += [Layer(tuple(row), calls[row[0]].parent) for row in rows]
    layer_of = {neuron: number for number, layer in enumerate(layers) for neuron in layer.neurons}
    in_heads = {groups.call[weight] for weight in groups.weights}
    return Networks(tuple(layers), _made_of_layers(calls, leaves | in_heads, layer_of), layer_of)


def _with_one_output(graph: IndexedGraph, groups: Groups) -> set[int]:
    """The calls of which one value is used outside, or is a root."""
    call = groups.call
    outputs = {tail for tail, head in zip(graph.tails, graph.heads, strict=True) if call[tail] != call[head]}
    counts = Counter(call[output] for output in outputs.union(graph.roots))
    return {index for index, count in counts.items() if count == 1 and index >= 0}


def _made_of_layers(calls: Sequence[Call], leaves: set[int], layer_of: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    """The outermost calls with more than one neuron of which every innermost call is a neuron; and their layers.

    leaves: the innermost calls of modules, and those of attention, which is no layer.
    """
    layers: dict[int, set[int]] = defaultdict(set)
    others: set[int] = set()
    for leaf in leaves:
        outer = calls[leaf].parent
        while outer is not None:
            if leaf in layer_of:
                layers[outer].add(layer_of[leaf])
            else:
                others.add(outer)
            outer = calls[outer].parent
    whole = layers.keys() - others
    return {index: tuple(sorted(layers[index])) for index in sorted(whole) if calls[index].parent not in whole}


# ── plain inputs ────────────────────────────────────────────────────────────────────────────────────────────────────


def find_inputs(
    graph: IndexedGraph, groups: Groups, networks: Networks
) -> tuple[tuple[PlainInput, ...], dict[int, str]]:
    """The numbers that parameters of modules are multiplied with, and the names of Values without a label that are.

    The numbers that the neurons of one layer have at the same position are one input: they were given one list. The
    pixels of a filter's window have no such positions: Values among them are called x.

    >>> import autograd, nn
    >>> from autograd.viz.graph.indexed import indexed_graph
    >>> from autograd.viz.graph.groups import find_groups
    >>> from autograd.viz.graph.labels import families
    >>> model = nn.Layer(2, 3)
    >>> graph = indexed_graph(model([1.5, autograd.Value(2.5)]))
    >>> groups = find_groups(graph, families(graph.values))
    >>> inputs, names = find_inputs(graph, groups, find_networks(graph, groups))
    >>> [(x.label, len(x.values)) for x in inputs], list(names.values())
    ([('x[0]', 3)], ['x[1]'])
    """
    if not graph.is_whole or not groups.paths:  # else operands are missing, or there are no parameters
        return (), {}
    together: dict[tuple[int, int], list[int]] = defaultdict(list)
    most = defaultdict[int, int](int)
    factors_of_parameters, filters = _factors(graph, groups, networks)
    for call, position, factor in factors_of_parameters:
        most[call] = max(most[call], position)
        value = graph.values[factor]
        if value._parent is None and factor not in groups.paths and not value.label:
            together[call, position].append(factor)
    inputs: list[PlainInput] = []
    names: dict[int, str] = {}
    for (call, position), factors in sorted(together.items()):
        label = f"x[{position}]" if most[call] and call not in filters else "x"
        constants = [factor for factor in factors if graph.values[factor].is_constant]
        names |= {factor: label for factor in factors if not graph.values[factor].is_constant}
        if len({repr(graph.values[constant].data) for constant in constants}) == 1 and call not in filters:
            inputs.append(PlainInput(tuple(sorted(constants)), call, position, label))
    return tuple(inputs), names


def _factors(graph: IndexedGraph, groups: Groups, networks: Networks) -> tuple[list[tuple[int, int, int]], set[int]]:
    """What the parameters of modules are multiplied with: the call, around neurons the layer's; the position; a value.

    It is the other factor of a product, or stands at the same position in the other sequence of a dot product. Of a dot
    product with several matrices, as in a recurrence, it is that of the first: the others are for the state.

    Second, the calls of filters: in their dot products several weights of one family have the same last index.
    """
    edges = [
        edge
        for edge, (tail, head) in enumerate(zip(graph.tails, graph.heads, strict=True))
        if groups.owner[tail] >= 0 and groups.call[head] >= 0 and graph.values[head]._rule.name in ("mul", "dot")
    ]
    positions = _positions(groups, {graph.tails[edge] for edge in edges})
    around: dict[int, int] = {}
    for neuron, number in networks.layer_of.items():
        layer = networks.layers[number].call
        around[neuron] = neuron if layer is None else layer
    families = {parameter: INDEX.sub("[*]", groups.paths[parameter]) for parameter in positions}
    of_parameters: list[tuple[int, int, int]] = []
    filters: set[int] = set()
    matrix_of: dict[int, str] = {}
    used: set[tuple[int, int]] = set()
    for edge in edges:
        head, parameter = graph.heads[edge], graph.tails[edge]
        start, end = graph.starts[head], graph.starts[head + 1]
        factor = graph.tails[start + (edge - start + (end - start) // 2) % (end - start)]
        call, position, family = groups.call[head], positions[parameter], families[parameter]
        call = around.get(call, call)
        if family.endswith("]") and matrix_of.setdefault(head, family) != family:
            continue
        if (head, position) in used:
            filters.add(call)
        used.add((head, position))
        of_parameters.append((call, position, factor))
    return of_parameters, filters


def _positions(groups: Groups, parameters: set[int]) -> dict[int, int]:
    """The index a parameter's path ends with; where it ends with none, its number among those of its module."""
    positions: dict[int, int] = {}
    unnumbered: dict[int, list[int]] = defaultdict(list)
    for parameter in parameters:
        index = re.search(r"(\d+)\]$", groups.paths[parameter])
        if index:
            positions[parameter] = int(index[1])
        else:
            unnumbered[groups.owner[parameter]].append(parameter)
    for alike in unnumbered.values():
        alike.sort(key=lambda parameter: natural_order(groups.paths[parameter]))
        positions |= {parameter: number for number, parameter in enumerate(alike)}
    return positions
