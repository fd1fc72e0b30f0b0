"""What stands in the pictures of the gallery: how many boxes, and which must be among them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograd.viz.fold.budget import picture
from autograd.viz.picture import Picture
from autograd.viz.write.boxes import SMALL
from autograd.viz.write.layout import lay_out
from autograd.viz.write.room import estimated_width
from examples.gallery import GRAPHS

EXPECTED = {
    "product": (3, ["a", "b", "L"]),
    "square": (2, ["a", "L"]),
    "square and more": (3, ["a", "*", "L"]),
    "quotient": (3, ["a", "b", "z"]),
    "diamond": (5, ["a", "b", "d", "e", "L"]),
    "lattice": (15, ["a", "e", "L"]),
    "neuron": (10, ["x1", "w1", "b", "n", "o"]),
    "network": (12, ["x[0]", "x[2]", "neurons[3]", "output"]),
    "network with mse": (13, ["x[0]", "neurons[3]", "mse_loss"]),
    "network of the lecture": (17, ["x[0]", "neurons[3]", "-", "**", "sum of 4"]),
    "unnamed parameters": (31, ["tanh", "sum of 3", "dot of 3"]),
    "moons": (6, ["x[0]", "layers[0] · Layer of 16 tanhNeuron(2)", "mse_loss"]),
    "softmax by hand": (13, ["x[0]", "softmax", "log", "loss"]),
    "cross entropy": (11, ["x[9]", "cross_entropy"]),
    "chain": (3, ["x", "w", "150 × (·, sin)"]),
    "Newton": (8, ["a", "/", "3 × (/, +, ·)"]),
    "recurrence": (17, ["w", "u", "x[7]", "tanh", "7 × (·, ·, +, +, tanh)"]),
    "LSTM step": (24, ["Wi", "tanh(Wg·x + Ug·h + bg)", "f·c + i·g", "o·tanh(c′)"]),
    "convolution": (12, ["x[*,*]", "k[*,*]", "dot", "relu", "L"]),
    "attention head": (17, ["Head · call 1 of 3", "(query·key)/1.7321", "softmax", "sum(softmax · value)"]),
    "GPT": (13, ["GPT · call 1 of 3", "head · Head", "mlp · MLP", "+", "GPT · call 3 of 3", "cross_entropy"]),
    "residual block": (17, ["x[0]", "neurons[3]", "+", "L"]),
    "nan in the middle": (8, ["a", "log", "L"]),
    "dead relus": (6, ["x[0]", "neurons[2]", "output"]),
    "hostile names and numbers": (7, ["学习率 η", "x", "L"]),
}
"""By the name of a graph: its boxes, and some of their labels and operations."""


def drawn(name: str, max_nodes: int = 60) -> Picture:
    graph = GRAPHS[name]()
    return picture([graph.root], max_nodes=max_nodes)


def test_every_graph_of_the_gallery_is_looked_at() -> None:
    assert EXPECTED.keys() == GRAPHS.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_picture_of_the_gallery(name: str) -> None:
    made = drawn(name)
    count, among = EXPECTED[name]
    said = {text for node in made.nodes for text in (node.label, node.operation)}
    said |= {group.title for group in made.groups} | {value for value in [GRAPHS[name]().root.label] if made.roots}
    assert len(made.nodes) == count
    assert set(among) <= said
    assert made.left_out == 0
    assert all(edge.tail in made.by_name and edge.head in made.by_name for edge in made.edges)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_smallest_text_of_a_picture_that_is_fitted_into_a_page_has_ten_pixels(name: str) -> None:
    layout = lay_out(drawn(name))
    assert SMALL * min(1.0, 1_000 / layout.width) >= 10
    assert len(layout.notes) + layout.has_key <= 3


@pytest.mark.parametrize("name", EXPECTED)
def test_how_wide_a_picture_is_is_known_before_it_is_laid_out(name: str) -> None:
    made = replace(drawn(name), notes=())
    assert estimated_width(made) == pytest.approx(lay_out(made).width, rel=0.05) or estimated_width(made) < 436


@pytest.mark.parametrize("name", ["network", "network with mse", "network of the lecture", "moons", "dead relus"])
def test_a_network_has_columns_and_at_most_forty_boxes(name: str) -> None:
    made = drawn(name)
    (columns,) = [group.columns for group in made.groups if group.columns]
    assert len(made.nodes) <= 40
    assert [made[box].label for box in columns[0]] == [f"x[{index}]" for index in range(len(columns[0]))]


def test_the_skip_connections_of_a_block_go_past_what_is_folded() -> None:
    made = drawn("GPT", max_nodes=61)  # wider than a page
    head, mlp = (next(node.name for node in made.nodes if node.label.startswith(name)) for name in ("head", "mlp"))
    for block in (head, mlp):
        into_sums = {edge.head for edge in made.edges if edge.tail == block}
        past = {edge.tail for edge in made.edges if edge.head in into_sums} - {block}
        assert len(into_sums) == len(past) == 1
        assert {made[name].repeats for name in into_sums | past} == {4}
    residual = drawn("residual block")
    sums = {edge.head for edge in residual.edges if residual[edge.tail].kind == "input"} & {
        node.name for node in residual.nodes if node.operation == "+"
    }
    assert len(sums) == 4


def test_the_first_nan_is_marked() -> None:
    assert [node.operation for node in drawn("nan in the middle").nodes if node.first_not_finite] == ["log"]
