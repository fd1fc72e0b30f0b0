"""Graphviz comes from three makers, and each puts everything in the stored pictures at the same place."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from autograd.playground.build import npm_packages
from autograd.viz.graphviz import program
from autograd.viz.graphviz.positions import positions
from autograd.viz.write import layout
from examples.gallery import GRAPHS, PROGRAMS
from examples.gallery.pictures import PICTURES

pytestmark = pytest.mark.browser

SLOW = {"moons", "GPT", "attention weight"}  # to build, not to lay out
BROWSERS = """
const { instance } = await import(process.argv[1]);
const viz = await instance();
const sources = JSON.parse(await new Response(process.stdin).text());
const places = sources.map(source => viz.renderString(source, { format: "json0", engine: "dot" }));
console.log(JSON.stringify(places.map(JSON.parse)));
"""


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The source of each stored picture."""
    found: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in (*GRAPHS, *PROGRAMS) if name not in SLOW]:

            def keep(asked: Sequence[str], name: str = name) -> list[Any]:
                found.update(zip([name], asked, strict=False))
                return positions(asked)

            patch.setattr(layout, "positions", keep)
            PICTURES[name]().svg()  # type: ignore[attr-defined]
    assert len(found) > 20
    return found


def from_installed(sources: Sequence[str], patch: pytest.MonkeyPatch) -> list[Any]:
    """Of the Graphviz that is installed with the package."""
    patch.setattr(shutil, "which", lambda name: None)
    return positions(sources)


def from_dot(sources: Sequence[str], patch: pytest.MonkeyPatch) -> list[Any]:
    """Of the system's."""
    if not shutil.which("dot"):
        pytest.skip("no dot on the PATH")
    patch.setattr(program.importlib.util, "find_spec", lambda name: None)
    return positions(sources)


def from_page(sources: Sequence[str], patch: pytest.MonkeyPatch) -> list[Any]:
    """Of the one that a page loads."""
    module = (npm_packages() / "@viz-js" / "viz" / "dist" / "viz.js").resolve().as_uri()
    command = ["node", "--input-type=module", "-e", BROWSERS, module]
    done = subprocess.run(command, input=json.dumps(sources), capture_output=True, encoding="utf-8", check=True)
    places: list[Any] = json.loads(done.stdout)
    return places


@pytest.mark.parametrize("maker", [from_dot, from_page])
def test_each_puts_everything_at_the_same_place(
    maker: Callable[..., list[Any]], sources: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, site: object
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        installed = from_installed([*sources.values()], patch)
    for name, ours, others in zip(sources, installed, maker([*sources.values()], monkeypatch), strict=True):
        here, there = places(ours), places(others)
        assert here.keys() == there.keys(), name
        if maker is from_dot:  # a system's may be years older, and then routes lines otherwise
            continue
        differences = [abs(x - y) for key in here for x, y in zip(here[key], there[key], strict=True)]
        assert max(differences) <= 1, name


def places(drawn: Mapping[str, Any]) -> dict[str, list[float]]:
    """Everything that has a place, in order, and its numbers."""
    things = {thing["name"]: thing for thing in drawn.get("objects", [])}
    things |= {f"edge {thing['id']}": thing for thing in drawn.get("edges", [])}
    texts = {name: thing.get("pos") or thing.get("bb", "") for name, thing in things.items()}
    return {
        name: [float(number) for number in re.findall(r"-?[\d.]+(?:e\+\d+)?", text)] for name, text in texts.items()
    }
