"""Networks in a picture: a column a layer, the plain numbers that go in, the weight of each connection."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from fixtures.pictures import labelled, mse, named, numbers

import autograd
import nn
from autograd import Value, draw
from autograd.viz.fold.budget import picture
from autograd.viz.picture import Picture

pytestmark = pytest.mark.usefixtures("no_other_models")


class HandWritten(nn.Module):
    """A neuron whose weights are single products, of a class of its own."""

    def __init__(self, nin: int) -> None:
        self.w, self.b, self.activation = numbers(nin), numbers(), "tanh"

    def forward(self, x: Any) -> Value:
        return (autograd.sum([w * x for w, x in zip(self.w, x, strict=True)]) + self.b).tanh()


class Rows(nn.Module):
    """A layer of hand-written neurons."""

    def __init__(self, nin: int, nout: int) -> None:
        self.units = [HandWritten(nin) for _ in range(nout)]

    def forward(self, x: Any) -> list[Value]:
        return [unit(x) for unit in self.units]


class Autoencoder(nn.Module):
    """Two networks in one module."""

    def __init__(self) -> None:
        self.encoder, self.decoder = nn.MLP(3, [2, 2], seed=0), nn.MLP(2, [3], seed=1)

    def forward(self, x: Any) -> Any:
        return self.decoder(self.encoder(x))


class Skipping(nn.Module):
    """A layer whose output is added to its input, between two others."""

    def __init__(self) -> None:
        self.first, self.second, self.last = nn.Layer(2, 2, seed=0), nn.Layer(2, 2, seed=1), nn.Neuron(2, None, seed=2)

    def forward(self, x: Any) -> Value:
        h = self.first(x)
        return self.last([a + b for a, b in zip(h, self.second(h), strict=True)])


def widths(made: Picture) -> list[list[int]]:
    return [[len(column) for column in group.columns] for group in made.groups if group.columns]


@pytest.mark.parametrize(
    ("make", "given", "expected"),
    [
        pytest.param(lambda: nn.MLP(3, [4, 4, 1], seed=0), [2.0, 3.0, -1.0], [[3, 4, 4, 1]], id="MLP"),
        pytest.param(lambda: nn.MLP(3, [4, 4, 2], seed=0), labelled("a", "b", "c"), [[3, 4, 4, 2]], id="Values go in"),
        pytest.param(lambda: nn.MLP(2, [16, 3, 1], seed=0), [2.0, 3.0], [[2, 1, 3, 1]], id="a wide layer"),
        pytest.param(lambda: nn.MLP(64, [3, 1], seed=0), [0.5] * 64, [[1, 3, 1]], id="many inputs"),
        pytest.param(lambda: nn.Layer(2, 3, seed=0), [1.0, 2.0], [[2, 3]], id="a layer alone"),
        pytest.param(lambda: nn.MLP(2, [3, 3], output="softmax", seed=0), [1.0, 2.0], [[2, 3, 3, 1]], id="softmax"),
        pytest.param(lambda: nn.Sequential(Rows(2, 3), Rows(3, 2)), [1.0, 2.0], [[2, 3, 2]], id="neurons by hand"),
        pytest.param(Autoencoder, [1.0, 2.0, 3.0], [[3, 2, 2, 3]], id="networks in a module"),
        pytest.param(Skipping, [1.0, 2.0], [[2, 2, 2, 2, 1]], id="a skip connection"),
        pytest.param(lambda: nn.Sequential(*(nn.Neuron(1) for _ in range(4))), [1.0], [[1] * 5], id="neurons in a row"),
        pytest.param(lambda: nn.Neuron(6, "tanh", seed=0), [1.0] * 6, [], id="no layers"),
    ],
)
def test_a_network_has_a_column_a_layer(make: Callable[[], Any], given: list[Any], expected: list[list[int]]) -> None:
    model = make()
    outputs = model(given)
    made = picture(outputs if isinstance(outputs, list) else [outputs], model=model)
    assert widths(made) == expected
    columns = [column for group in made.groups for column in group.columns]
    place = {name: index for index, column in enumerate(columns) for name in column}
    for edge in made.edges:
        if edge.tail in place and edge.head in place:
            assert place[edge.tail] < place[edge.head]


def test_the_neurons_of_a_column_are_in_the_order_of_their_indices() -> None:
    model = nn.MLP(3, [4, 10, 1], activation="tanh", seed=0)
    model.layers[1].neurons.reverse()  # the paths follow
    made = picture([model([2.0, 3.0, -1.0])])
    (group,) = [group for group in made.groups if group.columns]
    labels = [[made[name].label for name in column] for column in group.columns]
    assert labels == [
        ["x[0]", "x[1]", "x[2]"],
        *([f"neurons[{index}]" for index in range(width)] for width in (4, 10, 1)),
    ]
    assert [made[name].data for name in group.columns[0]] == [2.0, 3.0, -1.0]


def test_plain_numbers_are_inputs_and_values_keep_their_labels() -> None:
    model = nn.MLP(3, [4, 1], seed=0)
    a = Value(0.25, label="age")
    made = picture([model([a, Value(0.5), 1.5])])
    inputs = [node for node in made.nodes if node.kind == "input"]
    assert [(node.label, node.data, node.values) for node in inputs] == [
        ("age", 0.25, 1), ("x[1]", 0.5, 1), ("x[2]", 1.5, 4),
    ]  # fmt: skip
    assert {node.group for node in inputs} == {None}
    assert all(edge.local is None for edge in made.edges if edge.tail == inputs[2].name)


def test_an_input_of_one_neuron_is_in_its_picture_too() -> None:
    model = nn.Neuron(2, "tanh", seed=0)
    made = picture([model([0.5, 2.0]) * 3.0])
    assert [(node.label, node.kind) for node in made.nodes if node.data in (0.5, 2.0)] == [
        ("x[0]", "input"), ("x[1]", "input"),
    ]  # fmt: skip
    assert [node.data for node in made.nodes if node.kind == "constant"] == [3.0]


@pytest.mark.parametrize("pixel", [0.0, 0.5, Value(0.5)])
def test_the_pixels_of_a_window_are_not_taken_for_three_inputs(pixel: float | Value) -> None:
    model = nn.Conv2d(1, 2, 3, seed=0)
    image = [[1.0 * pixel if isinstance(pixel, float) else Value(pixel.data) for _ in range(4)] for _ in range(4)]
    outputs = [x for channel in model([image]) for row in channel for x in row]
    labels = [node.label for node in picture([sum(outputs, Value(0.0))]).nodes if node.label.startswith("x")]
    assert labels == ([] if isinstance(pixel, float) else ["x"] * 16)


def test_the_state_at_the_beginning_is_not_taken_for_an_input() -> None:
    model = nn.RNN(2, 3, seed=0)
    made = picture(model([[0.5, 0.0]])[0][0])
    inputs = [(node.label, node.data, node.values) for node in made.nodes if node.label.startswith("x")]
    assert inputs == [("x[0]", 0.5, 3), ("x[1]", 0.0, 3)]


def test_a_connection_has_the_weight_that_multiplies_its_tail() -> None:
    for model in (nn.MLP(3, [4, 4, 1], activation="tanh", seed=0), nn.Sequential(Rows(3, 4), Rows(4, 4), Rows(4, 1))):
        outputs = model([2.0, 3.0, -1.0])
        made = picture(outputs if isinstance(outputs, list) else [outputs])
        (group,) = [group for group in made.groups if group.columns]
        units = [getattr(layer, "neurons", None) or layer.units for layer in model.layers]
        weights = {(edge.tail, edge.head): edge.weight for edge in made.edges}
        for tails, heads, layer in zip(group.columns, group.columns[1:], units, strict=False):
            for head, unit in zip(heads, layer, strict=True):
                assert [weights[tail, head] for tail in tails] == [w.data for w in unit.w]


def test_edges_that_are_no_connections_have_no_weight() -> None:
    model = nn.Neuron(2, None, seed=0)
    x = Value(2.0, label="x")
    made = picture([model([x, x]) * 2.0 + x], max_nodes=5)
    assert [edge.weight for edge in made.edges] == [None] * len(made.edges)  # two weights multiply x
    network = nn.MLP(2, [16, 1], seed=0)
    assert [edge.weight for edge in picture([network([1.0, 2.0])]).edges] == [None] * 3


def test_calls_over_samples_are_drawn_once_and_one_one_off() -> None:
    model = nn.MLP(3, [4, 4, 1], activation="tanh", seed=0)
    source = random.Random(0)
    samples = [[source.random() for _ in range(3)] for _ in range(4)]
    outputs = [model(x) for x in samples]
    loss = sum((out - y) ** 2 for out, y in zip(outputs, (1.0, -1.0, -1.0, 1.0), strict=True))
    loss.backward()
    made = picture([loss])
    assert widths(made) == [[3, 4, 4, 1]]
    assert len(made.nodes) <= 40
    assert {node.calls for node in made.nodes if node.kind == "group"} == {4}
    assert 0.0 not in [node.data for node in made.nodes]
    (last,) = made.groups[0].columns[-1]
    assert (made[last].data, made[last].repeats) == (None, 4)
    for number, (sample, output) in enumerate(zip(samples, outputs, strict=True), 1):
        made = picture([loss], open=f"call {number}")
        (group,) = [group for group in made.groups if f"call {number} of 4" in group.title]
        assert [made[name].data for name in group.columns[0]] == sample
        (last,) = group.columns[-1]
        assert (made[last].data, made[last].grad) == (output.data, output.grad)
        assert len(made.nodes) <= 40


def test_samples_with_labels_of_their_own_are_drawn_once_too() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    xs = [[Value(row + 0.5 * i, label=f"x[{row}][{i}]") for i in range(2)] for row in range(3)]
    loss = autograd.sum([(model(x) - 1) ** 2 for x in xs])
    made = picture([loss])
    assert [(node.label, node.repeats) for node in made.nodes if node.kind == "input"] == [
        ("x[*][0]", 3),
        ("x[*][1]", 3),
    ]
    opened = picture([loss], open="layers[1].neurons[0]")
    assert [node.label for node in opened.nodes if node.kind == "group"] == [f"neurons[{i}]" for i in range(3)]


def test_what_opens_a_box_opens_it() -> None:
    model = nn.MLP(2, [16, 4, 1], seed=0)
    loss = mse(model, 3)
    made = picture([loss])
    names = [node.opens for node in made.nodes if node.kind == "group"]
    assert names == [
        "layers[0]",
        *(f"layers[1].neurons[{index}]" for index in range(4)),
        "layers[2].neurons[0]",
        "mse_loss",
    ]
    for name in names:
        opened = picture([loss], open=name)
        titles = [group.opens for group in opened.groups]
        assert name in titles
        assert name not in [node.opens for node in opened.nodes]
    alone = [node for node in picture([loss], open="call 2").nodes if node.kind == "group" and not node.calls]
    assert {node.opens for node in alone} == {*(f"call 2.{name}" for name in names[:-1]), "mse_loss"}


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("label", ["", "part"])
def test_the_zero_that_sum_starts_from_is_no_term(count: int, label: str) -> None:
    parts = []
    for index in range(count):
        part = Value(index + 1.0, label=f"a{index}") * 2.0
        if label:
            part.label = f"{label}{index}"
        parts.append(part)
    made = picture([sum(parts)])  # type: ignore[list-item]
    assert 0.0 not in [node.data for node in made.nodes]
    assert made.roots[0].data == sum(part.data for part in parts)
    assert len(made.nodes) == 3 * count + max(1, count - 1)
    assert made.left_out == 0


def test_a_zero_of_the_users_own_stays() -> None:
    a, zero = Value(1.0, label="a"), Value(0.0, label="start")
    assert named(picture([sum([a, a], zero)]), "start").data == 0.0
    assert [node.data for node in picture([a + 0.0]).nodes] == [1.0, 0.0, 1.0]


# ── not finite ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda a: a.log() * 2.0 + a.exp(), ["log"]),
        (lambda a: a * float("inf"), [""]),
        (lambda a: (a * float("inf")).exp(), []),
        (lambda a: (Value(float("nan"), label="x") * a).tanh(), ["x"]),
        (lambda a: ((a * 1e308 * 1e10).exp() + 1.0) * a.log(), ["log"]),  # the first of those that reach the root
        (lambda a: (a * 1e308 * 1e10).exp(), ["*"]),  # the root is finite, e^−inf
        (lambda a: autograd.maximum(a, float("-inf")), []),
        (lambda a: a.exp(), []),
    ],
)
def test_the_first_value_that_is_not_finite_is_marked(make: Callable[[Value], Value], expected: list[str]) -> None:
    made = picture([make(Value(-2.0, label="a"))])
    assert [node.label or node.operation for node in made.nodes if node.first_not_finite] == expected


def test_a_folded_module_with_the_first_nan_in_it_is_marked() -> None:
    model = nn.MLP(2, [3, 1], activation="sqrt", seed=0)
    with_nan = [node.label for node in picture([model([1.0, 2.0])]).nodes if node.first_not_finite]
    assert len(with_nan) == 1
    assert with_nan[0].startswith("neurons")


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_network_as_text_names_its_neurons_by_their_paths() -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    lines = str(draw(model([1.0, 2.0]))).splitlines()
    expected = ["layers[1].neurons[0]", "layers[0].neurons[0]", "x[0]", "x[1]", "layers[0].neurons[1]", "x[0], x[1]"]
    assert [name in line for name, line in zip(expected, lines, strict=False)] == [True] * 6
