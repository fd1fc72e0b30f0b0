"""What a model gives beside what it should give, where its inputs have no plane: points, or a matrix of classes."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from autograd.util.catalogue import Catalogue
from autograd.viz.training.layout import Plot, TrainingLayout, area, axes, text
from autograd.viz.training.plane import ring
from autograd.viz.training.record import Floats, Outcome

__all__ = ["LEAST", "heights", "outcome_panel"]

CIRCLE = "m0-3a3 3 0 1 0 .01 0z"
LEAST = 12  # pixels: in a smaller cell of the matrix there is no room for a number


def outcome_panel(layout: TrainingLayout, words: Catalogue, index: int) -> Iterable[str]:
    """The panel of one snapshot."""
    outcome, plot = layout.record.outcome, layout.outcome
    assert outcome is not None and plot is not None
    return (_scatter if outcome.kind == "scatter" else _confusion)(layout, outcome, plot, words, index)


def heights(plot: Plot, outputs: Floats) -> Floats:
    """How far below the upper edge of the plot outputs stand: at the edge, where they are beyond it."""
    low, high = plot.up
    shares = (outputs - low) / (high - low)
    return np.round(plot.height * (1 - np.clip(np.nan_to_num(shares, nan=0.0), 0.0, 1.0)), 1)


def _scatter(layout: TrainingLayout, outcome: Outcome, plot: Plot, words: Catalogue, index: int) -> Iterable[str]:
    """A point a sample, its output over its target; on the dashed line both are equal."""
    left = layout.left
    yield text(words["scatter"], left, 16, "title")
    below = heights(plot, outcome.numbers[index]).tolist()
    places = [plot.at(target, 0.0)[0] for target in outcome.targets.tolist()]
    points = "".join(f"M{x:g} {round(plot.y + y, 1):g}{CIRCLE}" for x, y in zip(places, below, strict=True))
    yield f'<path class="same" d="M{plot.x:g} {plot.y + plot.height:g}L{plot.x + plot.width:g} {plot.y:g}"/>'
    yield f'<path class="answers" d="{points}"/>'
    yield f'<rect class="frame pick" {area(plot)}/>'
    yield ring(plot, *_of_the_sample(layout, index))
    yield from axes(plot, words["a_target"], "")


def _of_the_sample(layout: TrainingLayout, index: int) -> tuple[float, float]:
    """Target and output of the chosen sample, where it is one of the points."""
    outcome, record = layout.record.outcome, layout.record
    at = record.sample["index"]
    if outcome is None or record.choices is None or at not in record.choices.index:
        return math.nan, math.nan
    k = list(record.choices.index).index(at)
    return float(outcome.targets[k]), float(outcome.numbers[index, k])


def _confusion(layout: TrainingLayout, outcome: Outcome, plot: Plot, words: Catalogue, index: int) -> Iterable[str]:
    """A row for each class of the targets, a column for each that the model gives; the diagonal is right."""
    left, top, names = plot.x - 42, plot.y, outcome.names
    size, counts = plot.width / len(names), outcome.numbers[index]
    yield text(words.say("confusion", int(counts.sum())), left, top - 24, "title")
    yield text(words["given_class"], plot.x, top - 7, "muted")
    most = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    yield '<g class="cells">'
    for row, column in np.ndindex(counts.shape):
        x, y = plot.x + size * column, top + size * row
        kind = ' class="d"' if row == column else ""
        share = round(0.45 * float(counts[row, column] / most[row, 0]), 2)
        side = f'width="{size:.2f}" height="{size:.2f}" fill-opacity="{share:g}"'
        yield f'<rect{kind} x="{x:.2f}" y="{y:.2f}" {side}/>'
        if size >= LEAST:
            yield text(f"{counts[row, column]:g}", x + size / 2, y + size / 2 + 4, "c count")
    yield f'</g><rect class="frame" {area(plot)}/>'
    if size >= LEAST:
        for i, name in enumerate(names):
            middle = size * (i + 0.5)
            yield text(name.replace("-", "−"), plot.x - 5, top + middle + 4, "muted r")
            yield text(name.replace("-", "−"), plot.x + middle, top + plot.height + 13, "muted c")
    yield text(words["target_class"], plot.x + plot.width + 8, top + plot.height / 2 + 4, "muted")
