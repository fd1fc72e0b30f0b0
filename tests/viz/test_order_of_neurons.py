"""Neurons, inputs and units stand in the order of their indices, from the top down, in every drawing of a network."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from unittest import mock

import pytest

import autograd
import nn
from autograd import Value
from autograd.viz.fold.budget import pictures
from autograd.viz.fold.views import views
from autograd.viz.picture import Edge, Node, Picture
from autograd.viz.write import layout

LAST_INDEX = re.compile(r"\[(\d+)\](?!.*\[)")


def out_of_order(picture: Picture) -> list[tuple[str, str]]:
    """The pairs of boxes below each other of which the lower has the smaller index.

    Looked at are boxes of one name but for its last index, in one group, with the same middle.
    """
    drawn = layout.lay_out(picture)
    columns: dict[tuple[str, str | None, int], list[tuple[float, int, str]]] = defaultdict(list)
    for node in picture.nodes:
        match = LAST_INDEX.search(node.label)
        if match is not None and node.repeats == 1:
            box = drawn.boxes[node.name]
            key = LAST_INDEX.sub("[*]", node.label), node.group, round(box.x + box.width / 2)
            columns[key].append((box.y, int(match[1]), node.label))
    rows = [sorted(column) for column in columns.values() if len({index for _, index, _ in column}) == len(column)]
    return [(a[2], b[2]) for row in rows for a, b in pairwise(row) if a[1] > b[1]]


def numbered(count: int, numbers: random.Random) -> list[Value]:
    return [Value(numbers.uniform(-1, 1), label=f"x[{i}]") for i in range(count)]


class Nested(nn.Module):
    """Two networks one after the other inside of a module, and a shortcut."""

    def __init__(self, sizes: list[int], seed: int) -> None:
        self.first = nn.Sequential(nn.Linear(sizes[0], sizes[1], seed=seed), nn.Tanh())
        self.second = nn.MLP(sizes[1], [sizes[2], sizes[0]], activation="relu", seed=seed)

    def forward(self, x: Any) -> list[Value]:
        return [a + b for a, b in zip(x, self.second(self.first(x)), strict=True)]


def outputs(model: Any, x: Any) -> list[Value]:
    result = model(x)
    return list(result) if isinstance(result, (list, tuple)) else [result]


def network(seed: int) -> tuple[Any, list[Value]]:
    numbers = random.Random(seed)
    sizes = [numbers.randint(2, 9) for _ in range(numbers.randint(2, 4))]
    model = nn.MLP(sizes[0], sizes[1:], activation=numbers.choice(["relu", "tanh", None]), seed=seed)
    x = numbered(sizes[0], numbers) if seed % 2 else [numbers.uniform(-1, 1) for _ in range(sizes[0])]
    return model, outputs(model, x)


def nested(seed: int) -> tuple[Any, list[Value]]:
    numbers = random.Random(seed)
    sizes = [numbers.randint(2, 6) for _ in range(3)]
    model = Nested(sizes, seed)
    return model, outputs(model, numbered(sizes[0], numbers))


def samples(seed: int) -> tuple[Any, list[Value]]:
    numbers = random.Random(seed)
    model = nn.MLP(numbers.randint(2, 4), [numbers.randint(2, 5), 2], seed=seed)
    xs = [[numbers.uniform(-1, 1) for _ in range(len(model.layers[0].neurons[0].w))] for _ in range(3)]
    return model, [nn.mse_loss([outputs(model, x)[0] for x in xs], [0.0, 1.0, 2.0])]


def recurrent(seed: int) -> tuple[Any, list[Value]]:
    numbers = random.Random(seed)
    kind = [nn.RNN, nn.GRU, nn.LSTM][seed % 3]
    model = kind(2, numbers.randint(2, 4), seed=seed)
    values = flat(model([[numbers.uniform(-1, 1) for _ in range(2)] for _ in range(3)]))
    return model, [autograd.sum(values)]


def attention(seed: int) -> tuple[Any, list[Value]]:
    numbers = random.Random(seed)
    model = nn.TransformerBlock(4, num_heads=2, seed=seed)
    return model, [autograd.sum(flat(model([numbered(4, numbers) for _ in range(3)])))]


def flat(thing: Any) -> list[Value]:
    if isinstance(thing, Value):
        return [thing]
    return [value for part in thing for value in flat(part)]


KINDS: list[Callable[[int], tuple[Any, list[Value]]]] = [network, nested, samples, recurrent, attention]


@pytest.mark.parametrize("seed", range(1))
@pytest.mark.parametrize("make", KINDS, ids=[make.__name__ for make in KINDS])
def test_in_a_picture_and_in_each_of_its_views(make: Callable[[int], tuple[Any, list[Value]]], seed: int) -> None:
    _model, roots = make(seed)
    opened = pictures(roots)
    drawn = opened()
    for name, picture in {"": drawn, **views(drawn, opened)}.items():
        assert not out_of_order(picture), f"open={name!r}"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 7))  # each of two forms of input and three cells, twice
@pytest.mark.parametrize("make", KINDS, ids=[make.__name__ for make in KINDS])
def test_in_many_pictures_and_views(make: Callable[[int], tuple[Any, list[Value]]], seed: int) -> None:
    test_in_a_picture_and_in_each_of_its_views(make, seed)


@pytest.mark.parametrize("seed", range(2))
def test_in_a_compiled_drawing(seed: int) -> None:
    model = nn.MLP(3, [5, 2], activation="tanh", seed=seed)
    program = autograd.compile(lambda x: autograd.sum(model(x)))
    program([0.5, -1.0, 2.0])
    drawn = autograd.draw(program)
    for picture in (drawn.scalars.picture, drawn.instructions.picture):  # type: ignore[attr-defined]
        assert not out_of_order(picture)


def test_an_order_that_graphviz_has_otherwise_is_mended() -> None:
    nodes = [Node(f"n{i}", "input", f"x[{2 - i}]", data=1.0) for i in range(3)]
    edges = tuple(Edge(node.name, "n9", position) for position, node in enumerate(nodes))
    picture = Picture((*nodes, Node("n9", "result", "y", "sum", data=3.0, is_root=True)), edges)
    assert not out_of_order(picture)
    with mock.patch.object(layout, "_put_in_order"):
        assert out_of_order(picture) == [("x[2]", "x[1]"), ("x[1]", "x[0]")]
