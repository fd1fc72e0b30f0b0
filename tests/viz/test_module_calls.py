"""Which call of which module each value of a picture was made in."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fixtures.pictures import numbers

import autograd
import nn
from autograd import Value
from autograd.core.graph import topological
from autograd.viz.fold.budget import picture
from autograd.viz.graph.attribution import softmax_stages
from autograd.viz.graph.groups import find_groups
from autograd.viz.graph.indexed import indexed_graph
from autograd.viz.graph.labels import families
from autograd.viz.graph.search import components

pytestmark = pytest.mark.usefixtures("no_other_models")


def operations(roots: Sequence[Value]) -> dict[str, str]:
    """The operations made in each call of a module, by its key; those in none at "-"."""
    graph = indexed_graph(roots)
    groups = find_groups(graph, families([graph.values[leaf] for leaf in graph.leaves()]))
    found: dict[str, list[str]] = {}
    for value, call in zip(graph.values, groups.call, strict=True):
        if value._op:
            found.setdefault(groups.calls[call].key if call >= 0 else "-", []).append(value._op)
    return {key: " ".join(mine) for key, mine in found.items()}


# ── which module a value belongs to ─────────────────────────────────────────────────────────────────────────────────


class Block(nn.Module):
    """Modules in dicts and lists, and operations of its own between them."""

    def __init__(self) -> None:
        self.parts = {"a": nn.Neuron(1, "tanh"), "b": [nn.Neuron(1), nn.Neuron(1, None)]}
        self.scale = Value(2.0)

    def forward(self, x: Any) -> Value:
        h = (self.parts["a"]([x]) * 2).exp()  # type: ignore[operator]
        h = self.parts["b"][0]([h]) + self.parts["b"][1]([h])  # type: ignore[index]
        return (h * self.scale).tanh()


class Autoencoder(nn.Module):
    """One matrix, used twice."""

    def __init__(self) -> None:
        self.w, self.b, self.c = numbers(1, 2), numbers(1), numbers(2)

    def forward(self, x: Any) -> list[Value]:
        h = [(autograd.dot(w, x) + b).tanh() for w, b in zip(self.w, self.b, strict=True)]
        return [autograd.dot([self.w[0][i]], h) + self.c[i] for i in range(2)]


class Cell(nn.Module):
    """One step of a recurrent network."""

    def __init__(self) -> None:
        self.w, self.u, self.b = numbers(2, 1), numbers(2, 2), numbers(2)

    def forward(self, x: Any, h: Any) -> list[Value]:
        rows = zip(self.w, self.u, self.b, strict=True)
        return [(autograd.dot(w, x) + autograd.dot(u, h) + b).tanh() for w, u, b in rows]


class Recurrent(nn.Module):
    """A cell used at several times, and a head used once."""

    def __init__(self) -> None:
        self.cell, self.head = Cell(), nn.Neuron(2, None)

    def forward(self, xs: Any) -> Value:
        h: Any = [0.0, 0.0]
        for x in xs:
            h = self.cell([x], h)
        return self.head(h)


class Residual(nn.Module):
    """What goes past a module and is added again."""

    def __init__(self) -> None:
        self.inner, self.outer = nn.Neuron(1, None), nn.Neuron(1, None)

    def forward(self, x: Any) -> Value:
        h = self.inner([x])
        return self.outer([h + self.inner([h]).tanh()])


STEP = "dot dot + + tanh dot dot + + tanh"


def penalised(model: nn.Module) -> Value:
    penalty = sum(0.1 * w * w for w in model.parameters()) + sum(w**2 for w in model.parameters())
    return model(1.0) + penalty + autograd.dot(model.parameters(), model.parameters())


@pytest.mark.parametrize(
    ("model", "use", "expected"),
    [
        pytest.param(
            lambda: nn.MLP(1, [2, 1]),
            lambda model: nn.mse_loss([model(1.0), model(2.0)], [0.0, 1.0]),
            {
                "call 1.layers[0].neurons[0]": "dot + relu",
                "call 1.layers[0].neurons[1]": "dot + relu",
                "call 1.layers[1].neurons[0]": "dot +",
                "call 2.layers[0].neurons[0]": "dot + relu",
                "call 2.layers[0].neurons[1]": "dot + relu",
                "call 2.layers[1].neurons[0]": "dot +",
                "-": "- * - * mean",
            },
            id="MLP",
        ),
        pytest.param(
            lambda: nn.Sequential(nn.Layer(1, 2, activation=None, seed=1), autograd.softmax),
            lambda model: -model(1.0)[0].log(),
            {
                "layers[0].neurons[0]": "dot +",
                "layers[0].neurons[1]": "dot +",
                "": "- - - exp exp exp sum log_share",
                "-": "log neg",
            },
            id="a function in a Sequential",
        ),
        pytest.param(
            lambda: nn.Layer(1, 2, output="softmax", seed=1),
            lambda model: nn.mse_loss(model(1.0), [0.0, 1.0]),
            {
                "neurons[0]": "dot +",
                "neurons[1]": "dot +",
                "": "- - exp exp sum sum - log_share log_share exp exp",
                "-": "- * - * mean",
            },
            id="a layer's softmax",
        ),
        pytest.param(
            lambda: nn.Layer(1, 2, activation=None),
            lambda model: nn.cross_entropy([model(1.0)], [1]),
            {"neurons[0]": "dot +", "neurons[1]": "dot +", "-": "- - logsumexp - softplus mean"},
            id="the softmax of a loss",
        ),
        pytest.param(
            Block,
            lambda model: (model(1.0) - 1) ** 2,
            {
                "parts['a']": "dot + tanh",
                "parts['b'][0]": "dot + relu",
                "parts['b'][1]": "dot +",
                "": "* exp + *",
                "-": "tanh - **",
            },
            id="a module of the user's own",
        ),
        pytest.param(
            Autoencoder,
            lambda model: nn.mse_loss(model([1.0, 2.0]) + model([3.0, 4.0]), [1.0, 2.0, 3.0, 4.0]),
            {"call 1": "dot + tanh dot + dot +", "call 2": "dot + tanh dot + dot +", "-": "- * - * - * - * mean"},
            id="tied weights",
        ),
        pytest.param(
            Cell,
            lambda model: functools.reduce(lambda h, x: model([x], h), (1.0, 2.0, 3.0), [0.0, 0.0])[0] * 2,
            {"call 1": STEP, "call 2": STEP, "call 3": "dot dot + + tanh", "-": "*"},
            id="a cell in time",
        ),
        pytest.param(
            Recurrent,
            lambda model: model([1.0, 2.0]) + model([3.0, 4.0]),
            {
                "call 1.cell call 1": STEP,
                "call 1.cell call 2": STEP,
                "call 1.head": "dot +",
                "call 2.cell call 1": STEP,
                "call 2.cell call 2": STEP,
                "call 2.head": "dot +",
                "-": "+",
            },
            id="a recurrent module on two sequences",
        ),
        pytest.param(
            lambda: nn.MLP(1, [2, 1]),
            lambda model: model(model(1.0)),
            {
                f"call {number}.layers[{layer}].neurons[{neuron}]": "dot + relu" if not layer else "dot +"
                for number in (1, 2)
                for layer, neuron in ((0, 0), (0, 1), (1, 0))
            },
            id="a model of its own output",
        ),
        pytest.param(
            Residual,
            lambda model: model(1.0),
            {"inner call 1": "dot +", "inner call 2": "dot +", "": "tanh +", "outer": "dot +"},
            id="a residual connection",
        ),
        pytest.param(
            lambda: nn.Neuron(1),
            penalised,
            {"": "dot + relu", "-": "* * + * * + ** + ** + + + dot +"},
            id="penalties",
        ),
        pytest.param(
            lambda: nn.Neuron(1, None),
            lambda model: autograd.relu(model([1.0])),
            {"": "dot +", "-": "relu"},
            id="a function it does not name",
        ),
        pytest.param(
            lambda: nn.Neuron(1),
            lambda model: model([Value(1.0) * 2]) * 3,
            {"": "dot + relu", "-": "* *"},
            id="before and after",
        ),
        pytest.param(lambda: nn.Neuron(2), lambda _: Value(1.0) + 2.0, {"-": "+"}, id="no model at all"),
    ],
)
def test_operations_stand_in_the_calls_that_made_them(
    model: Callable[[], nn.Module], use: Callable[[nn.Module], Value], expected: dict[str, str]
) -> None:
    made = model()  # lives while it is looked for
    found = operations([use(made)])
    assert {key: sorted(mine.split()) for key, mine in found.items()} == {
        key: sorted(mine.split()) for key, mine in expected.items()
    }


@pytest.mark.parametrize("layer", [nn.RNN, nn.GRU, nn.LSTM])
@pytest.mark.parametrize("steps", [2, 3, 8])
def test_the_calls_of_a_recurrent_layer_are_its_steps(layer: type[nn.Module], steps: int) -> None:
    """The cell of an LSTM leads past the last step. Each step has an input of its own that tells it from the others."""
    model = layer(1, 3, seed=0)  # type: ignore[call-arg]
    outputs, _ = model([[10.0 * step] for step in range(1, steps + 1)])
    graph = indexed_graph([autograd.sum(outputs[-1])])
    groups = find_groups(graph, families([graph.values[leaf] for leaf in graph.leaves()]))
    found = {
        (groups.calls[groups.call[head]].number, graph.values[tail].data)
        for tail, head in zip(graph.tails, graph.heads, strict=True)
        if graph.values[head]._op == "dot" and graph.values[tail].is_constant and graph.values[tail].data > 1.0
    }
    assert found == {(step, 10.0 * step) for step in range(1, steps + 1)}
    assert {call.count for call in groups.calls if call.module >= 0} == {steps}


def test_a_residual_path_is_outside_of_the_layer_that_is_used_again_and_again() -> None:
    layer, h = nn.Linear(1, 1, seed=0), [Value(1.0), 2.0]
    for _ in range(3):
        h = [x + layer(x) for x in h]
    assert operations(h)["-"] == "+ + + + + +"


def test_two_models_in_a_row_do_not_take_what_is_between_them() -> None:
    first, second = nn.Neuron(1, None), nn.Neuron(1, None)
    found = operations([second([first([1.0]).exp()])])
    assert found == {"Neuron": "dot +", "-": "exp", "Neuron 2": "dot +"}


def test_every_loss_of_a_model_is_outside_of_it() -> None:
    model = nn.Neuron(1, "tanh")
    a, b = model([1.0]), model([2.0])
    losses = [(a - 1) ** 2, autograd.relu(1 - b), a * b]
    assert operations(losses)["-"].split() == ["-", "**", "-", "relu", "*"]


@pytest.mark.parametrize("weights", [[1.0], [1.0, 2.0], [2.0, 2.0], [3.0, 1.0, 2.0], [1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
@pytest.mark.parametrize("use", [list, lambda outputs: [autograd.log(x) for x in outputs]])
def test_all_of_a_softmax_is_in_its_module_however_its_rules_are_written(
    weights: list[float], use: Callable[[list[Value]], list[Value]]
) -> None:
    layer = nn.Layer(1, len(weights), None, seed=0)
    for neuron, weight in zip(layer.neurons, weights, strict=True):
        neuron.w[0].data = weight
    model = nn.Sequential(layer, lambda x: x if isinstance(x, list) else [x], autograd.softmax)
    made = operations(use(model([1.0])))
    written = Counter(value._op for value in topological(*autograd.softmax([Value(x) for x in weights])) if value._op)
    assert Counter(made[""].split()) == written
    assert set(made.get("-", "").split()) <= {"log"}


def test_softmax_is_looked_at_where_nothing_is_tracked_too() -> None:
    expected = softmax_stages()
    softmax_stages.cache_clear()
    with autograd.no_grad():
        assert softmax_stages() == expected
    assert {len(expected.members[name]) > 0 for name in ("softmax", "log_softmax")} == {True}


# ── steps of a sequence ─────────────────────────────────────────────────────────────────────────────────────────────


class LSTMCell(nn.Module):
    """One unit, as a user writes it."""

    def __init__(self) -> None:
        self.weights = [numbers(4) for _ in range(4)]

    def forward(self, x: Any, state: Any) -> Any:
        h, c = state or (0.0, 0.0)
        i, f, o, g = (autograd.dot(w, [*x, h, 1.0]) for w in self.weights)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return [h], (h, c)


def run(model: Any, steps: int) -> tuple[list[list[Value]], dict[Value, int]]:
    """The outputs of each step, and the step, from 1, that each operation was made in."""
    state: Any = None
    made_in: dict[Value, int] = {}
    outputs = []
    for number in range(1, steps + 1):
        output, state = getattr(model, "step", model)([0.1 * number, -0.5], state)
        outputs.append(output)
        for value in topological(*output):
            if value._op:
                made_in.setdefault(value, number)
    return outputs, made_in


RECURRENT: dict[str, Callable[[], Any]] = {
    f"{kind.__name__}, {layers} layers, {units} units, {bias=}": functools.partial(
        kind, 2, units, num_layers=layers, bias=bias, seed=0
    )
    for kind in (nn.RNN, nn.GRU, nn.LSTM)
    for layers, units, bias in [(1, 1, True), (1, 2, False), (2, 2, True)]
} | {"LSTMCell": LSTMCell}
USES: dict[str, Callable[[list[list[Value]]], list[Value]]] = {
    "the last output": lambda outputs: outputs[-1],
    "all outputs": lambda outputs: [value for output in outputs for value in output],
    "a loss of each": lambda outputs: [sum(((value - 0.5) ** 2 for output in outputs for value in output), Value(0.0))],
    "a model after each": lambda outputs: list(map(nn.Neuron(len(outputs[0]), seed=0), outputs)),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("make", RECURRENT.values(), ids=RECURRENT)
def test_each_step_of_a_recurrent_module_is_one_call(
    make: Callable[[], Any], use: Callable[[list[list[Value]]], list[Value]]
) -> None:
    model = make()
    for steps in (2, 3, 6):
        outputs, made_in = run(model, steps)
        graph = indexed_graph(use(outputs))
        groups = find_groups(graph, families([graph.values[leaf] for leaf in graph.leaves()]))
        calls = [groups.calls[call] if call >= 0 else None for call in groups.call]
        found = {
            value: call.number if call is not None and call.path == type(model).__name__ else 0
            for value, call in zip(graph.values, calls, strict=True)
            if value._op
        }
        assert found == {value: made_in.get(value, 0) for value in found}


def test_what_a_user_adds_up_along_a_recurrence_is_outside_of_the_module() -> None:
    model = nn.Neuron(2, "tanh", seed=0)
    x, loss = Value(1.0), Value(0.0)
    for _ in range(3):
        x = x + 0.1 * model([x, 1.0])
        loss = loss + (x - 2.0) ** 2
    call = "dot + tanh"
    assert operations([loss]) == {"call 1": call, "call 2": call, "call 3": call, "-": " ".join(["* + - ** +"] * 3)}


def test_titles_of_calls() -> None:
    model = nn.MLP(1, [16, 16, 1])
    groups = picture([model(1.0) + model(2.0)], open=["call 1", "call 2"]).groups
    assert [group.title for group in groups if group.parent is None] == ["MLP · call 1 of 2", "MLP · call 2 of 2"]
    one = picture([model(1.0)])
    assert [group.title for group in one.groups] == ["MLP", "layers[2] · Layer of 1 linearNeuron(16)"]
    assert [node.label for node in one.nodes] == [
        "x",
        "layers[0] · Layer of 16 reluNeuron(1)",
        "layers[1] · Layer of 16 reluNeuron(16)",
        "neurons[0]",
    ]
    assert "neurons[3]" in [node.label for node in picture([model(1.0)], open="layers[0]").nodes]


def test_components() -> None:
    pairs = [(5, 6), (1, 2), (2, 6), (3, 4)]
    found = components(8, pairs)
    assert found == [0, 1, 1, 3, 3, 1, 1, 7]
