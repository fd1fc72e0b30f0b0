"""README, guide and benchmarks: their blocks run, their commands exist, their figures are those that were measured."""

from __future__ import annotations

import doctest
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd import RULES
from benchmarks.beside import measure
from nn.demo import command

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")
BENCHMARKS = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
GUIDE = sorted((ROOT / "docs").glob("**/guide/*.md"))
SHORT = {"README.md": README, "README.zh.md": CHINESE}


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("text", SHORT.values(), ids=list(SHORT))
def test_a_readme_is_read_in_three_minutes(text):
    assert len(text.splitlines()) <= 150
    assert len(text.encode()) <= 9_000


@pytest.mark.parametrize("text", SHORT.values(), ids=list(SHORT))
def test_the_lines_of_a_readme_print_what_stands_beside_them(text, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)  # they write a picture
    (code,) = blocks("python", text)
    (tmp_path / "ten_lines.py").write_text(code, encoding="utf-8")
    runpy.run_path(str(tmp_path / "ten_lines.py"))
    expected = re.findall(r"^print\(.*\) +# (.*)$", code, re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == expected != []
    assert (tmp_path / "L.svg").exists()


@pytest.mark.long
def test_the_demo_prints_what_a_readme_shows(tmp_path, capsys):
    shown = re.search(r"\$ autograd demo gpt\n(.*?)```", README, re.DOTALL)[1]
    assert command(["gpt", "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out.partition(str(tmp_path))[0]
    assert [re.sub(r"^[\d.]+ s", "", line) for line in printed.splitlines()] == [
        re.sub(r"^[\d.]+ s", "", line) for line in shown.splitlines()
    ]


SLOW = {"zh/guide", "microgpt", "networks"}  # a Chinese page has the code of the English one; others train long


def page_of(path: Path) -> Any:
    name = path.relative_to(ROOT / "docs").as_posix()
    return pytest.param(path, id=name, marks=[pytest.mark.long] if any(part in name for part in SLOW) else [])


@pytest.mark.parametrize("page", [page_of(path) for path in GUIDE])
def test_the_blocks_of_a_guide_page_run_in_order(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some write files
    code = "\n".join(blocks("python", page.read_text(encoding="utf-8")))
    test = doctest.DocTestParser().get_doctest(code, {}, page.name, page.name, 0)
    report: list[str] = []
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS  # a line number of the block's own
    doctest.DocTestRunner(optionflags=flags).run(test, out=report.append)
    assert not report, "".join(report)
    assert test.examples or page.name in ("index.md", "coming-from.md", "exercises.md")


def test_the_shell_commands_exist():
    commands = "\n".join(blocks("sh"))
    targets = re.findall(r"^make (\w+)", commands, re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
    modules = re.findall(r"python -m (benchmarks\.\w+)", BENCHMARKS)
    assert modules
    assert all((ROOT / f"{module.replace('.', '/')}.py").exists() for module in modules)


PAIRS = [(ROOT / "README.md", ROOT / "README.zh.md"), (ROOT / "docs/limits.md", ROOT / "docs/zh/limits.md")]
PAIRS += [(page, ROOT / "docs/zh/guide" / page.name) for page in sorted((ROOT / "docs/guide").glob("*.md"))]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].name)
def test_a_chinese_page_has_the_code_the_links_and_the_numbers_of_the_english_one(pair):
    codes, links, tables = [], [], []
    for page in pair:
        text = page.read_text(encoding="utf-8")
        codes.append([re.sub(r" *#.*", "", block) for block in blocks("python", text)])
        targets = re.findall(r"\]\(([^)#]+)\)", text)
        links.append(sorted(Path(target).name.replace(".zh.md", ".md") for target in targets))
        rows = re.findall(r"^\|.*\|$", text, re.MULTILINE)
        tables.append([[sorted(re.findall(r"\d[\d,.]*\d|\d", cell)) for cell in row.split("|")] for row in rows])
    assert codes[0] == codes[1]
    assert links[0] == links[1] != []
    assert tables[0] == tables[1]


# ── beside others ───────────────────────────────────────────────────────────────────────────────────────────────────


def cells(first: str) -> dict[str, str]:
    """A row of the table of other libraries, by the libraries' names."""
    section = BENCHMARKS.partition("## Beside others\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return dict(zip(rows[0][1:], next(row for row in rows if row[0].startswith(first))[1:], strict=True))


def test_the_operations_are_counted():
    own = [rule for rule in RULES.values() if rule.builtin]
    assert cells("operations")["this"].startswith(f"{len(own)}, ")


@pytest.mark.parametrize(("column", "library"), [("this", "ours"), ("micrograd", "micrograd"), ("PyTorch", "torch")])
def test_the_table_says_what_each_library_does(column, library):
    found = measure(library)
    if found is None:
        pytest.skip(f"{library} is not installed")
    chain = cells("a chain")[column]
    assert chain == found["chain"] if isinstance(found["chain"], str) else chain.endswith(" s")
    assert float(cells("z = x²")[column].split(",")[0]) == found["two losses"]
    nan = cells("a gradient that is nan")[column]
    assert nan.startswith("refused" if found["gradient that is nan"] == "NonFiniteError" else "passed on")
    if "slope of where" in found:
        assert float(cells("slope of")[column]) == pytest.approx(found["slope of where"], nan_ok=True)


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def printed(file: str, section: str, start: str) -> str:
    """The rest of a line that a benchmark printed."""
    text = (ROOT / "benchmarks" / "results" / f"{file}.txt").read_text(encoding="utf-8")
    part = re.search(rf"^{re.escape(section)}.*?(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    assert part, f"{file}: no {section}"
    return next(line[len(start) :] for line in part[0].splitlines() if line.startswith(start))


def numbers(file: str, section: str, start: str) -> list[float]:
    return [float(x.replace(",", "")) for x in re.findall(r"(?<![\w.])[\d,]*\.?\d+", printed(file, section, start))]


def engine(line: str, workload: str = "sums-42k") -> list[float]:
    """Of an engine: forward, backward, total, min, drop, bytes …; of a ratio: its median and range."""
    return numbers("engine", workload, line)


def compiled(case: str, line: str) -> float:
    """The ratio: it stands before its range."""
    return float(re.findall(r"(\S+) +\S+ to ", printed("compiled", case, line))[0])


FIGURES: list[tuple[str, Callable[[], tuple[float, ...]]]] = [
    (r"there and back \| (\S+) s \| .* \| (\S+) s \| (\S+) s \|", lambda: tuple(numbers("beside", "", "chain"))),
    (r"\| micrograd \| (\S+) \| (\S+) \|\n", lambda: (engine("micrograd")[2], engine("ours/micrograd")[0])),
    (r"0-d tensors \| (\S+) \| (\S+) \|", lambda: (engine("torch")[2], engine("ours")[2] / engine("torch")[2])),
    (r"\| this one \| (\S+) \|", lambda: (engine("ours")[2],)),
    (r"driven from Python \| (\S+) \| (\S+) \|", lambda: (engine("xad")[2], engine("ours/xad")[0])),
    (
        r"420,000 nodes it is (\S+) of micrograd's time and (\S+) of XAD's, (\S+) bytes",
        lambda: tuple(engine(*row)[i] for *row, i in LARGE),
    ),
    (r"100 samples \((\S+) µs\)", lambda: (numbers("compiled", "mlp-step", "step: ours")[0],)),
    (r"100 samples .*\| NumPy written by hand \| (\S+) \|", lambda: (compiled("mlp-step", "step: numpy"),)),
    (r"as documented; .* \| (\S+); (\S+) \|", lambda: tuple(compiled("mlp-step", f"step: jax{x}") for x in (" ", "-"))),
    (r"PyTorch; micrograd \| (\S+); ", lambda: (compiled("mlp-step", "step: torch"),)),
    (r"batch of 32 \((\S+) ms\)", lambda: (numbers("compiled", "mlp-784", "gradient: ours")[0] / 1000,)),
    (r"batch of 32 .*\| NumPy written by hand \| (\S+) \|", lambda: (compiled("mlp-784", "gradient: numpy"),)),
    (
        r"300,000 operations \((\S+) µs each, (\S+) bytes\)",
        lambda: tuple(numbers("compiled", "compile-time", "300k: ours")[2:4]),
    ),
    (r"300,000 operations .*\| CasADi \| (\S+) \|", lambda: (compiled("compile-time", "300k: casadi"),)),
    (r"CasADi, mapped \| (\S+); (\S+) \|", lambda: tuple(compiled("random-dag", f"{x} of 1,000: c") for x in BOTH)),
    (r"same, 32 samples \| \| (\S+); (\S+) \|", lambda: tuple(compiled("random-dag", f"{x} of 32: c") for x in BOTH)),
    (r"this engine, eager \| (\S+) \|", lambda: (compiled("random-dag", "gradient of 1: eager"),)),
    (
        r"10,000; 100,000 operations \| CasADi \| (\S+); (\S+) \|",
        lambda: tuple(compiled("irregular", f"gradient, {x}k: c") for x in (10, 100)),
    ),
    (r"32 documents \| .* \| (\S+); (\S+) \|", lambda: tuple(compiled("gpt", f"gradient of {x}: n") for x in (1, 32))),
    (r"the same \| PyTorch \| (\S+); (\S+) \|", lambda: tuple(compiled("gpt", f"gradient of {x}: t") for x in (1, 32))),
    (r"LSTM of 16 \| .* \| (\S+); (\S+) \|", lambda: tuple(compiled("recurrent", f"{x}: n") for x in RECURRENT)),
    (r"take (\S+) and (\S+) times as long", lambda: tuple(compiled("recurrent", f"{x}: j") for x in RECURRENT)),
    (r"dense 10, 32 samples \| .* \| (\S+) \|", lambda: (compiled("convolution", "gradient of 32: n"),)),
    (r"(\S+) s in\nfloat64 and (\S+) s in float32", lambda: tuple(numbers("mnist", x, "ours ")[0] for x in DTYPES)),
    (r"; (\S+) and (\S+) of NumPy written by hand,", lambda: tuple(numbers("mnist", x, "numpy")[2] for x in DTYPES)),
    (r", (\S+) and (\S+) of PyTorch; ", lambda: tuple(numbers("mnist", x, "torch")[2] for x in DTYPES)),
    (r"; (\S+) and (\S+) % of\n", lambda: tuple(100 * numbers("mnist", x, "ours ")[3] for x in DTYPES)),
    (r"takes (\S+) ms, (\S+) of `import numpy`", lambda: tuple(numbers("imports", "import", "import statement")[::2])),
]  # fmt: skip
CONVOLUTION = [
    (r"takes (\S+) \(float64\) and (\S+) \(float32\) of PyTorch's", 2),
    (r"10,000 images, (\S+) and (\S+) with recording", 3),
]
FIGURES += [
    (text, lambda i=i: tuple(numbers("mnist_convolution", x, "torch")[i] for x in DTYPES)) for text, i in CONVOLUTION
]
LARGE = [("ours/micrograd", "sums-420k", 0), ("ours/xad", "sums-420k", 0), ("ours", "sums-420k", 5)]
BOTH = ("value", "gradient")
RECURRENT = ("50 steps of 32", "LSTM, 20 of 16")
DTYPES = ("float64", "float32")


@pytest.mark.parametrize(("sentence", "measured"), FIGURES, ids=[row[0][:30] for row in FIGURES])
def test_the_figures_are_those_that_were_measured(sentence, measured):
    """Each to its last digit: those on the page, and what the benchmarks printed."""
    found = re.findall(sentence, BENCHMARKS)
    assert len(found) == 1, found
    said = found[0] if isinstance(found[0], tuple) else (found[0],)
    for text, number in zip(said, measured(), strict=True):
        digits = text.replace(",", "")
        unit = 10 ** -len(digits.partition(".")[2]) if "." in digits else 10 ** (len(digits) - len(digits.rstrip("0")))
        assert abs(float(digits) - number) <= 0.501 * unit, f"{text} on the page, {number} measured"


@pytest.mark.parametrize("text", SHORT.values(), ids=list(SHORT))
def test_the_ratios_of_a_readme_are_those_that_were_measured(text):
    """In the order of the table's rows."""
    measured = [
        engine("ours/micrograd")[0],
        engine("ours/xad")[0],
        1 / float(printed("gpt", "1,000 documents", "arrays: one program").split()[-1].partition("/")[2]),
        compiled("mlp-step", "step: numpy"),
        compiled("mlp-step", "step: torch"),
        numbers("mnist", "float64", "numpy")[2],
        numbers("mnist", "float64", "torch")[2],
        compiled("gpt", "gradient of 32: numpy"),
        compiled("gpt", "gradient of 32: torch"),
    ]
    shown = re.findall(r"^\| .* \| (\d+\.\d+) \|$", text, re.MULTILINE)
    assert [f"{number:.{len(cell.partition('.')[2])}f}" for cell, number in zip(shown, measured, strict=True)] == shown
