"""What a picture folds to fit in its budget, and that nothing gets lost."""

from __future__ import annotations

import functools
import operator
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from fixtures.pictures import check_whole, labelled, mse, named, numbers
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value
from autograd.core.graph import topological
from autograd.viz.fold.budget import picture
from autograd.viz.graph.groups import find_groups
from autograd.viz.graph.indexed import indexed_graph
from autograd.viz.graph.labels import families

pytestmark = pytest.mark.usefixtures("no_other_models")

# ── the budget ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_small_graph_is_shown_whole() -> None:
    model = nn.Neuron(2, seed=0)
    x, y = labelled("x", "y")
    made = picture([model([x, y]) * 2])
    assert {node.kind for node in made.nodes} == {"input", "parameter", "constant", "result"}
    assert (made.left_out, made.notes) == (0, ())
    assert [group.title for group in made.groups] == ["reluNeuron(2)"]
    assert named(made, "w[0]").group == named(made, "b").group != named(made, "x").group is None


def test_neurons_fold_before_layers_before_models() -> None:
    model = nn.MLP(2, [4, 4, 1], seed=0)
    loss = (model([1.0, 2.0]) - 1) ** 2
    labels = [
        [node.label for node in picture([loss], max_nodes=most).nodes if node.kind == "group"] for most in (40, 10, 5)
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
    assert (folded.values, folded.parameters, len(folded.parts)) == (3, 3, 3)
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
        ("x[0]", 100),
        ("x[1]", 100),
        ("layers[0] · Layer of 16 reluNeuron(2)", 100),
        ("layers[1] · Layer of 16 reluNeuron(16)", 100),
        ("neurons[0]", 100),
        ("loss", 1),
    ]
    assert [group.title for group in made.groups if group.parent is None] == ["MLP · 100 calls"]
    opened = picture([loss], open="mse_loss")
    assert named(opened, "-").data is None
    assert named(opened, "*").repeats == 100
    assert [node.data for node in opened.nodes if node.kind == "constant"] == [0.0]
    assert made.notes == (
        'folded: layers[0] and 3 more, what repeats (×). To open: draw(loss, open="layers[0]"), or "repeats", "call 1"',
    )


def test_one_of_many_calls_can_be_opened() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    made = picture([mse(model, 100)], open="call 7")
    assert [group.title for group in made.groups if group.parent is None] == ["MLP · 99 calls", "MLP · call 7 of 100"]
    assert {node.repeats for node in made.nodes} == {1, 99}
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
    is_open = {"layers[0]": ["layers[0]"], "MLP": []}.get(name, ["layers[0]", "neurons[2]"])
    assert sorted(titles) == sorted(["MLP", *is_open, "layers[2]"])
    assert len(made.nodes) <= 60


def test_siblings_that_are_alike_are_drawn_as_one() -> None:
    model = nn.MLP(2, [100, 1], seed=0)
    made = picture([model([1.0, 2.0])], open="layers[0]")
    neurons = named(made, "neurons[*]")
    assert (neurons.repeats, neurons.values, neurons.parameters, neurons.calls) == (100, 300, 300, 0)
    neurons = [f"layers[0].neurons[{index}]" for index in range(100)]
    made = picture([model([1.0, 2.0])], open=neurons)
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
    assert made.notes == ('folded: sums. To open: draw(total, open="sums")',)
    opened = picture([total], max_nodes=50, open=["sums", "repeats"])
    assert {node.operation for node in opened.nodes} == {"", "*", "+"}
    assert opened.left_out == 121 - 50


def test_a_sum_is_not_folded_past_what_has_a_name_or_another_use() -> None:
    a, b, c, d, e = labelled(*"abcde")
    part = a + b + c
    part.label = "part"
    total = part + d + e
    made = picture([total * part], max_nodes=8)
    assert [node.operation for node in made.nodes if node.operation] == ["a + b + c", "part + d + e", "*"]


def test_a_penalty_on_every_weight_folds_with_the_weights() -> None:
    model = nn.MLP(2, [16, 16, 1], seed=0)
    loss = model([1.0, 2.0]) + sum(w * w for w in model.parameters())
    made = picture([loss], max_nodes=12)
    assert [(node.label or node.operation).split(" · ")[0] for node in made.nodes] == [
        "x[0]", "x[1]", "layers[0]", "layers[1]", "neurons[0]", "dot of 337 and 1 more",
    ]  # fmt: skip
    assert named(made, "dot of 337 and 1 more").parameters == 337


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
    graph = indexed_graph([root], largest=100)
    assert (len(graph), graph.is_whole, graph.total) == (100, False, 100)
    monkeypatch.setattr("autograd.viz.fold.budget.indexed_graph", functools.partial(indexed_graph, largest=100))
    made = picture([root])
    assert not made.is_whole_count
    assert made.notes[-1] == "of the graph, the 100 values nearest to the result were looked at: there are more"
    assert made.nodes[0].kind == "more"


def test_a_node_left_out_of_a_walk_keeps_the_places_of_operands() -> None:
    a, b = labelled("a", "b")
    deep = functools.reduce(lambda value, _: value + 1, range(50), a)
    graph = indexed_graph([deep - b], largest=3)
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
    assert made.notes[-1] == "Sandwich: in several parts, because what it feeds comes back into it"
    check_whole(made, [y])


# ── nothing gets lost ───────────────────────────────────────────────────────────────────────────────────────────────


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
    from autograd.viz.fold.partition import fold_calls
    from autograd.viz.fold.sums import find_sums
    from autograd.viz.graph.node_table import node_table

    model, roots = made
    graph = indexed_graph(roots)
    table = node_table(graph, find_groups(graph, families(graph.values, model)))
    partition = fold_calls(table, depth, frozenset(), find_sums(table))
    check_whole(assemble(table, partition, partition.nodes), list(dict.fromkeys(roots)))


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
    made = picture(roots, max_nodes=1_000, open="all")
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


@pytest.mark.long
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


# ── expressions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def dot_and_more(names: str) -> Value:
    """Nine products of two vectors, and one term more."""
    w, x = ([Value(float(i), label=f"{name}[{i}]") for i in range(9)] for name in names)
    return autograd.tanh(sum(a * b for a, b in zip(w, x, strict=True)) + Value(1.0, label="b"))


@pytest.mark.parametrize(
    ("root", "most", "operation"),
    [
        (dot_and_more("wx"), 25, "w·x + b"),
        (dot_and_more("xw"), 25, "x·w + b"),
        (sum(Value(float(i), label=f"x[{i}]") for i in range(20)), 25, "sum(x)"),
        (sum(Value(float(i)) for i in range(20)), 25, "sum of 20"),
        (sum(Value(float(i), label=letter) for i, letter in enumerate("abcdefghijklmno")), 20, "sum of 15"),
    ],
)
def test_a_folded_sum_is_called_by_what_it_adds_where_that_is_short(root: Value, most: int, operation: str) -> None:
    made = picture([root], max_nodes=most)
    (node,) = (node for node in made.nodes if node.opens == "sums")
    assert (node.operation, node.is_expression) == (operation, " of " not in operation)


def test_operations_that_make_a_picture_too_wide_are_written_into_the_box_of_their_result() -> None:
    gate, f = (Value(0.5, label=name) for name in ("gate", "f"))
    for step in range(3):
        a, b = Value(0.1 * step, label=f"a{step}"), Value(0.2, label=f"b{step}")
        f = f * autograd.sigmoid(gate * a + b)
        f.label = f"f{step}"
    f.backward()
    made = picture([f])
    written = ["f·sigmoid(gate·a0 + b0)", "f0·sigmoid(gate·a1 + b1)", "f1·sigmoid(gate·a2 + b2)"]
    assert [node.operation for node in made.nodes if node.is_expression] == written
    assert made.notes == ('folded: operations. To open: draw(f2, open="expressions")',)
    assert [node.label for node in made.nodes if node.label.startswith("f")] == [
        "f",
        *(f"f{step}" for step in range(3)),
    ]
    check_whole(made, [f])
    opened = picture([f], open="expressions")
    assert not any(node.is_expression for node in opened.nodes)
    assert len(opened.nodes) > len(made.nodes)


def test_inputs_of_a_folded_box_stand_in_the_order_of_their_numbers() -> None:
    z = [Value(0.1 * i, label=f"z{i}") for i in range(12)]
    powers = [x.exp() for x in z]
    loss = -(powers[3] / sum(powers)).log()
    assert [node.label for node in picture([loss]).nodes if node.kind == "input"] == [f"z{i}" for i in range(12)]
