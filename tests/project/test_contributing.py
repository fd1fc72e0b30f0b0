"""CONTRIBUTING's table is true: what it names is there, and touching only that is enough, in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from fixtures.operations import OWN

ROOT = Path(__file__).parents[2]
TABLE = (
    (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Which single place")[2].partition("\n\nIf ")[0]
)
ROWS = {
    cells[0].strip(): cells[1]
    for line in TABLE.splitlines()
    if len(cells := line.strip("| ").split(" | ")) > 1 and cells[0] != "for"
}


def terms(row: str) -> list[str]:
    """What stands between backticks in a cell."""
    return re.findall(r"`([^`]+)`", row)


def paths(row: str) -> list[str]:
    """The files and folders that a cell names."""
    return [term for term in terms(row) if re.fullmatch(r"[\w./-]+(/|\.(py|md|toml|js))", term)]


def text_of(path: str) -> str:
    files = [ROOT / path] if (ROOT / path).is_file() else sorted((ROOT / path).rglob("*.py"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("row", ROWS)
def test_what_a_row_names_is_there(row):
    named = paths(ROWS[row])
    assert [path for path in named if not (ROOT / path).exists()] == []
    code = "\n".join(map(text_of, named))
    for term in set(terms(ROWS[row])) - set(named):
        if term.startswith("make "):
            assert re.search(rf"^{term[5:]}:", text_of("Makefile"), re.MULTILINE), term
        elif term.startswith("python -m "):
            assert (ROOT / f"{term.split()[2].replace('.', '/')}.py").exists(), term
        elif term.startswith("python "):
            assert (ROOT / term.split()[1]).exists(), term
        else:
            assert named and re.search(rf"\b{term.strip('@=')}\b", code), f"{term} is in none of {named}"


def test_the_table_is_read():
    assert len(ROWS) > 15
    assert all(paths(row) or "`python -m " in row for row in ROWS.values())


# ── touching only that ──────────────────────────────────────────────────────────────────────────────────────────────


class Change(NamedTuple):
    """An addition as somebody would make it who has read these rows."""

    rows: tuple[str, ...]
    edits: dict[str, tuple[str, str]]  # file: what stands there, and what then does; "" is the end of the file
    program: str
    commands: tuple[str, ...] = ()  # what is run before it


OPERATION = Change(
    ("an operation", "what the tests ask of an operation"),
    {
        "autograd/rules.py": (
            "",
            '''

@rule(symbol="⊕", samples=[(2.0,), (-0.5,)], edges=[(0.0,), (_INF,)])
def witch(x):
    """1 / (1 + x²).   ∂/∂x = −2x / (1 + x²)²."""
    out = 1.0 / (1.0 + x * x)
    return out, (-2.0 * x * out * out,)


__all__ += ["witch"]
''',
        ),
        "benchmarks/exact.py": (
            "",
            """

@exact()
def witch(x):
    size = 1 + x * x
    return 1 / size, (-2 * x / size**2,), ((6 * x * x - 2) / size**3,)
""",
        ),
        "tests/engine/test_frozen_numbers.py": (
            "FROZEN_ELSEWHERE = {\n",
            'FROZEN_ELSEWHERE = {\n    "witch": "no other library has it; against mpmath in test_accuracy.py",\n',
        ),
        "docs/benchmarks.md": (f"| {len(OWN)}, and your own", f"| {len(OWN) + 1}, and your own"),
    },
    """
import numpy as np
import autograd
from autograd import Value, draw, grad, gradcheck, play, witch
from autograd.core._operators import Operators

x = Value(2.0, label="x")
y = x.witch()
y.backward()
assert (y.data, round(x.grad, 15)) == (0.2, -0.16)
assert "witch" in vars(Operators), "written into the generated methods"
assert witch(np.array([0.0, 1.0])).tolist() == [1.0, 0.5]
assert [v.data for v in witch(np.array([x, Value(1.0)]))] == [0.2, 0.5]
assert abs(grad(grad(witch))(1.0) - 0.5) < 1e-15  # (6x² − 2) / (1 + x²)³
assert gradcheck(witch, 0.7, order=3)
compiled = autograd.compile(lambda x: witch(x) * x)
assert compiled(np.array([1.0, 2.0])).tolist() == [0.5, 0.4]
assert "⊕" in draw(y).to_dot().source
assert "(1 + x²)²" in str(play(y, language="en"))
""",
    (
        "-m tools.operators",
        "-m pytest -q -p no:cacheprovider -k witch tests/engine/test_rules.py tests/engine/test_accuracy.py",
        "-m pytest -q -p no:cacheprovider -k says_why_not tests/engine/test_frozen_numbers.py",
        "-m pytest -q -p no:cacheprovider -k operations_are_counted tests/project/test_readme.py",
    ),
)

LOSS = Change(
    ("a layer, loss, optimizer, data set",),
    {
        "nn/losses/of_numbers.py": (
            "",
            '''

@loss_function()
def quartic_loss(predictions: Any, targets: Any, reduction: Reduction = "mean") -> Value:
    """The mean of the errors' fourth powers, Σ (pᵢ − tᵢ)⁴ / n.

    >>> quartic_loss([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(8.5)
    """
    return reduced([(p - t) ** 4 for p, t in pairs_of(predictions, targets)], reduction)
''',
        ),
        "nn/losses/__init__.py": (
            "import half_squared_error, huber_loss, mae_loss, mse_loss\n",
            "import half_squared_error, huber_loss, mae_loss, mse_loss, quartic_loss\n",
        ),
        "nn/__init__.py": ("    mse_loss,\n", "    mse_loss,\n    quartic_loss,\n"),
    },
    """
import numpy as np
import nn

x = np.linspace(-1, 1, 20)[:, None]
model = nn.MLP(1, [4, 1], activation="tanh", seed=0)
history = nn.fit(model, x, x[:, 0] ** 2, loss="quartic", epochs=5, lr=0.05, progress=False)
assert history["loss"][-1] < history["loss"][0]
assert nn.quartic_loss([nn.Neuron(1, seed=0)([0.0])], [0.0]).data == 0.0
""",
)

FIELD = Change(
    ("what a picture shows of a value",),
    {
        "autograd/viz/picture.py": (
            "    repeats: int = 1\n",
            "    repeats: int = 1\n    is_below_zero: bool = False\n",
        ),
        "autograd/viz/fold/assemble.py": (
            "            repeats=len(copies),\n",
            "            repeats=len(copies),\n            is_below_zero=all(value.data < 0 for value in values),\n",
        ),
        "autograd/viz/write/boxes.py": (
            "    return rows\n\n\ndef",
            '    if node.is_below_zero:\n        rows.append(Row("note", "", "below zero"))\n    return rows\n\n\ndef',
        ),
    },
    """
from autograd import Value, draw, play

product = Value(2.0, label="a") * Value(-3.0, label="b")
product.backward()
drawing, player = draw(product), play(product)
for form in (drawing.to_dot().source, drawing.to_mermaid(), drawing.svg(), drawing.text(), player.svg()):
    assert form.count("below zero") >= 2, form[:200]
""",
)

MISTAKE = Change(
    ("a mistake that learners make",),
    {
        "autograd/learn/exercises/e04_rules/check.py": (
            '    "R3": (ADD, MUL),\n',
            '    "M99": ("(g * b, g * a)", "(-g * b, -g * a)"),\n    "R3": (ADD, MUL),\n',
        ),
        "autograd/learn/checking/misconceptions.py": (
            '    "M14": "mul swapped",\n',
            '    "M14": "mul swapped",\n    "M99": "mul turns the sign",\n',
        ),
        "autograd/learn/reporting/locale/en.toml": (
            "\n[bug]\n",
            '\n[bug]\nM99 = "A product keeps the sign of what arrives."\n',
        ),
        "autograd/learn/reporting/locale/zh.toml": ("\n[bug]\n", '\n[bug]\nM99 = "乘法不改变上游梯度的符号。"\n'),
    },
    """
import contextlib, io
from autograd.__main__ import main

with contextlib.redirect_stdout(io.StringIO()) as printed:
    status = main(["learn", "verify", "4"])
assert status == 0, printed.getvalue()
assert "12/12 killed   12 named" in printed.getvalue(), printed.getvalue()
assert "M99" in printed.getvalue()
""",
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the files that have to do with it."""
    folder = tmp_path_factory.mktemp("tree")
    for part in ("autograd", "nn", "benchmarks", "examples", "tests", "tools"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "README.zh.md"):
        shutil.copy(ROOT / file, folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    return folder


@pytest.mark.long
@pytest.mark.parametrize("change", [OPERATION, LOSS, FIELD, MISTAKE], ids=lambda change: change.rows[0])
def test_touching_only_what_its_rows_name_is_enough(tree, change):
    named = [path for row in change.rows for path in paths(ROWS[row])]
    assert all(any(path.startswith(place) for place in named) for path in change.edits), (named, list(change.edits))
    for path, (old, new) in change.edits.items():
        text = (tree / path).read_text(encoding="utf-8")
        assert text.count(old) == 1 or not old, (path, old)
        (tree / path).write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    for arguments in (*map(str.split, change.commands), ["-c", change.program]):
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stdout + done.stderr
