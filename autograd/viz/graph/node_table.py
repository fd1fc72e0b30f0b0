"""A table of the values of a graph: the kind of each, its name, the call it was made in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, compress

from autograd.util.language import Language
from autograd.value import Value
from autograd.viz.graph.groups import Groups
from autograd.viz.graph.indexed import IndexedGraph, Indices, part_of
from autograd.viz.graph.labels import printable, printable_path
from autograd.viz.graph.module_calls import Call
from autograd.viz.graph.networks import Networks, PlainInput, find_inputs, find_networks

__all__ = ["CONSTANT", "INPUT", "PARAMETER", "RESULT", "NodeTable", "node_table"]

INPUT, PARAMETER, CONSTANT, RESULT = range(4)


@dataclass(frozen=True, eq=False)
class NodeTable:
    """A row for each value. kinds: INPUT …; call: the innermost call it was made in, or -1.

    labels: given by the user. paths: of parameters. uses: how often each value is an operand in the whole graph, of
    which this may be a part. pinned: values that are never folded into another node. networks, inputs: the modules made
    of layers, and the plain numbers given to them. input_names: of Values given to them that have no label. weights:
    names of weights of attention. operations: a number for each value, the same for the same operation. language: of
    the words in a picture of it.
    """

    graph: IndexedGraph
    calls: list[Call]
    call: Indices
    kinds: Indices
    labels: dict[int, str]
    paths: dict[int, str]
    uses: Indices
    pinned: frozenset[int] = frozenset()
    networks: Networks = field(default_factory=Networks)
    inputs: tuple[PlainInput, ...] = ()
    input_names: dict[int, str] = field(default_factory=dict)
    weights: dict[int, str] = field(default_factory=dict)
    operations: Indices = field(default_factory=list)
    language: Language = "en"

    def part(self, is_inside: Sequence[bool], pinned: Iterable[int]) -> NodeTable:
        """The table of these values alone."""
        index = {value: i for i, value in enumerate(compress(range(len(is_inside)), is_inside))}
        return NodeTable(
            graph=part_of(self.graph, is_inside),
            calls=self.calls,
            call=list(compress(self.call, is_inside)),
            kinds=list(compress(self.kinds, is_inside)),
            labels={index[value]: label for value, label in self.labels.items() if is_inside[value]},
            paths={index[value]: path for value, path in self.paths.items() if is_inside[value]},
            uses=list(compress(self.uses, is_inside)),
            pinned=frozenset(index[value] for value in pinned),
            networks=self.networks,
            inputs=tuple(
                replace(plain, values=tuple(index[value] for value in here))
                for plain in self.inputs
                if (here := [value for value in plain.values if is_inside[value]])
            ),
            input_names={index[value]: name for value, name in self.input_names.items() if is_inside[value]},
            weights={index[value]: name for value, name in self.weights.items() if is_inside[value]},
            operations=list(compress(self.operations, is_inside)),
            language=self.language,
        )

    @cached_property
    def last_of_calls(self) -> Indices:
        """The last value made in each call and in none inside of it, pinned ones apart; -1 where there is none."""
        last = [-1] * (len(self.calls) + 1)
        for value, call in enumerate(self.call):
            if value not in self.pinned:
                last[call] = value
        return last[:-1]

    @cached_property
    def details(self) -> list[int]:
        """The parameters and numbers that are of interest only where they are used: no inputs, none with a label."""
        apart = {value for value in self.labels if self.kinds[value] == CONSTANT}
        apart |= {*chain.from_iterable(plain.values for plain in self.inputs), *self.pinned, *self.graph.roots}
        leaves = (value for value, kind in enumerate(self.kinds) if kind in (PARAMETER, CONSTANT))
        return [value for value in leaves if value not in apart and self.graph.uses[value]]

    @cached_property
    def outermost(self) -> Indices:
        """For each call, the outermost one it is made in; -1, the last, for a value in no call."""
        outermost: Indices = []
        for index, call in enumerate(self.calls):
            outermost.append(index if call.parent is None else outermost[call.parent])
        return [*outermost, -1]

    @cached_property
    def outputs(self) -> dict[int, set[int]]:
        """The values that each outermost call gives to others."""
        outputs: dict[int, set[int]] = defaultdict(set)
        call, outermost = self.call, self.outermost
        for tail, head in zip(self.graph.tails, self.graph.heads, strict=True):
            outer = outermost[call[tail]]
            if outer >= 0 and outer != outermost[call[head]]:
                outputs[outer].add(tail)
        return outputs

    def name(self, value: int) -> str:
        """Its label, the path of a parameter, the name of an input or a weight, or "": as long as it is."""
        return (
            self.labels.get(value)
            or self.paths.get(value)
            or self.input_names.get(value)
            or self.weights.get(value, "").rpartition(".")[2]
        )

    def short_name(self, value: int) -> str:
        """The name as a picture writes it."""
        label = self.labels.get(value)
        return printable(label) if label else printable_path(self.name(value))


def node_table(
    graph: IndexedGraph, groups: Groups, names: Mapping[Value, str] | None = None, language: Language = "en"
) -> NodeTable:
    """The table of a whole graph. names: of Values that have no label."""
    kinds = [RESULT] * len(graph)
    for leaf in graph.leaves():
        kinds[leaf] = CONSTANT if graph.values[leaf].is_constant else INPUT
    for leaf in groups.paths:
        kinds[leaf] = PARAMETER
    networks = find_networks(graph, groups)
    inputs, input_names = find_inputs(graph, groups, networks)
    labels = {index: value.label for index, value in enumerate(graph.values) if hasattr(value, "_label")}
    numbers: dict[str, int] = {}
    operations = [numbers.setdefault(value._op, len(numbers)) for value in graph.values]
    if names:  # a label wins, and so does the path of a parameter
        known = {index: names[value] for index, value in enumerate(graph.values) if value in names}
        labels = {index: name for index, name in known.items() if index not in groups.paths} | labels
    return NodeTable(
        graph=graph,
        calls=groups.calls,
        call=groups.call,
        kinds=kinds,
        labels={index: label for index, label in labels.items() if label},
        paths=groups.paths,
        uses=graph.uses,
        networks=networks,
        inputs=inputs,
        input_names=input_names,
        weights=groups.weights,
        operations=operations,
        language=language,
    )
