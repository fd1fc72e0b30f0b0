"""What people know from micrograd and its lecture works here as it is written there, to the same numbers."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from autograd import Value
from nn import MLP, Layer, Neuron

# ── expressions and the backward pass by hand ───────────────────────────────────────────────────────────────────────


def test_an_expression_with_labels() -> None:
    a = Value(2.0, label="a")
    b = Value(-3.0, label="b")
    c = Value(10.0, label="c")
    e = a * b
    e.label = "e"
    d = e + c
    d.label = "d"
    f = Value(-2.0, label="f")
    L = d * f
    L.label = "L"
    assert L.data == -8.0
    assert d._prev == (e, c)
    assert d._op == "+"

    L.backward()
    assert {v.label: v.grad for v in (L, f, d, c, e, b, a)} == {
        "L": 1.0,
        "f": 4.0,
        "d": -2.0,
        "c": -2.0,
        "e": -2.0,
        "b": -4.0,
        "a": 6.0,
    }

    for leaf in (a, b, c, f):
        leaf.data += 0.01 * leaf.grad
    e = a * b
    d = e + c
    L = d * f
    assert L.data == pytest.approx(-7.286496, rel=1e-12)


@pytest.mark.parametrize(("name", "slope"), [("a", 6.0), ("b", -4.0), ("c", -2.0), ("f", 4.0)])
def test_a_derivative_by_nudging_an_input(name: str, slope: float) -> None:
    def loss(nudge: float) -> float:
        numbers = {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0}
        numbers[name] += nudge
        a, b, c, f = (Value(number, label=label) for label, number in numbers.items())
        return ((a * b + c) * f).data

    h = 0.001
    assert (loss(h) - loss(0.0)) / h == pytest.approx(slope, rel=1e-9)


def neuron_parts(activate: Callable[[Value], Value]) -> dict[str, Value]:
    x1 = Value(2.0, label="x1")
    x2 = Value(0.0, label="x2")
    w1 = Value(-3.0, label="w1")
    w2 = Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    x2w2.label = "x2*w2"
    x1w1x2w2 = x1w1 + x2w2
    x1w1x2w2.label = "x1*w1 + x2*w2"
    n = x1w1x2w2 + b
    n.label = "n"
    o = activate(n)
    o.label = "o"
    return {v.label: v for v in (x1, x2, w1, w2, b, x1w1, x2w2, x1w1x2w2, n, o)}


def tanh(n: Value) -> Value:
    return n.tanh()


def tanh_from_exp(n: Value) -> Value:
    e = (2 * n).exp()
    return (e - 1) / (e + 1)


def tanh_from_exp_of_minus(n: Value) -> Value:
    return 2 * (1 + (-2 * n).exp()) ** -1 - 1


NEURON = {
    "o": 1.0,
    "n": 0.5,
    "b": 0.5,
    "x1*w1 + x2*w2": 0.5,
    "x1*w1": 0.5,
    "x2*w2": 0.5,
    "x1": -1.5,
    "w1": 1.0,
    "x2": 0.5,
    "w2": 0.0,
}


@pytest.mark.parametrize("activate", [tanh, tanh_from_exp, tanh_from_exp_of_minus])
def test_a_neuron(activate: Callable[[Value], Value]) -> None:
    parts = neuron_parts(activate)
    parts["o"].backward()
    assert parts["o"].data == pytest.approx(0.7071067812, abs=5e-11)
    assert {label: parts[label].grad for label in NEURON} == pytest.approx(NEURON, abs=1e-10)


def test_the_backward_calls_of_a_neuron_one_one_off() -> None:
    v = neuron_parts(tanh)
    v["o"].grad = 1.0
    v["o"]._backward()
    assert v["n"].grad == pytest.approx(0.5, rel=1e-12)
    v["n"]._backward()
    assert (v["b"].grad, v["x1*w1 + x2*w2"].grad) == (v["n"].grad, v["n"].grad)
    v["b"]._backward()  # a leaf: there is nowhere to go
    v["x1*w1 + x2*w2"]._backward()
    v["x2*w2"]._backward()
    v["x1*w1"]._backward()
    assert {label: v[label].grad for label in NEURON} == pytest.approx(NEURON, abs=1e-10)


def test_topological_order_by_hand() -> None:
    o = neuron_parts(tanh_from_exp)["o"]
    topo: list[Value] = []
    visited: set[Value] = set()

    def build_topo(v: Value) -> None:
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(o)
    assert topo[-1] is o
    o.grad = 1.0
    for node in reversed(topo):
        node._backward()
    found = {node.label: node.grad for node in topo if node.label}
    assert found == pytest.approx(NEURON, abs=1e-10)


def trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    """Every node and every edge of the graph, as for a picture of it."""
    nodes: set[Value] = set()
    edges: set[tuple[Value, Value]] = set()

    def build(v: Value) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def test_trace_walks_the_graph() -> None:
    parts = neuron_parts(tanh)
    nodes, edges = trace(parts["o"])
    assert nodes == set(parts.values())
    assert {(tail.label, head.label) for tail, head in edges} == {
        ("x1", "x1*w1"),
        ("w1", "x1*w1"),
        ("x2", "x2*w2"),
        ("w2", "x2*w2"),
        ("x1*w1", "x1*w1 + x2*w2"),
        ("x2*w2", "x1*w1 + x2*w2"),
        ("x1*w1 + x2*w2", "n"),
        ("b", "n"),
        ("n", "o"),
    }
    assert {v._op for v in nodes} == {"", "*", "+", "tanh"}
    assert sorted(v.label for v in nodes if not v._op) == ["b", "w1", "w2", "x1", "x2"]


def test_trace_finds_the_plain_numbers_of_an_expression() -> None:
    x = Value(3.0, label="x")
    y = 2 * x + 1
    first, second = trace(y), trace(y)
    assert first == second
    assert sorted(v.data for v in first[0]) == [1.0, 2.0, 3.0, 6.0, 7.0]
    assert len(first[1]) == 4


def test_a_value_used_twice_adds_up() -> None:
    a = Value(3.0, label="a")
    b = a + a
    b.backward()
    assert a.grad == 2.0

    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    d = a * b
    e = a + b
    f = d * e
    f.backward()
    assert (a.grad, b.grad) == (-3.0, -8.0)


def test_numbers_on_either_side() -> None:
    a = Value(2.0)
    assert [(a + 1).data, (1 + a).data, (a * 2).data, (2 * a).data] == [3.0, 3.0, 4.0, 4.0]
    assert [(a - 1).data, (1 - a).data, (a / 4).data, (4 / a).data, (a**3).data, (-a).data] == [
        1.0, -1.0, 0.5, 2.0, 8.0, -2.0,
    ]  # fmt: skip
    assert a.exp().data == pytest.approx(math.exp(2.0))


# ── micrograd's own examples ────────────────────────────────────────────────────────────────────────────────────────


def test_the_example_of_micrograds_readme() -> None:
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_the_sanity_check_of_micrograds_tests() -> None:
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)


def test_augmented_assignment_makes_a_new_node() -> None:
    a = Value(2.0)
    c = a
    c += 1
    c *= a
    c -= 1
    c /= 5
    c **= 2
    assert (a.data, c.data) == (2.0, 1.0)
    c.backward()
    assert a.grad == pytest.approx(2.0)


# ── the network and its training loop ───────────────────────────────────────────────────────────────────────────────

XS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
YS = [1.0, -1.0, -1.0, 1.0]


def test_a_neuron_a_layer_and_a_network() -> None:
    x = [2.0, 3.0]
    assert isinstance(Neuron(2)(x), Value)
    assert [type(out) for out in Layer(2, 3)(x)] == [Value] * 3
    n = MLP(3, [4, 4, 1])
    assert isinstance(n([2.0, 3.0, -1.0]), Value)
    assert len(n.parameters()) == 41
    assert all(p.grad == 0.0 for p in n.parameters())


def step(n: MLP, rate: float) -> float:
    ypred = [n(x) for x in XS]
    loss = sum((yout - ygt) ** 2 for ygt, yout in zip(YS, ypred, strict=True))
    for p in n.parameters():
        p.grad = 0.0
    loss.backward()
    for p in n.parameters():
        p.data += -rate * p.grad
    return loss.data


@pytest.mark.parametrize("seed", range(5))
def test_the_training_loop_goes_downhill(seed: int) -> None:
    random.seed(seed)
    n = MLP(3, [4, 4, 1])
    losses = [step(n, 0.01) for _ in range(40)]
    assert all(later < earlier for earlier, later in pairwise(losses[:11]))
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize("seed", range(5))
def test_the_training_loop_of_a_tanh_network_fits_the_four_rows(seed: int) -> None:
    random.seed(seed)
    n = MLP(3, [4, 4, 1], activation="tanh", output="tanh")
    for _ in range(150):
        step(n, 0.1)
    assert [n(x).data for x in XS] == pytest.approx(YS, abs=0.25)


def test_one_step_lowers_the_loss_by_the_square_of_the_gradient() -> None:
    random.seed(1)
    n = MLP(3, [4, 4, 1], activation="tanh")
    rate = 1e-7
    first = step(n, rate)
    slope = sum(p.grad**2 for p in n.parameters())
    second = step(n, rate)
    assert first - second == pytest.approx(rate * slope, rel=1e-4)


def test_forgetting_to_zero_the_gradients_adds_them_up() -> None:
    random.seed(2)
    n = MLP(3, [4, 4, 1])
    loss = sum((n(x) - y) ** 2 for x, y in zip(XS, YS, strict=True))
    loss.backward()
    once = [p.grad for p in n.parameters()]
    loss.backward()
    assert [p.grad for p in n.parameters()] == [2 * grad for grad in once]
    assert any(once)
