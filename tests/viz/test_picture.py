"""What a picture shows of a graph: names, modules and their calls, what is folded, and that nothing gets lost."""

from __future__ import annotations

import copy
import functools
import gc
import math
import operator
import pickle
import random
import time
import weakref
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value
from autograd.core.graph import topological
from autograd.util.module_registry import owners
from autograd.viz.fold.budget import picture
from autograd.viz.graph.arrays import snapshot
from autograd.viz.graph.groups import find_groups
from autograd.viz.graph.labels import families, label_locals
from autograd.viz.graph.module_calls import components
from autograd.viz.picture import Node, Picture


@pytest.fixture(autouse=True)
def no_other_models() -> None:
    """A model that another test has left behind has no part in these graphs, but would be asked."""
    gc.collect()


def labelled(*labels: str) -> list[Value]:
    return [Value(place + 2.0, label=label) for place, label in enumerate(labels)]


def named(made: Picture, label: str) -> Node:
    """The one node with this label or operation."""
    (found,) = [node for node in made.nodes if label in (node.label, node.operation)]
    return found


def operations(roots: Sequence[Value]) -> dict[str, str]:
    """The operations made in each call of a module, by its key; those in none at "-"."""
    graph = snapshot(roots)
    groups = find_groups(graph, families([graph.values[leaf] for leaf in graph.leaves()]))
    found: dict[str, list[str]] = {}
    for value, call in zip(graph.values, groups.call.tolist(), strict=True):
        if value._op:
            found.setdefault(groups.calls[call].key if call >= 0 else "-", []).append(value._op)
    return {key: " ".join(mine) for key, mine in found.items()}


# ── values and edges as they are ────────────────────────────────────────────────────────────────────────────────────


def test_nodes_and_edges_say_what_the_engine_computed() -> None:
    a, b = labelled("a", "b")
    product = a * b
    product.backward()
    made = picture([product])
    assert [(node.name, node.kind, node.data, node.grad) for node in made.nodes] == [
        ("n0", "input", 2.0, 3.0),
        ("n1", "input", 3.0, 2.0),
        ("n2", "result", 6.0, 1.0),
    ]
    assert [(edge.tail, edge.head, edge.position, edge.local, edge.contribution) for edge in made.edges] == [
        ("n0", "n2", 0, 3.0, 3.0),
        ("n1", "n2", 1, 2.0, 2.0),
    ]
    assert made.roots == [made["n2"]]
    assert (made.total, made.left_out, made.notes) == (3, 0, ())


def test_a_square_has_two_edges() -> None:
    (a,) = labelled("a")
    assert [(edge.position, edge.local, edge.count) for edge in picture([a * a]).edges] == [(0, 2.0, 1), (1, 2.0, 1)]


def test_no_gradient_is_not_a_gradient_of_zero() -> None:
    a, b = labelled("a", "b")
    result = autograd.relu(a * -1.0) * b
    before = picture([result])
    result.backward()
    after = picture([result])
    assert {node.grad for node in before.nodes} == {None}
    assert {edge.contribution for edge in before.edges} == {None}
    assert named(after, "a").grad == 0.0
    dead = [edge for edge in after.edges if edge.tail == named(after, "a").name]
    assert [edge.contribution for edge in dead] == [0.0]


def test_a_constant_has_no_gradient_and_no_local_derivative() -> None:
    (a,) = labelled("a")
    result = a * 2
    result.backward()
    made = picture([result])
    assert (made["n1"].kind, made["n1"].data, made["n1"].grad) == ("constant", 2.0, None)
    assert [(edge.local, edge.contribution) for edge in made.edges] == [(2.0, 2.0), (None, None)]


def test_an_infinite_slope_beyond_a_branch_not_taken_adds_nothing() -> None:
    x, y = Value(0.0, label="x"), Value(0.0, label="y")
    result = autograd.maximum(autograd.sqrt(x), 1.0) + autograd.sqrt(y) * 0.0
    result.backward(allow_nonfinite=True)
    made = picture([result])
    into = {x: [e for e in made.edges if e.tail == named(made, x).name] for x in "xy"}
    assert [(edge.local, edge.contribution) for edge in into["x"]] == [(math.inf, 0.0)]
    assert math.isnan(into["y"][0].contribution or 0.0)


def test_it_is_the_graph_at_the_time_of_the_call() -> None:
    (a,) = labelled("a")
    result = a * a
    before = picture([result])
    result.backward()
    a.label, a.data = "changed", 7.0
    assert (named(before, "a").data, named(before, "a").grad) == (2.0, None)


def test_a_derivative_of_a_derivative_has_numbers() -> None:
    seen: list[Picture] = []

    def cube(x: Value) -> Value:
        result = x * x * x
        seen.append(picture([result]))
        return result

    autograd.grad(autograd.grad(cube))(2.0)
    assert [node.data for node in seen[0].nodes] == [2.0, 4.0, 8.0]


@pytest.mark.parametrize("size", [1, 2, 50])
def test_an_operation_over_a_sequence_has_its_operands_in_order(size: int) -> None:
    xs = [Value(float(i), label=f"x{i}") for i in range(size)]
    made = picture([autograd.sum(xs)])
    assert [made[edge.tail].label for edge in made.edges] == [x.label for x in xs]


# ── labels ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("two\nlines\t", "two\\nlines\\t"),
        ("\x00\x1b[31m", "\\x00\\x1b[31m"),
        ("\ud800\uffff", "\\ud800\\uffff"),
        ("n" * 1_000_000, "n" * 39 + "…"),
        ("</script><b>", "</script><b>"),
        ("学习率", "学习率"),
    ],
)
def test_a_label_is_one_short_line(label: str, shown: str) -> None:
    assert picture([Value(1.0, label=label)])["n0"].label == shown


def test_a_long_path_keeps_its_end() -> None:
    class Deep(nn.Module):
        def __init__(self) -> None:
            self.a_rather_long_name_of_an_attribute = [nn.Neuron(1, None)]

    model = Deep()
    labels = [node.label for node in picture([model.a_rather_long_name_of_an_attribute[0]([1.0])]).nodes]
    assert "…ather_long_name_of_an_attribute[0].w[0]" in labels
    assert "a_rather_long_name_of_an_attribute[0].b" in labels


def test_parameters_have_their_paths_and_labels_win() -> None:
    model = nn.MLP(1, [1], seed=0)
    model.layers[0].neurons[0].b.label = "bias"
    made = picture([model([2.0])])
    assert [node.label for node in made.nodes if node.kind == "parameter"] == ["layers[0].neurons[0].w[0]", "bias"]


def test_two_models_are_told_apart() -> None:
    first, second, other = nn.Neuron(1, None), nn.Neuron(1, None), nn.Layer(1, 1)
    made = picture([first([1.0]) + second([2.0]) + other([3.0])], open="all")
    paths = {node.label for node in made.nodes if node.kind == "parameter"}
    assert paths == {
        "Neuron.w[0]",
        "Neuron.b",
        "Neuron 2.w[0]",
        "Neuron 2.b",
        "Layer.neurons[0].w[0]",
        "Layer.neurons[0].b",
    }


def test_only_models_in_the_graph_count() -> None:
    model, _unused = nn.Neuron(1, None), nn.Neuron(1, None)
    assert "b" in [node.label for node in picture([model([1.0])]).nodes]


def test_a_shallow_copy_is_no_second_model() -> None:
    model = nn.Neuron(1, None)
    twin = copy.copy(model)
    assert {node.label for node in picture([twin([1.0])]).nodes} >= {"w[0]", "b"}


def test_a_model_that_is_given_needs_no_prefix() -> None:
    first, second = nn.Neuron(1, None), nn.Neuron(1, None)
    made = picture([first([1.0]) + second([2.0])], model=second, open="all")
    assert {node.label for node in made.nodes if node.kind == "parameter"} == {
        "Neuron 2.w[0]",
        "Neuron 2.b",
        "w[0]",
        "b",
    }


def test_what_is_no_module_can_be_the_model() -> None:
    w = Value(2.0)

    class Plain:
        def named_parameters(self) -> list[tuple[str, Value]]:
            return [("weight", w)]

    assert picture([w * 3.0], model=Plain())["n0"].label == "weight"
    with pytest.raises(TypeError, match=r"model= takes what has named_parameters\(\), .* not list"):
        picture([w * 3.0], model=[w])


def test_a_broken_model_spoils_no_picture_of_another() -> None:
    class Broken(nn.Module):
        def named_parameters(self) -> list[tuple[str, Value]]:
            raise RuntimeError("broken")

        named_modules = named_parameters  # type: ignore[assignment]

        def __repr__(self) -> str:
            raise RuntimeError("broken")

    broken, model = Broken(), nn.Neuron(1, None)
    broken.w = model.b  # type: ignore[attr-defined]
    assert "b" in [node.label for node in picture([model([1.0])]).nodes]


def test_the_registry_keeps_no_model_alive_and_knows_copies() -> None:
    model = nn.MLP(1, [2, 1])
    twins = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    assert all(any(owner is twin for owner in owners()) for twin in twins)
    count, gone = len(owners()), weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
    assert len(owners()) == count - 6
    assert "layers[1].neurons[0].b" in [node.label for node in picture([twins[1]([1.0])]).nodes]


def test_a_module_without_an_init_takes_no_arguments() -> None:
    class Plain(nn.Module):
        pass

    assert isinstance(Plain(), nn.Module)
    with pytest.raises(TypeError, match=r"Plain\(\) takes no arguments"):
        Plain(1)


def test_label_locals() -> None:
    def body() -> list[str]:
        a, b = Value(1.0), Value(2.0, label="mine")
        alias = a  # noqa: F841
        _private = Value(3.0)
        w, point = [Value(4.0), b], {"x": Value(5.0)}  # noqa: F841
        grid = np.array([[Value(6.0)]])  # noqa: F841
        model = nn.Neuron(1)
        parameters = model.parameters()
        number, text = 3, "abc"  # noqa: F841
        labelled_now = label_locals()
        assert parameters[0].label == ""
        assert [a.label, b.label, _private.label] == ["a", "mine", ""]
        return labelled_now

    assert body() == ["a", "w[0]", "point['x']", "grid[0, 0]"]


def test_label_locals_passes_over_what_ipython_keeps() -> None:
    def cell() -> tuple[list[str], str]:
        _ = _1 = Value(1.0)
        _oh = {1: _}
        Out, In = _oh, [""]  # noqa: F841
        return label_locals(), _.label

    assert cell() == ([], "")


# ── which module a value belongs to ─────────────────────────────────────────────────────────────────────────────────

_random = random.Random(0)


def numbers(*shape: int) -> Any:
    """Parameters in nested lists."""
    return [numbers(*shape[1:]) for _ in range(shape[0])] if shape else Value(_random.uniform(-1.0, 1.0))


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


def test_two_models_in_a_row_do_not_take_what_is_between_them() -> None:
    first, second = nn.Neuron(1, None), nn.Neuron(1, None)
    found = operations([second([first([1.0]).exp()])])
    assert found == {"Neuron": "dot +", "-": "exp", "Neuron 2": "dot +"}


def test_every_loss_of_a_model_is_outside_of_it() -> None:
    model = nn.Neuron(1, "tanh")
    a, b = model([1.0]), model([2.0])
    losses = [(a - 1) ** 2, autograd.relu(1 - b), a * b]
    assert operations(losses)["-"].split() == ["-", "**", "-", "relu", "*"]


def test_titles_of_calls() -> None:
    model = nn.MLP(1, [16, 16, 1])
    groups = [group.title for group in picture([model(1.0) + model(2.0)], open=["call 1", "call 2"]).groups]
    assert groups == ["MLP · call 1 of 2", "MLP · call 2 of 2"]
    one = picture([model(1.0)])
    assert [group.title for group in one.groups] == ["MLP"]
    assert [node.label for node in one.nodes] == [
        "layers[0] · Layer of 16 reluNeuron(1)",
        "layers[1] · Layer of 16 reluNeuron(16)",
        "layers[2] · Layer of 1 linearNeuron(16)",
    ]
    assert "neurons[3]" in [node.label for node in picture([model(1.0)], open="layers[0]").nodes]


def test_components() -> None:
    pairs = [(5, 6), (1, 2), (2, 6), (3, 4)]
    found = components(8, *(np.array(column) for column in zip(*pairs, strict=True)))
    assert found.tolist() == [0, 1, 1, 3, 3, 1, 1, 7]


# ── the budget ──────────────────────────────────────────────────────────────────────────────────────────────────────


def mse(model: nn.Module, samples: int) -> Value:
    loss = nn.mse_loss([model([i / samples, 1 - i / samples]) for i in range(samples)], [0.0] * samples)
    loss.label = "loss"
    loss.backward()
    return loss


def test_a_small_graph_is_shown_whole() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    x, y = labelled("x", "y")
    made = picture([model([x, y])])
    assert {node.kind for node in made.nodes} == {"input", "parameter", "result"}
    assert (made.left_out, made.notes) == (0, ())
    assert [group.title for group in made.groups][:2] == ["MLP", "layers[0] · Layer of 3 reluNeuron(2)"]
    weight = named(made, "layers[0].neurons[1].w[0]")
    assert weight.group == named(made, "layers[0].neurons[1].b").group != named(made, "x").group is None


def test_neurons_fold_before_layers_before_models() -> None:
    model = nn.MLP(2, [4, 4, 1], seed=0)
    loss = (model([1.0, 2.0]) - 1) ** 2
    labels = [
        [node.label for node in picture([loss], max_nodes=most).nodes if node.kind == "group"] for most in (40, 10, 6)
    ]
    assert labels[0] == ["neurons[0]", "neurons[1]", "neurons[2]", "neurons[3]"] * 2 + ["neurons[0]"]
    assert labels[1] == [f"layers[{i}] · {layer!r}" for i, layer in enumerate(model.layers)]
    assert labels[2] == ["MLP"]


def test_a_folded_module_has_its_output_its_size_and_its_largest_gradient() -> None:
    model = nn.Neuron(2, "tanh", seed=0)
    output = model([1.0, 2.0])
    loss = (output - 1) ** 2
    loss.backward()
    folded = named(picture([loss], max_nodes=5), "tanhNeuron(2)")
    assert (folded.kind, folded.data, folded.grad) == ("group", output.data, output.grad)
    assert (folded.values, folded.parameters, len(folded.parts)) == (5, 3, 3)
    inside = [value for value in topological(output) if not value.is_constant]
    assert folded.largest_grad == max(abs(value.grad) for value in inside)


def test_the_derivative_into_a_folded_module_is_that_of_its_output() -> None:
    model = nn.Neuron(2, "tanh", seed=0)
    x, y = labelled("x", "y")
    output = model([x, y])
    loss = output * 3.0
    loss.backward()
    made = picture([loss], max_nodes=5)
    folded = named(made, "tanhNeuron(2)")
    into = [edge for edge in made.edges if edge.head == folded.name]
    slope = 1 - output.data**2
    assert [edge.local for edge in into] == pytest.approx([slope * w.data for w in model.w])
    assert [edge.contribution for edge in into] == pytest.approx([x.grad, y.grad])


def test_calls_that_are_alike_are_drawn_as_one() -> None:
    model = nn.MLP(2, [16, 16, 1], seed=0)
    loss = mse(model, 100)
    made = picture([loss])
    assert [(node.label or node.operation, node.repeats) for node in made.nodes] == [
        ("layers[0] · Layer of 16 reluNeuron(2)", 100),
        ("layers[1] · Layer of 16 reluNeuron(16)", 100),
        ("layers[2] · Layer of 1 linearNeuron(16)", 100),
        ("", 100),
        ("-", 100),
        ("*", 100),
        ("loss", 1),
    ]
    assert [group.title for group in made.groups] == ["MLP · 100 calls"]
    assert named(made, "-").data is None
    assert [node.data for node in made.nodes if node.kind == "constant"] == [0.0]
    assert made.notes == (
        'layers[0], layers[1], layers[2] are folded: draw(loss, open="layers[0]")',
        'what is alike is drawn once, with × its number: draw(loss, open="repeats"), or one of them: open="call 1"',
    )


def test_one_of_many_calls_can_be_opened() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    made = picture([mse(model, 100)], open="call 7")
    assert [group.title for group in made.groups if group.parent is None] == ["MLP · 99 calls", "MLP · call 7 of 100"]
    assert {node.repeats for node in made.nodes} == {1, 99, 198}  # two numbers go into each neuron
    inside: set[str] = set()
    for group in made.groups:
        if "call 7" in group.title or group.parent in inside:
            inside.add(group.name)
    assert {node.repeats for node in made.nodes if node.group in inside} == {1}


@pytest.mark.parametrize("name", ["layers[0]", "layers[0].neurons[2]", "MLP"])
def test_what_is_opened_stays_open(name: str) -> None:
    model = nn.MLP(2, [16, 16, 1], seed=0)
    loss = (model([1.0, 2.0]) - 1) ** 2
    made = picture([loss], open=name)
    titles = [group.title.split(" · ")[0] for group in made.groups]
    assert titles == {"layers[0]": ["MLP", "layers[0]"], "MLP": ["MLP"]}.get(name, ["MLP", "layers[0]", "neurons[2]"])
    assert len(made.nodes) <= 60


def test_siblings_that_are_alike_are_drawn_as_one() -> None:
    model = nn.MLP(2, [100, 1], seed=0)
    made = picture([model([1.0, 2.0])], open="layers[0]")
    assert "neurons[*]" in [group.title for group in made.groups]
    assert (named(made, "relu").repeats, named(made, "relu").values) == (100, 100)
    assert (named(made, "layers[0].neurons[*].w[*]").repeats, named(made, "layers[0].neurons[*].b").data) == (200, 0.0)


def test_a_sum_of_many_terms_is_one_node() -> None:
    xs = [Value(float(i), label=f"x{i}") for i in range(40)]
    total = sum((x * x for x in xs), Value(0.0, label="start"))
    total.label = "total"
    total.backward()
    made = picture([total], max_nodes=50)
    assert (named(made, "total").operation, named(made, "total").values) == ("dot of 40 and 1 more", 80)
    assert (named(made, "total").data, named(made, "total").grad) == (total.data, 1.0)
    into = [edge for edge in made.edges if made[edge.tail].label == "x7"]
    assert [(edge.count, edge.contribution) for edge in into] == [(2, 14.0)]
    assert made.notes == ('a sum of many terms is one node: draw(total, open="sums")',)
    opened = picture([total], max_nodes=50, open=["sums", "repeats"])
    assert {node.operation for node in opened.nodes} == {"", "*", "+"}
    assert opened.left_out == 121 - 50


def test_a_sum_is_not_folded_past_what_has_a_name_or_another_use() -> None:
    a, b, c, d, e = labelled(*"abcde")
    part = a + b + c
    part.label = "part"
    total = part + d + e
    made = picture([total * part], max_nodes=8)
    assert [node.operation for node in made.nodes if node.operation] == ["sum of 3", "sum of 3", "*"]


def test_a_penalty_on_every_weight_folds_with_the_weights() -> None:
    model = nn.MLP(2, [16, 16, 1], seed=0)
    loss = model([1.0, 2.0]) + sum(w * w for w in model.parameters())
    made = picture([loss], max_nodes=12)
    assert [(node.label or node.operation).split(" · ")[0] for node in made.nodes] == [
        "layers[0]", "layers[1]", "layers[2]", "dot of 337 and 2 more",
    ]  # fmt: skip
    assert named(made, "dot of 337 and 2 more").parameters == 337


def test_what_is_left_is_cut_to_the_nearest() -> None:
    values = [Value(1.0, label="start")]
    for step in range(100):
        values.append(autograd.tanh(values[-1]) * values[step // 2])
    made = picture([values[-1]], max_nodes=20)
    assert len([node for node in made.nodes if node.kind != "more"]) == 20
    assert made.left_out == 201 - 20
    assert made.notes == ("the 20 values nearest to the result, of 201: draw(…, max_nodes=201)",)
    assert len(picture([values[-1]], max_nodes=201).nodes) == 201


def test_what_is_left_out_is_marked_where_it_was() -> None:
    a, b, c = labelled("a", "b", "c")
    made = picture([(a + b) * c], max_nodes=3)
    assert [node.label or node.operation for node in made.nodes] == ["… 2 more", "+", "c", "*"]
    assert (made.nodes[0].name, made.edges[0].head) == ("more2", "n2")


def test_everything_opened_is_cut_all_the_same() -> None:
    model = nn.MLP(2, [16, 16, 1], seed=0)
    made = picture([mse(model, 3)], open="all")
    assert {node.kind for node in made.nodes} <= {"parameter", "constant", "result", "more"}
    assert len([node for node in made.nodes if node.kind != "more"]) == 60
    assert "the 60 values nearest to the result, of" in made.notes[-1]


def test_a_graph_that_is_too_large_to_walk_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    root = functools.reduce(lambda value, _: value + 1, range(200), Value(1.0, label="start"))
    graph = snapshot([root], largest=100)
    assert (len(graph), graph.is_whole, graph.total) == (100, False, 100)
    monkeypatch.setattr("autograd.viz.fold.budget.snapshot", functools.partial(snapshot, largest=100))
    made = picture([root])
    assert not made.is_whole_count
    assert made.notes[-1] == "of the graph, the 100 values nearest to the result were looked at: there are more"
    assert made.nodes[0].kind == "more"


def test_a_node_left_out_of_a_walk_keeps_the_places_of_operands() -> None:
    a, b = labelled("a", "b")
    deep = functools.reduce(lambda value, _: value + 1, range(50), a)
    graph = snapshot([deep - b], largest=3)
    assert [graph.positions[edge] for edge in graph.edges_into(2)] == [0, 1]
    made = picture([deep - b])
    assert [edge.position for edge in made.edges if edge.head == made.roots[0].name] == [0, 1]


# ── what cannot be one node ─────────────────────────────────────────────────────────────────────────────────────────


class Sandwich(nn.Module):
    """Two parts, between which something outside is done that uses no parameter."""

    def __init__(self) -> None:
        self.first, self.second = numbers(2), numbers(2)
        self.mixed = numbers()


def test_a_module_whose_output_comes_back_is_divided() -> None:
    model, between = Sandwich(), nn.Neuron(1, None)
    x = Value(2.0, label="x")
    h = (x * model.first[0] + model.first[1]) * model.mixed
    g = between([h])
    y = (h + g * model.second[0] + model.second[1]) * x
    y.backward()
    made = picture([y], max_nodes=6)
    titles = [node.label for node in made.nodes if node.kind == "group"]
    assert titles == ["Sandwich · part 1 of 2", "Neuron · linearNeuron(1)", "Sandwich · part 2 of 2"]
    assert made.notes[-1] == "Sandwich is in several parts, because what it feeds comes back into it"
    check_whole(made, [y])


# ── a part of the graph ─────────────────────────────────────────────────────────────────────────────────────────────


def small() -> tuple[Value, Value, Value]:
    a, b = labelled("a", "b")
    d = a * b + a
    d.label = "d"
    return a, d, d.tanh() * b


@pytest.mark.parametrize("by", ["label", "value", "name"])
def test_a_neighbourhood_goes_both_ways(by: str) -> None:
    _, d, root = small()
    made = picture([root], focus={"label": "d", "value": d, "name": "n3"}[by], radius=1)
    assert [node.label or node.operation for node in made.nodes] == ["a", "… 1 more", "*", "d", "tanh", "… 1 more"]
    assert [node.name for node in made.nodes if node.kind == "more"] == ["more2", "users4"]
    assert made.notes == ('what is within 1 edge of d, 4 of 6 values: draw(…, focus="d", radius=2)',)
    assert made.left_out == 2
    assert picture([root], focus=d, radius=9).notes == ()
    assert [node.label for node in picture([root], focus=d, radius=0).nodes if node.kind != "more"] == ["d"]


def test_only_the_paths_between_two_values() -> None:
    a, _, root = small()
    made = picture([root], path=("a", root))
    assert [node.label or node.operation for node in made.nodes] == ["a", "*", "d", "tanh", "*"]
    assert {node.kind for node in made.nodes} == {"input", "result"}
    assert made.notes == ("only what is on a path from a to n5: 5 of 6 values",)
    assert picture([root], path=(a, root)) == made


def test_ends_are_shown_even_in_a_module_that_folds() -> None:
    model = nn.MLP(2, [16, 16, 1], seed=0)
    loss = mse(model, 10)
    made = picture([loss], path=("layers[0].neurons[2].w[1]", loss), max_nodes=12)
    assert made.nodes[0].label == "layers[0].neurons[2].w[1]"
    assert made.nodes[-1].label == "loss"
    assert len(made.nodes) <= 12
    inside = topological(loss)
    neuron = next(place for place, value in enumerate(inside) if value._op == "relu")
    near = picture([loss], focus=inside[neuron], radius=3, max_nodes=25)
    assert f"n{neuron}" in [node.name for node in near.nodes]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"focus": "dd"}, r"focus=: no value is called 'dd'; there is 'd', 'a', 'b'"),
        (
            {"focus": Value(1.0, label="other")},
            r"focus=: the value 'other' is not in this graph: the result was not made",
        ),
        ({"focus": "d", "radius": -1}, r"radius= is a number of edges, 0 or more, not -1"),
        (
            {"focus": "d", "path": ("a", "d")},
            r"focus= shows what is around one value, path= what is between two: give one",
        ),
        (
            {"path": ("d", "a")},
            r"path=: no path leads from d to a, which was not .* one from a to d: path=\(\"a\", \"d\"\)",
        ),
        ({"path": ("a", "b")}, r"path=: no path leads from a to b, which was not made from it$"),
        ({"path": "a"}, r"path= takes two values, as in draw\(loss, path=\(w, loss\)\), not 'a'"),
        ({"open": "layers[0]"}, r"open=: nothing is called 'layers\[0\]'; there is 'all', 'sums', 'repeats'"),
        ({"ops": "fussed"}, r"ops= is 'fused' or 'separate', not 'fussed'"),
    ],
)
def test_mistakes(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        picture([small()[2]], **arguments)


def test_more_mistakes() -> None:
    model = nn.MLP(1, [2, 1])
    with pytest.raises(ValueError, match=r"nothing is called 'layer\[0\]'; there is 'layers\[0\]', 'layers\[1\]', "):
        picture([model(1.0)], open="layer[0]")
    with pytest.raises(ValueError, match="no value is called 'x'; none has a name: give them labels, or call"):
        picture([Value(1.0) * 2], focus="x")
    with pytest.raises(ValueError, match="2 values are called 'x': name one of n0, n1"):
        picture([Value(1.0, label="x") * Value(2.0, label="x")], focus="x")
    with pytest.raises(TypeError, match="focus= takes a Value, or the name of one, not int"):
        picture([Value(1.0)], focus=3)  # type: ignore[arg-type]


# ── operations apart ────────────────────────────────────────────────────────────────────────────────────────────────


def test_operations_apart_as_micrograd_draws_them() -> None:
    a, b = labelled("a", "b")
    made = picture([a * b - 1], ops="separate")
    assert [(node.name, node.kind, node.operation) for node in made.nodes] == [
        ("n0", "input", ""),
        ("n1", "input", ""),
        ("o2", "operation", "*"),
        ("n2", "result", ""),
        ("n3", "constant", ""),
        ("o4", "operation", "-"),
        ("n4", "result", ""),
    ]
    assert [(edge.tail, edge.head) for edge in made.edges] == [
        ("n0", "o2"), ("n1", "o2"), ("o2", "n2"), ("n2", "o4"), ("n3", "o4"), ("o4", "n4"),
    ]  # fmt: skip


# ── nothing gets lost ───────────────────────────────────────────────────────────────────────────────────────────────


def check_whole(made: Picture, roots: Sequence[Value]) -> None:
    """Every value and every edge of the graph is in one place of a picture that is not cut, and no cycle is."""
    order = topological(*roots)
    index = {value: f"n{place}" for place, value in enumerate(order)}
    shown = {part: node for node in made.nodes for part in (node.parts or (node.name,))}
    assert made.total == len(order)
    assert made.left_out == 0
    assert sum(len(node.parts) or 1 for node in made.nodes) == len(shown), "a value is in two nodes"
    hidden = [value for value in order if index[value] not in shown]
    folded = {node.name for node in made.nodes if node.parts}
    users: dict[Value, list[Value]] = {}
    edges: Counter[tuple[str, str]] = Counter()
    for value in order:
        for operand in value._prev:
            users.setdefault(operand, []).append(value)
            if operand not in hidden:
                tail, head = shown[index[operand]].name, shown[index[value]].name
                edges[tail, head] += tail != head
    for value in hidden:
        assert not value._prev
        assert all(shown[index[user]].name in folded for user in users[value])
    numbers_hidden = sum(value.is_constant for value in hidden)
    assert sum(node.values for node in made.nodes) == len(shown) + numbers_hidden
    assert +edges == Counter({key: sum(e.count for e in made.edges if (e.tail, e.head) == key) for key in +edges})
    assert sum(edge.count for edge in made.edges) == sum(edges.values())
    places = {node.name: place for place, node in enumerate(made.nodes)}
    assert all(places[edge.tail] < places[edge.head] for edge in made.edges), "not in topological order"
    assert [edge.head for edge in made.edges] == sorted((edge.head for edge in made.edges), key=places.__getitem__)
    boxes = {group.name: group for group in made.groups}
    assert {node.group for node in made.nodes} <= {None, *boxes}
    assert {group.parent for group in made.groups} <= {None, *boxes}


class Modules(nn.Module):
    """Parameters anywhere in a tree of modules, used by anything in any order."""

    def __init__(self) -> None:
        self.parts = [Inner() for _ in range(2)]
        self.own = numbers(2)


class Inner(nn.Module):
    """Two modules and a parameter."""

    def __init__(self) -> None:
        self.units, self.own = [Leaf(), Leaf()], numbers()


class Leaf(nn.Module):
    """Two parameters."""

    def __init__(self) -> None:
        self.w, self.b = numbers(), numbers()
        self.activation = "tanh"


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Modules, list[Value]]:
    model = Modules()
    values = [*model.parameters(), *(Value(float(i), label=f"x{i}" if i else "") for i in range(3))]
    for _ in range(draw(st.integers(1, 60))):
        near = values[-draw(st.sampled_from([4, len(values)])) :]
        a, b, c = (draw(st.sampled_from(near)) for _ in range(3))
        make: Callable[[], Value] = draw(
            st.sampled_from(
                [
                    lambda a=a, b=b: a + b,
                    lambda a=a, b=b: a + b,
                    lambda a=a, b=b: a * b,
                    lambda a=a, b=b: a - b,
                    lambda a=a: a * 2,
                    lambda a=a: a.tanh(),
                    lambda a=a, b=b, c=c: autograd.sum([a, b, c]),
                    lambda a=a, b=b, c=c: autograd.dot([a, b], [c, a]),
                ]
            )
        )
        values.append(make())
    return model, [values[-1], *draw(st.lists(st.sampled_from(values[-10:]), max_size=2))]


@settings(max_examples=150, deadline=None)
@given(graphs(), st.integers(4, 40), st.sampled_from([(), "parts[0]", "sums", ("repeats", "sums")]))
def test_every_value_is_in_one_place(made: tuple[Modules, list[Value]], most: int, opened: Any) -> None:
    model, roots = made
    try:
        whole = picture(roots, max_nodes=most, open=opened, model=model)
    except ValueError:
        return  # there is no such module in this graph
    nodes = [node for node in whole.nodes if node.kind != "more"]
    assert len(nodes) <= max(most, len(set(roots)))
    assert len({node.name for node in whole.nodes}) == len(whole.nodes)
    if not whole.left_out:
        check_whole(whole, roots)
    else:
        assert sum(len(node.parts) or 1 for node in nodes) + whole.left_out <= whole.total
        assert "max_nodes=" in "".join(whole.notes)
    assert repr(picture(roots, max_nodes=most, open=opened, model=model)) == repr(whole)


@settings(max_examples=100, deadline=None)
@given(graphs(), st.integers(0, 3))
def test_any_depth_of_folding_has_no_cycle(made: tuple[Modules, list[Value]], depth: int) -> None:
    from autograd.viz.fold.assemble import assemble
    from autograd.viz.fold.partition import fold
    from autograd.viz.fold.sums import find_sums
    from autograd.viz.graph.columns import columns_of

    model, roots = made
    graph = snapshot(roots)
    columns = columns_of(graph, find_groups(graph, families(graph.values, model)))
    partition = fold(columns, depth, frozenset(), find_sums(columns))
    check_whole(assemble(columns, partition, partition.nodes()), list(dict.fromkeys(roots)))


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_contributions_sum_to_the_gradient(made: tuple[Modules, list[Value]]) -> None:
    model, roots = made
    roots[0].backward(allow_nonfinite=True)
    for most in (1_000, 25, 8):
        whole = picture(roots[:1], max_nodes=most, model=model)
        if whole.left_out:
            continue
        for node in whole.nodes:
            added = [edge.contribution for edge in whole.edges if edge.tail == node.name]
            if node.repeats == 1 and node.grad is not None and not node.is_root and node.kind != "group":
                assert all(x is not None for x in added)
                size = max(abs(x) for x in added if x is not None)
                assert sum(x for x in added if x is not None) == pytest.approx(node.grad, rel=1e-9, abs=1e-9 * size)


def test_a_whole_graph_stands_in_the_order_of_the_engine() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    roots = [mse(model, 3), model([1.0, 1.0])]
    made = picture(roots, max_nodes=1_000)
    order = topological(*roots)
    assert [node.name for node in made.nodes] == [f"n{place}" for place in range(len(order))]
    assert [node.data for node in made.nodes] == [value.data for value in order]


# ── speed ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def chain_of(length: int) -> Value:
    return functools.reduce(operator.add, [1.0] * length, Value(1.0, label="start"))


def tangled(length: int) -> Value:
    source = random.Random(0)
    values = [Value(source.random()) for _ in range(10)]
    for _ in range(length):
        a, b = source.choice(values[-20:]), source.choice(values[-20:])
        values.append(source.choice([operator.add, operator.mul, operator.sub])(a, b))
    return sum(values[-20:], Value(0.0))


LARGE = {
    "one sample": (lambda model: model([1.0, 2.0]), 0.1),
    "700 samples": (lambda model: mse(model, 700), 2.5),
    "a chain": (lambda _: chain_of(50_000), 2.5),
    "no structure at all": (lambda _: tangled(100_000), 4.0),
}


@pytest.mark.parametrize("make", [make for make, _ in LARGE.values()], ids=LARGE)
def test_a_large_graph_is_folded_to_what_can_be_seen(make: Callable[[nn.Module], Value]) -> None:
    made = picture([make(nn.MLP(2, [16, 16, 1], seed=0))])
    assert len([node for node in made.nodes if node.kind != "more"]) <= 60


@pytest.mark.long
@pytest.mark.parametrize(("make", "seconds"), LARGE.values(), ids=LARGE)
def test_a_large_graph_takes_a_moment(make: Callable[[nn.Module], Value], seconds: float) -> None:
    """Four times what it takes on a machine of 2024, in processor time."""
    model = nn.MLP(2, [16, 16, 1], seed=0)
    root = make(model)
    start = time.process_time()
    picture([root])
    assert time.process_time() - start < seconds
