"""The steps of a pass, made from its record: what is computed, what is added where, what is complete."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from autograd.value import Value
from autograd.viz.backprop.notation import local_derivative, slots
from autograd.viz.backprop.observe import EngineNode, Pass, Pull, operation_of, parents_of
from autograd.viz.backprop.step import Step, Turn, arrival, is_close
from autograd.viz.backprop.titles import operand_title
from autograd.viz.backprop.view import View, lines_inside
from autograd.viz.picture import Node
from autograd.viz.write.formula import applied, bracketed
from autograd.viz.write.numbers import datum, number

__all__ = ["Forms", "forms_of", "formulas", "forward_steps", "operand_titles", "steps_of"]

Titles = Mapping[EngineNode, str]


@dataclass(frozen=True, slots=True)
class Forms:
    """How the values that pass on are written.

    operands: what those of each value are called, by their slots. slopes: its local derivative by each of them.
    """

    operands: dict[EngineNode, list[str]]
    slopes: dict[tuple[EngineNode, int], str]


MOST_TERMS = 4  # of a sum in a formula: of more, the first three are written

# ── the forward pass ────────────────────────────────────────────────────────────────────────────────────────────────


def _added(value: float) -> str:
    """A number after a plus sign."""
    return f"({number(value)})" if number(value).startswith("−") else number(value)


def forward_steps(view: View) -> list[Step]:
    """One step for each computed node of a picture, in order."""
    values = {name: value for value, name in view.names.items()}
    steps = []
    for node in view.picture.nodes:
        if node.name in view.summaries:
            steps.append(_forward_inside(node, view))
        elif node.name in values and _operands(values[node.name]):
            steps.append(_forward_step(values[node.name], view))
    return steps


def formulas(view: View) -> dict[str, str]:
    """How each computed node of a picture was computed."""
    of_values = {name: _formula(node, view.titles) for node, name in view.names.items() if _operands(node)}
    return of_values | {name: _formula_inside(view, name) for name in view.summaries}


def _operands(node: EngineNode) -> tuple[EngineNode, ...]:
    return node._prev if isinstance(node, Value) else parents_of(node)


def _formula(node: EngineNode, titles: Titles) -> str:
    formula, title = applied(symbol_of(node), operand_titles(node, titles)), titles[node]
    return formula if formula.replace(" ", "") == title else f"{title} = {formula}"


def _forward_step(node: EngineNode, view: View) -> Step:
    name, numbers = bracketed(view.titles[node]), [datum(x.data) for x in _operands(node)]
    lines = (
        _formula(node, view.titles),
        f"{name}.data = {applied(symbol_of(node), numbers)}",
        f"{name}.data = {datum(node.data)}",
    )
    return Step("forward", view.names[node], lines, node.data)


def _formula_inside(view: View, name: str) -> str:
    """How a folded node was computed: its operation, or its module, of the nodes it uses."""
    node, title, edges = view.picture[name], view.called[name], view.picture.edges
    tails = list(dict.fromkeys(edge.tail for edge in edges if edge.head == name))
    words = [operand_title(view.picture[tail], view.called) for tail in tails]
    if node.kind == "group" or not node.operation:
        return f"{title}({', '.join(words[:1] + ['…'] * (len(words) > 1))})" if words else title
    formula = node.operation if node.is_expression else applied(node.operation, words)
    return formula if formula.replace(" ", "") == title else f"{title} = {formula}"


def _forward_inside(node: Node, view: View) -> Step:
    name, data = bracketed(view.called[node.name]), "…" if node.data is None else datum(node.data)
    return Step(
        "forward",
        node.name,
        (_formula_inside(view, node.name), f"{name}.data = {data}", f"{name}.data = {data}"),
        math.nan if node.data is None else node.data,
    )


def symbol_of(node: EngineNode) -> str:
    """The sign or name of a node's operation."""
    return node._op if isinstance(node, Value) else operation_of(node)


def operand_titles(node: EngineNode, titles: Titles) -> list[str]:
    """What the operands of a node are called in a formula; a number where one is constant or not shown."""
    return [
        number(x.data) if x not in titles or getattr(x, "is_constant", False) else titles[x] for x in _operands(node)
    ]


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def steps_of(run: Pass, view: View, forms: Forms) -> tuple[tuple[Step, ...], tuple[Turn, ...]]:
    """The steps of a pass in a picture of it, and its order."""
    return StepBuilder(run, view, forms).build()


def forms_of(run: Pass, view: View) -> Forms:
    """How each local derivative of a pass is written, of the values that are nodes of their own."""
    forms = Forms({}, {})
    for turn in run.turns:
        if (user := turn[0].user) in view.names:
            symbol, operands = symbol_of(user), slots(operand_titles(user, view.titles))
            forms.operands[user] = operands
            for pull in turn:
                forms.slopes[user, pull.position] = local_derivative(symbol, operands, pull.position)
    return forms


class StepBuilder:
    """The steps of one pass, while they are made. ledger: what has come to each value so far.

    hidden: what came to a value since its last step from users that are no nodes of their own. open: how many turns of
    values inside each folded node are still to come.
    """

    def __init__(self, run: Pass, view: View, forms: Forms) -> None:
        self.run, self.view, self.forms = run, view, forms
        self.nodes = {name: node for node, name in view.names.items()}
        self.steps: list[Step] = []
        self.order: list[Turn] = []
        self.ledger: dict[EngineNode, list[Step]] = defaultdict(list)
        self.hidden: dict[EngineNode, list[Pull]] = defaultdict(list)
        self.users: dict[str, dict[EngineNode, None]] = defaultdict(dict)  # of each node; a set that keeps its order
        for pull in run.pulls:
            if (name := view.node_of(pull.parent)) != (user := view.node_of(pull.user)) or not user:
                self.users[name][pull.user] = None
        self.uses = Counter(pull.parent for pull in run.pulls)
        self.turns = Counter(view.node_of(turn[0].user) or turn[0].user for turn in run.turns)
        self.passed: set[EngineNode | str] = set()
        self.summarised: set[str] = set()
        self.left: dict[str, set[EngineNode]] = defaultdict(
            set
        )  # of each folded node, the values that are not complete
        for node in self.uses:
            if box := view.folded.get(node):
                self.left[box].add(node)
        self.root = self.title(run.root) if view.node_of(run.root) else "L"

    def build(self) -> tuple[tuple[Step, ...], tuple[Turn, ...]]:
        waiting = self.uses.copy()
        self.seed()
        for pulls in self.run.turns:
            node = pulls[0].user
            name = self.view.node_of(node) or node
            if node in self.view.names and any(self.view.node_of(pull.parent) for pull in pulls):
                self.order.append(self.turn(self.view.names[node]))
            self.turns[name] -= 1
            if not self.turns[name] or node in self.view.names:
                self.passed.add(name)
            self.pulls(pulls)
            for parent, count in Counter(pull.parent for pull in pulls).items():
                waiting[parent] -= count
                if not waiting[parent]:
                    self.done(parent)
            if node in self.view.folded and not self.turns[name]:
                self.inside(self.view.folded[node])
        return tuple(self.steps), tuple(self.order)

    def title(self, node: EngineNode) -> str:
        return bracketed(self.view.titles[node])

    def turn(self, name: str) -> Turn:
        """The turn of a node to pass on, which begins with the next step."""
        around = dict.fromkeys(self.view.node_of(user) or user for user in self.users[name])
        users = tuple(user for user in around if isinstance(user, str))
        is_folded = name in self.view.summaries  # its values passed on before, each in its own turn
        single = () if is_folded else tuple(user for user in users if user not in self.view.summaries)
        late = tuple(user for user in single if user not in self.passed)
        returning = tuple(user for user in single if user in self.passed and self.turns[user])
        return Turn(
            name,
            users,
            late,
            returning,
            len(around) - len(users),
            not is_folded and name in self.passed,
            len(self.steps),
        )

    def derivative(self, node: EngineNode) -> str:
        return f"∂{self.root}/∂{self.title(node)}"

    def product(self, user: EngineNode, position: int) -> str:
        """What a use contributes: the user's gradient, times the local derivative by the operand in that slot."""
        return f"{self.title(user)}.grad · {self.forms.slopes[user, position]}"

    def add(self, node: EngineNode, step: Step) -> None:
        self.steps.append(step)
        self.ledger[node].append(step)

    def seed(self) -> None:
        root, seed = self.run.root, self.run.seed
        if node := self.view.node_of(root):
            name = self.title(root)
            lines = (
                f"{self.derivative(root)} = 1",
                f"{name}.grad = {number(seed)}",
                f"{name}.grad: 0 → {number(seed)}",
            )
            self.add(root, Step("seed", node, lines, seed, completes=not self.uses[root] and root in self.view.names))

    def pulls(self, pulls: Sequence[Pull]) -> None:
        """What one value passes on: a step for each contribution, and one for all that a folded node gets."""
        user = pulls[0].user
        into: dict[str, list[Pull]] = defaultdict(list)
        for pull in pulls:
            into[self.view.folded.get(pull.parent, "")].append(pull)
        for pull in into.pop("", ()):
            if user in self.view.names:
                self.pull(pull)
            elif pull.parent in self.view.names:
                self.hidden[pull.parent].append(pull)
        for box, arriving in into.items():
            if user in self.view.names and len(arriving) == 1:
                self.pull(arriving[0])
            elif user in self.view.names:
                self.merged(box, self.view.names[user], arriving)

    def pull(self, pull: Pull) -> None:
        node, user = pull.parent, pull.user
        if not (name := self.view.node_of(node)):
            return
        self.outside(node)
        title, factor = self.title(node), f"{number(pull.upstream)} · {number(pull.local)}"
        added = f"({factor})" if pull.upstream or math.isnan(pull.after) else "0"
        completes = self.uses[node] == 1 and node in self.view.names and node not in self.view.beside
        is_derivative = completes and _is_all(pull)
        lines = (
            f"{title}.grad += {self.product(user, pull.position)}",
            f"{title}.grad = {number(pull.before)} + {added}",
            f"{title}.grad: {number(pull.before)} → {number(pull.after)}"
            + f" = {self.derivative(node)}" * is_derivative,
        )
        step = Step(
            "pull", name, lines, pull.after, before=pull.before, user=self.view.names[user],
            position=pull.position, local=pull.local, upstream=pull.upstream, completes=completes,
        )  # fmt: skip
        self.add(node, step)

    def merged(self, box: str, user: str, pulls: Sequence[Pull]) -> None:
        """One step for what a value gives to several that are folded into one node."""
        name = bracketed(self.view.called[box])
        largest = max((pull.after for pull in pulls), key=abs)
        lines = (
            f"{name}.grad += {bracketed(self.view.called[user])}.grad · …",
            _listed(name, [pull.after - pull.before for pull in pulls], "+="),
            f"max |{name}.grad| = {number(abs(largest))}",
        )
        self.steps.append(Step("merged", box, lines, largest, user=user, count=len(pulls)))

    def inside(self, box: str) -> None:
        """One step for all that happens inside of a folded node, before the first that comes out of it is used."""
        if box in self.summarised:
            return
        self.summarised.add(box)
        self.order.append(self.turn(box))
        summary = self.view.summaries[box]
        size = max(summary.gradients, key=abs, default=0.0)
        lines = lines_inside(self.view, box)
        self.steps.append(Step("inside", box, lines, size, count=summary.contributions, completes=True))

    def outside(self, node: EngineNode, completes: bool = False) -> None:
        """A step for each user that is no node of its own, and has contributed since the last step of this value."""
        pulls = [] if node in self.view.beside else self.hidden.pop(node, [])
        runs = [list(run) for _, run in groupby(pulls, key=lambda pull: self.view.node_of(pull.user))]
        for run in runs:
            box = self.view.node_of(run[0].user)
            if box:
                self.inside(box)
            name, before, after = self.title(node), run[0].before, run[-1].after
            source = f"{bracketed(self.view.called[box])}.grad · …" if box else "…"
            lines = (
                f"{name}.grad += {source}",
                f"{name}.grad = {number(before)} + {_added(after - before)}",
                f"{name}.grad: {number(before)} → {number(after)}",
            )
            is_last = completes and len(runs) == 1
            if is_last and not before:
                lines = (*lines[:2], f"{lines[2]} = {self.derivative(node)}")
            step = Step("merged" if box else "outside", self.view.names[node], lines, after, before=before, user=box,
                        count=len(run), completes=is_last)  # fmt: skip
            self.add(node, step)

    def done(self, node: EngineNode) -> None:
        if box := self.view.folded.get(node):
            self.left[box].discard(node)
            if not self.left[box] and not self.view.summaries[box].contributions:
                self.leaves_done(box)
        if node not in self.view.names or node in self.view.beside:
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
        self.steps.append(
            Step("done", self.view.names[node], lines, ledger[-1].after, count=len(ledger), completes=True)
        )

    def leaves_done(self, box: str) -> None:
        """One step for leaves that are drawn as one, when the last of them is complete."""
        _, gradient, _ = lines_inside(self.view, box)
        summary, title = self.view.summaries[box], bracketed(self.view.called[box])
        lines = (f"∂{self.root}/∂{title}", _listed(title, summary.gradients), gradient)
        count = sum(flow.count for flow in summary.arrives)
        self.steps.append(Step("done", box, lines, summary.size, count=count, completes=True))

    def term(self, step: Step) -> str:
        if step.kind == "merged":
            return f"{bracketed(self.view.called[step.user])}.grad · …"
        if step.kind != "pull":
            return "1" if step.kind == "seed" else "…"
        return self.product(self.nodes[step.user], step.position)


def _is_all(pull: Pull) -> bool:
    """Whether a value has now what the pull should add to it, and nothing else."""
    product = pull.upstream * pull.local
    return not pull.before and (abs(pull.after - product) <= 1e-9 * abs(product) or not math.isfinite(product))


def _listed(name: str, gradients: Sequence[float], sign: str = "=") -> str:
    """The gradients of several values, or what is added to them; of many, the first."""
    numbers = [number(gradient) for gradient in gradients]
    return (
        f"{name}.grad {sign} {', '.join(numbers if len(numbers) <= MOST_TERMS else [*numbers[: MOST_TERMS - 1], '…'])}"
    )


def _sum(terms: list[str]) -> str:
    """The terms with plus signs; of many, the first and how many more."""
    if len(terms) <= MOST_TERMS:
        return " + ".join(terms)
    return f"{' + '.join(terms[: MOST_TERMS - 1])} + … {len(terms) - MOST_TERMS + 1} more"
