"""One backward pass, watched while it runs: of this engine, and of an engine that somebody writes to learn."""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import methodcaller
from typing import Any, Protocol, TypeGuard

from autograd.backward import backward_pass
from autograd.errors import NonFiniteError
from autograd.util.printable import kind_of
from autograd.value import Value, number_of

__all__ = [
    "EngineNode",
    "Pass",
    "Pull",
    "is_engine_of_others",
    "observed",
    "operation_of",
    "parents_of",
    "part_of",
    "turns_of",
]

NOT_ITS_OWN = object()


class EngineNode(Protocol):
    """A Value, or an object like micrograd's. `parents_of` gives its operands."""

    data: float
    grad: float

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Pull:
    """One edge: ``parent.grad`` went from before to after. local and upstream: the two factors of what was added."""

    user: EngineNode
    position: int
    parent: EngineNode
    local: float
    upstream: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Pass:
    """The record of one pass. turns: the pulls of each node when it was its turn, one for each of its operands.

    stale: the gradients that were there before the pass began, where they are not 0.
    is_refused: whether backward() raises NonFiniteError.
    """

    root: EngineNode
    turns: list[list[Pull]]
    stale: dict[EngineNode, float]
    seed: float
    is_refused: bool = False

    @property
    def pulls(self) -> list[Pull]:
        """Every edge, in the order they were carried."""
        return [pull for turn in self.turns for pull in turn]


def turns_of(run: Pass) -> dict[EngineNode, list[int]]:
    """The turns in which a value passes on or is passed to, by their numbers."""
    turns: dict[EngineNode, list[int]] = defaultdict(list)
    for number, turn in enumerate(run.turns):
        for value in dict.fromkeys([turn[0].user, *(pull.parent for pull in turn)]):
            turns[value].append(number)
    return turns


def part_of(run: Pass, turns: Mapping[EngineNode, Sequence[int]], values: Collection[EngineNode]) -> Pass:
    """What a pass does with some values. turns: those of each value."""
    numbers = sorted({number for value in values for number in turns.get(value, ())})
    chosen = ([pull for pull in run.turns[i] if pull.parent in values or pull.user in values] for i in numbers)
    return replace(run, turns=list(chosen))


def observed(
    root: EngineNode,
    nodes: Sequence[EngineNode],
    wanted: Collection[EngineNode],
    zero_grad: bool = True,
    backward: Callable[[EngineNode], object] | None = None,
) -> Pass:
    """A backward pass from root, as it ran, and every gradient put back as it was.

    nodes: the graph, in topological order. wanted: the pulls into these are kept. backward: what runs the pass of an
    engine that is not ours, if not ``root.backward()``.
    """
    if isinstance(root, Value):
        return _of_values(root, nodes, wanted, zero_grad)
    return _of_others(root, nodes, wanted, zero_grad, backward or methodcaller("backward"))


def _of_values(root: Value, nodes: Sequence[EngineNode], wanted: Collection[EngineNode], zero_grad: bool) -> Pass:
    """A Value's: the engine's own loop says what it does, on a copy of the graph, so that no gradient changes.

    A gradient that is not finite is carried on, to be seen. The engine adds what a leaf had before at the end; it is
    shown as the number that the first pull adds to.
    """
    leaves = (node for node in wanted if isinstance(node, Value) and not node._prev)
    stale: dict[EngineNode, float] = {leaf: number_of(leaf._grad) for leaf in leaves if leaf._grad}
    pulls: list[Pull] = []
    twins: dict[int, Any] = {}
    twin = copy.deepcopy(root, twins)
    original = {twins[id(node)]: node for node in nodes if id(node) in twins}

    def observe(node: Value, position: int, parent: Value, *numbers: object) -> None:
        if original.get(parent) in wanted:
            local, upstream, before, after = map(number_of, numbers)
            start = 0.0 if zero_grad else stale.get(original[parent], 0.0)
            pulls.append(
                Pull(original[node], position, original[parent], local, upstream, start + before, start + after)
            )

    backward_pass(twin, 1.0, allow_nonfinite=True, observe=observe)
    numbers = [twin.data, *(number_of(node._grad) for node in original if node.has_grad)]
    is_refused = not all(map(math.isfinite, numbers)) and _is_refused(twin)
    turns = [list(turn) for _, turn in groupby(pulls, key=lambda pull: pull.user)]
    return Pass(root, turns, stale, 1.0, is_refused)


def _is_refused(root: Value) -> bool:
    """Whether an ordinary pass stops at a number that is not finite."""
    try:
        backward_pass(root, 1.0, allow_nonfinite=False)
    except NonFiniteError:
        return True
    return False


# ── engines of others ───────────────────────────────────────────────────────────────────────────────────────────────

SHAPES = {"_backward": "_prev", "pull": "parents"}
"""Names of the function that passes a node's gradient on, and of the operands: micrograd's, and `autograd.learn`'s."""


def is_engine_of_others(root: object) -> TypeGuard[EngineNode]:
    """Whether this is no Value of ours but has a number, a gradient, operands and a way to pass the gradient on."""
    return not isinstance(root, Value) and hasattr(root, "data") and hasattr(root, "grad") and bool(_hook(root))


def parents_of(node: EngineNode) -> tuple[EngineNode, ...]:
    """The operands, each once; micrograd keeps them in a set, which has no order: they come by their numbers then."""
    parents = getattr(node, SHAPES[_hook(node)])
    ordered = sorted(parents, key=lambda parent: parent.data) if isinstance(parents, (set, frozenset)) else parents
    return tuple(dict.fromkeys(ordered))


def operation_of(node: EngineNode) -> str:
    """The sign or name of the operation: ``_op``, or the function that the closure was made in."""
    closure = getattr(node, _hook(node))
    made_in = getattr(closure, "__qualname__", "").split(".<locals>")[0] if parents_of(node) else ""
    return str(getattr(node, "_op", made_in))


def _hook(node: object) -> str:
    return next((hook for hook, parents in SHAPES.items() if hasattr(node, hook) and hasattr(node, parents)), "")


def _of_others(
    root: EngineNode,
    nodes: Sequence[EngineNode],
    wanted: Collection[EngineNode],
    zero_grad: bool,
    backward: Callable[[EngineNode], object],
) -> Pass:
    """Each node's closure is wrapped, and their own ``backward`` runs, in whatever order it takes."""
    stale = {node: node.grad for node in wanted if node.grad}
    before = [(node, node.grad, _own_closure(node)) for node in nodes]
    watch = _Watch(root)
    try:
        for node in nodes:
            if zero_grad:
                node.grad = 0.0
            watch.wrap(node)
        backward(root)
        watch.finish()
    finally:
        for node, grad, closure in before:
            node.grad = grad
            if closure is NOT_ITS_OWN:
                delattr(node, _hook(node))
            else:
                setattr(node, _hook(node), closure)
    if not watch.turns and parents_of(root):
        hook = _hook(root)
        raise TypeError(f"play() watches each node's {hook}(), which the backward of {kind_of(root)} never calls")
    turns = ([pull for pull in turn if pull.parent in wanted] for turn in watch.turns)
    return Pass(root, list(filter(None, turns)), stale, root.grad if watch.seed is None else watch.seed)


def _own_closure(node: EngineNode) -> object:
    """The closure that the node holds itself, not its class: a method comes back when what hides it is gone."""
    hook = _hook(node)
    return vars(node).get(hook, NOT_ITS_OWN) if hasattr(node, "__dict__") else getattr(node, hook)


class _Watch:
    """Watch the closures of a graph while they run: a turn ends where the next begins."""

    def __init__(self, root: EngineNode) -> None:
        self.root = root
        self.seed: float | None = None
        self.turns: list[list[Pull]] = []
        self.begun: tuple[EngineNode, float, list[float], list[float]] | None = None

    def wrap(self, node: EngineNode) -> None:
        closure = getattr(node, _hook(node))

        def watched(*upstream: float) -> Any:
            self.begin(node, closure, *upstream)
            return closure(*upstream)

        if closure is not None:
            setattr(node, _hook(node), watched)

    def begin(self, node: EngineNode, closure: Callable[..., object], *upstream: float) -> None:
        self.finish()
        if self.seed is None:
            self.seed = self.root.grad
        slopes = _slopes(node, closure)
        given = upstream[0] if upstream else node.grad
        self.begun = (node, given, slopes, [parent.grad for parent in parents_of(node)])

    def finish(self) -> None:
        """The turn that has begun is over: what its operands have now is what it left."""
        if self.begun is not None:
            node, upstream, slopes, before = self.begun
            rows = enumerate(zip(parents_of(node), slopes, before, strict=True))
            self.turns.append([Pull(node, i, p, slope, upstream, had, p.grad) for i, (p, slope, had) in rows])
            self.begun = None


def _slopes(node: EngineNode, closure: Callable[..., object]) -> list[float]:
    """The local derivatives the closure works with: what it gives the operands from an upstream of 1."""
    parents = parents_of(node)
    if _hook(node) == "pull":
        gradients = closure(1.0) if parents else ()
        slopes = dict.fromkeys(parents, 0.0)
        operands = getattr(node, SHAPES["pull"])
        for operand, gradient in zip(operands, gradients if hasattr(gradients, "__iter__") else [gradients]):  # noqa: B905
            slopes[operand] += gradient
        return list(slopes.values())
    before = [(x, x.grad) for x in (*parents, node)]
    try:
        for parent in parents:
            parent.grad = 0.0
        node.grad = 1.0
        closure()
        return [parent.grad for parent in parents]
    finally:
        for x, grad in before:
            x.grad = grad
