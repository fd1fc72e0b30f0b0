"""Functions of several operations, which a picture finds in a finished graph and draws as one box that opens."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fixtures.pictures import check_whole, named
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value
from autograd.viz.fold.budget import picture
from autograd.viz.graph.functions import find_functions
from autograd.viz.graph.groups import find_groups
from autograd.viz.graph.indexed import indexed_graph
from autograd.viz.graph.labels import families

pytestmark = pytest.mark.usefixtures("no_other_models")


def values(count: int) -> list[Value]:
    source = random.Random(count)
    return [Value(source.uniform(-1.0, 1.0), label=f"v{index}") for index in range(count)]


def found(*roots: Value) -> list[str]:
    """The known functions in a graph."""
    graph = indexed_graph(roots)
    return [call.plain for call in find_functions(graph, find_groups(graph, [])).calls]


def softmax_with_maximum(xs: Sequence[Value]) -> list[Value]:
    largest = max(x.data for x in xs)
    powers = [(x - largest).exp() for x in xs]
    total = sum(powers)
    return [power / total for power in powers]  # type: ignore[misc]


def layer_norm(xs: Sequence[Value]) -> list[Value]:
    middle = sum(xs) / len(xs)  # type: ignore[arg-type]
    off = [x - middle for x in xs]
    spread = autograd.mean([d * d for d in off])
    return [d / (spread + 1e-5).sqrt() for d in off]


def rms_norm(xs: Sequence[Value]) -> list[Value]:
    scale = (autograd.mean([x * x for x in xs]) + 1e-6) ** -0.5
    return [x * scale for x in xs]


LOSSES_OF_NUMBERS = sorted({function.__name__ for function in nn.losses.LOSSES.values()} - {"cross_entropy"})


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("count", [3, 7])
@pytest.mark.parametrize("name", LOSSES_OF_NUMBERS)
def test_every_loss_of_numbers_is_known(name: str, count: int, reduction: Any) -> None:
    predictions = [x * 0.25 + 0.5 for x in values(count)]
    targets = [1.0 if index % 2 else (-1.0 if name == "hinge_loss" else 0.0) for index in range(count)]
    for given_targets in (targets, [Value(0.5) for _ in targets]):
        loss = nn.losses.LOSSES[name](predictions, given_targets, reduction=reduction)
        assert found(loss * 3.0) == [name]
        made = picture([loss * 3.0])
        box = named(made, name)
        assert (box.kind, box.data, box.opens) == ("group", loss.data, name)
        assert {node.operation for node in made.nodes} == {"", "*", "+"}
        assert reduction in {node.operation for node in picture([loss * 3.0], open=name, max_nodes=200).nodes}


@pytest.mark.parametrize("target", [0, 2, [0.2, 0.3, 0.5, 0.0]])
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_cross_entropy_is_known(target: Any, rows: int) -> None:
    if rows:
        loss = nn.cross_entropy([values(4) for _ in range(rows)], [target] * rows)
    else:
        loss = nn.cross_entropy(values(4), target)
    assert found(loss) == ["cross_entropy"]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (autograd.softmax, "softmax"),
        (autograd.log_softmax, "log_softmax"),
        (softmax_with_maximum, "softmax"),
        (layer_norm, "layer_norm"),
        (rms_norm, "rms_norm"),
        (lambda xs: [autograd.log(sum(x.exp() for x in xs))], "logsumexp"),
    ],
)
@pytest.mark.parametrize("count", [2, 3, 10])
def test_functions_of_lists_are_known(function: Callable[[list[Value]], list[Value]], name: str, count: int) -> None:
    outputs = function(values(count))
    total = autograd.sum([out * (index + 1.5) for index, out in enumerate(outputs)])
    assert found(total) == [name]
    assert found(outputs[0].tanh()) == [name]
    root = (total * total).tanh() * total  # a graph of more values than are always shown whole
    made = picture([root])
    assert named(made, name).kind == "group"
    check_whole(made, [root])


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda a, b, c: a.exp() / (b.exp() + c.exp()), id="a power that is not in the sum"),
        pytest.param(lambda a, b, c: autograd.mean([(a - 1.0) * (b - 1.0), (b - 1.0) * (c - 1.0)]), id="two errors"),
        pytest.param(lambda a, b, c: autograd.sum([a * b, b * c, c * a]), id="products"),
        pytest.param(lambda a, b, c: (a + b) * c, id="nothing of the kind"),
        pytest.param(lambda a, b, c: autograd.log(a.exp() + b * c), id="a sum of something else"),
    ],
)
def test_what_only_looks_alike_is_none(make: Callable[..., Value]) -> None:
    assert found(make(*values(3))) == []


def test_what_has_a_name_or_another_use_inside_stays_open() -> None:
    xs = values(3)
    powers = [x.exp() for x in xs]
    assert found(powers[0] / sum(powers)) == ["softmax"]  # type: ignore[operator]
    assert found((powers[0] / sum(powers)) * powers[1]) == []  # type: ignore[operator]
    powers[2].label = "e2"
    assert found(powers[0] / sum(powers)) == []  # type: ignore[operator]


def test_a_function_written_by_the_user_is_known_by_its_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.util.known_functions._examples", {})
    autograd.util.known_functions.register_function("swish", lambda: (x := Value(1.0)) * x.sigmoid())
    a, b = values(2)
    assert found(a * a.sigmoid() + b * b.sigmoid()) == ["swish", "swish"]
    assert found(a * b.sigmoid()) == []


def test_a_result_with_a_label_keeps_it() -> None:
    loss = nn.mse_loss(values(4), [1.0] * 4)
    loss.label = "loss"
    box = picture([loss]).roots[0]
    assert (box.label, box.operation, box.kind) == ("loss", "mse_loss", "group")


def test_a_small_graph_shows_every_operation() -> None:
    a, b = values(2)
    assert {node.kind for node in picture([nn.mse_loss([a, b], [1.0, 2.0])]).nodes} == {"input", "constant", "result"}


class Normed(nn.Module):
    """Numbers of one size, times a weight each; and a layer."""

    def __init__(self) -> None:
        self.scale, self.layer = Scale(), nn.Layer(4, 3, seed=0)

    def forward(self, x: list[Value]) -> Any:
        return self.layer(self.scale(x))


class Scale(nn.Module):
    """rms_norm with weights."""

    def __init__(self) -> None:
        self.weight = [Value(1.0) for _ in range(4)]

    def forward(self, x: list[Value]) -> list[Value]:
        return [weight * out for weight, out in zip(self.weight, rms_norm(x), strict=True)]


def test_a_norm_with_weights_is_one_box_with_what_it_begins_with() -> None:
    model = Normed()
    made = picture([autograd.sum(model(values(4)))])
    assert next(node.label for node in made.nodes if node.kind == "group") == "scale · Scale"
    assert not [node for node in made.nodes if node.operation in ("mean", "**", "rms_norm")]


BLOCK = functools.partial(nn.TransformerBlock, 4, num_heads=2, elementwise_affine=False, bias=False, seed=0)
"""Its norms have no parameters."""


@pytest.mark.parametrize(
    ("make", "use", "inside", "outside"),
    [
        pytest.param(BLOCK, lambda model, xs: model(xs), 2, 0, id="rms_norm"),
        pytest.param(functools.partial(BLOCK, norm="layer"), lambda model, xs: model(xs), 2, 0, id="layer_norm"),
        pytest.param(BLOCK, lambda model, xs: model([rms_norm(x) for x in xs]), 2, 1, id="before the block"),
        pytest.param(BLOCK, lambda model, xs: [rms_norm(x) for x in model(xs)], 2, 1, id="after the block"),
        pytest.param(
            functools.partial(nn.MLP, 4, [4, 4], seed=0),
            lambda model, xs: [[a + b for a, b in zip(x, model(rms_norm(x)), strict=True)] for x in xs],
            0,
            1,
            id="on a residual path around a module",
        ),
    ],
)
def test_a_norm_without_weights_is_in_the_module_that_takes_what_is_normalized(
    make: Callable[[], nn.Module], use: Callable[[nn.Module, list[list[Value]]], Any], inside: int, outside: int
) -> None:
    model, positions = make(), 3
    rows = use(model, [values(4) for _ in range(positions)])
    graph = indexed_graph([value for row in rows for value in row])
    calls = find_functions(graph, find_groups(graph, families(graph.values))).calls
    parents = [call.parent for call in calls if call.plain.endswith("_norm")]
    assert parents.count(None) == outside * positions
    assert len(parents) == (inside + outside) * positions
    assert {calls[parent].path for parent in parents if parent is not None} <= {type(model).__name__}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["softmax", "mse", "tanh", "add", "norm"]), min_size=1, max_size=5), st.integers(0, 9))
def test_nothing_gets_lost_in_functions_of_functions(names: list[str], seed: int) -> None:
    source = random.Random(seed)
    rows = [Value(source.uniform(-1.0, 1.0)) for _ in range(3)]
    for name in names:
        if name == "softmax":
            rows = autograd.softmax(rows)
        elif name == "norm":
            rows = rms_norm(rows)
        elif name == "mse":
            rows = [*rows[:2], nn.mse_loss(rows, [0.0, 1.0, 2.0])]
        elif name == "tanh":
            rows = [x.tanh() for x in rows]
        else:
            rows = [a + b for a, b in zip(rows, rows[::-1], strict=True)]
    for most in (200, 30):
        made = picture(rows, max_nodes=most)
        if not made.left_out:
            check_whole(made, list(dict.fromkeys(rows)))
