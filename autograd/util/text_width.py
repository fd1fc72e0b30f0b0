"""The columns that a text takes in a terminal, where a Chinese character takes two."""

from __future__ import annotations

from unicodedata import east_asian_width

__all__ = ["columns", "is_wide", "padded"]


def is_wide(character: str) -> bool:
    """Whether it takes two columns, as Chinese, Japanese and full-width characters do."""
    return east_asian_width(character) in "WF"


def columns(text: str) -> int:
    """The columns of a text without escape sequences.

    >>> columns("grad"), columns("梯度")
    (4, 4)
    """
    return len(text) + sum(map(is_wide, text))


def padded(text: str, width: int) -> str:
    """The text with spaces after it, up to so many columns.

    >>> padded("梯度", 6) + "|"
    '梯度  |'
    """
    return text + " " * (width - columns(text))
