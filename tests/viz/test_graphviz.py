"""Graphviz as a port: whichever stands behind it, the pictures are the same."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograd.viz import load_graphviz
from autograd.viz.graphviz import browser, program, wasm
from autograd.viz.graphviz.positions import positions
from autograd.viz.graphviz.source import Source
from autograd.viz.write import layout
from examples.gallery import GRAPHS, PROGRAMS
from examples.gallery.pictures import PICTURES

SLOW = {"moons", "GPT", "attention weight"}  # to build, not to lay out
STORED = [name for name in (*GRAPHS, *PROGRAMS) if name not in SLOW]
NEWEST = json.loads((wasm.FOLDER / "graphviz.json").read_text(encoding="utf-8"))


# ── the same places from each ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sources() -> Mapping[str, str]:
    """The source of each stored picture of tests/viz/golden/gallery."""
    found: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in STORED:

            def keep(asked: Sequence[str], name: str = name) -> list[Any]:
                found.update(zip([name], asked, strict=False))
                return positions(asked)

            patch.setattr(layout, "positions", keep)
            PICTURES[name]().svg()  # type: ignore[attr-defined]
    assert len(found) > 20
    return found


def from_dot(sources: Sequence[str], patch: pytest.MonkeyPatch) -> tuple[list[str], str]:
    if not shutil.which("dot"):
        pytest.skip("no dot on the PATH")
    patch.setattr(program, "find_spec", lambda name: None)
    version = subprocess.run(["dot", "-V"], capture_output=True, text=True, check=True).stderr
    return program.positions(sources), re.findall(r"version ([\d.]+)", version)[0]


def from_pygraphviz(sources: Sequence[str], patch: pytest.MonkeyPatch) -> tuple[list[str], str]:
    if not find_spec("pygraphviz"):
        pytest.skip("no pygraphviz here")
    import pygraphviz

    patch.setenv("PATH", "")
    return program.positions(sources), pygraphviz.__graphviz_version__


def from_javascript(sources: Sequence[str], patch: pytest.MonkeyPatch) -> tuple[list[str], str]:
    """The module that `load_graphviz` brings, under Node.js."""
    folders = [*Path(os.environ.get("VIZ_JS", "/nowhere")).glob("dist/viz.js")]
    if not shutil.which("node") or not folders:
        pytest.skip("no node, or no @viz-js/viz, whose folder VIZ_JS names")
    script = f"""
        const {{ instance }} = await import({json.dumps(folders[0].resolve().as_uri())});
        const viz = await instance();
        const sources = JSON.parse(await new Response(process.stdin).text());
        const places = sources.map(source => viz.renderString(source, {{ format: "json0", engine: "dot" }}));
        console.log(JSON.stringify([places, viz.graphvizVersion]));
    """
    command = ["node", "--input-type=module", "-e", script]
    texts, version = json.loads(subprocess.run(command, input=json.dumps(sources).encode(), capture_output=True).stdout)
    return texts, version


@pytest.mark.parametrize("maker", [from_pygraphviz, from_dot, from_javascript])
def test_another_graphviz_puts_everything_at_the_same_place(
    maker: Any, sources: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not wasm.is_here():
        pytest.skip("no wasmtime here")
    texts, version = maker([*sources.values()], monkeypatch)
    for name, ours, others in zip(sources, wasm.positions([*sources.values()]), texts, strict=True):
        if version == NEWEST["graphviz"]:
            assert json.loads(others) == json.loads(ours), name
            continue
        here, there = places(json.loads(ours)), places(json.loads(others))
        assert here.keys() == there.keys(), name
        if int(version.split(".")[0]) >= 14:  # older ones route edges otherwise, and put some groups elsewhere
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


@pytest.mark.parametrize("maker", [wasm, program], ids=["wasm", "program"])
@pytest.mark.parametrize("label", ['"', "a \\ b", "<", "->", "{", "η 学", "<<B>b</B>>"])
def test_graphviz_reads_what_is_written(maker: Any, label: str) -> None:
    if not maker.is_here():
        pytest.skip("not here")
    dot = Source("values")
    dot.node("a b", label=label)
    (drawn,) = map(json.loads, maker.positions([dot.source]))
    (node,) = drawn["objects"]
    assert node["name"] == "a b"
    assert node["label"] == (label[1:-1] if label.startswith("<<") else label)


@pytest.mark.parametrize(
    ("maker", "words"),
    [(wasm, "syntax error in line 1"), (program, "Invalid Input|syntax error")],
    ids=["wasm", "program"],
)
def test_what_it_says_of_a_source_it_cannot_read(maker: Any, words: str) -> None:
    if not maker.is_here():
        pytest.skip("not here")
    with pytest.raises(RuntimeError, match=r"^Graphviz could not draw this: .*(syntax error|Invalid Input)"):
        maker.positions(["digraph {"])
    assert len(maker.positions(["digraph { a }"])) == 1


# ── WebAssembly in this process ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def runs_here() -> None:
    if not wasm.is_here():
        pytest.skip("no wasmtime here")


def chain(length: int) -> str:
    return f"digraph {{ {'; '.join(f'n{index} -> n{index + 1}' for index in range(length))} }}"


def tangle(size: int) -> str:
    """A graph that takes Graphviz a minute."""
    pairs = ((index, (index * step + 7) % size) for index in range(size) for step in range(2, 40))
    return f"digraph {{ {'; '.join(f'{tail} -> {head}' for tail, head in pairs)} }}"


def test_a_graph_too_deep_for_its_stack_costs_a_picture_and_nothing_else(runs_here: None) -> None:
    with pytest.raises(RuntimeError, match=r"^Graphviz could not draw this: .*call stack exhausted"):
        positions([chain(20_000)])
    assert positions([chain(200)])[0]["bb"]


def test_its_memory_grows(runs_here: None) -> None:
    graphviz, comment = wasm._graphviz(), "x" * 4_000
    assert graphviz is not None
    instance = wasm._Instance(graphviz)
    nodes = "; ".join(f'n{index} [comment="{index} {comment}"]' for index in range(1_200))
    before = instance._memory.data_len(instance._store)
    drawn = json.loads(instance.positions(f"digraph {{ {nodes} }}"))
    assert drawn["objects"][-1]["comment"] == f"1199 {comment}"
    assert instance._memory.data_len(instance._store) > before


def test_a_limit_of_time_stops_it_and_no_other(runs_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = []
    other = threading.Thread(target=lambda: answers.extend(positions([chain(300)] * 20)))
    other.start()
    monkeypatch.setattr(program, "TIMEOUT", 0.05)
    with pytest.raises(RuntimeError, match=r"^Graphviz took over 0\.05 s and was stopped: draw less"):
        wasm.positions([tangle(300)])
    monkeypatch.undo()
    other.join()
    assert len(answers) == 20


@pytest.mark.skipif(sys.platform == "win32", reason="a signal cannot be sent there")
def test_ctrl_c_stops_it(runs_here: None) -> None:
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT))
    start = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        positions([tangle(300)])
    timer.join()
    assert time.monotonic() - start < program.TIMEOUT / 2
    assert positions(["digraph { a }"])[0]["bb"]


def test_a_process_that_was_forked_draws(runs_here: None) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    command = (
        "import os, warnings; warnings.simplefilter('ignore')\n"
        "from autograd.viz.graphviz.positions import positions\n"
        "positions(['digraph { a }'])\n"
        "child = os.fork()\n"
        "print(positions(['digraph { a -> b }'])[0]['bb'], flush=True)\n"
        "if child: assert os.waitpid(child, 0)[1] == 0\n"
        "else: os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0,0,54,108\n" * 2, "")


def test_a_home_that_cannot_be_written_has_no_cache(runs_here: None, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    home = {name: str(tmp_path / "home") for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE")}
    command = "from autograd.viz.graphviz import wasm; print(wasm.is_here())"
    done = subprocess.run([sys.executable, "-c", command], env=os.environ | home, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


# ── in a page ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Viz:
    """An instance of @viz-js/viz, as Pyodide shows it to Python: options are keyword arguments."""

    status: str = "success"
    output: str = '{"bb": "0,0,1,1"}'
    errors: list[SimpleNamespace] = field(default_factory=list)

    def render(self, source: str, *, format: str, engine: str) -> Viz:
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
def test_what_an_instance_says_of_a_source_it_cannot_lay_out(page: None, errors: list[str]) -> None:
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
    assert not browser.is_here()


def test_the_page_and_the_package_have_the_same_graphviz() -> None:
    name, version = NEWEST["package"].split()
    assert f"npm/{name}@{version}/" in browser.ADDRESS
