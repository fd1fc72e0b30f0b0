"""Graphviz as a port: whichever stands behind it, the answers are the same."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from autograd.viz import load_graphviz
from autograd.viz.graphviz import browser
from autograd.viz.graphviz.positions import positions
from autograd.viz.graphviz.source import Source


@dataclass
class Viz:
    """An instance of @viz-js/viz, as Pyodide shows it to Python: options are keyword arguments."""

    status: str = "success"
    output: str = '{"bb": "0,0,1,1"}'
    errors: list[SimpleNamespace] = field(default_factory=list)

    def render(self, source: str, *, format: str, engine: str) -> "Viz":
        assert (format, engine) == ("json0", "dot") and source
        return self


@pytest.fixture
def page() -> Iterator[None]:
    yield
    browser._instance = None


def test_an_instance_that_is_loaded_lays_out(page: None) -> None:
    asyncio.run(load_graphviz(Viz()))
    assert positions(["digraph { a }"] * 2) == [{"bb": "0,0,1,1"}] * 2


@pytest.mark.parametrize("errors", [[], ["lost edge", "syntax error in line 1"]])
def test_what_it_says_of_a_source_it_cannot_lay_out(page: None, errors: list[str]) -> None:
    said = [SimpleNamespace(message=message) for message in errors]
    asyncio.run(load_graphviz(Viz("failure", "", said)))
    expected = f"^Graphviz could not draw this: {(errors or ['no reason given'])[-1]}$"
    with pytest.raises(RuntimeError, match=expected):
        positions(["digraph {"])


@pytest.mark.parametrize("source", [None, "https://localhost/viz.js"])
def test_outside_of_a_page_nothing_is_loaded(source: str | None) -> None:
    with pytest.raises(RuntimeError, match="outside of one, pictures are drawn without it"):
        asyncio.run(load_graphviz(source))


def test_what_is_no_instance_is_refused() -> None:
    with pytest.raises(TypeError, match="takes an address or an instance of @viz-js/viz, not int"):
        asyncio.run(load_graphviz(5))
    assert not browser.is_loaded()


@pytest.mark.parametrize("label", ['"', "a \\ b", "<", "->", "{", "η 学", "<<B>b</B>>"])
def test_graphviz_reads_what_is_written(label: str) -> None:
    dot = Source("values")
    dot.node("a b", label=label)
    (drawn,) = positions([dot.source])
    (node,) = drawn["objects"]
    assert node["name"] == "a b"
    assert node["label"] == (label[1:-1] if label.startswith("<<") else label)
