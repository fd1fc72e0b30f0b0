"""The pages that are prepared with the site: found by entry points, written once, kept until a source changes."""

from __future__ import annotations

import json
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograd.playground import pages
from autograd.playground.pages import GROUP, INDEX, PreparedPage, write_pages

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OWN = [EntryPoint(name, at, GROUP) for name, at in PYPROJECT["project"]["entry-points"][GROUP].items()]

asked: list[str] = []


def some_pages() -> list[PreparedPage]:
    def html(language: str) -> str:
        asked.append(language)
        return f"<p>{language}"

    return [PreparedPage("first", {"en": "First", "zh": "第一"}, {"en": "", "zh": ""}, "1 + 1\n", html)]


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """One entry point, of a package whose only source is in this folder."""
    package = tmp_path / "brings_pages"
    package.mkdir()
    (package / "__init__.py").write_text("from playground_pages import some_pages\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, package.name, raising=False)
    monkeypatch.setitem(sys.modules, "playground_pages", SimpleNamespace(some_pages=some_pages))
    monkeypatch.setattr(pages, "entry_points", lambda group: [EntryPoint("some", "brings_pages:some_pages", group)])
    asked.clear()
    return package


def test_pages_are_written_in_both_languages_and_listed(entries: Path, tmp_path: Path) -> None:
    write_pages(tmp_path / "site", tmp_path / "cache")
    assert [(tmp_path / "site" / f"first.{x}.html").read_text() for x in ("en", "zh")] == ["<p>en", "<p>zh"]
    (page,) = json.loads((tmp_path / "site" / INDEX).read_text(encoding="utf-8"))
    assert page == {
        "name": "first", "titles": {"en": "First", "zh": "第一"}, "texts": {"en": "", "zh": ""}, "program": "1 + 1\n",
    }  # fmt: skip


def test_pages_are_made_again_when_a_source_of_their_package_changes(entries: Path, tmp_path: Path) -> None:
    for count, name in enumerate(("a", "b")):
        write_pages(tmp_path / name, tmp_path / "cache")
        assert len(asked) == 2, count
    (entries / "more.py").write_text("x = 1\n")
    write_pages(tmp_path / "c", tmp_path / "cache")
    assert len(asked) == 4
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_without_pages_there_is_an_empty_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "entry_points", lambda group: [])
    write_pages(tmp_path / "site", tmp_path / "cache")
    assert json.loads((tmp_path / "site" / INDEX).read_text()) == []


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: entry.name)
def test_our_own_pages_have_words_in_both_languages_and_programs_that_are_python(entry: EntryPoint) -> None:
    for page in entry.load()():
        assert page.titles.keys() == page.texts.keys() == {"en", "zh"}
        assert all((*page.titles.values(), *page.texts.values()))
        compile(page.program, page.name, "exec")
