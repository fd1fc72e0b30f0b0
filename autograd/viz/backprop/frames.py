"""The frames of one backward pass: what happens to which node, in a formula, in numbers, and with what result."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from autograd.value import Value
from autograd.viz.backprop.observe import Pass, Pull, operation_of, parents_of
from autograd.viz.picture import Node, Picture
from autograd.viz.write.numbers import signed

__all__ = [
    "Frame",
    "Kind",
    "Lines",
    "Place",
    "arrival",
    "forward_frames",
    "frames_of",
    "is_kept",
    "titles",
    "with_titles",
]

Kind = Literal["forward", "seed", "pull", "outside", "done"]
Lines = tuple[str, str, str]
Mistake = Literal["", "overwrote", "upstream", "other"]
MOST_TERMS = 4
LONGEST_TITLE = 16


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing that happens, to one node.

    kind: "forward", its number is computed; "seed", its gradient is 1, it is the root; "pull", it gets a contribution
    from ``user``, whose operand number ``position`` it is; "outside", it gets what ``count`` uses contribute that the
    picture does not show; "done", all its uses have contributed. before, after: its gradient (a forward frame's after
    is the value). local, upstream: the factors of the contribution. lines: the formula, its numbers, the result.
    """

    kind: Kind
    node: str
    lines: Lines
    after: float
    before: float = 0.0
    user: str = ""
    position: int = 0
    local: float | None = None
    upstream: float | None = None
    count: int = 1

    @property
    def contribution(self) -> float:
        """What a pull adds: upstream · local; 0 to an operand that was not chosen, whatever lies beyond."""
        if self.local is None or self.upstream is None:
            return self.after - self.before
        product = self.upstream * self.local
        return 0.0 if math.isnan(product) and self.after == self.before else product

    @property
    def added(self) -> float:
        """What arrived in truth: the contribution, unless the engine made a mistake with it."""
        if self.kind == "seed":
            return self.after
        if self.mistake in ("", "overwrote"):
            return self.contribution
        return (self.local or 0.0) if self.mistake == "upstream" else self.after - self.before

    @property
    def mistake(self) -> Mistake:
        """What a pull did that was not adding upstream · local: an engine that somebody writes may do so."""
        before, added = self.before, self.contribution
        if self.kind != "pull" or self.local is None or self._ends_at(before + added):
            return ""
        if self._ends_at(added):
            return "overwrote"
        return "upstream" if self._ends_at(before + self.local) else "other"

    def _ends_at(self, expected: float) -> bool:
        """But for rounding, which is of the size of the largest number in the sum; whatever is not finite does."""
        sizes = (abs(self.before), abs(self.contribution), abs(self.after))
        return abs(self.after - expected) <= 1e-9 * max(sizes) or not all(map(math.isfinite, sizes))


@dataclass(frozen=True, slots=True)
class Place:
    """A node's place in the order. users: those that had to pass on before; late: those of them that came after.

    returning: users that have passed on, and will once more. outside: how many of its users the picture does not show.
    is_again: whether it has passed on before. first: how many frames of the pass there were before it did.
    """

    node: str
    users: tuple[str, ...]
    late: tuple[str, ...] = ()
    returning: tuple[str, ...] = ()
    outside: int = 0
    is_again: bool = False
    first: int = 0

    @property
    def why(self) -> str:
        """Why it passes on now, or should not: the end of the id of a text in ``web/locale``."""
        if self.is_again:
            return "again"
        if self.late or self.returning:
            return "late" if self.late else "returns"
        return "now" if self.users or self.outside else "root"


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def titles(picture: Picture) -> dict[str, str]:
    """What each node is called in a formula: its label where that is a name and no other's, else ``n7``.

    Of a long path, as ``layers[0].neurons[3].w[2]``, as much of its end as tells it from others: ``w[2]``. A root
    without a label is ``L``, unless that is taken.

    >>> nodes = Node("n0", "input", "a"), Node("n1", "input", "a b"), Node("n2", "result", is_root=True)
    >>> titles(Picture(nodes, ()))
    {'n0': 'a', 'n1': 'n1', 'n2': 'L'}
    """
    ends = {node.name: _ends(node.label) for node in picture.nodes}
    uses = Counter(end for each in ends.values() for end in each)
    taken = {node.name for node in picture.nodes} | uses.keys()
    called = {}
    for node in picture.nodes:
        free = (x for x in ends[node.name] if uses[x] == 1 and (x == node.name or x not in picture._by_name))
        called[node.name] = next((x for x in free if len(x) <= LONGEST_TITLE), node.name)
        if node.is_root and not node.label and "L" not in taken and len(picture.roots) == 1:
            called[node.name] = "L"
    return called


def _ends(label: str) -> list[str]:
    """A name, and what is left of it from each of its dots on, the last first; none of what is no name."""
    if not re.fullmatch(r"[^\W\d][\w.\[\]′]*", label):
        return []
    parts = label.split(".")
    return [label, *(".".join(parts[place:]) for place in range(len(parts) - 1, 0, -1))]


def with_titles(picture: Picture, called: Mapping[str, str]) -> Picture:
    """The same picture, each box with the name the formulas use on it, beside a label that does not end so."""

    def label(node: Node) -> str:
        title = called[node.name]
        if node.kind in ("constant", "more") or node.label.endswith(title):
            return node.label
        return f"{node.label} ({title})" if node.label else title

    return replace(picture, nodes=tuple(replace(node, label=label(node)) for node in picture.nodes))


def _added(value: float) -> str:
    """A number after a plus sign."""
    return f"({signed(value)})" if signed(value).startswith("−") else signed(value)


# ── the forward pass ────────────────────────────────────────────────────────────────────────────────────────────────


def forward_frames(names: Mapping[Any, str], called: Mapping[str, str]) -> list[Frame]:
    """One frame for each computed node that has a name, in the order of the names."""
    return [_forward_frame(node, names, called) for node in names if _operands(node)]


def _operands(node: Any) -> tuple[Any, ...]:
    return node._prev if isinstance(node, Value) else parents_of(node)


def _forward_frame(node: Any, names: Mapping[Any, str], called: Mapping[str, str]) -> Frame:
    name, operands = called[names[node]], _operands(node)
    words = [
        signed(x.data) if x not in names or getattr(x, "is_constant", False) else called[names[x]] for x in operands
    ]
    numbers = [signed(x.data) for x in operands]
    symbol = node._op if isinstance(node, Value) else operation_of(node)
    lines = (
        f"{name} = {_applied(symbol, words, '·')}",
        f"{name}.data = {_applied(symbol, numbers, '×')}",
        f"{name}.data = {signed(node.data)}",
    )
    return Frame("forward", names[node], lines, node.data)


def _applied(symbol: str, operands: list[str], times: str) -> str:
    """An operation on its operands as it is written: an infix one between them, any other as a function."""
    if len(operands) == 2 and symbol in ("+", "-", "*", "/", "**"):
        sign = {"*": times, "-": "−"}.get(symbol, symbol)
        return f" {sign} ".join(f"({x})" if x.startswith("−") else x for x in operands)
    if len(operands) == 1 and symbol in ("+", "*"):  # the same operand twice, which a set keeps once
        return _applied(symbol, operands * 2, times)
    if len(operands) == 1 and symbol.startswith("**"):  # micrograd keeps the exponent in the symbol
        return f"({operands[0]}){symbol}"
    given = operands if len(operands) <= MOST_TERMS else [*operands[: MOST_TERMS - 1], "…"]
    return f"{symbol}({', '.join(given)})"


# ── frames ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def frames_of(
    run: Pass, names: Mapping[Any, str], called: Mapping[str, str]
) -> tuple[tuple[Frame, ...], tuple[Place, ...]]:
    """The frames of a pass and its order, of the nodes that have a name. called: the titles, by name."""
    return _Film(run, names, called).made()


class _Film:
    """The frames of one pass, while they are made."""

    def __init__(self, run: Pass, names: Mapping[Any, str], called: Mapping[str, str]) -> None:
        self.run, self.names, self.called = run, names, called
        self.frames: list[Frame] = []
        self.ledger: dict[Any, list[Frame]] = defaultdict(list)
        self.hidden: dict[Any, list[Pull]] = defaultdict(list)  # what has come from outside and is not told yet
        self.users: dict[Any, dict[Any, None]] = defaultdict(dict)  # a set that keeps its order
        for pull in run.pulls:
            self.users[pull.parent][pull.user] = None
        self.root = self.title(run.root) if run.root in names else "L"

    def made(self) -> tuple[tuple[Frame, ...], tuple[Place, ...]]:
        waiting = Counter(pull.parent for pull in self.run.pulls)
        turns = Counter(turn.node for turn in self.run.turns)
        order: list[Place] = []
        passed: set[Any] = set()
        self.seed()
        for turn in self.run.turns:
            if turn.node in self.names:
                order.append(self.place(turn.node, passed, turns))
            passed.add(turn.node)
            turns[turn.node] -= 1
            for pull in turn.pulls:
                self.pull(pull)
            for parent in dict.fromkeys(pull.parent for pull in turn.pulls):
                waiting[parent] -= sum(pull.parent is parent for pull in turn.pulls)
                if not waiting[parent]:
                    self.done(parent)
        return tuple(self.frames), tuple(order)

    def title(self, node: Any) -> str:
        return self.called[self.names[node]]

    def place(self, node: Any, passed: set[Any], turns: Counter[Any]) -> Place:
        visible = [user for user in self.users[node] if user in self.names]
        users = tuple(self.names[user] for user in visible)
        late = tuple(self.names[user] for user in visible if user not in passed)
        returning = tuple(self.names[user] for user in visible if user in passed and turns[user])
        outside = len(self.users[node]) - len(visible)
        return Place(self.names[node], users, late, returning, outside, node in passed, len(self.frames))

    def derivative(self, node: Any) -> str:
        return f"∂{self.root}/∂{self.title(node)}"

    def add(self, kind: Kind, node: Any, lines: Lines, after: float, **more: Any) -> Frame:
        frame = Frame(kind, self.names[node], lines, after, **more)
        self.frames.append(frame)
        return frame

    def seed(self) -> None:
        root, seed = self.run.root, self.run.seed
        if root in self.names:
            name = self.title(root)
            lines = (
                f"{self.derivative(root)} = 1",
                f"{name}.grad = {signed(seed)}",
                f"{name}.grad: 0 → {signed(seed)}",
            )
            self.ledger[root].append(self.add("seed", root, lines, seed))
            if root not in self.users:
                self.done(root)

    def pull(self, pull: Pull) -> None:
        node, user = pull.parent, pull.user
        if node not in self.names:
            return
        if user not in self.names:
            self.hidden[node].append(pull)
            return
        self.outside(node)
        name, factor = self.title(node), f"{signed(pull.upstream)} × {signed(pull.local)}"
        added = f"({factor})" if pull.upstream or math.isnan(pull.after) else "0"
        lines = (
            f"{self.derivative(node)} += {self.derivative(user)} · ∂{self.title(user)}/∂{name}",
            f"{name}.grad = {signed(pull.before)} + {added}",
            f"{name}.grad: {signed(pull.before)} → {signed(pull.after)}",
        )
        numbers = {"before": pull.before, "local": pull.local, "upstream": pull.upstream}
        where = {"user": self.names[user], "position": pull.position}
        self.ledger[node].append(self.add("pull", node, lines, pull.after, **numbers, **where))

    def outside(self, node: Any) -> None:
        """One frame for what uses outside of the picture have contributed since the last frame of this node."""
        if pulls := self.hidden.pop(node, None):
            name, before, after = self.title(node), pulls[0].before, pulls[-1].after
            lines = (
                f"{self.derivative(node)} += …",
                f"{name}.grad = {signed(before)} + {_added(after - before)}",
                f"{name}.grad: {signed(before)} → {signed(after)}",
            )
            self.ledger[node].append(self.add("outside", node, lines, after, before=before, count=len(pulls)))

    def done(self, node: Any) -> None:
        if node not in self.names:
            return
        self.outside(node)
        name, ledger = self.title(node), self.ledger[node]
        terms = [self.term(frame) for frame in ledger]
        start = signed(ledger[0].before) if ledger[0].before else ""
        numbers = [signed(frame.added) for frame in ledger]
        numbers = [start, *numbers] if start else numbers
        numbers = [numbers[0], *(f"({text})" if text.startswith("−") else text for text in numbers[1:])]
        arrived = arrival(ledger)
        if not _is_close(ledger, arrived):
            whole, sums = f"{name}.grad ≠ {_sum(terms)}", f"{name}.grad ≠ {_sum(numbers)} = {signed(arrived)}"
        else:
            is_wrong = any(frame.mistake for frame in ledger)
            whole = f"{name}.grad ≠ {_sum(terms)}" if is_wrong else f"{self.derivative(node)} = {_sum(terms)}"
            whole = f"{name}.grad = {_sum([start, *terms])}" if start and not is_wrong else whole
            sums = f"{name}.grad = {_sum(numbers)}"
        lines = (
            whole,
            sums,
            f"{name}.grad = {signed(ledger[-1].after)}",
        )
        self.add("done", node, lines, ledger[-1].after, count=len(ledger))

    def term(self, frame: Frame) -> str:
        if frame.kind != "pull":
            return "1" if frame.kind == "seed" else "…"
        user = self.called[frame.user]
        return f"∂{self.root}/∂{user} · ∂{user}/∂{self.called[frame.node]}"


def arrival(ledger: Sequence[Frame]) -> float:
    """What there was, and all that arrived in truth."""
    return ledger[0].before + sum(frame.added for frame in ledger)


def _is_close(ledger: Sequence[Frame], arrived: float) -> bool:
    """But for rounding; whatever is not finite is."""
    after = ledger[-1].after
    size = max(abs(arrived), abs(after), *(max(abs(frame.added), abs(frame.after)) for frame in ledger))
    return abs(arrived - after) <= 1e-9 * size or not math.isfinite(size)


def is_kept(ledger: Sequence[Frame]) -> bool:
    """Whether the gradient is what arrived: nothing was overwritten."""
    return not ledger or _is_close(ledger, arrival(ledger))


def _sum(terms: list[str]) -> str:
    """The terms with plus signs; of many, the first and how many more."""
    if len(terms) <= MOST_TERMS:
        return " + ".join(terms)
    return f"{' + '.join(terms[: MOST_TERMS - 1])} + … {len(terms) - MOST_TERMS + 1} more"
