"""Six drawings as they were when somebody last looked at them: the tree, and the SVG.

    GOLDEN=write python -m pytest tests/viz/test_drawing_golden.py

writes tests/viz/golden/ anew, after which the pictures are to be looked at. What an SVG says is compared everywhere;
where it says it, only with the Graphviz that its golden file was made with, whose version stands in
tests/viz/golden/graphviz.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

import autograd
import nn
from autograd import Value
from autograd.viz import Drawing, draw

GOLDEN = Path(__file__).parent / "golden"
VERSION = GOLDEN / "graphviz"
WRITE = os.environ.get("GOLDEN") == "write"


def neuron() -> Drawing:
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    n = x1 * w1 + x2 * w2 + Value(6.8813735870195432, label="b")
    o = n.tanh()
    n.label, o.label = "n", "o"
    o.backward()
    return draw(o)


def square() -> Drawing:
    a = Value(3.0, label="a")
    b = a * a
    b.label = "b"
    b.backward()
    return draw(b)


def diamond() -> Drawing:
    """A value that is used twice, a constant, and a dead relu."""
    a = Value(-2.0, label="a")
    b, c = a * 3, a.exp()
    d = b * c + b.relu()
    d.label = "d"
    d.backward()
    return draw(d)


def folded() -> Drawing:
    """A network of 2-8-8-1, too large to be shown whole."""
    model = nn.MLP(2, [8, 8, 1])
    return draw(loss(model, 1), model=model)


def samples() -> Drawing:
    """One network, called on three samples."""
    model = nn.MLP(2, [3, 1])
    return draw(loss(model, 3), model=model)


def hostile() -> Drawing:
    x, w = Value(1e-300, label="</script><img src=x onerror=alert(1)>"), Value(float("-inf"), label="学习率 η")
    y = x * w + Value(float("nan"), label='"&<{}|> \\N')
    z = y.tanh() - Value(-1.23456e-300, label="w" * 60)
    z.label = "`a` %% #35; -->"
    z.backward(allow_nonfinite=True)
    return draw(z)


def loss(model: nn.MLP, count: int) -> Value:
    numbers = random.Random(0)
    for parameter in model.parameters():
        parameter.data = round(numbers.uniform(-1, 1), 2)
    inputs = [[Value(round(numbers.uniform(-1, 1), 2), label=f"x[{i}][{j}]") for j in range(2)] for i in range(count)]
    total = autograd.sum([(model(x) - 1) ** 2 for x in inputs])
    total.label = "loss"
    total.backward()
    return total


GRAPHS: list[Callable[[], Drawing]] = [neuron, square, diamond, folded, samples, hostile]


@pytest.fixture(autouse=True)
def pygraphviz_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.fixture(params=GRAPHS, ids=[graph.__name__ for graph in GRAPHS])
def graph(request: pytest.FixtureRequest) -> Callable[[], Drawing]:
    made: Callable[[], Drawing] = request.param
    return made


def graphviz() -> str:
    if not find_spec("pygraphviz"):
        pytest.skip("no pygraphviz here")
    import pygraphviz

    return str(pygraphviz.__graphviz_version__)


def golden(name: str, made: str) -> str:
    """The golden text of that name; with GOLDEN=write, what was made just now."""
    path = GOLDEN / name
    if WRITE:
        path.write_text(f"{made}\n", encoding="utf-8")
        VERSION.write_text(f"{graphviz()}\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").removesuffix("\n")


def on_lines(svg: str) -> str:
    """The SVG with each element on a line of its own, so that a difference can be read."""
    return svg.replace("><", ">\n<")


def without_places(svg: str) -> str:
    return re.sub(r' (x|y|d|width|height|viewBox|transform|textLength)="[^"]*"', r' \1=""', svg)


def test_the_text(graph: Callable[[], Drawing]) -> None:
    text = graph().text()
    assert text == golden(f"{graph.__name__}.txt", text)


def test_what_the_svg_says(graph: Callable[[], Drawing]) -> None:
    svg = on_lines(graph().svg())
    assert without_places(svg) == without_places(golden(f"{graph.__name__}.svg", svg))


def test_where_the_svg_says_it(graph: Callable[[], Drawing]) -> None:
    svg = on_lines(graph().svg())
    expected = golden(f"{graph.__name__}.svg", svg)
    if (made_with := VERSION.read_text().strip()) != graphviz():
        pytest.skip(f"the golden files are of Graphviz {made_with}, and {graphviz()} is here")
    assert svg == expected


def test_there_is_no_golden_file_of_no_graph() -> None:
    names = {graph.__name__ for graph in GRAPHS}
    assert {path.name for path in GOLDEN.iterdir() if path.is_file()} == {
        f"{n}.{s}" for n in names for s in ("txt", "svg")
    } | {"graphviz"}
