"""Labels, names of classes, functions and metrics: text of others, made fit to print as one short line, no escapes.

Everything that puts such text into an error, a listing or a terminal takes it from here.
"""

from __future__ import annotations

import re
import unicodedata

JOINERS = re.compile(r"(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])|\U0001f3f4[\U000e0020-\U000e007f]+")
"""What is not printable and part of a letter all the same: between two parts of an emoji, or two letters that join in
Persian or in Hindi; the tags after a flag. Never beside an ASCII letter, where it would hide."""

__all__ = ["JOINERS", "LONGEST", "for_terminal", "kind_of", "name_of", "printable", "printable_path", "quoted"]

LONGEST = 40


def printable(text: str, most: int = LONGEST) -> str:
    r"""On one line, at most 40 characters, with control characters and lone surrogates as Python writes them.

    >>> printable("w\x1b[2J\n" + 1000 * "w")
    'w\\x1b[2J\\nwwwwwwwwwwwwwwwwwwwwwwwwwwwww…'
    """
    line = _escaped(str.__getitem__(text, slice(0, most + 1)))
    return line if len(line) <= most else line[: most - 1] + "…"


def printable_path(path: str) -> str:
    """The same for a path, of which the end tells more than the beginning."""
    line = _escaped(str.__getitem__(path, slice(-LONGEST - 1, None)))
    return line if len(line) <= LONGEST else "…" + line[1 - LONGEST :]


def quoted(text: str) -> str:
    r"""In quotes, as Python writes it, and shortened.

    >>> print(quoted("it's"), quoted(100 * "w"))
    "it's" 'wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww…'
    """
    short = str.__getitem__(text, slice(0, LONGEST + 1))
    return repr(short if len(short) <= LONGEST else short[: LONGEST - 1] + "…")


def kind_of(thing: object) -> str:
    """The name of its class."""
    return printable(type(thing).__name__)


def name_of(thing: object, otherwise: str = "") -> str:
    """The name of a function, or else these words, or else what it is as Python writes it."""
    name = getattr(thing, "__name__", None)
    return printable(name if isinstance(name, str) else otherwise or repr(thing))


def for_terminal(text: str, ours: re.Pattern[str]) -> str:
    r"""Text of many lines, in which only ``ours``, the escape sequences that this package writes itself, are left.

    >>> for_terminal("\x1b[1mbold\x1b[0m, \x1b[2Jcleared", re.compile(r"\x1b\[[01]m"))
    '\x1b[1mbold\x1b[0m, \\x1b[2Jcleared'
    """
    parts, start = [], 0
    for match in ours.finditer(text):
        parts += [_escaped(text[start : match.start()], "\n\t"), match[0]]
        start = match.end()
    return "".join([*parts, _escaped(text[start:], "\n\t")])


def _escaped(text: str, kept: str = "") -> str:
    if text.isprintable():
        return text
    parts, start = [], 0
    for joiner in JOINERS.finditer(text):
        parts += [_escaped_letters(text[start : joiner.start()], kept), joiner[0]]
        start = joiner.end()
    return "".join([*parts, _escaped_letters(text[start:], kept)])


def _escaped_letters(text: str, kept: str) -> str:
    return "".join(c if c.isprintable() or c in kept or _is_space(c) else _as_code(c) for c in text)


def _is_space(c: str) -> bool:
    """Whether it is a space of another width, as Chinese and French text has."""
    return unicodedata.category(c) == "Zs"


def _as_code(c: str) -> str:
    return c.encode("unicode_escape").decode()
