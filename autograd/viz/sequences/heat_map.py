"""The heat map of a sequence, in every form it takes: in a notebook, as a file, as text."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from html import escape
from pathlib import Path

from autograd.util.files import write_as
from autograd.util.language import Language
from autograd.viz.graphviz.program import render
from autograd.viz.sequences.layout import Key, Sheet, key, sheet, together
from autograd.viz.sequences.panel import Panel
from autograd.viz.sequences.svg import placed, svg_text
from autograd.viz.web.words import heat_words
from autograd.viz.write.page import Mode, NotebookView, page
from autograd.viz.write.player_page import data_url, player_element

__all__ = ["HeatMap"]


class HeatMap(NotebookView):
    """A heat map of a sequence: shown in a notebook, printed with a character a number, saved as a file.

    `panels` are the grids as plain data, `table` the rows of the table that stands for the picture where it is not
    seen, the first of them its heading.
    """

    def __init__(
        self,
        panels: Sequence[Panel],
        title: str,
        alt: str,
        notes: Sequence[str],
        table: Sequence[Sequence[str]],
        mode: Mode = "auto",
        language: Language = "en",
    ) -> None:
        super().__init__(mode)
        self.panels, self.title, self.language = tuple(panels), title, language
        self.notes, self.table, self._alt = tuple(notes), table, alt

    def svg(self) -> str:
        """The picture as an SVG element, at its natural size."""
        return svg_text(self._sheet, self._alt)

    @cached_property
    def html(self) -> str:
        """The picture as part of a page: an image for each panel, which stand below each other where a page is narrow.

        The script puts the images' content in their place, so that each cell says its number to who points at it.
        """
        images = "".join(_image(sheet(panel), panel.title or self.title) for panel in self.panels)
        images += f"<br>{_image(self._key, self.notes[0])}"
        box = f'<div style="overflow-x:auto" tabindex="0" role="group" aria-label="{escape(self._alt)}">{images}</div>'
        return player_element("heat", f"{box}{self._table()}", {"alt": self._alt}, f' lang="{self.language}"')

    def text(self) -> str:
        """The panels below each other, a character for each number; what comes first is written first."""
        return "\n\n".join([*(panel.text() for panel in self.panels), "\n".join(self.notes)])

    def alt(self) -> str:
        """For a reader who does not see the picture: what it shows, and its largest numbers."""
        return self._alt

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture as the suffix says (.svg, .png, .pdf, .html or .txt) and return its path.

        The file is written whole or not at all. Raises `ValueError` for another suffix, `FileNotFoundError` where its
        folder does not exist, and for .png and .pdf what Graphviz raises.
        """
        return write_as(path, self, _WRITERS)

    __str__ = text

    def __repr__(self) -> str:
        size = f"{len(self.panels[0].rows)}×{len(self.panels[0].columns)}"
        return f"HeatMap({len(self.panels)} panel{'s' * (len(self.panels) > 1)} of {size})"

    @property
    def _key(self) -> Sheet:
        return key(Key(is_pale=len(self.panels[0].columns) <= 16, notes=self.notes))

    @cached_property
    def _sheet(self) -> Sheet:
        return together([sheet(panel) for panel in self.panels], self._key)

    def _table(self) -> str:
        """The largest numbers, for where no script runs or nothing is seen."""
        head, *rows = ("".join(f"<td>{escape(cell)}" for cell in row) for row in self.table)
        summary = escape(heat_words(self.language)["table"])
        return (
            f"<details><summary>{summary}</summary><table><thead><tr>{head}<tbody>"
            f"{''.join(f'<tr>{row}' for row in rows)}</table></details>"
        )


def _image(part: Sheet, alt: str) -> str:
    source = data_url(svg_text(part, alt)).replace("&", "&amp;")
    return f'<img style="max-width:none" alt="{escape(alt)}" src="{source}">'


_WRITERS: dict[str, Callable[[HeatMap], bytes]] = {
    ".html": lambda heat: page(heat.title, heat.html, heat.language).encode(),
    ".pdf": lambda heat: render(placed(heat._sheet), "pdf", "nop2"),
    ".png": lambda heat: render(placed(heat._sheet), "png", "nop2"),
    ".svg": lambda heat: f"{heat.svg()}\n".encode(),
    ".txt": lambda heat: f"{heat}\n".encode(),
}
