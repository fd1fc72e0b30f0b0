"""The drawing of a computation graph, in every form it takes: DOT, SVG, PNG, PDF, HTML and text."""

from __future__ import annotations

import base64
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import autograd
from autograd import MissingExtraError, Value
from autograd.viz import Drawing, boxes, draw, drawing, value_mimebundle
from autograd.viz import render as renderer
from autograd.viz.render import render

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
    found = re.findall(r'^\t(\w+):e -> (\w+):\w+:w \[(?:label=" (\S+) ")?', picture.to_dot().source, re.MULTILINE)
    return [(tail, head, label) for tail, head, label in found]


def svg_texts(picture: Drawing, folder: Path) -> dict[str, list[ElementTree.Element]]:
    """The <text> elements of each node of the SVG, by the name of the node."""
    tree = ElementTree.parse(picture.save(folder / "picture.svg"))
    space = "{http://www.w3.org/2000/svg}"
    groups = [g for g in tree.iter(f"{space}g") if g.get("class") == "node"]
    return {g.findtext(f"{space}title", ""): list(g.iter(f"{space}text")) for g in groups}


def words(elements: list[ElementTree.Element]) -> list[str]:
    return ["".join(element.itertext()) for element in elements]


# ── what the picture says ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_node_says_label_operation_data_and_gradient(tmp_path: Path) -> None:
    o = neuron()
    o.backward()
    said = [words(texts) for texts in svg_texts(draw(o), tmp_path).values()]
    assert ["x1", "data", "2", "grad", "-1.5"] in said
    assert ["*", "data", "-6", "grad", "0.5"] in said
    assert ["o", "tanh", "data", "0.70711", "grad", "1"] in said
    assert len(said) == 10


def test_an_edge_says_the_local_derivative() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    assert edges(draw(a * b)) == [("n0", "n2", "-3"), ("n1", "n2", "2")]


def test_a_square_has_two_edges_in_rows_of_their_own() -> None:
    a = Value(3.0, label="a")
    source = draw(a * a).to_dot().source
    assert re.findall(r"n0:e -> (\S+)", source) == ["n1:name:w", "n1:grad:w"]


def test_the_first_operand_is_drawn_above_the_second(tmp_path: Path) -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    for difference, names in ((a - b, ["a", "b"]), (b - a, ["b", "a"])):
        nodes = svg_texts(draw(difference), tmp_path)
        heights = {words(texts)[0]: float(texts[0].get("y", "nan")) for texts in nodes.values()}
        assert sorted(names, key=heights.__getitem__) == names
        assert [label for *_, label in edges(draw(difference))] == ["1", "-1"]


def test_operands_enter_from_the_top_row_down() -> None:
    a, b, c, d = (Value(float(i)) for i in range(4))
    rows = re.findall(r"-> n\d+:(\w+):w", draw(autograd.sum([a, b, c, d])).to_dot().source)
    assert rows == ["name", "data", "data", "grad"]


def test_a_chain_with_constants_runs_straight(tmp_path: Path) -> None:
    nodes = svg_texts(draw(chain(30)), tmp_path)
    heights = [float(text.get("y", "nan")) for texts in nodes.values() for text in texts if text.text == "data"]
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
    assert re.search(r"n0 \[.*>2</FONT>.* shape=plaintext", picture.to_dot().source)
    assert "grad" not in picture.text().splitlines()[1]


def test_only_the_root_has_a_bold_border() -> None:
    source = draw(neuron()).to_dot().source
    assert re.findall(r"^\t(n\d+) .*penwidth=2.5", source, re.MULTILINE) == ["n9"]


@pytest.mark.parametrize(
    ("data", "written"),
    [(math.nan, "nan"), (-math.inf, "-inf"), (1e-300, "1e-300"), (-0.0, "-0"), (2 / 3, "0.66667"), (784, "784")],
)
def test_numbers_at_the_edges(data: float, written: str, tmp_path: Path) -> None:
    assert words(svg_texts(draw(Value(data)), tmp_path)["n0"]) == ["data", written, "grad", "–"]


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
    assert len(picture.roots) == 2
    assert picture.text().count("a  data 2") == 1
    assert picture.text().count("a  (above)") == 2


def test_colours_can_be_read_on_white_and_on_grey() -> None:
    def luminance(colour: str) -> float:
        channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    pairs = [(drawing.DATA, "#ffffff"), (drawing.GRADIENT, "#ffffff"), (drawing.GREY, "#ffffff")]
    for text, ground in [*pairs, (drawing.BLACK, drawing.PALE)]:
        assert (luminance(ground) + 0.05) / (luminance(text) + 0.05) >= 4.5


# ── any label is text in every form ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_text(label: str, tmp_path: Path) -> None:
    x = Value(1.0, label=label)
    picture = draw(x * x)
    assert words(svg_texts(picture, tmp_path)["n0"])[0] == label
    assert picture.text().splitlines()[1] == f"├─ ∂ 1 ─ {label}  data 1  grad –"
    assert picture.save(tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    svg = (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert not re.search("<(img|script|image|foreignObject)", svg)


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
    assert tags == ["div", "img"]


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
def test_a_label_stays_on_one_short_line(label: str, shown: str, tmp_path: Path) -> None:
    picture = draw(Value(1.0, label=label))
    assert words(svg_texts(picture, tmp_path)["n0"])[0] == shown
    assert str(picture) == f"{shown}  data 1  grad –"


@pytest.mark.parametrize("label", ["w" * 40, "学习率" * 13, "layers[0].neurons[2].w[1]", "M", "1234567890" * 4])
def test_text_fits_its_box(label: str, tmp_path: Path) -> None:
    width = sum(1.0 if c > "\u2e80" else 0.9 if c in "wM" else 0.6 if c.isdigit() else 0.35 for c in label) * 11
    picture = draw(Value(-1.2345e-300, label=label))
    asked = re.search(r'WIDTH="(\d+)"><B>', picture.to_dot().source)
    assert asked and width + 6 < int(asked[1]), "the box relies on the font Graphviz measured with"
    picture.save(tmp_path / "x.svg")
    tree = ElementTree.parse(tmp_path / "x.svg")
    node = next(g for g in tree.iter() if g.get("class") == "node")
    outline = next(iter(node.iter("{http://www.w3.org/2000/svg}path"))).get("d", "")
    across = [float(x) for x in re.findall(r"(-?[\d.]+),", outline)]
    for text in node.iter("{http://www.w3.org/2000/svg}text"):
        start = float(text.get("x", "nan"))
        end = start + (width if text.text == label else 0.5 * 11 * len(text.text or ""))
        assert min(across) < start < end < max(across)


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("suffix", "magic"), [("svg", b"<?xml"), ("PNG", b"\x89PNG\r\n"), ("pdf", b"%PDF-")])
def test_a_file_by_its_suffix(suffix: str, magic: bytes, tmp_path: Path) -> None:
    path = draw(neuron()).save(str(tmp_path / f"neuron.{suffix}"))
    assert path == tmp_path / f"neuron.{suffix}"
    assert path.read_bytes().startswith(magic)
    assert len(path.read_bytes()) > 3_000
    assert os.listdir(tmp_path) == [path.name]


def test_the_dot_file_is_the_source(tmp_path: Path) -> None:
    picture = draw(neuron())
    assert picture.save(tmp_path / "neuron.dot").read_text(encoding="utf-8") == picture.to_dot().source


@pytest.mark.parametrize("suffix", ["dot", "svg", "png", "pdf"])
def test_the_same_graph_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    first, second = (draw(neuron()).save(tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
    assert first == second
    if suffix == "pdf":
        assert b"/CreationDate (D:20000101" in first


def test_an_svg_loads_nothing(tmp_path: Path) -> None:
    svg = draw(neuron()).save(tmp_path / "x.svg").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"' ]+", svg)) == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "<!" not in svg


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own text layout is used")
def test_a_machine_without_fonts_has_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = draw(neuron()).save(tmp_path / "usual.png").read_bytes()
    monkeypatch.setattr(renderer, "SYSTEM_FONTS", [])
    assert draw(neuron()).save(tmp_path / "bare.png").read_bytes() == usual
    monkeypatch.setattr(renderer, "FONTS", tmp_path)
    assert draw(neuron()).save(tmp_path / "boxes.png").read_bytes() != usual


@pytest.mark.parametrize("name", ["picture", "picture.gif", "picture.svg.txt", ".svg"])
def test_an_unknown_suffix(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"save\(\) writes \.dot, \.pdf, \.png, \.svg files: '.*' ends in none"):
        draw(Value(1.0)).save(tmp_path / name)


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no folder '.*missing' to save 'x.svg' in: create it first"):
        draw(Value(1.0)).save(tmp_path / "missing" / "x.svg")


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = draw(Value(1.0)).save(tmp_path / "x.svg")
    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
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
    program.write_text("#!/bin/sh\necho '<svg>from dot</svg>'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


def test_dot_on_the_path_comes_first(fake_dot: Path) -> None:
    assert b"from dot" in render("digraph {}", "svg")


@pytest.mark.parametrize("script", ["#!/bin/sh\necho broken >&2\nexit 3\n", "#!/bin/sh\n", "#!/no/such/shell\n"])
def test_a_broken_dot_is_passed_over(fake_dot: Path, script: str) -> None:
    fake_dot.write_text(script)
    assert render("digraph { a }", "svg").startswith(b"<?xml")


def test_no_graphviz_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(renderer, "_commands", lambda kind: [])
    hint = "a picture needs Graphviz, which pygraphviz brings: pip install pygraphviz"
    with pytest.raises(MissingExtraError, match=hint):
        draw(neuron()).save(tmp_path / "x.svg")
    assert os.listdir(tmp_path) == []
    picture = draw(neuron())
    assert picture._repr_mimebundle_() == {"text/plain": f"{picture.text()}\n{hint}"}
    assert value_mimebundle(neuron()) == picture._repr_mimebundle_()


def test_what_graphviz_cannot_draw() -> None:
    with pytest.raises(RuntimeError, match=r"Graphviz could not draw this: .*Invalid Input"):
        render("digraph {", "svg")


def test_a_layout_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "TIMEOUT", 1e-6)
    with pytest.raises(RuntimeError, match="Graphviz took over 1e-06 s and was stopped"):
        render("digraph { a }", "svg")


# ── in a notebook ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_html_is_one_image_with_a_description() -> None:
    o = neuron()
    o.backward()
    bundle = draw(o)._repr_mimebundle_()
    image = r'<div [^>]*><img [^>]*alt="([^"]*)" src="data:image/svg\+xml;base64,(.*)"></div>'
    found = re.fullmatch(image, bundle["text/html"])
    assert found
    assert found[1] == (
        "Computation graph of o = 0.70711. 10 values, 5 of them inputs. Largest gradient of an input: -1.5, of x1."
    )
    assert ElementTree.fromstring(base64.b64decode(found[2])).tag.endswith("svg")
    assert bundle["text/plain"] == draw(o).text()


def test_a_value_shows_its_picture() -> None:
    o = neuron()
    assert o._repr_mimebundle_() == value_mimebundle(o)
    assert value_mimebundle(o) == draw(o)._repr_mimebundle_() | {"text/plain": repr(o)}


@pytest.mark.parametrize("broken", ["render", "snapshot", "tree", "_table"])
def test_a_representation_never_raises(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    o = neuron()
    monkeypatch.setattr(drawing, broken, fail)
    assert set(value_mimebundle(o)) == {"text/plain"}


def test_a_drawing_shows_text_where_it_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = draw(neuron())
    monkeypatch.setattr(drawing, "render", lambda *_: 1 / 0)
    assert picture._repr_mimebundle_() == {"text/plain": f"{picture.text()}\ndivision by zero"}


def test_a_fresh_process_prints_nothing(tmp_path: Path) -> None:
    program = (
        "import autograd\nx = autograd.Value(2.0, label='学习率')\ny = x * x\n"
        "assert 'text/html' in y._repr_mimebundle_()\n"
        f"for kind in ('svg', 'png', 'pdf', 'dot'): autograd.draw(y).save({str(tmp_path / 'x.')!r} + kind)\n"
    )
    environment = {"HOME": str(tmp_path / "nobody"), "PYTHONPATH": str(Path(autograd.__file__).parents[1]), "PATH": ""}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert sorted(path.suffix for path in tmp_path.glob("x.*")) == [".dot", ".pdf", ".png", ".svg"]


# ── as text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tree() -> None:
    a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
    loss = a * b + c - a * 2
    loss.label = "L"
    loss.backward()
    assert str(draw(loss)).splitlines() == [
        "L  -  data 0  grad 1",
        "├─ ∂ 1 ─ n4  +  data 4  grad 1",
        "│  ├─ ∂ 1 ─ n2  *  data -6  grad 1",
        "│  │  ├─ ∂ -3 ─ a  data 2  grad -5",
        "│  │  └─ ∂ 2 ─ b  data -3  grad 2",
        "│  └─ ∂ 1 ─ c  data 10  grad 1",
        "└─ ∂ -1 ─ n6  *  data 4  grad -1",
        "   ├─ ∂ 2 ─ a  (above)",
        "   └─ 2",
    ]
    assert repr(draw(loss)) == "Drawing(8 nodes)"


def test_a_shared_value_is_opened_once() -> None:
    value = Value(1.0)
    for _ in range(60):
        value = value + value
    assert len(draw(value).text(max_lines=1_000).splitlines()) == 121


# ── large graphs ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_chain_of_200_000(tmp_path: Path) -> None:
    root = chain(200_000)
    picture = draw(root)
    assert len(picture.boxes) == 400
    assert "start" not in {box.label for box in picture.boxes}
    left_out = "the 400 values nearest to the result, of more than 20000: draw(…, max_nodes=…)"
    assert picture.text().splitlines()[-2:] == ["… and more: text(max_lines=…)", left_out]
    assert len(picture.text().splitlines()) == 62
    assert left_out in picture.save(tmp_path / "chain.svg").read_text(encoding="utf-8")
    assert left_out in picture._repr_mimebundle_()["text/html"]
    assert set(value_mimebundle(root)) == {"text/html", "text/plain"}


def test_the_budget_and_the_argument_that_opens_it() -> None:
    root = chain(300)
    picture = draw(root)
    assert (len(picture.boxes), picture.total) == (400, 601)
    assert "the 400 values nearest to the result, of 601: draw(…, max_nodes=601)" in picture.to_dot().source
    whole = draw(root, max_nodes=601)
    assert len(whole.boxes) == 601
    assert "nearest" not in whole.to_dot().source + whole.text(max_lines=10_000)


def test_what_is_cut_off_is_marked_where_it_was() -> None:
    a, b, c = Value(1.0, label="a"), Value(2.0, label="b"), Value(3.0, label="c")
    picture = draw((a + b) * c, max_nodes=3)
    assert [box.label or box.operation for box in picture.boxes] == ["+", "c", "*"]
    assert "… 2 more" in picture.to_dot().source
    assert "n0  +  data 3  grad –  …" in picture.text()


def test_a_budget_beyond_what_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "COUNTED", 10)
    assert "nearest" in draw(chain(20), max_nodes=30).text()
    assert "nearest" not in draw(chain(20), max_nodes=41).text()


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


def test_a_rule_of_the_users_own_with_a_hostile_symbol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    y = Value(1.0).exp()
    monkeypatch.setattr(Value, "_op", property(lambda self: "<b>\n&" if self._prev else ""))
    assert words(svg_texts(draw(y), tmp_path)["n1"])[0] == "<b>\\n&"
