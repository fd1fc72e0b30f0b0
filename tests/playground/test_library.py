"""What a page leaves out of Python's library is kept by hand: nothing that is used may be among it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograd.learn.exercises.exercise import EXERCISES
from autograd.playground.build import npm_packages
from autograd.playground.in_browser import learn, left_out
from autograd.playground.packing import STDLIB

ROOT = Path(__file__).parents[2]
LOADED = "import sys\n{}\nprint(*sys.modules)"
PAGES = """
from autograd.playground.in_browser import calls
for module in calls.MODULES:
    __import__(f"autograd.playground.in_browser.{module}")
calls.call("play.run", '{"source": "from autograd import Value; Value(2.0) * 3", "language": "en"}')
"""
ARRAYS = """
import numpy, nn, autograd
compiled = autograd.compile(lambda x: x * x)
compiled.value_and_grad(numpy.ones(3)[0])
nn.fit(nn.Linear(1, 1, seed=0), [[0.0], [1.0]], [[1.0], [2.0]], epochs=2, progress=False)
"""
BUILT_IN = {"importlib._bootstrap", "importlib._bootstrap_external", "zipimport"}


def modules(archive: Path) -> set[str]:
    """The names of the modules in an archive of Python's library."""
    with zipfile.ZipFile(archive) as file:
        paths = [Path(name) for name in file.namelist() if name.endswith((".py", ".pyc"))]
    return set(map(module_name, paths))


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@pytest.fixture(scope="module")
def missing(site: Path) -> set[str]:
    """The modules that Pyodide has and a page has not."""
    (library,) = site.glob(f"pyodide-*/{STDLIB}")
    missing = modules(npm_packages() / "pyodide" / STDLIB) - modules(library)
    assert {"unittest", "http.server", "pdb"} <= missing
    return missing - BUILT_IN


@pytest.mark.browser  # which the site is built for
@pytest.mark.parametrize("program", [PAGES, ARRAYS], ids=["pages", "arrays"])
def test_what_the_pages_load_is_there(program: str, missing: set[str]) -> None:
    """In an ordinary Python the same is loaded, and with it NumPy, which here is not to be had for a page."""
    command = [sys.executable, "-c", LOADED.format(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert missing & set(done.stdout.split()) == set()


@pytest.mark.browser
def test_what_the_exercises_import_is_there(missing: set[str]) -> None:
    for exercise in EXERCISES[: learn.LAST]:
        for path in exercise.folder.rglob("*.py"):
            assert missing & set(imported(path)) == set(), path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.browser
def test_what_is_there_imports_nothing_at_once_that_is_not(site: Path, missing: set[str]) -> None:
    """A module of the library, without those that it asks for in a `try`."""
    left_out = {}
    with zipfile.ZipFile(npm_packages() / "pyodide" / STDLIB) as file:
        for name in file.namelist():
            module = module_name(Path(name))
            if name.endswith(".py") and module not in missing:
                left_out[module] = missing & set(at_once(file.read(name).decode()))
    assert {module: names for module, names in left_out.items() if names} == {}


def at_once(source: str) -> Iterator[str]:
    """The modules that lines which are not indented import; this Python may be too old to parse them."""
    for package, names in re.findall(r"^(?:from ([a-zA-Z_][\w.]*) )?import ([\w., ]+)", source, re.MULTILINE):
        modules = [name.split()[0] for name in names.split(",") if name.split()]
        yield from [package, *(f"{package}.{name}" for name in modules)] if package else modules


def test_what_is_left_out_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [])
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    left_out.explain()
    left_out.explain()
    assert sys.meta_path == [left_out.LeftOut]
    with pytest.raises(ModuleNotFoundError, match=r"^wave is a part of Python's library that this page leaves out"):
        __import__("wave")
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'a_module_that_is_not_there'$"):
        __import__("a_module_that_is_not_there")
