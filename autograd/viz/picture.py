"""A picture as plain data that no later step changes: values, folded groups, and the edges between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Literal

from autograd.util.language import Language

__all__ = ["Edge", "Group", "Kind", "Node", "Picture", "separate"]

Kind = Literal["input", "parameter", "constant", "result", "group", "more", "operation"]


@dataclass(frozen=True, slots=True)
class Node:
    """One visible box: a value, a folded group of values, or "… 3 more".

    name: ``n12`` of a value, 12 being its index in the topological order of the whole graph's values; ``g3`` of a
    folded group (``g3_2``: the second part of one that had to be divided); ``more12`` of the operands of ``n12`` that
    are left out, ``users12`` of its users; ``o12`` of an operation drawn apart from its result ``n12``.
    label: the user's, the parameter's path, or ""; of a group, its title; of several, with * where numbers differ.
    grad: None where no backward pass has reached it. data and grad of a node that stands for several values, or of a
    group with several outputs: None, unless they are the same for all. group: the innermost open group it stands in.
    values, parameters, largest_grad: what a folded node holds, where ``values`` leaves out the parameters, which
    several nodes may share; 1, 0 and |grad| for a value. repeats: how many alike nodes it stands for; ``values`` are
    those of all of them. parts: the names of the values that were folded into it. mark: what is wrong with it, where a
    learner's graph is shown. opens: the name by which ``draw(…, open=…)`` opens a folded node, "" where none does.
    first_not_finite: whether it is the first nan or inf of the graph: its operands are finite. calls: how many calls of
    one module it stands for, 0 where it is no part of several. note: a line more under a folded box. output: of a
    folded module that gives the result, the user's label of that, or ""; None of all other nodes. is_expression:
    whether its operation is all that was folded into it, written out: ``w·x + b``.
    """

    name: str
    kind: Kind
    label: str = ""
    operation: str = ""
    data: float | None = None
    grad: float | None = None
    is_root: bool = False
    group: str | None = None
    values: int = 1
    parameters: int = 0
    largest_grad: float | None = None
    repeats: int = 1
    parts: tuple[str, ...] = ()
    mark: str = ""
    opens: str = ""
    first_not_finite: bool = False
    calls: int = 0
    note: str = ""
    output: str | None = None
    is_expression: bool = False

    def __setstate__(self, state: Sequence[object]) -> None:
        _fill(self, state)

    @property
    def title(self) -> str:
        """The name to use where there is no picture to point at: its label, or its name."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Edge:
    """One operand of one node. position: its index among the operands. local: ∂head/∂tail; None for a constant's.

    contribution: upstream × local, what a backward pass added to the tail's gradient; None where there was none.
    count: how many edges between the two were merged, where a group is folded; local is None for more than one. Into
    a folded node, position is the order in which they enter, local the derivative of its one output. From a node that
    stands for several values, contribution is the largest that any of them has got. mark: whether it is the
    first wrong one of a learner's graph. weight: of a connection between two neurons, or from an input to one, the
    parameter that multiplies the tail; None where there is none, or more than one.
    """

    tail: str
    head: str
    position: int = 0
    local: float | None = None
    contribution: float | None = None
    count: int = 1
    mark: bool = False
    weight: float | None = None

    def __setstate__(self, state: Sequence[object]) -> None:
        _fill(self, state)


def _fill(part: Node | Edge | Group | Picture, state: Sequence[object]) -> None:
    """Set the fields from a pickle: one of an earlier version has the first of them, the others have their defaults."""
    known = fields(part)
    values = [*state, *(added.default for added in known[len(state) :])]
    for slot, value in zip(known, values, strict=True):
        object.__setattr__(part, slot.name, value)


@dataclass(frozen=True, slots=True)
class Group:
    """A box around nodes: a module that is open. name: ``g3``. parent: the group around it, if any.

    columns: of a network that is drawn a column a layer, the names of its nodes from the inputs to the outputs, each
    column in the order of the indices; inputs belong to no module and stand outside of its box. opens: the name by
    which the module was opened, and without which it is folded again.
    """

    name: str
    title: str
    parent: str | None = None
    columns: tuple[tuple[str, ...], ...] = ()
    opens: str = ""

    def __setstate__(self, state: Sequence[object]) -> None:
        _fill(self, state)


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes in topological order, edges in the order of their heads and operands, groups from the outermost in.

    notes: one sentence for each thing that is not shown, with the argument that shows it. total: the values of the
    whole graph, which were counted up to a limit: ``is_whole_count`` tells whether there are no more. left_out: those
    of them for which no node stands. by_name: the nodes. language: of the notes, the titles and what is written beside
    them. about: of a part of a graph, the values it was chosen by, in words: "w", or "w and loss".
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    groups: tuple[Group, ...] = ()
    notes: tuple[str, ...] = ()
    total: int = 0
    is_whole_count: bool = True
    left_out: int = 0
    by_name: dict[str, Node] = field(init=False, repr=False, compare=False)
    language: Language = "en"
    about: str = ""

    def __setstate__(self, state: Sequence[object]) -> None:
        _fill(self, state)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {node.name: node for node in self.nodes})

    def __getitem__(self, name: str) -> Node:
        return self.by_name[name]

    @property
    def roots(self) -> list[Node]:
        """The results the picture was asked for."""
        return [node for node in self.nodes if node.is_root]


def separate(picture: Picture) -> Picture:
    """Make each operation a node of its own, between its operands and its result."""
    operations = {node.name: f"o{node.name.removeprefix('n')}" for node in picture.nodes if node.operation}
    nodes: list[Node] = []
    for node in picture.nodes:
        if node.operation:
            name, repeats = operations[node.name], node.repeats
            nodes.append(Node(name, "operation", operation=node.operation, group=node.group, values=0, repeats=repeats))
        nodes.append(replace(node, operation=""))
    edges: list[Edge] = []
    for index, edge in enumerate(picture.edges):
        operation = operations.get(edge.head, edge.head)
        edges.append(replace(edge, head=operation))
        is_last = index + 1 == len(picture.edges) or picture.edges[index + 1].head != edge.head
        if is_last and operation != edge.head:
            edges.append(Edge(operation, edge.head))
    return replace(picture, nodes=tuple(nodes), edges=tuple(edges))
