"""A compiled program, drawn: the scalars as they were written beside the instructions they became."""

import re
from collections import Counter

import graphviz
import numpy as np
import pytest

import autograd
import nn


def compiled_mlp(*widths):
    model = nn.MLP(widths[0], list(widths[1:]), seed=0)
    loss = autograd.compile(lambda x, y: nn.mse_loss(model(x), y))
    loss(np.zeros((4, widths[0])), np.zeros(4))
    return loss


def test_each_scalar_stands_in_the_box_of_the_instruction_it_became():
    drawing = autograd.draw(compiled_mlp(2, 3, 1))
    scalars, instructions = drawing.scalars.picture, drawing.instructions.picture
    titles = {group.name: group.title for group in scalars.groups}
    held = Counter(titles[node.group] for node in scalars.nodes if node.operation)
    assert held == {"%17 matmul 3×3": 6, "%20 relu 3": 3, "%23 matmul 1×4": 2, "%24 sub 1": 1, "%25 mul 1": 2}
    assert {node.label for node in instructions.nodes if node.kind == "group"} == set(held)
    assert [group.title for group in drawing.picture.groups if group.parent is None] == [
        "as it was written: 14 operations",
        "compiled: 5 instructions",
    ]


def test_the_scalar_view_is_the_graph_that_was_recorded():
    recorded = compiled_mlp(2, 3, 1).recordings()[0].scalars
    picture = autograd.draw(compiled_mlp(2, 3, 1)).scalars.picture
    wanted = [(int(x), recorded[i].start) for i in range(len(recorded)) for x in recorded[i].operands.ravel()]
    assert [(int(edge.tail[1:]), int(edge.head[1:])) for edge in picture.edges] == wanted
    assert [node.name for node in picture.roots] == [f"s{recorded.outputs[0]}"]


def test_of_many_scalars_those_of_one_instruction_share_a_box():
    drawing = autograd.draw(compiled_mlp(20, 30, 1))
    first = next(node for node in drawing.scalars.picture.nodes if node.kind == "group")
    assert re.fullmatch(r"%\d+ matmul 30×21", first.label)
    assert (first.operation, first.values, first.parameters) == ("30 dot, 30 add", 60, 630)
    assert not drawing.picture.notes
    assert "the first 3 of 5 instructions: draw(…, max_nodes=5)" in str(
        autograd.draw(compiled_mlp(2, 3, 1), max_nodes=3)
    )


@pytest.mark.parametrize("widths", [(2, 3, 1), (20, 30, 1)])
def test_every_form_of_it(widths, tmp_path):
    drawing = autograd.draw(compiled_mlp(*widths))
    assert drawing.alt().startswith("A compiled function in two views. as it was written: ")
    assert isinstance(drawing.to_dot(), graphviz.Digraph)  # as of every drawing
    for suffix in ("svg", "png", "dot", "html", "mmd", "txt"):
        assert drawing.save(tmp_path / f"program.{suffix}").stat().st_size > 100
    svg = (tmp_path / "program.svg").read_text(encoding="utf-8")
    assert svg.count("<svg") == 3
    assert "local derivative" not in svg  # the numbers on these arrows are none


def test_in_a_notebook_it_is_the_picture_and_the_listing():
    loss = compiled_mlp(2, 3, 1)
    bundle = loss._repr_mimebundle_()
    assert bundle["text/plain"] == str(loss)
    assert re.search(r'<img [^>]*alt="A compiled function in two views', bundle["text/html"])
    unrecorded = autograd.compile(lambda x: x)
    assert unrecorded._repr_mimebundle_() == {"text/plain": repr(unrecorded)}


def test_a_function_without_inputs_and_one_that_does_not_re_roll():
    w = autograd.Value(2.0, label="w")
    alone = autograd.compile(lambda: w * w + 1)
    alone()
    assert "w" in str(autograd.draw(alone))
    recurrent = autograd.compile(lambda x: (x * w).tanh() * w + x)
    recurrent(np.zeros(3))
    assert autograd.draw(recurrent).svg()
