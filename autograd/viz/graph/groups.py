"""The groups of a picture: the calls of the modules that made a graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autograd.value import Value
from autograd.viz.graph.attribution import attribute_nodes
from autograd.viz.graph.indexed import IndexedGraph, Indices
from autograd.viz.graph.labels import Family
from autograd.viz.graph.module_calls import Call, find_calls
from autograd.viz.graph.modules import ModuleNode, add_modules, enclosing

__all__ = ["Groups", "find_groups"]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The calls, the outer before the inner; of each value, the innermost call it was made in, or -1.

    owner: the module of each value that is a parameter, or -1. paths: what a parameter is called. weights: what a
    weight of attention is called.
    """

    calls: list[Call]
    call: Indices
    owner: Indices
    paths: dict[int, str]
    weights: dict[int, str] = field(default_factory=dict)


def find_groups(graph: IndexedGraph, families: Sequence[Family], most_calls: int = 5_000) -> Groups:
    """The calls of the modules of these families.

    A value made from parameters belongs to the deepest module that has them all; one that is made from a module's
    output by a function the module names, to that module; one that leads from modules to modules, to the module
    around them. What only leads out of a model, as a loss does, belongs to none.

    >>> import nn
    >>> from autograd.viz.graph.labels import families
    >>> from autograd.viz.graph.indexed import indexed_graph
    >>> model = nn.MLP(1, [1])
    >>> graph = indexed_graph([model(x) for x in (1.0, 2.0)])
    >>> [call.key for call in find_groups(graph, families(graph.values)).calls][:3]
    ['call 1', 'call 2', 'call 1.layers[0]']
    """
    owner = [-1] * len(graph)
    paths: dict[int, str] = {}
    modules: list[ModuleNode] = []
    parameters: dict[Value, tuple[str, int]] = {}
    for family in families:
        indices = add_modules(modules, family)
        for value, path in family.parameters.items():
            parameters[value] = f"{family.prefix}{path}", indices[enclosing(path, indices)]
    for leaf in graph.leaves() if parameters else ():
        known = parameters.get(graph.values[leaf])
        if known is not None:
            paths[leaf], owner[leaf] = known
    if not paths:
        return Groups([], [-1] * len(graph), owner, paths)
    made_in = attribute_nodes(graph, modules, owner)
    return Groups(*find_calls(graph, modules, owner, made_in, most_calls), owner, paths)
