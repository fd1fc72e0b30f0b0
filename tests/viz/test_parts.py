"""A part of a graph: the calls that its notes name run, and its titles say which part it is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import nn
from autograd import Value, draw, play
from autograd.core.graph import topological
from autograd.util.language import Language
from autograd.viz.drawing import Drawing
from autograd.viz.picture import Picture
from autograd.viz.write.layout import lay_out
from examples.gallery import GRAPHS


def calls_in(picture: Picture) -> Iterator[str]:
    """The calls of draw() and play(), whose brackets close."""
    for note in picture.notes:
        for match in re.finditer(r"\b(?:draw|play)\(", note):
            depth = 0
            for end in range(match.end() - 1, len(note)):
                depth += {"(": 1, ")": -1}.get(note[end], 0)
                if not depth:
                    yield note[match.start() : end + 1]
                    break


def result_of(call: str, root: Value) -> Picture:
    """The picture of a call, with a value for each name that stands for one of the user's."""
    inside = topological(root)
    leaf = next((value for value in inside if not value._prev and not value.is_constant), root)
    by_label = {value.label: value for value in inside if value.label.isidentifier()}
    call = re.sub(r"\(…", "(root", call).replace("focus=…", "focus=v")
    shown = eval(call, {"v": leaf, "w": leaf, "result": root} | by_label | {"draw": draw, "play": play, "root": root})
    return shown.picture if call.startswith("draw") else shown.steps.picture


def focuses(root: Value) -> list[Value]:
    """A few values of a graph: its first and last leaf, and two in the middle.."""
    inside = topological(root)
    leaves = [value for value in inside if not value._prev]
    some = [leaves[0], leaves[-1], inside[len(inside) // 2], inside[len(inside) // 3]]
    return list(dict.fromkeys(some))


LONG = {"moons", "GPT", "network with mse", "network of the lecture", "attention head"}


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.long] * (name in LONG)) for name in GRAPHS])
def test_every_call_of_a_note_runs(name: str) -> None:
    graph = GRAPHS[name]()
    root, inside = graph.root, topological(graph.root)
    options = [{}, {"max_nodes": 6}, *({"focus": value, "radius": 1} for value in focuses(root))]
    options = options[:3] if len(inside) > 1000 else [*options, {"path": (focuses(root)[0], root), "max_nodes": 4}]
    for arguments in options:
        for call in dict.fromkeys(calls_in(draw(root, **arguments).picture)):
            focused = [value for value in (arguments.get("focus"),) if value is not None and "focus=v" not in call]
            names = {node.name for node in result_of(call, root).nodes}
            assert {f"n{inside.index(value)}" for value in focused} <= names, call


ATTENTION = "blocks[0].attention.weights[1][2][1]"


@pytest.fixture(scope="module")
def document() -> tuple[nn.GPT, Value]:
    """A small GPT, kept for its names, and the loss of a document."""
    model = nn.GPT(5, embed_dim=8, num_heads=2, context=4, seed=0)
    return model, nn.cross_entropy(model([0, 1, 2]), [1, 2, 3])


@pytest.mark.parametrize("show", [draw, play])
def test_a_note_finds_a_weight_by_its_whole_name(show: Callable[..., Any], document: tuple[nn.GPT, Value]) -> None:
    loss = document[1]
    shown = show(loss, focus=ATTENTION, radius=1)
    picture = shown.picture if isinstance(shown, Drawing) else shown.steps.picture
    (call,) = calls_in(picture)
    assert call == f'{show.__name__}(…, focus="{ATTENTION}", radius=2)'
    assert len(result_of(call, loss).nodes) > len(picture.nodes)


def test_a_name_that_ends_another_brings_that_first(document: tuple[nn.GPT, Value]) -> None:
    with pytest.raises(ValueError, match=re.escape(f"no value is called 'weights[1][2][1]'; there is '{ATTENTION}', ")):
        draw(document[1], focus="weights[1][2][1]")


@pytest.mark.parametrize("label", ['a "quoted" one', "n0", "twice", "x\\y", "l\u00f6ss"])
def test_a_note_finds_a_value_with_any_label(label: str) -> None:
    a, b = Value(1.0, label="twice"), Value(2.0)
    inner = a * b
    inner.label = label
    root = inner.tanh().exp().sin()
    (call,) = calls_in(draw(root, focus=inner, radius=0).picture)
    assert {node.name for node in result_of(call, root).nodes} >= {"n0", "n1", "n2", "n3"}


def test_a_note_of_a_part_keeps_what_was_asked_for() -> None:
    w = Value(0.5, label="w")
    middle = w
    for _ in range(9):
        middle = (middle * w).tanh()
    notes = draw(middle, focus=w, radius=3, max_nodes=2, open="all").picture.notes
    assert any(re.search(r'draw\(…, focus="w", radius=3, max_nodes=\d+\)$', note) for note in notes), notes


@pytest.mark.parametrize(
    ("language", "drawn", "played"),
    [
        ("en", "Computation graph around {}.", "<title>Backward pass around {}</title>"),
        ("zh", "{} 周围的计算图。", "<title>{} 周围的反向传播</title>"),
    ],
)
@pytest.mark.parametrize("arguments", [{"focus": "w", "radius": 0}, {"path": ("w", "near")}])
def test_the_title_of_a_part_says_what_it_is_around(
    language: Language, drawn: str, played: str, arguments: dict[str, Any], tmp_path: Path
) -> None:
    w = Value(0.5, label="w")
    near = w * 2.0
    near.label = "near"
    root = near.tanh() + 1.0
    name = "w" if "focus" in arguments else {"en": "w and near", "zh": "w 和 near"}[language]
    picture = draw(root, language=language, **arguments)
    assert picture._repr_mimebundle_()["text/html"].count(drawn.format(name)) >= 1
    page = play(root, language=language, **arguments).save(tmp_path / "part.html")
    assert played.format(name) in page.read_text(encoding="utf-8")
    whole = play(root, language=language, focus="near", radius=9).save(tmp_path / "whole.html")
    assert "L = 1.7616" in whole.read_text(encoding="utf-8").partition("</title>")[0]


def test_the_numbers_of_a_weight_stand_at_the_heads_of_their_own_arrows(document: tuple[nn.GPT, Value]) -> None:
    layout = lay_out(play(document[1], focus=ATTENTION, radius=1).steps.picture)
    centre = next(node.name for node in layout.picture.nodes if node.label == "weights[1][2][1]")
    lines = [line for line in layout.lines if line.edge.tail == centre and line.text]
    assert len(lines) > 1
    for line in lines:
        nearest = min(lines, key=lambda other: math.dist(other.tip, line.text or (0, 0)))
        assert nearest is line, (line.edge, line.text)
