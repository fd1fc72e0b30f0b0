"""Text width in columns, where each letter takes one or two: in a terminal, and as a first guess in pictures."""

from __future__ import annotations

from unicodedata import category, east_asian_width

__all__ = ["columns", "is_wide", "is_without_width", "padded"]


def is_wide(letter: str) -> bool:
    """Whether a letter takes two columns, as Chinese, Japanese and Korean ones and most emoji do.

    >>> is_wide("梯"), is_wide("∂")
    (True, False)
    """
    return east_asian_width(letter) in "WF"


def is_without_width(letter: str) -> bool:
    """Whether a letter takes no column, because it is drawn over the one before (an accent) or not at all (a joiner).

    >>> is_without_width("\N{COMBINING ACUTE ACCENT}"), is_without_width("\N{ZERO WIDTH JOINER}"), is_without_width("é")
    (True, True, False)
    """
    return not letter.isascii() and category(letter) in ("Mn", "Me", "Cf")


def columns(text: str) -> int:
    """Count the terminal columns that a text takes.

    >>> columns("梯度 grad"), columns("re\N{COMBINING ACUTE ACCENT}el")
    (9, 4)
    """
    return sum(0 if is_without_width(letter) else 2 if is_wide(letter) else 1 for letter in text)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Pad a text with spaces to a number of columns.

    text: the text.
    width: how many columns to fill.
    right: put the spaces before the text instead of after it.

    >>> padded("梯度", 5) + "|" + padded("梯度", 5, right=True)
    '梯度 | 梯度'
    """
    spaces = " " * (width - columns(text))
    return spaces + text if right else text + spaces
