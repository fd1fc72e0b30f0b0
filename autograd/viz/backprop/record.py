"""One backward pass as recorded data: what the player, the page, the terminal and the tests all read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple, TypedDict, Unpack

from autograd.core.graph import paused_collector, topological
from autograd.util.language import Language
from autograd.util.printable import kind_of
from autograd.util.text_width import columns, padded
from autograd.value import Value
from autograd.viz.backprop.builder import Forms, forms_of, formulas, forward_steps, steps_of
from autograd.viz.backprop.notation import equation
from autograd.viz.backprop.observe import (
    EngineNode,
    Pass,
    is_engine_of_others,
    observed,
    operation_of,
    parents_of,
    part_of,
    turns_of,
)
from autograd.viz.backprop.step import Step, Turn
from autograd.viz.backprop.titles import label_with_title, titles_of_parts
from autograd.viz.backprop.view import Summary, View, view_of
from autograd.viz.fold.budget import LEGIBLE, USUAL
from autograd.viz.fold.budget import picture as picture_of
from autograd.viz.fold.inside import pictures_inside
from autograd.viz.graph.indexed import LARGEST, indexed_graph
from autograd.viz.graph.labels import printable
from autograd.viz.picture import Edge, Node, Picture
from autograd.viz.web.words import picture_words
from autograd.viz.write.numbers import number
from autograd.viz.write.room import PAGE, overhang

__all__ = ["Contribution", "Steps", "steps"]


WIDEST = 0.88 * PAGE
"""The boxes of a pass are wider than a drawing's: with the names that formulas use, and room for each gradient."""


@dataclass(frozen=True, slots=True)
class Steps:
    """A whole pass. titles: what each node is called in the lines. formulas: how it was computed; rules: the
    local derivatives it passes on with, each an equation in these names, by the number of the operand.

    stale: the gradients that were there before the pass, by node; is_zeroed: whether they were put to 0 for it.
    numeric: the finite difference of each leaf, where it was asked for. total: the values of the whole graph; nearest:
    whether those nearest to the result are shown of it. is_refused: whether backward() raises NonFiniteError.
    pulls: every contribution that was recorded, also those inside of folded nodes; a value is "n12" by its number.
    summaries: what happens inside of each folded node. inside: the steps there, of those that can be entered.
    """

    picture: Picture
    frames: tuple[Step, ...]
    order: tuple[Turn, ...]
    titles: Mapping[str, str]
    formulas: Mapping[str, str]
    rules: Mapping[str, Mapping[int, str]]
    stale: Mapping[str, float]
    is_zeroed: bool
    numeric: Mapping[str, float]
    total: int = 0
    nearest: bool = False
    is_refused: bool = False
    pulls: tuple[Contribution, ...] = ()
    summaries: Mapping[str, Summary] = field(default_factory=dict)
    inside: Mapping[str, Steps] = field(default_factory=dict)

    def __setstate__(self, state: Sequence[object]) -> None:
        """From a pickle: one of an earlier version has the words of each rule in place of the equations."""
        defaults: dict[str, object] = {"pulls": (), "summaries": {}, "inside": {}}
        added = [defaults[part.name] for part in fields(self)[len(state) :]]
        for part, value in zip(fields(self), [*state, *added], strict=True):
            words = value if part.name == "rules" and isinstance(value, dict) else {}
            is_old = any(isinstance(text, str) for text in words.values())
            object.__setattr__(self, part.name, {} if is_old else value)

    def __len__(self) -> int:
        return len(self.frames)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.frames)

    def __getitem__(self, index: int) -> Step:
        return self.frames[index]

    @property
    def result(self) -> str:
        """The value or values the pass starts from."""
        return ", ".join(f"{self.titles[root.name]} = {number(root.data or 0.0)}" for root in self.picture.roots)

    @property
    def starts(self) -> list[int]:
        """At which step each turn begins."""
        shift = sum(step.kind == "forward" for step in self.frames)
        return [
            next(i for i in range(shift + turn.first, len(self)) if self[i].passing == turn.node) for turn in self.order
        ]

    @property
    def first_not_finite(self) -> int | None:
        """At which step a gradient is nan or infinite for the first time; None where it is nowhere."""
        return next(
            (i for i, step in enumerate(self) if step.kind != "forward" and not math.isfinite(step.after)), None
        )

    def __str__(self) -> str:
        widths = [max(map(columns, column)) for column in zip(*(step.lines for step in self), strict=True)]
        rows = ([padded(line, width) for line, width in zip(step.lines, widths, strict=True)] for step in self)
        return "\n".join([self.result, *("  ".join(row).rstrip() for row in rows)])

    def ledger(self, node: str) -> list[Step]:
        """The steps that added to a node's gradient, in order."""
        return [step for step in self.frames if step.node == node and step.kind in ("pull", "merged", "outside")]


class Contribution(NamedTuple):
    """What one use adds to the gradient of a value, which goes from before to after: upstream · local."""

    node: str
    user: str
    position: int
    local: float
    upstream: float
    before: float
    after: float


class Selecting(TypedDict, total=False):
    """The arguments that choose a part of a large graph, as for `draw`."""

    open: str | Sequence[str]
    focus: Value | str | None
    radius: int
    path: tuple[Value | str, Value | str] | None
    model: object


def steps(
    root: object,
    *,
    forward: bool = False,
    zero_grad: bool = True,
    numeric: bool = False,
    max_nodes: int = 60,
    backward: Callable[[EngineNode], object] | None = None,
    names: Mapping[Value, str] | None = None,
    language: Language = "en",
    **selecting: Unpack[Selecting],
) -> Steps:
    """One backward pass from root, edge by edge; every gradient is afterwards what it was.

    root: a Value; or a node of an engine of your own with data, grad, _prev, _backward and backward() as in micrograd,
    or with parents and pull as in the exercises. backward: what runs its pass, if not ``root.backward()``.
    names: of Values that have no label, as their variables have them. language: of the words in the picture.
    selecting: open, focus, radius, path and model, as for `draw`. Raises TypeError for anything else.

    >>> a = Value(3.0, label="a")
    >>> [(step.kind, step.node) for step in steps(a * a)]
    [('seed', 'n1'), ('pull', 'n0'), ('pull', 'n0'), ('done', 'n0')]
    >>> print(steps(a * a)[2].lines)
    ('a.grad += L.grad · ∂(a₁·a₂)/∂a₂', 'a.grad = 3 + (1 · 3)', 'a.grad: 3 → 6')
    """
    start = _checked(root, backward)
    if isinstance(start, Value):
        nodes, picture, inside = _values_shown(start, max_nodes, selecting, names, language)
    else:
        nodes, picture, inside = _others_shown(start, max_nodes, selecting, language)
    with paused_collector():
        is_cut = isinstance(start, Value) and len(nodes) >= LARGEST
        whole = topological(start) if is_cut else nodes
        run = observed(start, whole, _recorded(picture, nodes), zero_grad, backward)
        recorded = _steps_in(picture, run, nodes, forward, zero_grad, {})
        around, turns = titles_of_parts(recorded.picture, recorded.titles), turns_of(run) if inside else {}
        parts = {
            name: _steps_in(
                shown, _part(run, shown, nodes, turns), nodes, forward, zero_grad, around, picture[name].parts
            )
            for name, shown in inside.items()
        }
        return replace(
            recorded,
            numeric=_differences(start, nodes, recorded) if numeric else {},
            total=len(nodes),
            nearest=not {"focus", "path"} & selecting.keys(),
            pulls=_pulls(run, nodes),
            inside={name: part for name, part in parts.items() if part.frames},  # none where no gradient comes
        )


def _part(run: Pass, picture: Picture, nodes: Sequence[EngineNode], turns: Mapping[EngineNode, Sequence[int]]) -> Pass:
    """What a pass does with the values of a picture."""
    names = (part for node in picture.nodes for part in node.parts or [node.name])
    return part_of(run, turns, {nodes[int(name[1:])] for name in names if name[0] == "n"})


def _pulls(run: Pass, nodes: Sequence[EngineNode]) -> tuple[Contribution, ...]:
    names = {node: f"n{index}" for index, node in enumerate(nodes)}
    return tuple(
        Contribution(
            names[pull.parent], names[pull.user], pull.position, pull.local, pull.upstream, pull.before, pull.after
        )
        for pull in run.pulls
    )


def _recorded(picture: Picture, nodes: Sequence[EngineNode]) -> set[EngineNode]:
    """The values whose gradients are recorded: those that are shown; all, where some are inside of others."""
    if any(node.parts for node in picture.nodes):
        return set(nodes)
    return {nodes[int(node.name[1:])] for node in picture.nodes if node.name[0] == "n"}


def _steps_in(
    picture: Picture,
    run: Pass,
    nodes: Sequence[EngineNode],
    forward: bool,
    zero_grad: bool,
    around: Mapping[str, str],
    parts: Collection[str] | None = None,
) -> Steps:
    """The steps of a recorded pass in a picture of it. around: names from a picture around this one, and its parts."""
    view = view_of(picture, nodes, run, around, parts)
    forms = forms_of(run, view)
    frames, order = steps_of(run, view, forms)
    return Steps(
        picture=_after(view, frames),
        frames=(*forward_steps(view), *frames) if forward else frames,
        order=order,
        titles=view.called,
        formulas=formulas(view),
        rules=_equations(run, view, forms),
        stale={view.names[node]: grad for node, grad in run.stale.items() if node in view.names},
        is_zeroed=zero_grad,
        numeric={},
        is_refused=run.is_refused,
        summaries=view.summaries,
    )


def _checked(root: object, backward: object) -> EngineNode:
    if isinstance(root, Value):
        return root
    if not is_engine_of_others(root):
        what = "a Value, or a node with data, grad, _prev and _backward, or data, grad, parents and pull"
        raise TypeError(f"play() takes {what}, not {kind_of(root)}")
    if backward is None and not hasattr(root, "backward"):
        raise TypeError(f"{kind_of(root)} has no backward(): play(…, backward=…) takes the function that runs it")
    return root


def _equations(run: Pass, view: View, forms: Forms) -> dict[str, dict[int, str]]:
    """The local derivatives of each node that passes on, by the number of the operand, in the user's names."""
    equations: dict[str, dict[int, str]] = {}
    for turn in run.turns:
        if (node := turn[0].user) not in view.names:
            continue
        operands, rule = forms.operands[node], node._rule if isinstance(node, Value) else None
        equations[view.names[node]] = {
            pull.position: equation(
                rule, forms.slopes[node, pull.position], operands, pull.position, view.titles[node], pull.local
            )
            for pull in turn
            if pull.parent in view.titles
        }
    return equations


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────────


Shown = tuple[Sequence[EngineNode], Picture, Mapping[str, Picture]]
"""The nodes of a graph in order, the picture of those that are played, and pictures of what is inside of its nodes."""


def _values_shown(
    root: Value, max_nodes: int, selecting: Selecting, names: Mapping[Value, str] | None, language: Language
) -> Shown:
    """The values of a graph: each a node of its own where they have room, or focus= or path= chose some of them."""
    nodes = indexed_graph((root,)).values
    is_choice = bool({"focus", "path"} & selecting.keys())
    has_room = len(nodes) <= max_nodes or is_choice
    asked: Selecting = {"open": "all", **selecting} if has_room else selecting
    picture = picture_of((root,), max_nodes=max_nodes, names=names, widest=WIDEST, language=language, **asked)
    if (
        has_room
        and not is_choice
        and "open" not in selecting
        and max_nodes <= USUAL
        and overhang(picture, WIDEST).least
    ):
        picture = picture_of((root,), max_nodes=max_nodes, names=names, widest=WIDEST, language=language, **selecting)
    inside = pictures_inside(root, picture, max_nodes, selecting.get("model"), names)
    notes = [note.replace("draw(", "play(") for note in picture.notes]
    if picture.left_out and not is_choice:
        leaf = next((node.label for node in nodes if node.label.isidentifier() and not node._prev), "w")
        loss = root.label if root.label.isidentifier() else "loss"
        if len(nodes) > LEGIBLE:
            notes = [
                re.sub(r"(: |：)play\([^:：]*max_nodes=\d+\)$", rf"\1play({loss}, focus=…)", note) for note in notes
            ]
        notes.append(picture_words(language).say("play_path", f"play({loss}, path=({leaf}, {loss}))"))
    return nodes, replace(picture, notes=tuple(notes)), inside


def _others_shown(root: EngineNode, max_nodes: int, selecting: Selecting, language: Language) -> Shown:
    """The nodes of an engine of somebody's own, and a picture of them all."""
    nodes = topological(root, parents=parents_of)
    if selecting:
        raise TypeError(
            f"play() takes {', '.join(selecting)} for the Values of autograd alone, not for {kind_of(root)}"
        )
    if len(nodes) > max_nodes:
        raise ValueError(f"play() shows at most max_nodes={max_nodes} values of {kind_of(root)}, not {len(nodes)}")
    names = {node: f"n{index}" for index, node in enumerate(nodes)}
    boxes = tuple(
        Node(
            name=name,
            kind="result" if parents_of(node) else "input",
            label=printable(str(getattr(node, "label", ""))),
            operation=printable(operation_of(node)),
            data=float(node.data),
            is_root=node is root,
        )
        for node, name in names.items()
    )
    edges = (Edge(names[x], names[node], i) for node in nodes for i, x in enumerate(parents_of(node)))
    return nodes, Picture(boxes, tuple(edges), total=len(nodes), language=language), {}


def _after(view: View, steps: Sequence[Step]) -> Picture:
    """The picture at the end of the pass, with the names that the formulas use on its boxes."""
    grads = {step.node: step.after for step in steps if step.kind != "forward"}
    pulls = {(step.node, step.user, step.position): step for step in steps if step.kind == "pull"}

    def node_after(node: Node) -> Node:
        label, summary = label_with_title(node, view.called[node.name]), view.summaries.get(node.name)
        grad, largest = grads.get(node.name), node.largest_grad
        if summary is not None:
            same = set(map(repr, summary.gradients))
            grad = summary.gradients[0] if len(same) == 1 else None
            largest = summary.size
        is_same = (label, grad, largest) == (node.label, node.grad, node.largest_grad)
        return node if is_same else replace(node, label=label, grad=grad, largest_grad=largest)

    def edge_after(edge: Edge) -> Edge:
        pull = pulls.get((edge.tail, edge.head, edge.position))
        return edge if pull is None else replace(edge, local=pull.local, contribution=pull.contribution)

    nodes = tuple(map(node_after, view.picture.nodes))
    return replace(view.picture, nodes=nodes, edges=tuple(map(edge_after, view.picture.edges)))


# ── the same by finite differences ──────────────────────────────────────────────────────────────────────────────────


def _differences(root: EngineNode, nodes: Sequence[EngineNode], recorded: Steps) -> dict[str, float]:
    """(L(x + h) − L(x − h)) / 2h for each leaf that is shown, the graph computed anew from its rules each time."""
    if not isinstance(root, Value):
        raise TypeError(f'compare="numeric" computes a graph of Values anew: {kind_of(root)} keeps no rules')
    values = [node for node in nodes if isinstance(node, Value)]
    names = {nodes[int(node.name[1:])]: node.name for node in recorded.picture.nodes if node.kind in _LEAVES}
    leaves = [value for value in values if value in names]
    slopes = {}
    for leaf in leaves:
        h = 6e-6 * max(1.0, abs(leaf.data))  # the cube root of the rounding error of a float
        up, down = (_replayed(values, leaf, leaf.data + shift) for shift in (h, -h))
        slopes[names[leaf]] = (up - down) / (2.0 * h)
    return slopes


_LEAVES = ("input", "parameter")


def _replayed(nodes: Sequence[Value], leaf: Value, number: float) -> float:
    """Re-evaluate the graph with one leaf replaced and return the root's value."""
    numbers: dict[Value, float] = {}
    for node in nodes:
        if node is leaf:
            numbers[node] = number
        elif operands := node._prev:
            numbers[node] = node._rule.evaluate([numbers[x] for x in operands], [False] * len(operands))[0]
        else:
            numbers[node] = node.data
    return numbers[nodes[-1]]
