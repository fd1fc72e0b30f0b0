"""The steps of a pass, made from its record: what is computed, what is added where, what is complete."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from autograd.value import Value
from autograd.viz.backprop.notation import applied, bracketed, local_derivative, slots
from autograd.viz.backprop.observe import EngineNode, Pass, Pull, operation_of, parents_of
from autograd.viz.backprop.step import Step, Turn, arrival, is_close
from autograd.viz.write.numbers import datum, number

__all__ = ["Forms", "forms_of", "forward_steps", "operand_titles", "steps_of"]

Forms = dict[tuple[EngineNode, int], str]
"""How the local derivative of a node by one of its operands is written."""

MOST_TERMS = 4  # of a sum in a formula: of more, the first three are written

# ── the forward pass ────────────────────────────────────────────────────────────────────────────────────────────────


def _added(value: float) -> str:
    """A number after a plus sign."""
    return f"({number(value)})" if number(value).startswith("−") else number(value)


def forward_steps(names: Mapping[EngineNode, str], called: Mapping[str, str]) -> list[Step]:
    """One step for each computed node that has a name, in the order of the names."""
    return [_forward_step(node, names, called) for node in names if _operands(node)]


def _operands(node: EngineNode) -> tuple[EngineNode, ...]:
    return node._prev if isinstance(node, Value) else parents_of(node)


def _forward_step(node: EngineNode, names: Mapping[EngineNode, str], called: Mapping[str, str]) -> Step:
    title, symbol = called[names[node]], symbol_of(node)
    numbers, name = [datum(x.data) for x in _operands(node)], bracketed(title)
    formula = applied(symbol, operand_titles(node, names, called))
    lines = (
        formula if formula.replace(" ", "") == title else f"{title} = {formula}",
        f"{name}.data = {applied(symbol, numbers)}",
        f"{name}.data = {datum(node.data)}",
    )
    return Step("forward", names[node], lines, node.data)


def symbol_of(node: EngineNode) -> str:
    """The sign or name of a node's operation."""
    return node._op if isinstance(node, Value) else operation_of(node)


def operand_titles(node: EngineNode, names: Mapping[EngineNode, str], called: Mapping[str, str]) -> list[str]:
    """What the operands of a node are called in a formula; a number where one is constant or not shown."""
    return [
        number(x.data) if x not in names or getattr(x, "is_constant", False) else called[names[x]]
        for x in _operands(node)
    ]


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def steps_of(
    run: Pass, names: Mapping[EngineNode, str], called: Mapping[str, str], forms: Forms
) -> tuple[tuple[Step, ...], tuple[Turn, ...]]:
    """The steps of a pass and its order, of the nodes that have a name. called: the titles, by name."""
    return StepBuilder(run, names, called, forms).build()


def forms_of(run: Pass, names: Mapping[EngineNode, str], called: Mapping[str, str]) -> Forms:
    """How each local derivative of a pass is written, of the nodes that have a name."""
    forms: Forms = {}
    for turn in run.turns:
        if (user := turn[0].user) in names:
            symbol, operands = symbol_of(user), slots(operand_titles(user, names, called))
            forms |= {(user, pull.position): local_derivative(symbol, operands, pull.position) for pull in turn}
    return forms


class StepBuilder:
    """The steps of one pass, while they are made. ledger: what has come to each node so far."""

    def __init__(self, run: Pass, names: Mapping[EngineNode, str], called: Mapping[str, str], forms: Forms) -> None:
        self.run, self.names, self.called, self.forms = run, names, called, forms
        self.nodes = {name: node for node, name in names.items()}
        self.steps: list[Step] = []
        self.ledger: dict[EngineNode, list[Step]] = defaultdict(list)
        self.hidden: dict[EngineNode, list[Pull]] = defaultdict(list)  # from outside of the picture, in no step yet
        self.users: dict[EngineNode, dict[EngineNode, None]] = defaultdict(dict)  # a set that keeps its order
        for pull in run.pulls:
            self.users[pull.parent][pull.user] = None
        self.uses = Counter(pull.parent for pull in run.pulls)
        self.root = self.title(run.root) if run.root in names else "L"

    def build(self) -> tuple[tuple[Step, ...], tuple[Turn, ...]]:
        waiting = self.uses.copy()
        turns = Counter(turn[0].user for turn in self.run.turns)
        order: list[Turn] = []
        passed: set[EngineNode] = set()
        self.seed()
        for pulls in self.run.turns:
            node = pulls[0].user
            if node in self.names:
                order.append(self.turn(node, passed, turns))
            passed.add(node)
            turns[node] -= 1
            for pull in pulls:
                self.pull(pull)
            for parent in dict.fromkeys(pull.parent for pull in pulls):
                waiting[parent] -= sum(pull.parent is parent for pull in pulls)
                if not waiting[parent]:
                    self.done(parent)
        return tuple(self.steps), tuple(order)

    def title(self, node: EngineNode) -> str:
        return bracketed(self.called[self.names[node]])

    def turn(self, node: EngineNode, passed: set[EngineNode], turns: Counter[EngineNode]) -> Turn:
        visible = [user for user in self.users[node] if user in self.names]
        users = tuple(self.names[user] for user in visible)
        late = tuple(self.names[user] for user in visible if user not in passed)
        returning = tuple(self.names[user] for user in visible if user in passed and turns[user])
        outside = len(self.users[node]) - len(visible)
        return Turn(self.names[node], users, late, returning, outside, node in passed, len(self.steps))

    def derivative(self, node: EngineNode) -> str:
        return f"∂{self.root}/∂{self.title(node)}"

    def product(self, user: EngineNode, position: int) -> str:
        """What a use contributes: the user's gradient, times the local derivative by the operand in that slot."""
        return f"{self.title(user)}.grad · {self.forms[user, position]}"

    def add(self, node: EngineNode, step: Step) -> None:
        self.steps.append(step)
        self.ledger[node].append(step)

    def seed(self) -> None:
        root, seed = self.run.root, self.run.seed
        if root in self.names:
            name = self.title(root)
            lines = (
                f"{self.derivative(root)} = 1",
                f"{name}.grad = {number(seed)}",
                f"{name}.grad: 0 → {number(seed)}",
            )
            self.add(root, Step("seed", self.names[root], lines, seed, completes=root not in self.users))

    def pull(self, pull: Pull) -> None:
        node, user = pull.parent, pull.user
        if node not in self.names:
            return
        if user not in self.names:
            self.hidden[node].append(pull)
            return
        self.outside(node)
        name, factor = self.title(node), f"{number(pull.upstream)} · {number(pull.local)}"
        added = f"({factor})" if pull.upstream or math.isnan(pull.after) else "0"
        completes = self.uses[node] == 1
        lines = (
            f"{name}.grad += {self.product(user, pull.position)}",
            f"{name}.grad = {number(pull.before)} + {added}",
            f"{name}.grad: {number(pull.before)} → {number(pull.after)}",
        )
        step = Step(
            "pull", self.names[node], lines, pull.after, before=pull.before, user=self.names[user],
            position=pull.position, local=pull.local, upstream=pull.upstream, completes=completes,
        )  # fmt: skip
        if completes and not step.before and not step.mistake:
            step = replace(step, lines=(*lines[:2], f"{lines[2]} = {self.derivative(node)}"))
        self.add(node, step)

    def outside(self, node: EngineNode, completes: bool = False) -> None:
        """One step for what uses outside of the picture have contributed since the last step of this node."""
        if pulls := self.hidden.pop(node, None):
            name, before, after = self.title(node), pulls[0].before, pulls[-1].after
            lines = (
                f"{name}.grad += …",
                f"{name}.grad = {number(before)} + {_added(after - before)}",
                f"{name}.grad: {number(before)} → {number(after)}",
            )
            step = Step("outside", self.names[node], lines, after, before=before, count=len(pulls), completes=completes)
            self.add(node, step)

    def done(self, node: EngineNode) -> None:
        if node not in self.names:
            return
        self.outside(node, completes=node not in self.ledger)
        name, ledger = self.title(node), self.ledger[node]
        if ledger[-1].completes:
            return
        terms = [self.term(step) for step in ledger]
        start = number(ledger[0].before) if ledger[0].before else ""
        numbers = [number(step.added) for step in ledger]
        numbers = [start, *numbers] if start else numbers
        numbers = [numbers[0], *(f"({text})" if text.startswith("−") else text for text in numbers[1:])]
        arrived = arrival(ledger)
        if not is_close(ledger, arrived):
            whole, sums = f"{name}.grad ≠ {_sum(terms)}", f"{name}.grad ≠ {_sum(numbers)} = {number(arrived)}"
        else:
            is_wrong = any(step.mistake for step in ledger)
            whole = f"{name}.grad ≠ {_sum(terms)}" if is_wrong else f"{self.derivative(node)} = {_sum(terms)}"
            whole = f"{name}.grad = {_sum([start, *terms])}" if start and not is_wrong else whole
            sums = f"{name}.grad = {_sum(numbers)}"
        lines = (whole, sums, f"{name}.grad = {number(ledger[-1].after)}")
        self.steps.append(Step("done", self.names[node], lines, ledger[-1].after, count=len(ledger), completes=True))

    def term(self, step: Step) -> str:
        if step.kind != "pull":
            return "1" if step.kind == "seed" else "…"
        return self.product(self.nodes[step.user], step.position)


def _sum(terms: list[str]) -> str:
    """The terms with plus signs; of many, the first and how many more."""
    if len(terms) <= MOST_TERMS:
        return " + ".join(terms)
    return f"{' + '.join(terms[: MOST_TERMS - 1])} + … {len(terms) - MOST_TERMS + 1} more"
