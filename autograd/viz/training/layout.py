"""Where everything stands in the picture of a training: the same in all its snapshots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np

from autograd.viz.training.record import Column, TrainingRecord, largest
from autograd.viz.write.numbers import figure

__all__ = [
    "AXIS",
    "BOTTOM",
    "EDGE",
    "HEIGHT",
    "LABELS",
    "LEGEND",
    "NETWORK",
    "PANEL",
    "TOP",
    "UPPER",
    "Part",
    "Plot",
    "Spot",
    "TrainingLayout",
    "area",
    "axes",
    "text",
]

HEIGHT, EDGE, TOP, BOTTOM = 412, 12, 44, 380  # of the upper parts; the margin; the rows of the network
NETWORK, COLUMN, GAP, PANEL = 530, 92, 26, 288  # widths: with the margins 868, as a notebook's cell is some 900 wide
BOX, NAMED, TALLEST, CLOSEST = (
    54,
    78,
    24,
    4,
)  # widths of a number's box, and with a name; height, distance
METRIC, MATRIX = 116, 262  # heights of the parts below: of a metric, of a matrix that has no room above
PART, NARROWEST = 289, 330  # the width of a part below; the least one of the network
AXIS = 42  # the room for the numbers left of a plot
LABELS, HEAD = 16, 16  # of a heat map: the names beside its rows and above its columns, and the title above
LEGEND = 14  # the room for the names of two lines above it
UPPER, LOWER, PLANE_HEIGHT, FLOOR = (
    26,
    282,
    196,
    382,
)  # of the two plots: tops, the upper height, the lower end


@dataclass(frozen=True, slots=True)
class Spot:
    """A box of the network: its left edge, its middle, its width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where it stands from left to right."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Plot:
    """A rectangle with a range on each axis."""

    x: float
    y: float
    width: float
    height: float
    across: tuple[float, float]
    up: tuple[float, float]
    is_log: bool = False

    def at(self, a: float, b: float) -> tuple[float, float]:
        """Where in the picture a point stands."""
        low, high = self.up
        if self.is_log:
            low, high, b = math.log(low), math.log(high), math.log(b)
        left, right = self.across
        x = self.x + self.width * ((a - left) / (right - left) if right > left else 0.5)
        return round(x, 1), round(self.y + self.height * (1 - (b - low) / (high - low)), 1)


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle of the picture that the player may put elsewhere: below another, where both have no room."""

    x: float
    y: float
    width: float
    height: float

    @property
    def attributes(self) -> str:
        """Of the SVG element of this part, whose coordinates are those of the whole picture."""
        box = f"{self.x:g} {self.y:g} {self.width:g} {self.height:g}"
        return f'x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" height="{self.height:g}" viewBox="{box}"'


@dataclass(frozen=True, slots=True)
class HeadGrid:
    """How heads of attention stand: so many beside each other, the side of a cell, and the room of each head."""

    across: int
    side: int
    width: float
    height: float


class TrainingLayout:
    """Where the boxes and the plots stand."""

    def __init__(self, record: TrainingRecord) -> None:
        self.record = record
        self.network = max(NETWORK, COLUMN * len(record.columns))
        self.left = EDGE + self.network + GAP
        self.right = self.left + PANEL
        self.width = self.right + EDGE
        self.height = max([HEIGHT, *(part.y + part.height for part in self.below)])

    @cached_property
    def above(self) -> tuple[Part, Part]:
        """The network, and the plots beside it."""
        cut = self.left - GAP / 2
        return Part(0, 0, cut, HEIGHT), Part(cut, 0, self.width - cut, HEIGHT)

    @property
    def narrowest(self) -> float:
        """How narrow the network may become: some 8 pixels are left between its boxes, and room for its legend."""
        between = len(self.record.columns) - 1
        if self.has_texts:
            return max(NARROWEST, EDGE + self.heads.across * self.heads.width)
        return max(NARROWEST, between * (NAMED + 8) + BOX + 2 * EDGE)

    @cached_property
    def below(self) -> list[Part]:
        """A part for each metric, after one for the matrix if there is no room for it above."""
        a_row = int(self.width // PART)
        heights = [MATRIX] * self.has_matrix_below + [METRIC] * (self.has_texts + len(self.record.metrics))
        parts, y = [], HEIGHT
        for first in range(0, len(heights), a_row):
            row = heights[first : first + a_row]
            parts += [Part(PART * i, y, PART, height) for i, height in enumerate(row)]
            y += max(row)
        return parts

    @cached_property
    def heads(self) -> HeadGrid:
        """The grids of the heads of attention."""
        seen = self.record.sequences
        assert seen is not None
        count, tokens = seen.attention.shape[1], len(seen.tokens)
        across = math.ceil(math.sqrt(count))
        width, height = NETWORK / across, (BOTTOM - TOP) / math.ceil(count / across)
        side = math.floor(min((width - LABELS - GAP) / tokens, (height - LABELS - HEAD) / tokens, TALLEST))
        return HeadGrid(across, side, min(width, LABELS + side * tokens + GAP), height)

    @property
    def has_texts(self) -> bool:
        """Whether there are texts that the model invents, which come first below."""
        return self.record.sequences is not None

    @property
    def has_matrix_below(self) -> bool:
        """Whether the place above is taken by the picture that the inputs are."""
        return self.record.outcome is not None and bool(self.pixels)

    @cached_property
    def outcome(self) -> Plot | None:
        """The plot of outputs against targets, or of the matrix of classes."""
        outcome = self.record.outcome
        if outcome is None:
            return None
        left, top = (self.below[0].x + EDGE, self.below[0].y) if self.has_matrix_below else (self.left, 0)
        if outcome.kind == "confusion":
            classes = (0.0, float(len(outcome.names)))
            return Plot(
                left + AXIS, top + UPPER + LEGEND, PLANE_HEIGHT - LEGEND, PLANE_HEIGHT - LEGEND, classes, classes
            )
        both = _with_room(outcome.targets.tolist())
        return Plot(left + AXIS, UPPER, PANEL - AXIS, PLANE_HEIGHT, both, both)

    @cached_property
    def metrics(self) -> list[Plot]:
        """A plot for each metric."""
        plots = []
        for part, numbers in zip(
            self.below[self.has_matrix_below + self.has_texts :], self.record.metrics.values(), strict=True
        ):
            known = [x for x in numbers if x is not None and math.isfinite(x)]
            low, high = min(known, default=0.0), max(known, default=1.0)
            up = (low, high) if high > low else (low - 0.5, high + 0.5)
            x, y = part.x + EDGE + AXIS, part.y + UPPER
            plots.append(Plot(x, y, part.x + part.width - EDGE - x, part.height - UPPER - 30, self.loss.across, up))
        return plots

    @cached_property
    def metric_texts(self) -> list[list[str]]:
        """For each metric what is to be said of it at each snapshot."""
        return [["–" if x is None else figure(x) for x in numbers] for numbers in self.record.metrics.values()]

    @cached_property
    def metric_marks(self) -> list[list[tuple[float, float] | None]]:
        """For each metric the mark of each snapshot; None where it was not measured."""
        epochs = self.record.epochs
        return [
            [
                None if x is None or not math.isfinite(x) else plot.at(epoch, x)
                for epoch, x in zip(epochs, numbers, strict=True)
            ]
            for plot, numbers in zip(self.metrics, self.record.metrics.values(), strict=True)
        ]

    @cached_property
    def room(self) -> float:
        """From one column to the next."""
        return (self.network - BOX) / max(1, len(self.record.columns) - 1)

    @cached_property
    def spots(self) -> list[list[Spot]]:
        """The boxes, column after column."""
        last, spots = len(self.record.columns) - 1, []
        for i, column in enumerate(self.record.columns):
            width = NAMED if column.is_input or (i == last and column.total > 1) else BOX
            x = EDGE + self.network - width if i == last else EDGE + i * self.room
            spots.append(_spots(column, round(x), width))
        return spots

    @cached_property
    def tops(self) -> list[float]:
        """For each column, the number whose box has the fullest colour."""
        if not self.record.columns:
            return []
        tops, begin = [largest(np.array(self.record.inputs))], 0
        for column in self.record.columns[1:]:
            tops.append(largest(self.record.activations[:, begin : begin + len(column.shown)]))
            begin += len(column.shown)
        return tops

    @cached_property
    def plane(self) -> Plot | None:
        """The plot of what the model gives."""
        plane = self.record.plane
        if plane is None:
            return None
        up = plane.axes[1] if len(plane.axes) == 2 else _with_room(plane.marks)
        return Plot(self.left + AXIS, UPPER, PANEL - AXIS, PLANE_HEIGHT, plane.axes[0], up)

    @cached_property
    def pixels(self) -> int:
        """The side of the square that the inputs seem to be a picture of; 0 where there is another plot, or none."""
        inputs = len(self.record.sample["x"])
        side = math.isqrt(inputs)
        return side if self.plane is None and self.record.columns and side > 3 and side * side == inputs else 0

    @cached_property
    def loss(self) -> Plot:
        """The plot of the loss, logarithmic where it spans more than a factor of 20."""
        losses = [*self.record.losses, *(x for _, x in self.record.validation)]
        seen = [x for x in losses if math.isfinite(x)]
        low, high = min(seen, default=0.0), max(seen, default=1.0)
        is_log = low > 0 and high / low > 20
        up = (low / 1.1, high * 1.1) if is_log else (min(0.0, low), high if high > min(0.0, low) else 1.0)
        y = (
            LOWER
            if self.plane or self.outcome or self.pixels or self.has_texts
            else UPPER + LEGEND * bool(self.record.validation)
        )
        across = self.record.epochs[0], self.record.epochs[-1]
        return Plot(self.left + AXIS, y, PANEL - AXIS, FLOOR - y, across, up, is_log)

    def mark(self, epoch: float, loss: float) -> tuple[float, float]:
        """Where a snapshot stands on the loss; above all where it is not finite."""
        legal = math.isfinite(loss) and (loss > 0 or not self.loss.is_log)
        return self.loss.at(epoch, loss if legal else self.loss.up[1])

    @cached_property
    def marks(self) -> list[tuple[float, float]]:
        """The mark of each snapshot."""
        return [self.mark(epoch, loss) for epoch, loss in zip(self.record.epochs, self.record.losses, strict=True)]


def _spots(column: Column, x: float, width: float) -> list[Spot]:
    rows = len(column.shown) + bool(column.hidden)
    pitch = min(40.0, (BOTTOM - TOP) / rows)
    height = round(min(TALLEST, pitch - CLOSEST), 1)
    first = (TOP + BOTTOM - pitch * (rows - 1)) / 2
    taken = [i + (i != n) for i, n in enumerate(column.shown)]  # after those that are hidden one row is free
    return [Spot(x, round(first + pitch * row, 1), width, height) for row in taken]


def _with_room(numbers: Sequence[float]) -> tuple[float, float]:
    low, high = min(numbers), max(numbers)
    room = 0.25 * (high - low) or 1.0
    return low - room, high + room


# ── what several panels are made of ─────────────────────────────────────────────────────────────────────────────────


def axes(plot: Plot, across: str, up: str) -> list[str]:
    """The numbers and names at the edges of a plot."""
    bottom, right = plot.y + plot.height, plot.x + plot.width
    left = plot.x - 5
    return [
        text(figure(plot.across[0]), plot.x, bottom + 13, "muted"),
        text(across, plot.x + plot.width / 2, bottom + 13, "muted c"),
        text(figure(plot.across[1]), right, bottom + 13, "muted r"),
        text(figure(plot.up[1]), left, plot.y + 9, "muted r"),
        text(up, left, plot.y + plot.height / 2 + 4, "muted r"),
        text(figure(plot.up[0]), left, bottom, "muted r"),
    ]


def area(plot: Plot) -> str:
    """The rectangle of a plot, as attributes."""
    return f'x="{plot.x:g}" y="{plot.y:g}" width="{plot.width:g}" height="{plot.height:g}"'


def text(words: str, x: float, y: float, kind: str = "") -> str:
    """A text element; nothing for no words."""
    return f'<text class="{kind}" x="{round(x, 1):g}" y="{round(y, 1):g}">{escape(words)}</text>' if words else ""


Scene = TrainingLayout  # as it is called in pickles of earlier versions
