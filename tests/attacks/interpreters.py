"""Attacks by odd interpreters and moving ground: sources that change or are not there, a zip, -O, -OO, -I, -W error."""

from __future__ import annotations

import compileall
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from attacks.files import ROOT, Outcome

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
check("/∂a = b = " in str(play(product, language="en")), "the player has formulas")
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


FLAGS = (
    ("-O",),
    ("-OO",),
    ("-I",),
    ("-W", "error"),
    ("-OO", "-W", "error"),
    ("-O", "-I"),
    ("-X", "dev", "-W", "error"),
)


def run(outcome: Outcome, library: Path, *flags: str, before_use: str = "", python: str = sys.executable) -> None:
    """Go through graph, pictures, training and compiler in such an interpreter."""
    outcome.tries += 1
    program = f"LIBRARY = {str(library)!r}\n{PROGRAM.replace('BEFORE_USE', before_use)}"
    if "-I" in flags:  # which leaves PYTHONPATH out
        program = f"import sys; sys.path.insert(0, {str(library)!r})\n{program}"
    done = _python(library, *flags, "-c", program, python=python)
    if done.returncode or "held" not in done.stdout:
        outcome.fault(f"{' '.join(flags)}: {done.stderr[-150:]}")


def _python(
    library: Path, *arguments: str, python: str = sys.executable, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(library), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [python, *arguments], capture_output=True, text=True, encoding="utf-8", env=environment,
        cwd=cwd or library.parent,
    )  # fmt: skip


def _installed(folder: Path) -> Path:
    """A copy of the packages as they are installed."""
    for package in ("autograd", "nn"):
        shutil.copytree(ROOT / package, folder / "library" / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "library"


def flags(folder: Path, chosen: tuple[tuple[str, ...], ...] = FLAGS) -> Outcome:
    """Options of Python change nothing."""
    outcome, library = Outcome(), _installed(folder)
    for options in chosen:
        run(outcome, library, *options)
    return outcome


def changed_sources(folder: Path) -> Outcome:
    """What runs is what was imported: every source has another text before the first operation."""
    outcome = Outcome()
    run(outcome, _installed(folder), before_use=CHANGE_THE_SOURCES)
    return outcome


def no_sources(folder: Path) -> Outcome:
    """Compiled files alone; the exercises, which are sources, say what they need."""
    outcome, library = Outcome(), _installed(folder)
    compileall.compile_dir(library, quiet=1, legacy=True)
    for path in library.rglob("*.py"):
        path.unlink()
    run(outcome, library)
    _learn(outcome, library)
    return outcome


def in_a_zip(folder: Path) -> Outcome:
    """A zip on the path; the exercises say what they need."""
    outcome, library = Outcome(), _installed(folder)
    packed = Path(shutil.make_archive(str(library), "zip", library))
    run(outcome, packed)
    _learn(outcome, packed)
    return outcome


def _learn(outcome: Outcome, library: Path) -> None:
    outcome.tries += 1
    done = _python(library, "-m", "autograd", "learn", "list")
    if done.returncode != 1 or "there are no exercises in" not in done.stderr or "Traceback" in done.stderr:
        outcome.fault(f"learn: {done.returncode} {done.stderr[-150:]}")


# ── other Pythons ───────────────────────────────────────────────────────────────────────────────────────────────────


def version(python: str) -> str:
    """The version of an interpreter."""
    command = [python, "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def other(folder: Path, python: str, tests: tuple[str, ...] = ()) -> Outcome:
    """Another Python: graph, pictures, training and compiler, and the tests in these folders."""
    outcome = Outcome()
    run(outcome, _installed(folder), python=python)
    if tests:
        done = _python(
            ROOT, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", "--no-header", "--tb=no",
            "-n", "auto", *tests,
            python=python, cwd=ROOT,
        )  # fmt: skip
        counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
        outcome.tries += sum(counts.values())
        for fault in re.findall(r"^(?:FAILED|ERROR) (.*)$", done.stdout, re.MULTILINE):
            outcome.fault(fault)
        if done.returncode and not outcome.faults:
            outcome.fault(done.stdout[-150:] + done.stderr[-150:])
    return outcome
