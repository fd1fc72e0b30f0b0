"""Safe printing of other people's text (labels, names of classes, functions and metrics): one short line, no escapes.

All code that puts such text into an error, a listing or a terminal uses these functions.
"""

from __future__ import annotations

import re
import unicodedata

JOINERS = re.compile(r"(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])|\U0001f3f4[\U000e0020-\U000e007f]+")
"""Unprintable characters that are part of a letter: joiners inside an emoji, or between letters in Persian or Hindi,
and the tags after a flag. Beside an ASCII letter they do not count, because they could hide there."""
AN = re.compile(r"(?!uni|use|Uni|Use|Eu)[aeiouAEIOU]|[FHLMNRSX][A-Z]{2}|nd")
"""Names said with a vowel first: int, Adam, MLP (letter by letter), ndarray."""

__all__ = [
    "JOINERS",
    "LONGEST",
    "a_kind_of",
    "for_terminal",
    "kind_of",
    "name_of",
    "printable",
    "printable_path",
    "quoted",
]

LONGEST = 40


def printable(text: str, most: int = LONGEST) -> str:
    r"""Shorten a text to one line of at most 40 characters, with control characters and lone surrogates escaped.

    >>> printable("w\x1b[2J\n" + 1000 * "w")
    'w\\x1b[2J\\nwwwwwwwwwwwwwwwwwwwwwwwwwwwww…'
    """
    line = _escaped(str.__getitem__(text, slice(0, most + 1)))
    return line if len(line) <= most else line[: most - 1] + "…"


def printable_path(path: str) -> str:
    """Shorten a path to one printable line. The end is kept, because it says more than the beginning."""
    line = _escaped(str.__getitem__(path, slice(-LONGEST - 1, None)))
    return line if len(line) <= LONGEST else "…" + line[1 - LONGEST :]


def quoted(text: str) -> str:
    r"""Shorten a text and put it in quotes, as Python writes it.

    >>> print(quoted("it's"), quoted(100 * "w"))
    "it's" 'wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww…'
    """
    short = str.__getitem__(text, slice(0, LONGEST + 1))
    return repr(short if len(short) <= LONGEST else short[: LONGEST - 1] + "…")


def kind_of(thing: object) -> str:
    """The name of an object's class, printable."""
    return printable(type(thing).__name__)


def a_kind_of(thing: object) -> str:
    """The name of an object's class after "a" or "an", for an error message.

    >>> a_kind_of(3), a_kind_of([]), a_kind_of(None)
    ('an int', 'a list', 'a NoneType')
    """
    kind = kind_of(thing)
    return f"{'an' if AN.match(kind) else 'a'} {kind}"


def name_of(thing: object, otherwise: str = "") -> str:
    """A function's name; if it has none, the words in ``otherwise``, or its repr."""
    name = getattr(thing, "__name__", None)
    return printable(name if isinstance(name, str) else otherwise or repr(thing))


def for_terminal(text: str, ours: re.Pattern[str]) -> str:
    r"""Escape a text of many lines for the terminal, except the sequences that this package writes itself.

    text: the text.
    ours: matches the escape sequences to keep.

    >>> for_terminal("\x1b[1mbold\x1b[0m, \x1b[2Jcleared", re.compile(r"\x1b\[[01]m"))
    '\x1b[1mbold\x1b[0m, \\x1b[2Jcleared'
    """
    parts, start = [], 0
    for match in ours.finditer(text):
        parts += [_escaped(text[start : match.start()], "\n\t"), match[0]]
        start = match.end()
    return "".join([*parts, _escaped(text[start:], "\n\t")])


def _escaped(text: str, keep: str = "") -> str:
    if text.isprintable():
        return text
    parts, start = [], 0
    for joiner in JOINERS.finditer(text):
        parts += [_escaped_letters(text[start : joiner.start()], keep), joiner[0]]
        start = joiner.end()
    return "".join([*parts, _escaped_letters(text[start:], keep)])


def _escaped_letters(text: str, keep: str) -> str:
    return "".join(c if c.isprintable() or c in keep or _is_space(c) else _as_code(c) for c in text)


def _is_space(c: str) -> bool:
    """Whether c is a space of another width, as in Chinese and French text."""
    return unicodedata.category(c) == "Zs"


def _as_code(c: str) -> str:
    return c.encode("unicode_escape").decode()
