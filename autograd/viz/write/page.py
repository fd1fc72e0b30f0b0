"""The forms that drawings and players share: in a notebook, and as a page in a file."""

from __future__ import annotations

import os
from html import escape
from typing import Literal, get_args

from autograd.util.printable import kind_of
from autograd.viz.write.theme import DARK, LIGHT

__all__ = ["Mode", "NotebookView", "page", "scrolling"]

Mode = Literal["auto", "static"]

SWITCH = "AUTOGRAD_DISPLAY"
"""The environment variable that makes every picture of a notebook a plain image, whatever its mode."""

PAGE = """<!doctype html>
<html{lang}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>body{{margin:16px;background:{light}}}@media(prefers-color-scheme:dark){{body{{background:{dark}}}}}</style></head>
<body>{body}</body></html>
"""


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


def page(title: str, body: str, lang: str | None) -> str:
    """A page of its own, light or dark as the reader has it."""
    language = f' lang="{lang}"' if lang else ""
    return PAGE.format(lang=language, title=escape(title), light=LIGHT["ground"], dark=DARK["ground"], body=body)
