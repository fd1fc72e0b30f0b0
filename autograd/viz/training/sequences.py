"""What a model of tokens looks at, expects and invents, as SVG: heat maps of the same cells in all snapshots."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from autograd.util.catalogue import Catalogue
from autograd.viz.training.layout import AXIS, BOTTOM, EDGE, LABELS, PANEL, TOP, UPPER, Part, TrainingLayout, text
from autograd.viz.training.packing import BASE, spelled
from autograd.viz.training.token_record import Floats, Sequences
from autograd.viz.write.boxes import fitted

__all__ = ["attention_panel", "packed_shares", "probability_panel", "text_panel"]

SMALLEST = 9.0  # the side of cells that have letters beside them
ROW = 14  # from one text to the next


def attention_panel(layout: TrainingLayout, words: Catalogue, index: int) -> Iterable[str]:
    """A grid for each head: a row for each token that looks, a column for each it sees."""
    seen = layout.record.sequences
    assert seen is not None
    count, tokens = seen.attention.shape[1], seen.tokens
    more = words.say("more", len(seen.heads) - count) if len(seen.heads) > count else ""
    yield text(f"{words['attention']}, {layout.record.model} {more}".rstrip(), EDGE, 16, "title")
    grid = layout.heads
    side = grid.side
    for head in range(count):
        x = EDGE + LABELS + grid.width * (head % grid.across)
        y = TOP + LABELS + grid.height * (head // grid.across)
        yield text(words.say("head", seen.heads[head]), x, y - LABELS + 2, "muted")
        yield from _names(tokens, x, y + 2, side, side, is_above=True)
        yield from _names(tokens, x, y, side, side, is_above=False)
        yield f'<g class="heat" transform="translate({x:g} {y + 2:g})">'
        for row, column in _triangle(len(tokens)):
            share = seen.attention[index, head, row, column]
            yield _cell(column * side, row * side, side, side, share, f"{tokens[row]} → {tokens[column]}")
        yield "</g>"
    yield text(words["attention_key"], EDGE, BOTTOM + 14, "muted")


def probability_panel(layout: TrainingLayout, words: Catalogue, index: int) -> Iterable[str]:
    """A column for each token read, a row for each that may come next; the one that came has a frame."""
    seen = layout.record.sequences
    assert seen is not None
    left, top = layout.left + AXIS, UPPER + LABELS
    width, height = (PANEL - AXIS) / len(seen.tokens), (TALLEST - LABELS) / len(seen.rows)
    yield text(words["probabilities"], layout.left, 16, "title")
    if len(seen.rows) < seen.vocabulary_size:
        some = words.say("probabilities_some", len(seen.rows), seen.vocabulary_size)
        yield text(some, layout.left, top + TALLEST - LABELS + 13, "muted")
    yield from _names(seen.tokens, left, top, width, height, is_above=True)
    yield from _names(seen.rows, left, top, width, height, is_above=False)
    yield f'<g class="heat" transform="translate({left:g} {top:g})">'
    for row, column in np.ndindex(len(seen.rows), len(seen.tokens)):
        share = seen.probabilities[index, row, column]
        yield _cell(column * width, row * height, width, height, share, f"{seen.tokens[column]} → {seen.rows[row]}")
    for column, came in enumerate(seen.came):
        if came is not None:
            size = f"h{width:.1f}v{height:.1f}h-{width:.1f}z"
            yield f'<path class="came" d="M{column * width:.1f} {came * height:.1f}{size}"/>'
    yield "</g>"


TALLEST = 210  # of the probabilities, above the loss


def text_panel(layout: TrainingLayout, words: Catalogue, part: Part, index: int) -> Iterable[str]:
    """What the model invents: each text is drawn with the same random numbers in all snapshots."""
    seen = layout.record.sequences
    assert seen is not None
    x = part.x + EDGE
    yield text(words["invented"], x, part.y + 16, "title")
    for k, line in enumerate(seen.invented[index]):
        yield f'<text class="made" x="{x:g}" y="{part.y + 34 + ROW * k:g}">{text_inside(line)}</text>'


def text_inside(line: str) -> str:
    """A text as it has room in its panel, escaped."""
    return text(fitted(line, PANEL - EDGE, 11) or " ", 0, 0).partition(">")[2].removesuffix("</text>")


def packed_shares(seen: Sequences) -> str:
    """The shares of all cells of all snapshots, a character each, in the order in which the cells stand."""
    rows, columns = np.tril_indices(len(seen.tokens))
    attention = seen.attention[:, :, rows, columns].reshape(len(seen.attention), -1)
    both = np.hstack([attention, seen.probabilities.reshape(len(seen.probabilities), -1)])
    return spelled(_codes(both).ravel(), 1)


def _codes(shares: Floats) -> NDArray[np.intp]:
    codes: NDArray[np.intp] = np.rint((BASE - 1) * np.sqrt(np.clip(np.nan_to_num(shares), 0.0, 1.0))).astype(np.intp)
    return codes


def _triangle(count: int) -> Iterable[tuple[int, int]]:
    return ((row, column) for row in range(count) for column in range(row + 1))


def _cell(x: float, y: float, width: float, height: float, share: float, hint: str) -> str:
    opacity = int(_codes(np.array(share))) / (BASE - 1)
    size = f'x="{x:.4g}" y="{y:.4g}" width="{width:.4g}" height="{height:.4g}"'
    return f'<rect {size} fill-opacity="{opacity:.2f}"><title>{text_inside(hint)}</title></rect>'


def _names(names: Iterable[str], x: float, y: float, width: float, height: float, is_above: bool) -> Iterable[str]:
    """The names of columns above a grid, or of rows left of it; none where there is no room."""
    if (width if is_above else height) < SMALLEST:
        return
    for k, name in enumerate(names):
        short = fitted(name.strip(), width if is_above else LABELS + 10, 10) if len(name) > 1 else name
        if is_above:
            yield text(short, x + width * (k + 0.5), y - 4, "name heat c")
        else:
            yield text(short, x - 4, y + height * (k + 0.5) + 5, "name heat r")
