"""From a graph to its picture within a budget: what is folded, what is drawn as one, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

import numpy as np

from autograd.core.graph import paused_collector
from autograd.value import Value
from autograd.viz.fold.assemble import assemble, nearest
from autograd.viz.fold.partition import WIDEST, Partition, fold_calls, folded_into, size
from autograd.viz.fold.repeats import has_numbered_alike, merge_alike
from autograd.viz.fold.sums import find_starts, find_sums
from autograd.viz.graph.arrays import graph_arrays
from autograd.viz.graph.groups import find_groups
from autograd.viz.graph.labels import families
from autograd.viz.graph.node_table import INPUT, RESULT, NodeTable, node_table
from autograd.viz.graph.selection import Selection, listed, selection_of
from autograd.viz.picture import Node, Picture, separate

__all__ = ["LEGIBLE", "picture", "pictures_inside"]

LEGIBLE = 500
"""No more nodes are proposed to be drawn or played: Graphviz would take minutes, and nobody could read them."""

MOST_CALLS = 5_000
MOST_CALLS_OPENED = 50_000
"""How many calls of modules are told apart, deeper and deeper in: more where the user opens some, and waits."""

MOST_OF_NETWORK = 40
"""Boxes of a picture with a network, unless the user asks for more: each neuron has an edge from all before it."""

MOST_EDGES = 3
"""More edges than these times the nodes there is room for, and modules are folded further: nobody could follow them."""

MOST_COMPARED = 5_000
"""More nodes than these are not compared with each other before they are folded further: it takes two walks."""

MOST_INSIDE = 24
"""Of so many folded nodes a player has what is inside: each takes some 2 ms, and 2 kB of a page."""

SMALL = 12
"""A graph of so few values is shown whole: every operation of it can be followed."""

Ops = Literal["fused", "separate"]


def picture(
    roots: Sequence[Value],
    focus: Value | str | None = None,
    radius: int = 2,
    path: tuple[Value | str, Value | str] | None = None,
    max_nodes: int = 60,
    open: str | Sequence[str] = (),
    ops: Ops = "fused",
    model: object = None,
    names: Mapping[Value, str] | None = None,
) -> Picture:
    """The picture of the graph that drawn these values.

    focus: only what is within ``radius`` edges of this value. path: only what is on a path from one value to another.
    A value is given itself, or by its label, the path of a parameter, or its name in a picture, as "n12".
    max_nodes: how many nodes there is room for. Where there are more, modules are folded, the innermost first; then
    sums; then what is alike is drawn as one; and at last only the nodes nearest to the result are shown.
    open: what is not folded: modules by their path or call, as "layers[0]" or "call 3"; "sums", "repeats", or "all".
    ops: "separate" draws an operation apart from its result. model: whose parameters these are, where it is not found.
    names: of Values that have no label, as their variables have them.
    Raises ValueError for a name that nothing has, a value that is not in the graph, and where there is no such path.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> [(node.name, node.label or node.operation) for node in picture([a * b]).nodes]
    [('n0', 'a'), ('n1', 'b'), ('n2', '*')]
    """
    if ops not in ("fused", "separate"):
        raise ValueError(f"ops= is 'fused' or 'separate', not {ops!r}")
    opened = (open,) if isinstance(open, str) else tuple(open)
    with paused_collector():
        graph = graph_arrays(roots)
        models = families([graph.values[leaf] for leaf in graph.leaves()], model)
        groups = find_groups(graph, models, MOST_CALLS_OPENED if opened else MOST_CALLS)
        selection = selection_of(node_table(graph, groups, names), focus, radius, path)
        drawn = _within_budget(selection, opened, max_nodes)
    return separate(drawn) if ops == "separate" else drawn


def pictures_inside(
    root: Value, shown: Picture, max_nodes: int, model: object = None, names: Mapping[Value, str] | None = None
) -> dict[str, Picture]:
    """Pictures of what is inside of the folded nodes of a picture, by their names, and of what they use around it.

    Of many nodes those nearest to the result alone. Of more values than there is room for, some are folded in turn.
    """
    boxes = [node for node in reversed(shown.nodes) if node.parts and node.kind in ("group", "result")][:MOST_INSIDE]
    if not boxes:
        return {}
    with paused_collector():
        graph = graph_arrays([root])
        models = families([graph.values[leaf] for leaf in graph.leaves()], model)
        table = node_table(graph, find_groups(graph, models), names)
        inside = {node.name: _inside(table, node, max_nodes) for node in boxes}
    return {name: drawn for name, drawn in inside.items() if drawn is not None}


def _inside(table: NodeTable, node: Node, most: int) -> Picture | None:
    """What is inside of a folded node, of the first of several calls; None where that is not less folded."""
    graph, members = table.graph, [int(part[1:]) for part in node.parts]
    if node.calls > 1 and node.kind == "group":
        members = [value for value in members if _is_in_first_call(table, value)] or members
    is_inside = np.zeros(len(graph), np.bool_)
    is_inside[members] = True
    around = np.unique(graph.tails[is_inside[graph.heads]])
    beside = [value for value in around.tolist() if not is_inside[value] and table.kinds[value] in (INPUT, RESULT)]
    is_inside[around] = True
    part = table.part(is_inside, beside)
    if len(part.graph) <= most:
        drawn = assemble(part, Partition(np.arange(len(part.graph)), {}), range(len(part.graph)))
        return replace(drawn, left_out=0)
    drawn = _within_budget(Selection(part, part.graph.roots, "", ""), [node.opens] if node.opens else [], most)
    is_less = all(len(other.parts) < len(members) for other in drawn.nodes)
    return replace(drawn, left_out=0, notes=()) if is_less else None


def _is_in_first_call(table: NodeTable, value: int) -> bool:
    """Whether it was made in the first call of its module, and of those around it."""
    call: int | None = int(table.call[value])
    while call is not None and call >= 0:
        if table.calls[call].number > 1:
            return False
        call = table.calls[call].parent
    return True


def _within_budget(selection: Selection, names: Sequence[str], most: int) -> Picture:
    """The picture of a selection, with no more nodes than there is room for."""
    table = selection.table
    partition = _chosen(table, names, most)
    nodes = partition.nodes()
    is_cut = len(nodes) > most
    if is_cut:
        line = list(dict.fromkeys(int(partition.node[value]) for value in selection.path))
        starts = dict.fromkeys(int(partition.node[start]) for start in selection.starts)
        is_line = 0 < len(line) <= most
        nodes = line if is_line else nearest(table, partition, starts, most, both_ways=selection.ends != "operands")
    drawn = assemble(table, partition, nodes, selection.ends)
    notes = [
        *selection.notes,
        *_folded(table, partition),
        *([_left_out(selection, partition, nodes, is_line)] if is_cut else []),
    ]
    if not drawn.is_whole_count:
        notes.append(f"of the graph, the {drawn.total} values nearest to the result were looked at: there are more")
    label = table.labels.get(table.graph.roots[0], "") if len(table.graph.roots) == 1 else ""
    name = label if label.isidentifier() else "…"
    return replace(drawn, notes=tuple(note.replace("draw(…", f"draw({name}") for note in notes))


# ── what is folded ──────────────────────────────────────────────────────────────────────────────────────────────────


def _chosen(table: NodeTable, names: Sequence[str], most: int) -> Partition:
    """The partition that folds least of those that have room; where none has, the one that folds most."""
    opened, apart = _opened(table, names)
    whole = Partition(np.arange(len(table.graph)), {})
    if "all" in names:
        return whole
    closed = _closed(table) - opened
    if len(table.graph) <= min(SMALL if closed else most, most):
        return fold_calls(table, 1 + max((call.depth for call in table.calls), default=0), opened, find_starts(table))
    room = min(most, max(MOST_OF_NETWORK, most - 20)) if table.networks.calls else most
    partition = whole
    for depth, partition in _candidates(table, opened, apart, closed, names, room):
        nodes, pairs = size(table, partition)
        if nodes <= room and (not depth or pairs <= MOST_EDGES * most):
            break
    return partition


def _closed(table: NodeTable) -> frozenset[int]:
    """The calls that are folded unless the user opens them: neurons, and layers too wide for a column of them."""
    closed: set[int] = set()
    for number in chain(*table.networks.calls.values()):
        layer = table.networks.layers[number]
        closed.update(layer.neurons)
        if len(layer.neurons) > WIDEST and layer.call is not None:
            closed.add(layer.call)
    return frozenset(closed)


def _opened(table: NodeTable, names: Sequence[str]) -> tuple[frozenset[int], frozenset[int]]:
    """The calls that stay open; and those that are named by number, which are told from others like them.

    What a call stands in is open with it. So is what a value of the user's choice stands in.
    """
    calls = table.calls
    known = dict.fromkeys(
        ["all", "sums", "repeats", *(name for call in calls for name in (call.path, call.key) if name)]
    )
    for name in names:
        if name not in known:
            raise ValueError(f"open=: nothing is called {name!r}; {listed(name, known)}")
    wanted = [index for index, call in enumerate(calls) if call.path in names or call.key in names]
    opened: set[int] = set()
    for index in [*wanted, *(int(table.call[value]) for value in table.pinned)]:
        outer: int | None = index if index >= 0 else None
        while outer is not None and outer not in opened:
            opened.add(outer)
            outer = calls[outer].parent
    return frozenset(opened), frozenset(index for index in wanted if calls[index].path not in names)


def _candidates(
    table: NodeTable,
    opened: frozenset[int],
    apart: frozenset[int],
    closed: frozenset[int],
    names: Sequence[str],
    most: int,
) -> Iterator[tuple[int, Partition]]:
    """(depth, partition), from the one that folds least to the one that folds most.

    Calls at a depth of modules are folded, for each depth; then sums too; then what is alike is drawn as one, first
    where it has the same parameters, as calls of one model have. Where a module is called more than once, its calls are
    drawn as one before anything else.
    """
    depths = range(max((call.depth for call in table.calls), default=-1) + 1, -1, -1)
    least = {depth: _least(table, depth, opened, closed) for depth in depths}
    sums = find_starts(table) if "sums" in names else find_sums(table)
    is_called_again = "repeats" not in names and any(call.count > 1 for call in table.calls)
    for depth in depths if not is_called_again else ():
        if least[depth] <= most:
            yield depth, fold_calls(table, depth, opened, find_starts(table), closed)
    saved = sum(len(total.values) - 1 for total in sums)
    for depth in depths if sums and not is_called_again else ():
        if least[depth] - saved <= most:
            yield depth, fold_calls(table, depth, opened, sums, closed)
    if "repeats" in names:
        yield 0, fold_calls(table, 0, opened, sums, closed)
        return
    folded = {
        depth: fold_calls(table, depth, opened, sums, closed)
        for depth in depths
        if not depth or least[depth] <= MOST_COMPARED
    }
    for depth, partition in folded.items():
        if is_called_again:
            yield depth, merge_alike(table, partition, "calls", apart)
        partition = merge_alike(table, partition, "indices", apart)
        yield depth, partition
    if len(partition.nodes()) <= MOST_COMPARED and has_numbered_alike(table):
        for depth, partition in folded.items():
            yield depth, merge_alike(table, partition, "numbers", apart)


def _least(table: NodeTable, depth: int, opened: frozenset[int], closed: frozenset[int]) -> int:
    """A number of nodes there are at least when calls at this depth are folded: results outside of them, and them."""
    inside = Counter(table.call[table.kinds == RESULT].tolist())
    into = [*folded_into(table, depth, opened, closed), -1]  # a value in no call has -1, the last
    return sum(count for call, count in inside.items() if into[call] < 0) + len({*into} - {-1})


# ── what is said of it ──────────────────────────────────────────────────────────────────────────────────────────────


def _folded(table: NodeTable, partition: Partition) -> list[str]:
    """A note on each kind of thing that is folded, with the argument that opens it."""
    notes = []
    calls = [table.calls[fold.call] for fold in partition.folds.values() if fold.call >= 0]
    paths = list(dict.fromkeys(call.path for call in sorted(calls, key=lambda call: (call.depth, call.path))))
    if paths:
        some = ", ".join(paths) if len(paths) < 4 else f"{paths[0]} and {len(paths) - 1} more"
        notes.append(f'{some} {"is" if len(paths) == 1 else "are"} folded: draw(…, open="{paths[0]}")')
    if any(" " in fold.title for fold in partition.folds.values()):
        notes.append('a sum of many terms is one node: draw(…, open="sums")')
    if partition.copies:
        numbered = next((call.key for call in table.calls if call.count > 1), None)
        hint = f', or one of them: open="{numbered}"' if numbered else ""
        notes.append(f'what is alike is drawn once, with × its number: draw(…, open="repeats"){hint}')
    divided = dict.fromkeys(table.calls[fold.call].path for fold in partition.folds.values() if fold.parts > 1)
    notes += [f"{path} is in several parts, because what it feeds comes back into it" for path in divided]
    return notes


def _left_out(selection: Selection, partition: Partition, shown: Sequence[int], is_line: bool) -> str:
    """A note on the nodes there was no room for. is_line: whether one path is shown, and not what is near."""
    graph = selection.table.graph
    total, count = (f"{len(graph)}" if graph.is_whole else f"more than {len(graph)}"), len(partition.nodes())
    what = "nodes" if partition.folds or partition.copies else "values"
    of = f"{total} values" if what == "nodes" else total
    more = f"max_nodes={count}" if graph.is_whole and count <= LEGIBLE else "focus=v), or draw(…, path=(v, result)"
    which = f"one path, {len(shown)} {what}" if is_line else f"the {len(shown)} {what} nearest to {selection.near}"
    return f"{which}, of {of}: draw(…, {more})"
