"""A heat map as plain data: panels of numbers between 0 and 1, each with the names of its rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from autograd.util.printable import printable
from autograd.util.text_width import columns, padded
from autograd.viz.write.numbers import figure

__all__ = ["Panel", "Rows", "labels", "short"]

Rows: TypeAlias = tuple[tuple[float, ...], ...]
"""Rows of numbers, all of one length."""

SPACES = {" ": "␣", "\n": "⏎", "\t": "⇥", "": "∅"}
"""What is written for a token that could not be seen."""

SMALLEST = 0.01
"""A terminal shows nothing for a number below it, and neither does a cell with room for two digits."""

SHADES = " ·░▒▓█"
"""What a terminal shows for a number: nothing below ``SMALLEST``, and darker with its root, as in the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One grid of numbers. is_there: of each cell, whether it has a number; a token sees none that comes after it.

    marked: the cells with a frame, as (row, column). is_by_column: whether a column is what the numbers belong to
    together, as the probabilities after one letter; else it is a row, as the weights of one letter.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    numbers: Rows
    is_there: tuple[tuple[bool, ...], ...]
    marked: tuple[tuple[int, int], ...] = ()
    is_by_column: bool = False

    def hint(self, row: int, column: int) -> str:
        """What a cell says: "n → a: 0.25"."""
        ends = (self.columns[column], self.rows[row]) if self.is_by_column else (self.rows[row], self.columns[column])
        return f"{ends[0]} → {ends[1]}: {figure(self.numbers[row][column])}"

    def largest(self, row: int) -> int:
        """The column of the largest number in a row."""
        seen = zip(self.numbers[row], self.is_there[row], strict=True)
        sizes = [-1.0 if not is_there else x if x == x else 0.0 for x, is_there in seen]
        return sizes.index(max(sizes))

    @property
    def has_empty_cells(self) -> bool:
        """Whether a number is so small that its cell looks empty, like one without a number."""
        rows = zip(self.numbers, self.is_there, strict=True)
        return any(is_there and x < SMALLEST for row in rows for x, is_there in zip(*row, strict=True))

    def text(self) -> str:
        """The panel for a terminal: a character for each number, beside the names of its rows.

        >>> one = Panel("head 1", ("a", "b"), ("a", "b"), ((1.0, 0.0), (0.1, 0.9)), ((True, False), (True, True)))
        >>> print(one.text())
        head 1
           a b
         a █
         b ░ █
        """
        width = max(columns(name) for name in self.rows)
        each = max(columns(name) for name in self.columns)
        lines = [self.title] if self.title else []
        lines.append(" ".join([" " * (width + 1), *(padded(name, each) for name in self.columns)]).rstrip())
        for name, numbers, is_there in zip(self.rows, self.numbers, self.is_there, strict=True):
            cells = (shade(x) if known else " " for x, known in zip(numbers, is_there, strict=True))
            lines.append(" ".join([f" {padded(name, width)}", *(padded(cell, each) for cell in cells)]).rstrip())
        return "\n".join(lines)


def shade(x: float) -> str:
    """The character for a number between 0 and 1."""
    return "?" if x != x else SHADES[0] if x < SMALLEST else SHADES[min(1 + int(5 * x**0.5), 5)]


def short(x: float) -> str:
    """A number as a cell has room for it: without its 0, and nothing where it would be 0.

    >>> short(0.314), short(1.0), short(0.002), short(float("nan"))
    ('.31', '1', '', 'nan')
    """
    text = f"{x:.2f}"
    return "" if text == "0.00" else "1" if text == "1.00" else text.removeprefix("0")


def labels(tokens: Sequence[object] | str, count: int) -> tuple[str, ...]:
    r"""The tokens as a picture writes them. count: how many are wanted; further ones are left out.

    >>> labels("a \n", 3), labels([0, "<end>"], 2)
    (('a', '␣', '⏎'), ('0', '<end>'))
    """
    names = [str(token) for token in list(tokens)[:count]]
    return tuple(SPACES.get(name) or printable(name, 12) for name in names)
