"""DOT source to a picture: by the system's Graphviz, or by the one inside pygraphviz's wheel.

Either runs in a process of its own, so nothing it prints reaches the user's stderr, the fonts it is given are its own,
Ctrl-C stops it, and a crash of it costs a picture and not the session.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from autograd.errors import MissingExtraError
from autograd.viz.graphviz.browser import HINT

__all__ = ["NEXT", "render"]

FONTS = Path(__file__).parents[1] / "fonts"
SYSTEM_FONTS = ["/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts"]
DPI = {"png": "144"}  # two pixels a point: sharp on a screen of high resolution
NEXT = "\n//\n"  # between two sources: a comment to Graphviz
TIMEOUT = 60.0  # seconds: what takes longer has more nodes than anybody can read


def render(source: str, kind: str, engine: str = "dot") -> bytes:
    """The picture of a DOT source as the bytes of a "png" or "pdf" file; as "json0", where everything in it stands.

    Several sources, joined by NEXT, are as many pieces of JSON: starting Graphviz takes longer than most layouts.
    engine: "dot" lays it out, "nop2" takes the places that are in it.

    Raises `MissingExtraError` where there is no Graphviz at all, and `RuntimeError` with Graphviz's own words where it
    cannot draw the source.

    >>> render("digraph { a -> b }", "png")[1:4]
    b'PNG'
    """
    complaint = ""
    with tempfile.TemporaryDirectory(prefix="autograd-") as folder:
        environment = os.environ | _settings(Path(folder), kind)
        for command in _commands(kind, engine):
            try:
                done = _run(command, source, environment)
            except subprocess.TimeoutExpired:
                raise RuntimeError(
                    f"Graphviz took over {TIMEOUT:g} s and was stopped: draw less, by focus=, path= or max_nodes="
                ) from None
            except OSError as error:
                complaint = str(error)
                continue
            if done.returncode == 0 and done.stdout:
                return _clean(done.stdout, kind)
            complaint = (done.stderr.decode(errors="replace").strip() or f"exit {done.returncode}").split("\n")[-1]
    if complaint:
        raise RuntimeError(f"Graphviz could not draw this: {complaint}")
    if sys.platform == "emscripten":
        raise MissingExtraError(HINT)
    raise MissingExtraError("a picture needs Graphviz, which pygraphviz brings: pip install pygraphviz")


def _commands(kind: str, engine: str) -> Iterator[list[str]]:
    """Commands that may turn DOT on stdin into a picture on stdout, best first."""
    if dot := shutil.which("dot"):
        yield [dot, f"-K{engine}", f"-T{kind}", *([f"-Gdpi={DPI[kind]}"] if kind in DPI else [])]
    if sys.executable and importlib.util.find_spec("pygraphviz"):
        yield [sys.executable, "-P", "-c", _DRAW, kind, engine, DPI.get(kind, "")]


# A script in a string rather than a module, so that starting it does not import this package.
_DRAW = """
import sys, pygraphviz
kind, engine, dpi = sys.argv[1:]
for source in sys.stdin.buffer.read().decode().split("\\n//\\n"):
    graph = pygraphviz.AGraph(string=source)
    sys.stdout.buffer.write(graph.draw(format=kind, prog=engine, args=dpi and f"-Gdpi={dpi}"))
"""


def _run(command: list[str], source: str, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command,
        input=source.encode(),
        capture_output=True,
        env=environment,
        timeout=TIMEOUT,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _clean(picture: bytes, kind: str) -> bytes:
    """Remove the time at which the picture was made."""
    return re.sub(rb"(/CreationDate \(D:)\d{14}", rb"\g<1>20000101000000", picture) if kind == "pdf" else picture


def _settings(folder: Path, kind: str) -> dict[str, str]:
    """Where Graphviz finds fonts on Linux, also on a machine that has none, and with no complaint about its settings.

    What the font that comes with the package lacks (Chinese) is looked for among the system's; not for a layout, which
    has no words (see dot.skeleton), and need not wait until fontconfig has looked through a thousand fonts.
    """
    if sys.platform != "linux":
        return {}
    system = [] if kind == "json0" else SYSTEM_FONTS
    folders = "".join(f"<dir>{escape(name)}</dir>" for name in [str(FONTS), *system])
    caches = f'<cachedir prefix="xdg">fontconfig</cachedir><cachedir>{escape(str(folder))}</cachedir>'
    unhinted = '<match target="font"><edit name="hinting"><bool>false</bool></edit></match>'
    file = folder / "fonts.conf"
    file.write_text(f'<?xml version="1.0"?><fontconfig>{folders}{caches}{unhinted}</fontconfig>', encoding="utf-8")
    return {"FONTCONFIG_FILE": str(file)}
