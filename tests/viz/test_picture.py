"""What a picture shows of a graph: values, edges, names, a part of it."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import weakref
from typing import Any

import pytest
from fixtures.pictures import labelled, mse, named

import autograd
import nn
from autograd import Value
from autograd.core.graph import topological
from autograd.util.lazy_numpy import np
from autograd.util.module_registry import owners
from autograd.viz.fold.budget import picture
from autograd.viz.graph.labels import label_locals
from autograd.viz.picture import Picture

pytestmark = pytest.mark.usefixtures("no_other_models")

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
    assert "layers[1].neurons[0].b" in [node.label for node in picture([twins[1]([1.0])], open="all").nodes]


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


def test_label_locals_names_a_parameter_by_where_it_is_rather_than_by_the_list_of_all() -> None:
    """As in microgpt: ``params`` holds every number, and ``state_dict`` says of which matrix it is."""

    def body() -> list[str]:
        matrices = [[[Value(1.0), Value(2.0)], [Value(3.0)]], [[Value(4.0)]]]
        params = [p for matrix in matrices for row in matrix for p in row]
        row = matrices[0][1]  # noqa: F841  (what a loop leaves)
        state_dict = {"wte": matrices[0], "wpe": matrices[1]}
        itself: list[Any] = [Value(5.0)]
        itself.append(itself)
        texts, counts = ["emma"] * 3, [[0, 1]] * 3  # noqa: F841
        del matrices
        label_locals()
        return [p.label for p in (*params, itself[0])] + list(state_dict)

    expected = ["state_dict['wte'][0][0]", "state_dict['wte'][0][1]", "state_dict['wte'][1][0]"]
    assert body() == [*expected, "state_dict['wpe'][0][0]", "itself[0]", "wte", "wpe"]


def test_label_locals_passes_over_what_ipython_keeps() -> None:
    def cell() -> tuple[list[str], str]:
        _ = _1 = Value(1.0)
        _oh = {1: _}
        Out, In = _oh, [""]  # noqa: F841
        return label_locals(), _.label

    assert cell() == ([], "")


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
