"""The gallery as pictures: drawings of graphs and of compiled functions, players of trainings, pictures of a GPT."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import autograd
from autograd.viz.write.page import NotebookView
from examples.gallery.graphs import GRAPHS
from examples.gallery.sequences import SEQUENCES
from examples.gallery.trainings import PROGRAMS, TRAININGS

__all__ = ["LOOKS", "PICTURES", "Look", "pictures", "write_gallery"]


class Look(NamedTuple):
    """The conditions for a screenshot: window width, colours and medium."""

    width: int
    scheme: str = "light"
    medium: str = "screen"


LOOKS = {
    "light": Look(900),
    "dark": Look(900, "dark"),
    "400": Look(400),
    "print": Look(718, medium="print"),  # the width of A4 between margins of 10 mm
}
"""Of each page there is a screenshot in every look."""


def _draws(make: Callable[[], Any]) -> Callable[[], NotebookView]:
    def picture() -> NotebookView:
        graph = make()  # its models live until their parameters have been named
        return autograd.draw(graph.root, language="en")

    return picture


def _draws_program(make: Callable[[], Any]) -> Callable[[], NotebookView]:
    return lambda: autograd.draw(make(), language="en")


def _plays(make: Callable[[], Any]) -> Callable[[], NotebookView]:
    return lambda: autograd.play(make(), language="en")


PICTURES: Mapping[str, Callable[[], NotebookView]] = {
    **{name: _draws(make) for name, make in GRAPHS.items()},
    **{name: _draws_program(make) for name, make in PROGRAMS.items()},
    **{name: _plays(make) for name, make in TRAININGS.items()},
    **SEQUENCES,
}
"""What makes each picture, by its name."""

_MAKERS: Mapping[str, Callable[[], object]] = {**GRAPHS, **PROGRAMS, **TRAININGS, **SEQUENCES}


def pictures(names: Iterable[str]) -> Iterator[tuple[str, NotebookView]]:
    """Yield the pictures with these names, made one at a time."""
    return ((name, PICTURES[name]()) for name in names)


def write_gallery(folder: Path, names: Sequence[str], chromium: Any = None) -> list[Path]:
    """Write each picture's page, SVG and screenshots, and an index.html. Return the paths.

    chromium: a Playwright browser; without one there are no screenshots.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written, pages = [], {}
    for name, picture in pictures(names):
        stem = file_name(name)
        (folder / f"{stem}.svg").write_text(f"{picture.svg()}\n", encoding="utf-8")
        pages[name] = picture.save(folder / f"{stem}.html")
        written += [folder / f"{stem}.svg", pages[name]]
    written += _screenshots(pages, chromium) if chromium is not None else []
    index = folder / "index.html"
    index.write_text(_index(names, folder), encoding="utf-8")
    return [*written, index]


def file_name(name: str) -> str:
    """Return the name of a picture's files, without a suffix.

    >>> file_name("nan in the middle")
    'nan_in_the_middle'
    """
    return name.replace(" ", "_").lower()


def _screenshots(pages: Mapping[str, Path], chromium: Any) -> list[Path]:
    written = []
    for look, (width, scheme, medium) in LOOKS.items():
        page = chromium.new_page(viewport={"width": width, "height": 600}, reduced_motion="reduce")
        page.emulate_media(color_scheme=scheme, media=medium)
        for path in pages.values():
            page.goto(path.resolve().as_uri())
            page.wait_for_timeout(50)  # until what depends on the width has been fitted
            written.append(path.with_suffix(f".{look}.png"))
            page.screenshot(path=written[-1], full_page=True)
        page.close()
    return written


INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Gallery</title><style>
body{{font:15px/1.4 system-ui,sans-serif;margin:16px}}h2{{margin:32px 0 4px}}p{{margin:0 0 8px}}
div{{display:flex;gap:12px;align-items:flex-start;overflow-x:auto}}figure{{margin:0}}
img{{max-height:420px;border:1px solid #bbb}}
</style></head><body><h1>Gallery</h1>{}</body></html>
"""


def _index(names: Sequence[str], folder: Path) -> str:
    return INDEX.format("\n".join(_section(name, folder) for name in names))


def _section(name: str, folder: Path) -> str:
    """Show one picture in all its screenshots, or its SVG without any."""
    stem, about = file_name(name), (_MAKERS[name].__doc__ or "").partition("\n")[0]
    shots = {look: f"{stem}.{look}.png" for look in LOOKS if (folder / f"{stem}.{look}.png").exists()}
    figures = "".join(
        f'<figure><figcaption>{look}</figcaption><a href="{file}"><img src="{file}" alt="{escape(name)}, {look}"></a>'
        "</figure>"
        for look, file in (shots or {"SVG": f"{stem}.svg"}).items()
    )
    return f'<h2><a href="{stem}.html">{escape(name)}</a></h2><p>{escape(about)}</p><div>{figures}</div>'
