"""The neural-network library: modules and their parameters, layers, a loss, an optimizer, a data set."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from nn import MLP, SGD, Layer, Module, Neuron, mse_loss

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "training.json").read_text(encoding="utf-8"))

# ── Module ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Line(Module):
    def __init__(self) -> None:
        self.slope, self.offset = Value(3.0), Value(1.0)

    def forward(self, x: Any) -> Any:
        return self.slope * x + self.offset


def test_parameters_are_found_by_attribute_in_their_order() -> None:
    line = Line()
    assert line.named_parameters() == [("slope", line.slope), ("offset", line.offset)]
    assert line.parameters() == [line.slope, line.offset]
    assert line(2.0).data == 7.0


class Zoo(Module):
    """Parameters wherever one may keep them, and much that is none."""

    def __init__(self) -> None:
        self.alone = Value(1.0)
        self.row = [Value(2.0), [Value(3.0), (Value(4.0),)]]
        self.table = {"w": Value(5.0), 7: [Value(6.0)], "sub": Line()}
        self.line = Line()
        self.same_line = self.line
        self.same_value = self.alone
        self.again = [self.alone, self.row[0]]
        self.inner = self.alone * 2
        self.constant = (self.alone * 2)._prev[1]
        self.name, self.count, self.none, self.rate = "zoo", 3, None, 0.5
        self.function: Callable[..., Any] = Value.tanh


def test_parameters_are_found_in_nested_lists_tuples_dicts_and_modules_each_once() -> None:
    zoo = Zoo()
    named = zoo.named_parameters()
    assert [name for name, _ in named] == [
        "alone",
        "row[0]",
        "row[1][0]",
        "row[1][1][0]",
        "table['w']",
        "table[7][0]",
        "table['sub'].slope",
        "table['sub'].offset",
        "line.slope",
        "line.offset",
    ]
    assert [value.data for _, value in named] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 3.0, 1.0, 3.0, 1.0]
    assert zoo.parameters() == [value for _, value in named]
    assert len(set(zoo.parameters())) == len(zoo.parameters())
    for name, value in named:
        assert eval(f"zoo.{name}") is value


def test_a_parameter_added_later_is_found() -> None:
    line = Line()
    line.extra = [Value(9.0)]  # type: ignore[attr-defined]
    assert [name for name, _ in line.named_parameters()] == ["slope", "offset", "extra[0]"]
    line.slope = Value(5.0)
    assert line.parameters()[0] is line.slope


def test_a_module_that_holds_itself_ends() -> None:
    line = Line()
    line.me, line.ring = line, [line]  # type: ignore[attr-defined]
    line.ring.append(line.ring)  # type: ignore[attr-defined]
    assert len(line.parameters()) == 2


def test_an_array_that_holds_itself_ends() -> None:
    line = Line()
    line.ring = np.array([Value(2.0), None], dtype=object)  # type: ignore[attr-defined]
    line.ring[1] = line.ring  # type: ignore[attr-defined]
    assert [name for name, _ in line.named_parameters()] == ["slope", "offset", "ring[0]"]
    assert [name for name, _ in line.named_modules()] == [""]


def test_modules_are_found_wherever_parameters_are() -> None:
    zoo = Zoo()
    zoo.lines = np.array([[zoo.line, Line()]])  # type: ignore[attr-defined]
    zoo.deep = [{"a": (Line(),)}]  # type: ignore[attr-defined]
    paths = [path for path, _ in zoo.named_modules()]
    assert paths == ["", "table['sub']", "line", "lines[0, 1]", "deep[0]['a'][0]"]
    for path, module in zoo.named_modules()[1:]:
        assert eval(f"zoo.{path}") is module
    owners = {name.rpartition(".slope")[0] for name, _ in zoo.named_parameters() if name.endswith(".slope")}
    assert owners == set(paths[1:])


def test_zero_grad_sets_every_gradient_to_zero() -> None:
    zoo = Zoo()
    for parameter in zoo.parameters():
        parameter.grad = 3.0
    zoo.zero_grad()
    assert all(parameter.grad == 0.0 for parameter in zoo.parameters())


def test_a_module_without_forward_says_so() -> None:
    class Empty(Module):
        pass

    with pytest.raises(
        NotImplementedError,
        match=r"Empty defines neither forward nor __call__: write def forward\(self, x\)",
    ):
        Empty()(1.0)
    assert Empty().parameters() == []


# ── Neuron, Layer, MLP ──────────────────────────────────────────────────────────────────────────────────────────────


def set_weights(model: MLP, layers: list[dict[str, Any]]) -> None:
    """Each layer's ``{"w": rows of neurons, "b": one a neuron}``."""
    for layer, numbers in zip(model.layers, layers, strict=True):
        for neuron, row, bias in zip(layer.neurons, numbers["w"], numbers["b"], strict=True):
            neuron.b.data = bias
            for weight, number in zip(neuron.w, row, strict=True):
                weight.data = number


def read(model: MLP, attribute: str) -> list[dict[str, Any]]:
    return [
        {
            "w": [[getattr(weight, attribute) for weight in neuron.w] for neuron in layer.neurons],
            "b": [getattr(neuron.b, attribute) for neuron in layer.neurons],
        }
        for layer in model.layers
    ]


def numbers_of(structure: Any) -> list[float]:
    if isinstance(structure, dict):
        structure = list(structure.values())
    return [x for part in structure for x in numbers_of(part)] if isinstance(structure, list) else [structure]


def test_a_neuron_is_its_formula() -> None:
    neuron = Neuron(3, activation="tanh")
    for weight, number in zip(neuron.w, [0.5, -1.0, 2.0], strict=True):
        weight.data = number
    neuron.b.data = 0.25
    out = neuron([1.0, 2.0, 0.75])
    assert out.data == pytest.approx(math.tanh(0.25), rel=1e-14)
    out.backward()
    slope = 1 - math.tanh(0.25) ** 2
    assert [w.grad for w in neuron.w] == pytest.approx([slope, 2 * slope, 0.75 * slope], rel=1e-14)
    assert neuron.b.grad == pytest.approx(slope, rel=1e-14)


@pytest.mark.parametrize(
    ("nin", "nouts", "count"), [(3, [4, 4, 1], 41), (2, [1], 3), (2, [16, 16, 1], 337), (1, (2, 3), 13)]
)
def test_the_widths_of_a_network(nin: int, nouts: list[int], count: int) -> None:
    model = MLP(nin, nouts)
    assert len(model.parameters()) == count
    assert [len(layer.neurons) for layer in model.layers] == list(nouts)
    assert [len(layer.neurons[0].w) for layer in model.layers] == [nin, *nouts[:-1]]
    out = model([0.5] * nin)
    assert (1 if isinstance(out, Value) else len(out)) == nouts[-1]


def test_one_output_is_a_value_and_more_are_a_list() -> None:
    assert isinstance(MLP(2, [3, 1])([1.0, 2.0]), Value)
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)
    several = MLP(2, [3, 2])([1.0, 2.0])
    assert type(several) is list
    assert [type(out) for out in several] == [Value, Value]


@pytest.mark.parametrize(
    "x", [[1.0, 2.0], (1.0, 2.0), np.array([1.0, 2.0]), [Value(1.0), Value(2.0)], np.array([Value(1.0), 2])], ids=type
)
def test_inputs_are_any_sequence_of_numbers_or_values(x: Any) -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=5)
    assert model(x).data == model([1.0, 2.0]).data


def test_a_gradient_reaches_the_inputs() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=5)
    x = [Value(1.0), Value(2.0)]
    model(x).backward()
    assert all(value.grad != 0.0 for value in x)
    assert autograd.gradcheck(model, ([1.0, 2.0],))


def test_one_input_may_be_bare() -> None:
    model = MLP(1, [3, 1], activation="tanh", seed=1)
    for x in (2.0, Value(2.0), np.float64(2.0), np.array(2.0), [2.0]):
        assert model(x).data == model([2.0]).data


@pytest.mark.parametrize(
    ("model", "x", "wanted", "given"),
    [
        (MLP(3, [4, 1]), [1.0, 2.0], 3, 2),
        (MLP(3, [4, 1]), [1.0] * 7, 3, 7),
        (MLP(3, [4, 1]), [], 3, 0),
        (MLP(3, [4, 1]), 1.0, 3, 1),
        (MLP(2, [1]), np.array([[1.0, 2.0]]), 2, 1),
        (Layer(5, 2), [1.0], 5, 1),
        (Neuron(4), [1.0, 2.0, 3.0], 4, 3),
        (Neuron(4), 2.0, 4, 1),
    ],
)
def test_a_wrong_width_raises_with_both_numbers(model: Module, x: Any, wanted: int, given: int) -> None:
    with pytest.raises(ValueError, match=rf"\b{wanted}\b.*\b{given}\b"):
        model(x)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: MLP(3, []), ValueError, "an MLP needs at least one layer"),
        (lambda: MLP(0, [1]), ValueError, "a layer's width must be 1 or more, not 0"),
        (lambda: MLP(3, [4, -1]), ValueError, "a layer's width must be 1 or more, not -1"),
        (lambda: MLP(3.0, [1]), TypeError, "a layer's width must be an int, not a float"),
        (lambda: MLP(Value(3.0), [1]), TypeError, "a layer's width must be an int, not a Value"),
        (lambda: MLP(3, ["4"]), TypeError, "a layer's width must be an int, not a str"),
        (lambda: MLP(3, [True]), TypeError, "a layer's width must be an int, not a bool"),
        (lambda: Layer(2, 0), ValueError, "a layer's width must be 1 or more, not 0"),
        (lambda: Neuron(0), ValueError, "a layer's width must be 1 or more, not 0"),
    ],
)
def test_a_width_is_a_positive_int(build: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        build()


def custom(x: Value) -> Value:
    return x * x + 1


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("relu", 0.0),
        ("tanh", math.tanh(-0.5)),
        ("sigmoid", 1 / (1 + math.exp(0.5))),
        ("leaky_relu", -0.005),
        ("sin", math.sin(-0.5)),
        (None, -0.5),
        (custom, 1.25),
        (autograd.tanh, math.tanh(-0.5)),
        (Value.exp, math.exp(-0.5)),
        (np.tanh, math.tanh(-0.5)),
        (lambda x: autograd.leaky_relu(x, slope=0.2), -0.1),
    ],
)
def test_activations_by_name_and_as_functions(activation: Any, expected: float) -> None:
    for model in (Neuron(1, activation), Layer(1, 1, activation), MLP(1, [1], output=activation)):
        weight, bias = model.parameters()
        weight.data, bias.data = 2.0, 0.5
        assert model([-0.5]).data == pytest.approx(expected, rel=1e-14)


def test_the_activation_is_of_all_layers_but_the_last() -> None:
    model = MLP(1, [1, 1, 1])
    set_weights(model, [{"w": [[1.0]], "b": [0.0]}, {"w": [[1.0]], "b": [0.0]}, {"w": [[-1.0]], "b": [0.0]}])
    assert model([3.0]).data == -3.0
    assert model([-3.0]).data == 0.0
    model = MLP(1, [1, 1], activation=None, output="relu")
    set_weights(model, [{"w": [[1.0]], "b": [0.0]}, {"w": [[-1.0]], "b": [0.0]}])
    assert (model([3.0]).data, model([-3.0]).data) == (0.0, 3.0)


@pytest.mark.parametrize("unknown", ["foo", "Relu", "dot", "mul", "softmax", "", 3])
@pytest.mark.parametrize(
    "build",
    [
        lambda a: MLP(3, [4, 1], activation=a),
        lambda a: MLP(3, [4, 1], output=a),
        lambda a: Layer(3, 4, a),
        lambda a: Neuron(3, a),
    ],
    ids=["MLP", "output", "Layer", "Neuron"],
)
def test_an_unknown_activation_is_named(build: Callable[[Any], Any], unknown: Any) -> None:
    with pytest.raises(ValueError, match=f"(unknown activation {unknown!r}|^softmax .*output)"):
        build(unknown)


def weights(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


@pytest.mark.parametrize(
    "make", [lambda s: MLP(3, [4, 4, 1], seed=s), lambda s: Layer(3, 4, seed=s), lambda s: Neuron(9, seed=s)]
)
def test_a_seed_gives_the_same_weights(make: Callable[[int | None], Module]) -> None:
    random.seed(1)
    first = weights(make(7))
    random.seed(2)
    assert weights(make(7)) == first
    assert weights(make(8)) != first


def test_a_seed_leaves_pythons_random_alone() -> None:
    random.seed(3)
    expected = random.random()
    random.seed(3)
    MLP(3, [4, 4, 1], seed=7)
    assert random.random() == expected


def test_without_a_seed_the_weights_come_from_pythons_random() -> None:
    random.seed(4)
    first = weights(MLP(3, [4, 4, 1]))
    random.seed(4)
    assert weights(MLP(3, [4, 4, 1])) == first
    assert weights(MLP(3, [4, 4, 1])) != first


def test_neurons_and_layers_of_one_seed_differ() -> None:
    model = MLP(4, [4, 4], seed=0)
    rows = [tuple(w.data for w in neuron.w) for layer in model.layers for neuron in layer.neurons]
    assert len(set(rows)) == 8


def test_models_print_their_shape() -> None:
    assert repr(Neuron(3, "tanh")) == "tanhNeuron(3)"
    text = repr(MLP(3, [4, 1]))
    assert text.startswith("MLP of [") and "4 reluNeuron(3)" in text and "linearNeuron(4)" in text


# ── losses ──────────────────────────────────────────────────────────────────────────────────────────────────────────

p, q = Value(1.0), Value(4.0)


@pytest.mark.parametrize(
    ("predictions", "targets", "mean", "total"),
    [
        ([p, q], [0.0, 2.0], 2.5, 5.0),
        ((p, q), np.array([0.0, 2.0]), 2.5, 5.0),
        (np.array([p, q]), [0, 2], 2.5, 5.0),
        ([p, q], [Value(0.0), 2.0], 2.5, 5.0),
        ([[p, q], [q, p]], [[0.0, 2.0], [1.0, 1.0]], 3.5, 14.0),
        (np.array([[p, q]]), np.array([[0.0, 2.0]]), 2.5, 5.0),
        (q, 1.0, 9.0, 9.0),
        ([q], 1.0, 9.0, 9.0),
        (q, [1.0], 9.0, 9.0),
        (q, np.float64(1.0), 9.0, 9.0),
        (q, np.array(1.0), 9.0, 9.0),
        ([q], np.array(1.0), 9.0, 9.0),
        ([q, p], [np.array(1.0), np.array(1.0)], 4.5, 9.0),
        ([[p], [q]], [0.0, 2.0], 2.5, 5.0),
        ([p, q], [[0.0], [2.0]], 2.5, 5.0),
    ],
)
def test_the_mean_squared_error(predictions: Any, targets: Any, mean: float, total: float) -> None:
    assert mse_loss(predictions, targets).data == mean
    assert mse_loss(predictions, targets, reduction="mean").data == mean
    assert mse_loss(predictions, targets, reduction="sum").data == total


def test_the_gradient_of_the_mean_squared_error() -> None:
    a, b = Value(1.0), Value(4.0)
    mse_loss([a, b], [0.0, 2.0]).backward()
    assert (a.grad, b.grad) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("predictions", "targets", "error", "parts"),
    [
        ([p, q], [1.0], ValueError, ["2 predictions", "1 target"]),
        ([p], [1.0, 2.0, 3.0], ValueError, ["1 prediction", "3 targets"]),
        ([p, q], 1.0, ValueError, ["2 predictions"]),
        ([[p, q], [p, q]], [[1.0, 2.0], [1.0]], ValueError, ["2 predictions", "1 target"]),
        ([], [], ValueError, ["no predictions"]),
        ([p], ["a"], TypeError, ["str"]),
        (p, "a", TypeError, ["str"]),
        ([p], [None], TypeError, ["NoneType"]),
    ],
)
def test_a_misused_loss_says_why(predictions: Any, targets: Any, error: type[Exception], parts: list[str]) -> None:
    with pytest.raises(error) as caught:
        mse_loss(predictions, targets)
    for part in parts:
        assert part in str(caught.value)


def test_an_unknown_reduction_is_named() -> None:
    with pytest.raises(ValueError, match="'mean' or 'sum', not 'none'"):
        mse_loss([p], [1.0], reduction="none")  # type: ignore[arg-type]


# ── SGD ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_fitted_as_worked_by_hand() -> None:
    w, b = Value(0.0), Value(0.0)
    optimizer = SGD([w, b], lr=0.01)
    losses, path = [], []
    for _ in range(3):
        optimizer.zero_grad()
        loss = mse_loss([w * x + b for x in (1, 2, 3, 4)], [3.0, 6.0, 9.0, 12.0])
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
        path.append((w.data, b.data))
    assert losses == pytest.approx([67.5, 46.87875, 32.56985025], rel=1e-10)
    assert path == [
        pytest.approx(expected, rel=1e-10) for expected in [(0.45, 0.15), (0.825, 0.2745), (1.137525, 0.37776)]
    ]


def descend(options: dict[str, Any], steps: int) -> tuple[list[float], list[float]]:
    x = Value(0.0)
    optimizer = SGD([x], **options)
    losses, path = [], []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (x - 3) ** 2
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
        path.append(x.data)
    return losses, path


@pytest.mark.parametrize(
    ("options", "path"), [({"lr": 0.1}, [0.6, 1.08, 1.464]), ({"lr": 0.1, "momentum": 0.9}, [0.6, 1.62, 2.814])]
)
def test_a_parabola_is_descended_as_worked_by_hand(options: dict[str, Any], path: list[float]) -> None:
    assert descend(options, 3)[1] == pytest.approx(path, rel=1e-10)


PLAIN_SGD = [
    row
    for row in REFERENCE["scalars"]
    if row["problem"] == "quadratic" and row["optimizer"] == "SGD" and set(row["options"]) <= {"lr", "momentum"}
]


@pytest.mark.parametrize("reference", PLAIN_SGD, ids=lambda row: row["name"])
def test_a_parabola_is_descended_as_in_pytorch(reference: dict[str, Any]) -> None:
    losses, path = descend(reference["options"], 20)
    assert losses == pytest.approx(reference["losses"], rel=1e-12)
    assert path == pytest.approx([point for (point,) in reference["path"]], rel=1e-12)


def test_the_reference_holds_both_forms_of_sgd() -> None:
    assert [row["options"] for row in PLAIN_SGD] == [{"lr": 0.1}, {"lr": 0.1, "momentum": 0.9}]
    assert [row["name"] for row in REFERENCE["networks"]] == ["lecture", "regression"]


def test_a_parameter_listed_twice_is_stepped_once() -> None:
    x = Value(1.0)
    optimizer = SGD([x, x], lr=0.5)
    x.grad = 1.0
    optimizer.step()
    assert x.data == 0.5


def test_zero_grad_of_an_optimizer_is_of_its_parameters_alone() -> None:
    x, other = Value(1.0), Value(1.0)
    x.grad = other.grad = 5.0
    SGD([x]).zero_grad()
    assert (x.grad, other.grad) == (0.0, 5.0)


def test_a_step_keeps_data_floats_and_takes_a_generator() -> None:
    model = Line()
    optimizer = SGD((v for v in model.parameters()), lr=0.1)
    model(2.0).backward()
    optimizer.step()
    assert [type(v.data) for v in model.parameters()] == [float, float]
    assert weights(model) == [3.0 - 0.1 * 2.0, 1.0 - 0.1]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_gradient_that_is_not_finite_moves_nothing(bad: float, momentum: float) -> None:
    x, y = Value(1.0, label="x"), Value(2.0, label="y")
    optimizer = SGD([x, y], lr=0.1, momentum=momentum)
    x.grad, y.grad = 1.0, bad
    with pytest.raises(ValueError, match=r"label='y'.*not finite"):
        optimizer.step()
    assert (x.data, y.data) == (1.0, 2.0)
    x.grad, y.grad = 1.0, 1.0
    optimizer.step()
    assert (x.data, y.data) == pytest.approx((0.9, 1.9))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: SGD([]), "the list of parameters is empty"),
        (lambda: SGD([Value(1.0)], lr=0.0), "lr must be positive, not 0.0"),
        (lambda: SGD([Value(1.0)], lr=-0.1), "lr must be positive, not -0.1"),
        (lambda: SGD([Value(1.0)], lr=math.nan), "lr must be positive, not nan"),
        (lambda: SGD([Value(1.0)], momentum=1.0), r"momentum must be in \[0, 1\), not 1.0"),
        (lambda: SGD([Value(1.0)], momentum=-0.1), r"momentum must be in \[0, 1\), not -0.1"),
    ],
)
def test_a_misbuilt_optimizer_says_why(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


# ── whole trainings, as in PyTorch ──────────────────────────────────────────────────────────────────────────────────


def network_of(reference: dict[str, Any]) -> MLP:
    hidden, *_, output = [None if name == "linear" else name for name in reference["activations"]]
    model = MLP(3, [4, 4, 1], activation=hidden, output=output)
    set_weights(model, reference["start"])
    return model


@pytest.mark.parametrize("reference", REFERENCE["networks"], ids=lambda row: row["name"])
def test_a_training_follows_pytorch(reference: dict[str, Any]) -> None:
    model = network_of(reference)
    optimizer = getattr(nn, reference["optimizer"])(model.parameters(), **reference["options"])
    reduction = {"sum_squared_error": "sum", "mse_loss": "mean"}[reference["loss"]]
    losses = []
    for step in range(len(reference["losses"])):
        optimizer.zero_grad()
        loss = mse_loss([model(x) for x in reference["inputs"]], reference["targets"], reduction=reduction)
        loss.backward()
        losses.append(loss.data)
        if step == 0:
            first = numbers_of(read(model, "grad"))
            assert first == pytest.approx(numbers_of(reference["gradients"]), rel=1e-9, abs=1e-12)
        optimizer.step()
    assert len(losses) == 20
    assert losses == pytest.approx(reference["losses"], rel=1e-9)
    assert numbers_of(read(model, "data")) == pytest.approx(numbers_of(reference["final"]), rel=1e-9)
    assert len(numbers_of(reference["final"])) == 41


# ── data ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("n", [2, 3, 10, 101])
def test_two_moons_of_any_size(n: int) -> None:
    points, labels = nn.data.moons(n, noise=0.1, seed=1)
    assert (points.shape, labels.shape) == ((n, 2), (n,))
    assert (points.dtype, labels.dtype) == (float, float)
    assert set(labels.tolist()) == {-1.0, 1.0}
    assert abs(labels.sum()) <= 1


def test_moons_without_noise_are_two_half_circles() -> None:
    points, labels = nn.data.moons(200, noise=0.0, seed=3)
    upper, lower = points[labels < 0], points[labels > 0]
    assert np.allclose(np.hypot(upper[:, 0], upper[:, 1]), 1.0)
    assert (upper[:, 1] >= -1e-12).all()
    assert np.allclose(np.hypot(lower[:, 0] - 1.0, lower[:, 1] - 0.5), 1.0)
    assert (lower[:, 1] <= 0.5 + 1e-12).all()
    assert upper[:, 0].min() == pytest.approx(-1.0) and lower[:, 0].max() == pytest.approx(2.0)


def test_moons_are_shuffled_and_seeded() -> None:
    first, again, other = (nn.data.moons(100, seed=seed) for seed in (1, 1, 2))
    assert (first[0] == again[0]).all() and (first[1] == again[1]).all()
    assert (first[0] != other[0]).any()
    switches = int((np.diff(first[1]) != 0).sum())
    assert 25 < switches < 75
    assert (nn.data.moons(10)[0] != nn.data.moons(10)[0]).any()


def test_noise_is_a_standard_deviation() -> None:
    points, labels = nn.data.moons(20_000, noise=0.05, seed=0)
    upper = points[labels < 0]
    radial = np.hypot(upper[:, 0], upper[:, 1]) - 1.0
    assert radial.std() == pytest.approx(0.05, rel=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 1}, "n must be 2 or more for two moons, not 1"),
        ({"noise": -0.1}, "not -0.1"),
        ({"noise": math.nan}, "not nan"),
    ],
)
def test_misused_moons_say_why(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        nn.data.moons(**options)


def test_a_small_network_separates_the_moons() -> None:
    points, labels = nn.data.moons(40, noise=0.05, seed=2)
    model = MLP(2, [8, 1], activation="tanh", seed=0)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    rows, targets = points.tolist(), labels.tolist()
    for _ in range(150):
        optimizer.zero_grad()
        mse_loss([model(row) for row in rows], targets).backward()
        optimizer.step()
    fresh, wanted = nn.data.moons(200, noise=0.05, seed=3)
    right = sum((model(row).data > 0) == (label > 0) for row, label in zip(fresh.tolist(), wanted, strict=True))
    assert right >= 190


def test_a_step_out_of_range_changes_no_parameter() -> None:
    x = Value(1.0)
    optimizer = nn.SGD([x], lr=1e308)
    (x * 1e10).backward()
    with pytest.raises(ValueError, match="lower lr"):
        optimizer.step()
    assert x.data == 1.0


@pytest.mark.parametrize("batch", [[[1.0, 2.0, 3.0]] * 2, np.ones((2, 3))], ids=["lists", "array"])
def test_a_batch_is_told_to_go_one_sample_at_a_time(batch: Any) -> None:
    with pytest.raises(ValueError, match=r"3 inputs, not 2 rows of 3\n  try +\[model\(x\) for x in xs\]"):
        MLP(3, [2, 1], seed=0)(batch)


@pytest.mark.parametrize("make", [lambda: MLP(2, [3, 2]), lambda: nn.Layer(2, 2), lambda: nn.Neuron(2)])
@pytest.mark.parametrize("rows", [2, 3])
def test_an_array_of_samples_is_refused_where_its_length_fits_too(make: Any, rows: int) -> None:
    with pytest.raises(ValueError, match=rf"takes 2 inputs, not {rows} rows of 2\n  try +\[model"):
        make()(np.ones((rows, 2)))


def test_a_seed_is_any_int() -> None:
    for make in (lambda seed: MLP(2, [3, 1], seed=seed), lambda seed: nn.Neuron(2, seed=seed)):
        assert make(np.int64(3)).state_dict() == make(3).state_dict()


def test_an_array_of_values_in_a_module_holds_parameters() -> None:
    class Grid(Module):
        def __init__(self) -> None:
            self.w = np.array([[Value(1.0), Value(2.0)]])

    assert [name for name, _ in Grid().named_parameters()] == ["w[0, 0]", "w[0, 1]"]


# ── what goes wrong in a network ────────────────────────────────────────────────────────────────────────────────────


def with_weights(factor, activation, sizes):
    model = nn.MLP(2, sizes, activation=activation, seed=0, init="uniform")
    for p in model.parameters():
        p.data *= factor
    return model


def with_weights_and_an_activation_of_its_own(factor):
    """Of which the last has no parameters, and so no gradient."""
    return nn.Sequential(*with_weights(factor, "tanh", [4, 4, 1]).layers, nn.Tanh())


def with_bias(bias, activation, sizes):
    model = nn.MLP(2, sizes, activation=activation, seed=0, init="uniform")
    for layer in model.layers[:-1]:
        for neuron in layer.neurons:
            neuron.b.data = bias
    return model


@pytest.mark.parametrize(
    ("model", "findings"),
    [
        (nn.MLP(2, [4, 1], activation="tanh", seed=0), []),
        (with_bias(-100.0, "relu", [4, 1]), ["layers[0]: 100% of the units are 0"]),
        (with_bias(100.0, "sigmoid", [4, 1]), ["layers[0]: 100% of the outputs", "layers[0]: the gradient"]),
        (with_bias(-100.0, "relu", [4, 4, 1]), ["layers[0], layers[1] (2 layers), at worst: 100% of the units"]),
        (with_weights(0.01, "tanh", [4, 4, 1]), ["layers[0]: the gradient vanishes, "]),
        (with_weights(0.002, "tanh", [4, 4, 4, 4, 1]), ["layers[0], … layers[3] (4 layers), at worst: the gradient"]),
        (with_weights_and_an_activation_of_its_own(0.01), ["layers[0]: the gradient vanishes, "]),
        (with_weights(30.0, None, [4, 4, 1]), ["layers[0], layers[1], layers[2] (3 layers), at worst: the gradient"]),
    ],
)  # fmt: skip
def test_a_diagnosis_names_each_trouble_once_and_where(model, findings):
    before = [(p.data, p.grad) for p in model.parameters()]
    found = nn.diagnose(model, [[0.5, 1.0], [1.0, -1.0], [-1.0, 0.3]], [1.0, 0.0, 1.0]).findings
    assert len(found) == len(findings), found
    assert all(line.startswith(start) for line, start in zip(found, findings, strict=True)), found
    assert [(p.data, p.grad) for p in model.parameters()] == before


def test_a_diagnosis_says_which_models_it_takes() -> None:
    with pytest.raises(TypeError, match=r"^GPT has no layers: pass an MLP, a Sequential, or another module"):
        nn.diagnose(nn.GPT(3, 2, num_heads=1, context=2), [[0, 1]], [[1, 0]])


def test_a_diagnosis_suggests_a_loss() -> None:
    with pytest.raises(ValueError, match=r"^unknown loss 'msee' \(did you mean 'mse'\?\); use one of "):
        nn.diagnose(MLP(2, [1]), [[0.0, 1.0]], [1.0], loss="msee")


def test_a_diagnosis_is_no_wider_than_a_notebook() -> None:
    lines = str(nn.diagnose(with_bias(-100.0, "relu", [4, 4, 1]), [[0.5, 1.0]], [1.0])).splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[-1] == '    learning rate, try leaky_relu, or init="he_uniform"'
