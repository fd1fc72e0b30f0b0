"""A picture of a pass: which node shows a value, what it is called, and what happens inside of a folded one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograd.viz.backprop.observe import EngineNode, Pass, Pull
from autograd.viz.backprop.step import Lines
from autograd.viz.backprop.titles import titles
from autograd.viz.picture import Picture
from autograd.viz.write.formula import bracketed
from autograd.viz.write.numbers import number

__all__ = ["Flow", "Summary", "View", "lines_inside", "view_of"]

MOST_TARGETS = 2  # of a folded node, in the line that says where its gradient goes


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes between a folded node and one beside it. node: the other; "" where the picture does not show it.

    count: how many contributions. largest: the one with the largest size; the only one where there is one.
    """

    node: str
    count: int
    largest: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What happens inside of a folded node. contributions: how many it makes, inside and to others.

    gradients: those of its outputs. parameters: how many values that it alone shows get a gradient; ``largest`` is that
    of the largest size. arrives, leaves: the contributions to its outputs, and those it makes to others.
    """

    contributions: int
    gradients: tuple[float, ...]
    parameters: int
    largest: float
    arrives: tuple[Flow, ...]
    leaves: tuple[Flow, ...]

    @property
    def size(self) -> float:
        """The largest gradient there, of its outputs and of the values that it alone shows."""
        return max(map(abs, (*self.gradients, self.largest)), key=lambda x: (math.isnan(x), x))


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Where the values of a graph are in a picture.

    names: of a value that is a node of its own, the node's name. folded: of a value inside of a folded node, that
    node's name. called: the title of each node. titles: what a value is called in a formula: of those that are inside
    of a folded node the ones that others use are. beside: those that are shown because what is inside of a folded node
    uses them: what else they get is not played.
    """

    picture: Picture
    names: dict[EngineNode, str]
    folded: dict[EngineNode, str]
    called: dict[str, str]
    titles: dict[EngineNode, str]
    summaries: dict[str, Summary]
    beside: frozenset[EngineNode]

    def node_of(self, value: EngineNode) -> str:
        """The name of the node that shows a value, or ""."""
        return self.names.get(value) or self.folded.get(value, "")


def view_of(
    picture: Picture,
    nodes: Sequence[EngineNode],
    run: Pass,
    around: Mapping[str, str],
    parts: Collection[str] | None = None,
) -> View:
    """The view of a recorded pass. nodes: the values by the numbers in the names of the picture's nodes.

    around: names that some have in a picture around this one. parts: what is inside, where it is of a folded node.
    """
    names: dict[EngineNode, str] = {}
    folded: dict[EngineNode, str] = {}
    for node in picture.nodes:
        if node.parts:
            folded |= dict.fromkeys((nodes[int(part[1:])] for part in node.parts), node.name)
        elif node.name[0] == "n":
            names[nodes[int(node.name[1:])]] = node.name
    called = titles(picture, around)
    of_values = {value: called[name] for value, name in names.items()}
    summaries = _summaries(run, names, folded, of_values, called) if folded else {}
    is_beside = {node.name for node in picture.nodes if node.kind in ("input", "result")} - {*(parts or ())}
    beside = frozenset(value for value, name in names.items() if name in is_beside) if parts else frozenset()
    return View(picture, names, folded, called, of_values, summaries, beside)


def _summaries(
    run: Pass,
    names: Mapping[EngineNode, str],
    folded: Mapping[EngineNode, str],
    of_values: dict[EngineNode, str],
    called: Mapping[str, str],
) -> dict[str, Summary]:
    """What happens inside of each folded node; the titles of its outputs are added to those of the values."""
    within: dict[str, list[Pull]] = defaultdict(list)
    arrives: dict[str, dict[str, list[Pull]]] = defaultdict(lambda: defaultdict(list))
    leaves: dict[str, dict[str, list[Pull]]] = defaultdict(lambda: defaultdict(list))
    own: dict[str, dict[EngineNode, None]] = defaultdict(dict)
    outputs: dict[str, dict[EngineNode, float]] = defaultdict(dict)
    final = {pull.parent: pull.after for pull in run.pulls}
    if run.root in folded:
        outputs[folded[run.root]][run.root] = run.seed
    for pull in run.pulls:
        tail, head = (names.get(x) or folded.get(x, "") for x in (pull.parent, pull.user))
        if pull.user in folded:
            within[head].append(pull)
            if not tail:
                own[head][pull.parent] = None
            elif tail != head:
                leaves[head][tail].append(pull)
        if pull.parent in folded and tail != head:
            arrives[tail][head].append(pull)
            outputs[tail][pull.parent] = final[pull.parent]
    for box, values in outputs.items():
        many = len(values) > 1
        of_values |= {value: f"{called[box]}.out[{i}]" if many else called[box] for i, value in enumerate(values)}
    return {
        box: Summary(
            contributions=len(within[box]),
            gradients=tuple(outputs[box].values()),
            parameters=len(own[box]),
            largest=_largest(final[value] for value in own[box]),
            arrives=_flows(arrives[box]),
            leaves=_flows(leaves[box]),
        )
        for box in dict.fromkeys([*folded.values()])
        if within[box] or outputs[box]
    }


def _flows(by_node: Mapping[str, Sequence[Pull]]) -> tuple[Flow, ...]:
    return tuple(
        Flow(node, len(pulls), _largest(pull.after - pull.before for pull in pulls)) for node, pulls in by_node.items()
    )


def _largest(numbers: Iterable[float]) -> float:
    """The number of the largest size, nan if one is; 0 of none."""
    return max(numbers, key=lambda x: (math.isnan(x), abs(x)), default=0.0)


def lines_inside(view: View, box: str) -> Lines:
    """The lines of a folded node: where its gradient goes on to, what it is, and the largest that it gives."""
    summary, name = view.summaries[box], bracketed(view.called[box])
    targets = [f"{bracketed(view.called[flow.node])}.grad" for flow in summary.leaves]
    targets = targets if len(targets) <= MOST_TARGETS else [*targets[: MOST_TARGETS - 1], "…"]
    targets += ["w.grad"] * bool(summary.parameters)
    arrived = [number(grad) for grad in summary.gradients]
    if len(set(arrived)) > 1:
        gradient = f"max |{name}.grad| = {number(abs(_largest(summary.gradients)))}"
    else:
        gradient = f"{name}.grad = {', '.join(arrived[:1])}"
    if summary.parameters:
        given = f"max |w.grad| = {number(abs(summary.largest))}"
    else:
        most = max(summary.leaves, key=lambda flow: abs(flow.largest), default=None)
        given = f"{bracketed(view.called[most.node])}.grad += {number(most.largest)}" if most else gradient
    return f"{name}.grad → {', '.join(targets)}", gradient, given
