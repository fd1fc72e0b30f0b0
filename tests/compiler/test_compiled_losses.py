"""A compiled function gives what the eager one gives: networks, whole data sets, edges in one row of many.

The expected numbers are the eager engine's, which is the property; PyTorch's and mpmath's, frozen; closed forms; and
central differences. Single rules are in ``test_compiled_numbers.py``, random graphs in ``test_compiled_graphs.py``.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import (
    Value,
    cos,
    dot,
    exp,
    grad,
    gradcheck,
    hessian,
    log,
    logsumexp,
    maximum,
    relu,
    sigmoid,
    sin,
    sqrt,
    tanh,
    where,
)
from autograd.compiler.run import runner

INF, NAN = math.inf, math.nan
FOLDER = Path(__file__).parents[1] / "reference"

Vector = list[Any]
Loss = Callable[[Vector], Any]

# ── what is compared, and how ───────────────────────────────────────────────────────────────────────────────────────


def number_of(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)


def agree(got: Any, expected: Any, relative: float = 1e-10, scale: float = 0.0) -> bool:
    """To rounding, relative to the largest of them (terms of that size may have cancelled), or to ``scale``."""
    one, other = np.ravel(got).tolist(), np.ravel(expected).tolist()
    size = relative * max([scale, *(abs(x) for x in other if math.isfinite(x))], default=0.0)
    return len(one) == len(other) and all(
        a == b or (a != a and b != b) or abs(a - b) <= size for a, b in zip(one, other, strict=True)
    )


def eager(out: Any, leaves: Sequence[Value], allow_nonfinite: bool = False) -> list[float]:
    for leaf in leaves:
        leaf.grad = 0.0
    if isinstance(out, Value):
        out.backward(allow_nonfinite=allow_nonfinite)
    return [leaf.grad for leaf in leaves]


def in_order(program: Any, gradient: Any, parameters: Sequence[Value]) -> list[float]:
    """The gradient in this order of parameters; 0 in those that f does not use."""
    found = {id(parameter): x for parameter, x in zip(program.parameters, gradient.tolist(), strict=True)}
    return [found.get(id(parameter), 0.0) for parameter in parameters]


def check(
    f: Loss, rows: Sequence[Vector], parameters: Sequence[Value] = (), relative: float = 1e-10, **options: Any
) -> Any:
    """The values and both gradients of a batch, and of its rows one by one."""
    dtype = {"dtype": options.pop("dtype")} if "dtype" in options else {}
    program = autograd.compile(lambda xs: f(list(xs)), **dtype)
    same = functools.partial(agree, relative=relative, scale=1.0)
    values, slopes, totals = [], [], []
    for row in rows:
        leaves = [Value(x) for x in row]
        out = f(leaves)
        gradient = eager(out, [*leaves, *parameters], **options)
        values.append(number_of(out))
        slopes.append(gradient[: len(row)])
        totals.append(gradient[len(row) :])
        alone, of_parameters = program.value_and_grad(np.array(row), **options)
        assert same([alone, program(np.array(row))], [values[-1]] * 2)
        assert same(in_order(program, of_parameters, parameters), totals[-1])
        assert same(program.input_grad(np.array(row), **options), slopes[-1])
    batch = np.array(rows)
    for _ in range(2):  # a second call finds its memory as the first left it
        mean, gradient = program.value_and_grad(batch, parameters=program.read(), **options)
        assert same(program(batch), values), program
        assert same(program.input_grad(batch, **options), slopes), program
        assert same(mean, sum(values) / len(rows))
        assert same(in_order(program, gradient, parameters), [sum(x) / len(rows) for x in zip(*totals, strict=True)])
    return program


# ── networks ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Weights:
    """Makes parameters, and remembers them in order."""

    def __init__(self) -> None:
        self.source, self.all = random.Random(7), list[Value]()

    def __call__(self, *shape: int) -> Any:
        if not shape:
            self.all.append(Value(self.source.uniform(-1, 1)))
            return self.all[-1]
        return [self(*shape[1:]) for _ in range(shape[0])]


def layer(rows: list[Vector], biases: Vector, xs: Vector) -> Vector:
    return [dot(row, xs) + b for row, b in zip(rows, biases, strict=True)]


def columns(rows: list[Vector]) -> list[Vector]:
    return [list(column) for column in zip(*rows, strict=True)]


def class_of(x: Any) -> Any:
    """A label as an input, or, from data that is constant, as the int that it is."""
    return x if isinstance(x, Value) else int(x)


def regression(new: Weights) -> Loss:
    w, b = new(4), new()
    return lambda xs: (sum((wi * x for wi, x in zip(w, xs, strict=True)), b) - xs[0] * xs[1]) ** 2


def logistic(new: Weights) -> Loss:
    w, b = new(4), new()
    return lambda xs: nn.bce_with_logits(dot(w, xs) + b, where(xs[0] + 0.1 * xs[1] > 0.33, 1.0, 0.0))


def classifier(activation: str) -> Callable[[Weights], Loss]:
    def made(new: Weights) -> Loss:
        model = nn.MLP(3, [5, 4, 3], activation=activation, seed=3)
        new.all += model.parameters()
        return lambda xs: nn.cross_entropy(model(xs[:3]), class_of(xs[3]))

    return made


def with_l2(new: Weights) -> Loss:
    hidden, b, out = new(6, 4), new(6), new(6)
    penalty = lambda: 0.01 * sum(w * w for row in hidden for w in row)  # noqa: E731
    return lambda xs: dot(out, [relu(h) for h in layer(hidden, b, xs)]) ** 2 + penalty()


def convolution(new: Weights) -> Loss:
    kernels, biases, out, b = new(3, 2), new(3), new(3), new()

    def loss(xs: Vector) -> Any:
        maps = [[relu(dot(k, xs[i : i + 2]) + c) for i in range(3)] for k, c in zip(kernels, biases, strict=True)]
        return tanh(dot(out, [autograd.max([x, *rest]) for x, *rest in maps]) + b)

    return loss


def convolution_without_activation(new: Weights) -> Loss:
    """The lanes of one product of matrices are the rows of another, with a bias in each."""
    kernel, bias, w, b = new(2), new(), new(4, 3), new(4)
    return lambda xs: autograd.norm(layer(w, b, [dot(kernel, xs[i : i + 2]) + bias for i in range(3)]))


def convolution_beside_dense(new: Weights) -> Loss:
    kernel, bias, w, b = new(2), new(), new(3, 4), new(3)

    def loss(xs: Vector) -> Any:
        h = [tanh(x) for x in xs]
        return sum(y * y for y in [*[dot(kernel, h[i : i + 2]) + bias for i in range(3)], *layer(w, b, h)])

    return loss


def image(new: Weights) -> Loss:
    """2-D: a 6×6 picture, two kernels of 3×3, pooled by 2×2, a dense layer."""
    kernels, biases, w, b = new(2, 9), new(2), new(2, 8), new(2)

    def loss(xs: Vector) -> Any:
        picture = [[xs[(i + j) % 4] * (0.3 * i - 0.2 * j + 0.1) for j in range(6)] for i in range(6)]
        pooled = []
        for kernel, bias in zip(kernels, biases, strict=True):
            windows = [
                [[row[j + dj] for row in picture[i : i + 3] for dj in range(3)] for j in range(4)] for i in range(4)
            ]
            found = [[tanh(dot(kernel, window) + bias) for window in row] for row in windows]
            pooled += [
                autograd.max([found[i + a][j + c] for a in (0, 1) for c in (0, 1)]) for i in (0, 2) for j in (0, 2)
            ]
        return -autograd.log_softmax(layer(w, b, pooled))[0]

    return loss


def recurrent(new: Weights) -> Loss:
    across, inward, b, out = new(3, 3), new(3), new(3), new(3)

    def loss(xs: Vector) -> Any:
        h: Vector = [0.0, 0.0, 0.0]
        for x in [*xs, *xs]:
            h = [tanh(dot(row, h) + u * x + c) for row, u, c in zip(across, inward, b, strict=True)]
        return dot(out, h) ** 2

    return loss


def gated(new: Weights) -> Loss:
    update, reset, candidate = new(2, 4), new(2, 4), new(2, 4)

    def loss(xs: Vector) -> Any:
        h: Vector = [0.0, 0.0]
        for x in xs:
            z, r = ([sigmoid(dot(row, [*h, x, 1.0])) for row in rows] for rows in (update, reset))
            c = [tanh(dot(row, [*[ri * hi for ri, hi in zip(r, h, strict=True)], x, 1.0])) for row in candidate]
            h = [(1 - zi) * hi + zi * ci for zi, hi, ci in zip(z, h, c, strict=True)]
        return autograd.sum(h)

    return loss


def attention(new: Weights) -> Loss:
    of_queries, of_keys, of_values = new(2, 2), new(2, 2), new(2, 2)

    def loss(xs: Vector) -> Any:
        tokens = [[x, x * x] for x in xs]
        queries, keys, values = ([[dot(row, t) for row in w] for t in tokens] for w in (of_queries, of_keys, of_values))
        shares = [autograd.softmax([dot(q, k) / math.sqrt(2) for k in keys]) for q in queries]
        mixed = [[dot(share, column) for column in columns(values)] for share in shares]
        return autograd.mean([y * y for row in mixed for y in row])

    return loss


def tied(new: Weights) -> Loss:
    """An autoencoder that goes back through the transposed weights; and the same weights a third time."""
    w, b, c = new(3, 4), new(3), new(4)

    def loss(xs: Vector) -> Any:
        code = [tanh(h) for h in layer(w, b, xs)]
        back = layer(columns(w), c, code)
        again = [tanh(h) for h in layer(w, b, back)]
        return nn.mse_loss([*back, *again], [*xs, *code])

    return loss


def ends_in_one(new: Weights) -> Loss:
    """Weights beside a constant 1, before a layer with biases."""
    w, v, b = new(4), new(4), new()
    return lambda xs: (dot(v, [tanh(dot([wi, 1.0], xs[:2])) for wi in w]) + b) * xs[2]


def embedding(new: Weights) -> Loss:
    table, w = new(3, 2), new(2)
    return lambda xs: tanh(dot(w, [autograd.pick(column, class_of(xs[3])) for column in columns(table)]) * xs[0])


def factors(new: Weights) -> Loss:
    w = new(9)
    shifted = lambda xs: [1.0 + 0.3 * wi * xs[i % 4] for i, wi in enumerate(w)]  # noqa: E731
    return lambda xs: autograd.prod(shifted(xs)) + functools.reduce(lambda a, b: a * b, shifted(xs)) * w[0]


def polynomial(new: Weights) -> Loss:
    w = new(6)

    def loss(xs: Vector) -> Any:
        powers = sum(wi * xs[0] ** i for i, wi in enumerate(w))
        return powers - functools.reduce(lambda total, wi: total * xs[1] + wi, w) + 0.5 * xs[2] ** 3 / w[1]

    return loss


def mixture(new: Weights) -> Loss:
    """The likelihood of a mixture of Gaussians: logsumexp of what is far apart."""
    centers, widths, shares = new(4), new(4), new(4)

    def loss(xs: Vector) -> Any:
        logs = autograd.log_softmax(shares)
        of_one = lambda x: [p - ((x - c) * exp(s) * 3.0) ** 2 for p, c, s in zip(logs, centers, widths, strict=True)]  # noqa: E731
        return -sum(logsumexp(of_one(x)) for x in xs)

    return loss


def nearest(new: Weights) -> Loss:
    centers = new(3, 4)
    away = lambda xs, center: autograd.norm([x - c for x, c in zip(xs, center, strict=True)])  # noqa: E731
    return lambda xs: autograd.min([away(xs, center) for center in centers])


def normalized(new: Weights) -> Loss:
    scale, shift = new(4), new(4)

    def loss(xs: Vector) -> Any:
        mean = autograd.mean(xs)
        spread = sqrt(autograd.mean([(x - mean) ** 2 for x in xs]) + 1e-3)
        return sum(sin(s * (x - mean) / spread + t) for x, s, t in zip(xs, scale, shift, strict=True))

    return loss


def small_net(new: Weights) -> Callable[[Any], Any]:
    w, b, v = new(4), new(4), new(4)
    return lambda x: dot(v, [tanh(wi * x + bi) for wi, bi in zip(w, b, strict=True)])


def slope_fitted(new: Weights) -> Loss:
    """The network's own derivative in its input is what is fitted: a derivative of a derivative in the parameters."""
    net = small_net(new)
    return lambda xs: sum((grad(net)(x) - cos(x)) ** 2 for x in xs)


def differential_equation(new: Weights) -> Loss:
    net = small_net(new)
    return lambda xs: sum((grad(grad(net))(x) + net(x)) ** 2 for x in xs)


def curvature(new: Weights) -> Loss:
    w, v = new(3, 4), new(3)
    f = lambda xs: dot(v, [tanh(dot(row, xs)) for row in w])  # noqa: E731

    def loss(xs: Vector) -> Any:
        table = hessian(f)(xs)
        return sum(table[i][i] for i in range(4)) + table[0][1] * table[2][3]

    return loss


def gradient_step_inside(new: Weights) -> Loss:
    """A step of descent on one loss, and another loss at its end."""
    w = new(4)

    def loss(xs: Vector) -> Any:
        inner = grad(lambda w: (dot(w, xs) - 1.0) ** 2)(w)
        return (dot([wi - 0.1 * g for wi, g in zip(w, inner, strict=True)], xs[::-1]) - 0.5) ** 2

    return loss


MODELS: list[Callable[[Weights], Loss]] = [
    *(regression, logistic, classifier("tanh"), classifier("relu"), with_l2, convolution, convolution_beside_dense),
    *(convolution_without_activation, image, recurrent, gated, attention, tied, ends_in_one, embedding, factors),
    *(polynomial, mixture, nearest, normalized, slope_fitted, differential_equation, curvature, gradient_step_inside),
]
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda x: x.__qualname__.split(".")[0])


def data_set(count: int) -> list[list[float]]:
    """Three numbers and a label. A row of zeros, one of ones, and rows that come again."""
    source = random.Random(1)
    rows = [[source.uniform(-1, 1), source.uniform(-1, 1), source.uniform(-1, 1), float(i % 3)] for i in range(count)]
    return [*rows, [0.0] * 4, [1.0] * 4, rows[0], rows[1], rows[0]]


@each_model
def test_a_network_on_a_batch(model: Callable[[Weights], Loss]) -> None:
    new = Weights()
    check(model(new), data_set(4), new.all)


@each_model
def test_a_network_over_a_whole_data_set(model: Callable[[Weights], Loss]) -> None:
    """Written in plain Python with the rows as constants; then with other parameters, which the program reads anew."""
    new = Weights()
    loss, rows = model(new), data_set(7)
    whole = lambda: sum(loss(list(row)) for row in rows) / len(rows)  # noqa: E731
    program = autograd.compile(whole)
    for factor in (1.0, 0.8, -1.1):
        for parameter in new.all:
            parameter.data *= factor
        value, gradient = program.value_and_grad()
        out = whole()
        assert agree([value, program()], [out.data] * 2, scale=1.0)
        assert agree(in_order(program, gradient, new.all), eager(out, new.all), scale=1.0), program


@each_model
def test_the_rows_of_a_data_set_are_found(model: Callable[[Weights], Loss]) -> None:
    """The program of three times as many rows has as many instructions: they grew in lanes."""
    new = Weights()
    loss = model(new)
    short, long = data_set(6)[:6], data_set(18)[:18]
    sizes = []
    for rows in (short, long):
        program = autograd.compile(lambda rows=rows: sum(loss(list(row)) for row in rows) / len(rows)).record()
        sizes.append(len(program.programs[0]))
    assert sizes[0] == sizes[1]


@each_model
def test_gradients_are_central_differences_of_the_compiled_values(model: Callable[[Weights], Loss]) -> None:
    """(f(θ + h) − f(θ − h)) / 2h, extrapolated to h = 0."""
    new = Weights()
    loss, rows = model(new), np.array(data_set(3)[:3])
    program = autograd.compile(lambda xs: loss(list(xs)))
    program.record(rows)
    theta = program.read()
    value, gradient = program.value_and_grad(rows, parameters=theta)
    assert agree(value, program(rows).mean(), scale=1.0)

    def difference(at: np.ndarray, i: int, h: float, of: Callable[[np.ndarray], Any]) -> Any:
        step = np.zeros_like(at)
        step.flat[i] = h
        return (of(at + step) - of(at - step)) / (2 * h)

    for i in range(0, len(theta), 1 + len(theta) // 12):
        of = lambda theta: program(rows, parameters=theta).mean()  # noqa: E731
        coarse, fine = difference(theta, i, 2e-4, of), difference(theta, i, 1e-4, of)
        assert abs(gradient[i] - (4 * fine - coarse) / 3) <= 1e-7 * (1 + abs(gradient[i])), program.parameters[i]
    slopes = program.input_grad(rows)
    for i in range(3):  # of the numbers, not of the label
        coarse, fine = (difference(rows[0], i, h, lambda row: program(row)) for h in (2e-4, 1e-4))
        assert abs(slopes[0, i] - (4 * fine - coarse) / 3) <= 1e-7 * (1 + abs(slopes[0, i]))


@pytest.mark.parametrize(
    "model", [classifier("tanh"), tied, attention, slope_fitted], ids=["mlp", "tied", "attention", "grad"]
)
def test_networks_in_float32(model: Callable[[Weights], Loss]) -> None:
    new = Weights()
    check(model(new), data_set(4), new.all, relative=2e-5, dtype="float32")


def test_a_compiled_function_is_checked_like_any_other() -> None:
    """On Values it is the function itself, which transforms and gradcheck take."""
    program = autograd.compile(lambda xs: tanh(xs[0] * xs[1]) * xs[0])
    assert gradcheck(program, [[0.3, -0.7]], order=3)
    assert agree(program.input_grad([[0.3, -0.7]]), grad(program)([0.3, -0.7]))


@pytest.mark.parametrize("divisor", [32, pytest.param(1, marks=pytest.mark.long)])
def test_a_batch_that_is_run_in_parts(divisor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than fit into the working set at once: each part counts as much as it has rows."""
    monkeypatch.setattr(runner, "_WORKING_SET", runner._WORKING_SET // divisor)
    model = nn.MLP(4, [64, 64, 1], activation="tanh", seed=0)
    source = np.random.default_rng(0)
    for f, n in (
        (model, 30_000 // divisor + 1),
        (
            lambda xs: exp(sin(xs[0] * xs[1]) / (2.0 + cos(xs[2] - xs[3]))) * model.layers[0].neurons[0].b,
            600_000 // divisor + 1,
        ),
    ):
        program = autograd.compile(f)
        rows = source.uniform(-1, 1, (n, 4))
        value, gradient = program.value_and_grad(rows)
        cuts = np.array_split(np.arange(n), 8)
        parts = [(len(cut) / n, program.value_and_grad(rows[cut]), program(rows[cut])) for cut in cuts]
        assert agree(value, sum(share * part[0] for share, part, _ in parts), scale=1.0)
        assert agree(gradient, sum(share * part[1] for share, part, _ in parts), scale=1.0)
        assert agree(program(rows), np.concatenate([values for _, _, values in parts]), relative=1e-13)
        assert agree(program.input_grad(rows)[-3:], program.input_grad(rows[-3:]), relative=1e-12)


# ── frozen numbers ──────────────────────────────────────────────────────────────────────────────────────────────────

TRAINING = json.loads((FOLDER / "training.json").read_text(encoding="utf-8"))
DERIVATIVES = json.loads((FOLDER / "derivatives.json").read_text(encoding="utf-8"))["derivatives"]
EXPRESSIONS: dict[str, Callable[[Any], Any]] = {
    "x**3": lambda x: x**3,
    "x**x": lambda x: x**x,
    "exp(sin(x))": lambda x: exp(sin(x)),
    "1/(1+x*x)": lambda x: 1 / (1 + x * x),
    "sqrt(1+x*x)": lambda x: sqrt(1 + x * x),
}


@pytest.mark.parametrize("network", TRAINING["networks"], ids=lambda network: network["name"])
def test_training_follows_the_path_of_pytorch(network: dict[str, Any]) -> None:
    """The whole data set in each step, as constants and as a batch: one path."""
    start = [[[Value(x) for x in row] for row in part["w"]] for part in network["start"]]
    biases = [[Value(x) for x in part["b"]] for part in network["start"]]
    activations = [{"tanh": tanh, "relu": relu, "linear": lambda x: x}[name] for name in network["activations"]]
    n = len(network["inputs"]) if network["loss"] == "mse_loss" else 1

    def squared(xs: Any, y: Any) -> Any:
        h = list(xs)
        for w, b, activation in zip(start, biases, activations, strict=True):
            h = [activation(x) for x in layer(w, b, h)]
        return (h[0] - y) ** 2

    pairs = list(zip(network["inputs"], network["targets"], strict=True))
    whole, batch = autograd.compile(lambda: sum(squared(x, y) for x, y in pairs) / n), autograd.compile(squared)
    inputs, rate = (np.array(network["inputs"]), np.array(network["targets"])), network["options"]["lr"]
    theta = whole.record().read()
    for step, expected in enumerate(network["losses"]):
        value, gradient = whole.value_and_grad(parameters=theta)
        assert agree(value, expected)
        whole.write(theta)
        mean, of_batch = batch.value_and_grad(*inputs)
        assert agree(mean * len(pairs) / n, expected)
        assert agree(in_order(batch, of_batch * len(pairs) / n, whole.parameters), gradient)
        if step == 0:
            flat = [x for part in network["gradients"] for row in [*part["w"], part["b"]] for x in row]
            order = [p for w, b in zip(start, biases, strict=True) for row in [*w, b] for p in row]
            assert agree(in_order(whole, gradient, order), flat)
        theta = theta - rate * gradient


@pytest.mark.parametrize("expression", sorted({entry["expression"] for entry in DERIVATIVES}))
def test_derivatives_inside_are_the_frozen_ones(expression: str) -> None:
    """Orders 0 to 4 inside the function, at every point of the file in one batch; and one more by input_grad."""
    entries = [entry for entry in DERIVATIVES if entry["expression"] == expression]
    points = np.array([entry["x"] for entry in entries])
    f = EXPRESSIONS.get(expression) or getattr(autograd, expression)
    for order in range(5):
        program = autograd.compile(f)
        expected = np.array([[float(x) for x in entry["orders"]] for entry in entries])
        assert np.allclose(program(points), expected[:, order], rtol=1e-9, atol=0.0)
        assert np.allclose(program.input_grad(points), expected[:, order + 1], rtol=1e-9, atol=0.0)
        f = grad(f)


# ── results far smaller than what they are made of ──────────────────────────────────────────────────────────────────


def surprise(logits: Vector) -> Any:
    return nn.cross_entropy(logits, 0)


# (function, its numbers, the value, the gradient in the numbers or None): closed forms, by log1p and exp alone
TINY: list[tuple[Loss, list[float], float, list[float] | None]] = [
    (logsumexp, [0.0, -40.0], math.log1p(math.exp(-40)), [1.0, math.exp(-40)]),
    (logsumexp, [-40.0, 0.0], math.log1p(math.exp(-40)), [math.exp(-40), 1.0]),
    (logsumexp, [0.0, -700.0, -701.0], math.exp(-700) + math.exp(-701), [1.0, math.exp(-700), math.exp(-701)]),
    (logsumexp, [1e16, 1e16], 1e16, [0.5, 0.5]),
    (logsumexp, [1e8] * 5, 1e8 + math.log(5), [0.2] * 5),
    (logsumexp, [-1e200, -1e200], -1e200, [0.5, 0.5]),
    (lambda xs: autograd.logaddexp(*xs), [0.0, -40.0], math.log1p(math.exp(-40)), [1.0, math.exp(-40)]),
    (surprise, [40.0, 0.0], math.log1p(math.exp(-40)), [0.0, math.exp(-40)]),
    (surprise, [740.0, 40.0, 39.0], math.exp(-700) + math.exp(-701), None),
    (surprise, [0.0, 50.0], 50.0, [-1.0, 1.0]),
    (lambda xs: -autograd.log_softmax(xs)[1], [-60.0, 0.0], math.exp(-60), None),
    (lambda xs: nn.bce_with_logits(xs[0], 1.0), [40.0], math.log1p(math.exp(-40)), [-math.exp(-40)]),
    (lambda xs: autograd.softplus(xs[0]), [-700.0], math.exp(-700), [math.exp(-700)]),
]


@pytest.mark.parametrize(("f", "numbers", "value", "gradient"), TINY)
@pytest.mark.parametrize("copies", [1, 12])
def test_a_small_result_keeps_its_digits(
    f: Loss, numbers: list[float], value: float, gradient: list[float] | None, copies: int
) -> None:
    """In a batch, beside other numbers; several copies in one sample make lanes; and of parameters."""
    n = len(numbers)
    rows = np.array([numbers * copies, [0.25 * i for i in range(n)] * copies, numbers * copies])
    stretches = lambda xs: [f(list(xs[i : i + n])) for i in range(0, n * copies, n)]  # noqa: E731
    values = np.array(autograd.compile(stretches)(rows)).ravel()
    slopes = autograd.compile(lambda xs: sum(stretches(xs))).input_grad(rows)
    leaves = [Value(x) for x in numbers * copies]
    of_parameters = autograd.compile(lambda: stretches(leaves))()
    _, found = autograd.compile(lambda: sum(stretches(leaves)), parameters=leaves).value_and_grad()
    for got in [values[0], values[-1], *of_parameters]:
        assert abs(got - value) <= 1e-13 * abs(value)
    for got in [slopes[0], slopes[2], found]:
        expected = gradient * copies if gradient else eager(sum(stretches(leaves)), leaves)
        assert all(abs(a - b) <= 1e-12 * abs(b) + 2e-16 * (not b) for a, b in zip(got, expected, strict=True)), got


# ── a zero upstream contributes nothing ─────────────────────────────────────────────────────────────────────────────

WEIGHTS = [[Value(0.1 * i - 0.2 * j + 0.05) for i in range(3)] for j in range(4)]
BIASES, OUT = [Value(0.3 * j - 0.4) for j in range(4)], [Value(0.2 * j - 0.3) for j in range(4)]
THOSE = [*itertools.chain(*WEIGHTS), *BIASES, *OUT]


def through_a_net(xs: Vector) -> Any:
    return dot(OUT, [relu(h) for h in layer(WEIGHTS, BIASES, xs)])


def if_small(xs: Vector, f: Loss) -> Any:
    return where(autograd.max([autograd.abs(x) for x in xs]) < 1e6, f(xs), 0.5)


# (what it shows, function, rows: the first has a branch that is not taken and not finite)
DEAD: list[tuple[str, Loss, list[list[float]]]] = [
    ("sqrt", lambda xs: where(xs[0] > 0, sqrt(xs[0]), 0.0), [[0.0], [4.0], [0.0], [1e-300], [-1.0]]),
    ("log", lambda xs: where(xs[0] > 0, log(xs[0]), 2 * xs[0]), [[0.0], [4.0], [-3.0]]),
    ("quotient", lambda xs: where(xs[0] > 0, sin(xs[0]) / xs[0], 1.0), [[0.0], [0.5], [-0.5]]),
    ("pole", lambda xs: where(xs[0] > 0, 1 / xs[0], xs[0] ** 2), [[0.0], [0.5], [-0.5]]),
    ("overflow", lambda xs: where(xs[0] > 100, xs[0], exp(xs[0])), [[1000.0], [1.0], [0.0]]),
    ("power", lambda xs: where(xs[0] > 0, xs[0] ** 0.5, xs[0]), [[0.0], [4.0], [-2.0]]),
    ("relu", lambda xs: relu(log(xs[0])) + xs[0], [[0.0], [2.0], [0.5]]),
    ("relu of a pole", lambda xs: relu(-1 / xs[0]) + xs[0], [[0.0], [2.0], [-2.0]]),
    ("maximum", lambda xs: maximum(xs[0], log(xs[1])), [[2.0, 0.0], [2.0, 1.0], [0.0, 5.0], [-2.0, 0.0]]),
    ("minimum", lambda xs: autograd.minimum(exp(xs[0]), 5 - xs[0]), [[1000.0], [1.0], [2.0]]),
    ("maxima", lambda xs: maximum(maximum(xs[0], log(xs[1])), -1.0), [[2.0, 0.0], [2.0, 1.0], [0.5, 5.0]]),
    ("max", lambda xs: autograd.max([xs[0], log(xs[1]), -1.0]), [[2.0, 0.0], [2.0, 1.0], [-2.0, 0.0]]),
    ("clip", lambda xs: autograd.clip(log(xs[0]), -10, 10) + xs[0], [[0.0], [2.0], [1e6]]),
    ("a constant infinity", lambda xs: where(xs[0] > 0, xs[0], xs[0] * INF), [[1.0], [2.0], [3.0]]),
    ("a constant nan", lambda xs: where(xs[0] > 0, xs[0], tanh(xs[0] * NAN)), [[1.0], [2.0], [0.5]]),
    ("a constant zero", lambda xs: where(xs[0] > 0, xs[0] ** 2, xs[0] / 0.0), [[1.0], [2.0], [0.5]]),
    ("both", lambda xs: where(xs[0] > 0, 1 / xs[0], sqrt(-xs[0])), [[0.5], [-4.0]]),
    ("atan2", lambda xs: where(xs[0] > 0, autograd.atan2(xs[0], xs[1]), xs[1]), [[0.0, 0.0], [1.0, 2.0]]),
    ("sum of many", lambda xs: sum(where(x > 0, log(x), 0.0) for x in xs), [[0.0] * 9, [1.0, 0.0, 2.0] * 3, [3.0] * 9]),
    ("chain", lambda xs: where(xs[0] > 0, exp(log(sqrt(xs[0]))) ** 0.5 / xs[0], 0.0), [[0.0], [4.0], [0.25]]),
    ("a net of infinities", lambda xs: if_small(xs, through_a_net), [[1.0, INF, 0.0], [0.5, -1.0, 2.0], [0.0] * 3]),
    ("a net of both", lambda xs: if_small(xs, through_a_net), [[INF, -INF, 0.0], [0.5, -1.0, 2.0], [-INF, 1.0, 1.0]]),
    ("a net of overflow", lambda xs: if_small(xs, through_a_net), [[1e308, 1e308, 1.0], [0.5, -1.0, 2.0]]),
    ("squares of a net", lambda xs: if_small(xs, lambda xs: exp(through_a_net(xs) ** 2)), [[1e9, 1e9, 1.0], [0.5] * 3]),
    ("grad inside", lambda xs: where(xs[0] > 0, grad(sqrt, allow_nonfinite=True)(xs[0]), xs[0]),
     [[0.0], [4.0], [-1.0]]),
]  # fmt: skip


@pytest.mark.parametrize(("f", "rows"), [case[1:] for case in DEAD], ids=[case[0] for case in DEAD])
def test_a_branch_that_is_not_taken_contributes_nothing(f: Loss, rows: list[list[float]]) -> None:
    """In one row beside others, in one lane beside others, and as parameters; and nothing is refused."""
    width = len(rows[0])
    check(f, [*rows, rows[0]], THOSE)
    together = [x for row in rows * 6 for x in row]
    check(lambda xs: sum(f(xs[i : i + width]) for i in range(0, len(xs), width)), [together, together], THOSE)
    leaves = [[Value(x) for x in row] for row in rows]
    flat = [x for row in leaves for x in row]
    for many in (leaves, leaves * 6, leaves[:1]):
        whole = lambda many=many: sum(f(row) for row in many)  # noqa: E731
        program = autograd.compile(whole)
        value, gradient = program.value_and_grad()
        out = whole()
        assert agree(value, out.data, scale=1.0)
        assert agree(in_order(program, gradient, [*flat, *THOSE]), eager(out, [*flat, *THOSE]), scale=1.0), program


@pytest.mark.parametrize("copies", [1, 12])
def test_what_is_not_finite_goes_on_where_it_is_taken(copies: int) -> None:
    """And is refused, if it is not allowed, though other rows are fine: as eager."""
    cases: list[tuple[Loss, list[float], list[float]]] = [
        (lambda xs: where(xs[0] >= 0, sqrt(xs[0]), 0.0), [0.0], [1.0]),
        (lambda xs: autograd.sign(xs[0]) * log(xs[1]), [2.0, 0.0], [2.0, 1.0]),  # 0 · inf is nan
        (lambda xs: autograd.clip(xs[0], xs[1] * 1.0, 9.0), [0.5, NAN], [0.5, 0.0]),
        (lambda xs: maximum(xs[0], log(xs[1])) * xs[0], [NAN, 1.0], [2.0, 1.0]),
        (through_a_net, [INF, 1.0, 1.0], [0.5, 1.0, 1.0]),
    ]
    for f, bad, fine in cases:
        n = len(bad)
        lanes = lambda xs, f=f, n=n: sum(f(list(xs[i : i + n])) for i in range(0, len(xs), n))  # noqa: E731
        rows = [bad + fine * (copies - 1), fine * copies]
        check(lanes, rows, THOSE, allow_nonfinite=True)
        program = autograd.compile(lanes)
        for call in (program.input_grad, program.value_and_grad)[: 2 if f is through_a_net else 1]:
            with pytest.raises(autograd.NonFiniteError):
                call(np.array(rows))
            call(np.array(rows[1:]))
