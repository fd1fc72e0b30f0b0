"""Steps that repeat along a chain are one node, where the chain is too long to be followed."""

from __future__ import annotations

import math
from typing import Any

import pytest
from fixtures.pictures import check_whole
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.viz.fold.budget import picture
from autograd.viz.write.layout import lay_out
from autograd.viz.write.room import overhang


def sines(count: int) -> Value:
    x, w = Value(0.5, label="x"), Value(1.5, label="w")
    for _ in range(count):
        x = autograd.sin(x * w)
    return x


def newton(count: int) -> Value:
    a, x = Value(2.0, label="a"), Value(1.0, label="x")
    for _ in range(count):
        x = 0.5 * (x + a / x)
    return x


def recurrence(count: int, is_input_first: bool = False) -> Value:
    w, u, b = Value(0.9, label="w"), Value(0.5, label="u"), Value(0.1, label="b")
    h = Value(0.0, label="h")
    for step in range(count):
        x = Value(math.cos(step), label=f"x[{step}]")
        h = ((u * x + w * h) if is_input_first else (w * h + u * x)) + b
        h = h.tanh()
    return h


@pytest.mark.parametrize(
    ("root", "title", "boxes"),
    [
        (sines(150), "150 × (·, sin)", 3),
        (newton(20), "20 × (/, +, ·)", 3),
        (recurrence(30), "30 × (·, ·, +, +, tanh)", 34 + 1),
        (recurrence(30, is_input_first=True), "29 × (·, ·, +, +, tanh)", 34 + 5),
    ],
)
def test_a_long_chain_is_its_step_with_a_number(root: Value, title: str, boxes: int) -> None:
    root.backward()
    made = picture([root])
    assert (made.roots[0].operation, made.roots[0].data, made.roots[0].grad) == (title, root.data, 1.0)
    assert (len(made.nodes), made.left_out) == (boxes, 0)
    assert made.roots[0].opens == "repeats"
    (note,) = made.notes
    assert "what repeats (×). To open: draw(…, open=" in note
    assert note.endswith(('open="repeats")', ', or "repeats"'))
    check_whole(made, [root])
    assert len(picture([root], open="repeats").nodes) > boxes


@pytest.mark.parametrize("root", [sines(2), newton(2), recurrence(1)])
def test_a_short_chain_is_followed_step_by_step(root: Value) -> None:
    made = picture([root])
    assert not [node.operation for node in made.nodes if "×" in node.operation]
    assert made.left_out == 0


@pytest.mark.parametrize("root", [sines(7), newton(4), recurrence(8)])
def test_a_chain_wider_than_a_page_is_its_step_unless_there_is_room_for_more_than_usual(root: Value) -> None:
    narrow, wide = picture([root]), picture([root], max_nodes=61)
    assert [node.operation for node in narrow.nodes if node.operation[2:3] == "×"]
    assert not [node.operation for node in wide.nodes if "×" in node.operation]
    assert overhang(narrow).right == 0 < overhang(wide).right


def test_the_derivative_into_a_chain_is_that_of_all_its_steps() -> None:
    root = sines(100)
    root.backward()
    made = picture([root])
    edge = next(edge for edge in made.edges if made[edge.tail].label == "x")
    assert edge.local == pytest.approx(made[edge.tail].grad)


def test_what_has_a_name_divides_a_chain() -> None:
    x, w = Value(0.5, label="x"), Value(1.5, label="w")
    for step in range(80):
        x = autograd.sin(x * w)
        if step == 39:
            x.label = "half"
    made = picture([x])
    assert [node.operation for node in made.nodes if node.operation] == ["40 × (·, sin)"] * 2
    assert [node.label for node in made.nodes if node.operation] == ["half", ""]


def test_a_chain_whose_steps_differ_is_none() -> None:
    x = Value(0.5, label="x")
    for step in range(80):  # Thue and Morse's sequence, in which nothing stands three times in a row
        x = [autograd.sin, autograd.tanh][step.bit_count() % 2](x * (0.1 + step / 100))
    assert not [node.operation for node in picture([x]).nodes if "×" in node.operation]


def test_a_step_whose_inside_is_used_elsewhere_is_not_hidden() -> None:
    x, w = Value(0.5, label="x"), Value(1.5, label="w")
    others: list[Value] = []
    for _ in range(80):
        product = x * w
        others.append(product)
        x = autograd.sin(product)
    root = x + autograd.sum(others)
    made = picture([root])
    assert not [node.operation for node in made.nodes if "×" in node.operation]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_nothing_gets_lost_in_chains(data: Any) -> None:
    leaves = [Value(0.5, label="x"), Value(1.5, label="w"), Value(0.25)]
    x = leaves[0]
    for _ in range(data.draw(st.integers(1, 3))):
        steps = data.draw(st.lists(st.sampled_from(["sin", "mul", "square", "add", "side"]), min_size=1, max_size=4))
        for _ in range(data.draw(st.integers(1, 30))):
            for step in steps:
                x = {
                    "sin": lambda x: x.sin(),
                    "mul": lambda x: x * leaves[1],
                    "square": lambda x: x * x,
                    "add": lambda x: x + 1.0,
                    "side": lambda x: leaves[2].tanh() + x,
                }[step](x)
    roots = [x, *([x * 2.0] if data.draw(st.booleans()) else [])]
    made = picture(roots, max_nodes=data.draw(st.integers(8, 40)))
    if not made.left_out:
        check_whole(made, roots)


@pytest.mark.parametrize("inputs", ["numbers", "named"])
def test_a_recurrence_over_inputs_of_its_own_folds_when_it_would_be_wider_than_a_page(inputs: str) -> None:
    w, u, h = Value(0.5, label="w"), Value(0.9, label="u"), Value(0.1, label="h0")
    for step in range(8):
        x = math.cos(step)
        h = autograd.tanh(w * h + u * (x if inputs == "numbers" else Value(x, label=f"x{step}")))
    layout = lay_out(picture([h]))
    assert layout.width <= 1_000
    assert any("8 ×" in node.operation for node in layout.picture.nodes)
