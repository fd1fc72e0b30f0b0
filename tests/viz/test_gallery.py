"""The gallery's pictures as they were when somebody last looked at them.

    GOLDEN=write python -m pytest tests/viz/test_gallery.py

writes tests/viz/golden/gallery/ anew, after which the pictures are to be looked at: `python -m examples.gallery FOLDER`
draws them in a browser. What an SVG says is compared everywhere, of trainings without the numbers, whose last digits
are the machine's; where it says it, only with the Graphviz of tests/viz/golden/graphviz. Screenshots are not compared:
their fonts differ between machines.
"""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from examples.gallery import GRAPHS, PROGRAMS, TRAININGS
from examples.gallery.__main__ import main
from examples.gallery.pictures import LOOKS, PICTURES, file_name, write_gallery
from examples.gallery.sequences import SEQUENCES

GOLDEN = Path(__file__).parent / "golden" / "gallery"
VERSION = GOLDEN.parent / "graphviz"
WRITE = os.environ.get("GOLDEN") == "write"
PLACES = re.compile(r' (x|y|d|cx|cy|width|height|viewBox|transform|textLength)="[^"]*"')
NUMBERS = re.compile(r"[−-]?\d[\d.]*(?:e[−-]?\d+)?")


@pytest.fixture(autouse=True)
def pygraphviz_draws(monkeypatch):
    if not find_spec("pygraphviz"):
        pytest.skip("no pygraphviz here")
    monkeypatch.setenv("PATH", "")


def graphviz():
    import pygraphviz

    return str(pygraphviz.__graphviz_version__)


def golden(name, svg):
    """The stored picture; with GOLDEN=write, the one that was made just now."""
    path = GOLDEN / f"{file_name(name)}.svg"
    if WRITE:
        path.write_text(f"{svg}\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").removesuffix("\n")


def on_lines(svg):
    """Each element on a line of its own, so that a difference can be read."""
    return svg.replace("><", ">\n<")


def said(svg):
    """The words of a training, without its numbers."""
    texts = re.findall(r">([^<>]+)</(?:text|title)>", svg)
    return [NUMBERS.sub("0", text) for text in texts]


@pytest.mark.parametrize("name", [*GRAPHS, *PROGRAMS, *SEQUENCES])
def test_a_graph_is_drawn_as_it_was(name):
    svg = on_lines(PICTURES[name]().svg())
    expected = golden(name, svg)
    assert PLACES.sub(r' \1=""', svg) == PLACES.sub(r' \1=""', expected)
    if VERSION.read_text().strip() == graphviz():
        assert svg == expected


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_is_drawn_as_it_was(name):
    svg = on_lines(PICTURES[name]().svg())
    assert said(svg) == said(golden(name, svg))
    assert len(said(svg)) > 10


def test_there_is_a_stored_picture_of_each_and_no_other():
    assert {path.name for path in GOLDEN.iterdir()} == {f"{file_name(name)}.svg" for name in PICTURES}
    assert len(PICTURES) >= 30


def test_every_picture_says_what_it_is():
    assert all((make.__doc__ or "").strip() for make in (*GRAPHS.values(), *PROGRAMS.values(), *TRAININGS.values()))


@pytest.mark.browser
def test_a_page_a_picture_and_four_screenshots_of_each_and_an_index(tmp_path, chromium):
    names = ["square", "compiled network", "training on a line"]
    written = {path.name for path in write_gallery(tmp_path, names, chromium)}
    wanted = {f"{file_name(name)}.{end}" for name in names for end in ("svg", "html", *(f"{x}.png" for x in LOOKS))}
    assert written == {*wanted, "index.html"} == {path.name for path in tmp_path.iterdir()}
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert all(f'src="{name}"' in index for name in wanted if name.endswith(".png"))
    light, dark = ((tmp_path / f"square.{look}.png").read_bytes() for look in ("light", "dark"))
    assert light != dark


@pytest.mark.browser
@pytest.mark.parametrize("name", PICTURES)
def test_a_page_of_the_gallery_asks_for_nothing_and_throws_nothing(name, page, tmp_path):
    """What the fixture `page` checks at its end; and no page is wider than a telephone."""
    page.set_viewport_size({"width": 400, "height": 700})
    page.goto(PICTURES[name]().save(tmp_path / "page.html").as_uri())
    page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("h1").inner_text()


@pytest.mark.parametrize(
    ("arguments", "said_so"), [([], "FOLDER"), (["x", "sqare"], "'sqare' .did you mean 'square'?")]
)
def test_the_command_says_what_is_wrong(arguments, said_so, tmp_path):
    with pytest.raises(SystemExit, match=said_so):
        main([str(tmp_path / x) if x == "x" else x for x in arguments])
    assert not list(tmp_path.iterdir())
