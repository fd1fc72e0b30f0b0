"""Odd interpreters and moving ground: sources that change or are not there, a zip, -O, -OO, -I, -W error."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PROGRAM = """
import math
import numpy as np
import autograd, nn
from autograd import Value, draw, play

def check(held, what):
    if not held:  # no assert: -O leaves those out
        raise SystemExit(f"does not hold: {what}")

check(autograd.__file__.startswith(LIBRARY), autograd.__file__)

def numbers():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b + a.tanh() / (1.0 - b) + autograd.logaddexp(a, b) + (2.0 ** a) - b.gelu()
    loss.backward()
    return [loss.data, a.grad, b.grad]

BEFORE_USE
expected = [0.25177193760296257, 0.7835585775287875, 2.0788902218832073]  # mpmath, 40 digits
found = numbers()
check(all(math.isclose(x, y, rel_tol=1e-12) for x, y in zip(found, expected)), found)
product = Value(2.0, label="a") * Value(3.0, label="b")
check("∂/∂a = b" in str(play(product, language="en")), "the player has formulas")
check(draw(product).to_dot().source and "a" in str(draw(product)), "pictures")
model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
history = nn.fit(model, np.ones((4, 2)), np.ones(4), epochs=2, lr=0.1, progress=False)
check(history["loss"][1] < history["loss"][0], "training")
check(autograd.compile(lambda x: model(x))(np.ones((3, 2))).shape == (3,), "compiling")
print("held")
"""

CHANGE_THE_SOURCES = """
from pathlib import Path
for path in Path(LIBRARY).rglob("*.py"):
    path.write_text("# a line more\\n" + path.read_text(encoding="utf-8").replace("a * b", "a + b"), encoding="utf-8")
"""


def run(library: Path, *flags: str, before_use: str = "") -> str:
    program = f"LIBRARY = {str(library)!r}\n{PROGRAM.replace('BEFORE_USE', before_use)}"
    if "-I" in flags:  # which leaves PYTHONPATH out
        program = f"import sys; sys.path.insert(0, {str(library)!r})\n{program}"
    environment = {**os.environ, "PYTHONPATH": str(library), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *flags, "-c", program]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=library.parent
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the packages as they are installed."""
    for package in ("autograd", "nn"):
        shutil.copytree(ROOT / package, tmp_path / "library" / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "library"


@pytest.mark.parametrize("flags", [("-OO", "-W", "error"), ("-O", "-I")], ids=" ".join)
def test_the_flags_of_python_change_nothing(library: Path, flags: tuple[str, ...]) -> None:
    assert "held" in run(library, *flags)


def test_what_runs_is_what_was_imported(library: Path) -> None:
    """A `git pull` under a running kernel: every source has another text before the first operation."""
    assert "held" in run(library, before_use=CHANGE_THE_SOURCES)


def test_no_sources(library: Path) -> None:
    assert compileall.compile_dir(library, quiet=1, legacy=True)
    for path in library.rglob("*.py"):
        path.unlink()
    assert "held" in run(library)


def test_in_a_zip(library: Path) -> None:
    assert "held" in run(Path(shutil.make_archive(str(library), "zip", library)))
