"""The forms that drawings and players share: in a notebook, and as a page in a file."""

from __future__ import annotations

import os
import tempfile
import webbrowser
from html import escape
from pathlib import Path
from typing import Literal, get_args

from autograd.util.notebook import in_notebook
from autograd.util.printable import kind_of
from autograd.viz.write.theme import DARK, LIGHT

__all__ = ["Mode", "NotebookView", "page", "scrolling"]

Mode = Literal["auto", "static"]

SWITCH = "AUTOGRAD_DISPLAY"
"""The environment variable that makes every picture of a notebook a plain image, whatever its mode."""

PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>{style}</style></head>
<body><main><h1>{title}</h1>{body}</main>{script}</body></html>
"""
STYLE = f"""body{{margin:16px;background:{LIGHT["ground"]}}}
h1{{margin:0 0 12px;font:600 17px/1.3 system-ui,sans-serif;overflow-wrap:anywhere}}
@media screen and (prefers-color-scheme:dark){{body{{background:{DARK["ground"]}}}}}
@page{{margin:10mm}}
@media print{{:root{{color-scheme:light}}body{{margin:0}}
main img{{height:auto;max-width:100%!important;max-height:88vh}}
details{{display:block!important;font:10px/1.3 system-ui,sans-serif}}summary{{list-style:none}}
details::details-content{{content-visibility:visible;block-size:auto}}
td,th{{padding:0 10px 0 0;text-align:left}}td+td{{overflow-wrap:anywhere}}}}"""
"""On paper: a picture on one page, and the table of its steps, which the player hides on a screen, open."""


class NotebookView:
    """Something with a picture and a text. mode: "auto", or "static" for a plain image in a notebook."""

    def __init__(self, mode: Mode) -> None:
        self.mode = _checked(mode, "mode")

    def svg(self) -> str:
        """The picture, as an SVG element."""
        raise NotImplementedError

    @property
    def html(self) -> str:
        """The picture as a notebook shows it: part of a page."""
        raise NotImplementedError

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, as a page where the suffix is .html, and return its path."""
        raise NotImplementedError

    def show(self) -> None:
        """Show the picture: in a notebook as an output of the cell, elsewhere as a page in the browser.

        The page is a temporary file; where no browser can be opened, its path is printed. Raises what `save` raises.
        """
        if in_notebook():
            from IPython.display import display

            display(self)  # type: ignore[no-untyped-call]
            return
        path = self.save(Path(tempfile.mkdtemp(prefix="autograd-")) / "picture.html")
        if not webbrowser.open(path.as_uri()):
            print(path)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The picture and the text; the text and what is missing where there is no picture. Never raises."""
        try:
            text = str(self)
        except Exception as error:
            return {"text/plain": f"{self!r}\n{kind_of(error)}: {error}"}
        try:
            if "static" in (self.mode, _checked(os.environ.get(SWITCH) or "auto", SWITCH)):
                return {"image/svg+xml": self.svg(), "text/plain": text}
            return {"text/html": self.html, "text/plain": text}
        except Exception as error:
            return {"text/plain": f"{text}\n{error}"}


def _checked(mode: str, what: str) -> str:
    if mode not in get_args(Mode):
        raise ValueError(f"{what} is 'auto' or 'static', not {mode!r}")
    return mode


def scrolling(source: str, alt: str, what: str) -> str:
    """An image at its natural size, in a box that scrolls, also by keyboard. source: its address, escaped."""
    image = f'<img style="max-width:none" alt="{escape(alt)}" src="{source}">'
    return f'<div style="overflow-x:auto" tabindex="0" role="group" aria-label="{what}">{image}</div>'


def page(title: str, body: str, lang: str, script: str = "") -> str:
    """A page of its own under a heading, light or dark as the reader has it."""
    return PAGE.format(lang=lang, title=escape(title), style=STYLE, body=body, script=script)
