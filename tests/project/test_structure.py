"""The house: no import leads upward or in a circle, no file and no function is long, and few may write a gradient."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tools.imports import FLOORS, ROOT, cycles, floor, imports, sources

PACKAGES = sources("autograd", "nn")
CODE = [*PACKAGES, *sources("benchmarks", "docs", "examples", "notebooks", "tools")]
TESTS = sources("tests")

GENERATED = "autograd/core/_operators.py"
LONG_FILES = {
    "autograd/rules.py": "the table of rules: one place to look an operation up",
    "benchmarks/exact.py": "the table of exact derivatives that rules.py is measured against",
}
"""Files of more than 400 lines."""
LONG_FUNCTIONS = {
    "autograd/backward.py _collect": "one loop over all nodes, in which a call of a function is measurable",
    "autograd/backward.py backward_pass": "what Ctrl-C may cut off, and what undoes it, in one block",
    "autograd/compiler/record.py visit": "one loop over all nodes, in which a call of a function is measurable",
    "benchmarks/mnist.py by_hand": "a training written by hand, from top to bottom, is what is measured",
    "benchmarks/recurrent.py numpy_lstm": "an LSTM written by hand, its arrays and both ways, is what is measured",
}
"""Functions of more than 40 lines, signature and docstring left out."""


class Facts(NamedTuple):
    """What is asked about one file."""

    lines: int
    functions: list[tuple[str, int]]  # the lines of each, signature and docstring left out
    writes_a_gradient: bool
    texts: set[str]


@functools.cache
def facts(path: str) -> Facts:
    text = (ROOT / path).read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(text)))
    return Facts(
        len(text.splitlines()),
        [(f"{path} {node.name}", length(node)) for node in nodes if isinstance(node, ast.FunctionDef)],
        any(map(writes_a_gradient, nodes)),
        {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)},
    )


@functools.cache
def graph() -> Mapping[str, Mapping[str, int]]:
    return imports([*CODE, *TESTS])


# ── imports ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_file_is_on_a_floor_and_every_room_exists():
    assert all(floor(path) >= 0 for path in [*CODE, *TESTS])
    rooms = [room for rooms in FLOORS for room in rooms]
    assert len(rooms) == len(set(rooms))
    assert [room for room in rooms if not (ROOT / room).exists()] == []


def test_no_import_leads_back():
    circles = [" → ".join(way) for way in cycles(graph())]
    assert circles == [], "\n".join(circles)


def test_no_import_leads_upward():
    upward = [
        f"{path}:{line} imports {file}"
        for path, files in graph().items()
        for file, line in files.items()
        if floor(file) > floor(path)
    ]
    assert upward == [], "\n".join(upward)


def test_the_packages_use_nothing_that_is_not_installed_with_them():
    assert {file for path in PACKAGES for file in graph()[path]} <= set(PACKAGES)
    assert [path for path in PACKAGES if "tests" in facts(path).texts] == []


def test_autograd_does_not_know_nn():
    users = {path for path in PACKAGES for file in graph()[path] if path.startswith("autograd/") and file[:3] == "nn/"}
    assert users == set()


CIRCLES = [
    ("import b", "import a"),
    ("from b import x", "def f():\n    from a import y"),
    ("import b", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a"),
    ("import b", "import importlib\nimportlib.import_module('a')"),
    ("import b", "class A:\n    def f(self):\n        __import__('a')"),
    ("from b import x", "try:\n    import a as z\nexcept ImportError:\n    pass"),
]


def test_what_value_stands_on_names_it_for_the_type_checker_alone(tmp_path):
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd/value.py").write_text("import autograd.node")
    for text, found in [
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from autograd.value import Value", {}),
        ("def f():\n    from autograd.value import Value", {"autograd/value.py": 2}),
    ]:
        (tmp_path / "autograd/node.py").write_text(text)
        assert imports(["autograd/node.py"], tmp_path) == {"autograd/node.py": found}


@pytest.mark.parametrize(("a", "b"), CIRCLES)
def test_a_circle_is_found_however_it_is_hidden(tmp_path, a, b):
    for name, text in [("a", a), ("b", b), ("c", "import a, math")]:
        (tmp_path / f"{name}.py").write_text(text)
    found = imports(["a.py", "b.py", "c.py"], tmp_path)
    assert found["c.py"] == {"a.py": 1}
    assert cycles(found) == [["a.py", "b.py", "a.py"]]


WAYS = [
    "from p import d",
    "from p.d import x",
    "import p.d",
    "from . import d",
    "from .d import x",
    "from ..p import d",
]


@pytest.mark.parametrize("text", WAYS)
def test_an_import_is_found_however_it_is_written(tmp_path, text):
    (tmp_path / "p").mkdir()
    for name, content in [("__init__", ""), ("d", "x = 1"), ("e", text)]:
        (tmp_path / f"p/{name}.py").write_text(content)
    assert imports(["p/e.py"], tmp_path)["p/e.py"] == {"p/d.py": 1}


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def length(function: ast.FunctionDef) -> int:
    """The lines of a function below its signature and docstring."""
    first, *others = function.body
    if ast.get_docstring(function) is not None and others:
        first = others[0]
    return function.end_lineno - first.lineno + 1


def test_no_file_is_long():
    assert {path: facts(path).lines for path in TESTS if facts(path).lines > 800} == {}
    long = {path: facts(path).lines for path in CODE if path != GENERATED and facts(path).lines > 400}
    assert set(long) == set(LONG_FILES), long


def test_no_function_is_long():
    files = {*CODE, *TESTS} - {GENERATED}
    long = {name: lines for path in files for name, lines in facts(path).functions if lines > 40}
    assert set(long) == set(LONG_FUNCTIONS), long


# ── gradients ───────────────────────────────────────────────────────────────────────────────────────────────────────


def writes_a_gradient(node: ast.AST) -> bool:
    """Whether this stores into the slot ``_grad`` of something."""
    match node:
        case ast.Attribute(attr="_grad", ctx=ast.Store() | ast.Del()):
            return True
        case ast.Call(func=ast.Name(id="getattr" | "hasattr" | "attrgetter")):
            return False
        case ast.Call():  # setattr(…), object.__setattr__(…), repeat("_grad") for map(setattr, …)
            return any(isinstance(argument, ast.Constant) and argument.value == "_grad" for argument in node.args)
        case ast.Attribute(attr="__set__" | "__delete__", value=ast.Attribute(attr="_grad")):
            return True
    return False


STATEMENTS = [
    ("x._grad = 1.0", True),
    ("x._grad += 1.0", True),
    ("x._grad: float = 1.0", True),
    ("a, x._grad = pair", True),
    ("for x._grad in numbers: pass", True),
    ("setattr(x, '_grad', 1.0)", True),
    ("object.__setattr__(x, '_grad', 1.0)", True),
    ("map(setattr, nodes, repeat('_grad'), grads)", True),
    ("Value._grad.__set__(x, 1.0)", True),
    ("del x._grad", True),
    ("y = x._grad + getattr(x, '_grad')", False),
    ("x.grad = 1.0", False),
]


@pytest.mark.parametrize(("text", "writes"), STATEMENTS)
def test_a_gradient_is_seen_however_it_is_written(text, writes):
    assert any(map(writes_a_gradient, ast.walk(ast.parse(text)))) == writes


def test_gradients_are_written_in_the_files_named_at_their_slot():
    words = ast.get_docstring(ast.parse((ROOT / "autograd/value.py").read_text(encoding="utf-8")))
    named = {
        f"autograd/{name}"
        for paragraph in words.split("\n\n")
        if "_grad" in paragraph
        for name in re.findall(r"([\w/]+\.py)\b", paragraph)
    }
    assert {path for path in CODE if facts(path).writes_a_gradient} == named | {"autograd/value.py"}


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("folder", sorted({Path(path).parent.as_posix() for path in PACKAGES}))
def test_a_folder_says_in_a_sentence_what_it_is(folder):
    words = ast.get_docstring(ast.parse((ROOT / folder / "__init__.py").read_text(encoding="utf-8")))
    assert words and words.splitlines()[0].endswith(".")
