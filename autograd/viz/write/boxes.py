"""The words of each box of a picture, and the room they take in the widest font it may be shown with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import normalize

from autograd.util.language import Language
from autograd.util.printable import JOINERS
from autograd.util.text_width import is_wide, is_without_width
from autograd.viz.picture import Node, Picture
from autograd.viz.web.words import picture_words
from autograd.viz.write.networks import Column, networks
from autograd.viz.write.numbers import datum, figure, number

__all__ = [
    "BoxText",
    "Row",
    "box_text",
    "box_texts",
    "called",
    "contents",
    "fitted",
    "text_width",
]

LABEL, TEXT, SMALL = 12, 11, 10  # font sizes, in pixels of an SVG and points of the other forms
PADDING, GAP, OPERATION_PADDING = (
    8,
    10,
    5,
)  # beside the rows; between key and number; beside an operation
TITLE_HEIGHT, ROW_HEIGHT, NOTE_HEIGHT, PLAIN_HEIGHT, MARGIN = 20, 16, 15, 18, 3  # some 1.5 times the size of the text
EMOJI, EMOJI_STYLE = "\U0001f000", "\ufe0f"  # the first of them; what makes one of the sign before it
SHEET = 3  # pixels: by how much a sheet stands out under a box
BESIDE = 7  # between a short name and the rows beside it
WIDEST_NAME = 64  # pixels: a longer name would push the numbers of a column far from its left border
UNMEASURED = 1.25  # ems: as wide as nearly every letter of the other scripts, none of which is ever stretched to it


@dataclass(frozen=True, slots=True)
class Row:
    """One line under the title. kind: "data", "grad", "note" or "mark"; the last two have no key."""

    kind: str
    key: str
    text: str

    @property
    def height(self) -> int:
        """In pixels."""
        return ROW_HEIGHT if self.key else NOTE_HEIGHT


@dataclass(frozen=True, slots=True)
class BoxText:
    """The words of one box, and its width. A box without rows is a plain text, or an operation alone.

    beside: whether the title stands left of the rows, as the short name of a neuron does. sheets: how many show under
    it, of a folded box one, of what stands for many two.
    """

    title: str
    operation: str
    rows: tuple[Row, ...]
    width: int
    beside: bool = False
    sheets: int = 0

    @property
    def title_height(self) -> int:
        """Nothing where there is neither label nor operation, as in an input without a name."""
        return TITLE_HEIGHT if (self.title or self.operation) and not self.beside else 0

    @property
    def indent(self) -> int:
        """How far right the rows begin, after a title beside them."""
        return round(text_width(self.title, LABEL, bold=True) + 0.5) + BESIDE if self.beside and self.title else 0

    @property
    def height(self) -> int:
        """In pixels, borders and all."""
        rows = sum(row.height for row in self.rows)
        return self.title_height + rows + 2 * MARGIN if rows else PLAIN_HEIGHT

    @property
    def operation_width(self) -> int:
        """The width of the pale ground behind the operation."""
        return round(text_width(self.operation, TEXT)) + 2 * OPERATION_PADDING if self.operation else 0


def box_texts(picture: Picture, widest: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, BoxText]:
    """The words of every node. widest: the widest text a row will ever show, by node and row, where that is more."""
    widest, around = widest or {}, _titles_around(picture)
    shown = {
        node.name: box_text(node, widest.get(node.name, {}), around.get(node.group or "", ()), picture.language)
        for node in picture.nodes
    }
    for network in networks(picture):
        for column in network.columns:
            shown |= _column_texts(column, widest, picture.language)
    return shown


def _column_texts(column: Column, widest: Mapping[str, Mapping[str, str]], language: Language) -> dict[str, BoxText]:
    """The words of the boxes of one column, all of one width; names that are short stand beside the numbers."""
    beside = all(text_width(name, LABEL, bold=True) <= WIDEST_NAME for name in column.names)
    texts = {
        node.name: _in_column(node, name, widest.get(node.name, {}), beside, column.is_folded, language)
        for node, name in zip(column.nodes, column.names, strict=True)
    }
    width = max((text.width for text in texts.values() if text.rows), default=0)
    return {name: replace(text, width=width) if text.rows else text for name, text in texts.items()}


def _in_column(
    node: Node, name: str, widest: Mapping[str, str], beside: bool, is_folded: bool, language: Language
) -> BoxText:
    """The words of one neuron: its name, its output and the gradient of that; of a folded layer, what it holds, too."""
    if node.kind in ("constant", "more", "operation"):
        return box_text(node, language=language)
    rows = [row for row in _rows(node, language) if is_folded or (row.key and (node.repeats == 1 or row.text != "–"))]
    if not rows and node.largest_grad is not None:
        rows = [Row("note", "", f"|grad| ≤ {figure(node.largest_grad)}")]
    elif not rows:
        rows = [Row("note", "", f"× {node.repeats}") if node.repeats > 1 else Row("grad", "grad", "–")]
    words = BoxText(name, "", (*rows, *_marks(node, language)), 0, beside, min(node.repeats - (not is_folded), 2))
    needed = [words.indent + _row_width(row, widest.get(row.kind, "")) for row in words.rows]
    return replace(words, width=round(max([*needed, 0 if beside else _title_width(words)]) + 0.5) + 2 * PADDING)


def _titles_around(picture: Picture) -> dict[str, tuple[str, ...]]:
    """The names of a group and of those around it, from the outermost in."""
    around: dict[str, tuple[str, ...]] = {}
    for group in picture.groups:
        around[group.name] = (*around.get(group.parent or "", ()), group.title.split(" · ")[0])
    return around


def box_text(
    node: Node, widest: Mapping[str, str] | None = None, around: Sequence[str] = (), language: Language = "en"
) -> BoxText:
    """Return the words of one node.

    around: the groups it stands in, whose names its path need not repeat.

    >>> box_text(Node("n2", "result", "o", "tanh", 0.5, 1.0)).rows
    (Row(kind='data', key='data', text='0.5'), Row(kind='grad', key='grad', text='1'))
    >>> box_text(Node("n1", "parameter", "layers[0].w[1]"), around=["MLP", "layers[0]"]).title
    'w[1]'
    """
    title, operation = called(node, language), node.operation
    rows = (*_rows(node, language), *_marks(node, language))
    if node.kind == "parameter":
        starts = (f"{'.'.join(around[first:])}." for first in range(len(around)))
        title = title.removeprefix(next(filter(title.startswith, starts), ""))
    if node.repeats > 1 and node.kind not in ("constant", "more") and (node.label or operation):
        operation = f"{operation} × {node.repeats}".lstrip()
    plain = BoxText(title, operation, rows, 0)
    needed = [_title_width(plain), *(_row_width(row, (widest or {}).get(row.kind, "")) for row in rows)]
    sheets = min(node.repeats, 2) if rows and (node.kind == "group" or node.repeats > 1) else 0
    return BoxText(title, operation, rows, round(max(needed) + 0.5) + (2 * PADDING if rows else 2), sheets=sheets)


def called(node: Node, language: Language = "en") -> str:
    """Return a node's label, a constant's number, or for many values without a label, how many they are.

    >>> called(Node("n0", "constant", data=2.0)), called(Node("n0", "input", repeats=100))
    ('2', '100 inputs')
    """
    if node.kind == "constant" and node.data is not None:
        return f"{node.label} = {datum(node.data)}" if node.label else datum(node.data)
    if node.label or node.repeats == 1 or node.operation:
        return node.label
    return picture_words(language).say(f"many_{node.kind}", node.repeats)


def _rows(node: Node, language: Language) -> list[Row]:
    """Its rows: one for the largest gradient where it stands for many values, none for an operation by itself."""
    rows: list[Row] = []
    stands_for_many = node.kind == "group" or node.repeats > 1
    if node.kind in ("constant", "more", "operation") or (node.data is None and not stands_for_many):
        return rows
    if node.data is not None:
        rows.append(Row("data", "data", datum(node.data)))
    if node.grad is not None or (node.data is not None and node.repeats == 1) or _has_no_gradient(node):
        rows.append(Row("grad", "grad", "–" if node.grad is None else number(node.grad)))
    if node.kind == "group":
        rows += [Row("note", "", text) for text in (node.note, contents(node, language)) if text]
    says_more = node.grad is None or (node.kind == "group" and abs(node.grad) != node.largest_grad)
    if node.largest_grad is not None and stands_for_many and says_more:
        rows.append(Row("note", "", picture_words(language).say("largest_grad", figure(node.largest_grad))))
    return rows


def _has_no_gradient(node: Node) -> bool:
    """Whether it stands for values that no backward pass has reached; where one has, their gradients may differ."""
    return node.kind != "group" and node.largest_grad is None


def _marks(node: Node, language: Language) -> list[Row]:
    marks = [f"◀ {node.mark}"] if node.mark else []
    if node.first_not_finite:
        is_infinite = node.data is not None and math.isinf(node.data)
        marks.append(picture_words(language)["first_inf" if is_infinite else "first_nan"])
    return [Row("mark", "", mark) for mark in marks]


def contents(node: Node, language: Language = "en") -> str:
    """Say how much a folded group holds.

    >>> contents(Node("g1", "group", values=25, parameters=1))
    '25 values, 1 parameter'
    >>> contents(Node("g1", "group", values=25, parameters=1), "zh")
    '25 个值、1 个参数'
    """
    words, counts = picture_words(language), (("values", node.values), ("parameters", node.parameters))
    return words["list"].join(words.say(key, count=count) for key, count in counts if count)


def _title_width(words: BoxText) -> float:
    label = text_width(words.title, LABEL if words.rows else TEXT, bold=bool(words.rows))
    return label + words.operation_width + (GAP if label and words.operation else 0)


def _row_width(row: Row, widest: str) -> float:
    if not row.key:
        return text_width(row.text, SMALL)
    value = max(text_width(text, TEXT) for text in (row.text, widest))
    return text_width(row.key, TEXT) + GAP + value


@lru_cache(4_096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """At most so many pixels in DejaVu Sans, Verdana, Arial, Helvetica, or the usual fonts for Chinese and Japanese."""
    wide = sum(map(is_wide, text))
    ems = sum(map(_ems, text)) - wide
    return ((ems * (1.15 if bold else 1.0)) + wide * 1.02) * size


def fitted(words: str, width: float, size: float, bold: bool = False) -> str:
    """The words, or as much of their beginning as fits, on one line.

    >>> fitted("a long name", 40, 10)
    'a lon…'
    """
    joiners = {i for joiner in JOINERS.finditer(words) for i in range(*joiner.span())}
    line = "".join(c if c.isprintable() or i in joiners else " " for i, c in enumerate(words))
    if text_width(line, size, bold) <= width:
        return line
    while line and text_width(line + "…", size, bold) > width:
        line = line[:-1]
    return line + "…"


def _ems(letter: str) -> float:
    if is_wide(letter):
        return 1.0 if letter < EMOJI else 1.4
    if is_without_width(letter):
        return 0.4 if letter == EMOJI_STYLE else 0.0
    if letter in "mMW@%Ææ©®¼½¾—…→МФЫжмфшщыю":
        return 1.06
    if letter in "ЖШЩЮ":
        return 1.17
    if not _is_measured(letter):
        plain = normalize("NFKC", letter)
        return UNMEASURED if plain == letter else sum(map(_ems, plain))
    if letter in " .,:;|!'-ijlfIrt[]()/\\":
        return 0.46
    if letter.isdigit() or letter in "{}_*–" or (letter.islower() and letter not in "wω"):
        return 0.65 if letter.isascii() else 0.73
    return 0.87


def _is_measured(letter: str) -> bool:
    """Whether a letter is Latin, Greek or Cyrillic, or a sign of the field."""
    return (
        letter < "\u0180"
        or "\u0370" <= letter < "\u0460"
        or "\u2010" <= letter < "\u2100"
        or "\u2190" <= letter < "\u2300"
    )
