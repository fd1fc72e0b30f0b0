"""One backward pass as recorded data: what the player, the page, the terminal and the tests all read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.core.graph import paused_collector, topological
from autograd.util.language import system_language
from autograd.util.printable import kind_of
from autograd.value import Value
from autograd.viz.backprop.frames import Frame, Place, forward_frames, frames_of, titles, with_titles
from autograd.viz.backprop.observe import is_engine_of_others, observed, operation_of, parents_of
from autograd.viz.backprop.transcript import LARGEST, transcript
from autograd.viz.fold import budget as fold
from autograd.viz.graph.arrays import graph_arrays
from autograd.viz.graph.labels import printable
from autograd.viz.picture import Edge, Node, Picture
from autograd.viz.write.numbers import signed

__all__ = ["Steps", "steps"]


@dataclass(frozen=True, slots=True)
class Steps:
    """A whole pass. titles: what each node is called in the lines. formulas: how it was computed; rules: its
    operation's own words.

    stale: the gradients that were there before the pass, by node; is_zeroed: whether they were put to 0 for it.
    numeric: the finite difference of each leaf, where it was asked for. total: the values of the whole graph; nearest:
    whether those nearest to the result are shown of it. is_refused: whether backward() raises NonFiniteError.
    """

    picture: Picture
    frames: tuple[Frame, ...]
    order: tuple[Place, ...]
    titles: Mapping[str, str]
    formulas: Mapping[str, str]
    rules: Mapping[str, str]
    stale: Mapping[str, float]
    is_zeroed: bool
    numeric: Mapping[str, float]
    total: int = 0
    nearest: bool = False
    is_refused: bool = False

    def __len__(self) -> int:
        return len(self.frames)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.frames)

    def __getitem__(self, index: int) -> Frame:
        return self.frames[index]

    @property
    def result(self) -> str:
        """What the pass starts from."""
        return ", ".join(f"{self.titles[root.name]} = {signed(root.data or 0.0)}" for root in self.picture.roots)

    @property
    def starts(self) -> list[int]:
        """At which frame each place of the order begins to pass on."""
        shift = sum(frame.kind == "forward" for frame in self.frames)
        return [
            next(i for i in range(shift + place.first, len(self)) if self[i].user == place.node) for place in self.order
        ]

    def __str__(self) -> str:
        return transcript(self, system_language())

    def ledger(self, node: str) -> list[Frame]:
        """What was added to a node's gradient, in the order it came."""
        return [frame for frame in self.frames if frame.node == node and frame.kind in ("pull", "outside")]


def steps(
    root: Any,
    *,
    forward: bool = False,
    zero_grad: bool = True,
    numeric: bool = False,
    max_nodes: int = 80,
    backward: Callable[[Any], object] | None = None,
    **view: Any,
) -> Steps:
    """One backward pass from root, edge by edge; every gradient is afterwards what it was.

    root: a Value; or a node of an engine of your own with data, grad, _prev, _backward and backward() as in micrograd,
    or with parents and pull as in the exercises. backward: what runs its pass, if not ``root.backward()``.
    view: focus, radius, path and model, as for `draw`. Raises TypeError for anything else.

    >>> a = Value(3.0, label="a")
    >>> [(frame.kind, frame.node) for frame in steps(a * a)]
    [('seed', 'n1'), ('done', 'n1'), ('pull', 'n0'), ('pull', 'n0'), ('done', 'n0')]
    >>> print(steps(a * a)[3].lines)
    ('∂L/∂a += ∂L/∂L · ∂L/∂a', 'a.grad = 3 + (1 × 3)', 'a.grad: 3 → 6')
    """
    if isinstance(root, Value):
        nodes, picture = _view_of_values(root, max_nodes, view)
    elif is_engine_of_others(root):
        nodes, picture = _view_of_others(root, max_nodes, view)
    else:
        what = "a Value, or a node with data, grad, _prev and _backward, or data, grad, parents and pull"
        raise TypeError(f"play() takes {what}, not {kind_of(root)}")
    if not isinstance(root, Value) and backward is None and not hasattr(root, "backward"):
        raise TypeError(f"{kind_of(root)} has no backward(): play(…, backward=…) takes the function that runs it")
    seen = {node.name for node in picture.nodes}
    names = {node: name for place, node in enumerate(nodes) if (name := f"n{place}") in seen}
    called = titles(picture)
    with paused_collector():
        whole = topological(root) if isinstance(root, Value) else nodes
        run = observed(root, whole, set(names), zero_grad, backward)
    frames, order = frames_of(run, names, called)
    computed = forward_frames(names, called)
    if forward:
        frames = (*computed, *frames)
    return Steps(
        picture=_with_gradients(with_titles(picture, called), frames),
        frames=frames,
        order=order,
        titles=called,
        formulas={frame.node: frame.lines[0] for frame in computed},
        rules={name: words for node, name in names.items() if (words := _words_of_rule(node))},
        stale={names[node]: grad for node, grad in run.stale.items()},
        is_zeroed=zero_grad,
        numeric=_differences(root, nodes, names) if numeric else {},
        total=len(nodes),
        nearest=not {"focus", "path"} & view.keys(),
        is_refused=run.is_refused,
    )


def _words_of_rule(node: Any) -> str:
    """What the rule of a node says of itself, on one line."""
    rule = getattr(node, "_rule", None)
    words = rule.base.formula if rule is not None and not node.is_constant else None
    return " ".join((words or "").split("\n\n")[0].split("ValueError")[0].split())


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────────


def _view_of_values(root: Value, max_nodes: int, view: Mapping[str, Any]) -> tuple[list[Value], Picture]:
    """The values of the graph in order, and the picture of those that are played, none of them folded."""
    nodes = graph_arrays((root,)).values
    picture = fold.picture((root,), open="all", max_nodes=max_nodes, **view)
    notes = [note.replace("draw(", "play(") for note in picture.notes]
    if len(nodes) > max_nodes and not {"focus", "path"} & view.keys():
        leaf = next((node.label for node in nodes if node.label.isidentifier() and not node._prev), "w")
        loss = root.label if root.label.isidentifier() else "loss"
        if len(nodes) > LARGEST:
            notes = [re.sub(r": play\([^:]*max_nodes=\d+\)$", f": play({loss}, focus=…)", note) for note in notes]
        notes.append(f"how one value makes the result: play({loss}, path=({leaf}, {loss}))")
    return nodes, replace(picture, notes=tuple(notes))


def _view_of_others(root: Any, max_nodes: int, view: Mapping[str, Any]) -> tuple[list[Any], Picture]:
    """The same for an engine of somebody's own, all of it."""
    nodes = topological(root, parents=parents_of)
    if view:
        raise TypeError(f"play() takes {', '.join(view)} for the Values of autograd alone, not for {kind_of(root)}")
    if len(nodes) > max_nodes:
        raise ValueError(f"play() shows at most max_nodes={max_nodes} values of {kind_of(root)}, not {len(nodes)}")
    names = {node: f"n{place}" for place, node in enumerate(nodes)}
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
    return nodes, Picture(boxes, tuple(edges), total=len(nodes))


def _with_gradients(picture: Picture, frames: Sequence[Frame]) -> Picture:
    """The picture at the end of the pass."""
    grads = {frame.node: frame.after for frame in frames if frame.kind != "forward"}
    pulls = {(frame.node, frame.user, frame.position): frame for frame in frames if frame.kind == "pull"}

    def contributed(edge: Edge) -> Edge:
        pull = pulls.get((edge.tail, edge.head, edge.position))
        return edge if pull is None else replace(edge, local=pull.local, contribution=pull.contribution)

    nodes = tuple(replace(node, grad=grads.get(node.name)) for node in picture.nodes)
    return replace(picture, nodes=nodes, edges=tuple(map(contributed, picture.edges)))


# ── the same by finite differences ──────────────────────────────────────────────────────────────────────────────────


def _differences(root: Any, nodes: Sequence[Any], names: Mapping[Any, str]) -> dict[str, float]:
    """(L(x + h) − L(x − h)) / 2h for each leaf that is shown, the graph computed anew from its rules each time."""
    if not isinstance(root, Value):
        raise TypeError(f'compare="numeric" computes a graph of Values anew: {kind_of(root)} keeps no rules')
    leaves = [node for node in nodes if not node._prev and not node.is_constant and node in names]
    found = {}
    for leaf in leaves:
        h = 6e-6 * max(1.0, abs(leaf.data))  # the cube root of the rounding error of a float
        up, down = (_replayed(nodes, leaf, leaf.data + step) for step in (h, -h))
        found[names[leaf]] = (up - down) / (2.0 * h)
    return found


def _replayed(nodes: Sequence[Value], leaf: Value, number: float) -> float:
    """What the last of the nodes would be, were the leaf another number."""
    numbers: dict[Value, float] = {}
    for node in nodes:
        if node is leaf:
            numbers[node] = number
        elif operands := node._prev:
            numbers[node] = node._rule.evaluate([numbers[x] for x in operands], [False] * len(operands))[0]
        else:
            numbers[node] = node.data
    return numbers[nodes[-1]]
