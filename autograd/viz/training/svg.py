"""One snapshot of a training as SVG: the network, what it gives over the plane of its inputs, and the loss.

The picture of the last snapshot is the one in a page without scripts. The player takes it as it is and changes the
numbers, the lines, the shades and the mark on the loss; nothing else moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from itertools import chain

import numpy as np

from autograd.util.catalogue import Catalogue
from autograd.viz.training.layout import (
    AXIS,
    EDGE,
    HEIGHT,
    LEGEND,
    Part,
    Plot,
    Spot,
    TrainingLayout,
    area,
    axes,
    text,
)
from autograd.viz.training.outcome import outcome_panel
from autograd.viz.training.plane import COLORS, pixel_panel, plane_panel
from autograd.viz.training.record import Column, Floats, TrainingRecord, largest
from autograd.viz.training.sequences import attention_panel, probability_panel, text_panel
from autograd.viz.write.boxes import fitted, text_width
from autograd.viz.write.edges import FINEST, THICKEST, THINNEST
from autograd.viz.write.numbers import cell, figure, subscript
from autograd.viz.write.svg import SWATCH
from autograd.viz.write.theme import FONT, style_sheet

__all__ = ["training_svg"]


STEPS = round(2 * (THICKEST - FINEST)) + 1  # widths of lines, half a pixel apart, as in the drawing of a network
ZERO, WRONG = 2 * STEPS, 2 * STEPS + 1  # the kinds of lines behind those of positive and of negative numbers
RULES = {
    ".ground": "fill:var(--ground)",
    "text": f"font:11px {FONT};fill:var(--ink)",
    ".muted": "fill:var(--muted);font-size:10px",
    ".name": "font-size:10px",
    ".title": "font-weight:bold",
    ".c": "text-anchor:middle",
    ".r": "text-anchor:end",
    ".edges path": "fill:none;stroke:var(--plus)",
    ".edges .m": "stroke:var(--minus)",
    ".edges .z": "stroke:var(--line);stroke-dasharray:4 3",
    ".edges .w": "stroke:var(--wrong)",
    ".node rect": "fill:var(--plus);stroke:var(--line)",
    ".node.m rect": "fill:var(--minus)",
    ".frame": "fill:none;stroke:var(--line)",
    ".lines path": "fill:none;stroke:var(--data);stroke-width:2;stroke-linejoin:round",
    ".lines .held": "stroke:var(--muted);stroke-dasharray:2 3",
    ".now path": "stroke:var(--muted);stroke-dasharray:2 2",
    ".now circle": "fill:var(--ground);stroke:var(--data);stroke-width:2.5",
    ".shades path": "fill-opacity:.13",
    ".shades .zero": "fill:none;stroke:var(--ink);stroke-width:2;vector-effect:non-scaling-stroke",
    ".points path": "stroke:var(--ground);paint-order:stroke;stroke-width:2",
    ".curve": "fill:none;stroke:var(--data);stroke-width:2.5",
    ".pick": "pointer-events:all;cursor:crosshair",
    ".same": "fill:none;stroke:var(--muted);stroke-dasharray:4 3",
    ".answers": "fill:var(--data);stroke:var(--ground);stroke-width:1",
    ".cells rect": "fill:var(--minus)",
    ".count": "font-size:10px",
    ".cells .d": "fill:var(--data)",
    ".heat rect": "fill:var(--data)",
    ".came": "fill:none;stroke:var(--ink);stroke-width:1.5",
    ".ring": "fill:none;stroke:var(--ink);stroke-width:1.5",
    ".pixels": "fill:var(--ink)",
    ".pixels .p": "fill:var(--plus)",
    ".pixels .m": "fill:var(--minus)",
    **{f".of-{name}": f"fill:var(--{name})" for name in (*COLORS, "plus", "muted", "ink")},
}


def training_svg(layout: TrainingLayout, words: Catalogue, alt: str, index: int = -1) -> str:
    """One snapshot as the text of one SVG element, of its natural size. alt: for a reader who does not see it."""
    size = f'width="{layout.width:g}" height="{layout.height:g}"'
    network, plots = layout.above
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width:g} {layout.height:g}" {size} role="img"'
        f' class="autograd training"><title>{escape(alt)}</title><style>{STYLE}</style><rect class="ground" {size}/>',
        *_part(network, _on_the_left(layout, words, index)),
        *_part(plots, chain(_loss(layout, words, index), _above_the_loss(layout, words, index))),
    ]
    below = iter(layout.below)
    if layout.has_matrix_below:
        parts += _part(next(below), outcome_panel(layout, words, index))
    if layout.has_texts:
        part = next(below)
        parts += _part(part, text_panel(layout, words, part, index))
    for k, part in enumerate(below):
        parts += _part(part, _metric(layout, words, k, index))
    return "".join(parts) + "</svg>"


def _part(part: Part, content: Iterable[str]) -> list[str]:
    return [f'<svg class="part" overflow="visible" {part.attributes}>', *content, "</svg>"]


def _on_the_left(layout: TrainingLayout, words: Catalogue, index: int) -> Iterable[str]:
    """The network; of a model of tokens its attention; of any other its parameters."""
    if layout.record.columns:
        return _network(layout, words, index)
    return (attention_panel if layout.has_texts else _parameters)(layout, words, index)


def _above_the_loss(layout: TrainingLayout, words: Catalogue, index: int) -> Iterable[str]:
    """The output over the plane of the inputs, or against the targets; or the inputs, where they are a picture."""
    plane = layout.record.plane
    if layout.has_texts:
        return probability_panel(layout, words, index)
    if plane is not None and layout.plane is not None:
        return plane_panel(layout, layout.plane, plane, words["curve" if plane.kind == "curve" else "plane"], index)
    if layout.pixels:
        return pixel_panel(layout, layout.pixels, words.say("picture", _of_sample(layout.record, words)))
    return outcome_panel(layout, words, index) if layout.outcome else ()


STYLE = style_sheet(".training", RULES, "training")


# ── the network ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _network(layout: TrainingLayout, words: Catalogue, index: int) -> Iterable[str]:
    record = layout.record
    yield '<g class="edges">'
    for i, path in enumerate(_edges(layout, index)):
        yield f'<path class="{"pmzw"[min(i // STEPS, 2) + (i == WRONG)]}" stroke-width="{_width(i):g}" d="{path}"/>'
    yield "</g>"
    values = iter([*record.inputs, *record.activations[index].tolist()])
    for column, spots, top in zip(record.columns, layout.spots, layout.tops, strict=True):
        yield '<g class="column">'
        yield from _column(layout, column, spots, words)
        for n, spot in zip(column.shown, spots, strict=True):
            yield _node(_name(layout, column, n), spot, next(values), top)
        if column is record.columns[-1]:
            yield from _target(layout, words)
        yield "</g>"
    yield from _legend(words)


def _target(layout: TrainingLayout, words: Catalogue) -> Iterable[str]:
    """The target: a number below the output, or a pointer to one of several."""
    record, spots = layout.record, layout.spots[-1]
    y = record.target_of(record.sample["y"])
    below, words_of_it = spots[-1].y + spots[-1].height / 2 + 14, "" if y is None else words.say("target", figure(y))
    yield f'<text class="target muted c" x="{spots[-1].middle:g}" y="{below:g}">{words_of_it}</text>'
    shown = record.columns[-1].shown
    if record.target in shown or (record.choices and len(shown) > 1):
        spot = spots[shown.index(record.target) if record.target in shown else 0]
        hidden = "" if record.target in shown else ' visibility="hidden"'
        corner = f'd="M{spot.x + spot.width + 3:g} 0l8-4.5v9z"'
        yield f'<path class="aim of-ink" transform="translate(0 {spot.y:g})"{hidden} {corner}/>'


def _column(layout: TrainingLayout, column: Column, spots: Sequence[Spot], words: Catalogue) -> Iterable[str]:
    is_input, room = column.is_input, layout.room - 8
    x, anchor = (spots[0].x, "") if is_input else (spots[0].middle, " c")
    title, word = (words["inputs"], _of_sample(layout.record, words)) if is_input else (column.title, column.word)
    yield text(fitted(title, room, 11.5), x, 16, f"title{anchor}")
    yield text(fitted(word, room, 10), x, 30, f"{'sample ' * is_input}word muted{anchor}")
    if column.hidden:
        y = (spots[column.gap - 1].y + spots[column.gap].y) / 2 + 4
        yield text(words.say("more", column.hidden), spots[0].middle, y, "muted c")


def _of_sample(record: TrainingRecord, words: Catalogue) -> str:
    index = record.sample["index"]
    return words["given"] if index is None else words.say("sample", index)


def _name(layout: TrainingLayout, column: Column, n: int) -> str:
    """The name in a box beside its number: of an input, or of one of several outputs."""
    if column.is_input:
        return f"x{subscript(n + 1)}"
    return str(n) if column is layout.record.columns[-1] and column.total > 1 else ""


def _node(name: str, spot: Spot, value: float, top: float) -> str:
    middle = spot.height / 2 + 4
    tint = round(0.45 * min(1.0, abs(value) / top), 2) if math.isfinite(value) else 0.0
    words = text(name, 6, middle, "name") + " " + text(cell(value), spot.width - 6, middle, "v r")
    return (
        f'<g class="node{" m" * (value < 0)}" transform="translate({spot.x:g} {spot.y - spot.height / 2:g})">'
        f'<rect width="{spot.width:g}" height="{spot.height:g}" rx="6" fill-opacity="{tint:g}"/>{words}</g>'
    )


def _edges(layout: TrainingLayout, index: int) -> list[str]:
    """The lines between the boxes, by their kind."""
    weights = layout.record.parameters[:, layout.record.shown_parameters]
    shares = weights[index] / largest(weights)
    kinds, paths, parameter = _kinds(shares), [""] * (WRONG + 1), 0
    for before, after in zip(layout.spots, layout.spots[1:], strict=False):
        for spot in after:
            for origin in before:
                paths[kinds[parameter]] += f"M{origin.x + origin.width:g} {origin.y:g}L{spot.x:g} {spot.y:g}"
                parameter += 1
            parameter += 1  # the bias has no line
    return paths


def _kinds(shares: Floats) -> list[int]:
    """The kind of each line, by the number's share of the largest: its width, and further on where it is negative."""
    is_finite = np.isfinite(shares)
    sizes = np.minimum(np.abs(np.where(is_finite, shares, 0.0)), 1.0)
    steps = np.floor((STEPS - 1) * sizes + 0.5).astype(int) + STEPS * (shares < 0)
    return [int(kind) for kind in np.where(is_finite, np.where(shares == 0, ZERO, steps), WRONG)]


def _width(kind: int) -> float:
    """The width of the lines of one kind, in pixels."""
    return {ZERO: THINNEST, WRONG: THICKEST}.get(kind, FINEST + 0.5 * (kind % STEPS))


def _legend(words: Catalogue) -> Iterable[str]:
    x: float = EDGE
    y = HEIGHT - 9
    yield '<g class="edges key">'
    for sign, width, word in (("p", 2, words["positive"]), ("m", 2, words["negative"]), ("z", 1, "0")):
        yield f'<path class="{sign}" stroke-width="{width}" d="M{x:g} {y - 3.5:g}h{SWATCH}"/>'
        yield text(word, x + SWATCH + 5, y, "muted")
        x += SWATCH + 5 + text_width(word, 10) + 12
    yield text(words["wider"], x, y, "muted") + "</g>"


def _parameters(layout: TrainingLayout, words: Catalogue, snapshot: int) -> Iterable[str]:
    """Instead of a network that cannot be shown: why, and its parameters as a list."""
    record, right, step = layout.record, EDGE + layout.network, 21
    yield text(f"{words['parameters']}, {record.model}", EDGE, 16, "title")
    yield text(fitted(record.note, layout.network, 10), EDGE, 32, "muted")
    for x, word in ((EDGE, "parameter"), (right - 110, "value"), (right, "gradient")):
        yield text(words[word], x, 58, "muted" + " r" * (x > EDGE))
    for row, index in enumerate(record.shown_parameters):
        y = 78 + step * row
        yield f'<g class="row">{text(fitted(record.names[index], layout.network - 200, 11), EDGE, y)}'
        for x, numbers in ((right - 110, record.parameters), (right, record.gradients)):
            yield text(cell(numbers[snapshot, index]), x, y, "v r")
        yield "</g>"
    hidden = len(record.names) - len(record.shown_parameters)
    if hidden:
        yield text(words.say("more", hidden), EDGE, 78 + step * len(record.shown_parameters), "muted")


# ── the loss ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _loss(layout: TrainingLayout, words: Catalogue, index: int) -> Iterable[str]:
    record, plot = layout.record, layout.loss
    scale = f" ({words['logarithmic']})" if plot.is_log else ""
    top = plot.y - 10 - LEGEND * bool(record.validation)
    yield text(f"{words['loss'].capitalize()}{scale}", layout.left, top, "title")
    now = f"{words['epoch']} {record.epochs[index]:g}: {figure(record.losses[index])}"
    yield text(now, layout.right, top, "at r")
    yield f'<g class="lines">{_line(layout.marks)}{"".join(_held_out(layout, words))}</g>'
    yield from _mark(plot, layout.marks[index])
    yield from axes(plot, words["epoch"], "")


def _metric(layout: TrainingLayout, words: Catalogue, k: int, index: int) -> Iterable[str]:
    """One of the metrics: its line, and the number at this snapshot."""
    plot, marks, name = layout.metrics[k], layout.metric_marks[k], list(layout.record.metrics)[k]
    right = plot.x + plot.width
    yield text(fitted(name, plot.width + AXIS - 60, 11.5), plot.x - AXIS, plot.y - 10, "title")
    yield text(layout.metric_texts[k][index], right, plot.y - 10, "at r")
    known = [mark for mark in marks if mark is not None]
    yield f'<g class="lines">{_line(known) if known else ""}</g>'
    yield from _mark(plot, marks[index])
    yield from axes(plot, words["epoch"], "")


def _mark(plot: Plot, point: tuple[float, float] | None) -> Iterable[str]:
    """The frame of a plot, and the mark of a snapshot in it; hidden where there is none."""
    x, y = point or (0.0, 0.0)
    rule = f'<path d="M0 {plot.y:g}v{plot.height:g}"/>'
    hidden = "" if point else ' visibility="hidden"'
    yield f'<g class="now" transform="translate({x:g})"{hidden}>{rule}<circle cy="{y:g}" r="4.5"/></g>'
    yield f'<rect class="frame" {area(plot)}/>'


def _held_out(layout: TrainingLayout, words: Catalogue) -> Iterable[str]:
    """The loss of the validation data, and which line is which: above the plot, where no line goes."""
    if not layout.record.validation:
        return
    yield _line([layout.mark(epoch, x) for epoch, x in layout.record.validation], "held")
    x: float = layout.right
    y = layout.loss.y - 8
    for word, name in (("validation", "held"), ("training", "loss")):
        yield text(words[word], x, y, "muted r")
        x -= text_width(words[word], 10) + 22
        yield _line([(x, y - 3.5), (x + 18, y - 3.5)], name)
        x -= 12


def _line(points: Sequence[tuple[float, float]], name: str = "loss") -> str:
    return f'<path class="{name}" d="M{"L".join(f"{round(x, 1):g} {y:g}" for x, y in points)}"/>'
