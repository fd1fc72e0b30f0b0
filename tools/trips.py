"""Trace the files that a computation passes through, in order, by noting each file when one of its functions is called.

``python tools/trips.py OUT SCRIPT`` runs a script and writes its files to OUT. This is how the child process of
`learn check` is traced, which starts without this project on its path.
"""

from __future__ import annotations

import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, TextIO

ROOT = Path(__file__).parents[1]
CHILD = "worker.py"
"""The script of the child process, which is watched too."""


WRONG = "def nudge(f, x, h=1e-5):\n    return (f(x + h) - f(x)) / h\n"
"""A solution of the first exercise that is not right: the check has most to do with it."""


class Trip(NamedTuple):
    """A computation to trace. given: code that runs once. run: code that runs twice; only the second run is traced."""

    name: str
    given: str
    run: str


class Stop(NamedTuple):
    """A file on the way, its first function that is called, and whether that happens in a child process."""

    file: str
    function: str
    is_in_child: bool


TRIPS = (
    Trip("product", "a, b = Value(2.0), Value(-3.0)", "a * b"),
    Trip("backward", "v = (Value(2.0) * Value(-3.0)).tanh()", "v.backward()"),
    Trip("draw", "v = Value(2.0) * Value(-3.0)", "autograd.draw(v).save(folder / 'graph.svg')"),
    Trip(
        "compile",
        "net, X = nn.MLP(3, [4, 1]), np.ones((8, 3))",
        "autograd.compile(lambda x: net(x) ** 2).value_and_grad(X)",
    ),
    Trip(
        "check",
        "cli.main(['learn', 'start', str(folder)]); (folder / 'e01_nudge.py').write_text(WRONG)",
        "cli.main(['learn', '--dir', str(folder), 'check', '1'])",
    ),
)

_SCRIPT = """
import contextlib, io, sys, tempfile
from pathlib import Path
sys.path.insert(0, {root!r})
import numpy as np
import autograd, nn
import autograd.__main__ as cli
from autograd import Value
from tools.trips import WRONG, watched
with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(io.StringIO()):
    folder = Path(name)
    {given}
    {run}
    with watched({out!r}):
        {run}
"""


def stops(trip: Trip) -> list[Stop]:
    """Return the files that a trip passes through, in order."""
    with tempfile.TemporaryDirectory() as folder:
        out, child = Path(folder, "out"), Path(folder, "out.child")
        script = _SCRIPT.format(root=str(ROOT), given=trip.given, run=trip.run, out=str(out))
        subprocess.run([sys.executable, "-c", script], check=True)
        lines = [
            (line.split(" "), file is child)
            for file in (out, child)
            if file.exists()
            for line in file.read_text(encoding="utf-8").splitlines()
        ]
    return [Stop(file, function, is_in_child) for (file, function), is_in_child in lines]


class watched:
    """Write the files that the block passes through to a file, and those of a child process to another next to it."""

    def __init__(self, out: str) -> None:
        self.out, self.popen = out, subprocess.Popen

    def __enter__(self) -> None:
        subprocess.Popen = self._started  # type: ignore[misc,assignment]
        self.file = Path(self.out).open("w", encoding="utf-8")
        sys.setprofile(_noting(self.file))

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)
        self.file.close()
        subprocess.Popen = self.popen  # type: ignore[misc]

    def _started(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        script = next((i for i, part in enumerate(command) if Path(part).name == CHILD), None)
        if script is not None:
            command = [*command[:script], __file__, f"{self.out}.child", *command[script:]]
        return self.popen(command, **options)


def _noting(out: TextIO) -> Callable[[FrameType, str, Any], None]:
    """Return a profile function that writes each file in the packages once, except for code that an import runs."""
    seen = {str(ROOT / "autograd/util/thread_locks.py")}  # in Python from 3.14 on alone
    importing = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal importing
        code = frame.f_code
        is_import = code.co_name == "<module>" and frame.f_globals.get("__name__") != "__main__"
        if is_import:
            importing += (event == "call") - (event == "return")
        elif event == "call" and not importing and code.co_name != "<module>" and code.co_filename not in seen:
            seen.add(code.co_filename)
            path = Path(code.co_filename)
            if path.is_relative_to(ROOT / "autograd") or path.is_relative_to(ROOT / "nn"):
                print(
                    path.relative_to(ROOT).as_posix(), code.co_qualname.partition(".<locals>")[0], file=out, flush=True
                )

    return note


if __name__ == "__main__":
    out, script = sys.argv[1:3]
    del sys.argv[:2]
    with Path(out).open("w", encoding="utf-8") as file:
        sys.setprofile(_noting(file))
        runpy.run_path(script, run_name="__main__")
