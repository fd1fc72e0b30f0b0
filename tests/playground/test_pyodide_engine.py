"""The engine inside Pyodide, under Node.js, without NumPy: the same tests, run by the same pytest, as everywhere."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.operations import REFERENCE

from autograd.playground.build import npm_packages

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTEST = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "py")
OPTIONS = (
    "-q",
    "--noconftest",  # that one asks for a browser
    "-p",
    "no:cacheprovider",
    "-p",
    "fixtures.without_numpy",
    "-p",
    "fixtures.rules",
    "--capture=sys",
    "-rA",
    "--show-capture=no",
    "--deselect=tests/engine/test_tracers.py::test_where_nothing_draws_there_is_text",  # it asks for a drawing first
    "--override-ini=addopts=",
    "--import-mode=importlib",
)
FILES = (
    "test_frozen_numbers.py",
    "test_conventions.py",
    "test_derivatives.py",
    "test_value.py",
    "test_lecture.py",
    "test_one_answer.py",
    "test_tracers.py",
)


def location(name: str) -> str:
    """The folder of a package, or the file of a module."""
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin)
    return str(path.parent if path.name == "__init__.py" else path)


def outcomes(text: str, kind: str) -> set[str]:
    """The tests that a run of pytest with ``-rA`` lists as passed, or as skipped."""
    return set(re.findall(rf"^{kind} (?:\[\d+\] )?(\S.*)$", text, re.MULTILINE))


def collected(*files: str) -> set[str]:
    """The tests of these files, with NumPy."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "--override-ini=addopts=",
    ]
    done = subprocess.run([*command, *files], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    return {line for line in done.stdout.splitlines() if "::" in line}


def test_the_rules_give_the_frozen_numbers_in_pyodide(site: Path) -> None:
    pyodide = npm_packages() / "pyodide"  # whole: what a page loads lacks the debugger, which pytest imports
    packages = json.dumps([location(name) for name in PYTEST])
    frozen, *others = [f"tests/engine/{name}" for name in FILES]
    command = ["node", HERE / "run_in_pyodide.mjs", pyodide, ROOT, packages, *OPTIONS, frozen, *others]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    assert " on emscripten" in done.stdout.splitlines()[0]
    passed = outcomes(done.stdout, "PASSED")
    every = collected(frozen)
    assert len(every) > 3 * len(REFERENCE["operations"])  # values, gradients, second derivatives
    assert every - passed == set()  # each rule, each of its points
    for file in others:
        assert any(test.startswith(file) for test in passed), file
    assert done.stdout.count("SKIPPED") < len(passed) / 10  # of arrays
