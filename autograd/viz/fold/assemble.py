"""A partition of the values, and which of its nodes are shown, as a Picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import itemgetter

from autograd.core.graph import topological
from autograd.value import number_of
from autograd.viz.fold.boxes import Boxes
from autograd.viz.fold.edges import Edges
from autograd.viz.fold.expressions import Names
from autograd.viz.fold.finite import first_not_finite
from autograd.viz.fold.partition import Partition
from autograd.viz.fold.view import View, in_common, largest, unanimous
from autograd.viz.graph.labels import printable
from autograd.viz.graph.node_table import CONSTANT, INPUT, PARAMETER, RESULT, NodeTable
from autograd.viz.graph.search import breadth_first
from autograd.viz.picture import Edge, Kind, Node, Picture
from autograd.viz.web.words import picture_words

__all__ = ["assemble", "nearest"]

KINDS: dict[int, Kind] = {INPUT: "input", PARAMETER: "parameter", CONSTANT: "constant", RESULT: "result"}


def nearest(partition: Partition, starts: Iterable[int], most: int, both_ways: bool) -> list[int]:
    """At most so many nodes, nearest to where it starts, breadth first: by operands, or by operands and users."""
    beside: dict[int, list[int]] = defaultdict(list)
    node, graph = partition.node, partition.graph
    pairs = sorted([(node[graph.tails[edge]], node[graph.heads[edge]]) for edge in partition.links], key=itemgetter(1))
    for tail, head in pairs:
        beside[head].append(tail)
    for tail, head in pairs if both_ways else ():
        beside[tail].append(head)
    return breadth_first(starts, lambda node: beside.get(node, ()), most)


def assemble(table: NodeTable, partition: Partition, shown: Iterable[int], ends: str = "") -> Picture:
    """The picture of the nodes that are shown.

    ends: what is said of neighbours that are not: of "operands", of "operands and users", or nothing.
    """
    return _Assembly(table, partition, set(shown), ends).picture()


class _Assembly:
    """The nodes of one picture, with what the picture leaves out."""

    def __init__(self, table: NodeTable, partition: Partition, shown: set[int], ends: str) -> None:
        self.table, self.graph, self.partition, self.ends = table, table.graph, partition, ends
        self.view = View(table, partition, shown)
        self.boxes, self.edges = Boxes(self.view), Edges(self.view)
        self.names = Names(table, partition)
        self.not_finite = first_not_finite(table.graph)

    def picture(self) -> Picture:
        """All of it."""
        view = self.view
        roots = [view.node[root] for root in self.graph.roots if view.node[root] in view.shown]
        ends = [node for node in view.operands if node not in view.users]
        nodes: list[Node] = []
        edges: list[Edge] = []
        hidden: set[int] = set()
        for node in topological(*roots, *ends, parents=view.operands.__getitem__):
            new = set(view.hidden[node]) - hidden
            hidden |= new
            self._add_unseen_operands(node, nodes, edges)
            nodes.append(self._node(node, numbers=[self.table.kinds[leaf] for leaf in new].count(CONSTANT)))
            edges += self.edges.into(node)
            self._add_unseen_users(node, nodes, edges)
        return Picture(
            nodes=tuple(nodes),
            edges=tuple(edges),
            groups=self.boxes.groups(nodes, edges),
            total=self.graph.total,
            is_whole_count=self.graph.is_whole,
            left_out=self.graph.total - sum(map(len, view.members.values())) - len(hidden),
            language=self.table.language,
        )

    # ── nodes ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _node(self, node: int, numbers: int) -> Node:
        view, first, fold = self.view, self.partition.first(node), self.partition.fold(node)
        copies, members, outputs = view.copies(node), view.members[node], view.outputs(node)
        is_known = view.is_input(node) or len(outputs) == len(copies)
        values = [self.graph.values[output] for output in outputs] if is_known else []
        label = self._label(copies)
        operation = printable(self.graph.values[first]._op) if fold is None else self._title(copies)
        if view.is_function(node) and is_known and (named := in_common(list(map(self.table.short_name, outputs)))):
            label, operation = named, label  # a result that the user has named, as a loss mostly is
        is_root = any(view.node[root] == node for root in self.graph.roots)
        is_module = view.is_call(node) and not view.is_function(node)
        return Node(
            name=view.name(node),
            kind=self._kind(node),
            label=label,
            operation=operation,
            data=unanimous([value.data for value in values]),
            grad=unanimous([number_of(value._grad) if value.has_grad else None for value in values]),
            is_root=is_root,
            group=self.boxes.name(node),
            values=len(members) + numbers,
            parameters=len(self._parameters(node)) if fold else 0,
            largest_grad=largest([self.graph.values[value]._grad for value in (*members, *self._own(node))]),
            repeats=len(copies),
            parts=() if view.is_one_value(node) else tuple(f"n{self.graph.numbers[value]}" for value in members),
            opens=self._opens(node),
            first_not_finite=self.not_finite in members,
            calls=self._calls(copies),
            output=in_common(list(map(self.table.short_name, outputs))) if is_root and is_module else None,
            is_expression=fold is not None
            and (fold.opens == "expressions" or (fold.opens == "sums" and operation != fold.title)),
        )

    def _kind(self, node: int) -> Kind:
        if self.view.is_call(node):
            return "group"
        return "input" if self.view.is_input(node) else KINDS[self.table.kinds[self.partition.first(node)]]

    def _label(self, copies: Sequence[int]) -> str:
        """The name of a value, the title of a call; of several, what they have in common."""
        fold = self.partition.folds.get(copies[0])
        if fold is not None and fold.label:
            return in_common([self.partition.folds[copy].label for copy in copies])
        if fold is None or fold.call < 0:
            return in_common([self.table.short_name(copy) for copy in copies])
        calls = [self.table.calls[self.partition.folds[copy].call] for copy in copies]
        words = picture_words(self.table.language)
        title = calls[0].title(words) if len(calls) == 1 else in_common([call.plain for call in calls])
        return words.say("part", title, fold.part, fold.parts) if fold.parts > 1 else title

    def _title(self, copies: Sequence[int]) -> str:
        """What is written in the place of an operation; of several expressions, what they have in common."""
        folds = [self.partition.folds[copy] for copy in copies]
        if folds[0].opens == "sums" and len(folds) == 1:
            return self.names.of_sum(self.view.members[copies[0]]) or folds[0].title
        is_one = len({fold.title for fold in folds}) == 1 or not folds[0].pattern
        return folds[0].title if is_one else in_common([fold.pattern for fold in folds])

    def _opens(self, node: int) -> str:
        """The name by which ``open=`` shows more of it."""
        fold = self.partition.fold(node)
        if fold is not None and fold.call >= 0:
            return self.view.opens([self.partition.folds[copy].call for copy in self.view.copies(node)])
        if node in self.partition.copies:
            return "repeats"
        return "" if fold is None else fold.opens

    def _calls(self, copies: Sequence[int]) -> int:
        """How many calls of one module these nodes were made in, or are; 0 where they are of no module's calls."""
        folds = [self.partition.folds.get(copy) for copy in copies]
        calls = {
            self.table.call[copy] if fold is None or fold.call < 0 else fold.call
            for copy, fold in zip(copies, folds, strict=True)
        }
        is_of_one = -1 not in calls and len({self.table.calls[call].path for call in calls}) == 1
        return len(calls) if is_of_one and len(calls) > 1 else 0

    def _parameters(self, node: int) -> list[int]:
        """The parameters its values are made from, drawn inside of it or beside it."""
        beside = [self.view.copies(tail) for tail in self.view.operands[node]]
        leaves = (*self.view.hidden[node], *chain.from_iterable(beside))
        return [leaf for leaf in leaves if self.table.kinds[leaf] == PARAMETER]

    def _own(self, node: int) -> list[int]:
        """The parameters nothing else uses, as the other calls of a model would: their gradients come from here."""
        uses, kinds, hidden = self.table.uses, self.table.kinds, self.view.hidden[node]
        return [leaf for leaf, count in hidden.items() if kinds[leaf] == PARAMETER and count == uses[leaf]]

    # ── what is not shown ───────────────────────────────────────────────────────────────────────────────────────────

    def _add_unseen_operands(self, node: int, nodes: list[Node], edges: list[Edge]) -> None:
        """A node "… 3 more" before one of which not every operand is here."""
        unseen = self.view.unseen[node]
        if len(self.graph) < self.graph.total or not self.graph.is_whole:
            for value in self.view.members[node]:
                unseen += len(self.graph.values[value]._operands()) - len(self.graph.edges_into(value))
        if unseen and self.ends:
            self._add_unseen(f"more{self.view.name(node).removeprefix('n')}", unseen, node, nodes)
            position = sum(map(len, self.view.operands[node].values()))
            edges.append(Edge(nodes[-1].name, self.view.name(node), position))

    def _add_unseen_users(self, node: int, nodes: list[Node], edges: list[Edge]) -> None:
        """A node "… 3 more" behind one of which not every user is here."""
        if self.ends != "operands and users":
            return
        members, users, shown = self.view.members[node], self.graph.users, self.view.shown
        unseen = sum(self.table.uses[value] for value in members)
        unseen -= sum(self.view.node[user] in shown for value in members for user in users[value])
        if unseen:
            self._add_unseen(f"users{self.view.name(node).removeprefix('n')}", unseen, node, nodes)
            edges.append(Edge(self.view.name(node), nodes[-1].name))

    def _add_unseen(self, name: str, count: int, beside: int, nodes: list[Node]) -> None:
        group = self.boxes.name(beside)
        nodes.append(
            Node(name, "more", label=picture_words(self.table.language).say("more", count), values=count, group=group)
        )
