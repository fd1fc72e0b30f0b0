"""Diagnosis of a wrong gradient: the mistake it looks like, and the rule it comes from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from autograd.checking.complex_step import Step
from autograd.checking.judge import Question, judge
from autograd.core.by_hand import is_by_hand
from autograd.core.graph import topological
from autograd.value import Value, number_of

__all__ = ["Sensitivity", "first_wrong_rule", "looks_like", "rounded", "sensitivities"]


class Sensitivity(NamedTuple):
    """The gradients that a graph's local derivatives give, computed without changing the graph.

    nodes: the graph in topological order.
    upstream: the gradient that arrives at each node.
    terms: the total size of that gradient's terms, which may cancel.
    """

    nodes: Sequence[Value]
    upstream: dict[Value, float]
    terms: dict[Value, float]

    @property
    def noise(self) -> float:
        """How far rounding in all nodes may move the root: half a unit in the last place for each."""
        parts = (0.5 * math.ulp(node.data) * abs(self.upstream.get(node, 0.0)) for node in self.nodes if node._op)
        return sum(part for part in parts if math.isfinite(part))


def sensitivities(root: object) -> Sensitivity:
    """Apply the chain rule to the root's graph, with the gradients in dictionaries."""
    if not isinstance(root, Value):
        return Sensitivity((), {}, {})
    graph = Sensitivity(topological(root, parents=_parents), {root: 1.0}, {root: 1.0})
    for node in reversed(graph.nodes):
        upstream, terms = graph.upstream.get(node, 0.0), graph.terms.get(node, 0.0)
        for operand, local in node._edges():
            if local is None or not terms:
                continue
            slope = number_of(local)
            graph.upstream[operand] = graph.upstream.get(operand, 0.0) + slope * upstream
            graph.terms[operand] = graph.terms.get(operand, 0.0) + abs(slope) * terms
    return graph


def _parents(node: Value) -> Iterable[Value]:
    return [operand for operand, local in node._edges() if local is not None]


def looks_like(ours: float, reference: float, upstreams: Iterable[float]) -> str:
    """Describe the mistake that would turn the right gradient into the wrong one.

    ours: the wrong gradient.
    reference: the right one.
    upstreams: the gradients that arrive at the graph's nodes.
    """
    if ours == 0.0:
        return "no gradient at all: is the path cut (.data, detach()), or a parent forgotten?"
    if abs(reference) < 1e-9 * abs(ours):
        return "a gradient where there is none: is the operand constant here?"
    ratio = ours / reference
    if _close(ratio, 1.0):
        return f"almost the right value: off by {abs(ratio - 1.0):.1e} of it, a rounded number or a bound set too tight"
    if _close(ratio, -1.0):
        return "the sign: the right value, negated"
    if _close(ratio, 2.0):
        return "twice the right value: is a node visited twice, or a gradient not reset to 0?"
    if any(_close(ratio * upstream, 1.0) for upstream in upstreams if not _close(abs(upstream), 1.0)):
        factor = f"{rounded(1 / ratio)!r}, the gradient that arrives at this node"
        return f"a missing upstream factor: multiply the local derivative by {factor}"
    if _close(ratio, 0.5):
        return "half the right value: does one use of a node overwrite another's, or is one use cut off (.data)?"
    if _close(ratio, round(ratio)) and abs(ratio) < 100:
        return f"{round(ratio)} times the right value: is a node visited more than once?"
    if ratio < 0:
        return f"{rounded(ratio)!r} times the right value: the sign and a factor"
    return f"{rounded(ratio)!r} times the right value: is a factor of the chain rule missing, or one too many?"


def first_wrong_rule(nodes: Iterable[Value]) -> str:
    """Describe the first operation whose local derivative is not the slope of its value; "" if there is none."""
    return next(filter(None, map(_wrong_derivative, nodes)), "")


def _wrong_derivative(node: Value) -> str:
    rule, operands = node._rule, [number_of(operand) for operand in node._operands()]
    if is_by_hand(rule):
        return ""
    for i, local in enumerate(node.local_derivatives):
        if local is None or not math.isfinite(local):
            continue

        def on_floats(x: float, i: int = i) -> float:
            return float(rule.evaluate([*operands[:i], x, *operands[i + 1 :]])[0])

        def on_steps(x: Step, i: int = i) -> Any:
            return Step.__apply_rule__(rule, [*operands[:i], x, *operands[i + 1 :]])

        question = Question(on_floats, on_steps, operands[i], node.data)
        verdict = judge(local, question, rtol=1e-5, atol=0.0)
        if verdict.is_right is False:
            name = f"x{i}" if rule.sequences else rule.operands[i]
            at = ", ".join(map(repr, operands))
            numbers = f"{rounded(local)!r} in the rule, {rounded(verdict.reference)!r} by differences"
            return f"{rule.name}: ∂/∂{name} at ({at}) is {numbers}"
    return ""


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-4)


def rounded(x: float) -> float:
    """Round to eight digits, as numbers are shown in messages."""
    return float(f"{x:.8g}")
