"""The drawing of a computation graph, in every form it takes: SVG, HTML, PNG, PDF, DOT, Mermaid and text.

What is folded is the subject of test_folding.py; how it looks in a browser, of test_drawing_browser.py.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import graphviz
import pytest

import autograd
from autograd import MissingExtraError, Value
from autograd.viz import Drawing, draw, drawing, value_mimebundle
from autograd.viz.graphviz import program as renderer
from autograd.viz.graphviz.program import render
from autograd.viz.picture import Edge, Group, Kind, Node, Picture
from autograd.viz.write.boxes import box_texts, text_width
from autograd.viz.write.dot import NODE_STYLE, drawn_node, skeleton
from autograd.viz.write.edges import edge_looks, edge_width
from autograd.viz.write.layout import lay_out
from autograd.viz.write.outline import outline
from autograd.viz.write.placed import placed
from autograd.viz.write.svg import svg_text

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    '"&<{}|>',
    "\\N \\G \\l \\",
    "学习率 η",
    "--> ]]> <!--",
    'charset="latin1"',
    "%s {0} $x",
]


@pytest.fixture(autouse=True)
def no_graphviz_on_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.fixture(autouse=True)
def nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr().err == ""


def neuron() -> Value:
    """tanh(x1·w1 + x2·w2 + b), the worked example of the conventions."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    n = x1 * w1 + x2 * w2 + Value(6.8813735870195432, label="b")
    o = n.tanh()
    n.label, o.label = "n", "o"
    return o


def chain(length: int) -> Value:
    value = Value(1.0, label="start")
    for _ in range(length):
        value = value + 1
    return value


def edges(picture: Drawing) -> list[tuple[str, str, str]]:
    """(tail, head, label) of each edge of the DOT source, in order."""
    pattern = r'^\t(\w+):e -> (\w+)(?::p\d)?:w \[(?:label=<<FONT COLOR="\S+"> (\S+) </FONT>> )?'
    return re.findall(pattern, picture.to_dot().source, re.MULTILINE)


def nodes(svg: str) -> dict[str, ElementTree.Element]:
    """The <g> of each node of the SVG, by the node's name."""
    groups = ElementTree.fromstring(svg).iter(f"{SVG}g")
    return {name: g for g in groups if (name := g.get("data-node"))}


def words(node: ElementTree.Element) -> list[str]:
    """What a node says, but for the words data and grad, which stand once in the <defs>."""
    return ["".join(text.itertext()) for text in node.iter(f"{SVG}text")]


def said(picture: Drawing) -> list[list[str]]:
    return [words(node) for node in nodes(picture.svg()).values()]


# ── what the picture says ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_node_says_label_operation_data_and_gradient() -> None:
    o = neuron()
    o.backward()
    texts = said(draw(o))
    assert ["x1", "2", "−1.5"] in texts
    assert ["*", "−6", "0.5"] in texts
    assert ["o", "tanh", "0.70711", "1"] in texts
    assert len(texts) == 10
    keys = re.search(r'<defs><g id="ag-keys"[^>]*>(.*?)</g></defs>', draw(o).svg())
    assert keys and re.findall(r">(\w+)<", keys[1]) == ["data", "grad"]
    assert draw(o).svg().count('<use href="#ag-keys"/>') == 10


def test_an_edge_says_the_local_derivative() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    assert edges(draw(a * b)) == [("n0", "n2", "−3"), ("n1", "n2", "2")]


def test_a_square_has_two_edges_in_rows_of_their_own() -> None:
    a = Value(3.0, label="a")
    source = draw(a * a).to_dot().source
    assert re.findall(r"n0:e -> (\S+)", source) == ["n1:p0:w", "n1:p1:w"]


def test_the_first_operand_is_drawn_above_the_second() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    for difference, names in ((a - b, ["a", "b"]), (b - a, ["b", "a"])):
        picture = draw(difference).picture
        scene = lay_out(picture)
        heights = {node.label: scene.boxes[node.name].y for node in picture.nodes if node.label}
        assert sorted(names, key=heights.__getitem__) == names
        assert [label for *_, label in edges(draw(difference))] == ["", "−1"]
        assert scene.lines[0].tip[1] < scene.lines[1].tip[1]


def test_operands_enter_from_the_top_down_each_at_a_place_of_its_own() -> None:
    values = [Value(float(i)) for i in range(4)]
    picture = draw(autograd.sum(values))
    assert re.findall(r"-> n\d+:(\w+):w", picture.to_dot().source) == ["p0", "p1", "p2", "p3"]
    scene = lay_out(picture.picture)
    tips = [line.tip[1] for line in scene.lines]
    assert tips == sorted(tips)
    box = scene.boxes["n4"]
    assert box.y < tips[0] < tips[-1] < box.y + box.height


def test_a_chain_with_constants_runs_straight() -> None:
    picture = draw(chain(30), max_nodes=100, open="all").picture
    scene = lay_out(picture)
    heights = [scene.boxes[node.name].y for node in picture.nodes if node.kind != "constant"]
    assert len(heights) == 31
    assert max(heights) - min(heights) < 60


def test_the_gradient_is_a_dash_until_a_backward_pass_reached_it() -> None:
    x, unused = Value(0.0, label="x"), Value(1.0, label="unused")
    y = x * x
    assert "x  data 0  grad –" in draw(y).text()
    y.backward()
    assert "x  data 0  grad 0" in draw(y).text()
    assert "unused  data 1  grad –" in draw(unused).text()


def test_a_constant_is_plain_and_has_no_derivative() -> None:
    x = Value(3.0, label="x")
    picture = draw(2 * x)
    assert edges(picture) == [("n0", "n2", ""), ("n1", "n2", "2")]
    assert re.search(r"n0 \[.*>2</FONT>.* shape=plain]", picture.to_dot().source)
    assert words(nodes(picture.svg())["n0"]) == ["2"]
    assert "grad" not in picture.text().splitlines()[1]


def test_only_the_root_has_a_bold_border() -> None:
    picture = draw(neuron())
    assert re.findall(r"^\t(n\d+) .*penwidth=2.5", picture.to_dot().source, re.MULTILINE) == ["n9"]
    assert [name for name, node in nodes(picture.svg()).items() if "root" in node.get("class", "")] == ["n9"]


@pytest.mark.parametrize(
    ("data", "written"),
    [(math.nan, "nan"), (-math.inf, "−inf"), (1e-300, "1e−300"), (-0.0, "−0"), (2 / 3, "0.66667"), (784, "784")],
)
def test_numbers_at_the_edges(data: float, written: str) -> None:
    mark = [] if math.isfinite(data) else [f"⚠ first {'nan' if math.isnan(data) else 'inf'}"]
    assert said(draw(Value(data))) == [[written, "–", *mark]]


def test_it_is_the_graph_at_the_time_of_the_call() -> None:
    y = neuron()
    before = draw(y)
    source = before.to_dot().source
    y.backward()
    y.label = "changed"
    assert before.to_dot().source == source != draw(y).to_dot().source


def test_several_roots_in_one_picture() -> None:
    a = Value(2.0, label="a")
    picture = draw(a + 1, a * a)
    assert len(picture.picture.roots) == 2
    assert picture.text().count("a  data 2") == 1
    assert picture.text().count("a  (above)") == 2


@pytest.mark.parametrize("part", [Node("n0", "input", "a", data=2.0), Edge("n0", "n1", 1, 0.5)])
def test_parts_pickled_before_they_had_a_mark(part: Node | Edge) -> None:
    assert pickle.loads(pickle.dumps(part)) == part
    old = type(part).__new__(type(part))
    fields = [known.name for known in dataclasses.fields(part)]
    old.__setstate__([getattr(part, name) for name in fields[: fields.index("mark")]])
    assert old == part


# ── any label is text in every form ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_text(label: str, tmp_path: Path) -> None:
    x = Value(1.0, label=label)
    picture = draw(x * x)
    assert words(nodes(picture.svg())["n0"])[0] == label
    assert picture.text().splitlines()[1] == f"├─ ∂ 1 ─ {label}  data 1  grad –"
    assert picture.save(tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    drawn = render(picture.to_dot().source, "svg").decode()
    assert label in ElementTree.fromstring(drawn).itertext()
    for svg in (picture.svg(), drawn):
        assert not re.search("<(img|script|image|foreignObject)", svg)


def test_words_stay_in_their_box_where_graphviz_draws_it() -> None:
    """A long label over a short number's name, and a long number under a short operation: not the widest of each."""
    x = Value(0.43004) + 0.1
    x.label = "out[2][2]"
    svg = ElementTree.fromstring(render(placed(lay_out(draw(x).picture)), "svg", "nop2"))
    [box] = [part for part in svg.iter() if part.get("class") == "node" and x.label in part.itertext()]
    border = next(part.get("d") for part in box.iter() if part.get("stroke-width") == "2.5")
    xs = [float(point.partition(",")[0]) for point in re.findall(r"[-\d.]+,[-\d.]+", border)]
    starts = [float(part.get("x")) for part in box.iter() if part.tag.endswith("text")]
    assert len(starts) == 6 and min(xs) + 4 < min(starts) and max(starts) < max(xs) - 4


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_text_in_mermaid(label: str) -> None:
    x = Value(1.0, label=label)
    lines = draw(x * x).to_mermaid().splitlines()
    quoted = re.fullmatch(r'  n0\["([^"`<>\\]*)<br>data 1<br>grad –"\]', lines[1])
    assert quoted
    assert re.sub(r"#(\d+);", lambda code: chr(int(code[1])), quoted[1]) == label


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_text_in_html(label: str) -> None:
    tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            if tag == "img":
                assert set(dict(attrs)) == {"style", "alt", "src"}
                assert label in (dict(attrs)["alt"] or "")

    Tags().feed(draw(Value(1.0, label=label))._repr_mimebundle_()["text/html"])
    assert tags == ["div", "div", "img", "script", "script"]


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("two\nlines\t", "two\\nlines\\t"),
        ("\x00\x1b[31m", "\\x00\\x1b[31m"),
        ("\u202eright to left", "\\u202eright to left"),
        ("\ud800\uffff", "\\ud800\\uffff"),
        ("n" * 1_000_000, "n" * 39 + "…"),
        ("\x00" * 1_000_000, "\\x00" * 9 + "\\x0…"),
    ],
)
def test_a_label_stays_on_one_short_line(label: str, shown: str) -> None:
    picture = draw(Value(1.0, label=label))
    assert said(picture)[0][0] == shown
    assert str(picture) == f"{shown}  data 1  grad –"


@pytest.mark.parametrize("label", ["w" * 40, "学习率" * 13, "layers[0].neurons[2].w[1]", "M", "1234567890" * 4])
def test_text_fits_its_box_and_the_box_fits_the_text(label: str) -> None:
    """By the widths of DejaVu Sans Bold, the widest of the fonts; test_drawing_browser.py asks a browser."""
    ems = sum(1.0 if c > "\u2e80" else {"w": 0.924, "M": 0.995}.get(c, 0.696 if c.isdigit() else 0.38) for c in label)
    picture = draw(Value(-1.2345e-300, label=label)).picture
    box = lay_out(picture).boxes["n0"]
    assert ems * 12 + 2 * 8 < box.width < max(1.6 * ems * 12 + 2 * 8, 150)


def test_no_text_is_stretched() -> None:
    assert "textLength" not in draw(Value(1.0, label="नमस्ते ﷽ ⟶ 🎉 学习率 η é x²")).svg()


@pytest.mark.parametrize(
    ("text", "as_wide_as"),
    [("e\u0301", "e"), ("ﬁ", "fi"), ("№", "No"), ("𝐱", "x"), ("\u202a", ""), ("❤\ufe0f", "❤" + "\ufe0f"), ("Я", "R")],
)
def test_how_wide_a_letter_is_that_is_drawn_with_others(text: str, as_wide_as: str) -> None:
    assert text_width(text, 12, bold=True) == pytest.approx(text_width(as_wide_as, 12, bold=True))


def test_a_stack_is_a_box_before_any_backward_pass_too() -> None:
    w, h = Node("n0", "input", "w[*]", repeats=8), Node("n1", "result", "h[*]", "tanh", repeats=8)
    edges = (Edge("n0", "n1", count=8), Edge("n1", "n9", count=8))
    layout = lay_out(small_picture(w, h, edges=edges))
    svg = svg_text(layout, "")
    assert all(f">{text}</text>" in svg for text in ("w[*]", "× 8", "h[*]", "tanh × 8"))
    assert svg.count('class="sheet"') == 2
    for line in layout.lines:
        box = layout.boxes[line.edge.tail]
        assert line.curve[0] == pytest.approx((box.x + box.width, box.y + box.height / 2), abs=1)


@pytest.mark.parametrize("kind", ["parameter", "input", "result", "group"])
@pytest.mark.parametrize("grad", [None, 0.5])
def test_each_number_has_its_word_and_each_word_its_number(kind: Kind, grad: float | None) -> None:
    many = Node("n0", kind, "w[*]", data=0.0, grad=grad, is_root=True, repeats=4, largest_grad=0.5)
    svg = svg_text(lay_out(Picture((many,), ())), "").split("</defs>")[1]
    has_keys = "#ag-keys" in svg
    words = [word for word in ("data", "grad") if has_keys or f'<text class="{word} key"' in svg]
    numbers = [word for word in ("data", "grad") if f'<text class="{word}"' in svg]
    assert words == numbers == (["data"] if grad is None else ["data", "grad"])


# ── kinds of nodes and edges ────────────────────────────────────────────────────────────────────────────────────────


def small_picture(*extra: Node, edges: tuple[Edge, ...] = (), **options: object) -> Picture:
    root = Node("n9", "result", "r", "+", data=1.0, grad=1.0, is_root=True)
    return Picture((*extra, root), edges, **options)  # type: ignore[arg-type]


def test_a_parameter_has_a_double_border() -> None:
    picture = small_picture(Node("n0", "parameter", "w", data=1.0), edges=(Edge("n0", "n9", local=1.0),))
    svg = svg_text(lay_out(picture), "")
    rectangles = {name: len(node.findall(f"{SVG}rect")) for name, node in nodes(svg).items()}
    assert rectangles == {"n0": 2, "n9": 1}
    assert re.findall(r"^\t(n\d) .* peripheries=2", Drawing(picture).to_dot().source, re.MULTILINE) == ["n0"]
    assert 'n0[["w<br>' in Drawing(picture).to_mermaid()


def test_a_folded_group_says_what_it_holds_in_every_form() -> None:
    group = Node("g1", "group", "layers[0]", "Layer", values=45, parameters=12, largest_grad=1.5, repeats=16)
    picture = Drawing(small_picture(group, edges=(Edge("g1", "n9", contribution=1.0, count=4),)))
    texts = ["layers[0]", "Layer × 16", "45 values, 12 parameters", "max |grad| 1.5"]
    svg = picture.svg()
    assert words(nodes(svg)["g1"]) == texts
    assert 'class="sheet"' in svg
    assert "└─ × 4 ─ layers[0]  Layer  × 16  45 values, 12 parameters  max |grad| 1.5" in str(picture)
    for text in texts:
        assert text in picture.to_dot().source
    assert re.search(r'g1\(\["layers.*max #124;grad#124; 1.5"\]\)', picture.to_mermaid())


def test_open_groups_stand_inside_one_another_in_every_form() -> None:
    groups = (Group("g0", "outer"), Group("g1", "inner", "g0"))
    inside = Node("n0", "input", "x", data=1.0, group="g1")
    picture = Drawing(small_picture(inside, edges=(Edge("n0", "n9", local=1.0),), groups=groups))
    scene = lay_out(picture.picture)
    outer, inner = scene.group_boxes
    box = scene.boxes["n0"]
    assert outer.x < inner.x < box.x
    assert box.x + box.width < inner.x + inner.width < outer.x + outer.width
    assert outer.y < inner.y < box.y
    assert outer.x + outer.width < scene.boxes["n9"].x
    source = picture.to_dot().source
    assert source.index("subgraph cluster_g0") < source.index("subgraph cluster_g1") < source.index("n0 [")
    chart = [line.strip() for line in picture.to_mermaid().splitlines()]
    assert chart[2:7] == ['subgraph g0["outer"]', 'subgraph g1["inner"]', chart[4], "end", "end"]
    assert re.findall(r'data-group="(\w+)"', picture.svg()) == ["g0", "g1"]


def test_no_text_stands_on_the_edges_into_a_crowded_group() -> None:
    inputs = tuple(Node(f"n{i}", "input", data=1.0) for i in range(5))
    group = Node("g1", "group", "layers[0]", values=9)
    for count, texts in ((4, ["0.5"] * 4 + ["2"]), (5, [None] * 5 + ["2"])):
        edges = tuple(Edge(f"n{i}", "g1", i, 0.5, 0.5) for i in range(count))
        picture = Drawing(small_picture(*inputs[:count], group, edges=(*edges, Edge("g1", "n9", local=2.0))))
        svg = ElementTree.fromstring(picture.svg())
        assert [g.findtext(f"{SVG}text") for g in svg.iter(f"{SVG}g") if g.get("data-edge")] == texts
        assert str(picture).count("∂ 0.5") == count


def test_a_path_is_shortened_by_the_groups_it_stands_in() -> None:
    groups = (Group("g0", "MLP · call 1 of 3"), Group("g1", "layers[0] · Layer of 4", "g0"))
    inside = Node("n0", "parameter", "layers[0].w[1]", data=1.0, group="g1")
    users_own = Node("n1", "input", "layers[0].x", data=1.0, group="g1")
    elsewhere = Node("n2", "parameter", "layers[1].w[1]", data=1.0, group="g1")
    picture = Drawing(small_picture(inside, users_own, elsewhere, groups=groups))
    assert [text[0] for text in said(picture)[:3]] == ["w[1]", "layers[0].x", "layers[1].w[1]"]


def test_what_stands_for_many_says_so() -> None:
    inputs = Node("n0", "input", values=100, repeats=100, largest_grad=2.5)
    constants = Node("n1", "constant", values=100, repeats=100)
    alike = Node("n2", "result", "", "**", grad=1.0, values=100, repeats=100, largest_grad=1.0)
    edges = (Edge("n0", "n2", count=100), Edge("n1", "n2", 1, count=100), Edge("n2", "n9", count=100))
    picture = Drawing(small_picture(inputs, constants, alike, edges=edges))
    texts = said(picture)[:3]
    assert texts == [["100 inputs", "max |grad| 2.5"], ["100 constants"], ["** × 100", "grad", "1"]]
    assert str(picture).splitlines()[1:] == [
        "└─ × 100 ─ n2  **  × 100  grad 1",
        "   ├─ × 100 ─ 100 inputs  max |grad| 2.5",
        "   └─ × 100 ─ 100 constants",
    ]
    assert "Largest gradient of an input: 2.5, of 100 inputs." in picture.alt()


def test_an_edge_is_as_wide_as_its_contribution() -> None:
    widths = [edge_width(contribution, 8.0) for contribution in (None, 0.0, 0.01, 1.0, -4.0, 8.0, math.inf)]
    assert widths == sorted(widths)
    assert (widths[0], widths[-1]) == (1.0, 3.5)
    assert edge_width(math.nan, 8.0) == 3.5
    x = Value(2.0, label="x")
    y = x * 3 + x * 0.001
    y.backward()
    drawn = re.findall(r"n0:e -> .* penwidth=(\S+)", draw(y).to_dot().source)
    assert sorted(map(float, drawn)) == [1.0, 3.5]


def test_an_edge_is_dashed_only_where_nothing_comes_back() -> None:
    x = Value(-2.0, label="x")
    dead = x.relu()
    assert "dashed" not in draw(dead).to_dot().source
    assert 'class="edge"' in draw(dead).svg()
    dead.backward()
    assert "style=dashed" in draw(dead).to_dot().source
    assert 'class="edge zero"' in draw(dead).svg()
    assert "-.->" in draw(dead).to_mermaid()


def test_every_node_and_edge_can_be_found_in_the_svg() -> None:
    a = Value(3.0, label="a")
    svg = draw(a * a + 1).svg()
    assert list(nodes(svg)) == ["n0", "n1", "n2", "n3"]
    assert re.findall(r'data-edge="([^"]*)"', svg) == ["n0>n1:0", "n0>n1:1", "n1>n3:0", "n2>n3:1"]


def test_a_box_has_room_for_the_widest_text_it_will_show() -> None:
    picture = draw(neuron()).picture
    usual, wide = lay_out(picture), lay_out(picture, {"n9": {"grad": "−1.2346e−300"}})
    assert wide.boxes["n9"].width > usual.boxes["n9"].width
    assert wide.boxes["n8"].width == usual.boxes["n8"].width
    assert lay_out(picture, {"n9": {"grad": "1"}}) == usual


def test_no_font_has_a_say_in_the_layout() -> None:
    picture = draw(neuron()).picture
    source = skeleton(outline(picture, ()), box_texts(picture), edge_looks(picture))
    assert not re.search("FONT|tanh|x1", source)


def test_texts_of_many_edges_between_two_nodes_stand_apart() -> None:
    x = Node("n0", "input", "x", data=1.0)
    picture = small_picture(x, edges=tuple(Edge("n0", "n9", i, 0.5, 0.5) for i in range(9)))
    places = sorted(line.text for line in lay_out(picture).lines if line.text)
    assert len(places) == 9
    apart = [abs(ax - bx) > text_width("0.5", 10) or abs(ay - by) >= 12 for (ax, ay), (bx, by) in pairs(places)]
    assert all(apart)


def pairs(places: list[tuple[float, float]]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    return itertools.combinations(places, 2)


def test_it_takes_450_bytes_a_node() -> None:
    root = chain(200)
    root.backward()
    svg = draw(root, max_nodes=1_000, open="all").svg()
    assert len(svg) < 401 * 450
    assert len(draw(Value(1.0)).svg()) < 3_300


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("suffix", "magic"), [("svg", b"<svg "), ("PNG", b"\x89PNG\r\n"), ("pdf", b"%PDF-"), ("html", b"<!doctype html>")]
)
def test_a_file_by_its_suffix(suffix: str, magic: bytes, tmp_path: Path) -> None:
    path = draw(neuron()).save(str(tmp_path / f"neuron.{suffix}"))
    assert path == tmp_path / f"neuron.{suffix}"
    assert path.read_bytes().startswith(magic)
    assert len(path.read_bytes()) > 3_000
    assert os.listdir(tmp_path) == [path.name]


def test_the_dot_file_is_the_source(tmp_path: Path) -> None:
    picture = draw(neuron())
    assert picture.save(tmp_path / "neuron.dot").read_text(encoding="utf-8") == picture.to_dot().source


def test_text_files_are_the_texts(tmp_path: Path) -> None:
    picture = draw(neuron())
    for suffix, text in (("txt", str(picture)), ("mmd", picture.to_mermaid()), ("svg", picture.svg())):
        assert picture.save(tmp_path / f"neuron.{suffix}").read_text(encoding="utf-8") == f"{text}\n"
    page = picture.save(tmp_path / "neuron.html").read_text(encoding="utf-8")
    assert f"</h1>{picture.html}</main></body>" in page
    assert "<title>Computation graph of o = 0.70711</title>" in page


@pytest.mark.parametrize("suffix", ["dot", "svg", "png", "pdf", "html", "mmd", "txt"])
def test_the_same_graph_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    first, second = (draw(neuron()).save(tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
    assert first == second
    if suffix == "pdf":
        assert b"/CreationDate (D:20000101" in first


def test_an_svg_loads_nothing(tmp_path: Path) -> None:
    svg = draw(neuron()).save(tmp_path / "x.svg").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"' ]+", svg)) == {"http://www.w3.org/2000/svg"}
    assert not re.search("<!|@import|url", svg)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own text layout is used")
def test_a_machine_without_fonts_has_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = draw(neuron()).save(tmp_path / "usual.png").read_bytes()
    monkeypatch.setattr(renderer, "SYSTEM_FONTS", [])
    assert draw(neuron()).save(tmp_path / "bare.png").read_bytes() == usual
    monkeypatch.setattr(renderer, "FONTS", tmp_path)
    assert draw(neuron()).save(tmp_path / "boxes.png").read_bytes() != usual


@pytest.mark.parametrize("name", ["picture", "picture.gif", "picture.svg.bak", ".svg"])
def test_an_unknown_suffix(name: str, tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"save\(\) writes \.dot, \.html, \.mmd, \.pdf, \.png, \.svg, \.txt files: '.*' ends in none"
    ):
        draw(Value(1.0)).save(tmp_path / name)


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError,
        match=r"cannot save '.*missing.x.svg': the folder '.*missing' does not exist; create it first",
    ):
        draw(Value(1.0)).save(tmp_path / "missing" / "x.svg")


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = draw(Value(1.0)).save(tmp_path / "x.svg")
    before = path.read_bytes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        draw(Value(2.0)).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["x.svg"]


# ── what turns DOT into a picture ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def fake_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if sys.platform == "win32":
        pytest.skip("a shell script stands for dot")
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\nwhile read -r line; do :; done\necho '<svg>from dot</svg>'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


def test_dot_on_the_path_comes_first(fake_dot: Path) -> None:
    assert b"from dot" in render("digraph {}", "json0")


def test_the_dot_is_rendered_as_a_user_of_micrograd_would(fake_dot: Path) -> None:
    dot = draw(neuron()).to_dot()
    dot.graph_attr["rankdir"] = "TB"
    assert "rankdir=TB" in dot.source
    assert dot.pipe(format="svg") == b"<svg>from dot</svg>\n"


@pytest.mark.parametrize("script", ["#!/bin/sh\necho broken >&2\nexit 3\n", "#!/bin/sh\n", "#!/no/such/shell\n"])
def test_a_broken_dot_is_passed_over(fake_dot: Path, script: str) -> None:
    fake_dot.write_text(script)
    assert json.loads(render("digraph { a }", "json0"))["objects"][0]["name"] == "a"


def test_no_graphviz_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(renderer, "_commands", lambda kind, engine: [])
    hint = "a picture needs Graphviz, which pygraphviz brings: pip install pygraphviz"
    with pytest.raises(MissingExtraError, match=hint):
        draw(neuron()).save(tmp_path / "x.svg")
    assert os.listdir(tmp_path) == []
    picture = draw(neuron())
    assert picture._repr_mimebundle_() == {"text/plain": f"{picture.text()}\n{hint}"}
    assert value_mimebundle(neuron()) == picture._repr_mimebundle_()


def test_what_graphviz_cannot_draw() -> None:
    with pytest.raises(RuntimeError, match=r"Graphviz could not draw this: .*Invalid Input"):
        render("digraph {", "json0")


def test_a_layout_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "TIMEOUT", 1e-6)
    with pytest.raises(RuntimeError, match="Graphviz took over 1e-06 s and was stopped"):
        render("digraph { a }", "json0")


# ── in a notebook ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_html_is_one_image_with_a_description_and_a_script() -> None:
    o = neuron()
    o.backward()
    bundle = draw(o)._repr_mimebundle_()
    image = (
        r'<div data-[^>]*><div [^>]*><img [^>]*alt="([^"]*)" src="data:image/svg\+xml,([^"]*)"></div><script [^>]*>.*'
    )
    found = re.fullmatch(image, bundle["text/html"], re.DOTALL)
    assert found
    assert found[1] == (
        "Computation graph of o = 0.70711. 10 values, among them 5 inputs. Largest gradient of an input: −1.5, of x1."
    )
    assert ElementTree.fromstring(unquote(unescape(found[2]))).tag.endswith("svg")
    assert bundle["text/plain"] == draw(o).text()


def test_a_value_shows_its_picture() -> None:
    o = neuron()
    assert o._repr_mimebundle_() == value_mimebundle(o)
    assert value_mimebundle(o) == draw(o)._repr_mimebundle_() | {"text/plain": repr(o)}


@pytest.mark.parametrize("broken", ["lay_out_all", "pictures", "tree", "svg_text", "living"])
def test_a_representation_never_raises(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    o = neuron()
    monkeypatch.setattr(drawing, broken, fail)
    assert set(value_mimebundle(o)) == {"text/plain"}


def test_a_drawing_shows_text_where_it_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = draw(neuron())
    monkeypatch.setattr(drawing, "lay_out_all", lambda *_: 1 / 0)
    assert picture._repr_mimebundle_() == {"text/plain": f"{picture.text()}\ndivision by zero"}


def test_a_fresh_process_prints_nothing(tmp_path: Path) -> None:
    program = (
        "import autograd\nx = autograd.Value(2.0, label='学习率')\ny = x * x\n"
        "assert 'text/html' in y._repr_mimebundle_()\n"
        f"for kind in ('svg', 'png', 'pdf', 'dot', 'html'): autograd.draw(y).save({str(tmp_path / 'x.')!r} + kind)\n"
    )
    environment = {"HOME": str(tmp_path / "nobody"), "PYTHONPATH": str(Path(autograd.__file__).parents[1]), "PATH": ""}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert sorted(path.suffix for path in tmp_path.glob("x.*")) == [".dot", ".html", ".pdf", ".png", ".svg"]


# ── as text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tree() -> None:
    a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
    loss = a * b + c - a * 2
    loss.label = "L"
    loss.backward()
    assert str(draw(loss)).splitlines() == [
        "L  -  data 0  grad 1",
        "├─ ∂ 1 ─ n4  +  data 4  grad 1",
        "│  ├─ ∂ 1 ─ n2  *  data −6  grad 1",
        "│  │  ├─ ∂ −3 ─ a  data 2  grad −5",
        "│  │  └─ ∂ 2 ─ b  data −3  grad 2",
        "│  └─ ∂ 1 ─ c  data 10  grad 1",
        "└─ ∂ −1 ─ n6  *  data 4  grad −1",
        "   ├─ ∂ 2 ─ a  (above)",
        "   └─ 2",
    ]
    assert repr(draw(loss)) == "Drawing(8 nodes)"


def test_a_shared_value_is_opened_once() -> None:
    value = Value(1.0)
    for _ in range(60):
        value = value + value
    assert len(draw(value, max_nodes=100).text(max_lines=1_000).splitlines()) == 121


# ── large graphs ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_left_out_is_said_in_every_form(tmp_path: Path) -> None:
    note = 'the 45 values of layers[0] are one node: draw(…, open="layers[0]")'
    picture = Drawing(small_picture(Node("more9", "more", "… 2 more"), edges=(Edge("more9", "n9"),), notes=(note,)))
    assert picture.text().splitlines()[1:] == ["└─ … 2 more", note]
    assert note in picture.alt()
    assert note in " ".join(ElementTree.fromstring(picture.svg()).itertext())
    assert escape(note) in picture._repr_mimebundle_()["text/html"]
    assert escape(note) in picture.to_dot().source
    assert 'class="edge rest"' in picture.svg()
    assert "style=dotted" in picture.to_dot().source
    assert "more9 -.-> n9" in picture.to_mermaid()


def test_a_long_note_is_wrapped_to_the_picture() -> None:
    note = "so many words " * 40
    scene = lay_out(small_picture(notes=(note,)))
    assert len(scene.notes) > 4
    assert " ".join(scene.notes).split() == note.split()
    assert max(text_width(line, 10) for line in scene.notes) <= scene.width < 450


def test_a_tree_of_many_lines_is_cut() -> None:
    lines = draw(chain(300), max_nodes=1_000, open="all").text().splitlines()
    assert lines[60] == "… and more: text(max_lines=…)"
    assert len(draw(chain(300), max_nodes=1_000, open="all").text(max_lines=700).splitlines()) == 601


def test_a_chain_of_50_000() -> None:
    bundle = value_mimebundle(chain(50_000))
    assert set(bundle) == {"text/html", "text/plain"}
    assert len(bundle["text/html"]) < 120_000


# ── what is no Value ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_compiled_function_is_drawn_alone() -> None:
    program = autograd.compile(lambda x: x * x).record(1.0)
    assert len(draw(program).instructions.picture.roots) == 1
    with pytest.raises(TypeError, match="not Compiled"):
        draw(program, Value(1.0))


# ── mistakes ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wrong", ["a", 1.0, None, [Value(1.0)]])
def test_not_a_value(wrong: object) -> None:
    with pytest.raises(TypeError, match=rf"draw\(\) takes Values, as in draw\(loss\).*, not {type(wrong).__name__}"):
        draw(wrong)  # type: ignore[arg-type]


def test_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="at least one Value"):
        draw()
    with pytest.raises(ValueError, match="max_nodes=0"):
        draw(Value(1.0), max_nodes=0)


def test_a_rule_of_the_users_own_with_a_hostile_symbol(monkeypatch: pytest.MonkeyPatch) -> None:
    y = Value(1.0).exp()
    monkeypatch.setattr(Value, "_op", property(lambda self: "<b>\n&" if self._prev else ""))
    assert said(draw(y))[1][0] == "<b>\\n&"


def test_what_graphviz_writes_into_a_box_has_room() -> None:
    labels = ["", "w", "weights[1][4][2]", "blocks[0].attention.weights[1][4][2]"]
    kinds = itertools.product(labels, ["", "exp", "log_share × 144"], [0.5, -0.00133690001])
    nodes = [Node(f"n{i}", "result", label, name, x, x) for i, (label, name, x) in enumerate(kinds)]
    shown = box_texts(Picture(tuple(nodes), ()))
    dot = graphviz.Digraph(node_attr=NODE_STYLE)
    for node in nodes:
        dot.node(node.name, drawn_node(node, shown[node.name], 0)["label"], shape="plain")
    drawn = {box["name"]: float(box["width"]) * 72 for box in json.loads(render(str(dot.source), "json0"))["objects"]}
    assert len(drawn) == len(nodes)
    assert not [shown[name].title for name, width in drawn.items() if width > shown[name].width]
