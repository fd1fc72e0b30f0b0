"""A model's output over the range of its one or two inputs, as SVG: shades, the border between classes, a curve.

The player's script computes the same paths from the same numbers for the other snapshots: web/training.js.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from autograd.viz.training.layout import PANEL, Plot, TrainingLayout, area, axes, text
from autograd.viz.training.record import CLASSES, Floats, Plane
from autograd.viz.write.boxes import text_width

__all__ = ["COLORS", "THRESHOLDS", "heights", "pixel_panel", "plane_panel", "region", "ring"]

THRESHOLDS = (0.0, 0.35, 0.75)  # where a side's three shades begin: at the border, and further into what is its own
COLORS = ("data", "minus", "third", "grad", "fourth", "fifth")
SHAPES = (
    "m0-3a3 3 0 1 0 .01 0z",  # circle
    "m0-4l4 7h-8z",  # triangle
    "m-3-3h6v6h-6z",  # square
    "m0-4.5l4 4.5-4 4.5-4-4.5z",  # diamond
    "m0 4l4-7h-8z",  # triangle on its head
    "m-1.2-4h2.4v2.8h2.8v2.4h-2.8v2.8h-2.4v-2.8h-2.8v-2.4h2.8z",  # cross
)


def plane_panel(layout: TrainingLayout, plot: Plot, plane: Plane, title: str, index: int) -> Iterable[str]:
    """The plot of one snapshot's outputs, with the data."""
    yield text(title, layout.left, 16, "title")
    shades = layout.record.shades[index]
    points = f'<g class="points">{_points(plane, plot)}</g>'
    if plane.kind == "curve":
        yield f'{points}<svg {area(plot)}><path class="curve" d="{curve(plot, shades)}"/></svg>'
        names = ("x", "y")
    else:
        side, paths = shades.shape[-1] - 1, regions(plane, shades)
        yield f'<svg class="shades" {area(plot)} preserveAspectRatio="none" viewBox="0 0 {side} {side}">'
        yield from (f'<path class="of-{color}" d="{path}"/>' for color, path in paths)
        yield f'<path class="zero" d="{boundary(plane, shades)}"/></svg>{points}'
        yield from _legend(layout, plane)
        names = ("x₁", "x₂")
    yield f'<rect class="frame pick" {area(plot)}/>{ring(*_of_the_sample(layout, plot))}'
    yield from axes(plot, *names)


def pixel_panel(layout: TrainingLayout, side: int, title: str) -> Iterable[str]:
    """The inputs as the picture they are, the larger the darker."""
    yield text(title, layout.left, 16, "title")
    pixels = np.array(layout.record.sample["x"], float).reshape(side, side)
    low, span = float(pixels.min()), float(np.ptp(pixels)) or 1.0
    x, size = layout.left + (PANEL - 196) / 2, round(196 / side, 3)
    yield f'<g class="pixels" transform="translate({x:g} 26) scale({size})">'
    for j, row in enumerate(pixels.tolist()):
        shown = [(i, round((value - low) / span, 2)) for i, value in enumerate(row)]
        yield "".join(f'<path d="M{i} {j}h1v1h-1z" fill-opacity="{share:g}"/>' for i, share in shown if share)
    yield f'</g><rect class="frame" x="{x:g}" y="26" width="196" height="196"/>'


# ── the data ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _points(plane: Plane, plot: Plot) -> str:
    """One path for each class: of a curve there is one."""
    paths = [""] * (1 if plane.kind == "curve" else len(plane.names))
    for point, mark, index in zip(plane.points.tolist(), plane.marks, plane.classes, strict=True):
        x, y = plot.at(point[0], point[1] if len(point) == 2 else mark)
        paths[index] += f"M{x:g} {y:g}{SHAPES[index % CLASSES]}"
    return "".join(f'<path class="of-{_color(plane, i)}" d="{path}"/>' for i, path in enumerate(paths))


def _of_the_sample(layout: TrainingLayout, plot: Plot) -> tuple[Plot, float, float]:
    """Where the chosen sample stands in the plot."""
    x, y = layout.record.sample["x"], layout.record.sample["y"]
    return plot, x[0], x[1] if len(x) > 1 else y if isinstance(y, (int, float)) else math.nan


def ring(plot: Plot, across: float, up: float) -> str:
    """Around a sample, hidden where that is not in the plot."""
    is_inside = plot.across[0] <= across <= plot.across[1] and plot.up[0] <= up <= plot.up[1]
    x, y = plot.at(across, up) if is_inside else (0.0, 0.0)
    hidden = "" if is_inside else ' visibility="hidden"'
    return f'<circle class="ring" cx="{x:g}" cy="{y:g}" r="7"{hidden}/>'


def _color(plane: Plane, index: int) -> str:
    """The colour of a class: of two sides, the upper has that of positive numbers; a curve stands out on grey data."""
    if plane.kind == "curve":
        return "muted"
    return ("minus", "plus")[index] if plane.kind in ("sides", "surface") else COLORS[index % CLASSES]


def _legend(layout: TrainingLayout, plane: Plane) -> Iterable[str]:
    """The marks of the classes, from the right edge to the left."""
    x: float = layout.right
    for i, name in reversed(list(enumerate(plane.names[:CLASSES]))):
        yield text(name.replace("-", "−"), x, 16, "muted r")
        x -= text_width(name, 10) + 7
        yield f'<path class="of-{_color(plane, i)}" d="M{x:g} 12.5{SHAPES[i]}"/>'
        x -= 14


# ── the model ───────────────────────────────────────────────────────────────────────────────────────────────────────


def curve(plot: Plot, outputs: Floats) -> str:
    """The line through the outputs, in the coordinates of the plot's own area."""
    step = plot.width / (len(outputs) - 1)
    return "M" + "L".join(f"{i * step:.1f} {y:.1f}" for i, y in enumerate(heights(plot, outputs).tolist()))


def heights(plot: Plot, outputs: Floats) -> Floats:
    """How far below the upper edge of the plot's area outputs stand; far outside, as far as is to be seen."""
    low, high = plot.up
    return np.nan_to_num(np.clip(plot.height * (1 - (outputs - low) / (high - low)), -999.0, 999.0), nan=999.0)


def regions(plane: Plane, shades: Floats) -> list[tuple[str, str]]:
    """(colour, path) of each shade, the same number of them in every snapshot."""
    if plane.kind == "classes":
        fields = enumerate(_leads(plane, shades))
        return [(COLORS[i % CLASSES], region(field, 0.0)) for i, field in fields]
    both = (("plus", shades), ("minus", -shades))
    return [(color, region(field, threshold)) for color, field in both for threshold in THRESHOLDS]


def boundary(plane: Plane, shades: Floats) -> str:
    """The line where the model changes its mind."""
    if plane.kind == "classes":
        return "".join(region(field, 0.0, is_line=True) for field in _leads(plane, shades))
    return region(shades, 0.0, is_line=True) if plane.kind == "sides" else ""


def _leads(plane: Plane, shades: Floats) -> list[Floats]:
    """For each class, by how much it leads, or is led."""
    return [np.where(shades[0] == i, shades[1], -shades[1]) for i in range(len(plane.names))]


def region(field: Floats, threshold: float, is_line: bool = False) -> str:
    """Where a field on a square grid is above a threshold: one path, the grid's steps its units, the first row lowest.

    Between the points of the grid it is taken to be linear. is_line: only the border, where that is not the grid's.

    >>> region(np.array([[1.0, 1.0, -1.0], [1.0, 1.0, -1.0], [1.0, 1.0, -1.0]]), 0.0, is_line=True)
    'M1.5 2L1.5 1M1.5 1L1.5 0'
    """
    inside, top, parts = field > threshold, len(field) - 1, []
    for j in range(top):
        start = 0
        for i in range(top + 1):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            count = sum(bool(inside[y, x]) for x, y in corners) if i < top else 0
            if count == 4:
                continue
            if i > start and not is_line:
                parts.append(f"M{start} {top - j}h{i - start}v-1h{start - i}z")
            start = i + 1
            if count:
                parts.append(_square(field, threshold, corners, is_line))
    return "".join(parts)


def _square(field: Floats, threshold: float, corners: list[tuple[int, int]], is_line: bool) -> str:
    """The inside of one square of the grid, a polygon; or the border's one or two pieces."""
    top, points, crossings = len(field) - 1, [], []
    for k, (x, y) in enumerate(corners):
        u, v = corners[(k + 1) % 4]
        here, there = float(field[y, x]), float(field[v, u])
        if here > threshold:
            points.append(f"{x} {top - y}")
        if (here > threshold) != (there > threshold):
            share = (threshold - here) / (there - here)
            crossings.append(f"{round(x + share * (u - x), 2):g} {round(top - y - share * (v - y), 2):g}")
            points.append(crossings[-1])
    if is_line:
        return "".join(f"M{a}L{b}" for a, b in zip(crossings[::2], crossings[1::2], strict=True))
    return f"M{'L'.join(points)}z"
