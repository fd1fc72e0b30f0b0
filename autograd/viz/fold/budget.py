"""From a graph to its picture within a budget: what is folded, what is drawn as one, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Literal, ParamSpec

from autograd.core.graph import paused_collector
from autograd.util.language import Language
from autograd.value import Value
from autograd.viz.fold.assemble import assemble, nearest
from autograd.viz.fold.choice import FITS, SMALL, Chosen, chosen
from autograd.viz.fold.partition import Partition
from autograd.viz.graph.functions import find_functions
from autograd.viz.graph.groups import find_groups
from autograd.viz.graph.heads import find_heads
from autograd.viz.graph.indexed import indexed_graph
from autograd.viz.graph.labels import families
from autograd.viz.graph.node_table import NodeTable, node_table
from autograd.viz.graph.selection import Selection, selection_of
from autograd.viz.picture import Picture, separate
from autograd.viz.web.words import picture_words
from autograd.viz.write.room import PAGE, SHORT, overhang

__all__ = ["LEGIBLE", "USUAL", "picture", "pictures", "table_of", "within_budget"]

LEGIBLE = 500
"""No more nodes are proposed to be drawn or played: Graphviz would take minutes, and nobody could read them."""

USUAL = 60
"""So many nodes there is room for by default. Who asks for more gets a picture that may be wider than a page."""

MOST_CALLS = 5_000
MOST_CALLS_OPENED = 50_000
"""How many calls of modules are told apart, deeper and deeper in: more where the user opens some, and waits."""

Ops = Literal["fused", "separate"]


def pictures(
    roots: Sequence[Value],
    focus: Value | str | None = None,
    radius: int = 2,
    path: tuple[Value | str, Value | str] | None = None,
    max_nodes: int = 60,
    open: str | Sequence[str] = (),
    ops: Ops = "fused",
    model: object = None,
    names: Mapping[Value, str] | None = None,
    widest: float = PAGE,
    language: Language = "en",
) -> Callable[..., Picture]:
    """Look at the graph of these values once, and return what makes its picture: with the names it is given open, too.

    focus: only what is within ``radius`` edges of this value. path: only what is on a path from one value to another.
    A value is given itself, or by its label, the path of a parameter, or its name in a picture, as "n12".
    max_nodes: how many nodes there is room for. Neurons and known functions are one node each, and several calls of a
    module are drawn once; where there are still more, modules are folded, the innermost first; then sums and steps of a
    chain; then what is alike is drawn as one; and at last only the nodes nearest to the result are shown. Of more than
    12 values as much is folded as makes the picture no wider than a page, unless there is room for more than 60 nodes.
    open: what is not folded: modules by their path or call, as "layers[0]" or "call 3"; "sums", "repeats",
    "expressions", or "all".
    ops: "separate" draws an operation apart from its result. model: whose parameters these are, where it is not found.
    names: of Values that have no label, as their variables have them. widest: how wide a page is, in pixels. language:
    of notes and titles.
    Raises ValueError for a name that nothing has, a value that is not in the graph, and where there is no such path.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> [(node.name, node.label or node.operation) for node in pictures([a * b])().nodes]
    [('n0', 'a'), ('n1', 'b'), ('n2', '*')]
    """
    if ops not in ("fused", "separate"):
        raise ValueError(f"ops= is 'fused' or 'separate', not {ops!r}")
    opened = (open,) if isinstance(open, str) else tuple(open)
    with paused_collector():
        selection = selection_of(table_of(roots, bool(opened), model, names, language), focus, radius, path)

    first: list[Chosen] = []

    def drawn(*more: str) -> Picture:
        with paused_collector():
            if opened and not first and len(selection.table.graph) > SHORT:  # what is not opened is as it is in that
                first.append(within_budget(selection, [], max_nodes, widest)[1])
            fused, choice = within_budget(selection, [*opened, *more], max_nodes, widest, *first)
        if not first:
            first.append(choice)
        return separate(fused) if ops == "separate" else fused

    return drawn


_P = ParamSpec("_P")


def _at_once(look: Callable[_P, Callable[..., Picture]]) -> Callable[_P, Picture]:
    def look_and_draw(*args: _P.args, **options: _P.kwargs) -> Picture:
        return look(*args, **options)()

    return look_and_draw


picture = _at_once(pictures)
"""The picture of the graph of these values, for the arguments of `pictures`."""


def table_of(
    roots: Sequence[Value],
    is_opened: bool,
    model: object = None,
    names: Mapping[Value, str] | None = None,
    language: Language = "en",
) -> NodeTable:
    """The table of the graph of these values. is_opened: whether the user opens something of it, and waits."""
    graph = indexed_graph(roots)
    models = families([graph.values[leaf] for leaf in graph.leaves()], model)
    groups = find_groups(graph, models, MOST_CALLS_OPENED if is_opened else MOST_CALLS)
    if len(graph) > SMALL:
        groups = find_heads(graph, find_functions(graph, groups))
    return node_table(graph, groups, names, language)


def within_budget(
    selection: Selection, names: Sequence[str], most: int, widest: float = PAGE, before: Chosen | None = None
) -> tuple[Picture, Chosen]:
    """The picture of a selection, with no more nodes than there is room for, and of all of a graph no wider.

    before: what was chosen for the picture in which less is open.
    """
    table = selection.table

    @cache
    def of_all(partition: Partition) -> Picture:
        return assemble(table, partition, partition.nodes, selection.ends)

    is_fitted = selection.ends == "operands" and most <= USUAL
    width = (lambda partition: overhang(of_all(partition), widest)) if is_fitted else (lambda partition: FITS)
    choice = chosen(table, names, most, width, before)
    partition = choice.partition
    nodes = partition.nodes
    is_cut = len(nodes) > most
    if is_cut:
        line = list(dict.fromkeys(partition.node[value] for value in selection.path))
        starts = dict.fromkeys(partition.node[start] for start in selection.starts)
        is_line = 0 < len(line) <= most
        nodes = line if is_line else nearest(partition, starts, most, both_ways=selection.ends != "operands")
    drawn = assemble(table, partition, nodes, selection.ends) if is_cut else of_all(partition)
    notes = [
        *selection.notes,
        *_folded(selection, partition),
        *([_left_out(selection, partition, nodes, is_line)] if is_cut else []),
    ]
    if not drawn.is_whole_count:
        notes.append(picture_words(table.language).say("walked", drawn.total))
    label = table.labels.get(table.graph.roots[0], "") if len(table.graph.roots) == 1 else ""
    name = label if label.isidentifier() else "…"
    return replace(
        drawn,
        notes=tuple(note.replace("draw(…", f"draw({name}") for note in notes),
        about=selection.near if selection.arguments else "",
    ), choice


# ── what is said of it ──────────────────────────────────────────────────────────────────────────────────────────────


FOLDED = ("expressions", "sums", "repeats")
"""What is folded besides modules and functions: the names that open it."""


def _folded(selection: Selection, partition: Partition) -> list[str]:
    """A note on what is folded, with the names that open it; and one on what had to be divided."""
    table, words = selection.table, picture_words(selection.table.language)
    calls = [table.calls[fold.call] for fold in partition.folds.values() if fold.call >= 0]
    paths = list(
        dict.fromkeys(call.path for call in sorted(calls, key=lambda call: (call.module < 0, call.depth, call.path)))
    )
    opens = {fold.opens for fold in partition.folds.values()} | ({"repeats"} if partition.copies else set())
    kinds = [name for name in FOLDED if name in opens]
    numbered = [call.key for call in table.calls if call.count > 1][:1] if partition.copies else []
    count = len(paths)
    some = paths if count < 4 else [words.say("and_more", paths[0], count - 1, count)]
    first, *others = [f'"{name}"' for name in (*paths[:1], *kinds, *numbered)] or [""]
    what = words["list"].join([*some, *(words[f"folded_{name}"] for name in kinds)])
    call = f"draw(…, {selection.arguments}open={first})"
    call = words.say("left_or", call, words["list"].join(others)) if others else call
    notes = [words.say("folded", what, call)] if what else []
    divided = dict.fromkeys(table.calls[fold.call].path for fold in partition.folds.values() if fold.parts > 1)
    return [*notes, *([words.say("divided", words["list"].join(divided))] if divided else [])]


def _left_out(selection: Selection, partition: Partition, shown: Sequence[int], is_line: bool) -> str:
    """A note on the nodes there was no room for. is_line: whether one path is shown, and not what is near."""
    graph, words, count = selection.table.graph, picture_words(selection.table.language), len(partition.nodes)
    total = f"{len(graph)}" if graph.is_whole else words.say("more_than", len(graph))
    key = f"left_{'line' if is_line else 'near'}_{'nodes' if partition.folds or partition.copies else 'values'}"
    call = f"draw(…, {selection.arguments}max_nodes={count})"
    if not graph.is_whole or count > LEGIBLE:
        call = words.say("left_or", "draw(…, focus=v)", "draw(…, path=(v, result))")
    return words.say(key, len(shown), selection.near, total, call)
