"""What a drawing sends to a page: its views, as far as there is room, packed, the same for the same graph."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

import pytest
from fixtures.pictures import mse

import autograd
import nn
from autograd import Value, draw
from autograd.util.language import Language
from autograd.viz import Drawing
from autograd.viz.fold import views as limits
from autograd.viz.fold.views import views
from autograd.viz.picture import Node, Picture
from autograd.viz.web.script import text
from autograd.viz.web.words import drawing_words
from autograd.viz.write import living


def sent(html: str) -> dict[str, Any]:
    """The data that the script is called with."""
    (data,) = re.findall('<script type="application/json">(.*?)</script>', html)
    found: dict[str, Any] = json.loads(data)
    return found


def unpacked(packed: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed), wbits=-zlib.MAX_WBITS))
    return found


def opening(*names: str) -> Picture:
    return Picture((*(Node(f"g{i}", "group", opens=name) for i, name in enumerate(names)), Node("n9", "result")), ())


def network() -> tuple[nn.MLP, Value]:
    model = nn.MLP(2, [3, 2, 1], seed=0)
    return model, mse(model, 3)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_drawing_promises_numbers_only_where_it_has_some(language: Language) -> None:
    words, w = drawing_words(language), Value(2.0, label="w")
    program = autograd.compile(lambda x: w * x).record(1.0)
    assert [sent(draw(root).html)["words"][language]["hint"] for root in (w * 3.0, program)] == [
        words["hint"], words["hint_program"],
    ]  # fmt: skip


# ── which views ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_box_comes_before_what_is_inside_of_one_and_no_name_twice() -> None:
    tree = {"a": opening("a.x", "b"), "b": opening("a"), "c": opening(), "sums": opening("c"), "a.x": opening()}
    assert list(views(opening("sums", "a", "b", "c"), tree.__getitem__)) == ["a", "b", "c", "sums", "a.x"]


def test_there_are_as_many_as_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"m{i}" for i in range(9)]
    monkeypatch.setattr(limits, "MOST_BOXES", 7)
    assert list(views(opening(*names), lambda _: opening("deeper"))) == names[:3]
    large = Picture(opening(*names).nodes, (), total=limits.MOST_WALKED // 2)
    monkeypatch.setattr(limits, "MOST_BOXES", 700)
    assert list(views(large, lambda _: opening())) == names[:2]


def test_a_view_is_what_draw_shows_with_that_open() -> None:
    model, loss = network()
    drawing = draw(loss)
    assert drawing.views
    for name, view in drawing.views.items():
        assert view == draw(loss, open=name).picture
    assert len(list(model.parameters())) > 10


def test_views_are_of_the_numbers_at_the_time_of_the_drawing() -> None:
    model, loss = network()
    drawing = draw(loss)
    before = sent(Drawing(drawing.picture, views=drawing.views).html)
    for parameter in model.parameters():
        parameter.data += 1.0
    model.zero_grad()
    assert sent(drawing.html) == before


def test_views_are_of_the_drawing_with_its_own_arguments() -> None:
    _, loss = network()
    drawing = draw(loss, open="layers[0].neurons[0]", ops="separate")
    for name, view in drawing.views.items():
        assert view == draw(loss, open=["layers[0].neurons[0]", name], ops="separate").picture
    assert draw(loss, open="all", max_nodes=500).views == {}


# ── what is sent ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_sent_is_the_views_with_their_pictures_numbers_and_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(living, "MOST_BYTES", 640_000)  # room for all of them
    _, loss = network()
    drawing = draw(loss)
    data, svg = sent(drawing.html), drawing.svg()
    assert data["call"] == 'draw(loss, open="{0}")'
    assert list(data["views"]) == sorted(["", *drawing.views])
    for name, picture in {"": drawing.picture, **drawing.views}.items():
        view = unpacked(data["views"][name])
        assert ("svg" in view) == bool(name)
        assert view["groups"] == {group.name: group.opens for group in picture.groups if group.opens}
        for node in picture.nodes:
            _, pairs, opens = view["nodes"][node.name]
            rows = dict(pairs)
            assert opens == node.opens
            assert rows.get("data") == (None if node.data is None else repr(node.data))
            assert rows.get("grad") == (None if node.grad is None else repr(node.grad))
            assert f'data-node="{node.name}"' in view.get("svg", svg)
        assert "<style>" not in view.get("svg", "")


@pytest.mark.parametrize("number", [2 / 3, -0.0, 1e-300, 123456789.123, float("inf")])
def test_no_digit_of_a_number_is_lost(number: float) -> None:
    x = Value(number, label="x")
    _, rows, _ = unpacked(sent(draw(x).html)["views"][""])["nodes"]["n0"]
    assert rows == [["data", repr(number)]]


def test_where_there_is_no_room_in_the_page_a_view_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    _, loss = network()
    drawing = draw(loss)
    packed = sent(drawing.html)["views"]
    first = next(iter(drawing.views))
    monkeypatch.setattr(living, "MOST_BYTES", len(packed[first]) + 10)
    assert list(sent(Drawing(drawing.picture, views=drawing.views).html)["views"]) == ["", first]


def test_a_result_without_a_name_is_called_as_the_notes_call_it() -> None:
    assert sent(draw(Value(2.0) * 3).html)["call"] == 'draw(…, open="{0}")'
    assert sent(draw(Value(2.0, label="my loss")).html)["call"] == 'draw(…, open="{0}")'


def test_a_program_has_its_boxes_but_nothing_to_open() -> None:
    f = autograd.compile(lambda x: (x * x).tanh())
    f(2.0)
    drawing = draw(f)
    data = sent(drawing.html)
    assert list(data["views"]) == [""]
    assert unpacked(data["views"][""])["nodes"].keys() == {node.name for node in drawing.picture.nodes}


def test_the_same_graph_gives_the_same_bytes() -> None:
    first, second = (draw(network()[1]).html for _ in range(2))
    assert first == second


def test_sizes() -> None:
    x = Value(2.0, label="x")
    assert len(draw(x * x).html.encode()) < 19_000
    drawing = draw(network()[1])
    views_sent = sent(drawing.html)["views"]
    assert sum(map(len, views_sent.values())) <= living.MOST_BYTES + len(views_sent[""])


def test_every_word_is_there_in_both_languages() -> None:
    english, chinese = drawing_words("en"), drawing_words("zh")
    assert english.keys() == chinese.keys()
    used = set(re.findall(r"words\.(\w+)", text("drawing.js")))
    rows = {"operation", "data", "grad", "largest", "holds", "where", "hint_program"}
    assert used - {"map"} | rows | {"open", "fold", "zoom_in", "zoom_out", "fit", "copy", "back"} == english.keys()
