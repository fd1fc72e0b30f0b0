"""Random graphs: gradients against the complex step through another evaluator, and laws every gradient obeys.

The evaluator knows values only: each operation as a formula over Python's ``cmath``, and not one derivative. The
derivative of a graph is Im f(x + ih) / h with h = 1e-30: exact to rounding, because nothing is subtracted (Squire &
Trapp 1998). An operation that has no formula here is left out of the graphs, not out of the sweeps over the table.
"""

from __future__ import annotations

import cmath
import functools
import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd
from autograd import RULES, Value, grad, value_and_grad
from autograd.core.graph import topological

STEP = 1e-30
LARGEST = 20.0  # no node is larger: graphs of 200 operations stay far from overflow
STEEPEST = 1e3  # nor amplifies the rounding errors before it more, so that there is one right answer to compare with

Number = Any  # float or complex

# ── operations as values ────────────────────────────────────────────────────────────────────────────────────────────


def erf(z: Number) -> Number:
    """2/√π Σ (−1)ⁿ z²ⁿ⁺¹ / n!(2n + 1): for |z| ≤ 2, where the terms stay small."""
    total, power = z, z
    for n in range(1, 40):
        power = -power * z * z / n
        total += power / (2 * n + 1)
    return 2 / math.sqrt(math.pi) * total


def sigmoid(z: Number) -> Number:
    return 1 / (1 + cmath.exp(-z))


def softplus(z: Number) -> Number:
    return cmath.log(1 + cmath.exp(z))


def log_of_sum(zs: Sequence[Number]) -> Number:
    return cmath.log(sum(map(cmath.exp, zs)))


def angle(y: Number, x: Number) -> Number:
    half_turn = 0.0 if x.real > 0 else math.copysign(math.pi, y.real)
    return cmath.atan(y / x) + half_turn


def larger(a: Number, b: Number) -> Number:
    return a if a.real > b.real else b


def smaller(a: Number, b: Number) -> Number:
    return a if a.real < b.real else b


def positive(*xs: float) -> bool:
    return all(x > 0.05 for x in xs)


def small(*xs: float) -> bool:
    return all(abs(x) < 2.0 for x in xs)


def not_zero(*xs: float) -> bool:
    return all(abs(x) > 0.05 for x in xs)


def apart(*xs: float) -> bool:
    return all(abs(a - b) > 1e-6 for a, b in itertools.combinations(xs, 2))


def inside(x: float) -> bool:
    return abs(x) < 0.9


def anywhere(*xs: float) -> bool:
    return True


@dataclass(frozen=True)
class Formula:
    """An operation over complex numbers, and where it is analytic and tame."""

    arity: int
    value: Callable[..., Number]
    domain: Callable[..., bool] = anywhere


SCALE = 1.0507009873554805

FORMULAS: dict[str, Formula] = {
    "add": Formula(2, lambda a, b: a + b),
    "sub": Formula(2, lambda a, b: a - b),
    "mul": Formula(2, lambda a, b: a * b, small),
    "truediv": Formula(2, lambda a, b: a / b, lambda a, b: abs(b) > 0.5),
    "neg": Formula(1, lambda a: -a),
    "pow": Formula(2, lambda a, b: cmath.exp(b * cmath.log(a)), lambda a, b: 0.2 < a < 3 and abs(b) < 3),
    "exp": Formula(1, cmath.exp, small),
    "exp2": Formula(1, lambda a: cmath.exp(a * math.log(2)), small),
    "expm1": Formula(1, lambda a: cmath.exp(a) - 1, small),
    "log": Formula(1, cmath.log, lambda a: a > 0.2),
    "log1p": Formula(1, lambda a: cmath.log(1 + a), lambda a: a > -0.8),
    "log2": Formula(1, lambda a: cmath.log(a) / math.log(2), lambda a: a > 0.2),
    "log10": Formula(1, cmath.log10, lambda a: a > 0.2),
    "sqrt": Formula(1, cmath.sqrt, positive),
    "abs": Formula(1, lambda a: a if a.real > 0 else -a, not_zero),
    "sign": Formula(1, lambda a: math.copysign(1.0, a.real), not_zero),
    "sin": Formula(1, cmath.sin),
    "cos": Formula(1, cmath.cos),
    "tan": Formula(1, cmath.tan, lambda a: abs(math.cos(a)) > 0.3),
    "asin": Formula(1, cmath.asin, inside),
    "acos": Formula(1, cmath.acos, inside),
    "atan": Formula(1, cmath.atan),
    "atan2": Formula(2, angle, not_zero),
    "sinh": Formula(1, cmath.sinh, small),
    "cosh": Formula(1, cmath.cosh, small),
    "tanh": Formula(1, cmath.tanh),
    "asinh": Formula(1, cmath.asinh, lambda a: abs(a) < 5),
    "acosh": Formula(1, cmath.acosh, lambda a: a > 1.2),
    "atanh": Formula(1, cmath.atanh, inside),
    "sigmoid": Formula(1, sigmoid),
    "logsigmoid": Formula(1, lambda a: -softplus(-a)),
    "softplus": Formula(1, softplus),
    "relu": Formula(1, lambda a: larger(a, 0 * a), not_zero),
    "leaky_relu": Formula(1, lambda a: larger(a, 0.01 * a), not_zero),
    "elu": Formula(1, lambda a: a if a.real > 0 else cmath.exp(a) - 1, not_zero),
    "selu": Formula(1, lambda a: SCALE * (a if a.real > 0 else 1.6732632423543772 * (cmath.exp(a) - 1)), not_zero),
    "gelu": Formula(1, lambda a: a * (1 + erf(a / math.sqrt(2))) / 2, small),
    "silu": Formula(1, lambda a: a * sigmoid(a)),
    "mish": Formula(1, lambda a: a * cmath.tanh(softplus(a))),
    "erf": Formula(1, erf, small),
    "erfc": Formula(1, lambda a: 1 - erf(a), small),
    "hypot": Formula(2, lambda a, b: cmath.sqrt(a * a + b * b), not_zero),
    "maximum": Formula(2, larger, apart),
    "minimum": Formula(2, smaller, apart),
    "logaddexp": Formula(2, lambda a, b: log_of_sum([a, b])),
    "xlogy": Formula(2, lambda a, b: a * cmath.log(b), lambda a, b: abs(a) < 3 and b > 0.2),
    "clip": Formula(3, lambda a, lo, hi: smaller(larger(a, lo), hi), lambda a, lo, hi: lo < hi and apart(a, lo, hi)),
    "sum": Formula(3, lambda *xs: sum(xs)),
    "mean": Formula(3, lambda *xs: sum(xs) / 3),
    "prod": Formula(3, lambda *xs: xs[0] * xs[1] * xs[2], small),
    "max": Formula(3, lambda *xs: functools.reduce(larger, xs), apart),
    "min": Formula(3, lambda *xs: functools.reduce(smaller, xs), apart),
    "logsumexp": Formula(3, lambda *xs: log_of_sum(xs)),
    "norm": Formula(3, lambda *xs: cmath.sqrt(sum(x * x for x in xs)), not_zero),
    "dot": Formula(4, lambda a, b, c, d: a * c + b * d, small),
}
NAMES = list(FORMULAS)


def test_every_formula_is_of_a_rule_and_gives_its_value() -> None:
    for name, formula in FORMULAS.items():
        point = next(
            point
            for point in itertools.product([0.61, 1.37, -0.73, 2.3, 0.37], repeat=formula.arity)
            if apart(*point) and formula.domain(*point)
        )
        out = complex(formula.value(*map(complex, point)))
        assert math.isclose(apply(name, point), out.real, rel_tol=1e-13), name
        assert abs(out.imag) < 1e-15, name


def apply(name: str, operands: Sequence[Any]) -> Any:
    """The public function on flat operands."""
    rule, public = RULES[name], getattr(autograd, name)
    if not rule.sequences:
        return public(*operands)
    size = len(operands) // len(rule.operands)
    return public(*(list(operands[i : i + size]) for i in range(0, len(operands), size)))


# ── random graphs ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Graph:
    """Leaves, constants, then operations on earlier nodes, as (name, places of the operands). The last is the loss."""

    leaves: tuple[float, ...]
    constants: tuple[float, ...]
    steps: tuple[tuple[str, tuple[int, ...]], ...]

    def build(self, leaves: Sequence[Any], apply: Callable[[str, Sequence[Any]], Any]) -> list[Any]:
        """Every node, made by ``apply`` from these leaves."""
        nodes = [*leaves, *self.constants]
        for name, places in self.steps:
            nodes.append(apply(name, [nodes[place] for place in places]))
        return nodes

    def loss(self, *leaves: Any) -> Any:
        return self.build(leaves, apply)[-1]

    def values(self) -> tuple[list[Value], list[Any]]:
        """New leaves, and every node over them."""
        leaves = [Value(x) for x in self.leaves]
        return leaves, self.build(leaves, apply)


def formula(name: str, operands: Sequence[Number]) -> complex:
    return complex(FORMULAS[name].value(*map(complex, operands)))


def slopes(name: str, operands: Sequence[float]) -> list[float]:
    """|∂/∂operand| of the formula, by the complex step."""
    shifted = ([complex(x, STEP * (i == j)) for j, x in enumerate(operands)] for i in range(len(operands)))
    return [abs(formula(name, xs).imag / STEP) for xs in shifted]


class Builder:
    """Adds operations to a graph as long as they are tame: in the domain, not large, not steep."""

    def __init__(self, leaves: Sequence[float], constants: Sequence[float]) -> None:
        self.values = [*leaves, *constants]
        self.amplification = [1.0 for _ in self.values]
        self.steps: list[tuple[str, tuple[int, ...]]] = []
        self.unused = set(range(len(self.values)))

    def add(self, name: str, places: tuple[int, ...]) -> bool:
        operands = [self.values[place] for place in places]
        if not FORMULAS[name].domain(*operands):
            return False
        out = formula(name, operands).real
        slopes_here = zip(slopes(name, operands), places, strict=True)
        amplification = 1.0 + sum(slope * self.amplification[place] for slope, place in slopes_here)
        if not abs(out) < LARGEST or not amplification < STEEPEST:
            return False
        self.unused -= set(places)
        self.unused.add(len(self.values))
        self.values.append(out)
        self.amplification.append(amplification)
        self.steps.append((name, places))
        return True


@st.composite
def graphs(draw: st.DrawFn, largest: int = 200) -> Graph:
    """Operations and operands at will (often a recent node, sometimes a leaf, sometimes one node twice); where that is
    not tame, a mean with a leaf takes the place. At the end, what nothing has used is gathered into the loss."""
    numbers = st.integers(-300, 300).map(lambda i: i / 128 + 0.001)
    leaves = draw(st.lists(numbers, min_size=1, max_size=5))
    constants = draw(st.lists(numbers, max_size=2))
    size = draw(st.integers(1, largest))
    builder = Builder(leaves, constants)
    for choice in draw(st.lists(st.integers(0, 2**32 - 1), min_size=size, max_size=size)):
        choice, which = divmod(choice, len(NAMES))
        newest, places = len(builder.values) - 1, []
        for _ in range(FORMULAS[NAMES[which]].arity):
            choice, back = divmod(choice, 24)
            places.append(max(0, newest - back) if back < 20 else back % len(leaves))
        if not builder.add(NAMES[which], tuple(places)):
            builder.add("mean", (places[0], back % len(leaves), 0))
    while len(builder.unused) > 1:
        one, *others = sorted(builder.unused)
        builder.add("mean", (one, others[0], (others[1:] or [0])[0]))
    return Graph(tuple(leaves), tuple(constants), tuple(builder.steps))


def complex_step(graph: Graph, leaf: int) -> float:
    shifted = [complex(x, STEP if i == leaf else 0.0) for i, x in enumerate(graph.leaves)]
    return graph.build(shifted, formula)[-1].imag / STEP


def sensitivity(graph: Graph) -> list[float]:
    """Σ over all paths |product of the slopes on it|, for each leaf: what rounding errors are relative to."""
    nodes = graph.build(graph.leaves, lambda name, operands: formula(name, operands).real)
    first_step = len(graph.leaves) + len(graph.constants)
    reach = [0.0] * len(nodes)
    reach[-1] = 1.0
    for i in range(len(graph.steps) - 1, -1, -1):
        name, places = graph.steps[i]
        for place, slope in zip(places, slopes(name, [nodes[place] for place in places]), strict=True):
            reach[place] += reach[first_step + i] * slope
    return reach[: len(graph.leaves)]


def close(a: float, b: float, scale: float, relative: float = 1e-10) -> bool:
    """Agreement to rounding: errors of 200 operations, each a few ulps of what its paths carry."""
    return abs(a - b) <= relative * (abs(b) + scale) + 1e-14


# Derandomized: the same graphs at each run, so that a change that breaks nothing breaks no test.
checked = settings(deadline=None, derandomize=True, max_examples=200, suppress_health_check=list(HealthCheck))


@given(graphs())
@settings(checked, max_examples=500)
def test_gradients_are_those_of_the_complex_step(graph: Graph) -> None:
    leaves, nodes = graph.values()
    expected_nodes = graph.build(graph.leaves, lambda name, operands: formula(name, operands).real)
    for node, expected in zip(nodes, expected_nodes, strict=True):
        got = node.data if isinstance(node, Value) else node
        assert math.isclose(got, expected, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(nodes[-1], Value):
        nodes[-1].backward()
    scales = sensitivity(graph)
    for i, leaf in enumerate(leaves):
        expected = complex_step(graph, i)
        assert close(leaf.grad, expected, scales[i]), (i, leaf.grad, expected)


@given(graphs())
@checked
def test_gradients_are_central_differences(graph: Graph) -> None:
    """(f(x + h) − f(x − h)) / 2h of the formulas on floats, extrapolated; left out where two h do not agree."""

    def loss(i: int, shift: float) -> float:
        leaves = [x + shift if j == i else x for j, x in enumerate(graph.leaves)]
        return graph.build(leaves, lambda name, operands: formula(name, operands).real)[-1]

    leaves, nodes = graph.values()
    if isinstance(nodes[-1], Value):
        nodes[-1].backward()
    for i, leaf in enumerate(leaves):
        coarse, fine, finest = ((loss(i, h) - loss(i, -h)) / (2 * h) for h in (4e-4, 2e-4, 1e-4))
        expected = (4 * finest - fine) / 3
        if abs(expected - (4 * fine - coarse) / 3) <= 1e-7 * (1 + abs(expected)):
            assert abs(leaf.grad - expected) <= 1e-6 * (1 + abs(expected)), (i, leaf.grad, expected)


@given(graphs(largest=12))
@settings(checked, max_examples=400)
def test_second_derivatives_are_differences_of_the_complex_step(graph: Graph) -> None:
    """Along one leaf: the central difference of exact first derivatives, extrapolated, where it is smooth enough."""
    nodes = graph.build(graph.leaves, lambda name, operands: formula(name, operands).real)
    beside_a_kink = {"abs", "relu", "leaky_relu", "elu", "selu", "maximum", "minimum", "max", "min", "clip", "sign"}

    def slope(shift: float) -> float:
        return complex_step(Graph((graph.leaves[0] + shift, *graph.leaves[1:]), graph.constants, graph.steps), 0)

    for (name, places), _ in zip(graph.steps, nodes, strict=False):
        distances = [abs(nodes[place]) for place in places]
        distances += [abs(nodes[a] - nodes[b]) for a, b in itertools.combinations(places, 2) if a != b]
        if name in beside_a_kink and min(distances) < 0.1:
            return
    coarse, fine, finest = ((slope(h) - slope(-h)) / (2 * h) for h in (4e-3, 2e-3, 1e-3))
    expected = (4 * finest - fine) / 3
    if abs(expected - (4 * fine - coarse) / 3) > 1e-6 * (1 + abs(expected)):
        return  # differences are not to be trusted to the six digits asked for
    got = grad(grad(lambda x: graph.loss(x, *graph.leaves[1:])))(graph.leaves[0])
    assert abs(got - expected) <= 1e-5 * (1 + abs(expected)), (got, expected)


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def gradient(loss: Any, leaves: Sequence[Value]) -> list[float]:
    """One backward pass from a clean state."""
    for leaf in leaves:
        leaf.grad = 0.0
    if isinstance(loss, Value):
        loss.backward()
    return [leaf.grad for leaf in leaves]


def by_hand(root: Value) -> None:
    """The lecture's loop: each node's own closure, children before parents."""
    order: list[Value] = []
    seen: set[Value] = set()
    waiting: list[tuple[Value, bool]] = [(root, False)]
    while waiting:
        node, parents_are_done = waiting.pop()
        if parents_are_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((parent, False) for parent in node._prev)
    root.grad = 1.0
    for node in reversed(order):
        if node._prev:
            node._backward()


@given(graphs())
@checked
def test_three_ways_to_one_gradient(graph: Graph) -> None:
    """`backward`, the transform and the closures run by hand: to the last bit but for the order of a sum."""
    leaves, nodes = graph.values()
    if not isinstance(nodes[-1], Value):
        return
    nodes[-1].backward()
    expected = [leaf.grad for leaf in leaves]
    value, transformed = value_and_grad(graph.loss, range(len(leaves)))(*graph.leaves)
    assert value == nodes[-1].data
    assert list(transformed) == expected
    hand_leaves, hand_nodes = graph.values()
    by_hand(hand_nodes[-1])
    scales = sensitivity(graph)
    for leaf, wanted, scale in zip(hand_leaves, expected, scales, strict=True):
        assert close(leaf.grad, wanted, scale, 1e-12)
    for node, by_closure in zip(nodes, hand_nodes, strict=True):
        if isinstance(node, Value) and node.has_grad:
            assert close(by_closure.grad, node.grad, abs(node.grad) + 1e3, 1e-11)


@given(graphs())
@checked
def test_a_second_backward_doubles_leaves_and_nothing_else(graph: Graph) -> None:
    leaves, nodes = graph.values()
    if not isinstance(nodes[-1], Value):
        return
    nodes[-1].backward()
    before = [node.grad for node in nodes if isinstance(node, Value)]
    nodes[-1].backward()
    after = [node.grad for node in nodes if isinstance(node, Value)]
    for node, once, twice in zip([x for x in nodes if isinstance(x, Value)], before, after, strict=True):
        assert twice == (2 * once if node in leaves else once)


@given(graphs(largest=60), st.integers(0, 2**32), st.sampled_from([-2.0, 0.25, 3.0]))
@checked
def test_gradients_are_linear_in_the_loss(graph: Graph, seed: int, factor: float) -> None:
    """Of a sum, the sum; of a multiple, the multiple; and a seed is a factor: on losses that share nodes."""
    leaves, nodes = graph.values()
    inner = [node for node in nodes if isinstance(node, Value)]
    one, other = (random.Random(seed + i).choice(inner) for i in range(2))
    first, second = gradient(one, leaves), gradient(other, leaves)
    scales = [abs(a) + abs(b) for a, b in zip(first, second, strict=True)]
    together = gradient(one + other, leaves)
    accumulated = gradient(one, leaves)
    other.backward()
    accumulated = [leaf.grad for leaf in leaves]
    weighted = gradient(one * factor - other, leaves)
    # A power of two times a sum of many terms rounds as the sum does; 3 does not: 200 roundings.
    for i, scale in enumerate(scales):
        assert close(together[i], first[i] + second[i], scale, 1e-12)
        assert accumulated[i] == first[i] + second[i]
        assert close(weighted[i], factor * first[i] - second[i], 4 * scale, 1e-12)
    for leaf in leaves:
        leaf.grad = 0.0
    one.backward(factor)
    for i, leaf in enumerate(leaves):
        assert close(leaf.grad, factor * first[i], scales[i], 1e-12)


@given(graphs(largest=60), st.integers(0, 2**32))
@checked
def test_the_order_of_building_does_not_matter(graph: Graph, seed: int) -> None:
    """The same graph, its nodes made in another order: the same gradients, to the last bit."""
    chooser = random.Random(seed)
    start = len(graph.leaves) + len(graph.constants)
    new_place = {place: place for place in range(start)}
    waiting = list(range(len(graph.steps)))
    steps = []
    while waiting:
        ready = [i for i in waiting if all(place in new_place for place in graph.steps[i][1])]
        chosen = chooser.choice(ready)
        waiting.remove(chosen)
        name, places = graph.steps[chosen]
        new_place[start + chosen] = start + len(steps)
        steps.append((name, tuple(new_place[place] for place in places)))
    shuffled = Graph(graph.leaves, graph.constants, tuple(steps))
    leaves, nodes = graph.values()
    others, other_nodes = shuffled.values()
    root, other_root = nodes[-1], other_nodes[new_place[start + len(graph.steps) - 1]]
    assert gradient(root, leaves) == gradient(other_root, others)


@given(graphs(largest=60))
@checked
def test_the_order_of_commuting_operands_does_not_matter(graph: Graph) -> None:
    commuting = {"add", "mul", "maximum", "minimum", "hypot", "logaddexp", "sum", "mean", "prod", "max", "min", "norm"}
    steps = tuple((name, places[::-1] if name in commuting else places) for name, places in graph.steps)
    scales = sensitivity(graph)
    got, expected = (
        gradient(nodes[-1], leaves) for leaves, nodes in (Graph(*parts).values() for parts in variants(graph, steps))
    )
    assert all(close(a, b, scale) for a, b, scale in zip(got, expected, scales, strict=True))


def variants(graph: Graph, steps: tuple[tuple[str, tuple[int, ...]], ...]) -> list[tuple[Any, Any, Any]]:
    return [(graph.leaves, graph.constants, steps), (graph.leaves, graph.constants, graph.steps)]


@given(graphs(largest=40))
@checked
def test_a_copy_of_a_leaf_at_each_use_splits_its_gradient(graph: Graph) -> None:
    """Fan-out adds: with a leaf of its own at each use, the gradients of the copies sum to that of the one."""
    leaves, nodes = graph.values()
    expected = gradient(nodes[-1], leaves)
    copies: list[tuple[int, Value]] = []

    def with_copies(name: str, operands: Sequence[Any]) -> Any:
        fresh = []
        for operand in operands:
            if isinstance(operand, int):  # the place of a leaf
                copies.append((operand, Value(graph.leaves[operand])))
                operand = copies[-1][1]
            fresh.append(operand)
        return apply(name, fresh)

    root = graph.build(range(len(leaves)), with_copies)[-1]
    if isinstance(root, Value):
        root.backward()
    scales = sensitivity(graph)
    for i, wanted in enumerate(expected):
        total = math.fsum(copy.grad for place, copy in copies if place == i)
        assert close(total, wanted, scales[i], 1e-12)


@given(graphs())
@checked
def test_a_graph_is_what_was_written(graph: Graph) -> None:
    """Parents in order, labels of the rules, and a topological order that holds every node once."""
    _, nodes = graph.values()
    start = len(graph.leaves) + len(graph.constants)
    for (name, places), node in zip(graph.steps, nodes[start:], strict=True):
        if not isinstance(node, Value):
            continue
        assert node._op == RULES[name].symbol
        for parent, place in zip(node._prev, places, strict=True):
            original = nodes[place]
            assert parent is original if isinstance(original, Value) else parent.data == original
    if isinstance(nodes[-1], Value):
        order = topological(nodes[-1])
        position = {node: i for i, node in enumerate(order)}
        assert len(position) == len(order)
        assert all(position[parent] < position[node] for node in order for parent in node._prev)


@pytest.mark.parametrize("name", [name for name, formula in FORMULAS.items() if formula.arity <= 2])
def test_each_operation_alone(name: str) -> None:
    """What the random graphs are made of, one at a time: a graph that fails is then a matter of the chain rule."""
    arity = FORMULAS[name].arity
    for point in itertools.product([0.61, 1.37, -0.73, 2.3], repeat=arity):
        if FORMULAS[name].domain(*point):
            graph = Graph(point, (), ((name, tuple(range(arity))),))
            leaves, nodes = graph.values()
            nodes[-1].backward()
            for i, leaf in enumerate(leaves):
                assert math.isclose(leaf.grad, complex_step(graph, i), rel_tol=1e-12, abs_tol=1e-15)
