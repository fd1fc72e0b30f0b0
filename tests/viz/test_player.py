"""The player of a backward pass as data, text and HTML; test_player_browser.py looks at the page."""

from __future__ import annotations

import re
import shutil
import string
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fixtures.backprop import (
    HOSTILE,
    Number,
    Page,
    graphs,
    hundred,
    lecture,
    mlp_loss,
    of,
    sent,
)
from hypothesis import given, settings

from autograd import MissingExtraError, Value
from autograd.viz.backprop import player as player_module
from autograd.viz.backprop.player import play
from autograd.viz.backprop.quiz import MISTAKES, questions
from autograd.viz.backprop.record import Steps, steps
from autograd.viz.graphviz import program as render
from autograd.viz.web.script import text
from autograd.viz.web.words import training_words, words
from autograd.viz.write.player_page import player_element

pytestmark = pytest.mark.usefixtures("nothing_on_stderr")

# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wrong", ["a", 1.0, None, [Value(1.0)]])
def test_not_a_value(wrong: object) -> None:
    with pytest.raises(TypeError, match=rf"play\(\) takes a Value, or a node with .*, not {type(wrong).__name__}"):
        play(wrong)


def test_options_there_are_not() -> None:
    x = Value(1.0)
    with pytest.raises(ValueError, match="mode is 'auto' or 'static', not 'big'"):
        play(x, mode="big")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match='compare="numeric" or nothing'):
        play(x, compare="torch")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="language must be one of en, zh, not 'fr'"):
        play(x, language="fr")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match='compare="numeric" computes a graph of Values anew: Number keeps no rules'):
        play(of(Number), compare="numeric")
    with pytest.raises(TypeError, match="takes focus for the Values of autograd alone"):
        play(of(Number), focus="a")


def test_a_leaf_alone() -> None:
    assert [frame.kind for frame in steps(Value(3.0))] == ["seed"]
    assert "text/html" in play(Value(3.0))._repr_mimebundle_()


# ── as text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_prints_itself() -> None:
    printed = str(play(lecture(), language="en")).splitlines()
    assert printed[0] == "L = −4"
    assert printed[2] == "1  L = d·f + a·2   first: it is the result   ∂(d·f+a·2)/∂(d·f) = 1,  ∂(d·f+a·2)/∂(a·2) = 1"
    assert re.split("  +", printed[3])[1:] == ["pull ✓", *steps(lecture())[1].lines]
    assert len({line.index(".grad = ") for line in printed if line.startswith("   pull ✓    c.grad")}) == 1
    assert repr(play(lecture())) == "Player(11 steps)"
    plain = str(steps(lecture())).splitlines()
    assert [tuple(re.split("  +", line)) for line in plain] == [("L = −4",), *(step.lines for step in steps(lecture()))]


def test_a_long_pass_says_how_to_see_all() -> None:
    x = Value(1.0)
    for _ in range(60):
        x = x * 1.01
    player = play(x, max_nodes=200, language="en")
    assert len(str(player).splitlines()) == 60
    assert str(player).splitlines()[-1] == "… 63 more lines: .text(max_lines=None)"
    assert len(player.text(max_lines=None).splitlines()) == 122


def test_in_chinese() -> None:
    printed = str(play(lecture(), language="zh"))
    assert "回传" in printed and "最先：它就是结果" in printed


@pytest.mark.parametrize("say", [words, training_words])
def test_both_languages_say_the_same_things(say: Callable[[Any], dict[str, str]]) -> None:
    assert say("en").keys() == say("zh").keys() >= {"play", "pause", "of"}
    for name, sentence in say("en").items():
        fields = [
            {field for _, field, *_ in string.Formatter().parse(text) if field} for text in (sentence, say("zh")[name])
        ]
        assert fields[0] == fields[1], name


# ── the quiz ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_wrong_answer_names_one_mistake() -> None:
    loss = lecture()
    loss.backward()
    recorded = steps(loss)
    place = next(i for i, frame in enumerate(recorded) if frame.kind == "pull" and frame.before == 2.0)
    question = questions(recorded)[place]
    assert question.right == 8.0
    assert question.mistakes == {
        "overwrote": 6.0,
        "upstream": -1.0,
        "operand": -2.0,
        "sign": -4.0,
        "local": 0.0,
        "plus": -3.0,
        "before": 2.0,
        "stale": 16.0,
    }
    assert questions(steps(loss, zero_grad=False))[place].mistakes["zeroed"] == 8.0
    assert questions(steps(loss)).keys() == {i for i, frame in enumerate(recorded) if frame.kind == "pull"}


@given(graphs())
@settings(max_examples=50, deadline=None)
def test_no_mistake_is_the_right_answer(root: Value) -> None:
    for question in questions(steps(root, max_nodes=500)).values():
        assert question.right not in question.mistakes.values()
        assert set(question.mistakes) <= set(MISTAKES)


def test_every_mistake_has_its_words() -> None:
    assert {f"quiz_{name}" for name in MISTAKES} <= words("en").keys()


# ── as HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────


SCRIPTS = ["controls.js", "player.js"]


def test_the_page_is_an_image_a_table_the_data_and_one_script() -> None:
    page = Page(play(lecture(), language="en").html)
    outer = ["div", "div", "img", "details", "summary", "table", "thead", "tr", "th", "th", "th", "th", "tbody"]
    assert page.tags[: len(outer)] == outer
    assert set(page.tags) == {*outer, "td", "script"}
    assert [attributes for tag, attributes in zip(page.tags, page.attributes, strict=True) if tag == "script"] == [
        {"type": "application/json"},
        {},
    ]
    alt = page.attributes[2]["alt"]
    assert alt and alt.startswith("Computation graph of L = −4.") and "Largest gradient of an input: 8, of a." in alt
    recorded = steps(lecture())
    rows = [page.cells[i : i + 4] for i in range(4, len(page.cells), 4)]
    assert [tuple(row[1:]) for row in rows] == [frame.lines for frame in recorded]
    assert {"style", "svg", "iframe", "link"}.isdisjoint(page.tags)


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_text(label: str, tmp_path: Path) -> None:
    x = Value(1.0, label=label)
    y = x * x
    y.label = label[::-1]
    for player in (play(y, quiz=True, forward=True), play(y, language="zh")):
        page = Page(player.html)
        assert (page.tags.count("script"), page.tags.count("img")) == (2, 1)
        assert not any(name.startswith("on") for attributes in page.attributes for name in attributes)
        assert player.save(tmp_path / "step.html").read_text(encoding="utf-8").count("<script>") == 2


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_a_script_with_any_label_is_javascript() -> None:
    scripts = []
    for label in HOSTILE:
        y = Value(1.0, label=label) ** 2
        y.label = label[::-1]
        data, script = Page(play(y, language="zh").html).scripts
        scripts.append(f"({data}); {script}")
    functions = "".join(f"() => {{\n{script}\n}};\n" for script in scripts)
    done = subprocess.run(["node", "--check", "-"], input=functions.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_sizes() -> None:
    player = play(hundred(), max_nodes=101)
    assert 98 <= len(player.steps.picture.nodes) <= 101
    bundle = player._repr_mimebundle_()
    assert sum(len(content.encode()) for content in bundle.values()) < 120_000
    dense = play(mlp_loss()[0])._repr_mimebundle_()  # as many edges as there are, and long paths for labels
    assert sum(len(content.encode()) for content in dense.values()) < 120_000


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert play(lecture()).html == play(lecture()).html
    assert play(lecture()).html != play(lecture(), quiz=True).html


def test_the_bytes_do_not_depend_on_where_values_lie_in_memory_nor_on_the_hash_of_a_text() -> None:
    graphs = [lecture() for _ in range(8)]
    for graph in graphs:
        graph.backward()
    assert len({play(graph, zero_grad=False, language="en").html for graph in graphs}) == 1
    player = play(graphs[0], language="en")
    data = player._data()
    turned_round = {
        name: dict(reversed(part.items())) if isinstance(part, dict) else part for name, part in data.items()
    }
    assert player_element("player", "", data) == player_element("player", "", turned_round)


def test_static_is_a_plain_image() -> None:
    bundle = play(lecture(), mode="static")._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    assert bundle["image/svg+xml"].startswith("<svg ")


def test_a_representation_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    player = play(lecture(), language="en")
    monkeypatch.setattr(player_module, "svg_text", lambda *_: 1 / 0)
    assert player._repr_mimebundle_() == {"text/plain": f"{player}\ndivision by zero"}
    monkeypatch.setattr(player_module, "transcript", lambda *_: 1 / 0)
    assert player._repr_mimebundle_() == {"text/plain": "Player(11 steps)\nZeroDivisionError: division by zero"}


def test_without_graphviz_there_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_commands", lambda kind, engine: [])
    player = play(lecture(), language="en")
    assert player._repr_mimebundle_() == {
        "text/plain": f"{player}\na picture needs Graphviz, which pygraphviz brings: pip install pygraphviz"
    }
    with pytest.raises(MissingExtraError):
        player.svg()


def test_saving(tmp_path: Path) -> None:
    path = play(lecture(), language="en").save(str(tmp_path / "step.html"))
    page = path.read_text(encoding="utf-8")
    assert path == tmp_path / "step.html"
    assert page.startswith('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">')
    assert set(re.findall(r"https?://[^\"'% )]+", page)) == {"http://www.w3.org/2000/svg"}
    with pytest.raises(ValueError, match=r"save\('step.html'\): 'step.pdf' has another suffix"):
        play(lecture()).save(tmp_path / "step.pdf")
    with pytest.raises(
        FileNotFoundError,
        match=r"cannot save '.*nowhere.x\.html': the folder '.*nowhere' does not exist; create it first",
    ):
        play(lecture()).save(tmp_path / "nowhere" / "x.html")


@pytest.mark.skipif(not shutil.which("node"), reason="Node.js checks the syntax of what is sent")
@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_sent_is_the_script(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text(name), encoding="utf-8")
    done = subprocess.run(["node", "--check", str(path)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_no_text_in_a_script_is_changed_when_it_is_sent() -> None:
    assert r"/(\S+\.grad|(?<=\()[^ )]+) · (∂\S+|[^ )]+(?=\)$))/g" in text("player.js")
    sources = {name: (Path(player_module.__file__).parents[1] / "web" / name).read_text("utf-8") for name in SCRIPTS}
    for name, source in sources.items():
        code = re.sub(r"/\*.*?\*/|^ *//[^\n]*$", "", source, flags=re.DOTALL | re.MULTILINE)
        for literal in re.findall(r'"(?:\\.|[^"\\\n])*"', code):
            assert literal in text(name)
    assert len(text("player.js")) < 0.9 * len(sources["player.js"])


def test_the_words_of_a_quiz_are_sent_with_a_quiz_alone() -> None:
    assert "quiz_sign" in sent(play(lecture(), quiz=True, language="en"))["words"]["en"]
    plain = sent(play(lecture()))
    assert plain["words"].keys() == {"en", "zh"}
    assert not any(name.startswith("quiz") for name in plain["words"]["en"])
    assert isinstance(play(lecture()).steps, Steps)
