"""The pages that are prepared when the playground is built: what takes too long, or NumPy, to be made in a browser.

Installed packages bring them through the entry-point group ``autograd.playground``: each entry is a function without
arguments that returns the `PreparedPage` objects of its package.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from autograd.util.files import write_whole
from autograd.util.language import LANGUAGES, Language

__all__ = ["GROUP", "INDEX", "PreparedPage", "write_pages"]

GROUP = "autograd.playground"
INDEX = "pages.json"
SOURCES = (".py", ".js", ".css", ".toml", ".txt")


@dataclass(frozen=True)
class PreparedPage:
    """One page to see.

    name: the name in its address, as ``see.html#name``.
    titles, texts: its heading and its sentences, by language, "en" and "zh".
    program: the Python code that the page comes from, shown with it.
    html: a function of the language that returns the content, as ``play(history).html``.
    """

    name: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    program: str
    html: Callable[[Language], str]


def write_pages(folder: Path, cache: Path) -> None:
    """Write the pages of all installed packages into a folder that is not there yet, with a list of them.

    cache: a folder that keeps the pages until a source file of their packages changes.
    """
    entries = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    kept = cache / f"pages-{_digest(entries)}"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            work = Path(temporary) / "pages"
            _write([page for entry in entries for page in entry.load()()], work)
            for old in cache.glob("pages-*"):
                shutil.rmtree(old, ignore_errors=True)
            with contextlib.suppress(OSError):  # another build was quicker
                work.rename(kept)
    shutil.copytree(kept, folder)


def _write(pages: Sequence[PreparedPage], folder: Path) -> None:
    """Write each page in each language, and the list of them."""
    folder.mkdir()
    index = []
    for page in pages:
        for language in LANGUAGES:
            write_whole(folder / f"{page.name}.{language}.html", page.html(language).encode())
        index.append({x.name: getattr(page, x.name) for x in fields(page) if x.name != "html"})
    write_whole(folder / INDEX, json.dumps(index, ensure_ascii=False, indent=1).encode())


def _digest(entries: Iterable[EntryPoint]) -> str:
    """A short name for the source files of autograd and of the packages that bring pages."""
    digest = hashlib.sha256()
    for package in dict.fromkeys(["autograd", *(entry.module.partition(".")[0] for entry in entries)]):
        for path in _sources(package):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _sources(package: str) -> Iterator[Path]:
    found = find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        yield from sorted(path for path in Path(folder).rglob("*") if path.suffix in SOURCES)
