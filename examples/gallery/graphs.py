"""Graphs that people draw, from one product to a GPT's document, each after its backward pass.

Each function returns the root together with the models that made it, because parameters only have names while their
module exists.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import autograd
import nn
from autograd import Value
from examples.gallery.layers import GPT, TEXT, Head, numbers

__all__ = ["GRAPHS", "LOGITS", "Graph"]


class Graph(NamedTuple):
    """The root of a graph after its backward pass, and the models to keep alive."""

    root: Value
    models: tuple[nn.Module, ...] = ()


def _labelled(**numbers: float) -> list[Value]:
    return [Value(number, label=label) for label, number in numbers.items()]


def _done(root: Value, *models: nn.Module, label: str = "L") -> Graph:
    root.label = root.label or label
    root.backward(allow_nonfinite=True)
    return Graph(root, models)


# ── expressions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def product() -> Graph:
    """a·b."""
    a, b = _labelled(a=2.0, b=-3.0)
    return _done(a * b)


def square() -> Graph:
    """a·a: two edges between two nodes."""
    (a,) = _labelled(a=3.0)
    return _done(a * a)


def square_and_more() -> Graph:
    """a·a + a: a value with three uses."""
    (a,) = _labelled(a=3.0)
    return _done(a * a + a)


def quotient() -> Graph:
    """b/a, where the names differ from the rule's."""
    a, b = _labelled(a=2.0, b=1.5)
    z = b / a
    z.label = "z"
    return _done(z)


def diamond() -> Graph:
    """d = a·b, e = a + b, L = d·e."""
    a, b = _labelled(a=-2.0, b=3.0)
    d, e = a * b, a + b
    d.label, e.label = "d", "e"
    return _done(d * e)


def lattice() -> Graph:
    """Stacked diamonds, five levels: each number is the product of the two above it."""
    row: list[Value] = _labelled(a=1.0, b=2.0, c=3.0, d=4.0, e=5.0)
    while len(row) > 1:
        row = [left * right for left, right in pairwise(row)]
    return _done(row[0])


def neuron() -> Graph:
    """The neuron from the micrograd lecture."""
    x1, x2, w1, w2, b = _labelled(x1=2.0, x2=0.0, w1=-3.0, w2=1.0, b=6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    return _done(n.tanh(), label="o")


# ── networks ────────────────────────────────────────────────────────────────────────────────────────────────────────

XS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
YS = [1.0, -1.0, -1.0, 1.0]


def network() -> Graph:
    """MLP(3, [4, 4, 1]) on one sample."""
    model = nn.MLP(3, [4, 4, 1], activation="tanh", seed=0)
    return _done(model(XS[0]), model, label="output")


def network_with_mse() -> Graph:
    """MLP(3, [4, 4, 1]) on four samples, with the mean squared error."""
    model = nn.MLP(3, [4, 4, 1], activation="tanh", seed=0)
    return _done(nn.mse_loss([model(x) for x in XS], YS), model, label="loss")


def network_of_the_lecture() -> Graph:
    """MLP(3, [4, 4, 1]) with the lecture's own loss, which starts from sum()'s 0."""
    model = nn.MLP(3, [4, 4, 1], activation="tanh", seed=0)
    outputs = [model(x) for x in XS]
    return _done(sum(((out - y) ** 2 for out, y in zip(outputs, YS, strict=True)), 0), model, label="loss")  # type: ignore[arg-type]


def unnamed_parameters() -> Graph:
    """A layer of three neurons and an output, written by hand with parameters that have no names."""
    x = [0.5, -1.0]
    hidden = []
    for row in range(3):
        w, b = numbers(2, row), Value(0.1 * row)
        hidden.append((w[0] * x[0] + w[1] * x[1] + b).tanh())
    v = numbers(3, 9)
    return _done(v[0] * hidden[0] + v[1] * hidden[1] + v[2] * hidden[2])


def moons() -> Graph:
    """A network with two hidden layers, on a hundred points."""
    X, y = nn.data.moons(100, seed=0)
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=0)
    return _done(nn.mse_loss([model(x) for x in X.tolist()], y.tolist()), model, label="loss")


def residual_block() -> Graph:
    """Two layers, and a shortcut for the input around them."""
    first, second = nn.Layer(4, 4, "relu", seed=0), nn.Layer(4, 4, None, seed=1)
    x = [Value(number, label=f"x[{index}]") for index, number in enumerate((0.5, -1.0, 2.0, 0.25))]
    inside = second(first(x))
    return _done(autograd.sum([a + b for a, b in zip(x, inside, strict=True)]), first, second)


def dead_relus() -> Graph:
    """Three neurons, two of which output 0 and pass nothing back."""
    model = nn.MLP(2, [3, 1], activation="relu", seed=0)
    for index, neuron in enumerate(model.layers[0].neurons):
        neuron.b.data = -5.0 if index else 1.0
    return _done(model([1.0, -0.5]), model, label="output")


# ── functions of lists ──────────────────────────────────────────────────────────────────────────────────────────────

LOGITS = [0.5, -1.0, 2.0, 0.0, 1.5, -0.5, 0.25, -2.0, 1.0, 0.75]


def softmax_by_hand() -> Graph:
    """exp(xᵢ)/Σ exp(xⱼ) of ten numbers, and the surprise at the third."""
    xs = [Value(number, label=f"x[{index}]") for index, number in enumerate(LOGITS)]
    powers = [x.exp() for x in xs]
    total = sum(powers, 0)  # type: ignore[arg-type]
    return _done(-(powers[2] / total).log(), label="loss")


def cross_entropy() -> Graph:
    """The library's cross entropy of ten logits."""
    xs = [Value(number, label=f"x[{index}]") for index, number in enumerate(LOGITS)]
    return _done(nn.cross_entropy(xs, 2), label="loss")


# ── repeats ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def chain() -> Graph:
    """Three hundred operations in a row: sin(x·w), a hundred and fifty times."""
    x, w = _labelled(x=0.5, w=1.5)
    for _ in range(150):
        x = autograd.sin(x * w)
    return _done(x)


def newton() -> Graph:
    """√a by four steps of Newton's iteration."""
    (a,) = _labelled(a=2.0)
    x: Any = 1.0
    for _ in range(4):
        x = 0.5 * (x + a / x)
    return _done(x, label="√a")


def recurrence() -> Graph:
    """Eight steps of h = tanh(w·h + u·x + b)."""
    w, u, b = _labelled(w=0.9, u=0.5, b=0.1)
    h: Any = 0.0
    for step in range(8):
        h = (w * h + u * Value(math.cos(step), label=f"x[{step}]") + b).tanh()
    return _done(h, label="h")


# ── layers that nn does not have ────────────────────────────────────────────────────────────────────────────────────


def lstm_step() -> Graph:
    """One step of an LSTM with one unit."""
    x, h, c = _labelled(x=0.5, h=-0.2, c=0.3)
    gates = []
    for index, name in enumerate("ifog"):
        w, u, b = numbers(3, index)
        w.label, u.label, b.label = f"W{name}", f"U{name}", f"b{name}"
        gates.append(w * x + u * h + b)
    i, f, o = (gate.sigmoid() for gate in gates[:3])
    i.label, f.label, o.label = "i", "f", "o"
    g = gates[3].tanh()
    g.label = "g"
    cell = f * c + i * g
    cell.label = "c′"
    return _done(o * cell.tanh(), label="h′")


def convolution() -> Graph:
    """A 3×3 kernel over a 6×6 image, with a bias, relu and the mean."""
    image = [[Value(float((row * column) % 5), label=f"x[{row},{column}]") for column in range(6)] for row in range(6)]
    kernel = [numbers(3, row) for row in range(3)]
    for row, weights in enumerate(kernel):
        for column, weight in enumerate(weights):
            weight.label = f"k[{row},{column}]"
    bias = Value(0.1, label="b")
    weights = [weight for row in kernel for weight in row]
    outputs = []
    for top in range(4):
        for left in range(4):
            patch = [image[top + row][left + column] for row in range(3) for column in range(3)]
            outputs.append((autograd.dot(weights, patch) + bias).relu())
    return _done(autograd.mean(outputs))


def attention_head() -> Graph:
    """One attention head over three letters."""
    head = Head(3)
    xs = [[Value(number.data, label=f"{letter}[{index}]") for index, number in enumerate(numbers(3, row))]
          for row, letter in enumerate("abc")]  # fmt: skip
    return _done(autograd.sum(head(xs)), head)


def gpt_document() -> Graph:
    """A GPT that reads a word: the mean surprise at the letters after the first."""
    letters = "".join(sorted(set(TEXT)))
    model = GPT(letters)
    losses = [nn.cross_entropy(model(TEXT[:length]), letters.index(TEXT[length])) for length in range(1, len(TEXT))]
    return _done(autograd.mean(losses), model, label="loss")


# ── numbers and names ───────────────────────────────────────────────────────────────────────────────────────────────


def nan_in_the_middle() -> Graph:
    """The logarithm of a negative number, on the way to a finite-looking loss."""
    a, b = _labelled(a=-2.0, b=3.0)
    return _done((a.log() * b + a * b).tanh() + b)


def hostile_names_and_numbers() -> Graph:
    """Long, Chinese and emoji labels; very small numbers, very long ones, and minus zero."""
    long, chinese, emoji, tiny = _labelled(**{"a_label_that_never_ends_" * 3: 123456789.123, "学习率 η": 1e-300,
                                              "👩‍🔬 weight": -0.0, "x": 0.5})  # fmt: skip
    return _done(long * chinese + emoji * tiny)


GRAPHS: dict[str, Callable[[], Graph]] = {
    "product": product,
    "square": square,
    "square and more": square_and_more,
    "quotient": quotient,
    "diamond": diamond,
    "lattice": lattice,
    "neuron": neuron,
    "network": network,
    "network with mse": network_with_mse,
    "network of the lecture": network_of_the_lecture,
    "unnamed parameters": unnamed_parameters,
    "moons": moons,
    "softmax by hand": softmax_by_hand,
    "cross entropy": cross_entropy,
    "chain": chain,
    "Newton": newton,
    "recurrence": recurrence,
    "LSTM step": lstm_step,
    "convolution": convolution,
    "attention head": attention_head,
    "GPT": gpt_document,
    "residual block": residual_block,
    "nan in the middle": nan_in_the_middle,
    "dead relus": dead_relus,
    "hostile names and numbers": hostile_names_and_numbers,
}
