"""Where everything of a heat map stands: rectangles and texts in pixels, y downwards, for SVG, PNG and PDF alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from autograd.viz.sequences.panel import Panel, short
from autograd.viz.write.boxes import SMALL, fitted, text_width
from autograd.viz.write.layout import NOTE_LINE

__all__ = ["Cell", "Key", "Sheet", "Word", "key", "sheet", "together"]

EDGE, GAP = 8, 4  # what stands free around a part; and more between two panels
TITLE, NAMES, BESIDE = 18, 16, 5  # heights of a title and of the names above columns; beside the names of rows
WIDEST_NAME = 96  # pixels: of a row's name
ROOMY, WIDEST_CELL, SIDE = 16, 44, 20  # columns whose cells have numbers in them; their sides
DENSE, LARGE, CLOSE = 24, 18, 11  # columns whose cells are that large, without numbers, and the side of those of more
FIFTH = 5  # of narrow columns every fifth has its number
PALEST = 0.5  # the fullest colour behind a number, which has to be read; without one it is 1
PAGE = 1_000  # pixels: more panels are put below each other


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle. opacity: of its colour. hint: what is said of it. frame: whether it has a line around it."""

    x: float
    y: float
    width: float
    height: float
    opacity: float = 0.0
    hint: str = ""
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A text. align: whether x is its left end, its middle or its right end; y: of its baseline."""

    text: str
    x: float
    y: float
    align: str = "LEFT"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of the picture: one panel, or all of it."""

    width: float
    height: float
    cells: tuple[Cell, ...]
    words: tuple[Word, ...]

    def moved(self, x: float, y: float) -> tuple[Iterator[Cell], Iterator[Word]]:
        """Its cells and words at another place."""
        cells = (Cell(c.x + x, c.y + y, c.width, c.height, c.opacity, c.hint, c.frame) for c in self.cells)
        return cells, (Word(w.text, w.x + x, w.y + y, w.align, w.kind) for w in self.words)


def sheet(panel: Panel) -> Sheet:
    """The picture of one panel."""
    columns, rows = panel.columns, panel.rows
    width, height = _cell(panel)
    if any(len(name) > 1 and text_width(name, SMALL) > width for name in columns):  # too long for a column: by number
        every = 1 if text_width(f"{len(columns)}", SMALL) < width else FIFTH
        columns = tuple("" if index % every else f"{index}" for index in range(len(columns)))
        rows = rows if panel.is_by_column else tuple(f"{index} {name}" for index, name in enumerate(rows))
    names = [fitted(name, WIDEST_NAME, SMALL) for name in rows]
    left = EDGE + round(max(text_width(name, SMALL) for name in names)) + BESIDE
    top = EDGE + TITLE * bool(panel.title) + NAMES
    words = [Word(panel.title, left, EDGE + 11, kind="title")] if panel.title else []
    words += [Word(name, left + width * (k + 0.5), top - 5, "CENTER") for k, name in enumerate(columns)]
    words += [Word(name, left - BESIDE, top + height * (k + 0.5) + 3.5, "RIGHT") for k, name in enumerate(names)]
    is_roomy = len(columns) <= ROOMY
    cells = []
    for row, column in product(range(len(rows)), range(len(columns))):
        if not panel.is_there[row][column]:
            continue
        x, y, share = left + width * column, top + height * row, panel.numbers[row][column]
        is_known = share == share
        opacity = round((PALEST if is_roomy else 1.0) * share**0.5, 2) if is_known else 0.0
        cells.append(Cell(x, y, width, height, opacity, panel.hint(row, column)))
        if is_roomy or not is_known:
            text = Word(short(share) if is_roomy else "×", x + width / 2, y + height / 2 + 3.5, "CENTER", "count")
            words += [text] if text.text else []
    cells.append(Cell(left, top, width * len(columns), height * len(rows), frame="around"))
    cells += [Cell(left + width * c, top + height * r, width, height, frame="marked") for r, c in panel.marked]
    right, end = left + width * len(columns), top + height * len(rows)
    title = left + text_width(panel.title, SMALL + 1, bold=True)
    return Sheet(round(max(right, title)) + EDGE, round(end) + EDGE, tuple(cells), tuple(words))


def _cell(panel: Panel) -> tuple[float, float]:
    """Width and height of the cells of a panel: with a number in each where there are few columns."""
    count = len(panel.columns)
    widest = round(max(text_width(name, SMALL) for name in panel.columns)) + 4
    if count <= ROOMY:
        return max(SIDE, widest if widest <= WIDEST_CELL else 0), SIDE if len(panel.rows) <= ROOMY else NAMES
    side = LARGE if count <= DENSE else CLOSE
    return side, side if len(panel.rows) <= DENSE else CLOSE


@dataclass(frozen=True, slots=True)
class Key:
    """What the colours mean: how full the colour of some numbers is; and the notes below."""

    is_pale: bool
    notes: tuple[str, ...]


def key(about: Key) -> Sheet:
    """The explanation below the panels."""
    x, cells, words = float(EDGE), [], []
    for share in (0.0, 0.01, 0.1, 0.25, 0.5, 1.0):
        opacity = round((PALEST if about.is_pale else 1.0) * share**0.5, 2)
        cells += [Cell(x, EDGE, 18, 12, opacity), Cell(x, EDGE, 18, 12, frame="around")]
        text = f"{share:g}"
        words.append(Word(text, x + 22, EDGE + 10, kind="muted"))
        x += 22 + text_width(text, SMALL) + 12
    widest = x
    for index, note in enumerate(about.notes):
        words.append(Word(note, EDGE, EDGE + 30 + NOTE_LINE * index, kind="muted"))
        widest = max(widest, EDGE + text_width(note, SMALL))
    return Sheet(round(widest) + EDGE, EDGE + 22 + NOTE_LINE * len(about.notes) + EDGE, tuple(cells), tuple(words))


def together(panels: Sequence[Sheet], below: Sheet) -> Sheet:
    """All panels beside each other, on as many rows as a page needs, and the explanation below."""
    x, y, height, width = 0.0, 0.0, 0.0, below.width
    cells: list[Cell] = []
    words: list[Word] = []
    for part in panels:
        if x and x + part.width > PAGE:
            x, y, height = 0.0, y + height, 0.0
        moved = part.moved(x, y)
        cells += moved[0]
        words += moved[1]
        width, height = max(width, x + part.width), max(height, part.height)
        x += part.width + GAP
    moved = below.moved(0.0, y + height)
    return Sheet(width, y + height + below.height, (*cells, *moved[0]), (*words, *moved[1]))
