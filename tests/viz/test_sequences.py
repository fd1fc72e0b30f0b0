"""Drawings of models of sequences: heads of attention, blocks with their residual paths, long pictures that go down."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import pytest

import autograd
import nn
from autograd import Value, draw
from autograd.viz.fold.budget import picture, pictures, table_of
from autograd.viz.picture import Picture
from autograd.viz.write.layout import lay_out
from autograd.viz.write.room import PAGE, estimated_width
from examples.gallery.layers import Tensor, numbers

WIDTH, HEADS, LETTERS = 8, 2, 5


class Attention(nn.Module):
    """Causal attention with heads."""

    def __init__(self, width: int = WIDTH) -> None:
        self.query, self.key, self.value, self.output = (Tensor(width, width, seed) for seed in (10, 30, 50, 70))

    def forward(self, xs: Sequence[Sequence[Any]]) -> list[list[Value]]:
        queries, keys, values = ([linear(x) for x in xs] for linear in (self.query, self.key, self.value))
        return [self.output(attended(query, keys[: t + 1], values[: t + 1])) for t, query in enumerate(queries)]

    def __repr__(self) -> str:
        return "Attention"


def weighted(query: Sequence[Any], keys: Sequence[Sequence[Any]]) -> list[Value]:
    return autograd.softmax([autograd.dot(query, key) / math.sqrt(len(query)) for key in keys])


def attended(query: Sequence[Any], keys: Sequence[Any], values: Sequence[Any]) -> list[Value]:
    size, out = len(query) // HEADS, []
    for begin in range(0, len(query), size):
        part = slice(begin, begin + size)
        weights = weighted(query[part], [key[part] for key in keys])
        out += [autograd.dot(weights, list(column)) for column in zip(*(value[part] for value in values), strict=True)]
    return out


class Block(nn.Module):
    """x + attention(x), then + mlp(…)."""

    def __init__(self) -> None:
        self.attention = Attention()
        self.mlp = nn.MLP(WIDTH, [2 * WIDTH, WIDTH], activation="relu", seed=0)

    def forward(self, xs: Sequence[Sequence[Any]]) -> list[list[Value]]:
        xs = [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(xs, self.attention(xs), strict=True)]
        return [[a + b for a, b in zip(x, self.mlp(x), strict=True)] for x in xs]

    def __repr__(self) -> str:
        return "Block"


class Model(nn.Module):
    """Embeddings, two blocks, and scores."""

    def __init__(self) -> None:
        self.token, self.position = Tensor(LETTERS, WIDTH, 90), Tensor(len(TOKENS), WIDTH, 130)
        self.blocks = [Block(), Block()]
        self.output = Tensor(LETTERS, WIDTH, 110)

    def forward(self, tokens: Sequence[int]) -> list[list[Value]]:
        pairs = zip((self.token.rows[token] for token in tokens), self.position.rows, strict=False)
        xs: Any = [[a + b for a, b in zip(*pair, strict=True)] for pair in pairs]
        for block in self.blocks:
            xs = block(xs)
        return [self.output(x) for x in xs]

    def __repr__(self) -> str:
        return "Model"


TOKENS = [0, 1, 2, 2, 4, 3]


@pytest.fixture(scope="module")
def document() -> tuple[Value, Model]:
    model = Model()
    losses = [nn.cross_entropy(x, y) for x, y in zip(model(TOKENS[:-1]), TOKENS[1:], strict=True)]
    loss = autograd.mean(losses)
    loss.label = "loss"
    loss.backward()
    return loss, model


def by_hand() -> Value:
    """The same attention twice, without a module."""
    xs: list[Any] = [[number * 1.0 for number in numbers(WIDTH, row)] for row in range(LETTERS)]
    for seed in (1, 2):
        matrices = [[numbers(WIDTH, 10 * seed + row) for row in range(WIDTH)] for _ in range(3)]
        queries, keys, values = (
            [[sum((w * x for w, x in zip(row, column, strict=True)), 0) for row in matrix] for column in xs]  # type: ignore[arg-type]
            for matrix in matrices
        )
        xs = [attended(query, keys[: t + 1], values[: t + 1]) for t, query in enumerate(queries)]
    return autograd.sum([x for row in xs for x in row])


# ── heads ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_weights_of_attention_are_named_as_they_are_indexed() -> None:
    """Each name belongs to the Value that the same index finds among those that softmax gave."""
    attention = Attention()
    xs = [[x * 1.0 for x in numbers(WIDTH, row)] for row in range(LETTERS)]
    root = autograd.sum([x for row in attention(xs) for x in row])
    table = table_of([root], is_opened=True)
    queries, keys = [attention.query(x) for x in xs], [attention.key(x) for x in xs]
    for value, name in table.weights.items():
        head, row, column = (int(index.rstrip("]")) for index in name.split("[")[1:])
        part = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
        expected = weighted(queries[row][part], [key[part] for key in keys[: row + 1]])[column]
        assert table.graph.values[value].data == pytest.approx(expected.data, rel=1e-12)
    assert len(table.weights) == HEADS * LETTERS * (LETTERS + 1) // 2


def test_heads_without_a_module_are_found_layer_by_layer() -> None:
    keys = [call.key for call in table_of([by_hand()], is_opened=True).calls if not call.key.endswith("softmax")]
    heads = [f"attention[{layer}].weights[{head}]" for layer in range(2) for head in range(HEADS)]
    assert {key for key in keys if key.count("[") == 2} == set(heads)
    assert {key for key in keys if key.count("[") == 3} == {f"{head}[{t}]" for head in heads for t in range(LETTERS)}


@pytest.mark.parametrize(
    "make",
    [
        lambda: autograd.sum(autograd.softmax(numbers(6, 0))),  # of no products
        lambda: nn.cross_entropy(nn.Layer(3, 5, None, seed=0)([1.0, 2.0, 3.0]), 1),
        lambda: autograd.dot(autograd.softmax(numbers(6, 0)), numbers(6, 1)),  # a mean with trained weights
    ],
)
def test_other_uses_of_softmax_are_no_attention(make: Any) -> None:
    assert table_of([make()], is_opened=True).weights == {}


def test_attention_with_a_labelled_weight_stays_as_it_is() -> None:
    xs = [[x * 1.0 for x in numbers(2, row)] for row in range(3)]
    weights = [weighted(xs[t], xs[: t + 1]) for t in range(3)]
    weights[2][1].label = "a weight"
    roots = [autograd.dot(row, [x[0] for x in xs[: t + 1]]) for t, row in enumerate(weights)]
    assert not any("[2]" in name for name in table_of(roots, is_opened=True).weights.values())


# ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def labels(drawn: Picture) -> list[str]:
    return [node.label or node.operation for node in drawn.nodes]


def test_a_document_folds_to_its_blocks_and_shows_their_residual_paths(document: tuple[Value, Model]) -> None:
    drawn = picture([document[0]])
    assert len(drawn.nodes) <= 60 and drawn.left_out == 0
    for name in ("attention", "mlp"):
        opened = picture([document[0]], open=["blocks[1]"])
        (inside,) = (
            node for node in opened.nodes if node.label.startswith(name) and node.opens.startswith("blocks[1]")
        )
        (total,) = {edge.head for edge in opened.edges if edge.tail == inside.name}  # one addition of rows, drawn once
        (past,) = {edge.tail for edge in opened.edges if edge.head == total} - {inside.name}
        assert opened[total].operation == "+" and opened[past].operation == "+"


def test_a_block_is_one_call_with_its_sums_inside(document: tuple[Value, Model]) -> None:
    table = table_of([document[0]], is_opened=True)
    assert {"blocks[0]", "blocks[1]", "blocks[0].attention", "blocks[1].attention"} <= {
        call.key for call in table.calls
    }
    index = next(index for index, call in enumerate(table.calls) if call.key == "blocks[0]")
    sums = [value for value, call in enumerate(table.call) if call == index]
    assert len(sums) == 2 * WIDTH * len(TOKENS[:-1])
    assert {table.graph.values[value]._op for value in sums} == {"+"}


@pytest.mark.parametrize(
    ("name", "seen", "among"),
    [
        ("blocks[1].attention", ["query · 8×8", "head *"], 30),
        ("blocks[1].attention.weights[0]", ["head 1", "position *"], 30),
        ("blocks[1].attention.weights[0][3]", ["dot", "softmax", "position *"], 40),
        ("blocks[1].attention.weights[0][3][2]", ["weights[0][3][2]", "weights[0][3][*]"], 60),
    ],
)
def test_a_head_a_position_and_a_weight_open(
    document: tuple[Value, Model], name: str, seen: list[str], among: int
) -> None:
    opened = picture([document[0]], open=[name])
    assert set(seen) <= set(labels(opened))
    assert len(opened.nodes) <= among and opened.left_out == 0


def test_one_weight_is_a_box_by_itself_with_its_number(document: tuple[Value, Model]) -> None:
    loss, _ = document
    name = "blocks[0].attention.weights[1][2][0]"
    (node,) = (node for node in picture([loss], open=[name]).nodes if node.label == "weights[1][2][0]")
    table = table_of([loss], is_opened=True)
    value = table.graph.values[next(index for index, known in table.weights.items() if known == name)]
    assert (node.data, node.grad, node.repeats) == (value.data, value.grad, 1)
    (focused,) = (node for node in picture([loss], focus=name).nodes if node.label == "weights[1][2][0]")
    assert focused.data == value.data


def test_an_unknown_weight_is_refused_with_names_there_are(document: tuple[Value, Model]) -> None:
    with pytest.raises(ValueError, match=r"nothing is called 'blocks\[0\].attention.weights\[7\]'; there is"):
        draw(document[0], open="blocks[0].attention.weights[7]")


@pytest.mark.parametrize("argument", ["open", "focus"])
def test_a_weight_of_a_later_position_is_refused_with_the_reason(document: tuple[Value, Model], argument: str) -> None:
    name = "blocks[0].attention.weights[1][{}][{}]"
    words = f"position 0 does not see position 2, which is later; there is '{name.format(2, 0)}'"
    with pytest.raises(ValueError, match=re.escape(words)):
        draw(document[0], **{argument: name.format(0, 2)})


def test_clicks_lead_from_the_attention_to_one_position(document: tuple[Value, Model]) -> None:
    """Each view shows the box that the next click opens; and what is not opened stays as it was."""
    loss, _ = document
    opened = pictures([loss])
    names, before = ["blocks[0].attention"], opened()
    for _ in range(3):
        drawn = opened(names[-1])
        inside = [node.opens for node in drawn.nodes if node.opens.startswith(f"{names[-1]}")]
        further = [name for name in inside if ".weights[0]" in name]
        names.append(further[0])
        assert len(drawn.nodes) >= len(before.nodes) - 1
    assert names[1:] == [f"blocks[0].attention.weights[0]{rest}" for rest in ("", "[4]", "[4].softmax")]


def test_a_long_picture_goes_down_the_page(document: tuple[Value, Model]) -> None:
    drawn = picture([document[0]])
    layout = lay_out(drawn)
    assert estimated_width(drawn) <= PAGE and layout.width <= 1.1 * PAGE
    for line in layout.lines:
        tail, head = layout.boxes[line.edge.tail], layout.boxes[line.edge.head]
        assert line.curve[0] == pytest.approx((tail.x + tail.width / 2, tail.y + tail.height), abs=2)
        assert line.tip[1] == pytest.approx(head.y, abs=2) and head.x - 2 <= line.tip[0] <= head.x + head.width + 2
        assert tail.y + tail.height < head.y


def test_small_graphs_stay_from_left_to_right() -> None:
    x = Value(0.5, label="x")
    for _ in range(40):
        x = (x * 1.5).sin()
    layout = lay_out(picture([x], open=["all"], max_nodes=200))
    assert layout.width > PAGE > layout.height
