"""The documentation's site: it builds without a warning, names everything public, and loads nothing from elsewhere."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn
from autograd.learn.exercises.exercise import EXERCISES
from autograd.learn.reporting import texts

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_every_public_name_is_on_a_page():
    asked = re.findall(r"^::: (\S+)", "\n".join(p.read_text(encoding="utf-8") for p in REFERENCE.glob("*.md")), re.M)
    last = {name.rpartition(".")[2] for name in asked}
    last.update(*(sys.modules[name].__all__ for name in asked if name in sys.modules))  # a package shows these
    for module in (autograd, nn):
        for name in module.__all__:
            home = getattr(getattr(module, name), "__module__", f"{module.__name__}.{name}")
            in_parts = any(page.startswith(f"{home}.") for page in asked)  # a folder whose files are on pages
            assert name in last or home in asked or in_parts or name in ("RULES",), name


def test_jax_answers_stand_beside_each_convention():
    kept, jax = (json.loads((ROOT / f"tests/reference/{name}.json").read_text(encoding="utf-8"))
                 for name in ("conventions", "conventions_jax"))  # fmt: skip
    assert len(kept["conventions"]) == len(jax["answers"])
    for entry, answer in zip(kept["conventions"], jax["answers"], strict=True):
        assert len(answer["gradient"]) == len(entry["gradient"])


@pytest.mark.long
def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path):
    pytest.importorskip("mkdocs", reason="pip install 'scalar-autograd[docs]' to build the documentation")
    if shutil.which("npm") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the site contains the playground, which npm builds")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    pages = {path.relative_to(tmp_path / "site"): path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")}
    assert len(pages) > 15
    for path, text in pages.items():
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]* src=\"(https?:[^\"]+)", text)
        loaded += re.findall(r"<link[^>]* rel=\"stylesheet\"[^>]* href=\"(https?:[^\"]+)", text)
        assert not loaded, path
    assert "<mfrac><mo>∂</mo>" in pages[Path("reference/operations.html")]
    assert "leaky_relu(x = 0, slope 0.01)" in pages[Path("conventions.html")]
    links = {path: PLAYGROUND.findall(text) for path, text in pages.items() if path.parts[0] != "playground"}
    for path, targets in links.items():
        for target in targets:
            assert (tmp_path / "site" / path.parent / target).is_file(), (path, target)
    assert sum(len(links[path]) > 0 for path in links if path.parent == Path("notebooks")) >= 11
    assert all(links[Path(folder) / "index.html"] for folder in (".", "zh", "exercises", "zh/exercises"))


PLAYGROUND = re.compile(r'href="([./]*playground/[\w-]+\.html)')


def test_each_exercise_of_the_browser_has_a_page_that_opens_it_there():
    pytest.importorskip("mkdocs", reason="pip install 'scalar-autograd[docs]' to build the documentation")
    playground = hook("playground")
    for language, folder in playground.FOLDERS.items():
        pages = dict(playground.exercise_pages(language))
        assert len(pages) == len(EXERCISES) + 1
        for exercise in EXERCISES:
            text = pages[f"{folder}/{exercise.name}.md"]
            link = f'playground/learn.html?lang={language}#{exercise.number}"'
            assert (link in text) == (exercise.number <= playground.LAST)
            assert texts.page(exercise.name, language).title in text


def test_arguments_are_the_items_of_a_list():
    pytest.importorskip("griffe", reason="pip install 'scalar-autograd[docs]' to build the documentation")
    docstrings = hook("docstrings")
    text = "Fit.\nx: data,\n    as rows.\nshuffle, seed: order.\n\nlr: no\n>>> fit(1)\nx: 2\n\nThe end, x."
    assert docstrings.as_markdown(text, ["x", "shuffle", "seed", "lr"]).split("\n") == [
        "Fit.", "", "- **x**: data,", "      as rows.", "- **shuffle**, **seed**: order.",
        "", "", "- **lr**: no", "", "```pycon", ">>> fit(1)", "x: 2", "```", "", "The end, x.",
    ]  # fmt: skip
    assert docstrings.as_markdown("x: data", ()) == "x: data"


def hook(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/hooks/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_ledgers_are_those_that_were_printed():
    ledgers = hook("ledgers")
    for page in ledgers.PAGES:
        text = page.read_text(encoding="utf-8")
        assert ledgers.with_tables(text, "zh" in page.parts) == text, "python docs/hooks/ledgers.py writes them"
        assert "<!-- ledger: " in text
    titles, *rows = ledgers.ledger("a recurrence")
    assert titles[1:] == ["a sample", "factor", "recording", "of objects"]
    assert all(len(row) == len(titles) and row[0] and row[1].endswith(" ms") for row in rows)
    seconds = [float(row[1].removesuffix(" ms")) for row in rows]
    for row, before, after in zip(rows[1:], seconds, seconds[1:], strict=False):
        assert float(row[2]) == pytest.approx(before / after, rel=0.05), row
    with pytest.raises(ValueError, match="no ledger 'a transformer'"):
        ledgers.ledger("a transformer")


def test_the_table_of_exercises_is_what_the_exercises_say():
    exercises = hook("exercises")
    for page in exercises.PAGES:
        text = page.read_text(encoding="utf-8")
        assert exercises.with_table(text) == text, "python docs/hooks/exercises.py writes it"
        assert text.count("\n| ") >= 17
