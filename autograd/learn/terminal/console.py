"""Printing to a terminal: in lines that fit, in its colours, in signs that it can show."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from autograd.learn.reporting.layout import PAINTED, Style, paragraphs, wrapped
from autograd.util.printable import for_terminal

__all__ = ["for_stream", "passing", "print_error", "print_lines", "print_text", "print_wrapped", "style"]

NARROWEST, WIDEST = 40, 100  # columns; longer lines are hard to read, and shorter ones hold no table
_ASCII = str.maketrans(
    {"✓": "+", "✗": "x", "○": "o", "◀": "<", "│": "|", "├": "|", "└": "`", "─": "-", "┐": "-", "┘": "-", "┤": "|"}
    | {"█": "#", "░": ".", "…": "...", "·": "*", "∂": "d", "→": "->", "–": "-", "—": "-", "²": "^2", "≥": ">="}
)
"""What stands for a sign where the encoding of the terminal lacks it."""


def style() -> Style:
    """The style of this terminal: its width, within limits, and colours unless it has none or they are turned off."""
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(width, colours)


@contextlib.contextmanager
def passing(text: str) -> Iterator[Callable[[], None]]:
    """What shows this line when it is called, on a terminal; the line is gone at the end of the block."""
    shown: list[str] = []

    def show() -> None:
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            shown.append(text)
            print(for_stream(text, sys.stderr, False), end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def print_lines(text: str = "") -> None:
    """Print the lines of a text as they are."""
    print(for_stream(text, sys.stdout, style().colours), flush=True)


def print_wrapped(text: str, colour: str = "") -> None:
    """Print a paragraph in lines that fit."""
    look = style()
    ink = Style().ink if colour else look.ink
    print_lines("\n".join(look.paint(ink(line), colour) for line in wrapped(text, look.width)))


def print_text(text: str) -> None:
    """Print a text of paragraphs, pictures and code."""
    look = style()
    print_lines("\n".join(paragraphs(text, look.width, look.ink)))


def print_error(text: str) -> None:
    """Print a paragraph where errors go."""
    lines = "\n".join(Style().ink(line) for line in wrapped(text, style().width))
    print(for_stream(lines, sys.stderr, False), file=sys.stderr)


_OURS = re.compile(rf"{PAINTED.pattern}|\x1b\[H\x1b\[2J")
"""What Style.paint writes, and a fresh screen: nothing else of a learner's text or file reaches a terminal."""
_NONE = re.compile("(?!)")


def for_stream(text: str, stream: TextIO, colours: bool) -> str:
    """The text in signs that the stream can write, with no escape sequences but ours."""
    text = for_terminal(text, _OURS if colours else _NONE)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "replace").decode(encoding)
    return text
