"""A function's slope by differences, with a bound on the error from rounding and step width."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

__all__ = ["Estimate", "differences"]

_WEIGHTS = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
"""The weights of f(x + kδ) − f(x − kδ), k = 1 … 4: exact to degree 8 (Fornberg 1988, Math. Comp. 51)."""

_FEWER = (3 / 4, -3 / 20, 1 / 60, 0.0)
"""The same weights for degree 6. The distance between the two slopes bounds the error of the finite degree."""

_SEVENTH = (1, -7, 21, -35, 35, -21, 7, -1)
_SEVENTH_LENGTH = math.sqrt(sum(c * c for c in _SEVENTH))

FLAT = 1e-7
"""The largest error at which a slope of 0 by differences counts as 0."""


class Estimate(NamedTuple):
    """A slope, a bound on its error and, if the bound is large, the reason."""

    slope: float
    error: float
    why: str = ""


class _Level(NamedTuple):
    """The slope from nine points x − 4δ … x + 4δ, and the slopes to the nearest point on each side."""

    spacing: float
    slope: float
    error: float
    rounding: float
    left: float
    right: float

    @property
    def gap(self) -> float:
        return abs(self.right - self.left)

    @property
    def steepest(self) -> float:
        return max(abs(self.left), abs(self.right))


def differences(
    f: Callable[[float], float],
    x: float,
    *,
    rtol: float,
    atol: float = 0.0,
    flat: float = FLAT,
    noise: float = 0.0,
) -> Estimate:
    """Estimate the slope of f at x, with the spacing of points that promises the smallest error.

    The search ends when the error is within ``atol + rtol·|slope|``, or within ``flat`` if the slope is 0. Unknown
    rounding (32-bit numbers inside f) shows up as high-order differences that do not vanish; so do kinks and jumps
    between the points.

    f: a function of one float.
    x: the point.
    rtol: the relative tolerance.
    atol: the absolute tolerance.
    flat: the tolerance for a slope of 0.
    noise: the known rounding error in f(x).

    >>> estimate = differences(abs, 2.0, rtol=1e-5)
    >>> abs(estimate.slope - 1.0) <= estimate.error < 1e-10
    True
    >>> differences(abs, 0.0, rtol=1e-5).why
    'the slope is -1 on the left and 1 on the right: a kink'
    """
    levels: list[_Level] = []
    outside: set[str] = set()

    def is_resolved(estimate: Estimate, share: float) -> bool:
        size = abs(estimate.slope)
        return estimate.error <= share * (atol + rtol * size) or size <= estimate.error <= share * flat

    def look(spacing: float) -> None:
        level, sides = _looked_at(f, x, spacing, noise)
        outside.update(sides)
        if level is not None:
            insort(levels, level, key=lambda level: -level.spacing)

    for spacing in _narrower(x):
        look(spacing)
        if is_resolved(_best(levels), 0.1):
            return _best(levels)
        is_all_rounding = len(levels) > 2 and all(level.error < 4 * level.rounding for level in levels[-2:])
        if is_all_rounding and spacing < abs(x) / 16:
            break  # narrower steps would show nothing but rounding
    kink = _kink(levels)
    for spacing in () if kink else _wider(x):  # over a wider span, a slope hidden by rounding may appear
        if is_resolved(_best(levels), 1.0):
            break
        look(spacing)
    best = _best(levels)
    if is_resolved(best, 1.0):
        return best
    if kink:
        return Estimate(best.slope, math.inf, kink)
    if outside and not math.isfinite(best.error):
        return Estimate(best.slope, math.inf, f"the function is not finite on the {' and the '.join(sorted(outside))}")
    return Estimate(
        best.slope, best.error, f"rounding hides the slope: differences give {best.slope:.6g} ± {best.error:.1g}"
    )


def _looked_at(
    f: Callable[[float], float], x: float, spacing: float, noise: float
) -> tuple[_Level | None, Sequence[str]]:
    """Estimate with this spacing, if f is finite at all points; also list the sides on which f is not finite."""
    xs = [x + k * spacing for k in range(-4, 5)]
    points = [_finite_or_nan(f, point) for point in xs]
    sides = (("left", points[:4]), ("right", points[5:]))
    outside = [side for side, half in sides if not all(map(math.isfinite, half))]
    if not all(map(math.isfinite, points)):
        return None, outside
    off = max(abs(math.fsum((point, -x, -k * spacing))) for k, point in zip(range(-4, 5), xs, strict=True))
    level = _level(points, spacing, noise, off)
    return (None if level.error != level.error else level), outside  # nan: the difference overflows


def _narrower(x: float) -> Iterator[float]:
    """Spacings from 1/32 downwards by factors of 16, to small fractions of 1 and x."""
    last = min(math.frexp(x)[1], 0) - 45
    for power in range(-5, max(last, -1060) - 1, -4):
        yield from _spacing(x, power)


def _wider(x: float) -> Iterator[float]:
    for power in range(-1, max(math.frexp(x)[1] - 3, 15), 4):
        yield from _spacing(x, power)


def _spacing(x: float, power: int) -> Iterator[float]:
    """A spacing near 2**power, if x allows it: with few bits, so that x + kδ is exact, and not a period's divisor."""
    if 2.0 ** (power - 2) >= math.ulp(x):
        yield 2.0**power if 2.0 ** (power - 8) < 2 * math.ulp(x) else 181 * 2.0 ** (power - 8)


def _finite_or_nan(f: Callable[[float], float], x: float) -> float:
    try:
        return f(x)
    except (ArithmeticError, ValueError):  # x lies outside f's domain
        return math.nan


def _level(points: Sequence[float], spacing: float, noise: float, misplaced: float) -> _Level:
    pairs = [points[4 + k] - points[4 - k] for k in range(1, 5)]
    slope, check = (
        sum(w * pair for w, pair in zip(weights, pairs, strict=True)) / spacing for weights in (_WEIGHTS, _FEWER)
    )
    sevenths = [sum(c * f for c, f in zip(_SEVENTH, points[i:], strict=False)) for i in (0, 1)]
    eighth = (sevenths[1] - sevenths[0]) / 2
    known = max(noise, math.ulp(max(map(abs, points)))) + abs(slope) * misplaced
    seen = max(map(abs, (*sevenths, eighth))) / _SEVENTH_LENGTH
    rounding = 4 * known / spacing
    error = abs(slope - check) + max(rounding, 8 * seen / spacing)
    if error > abs(slope) and error > 100 * rounding:
        error = math.inf  # f is not smooth on this span, so the slope is unknown
    return _Level(
        spacing,
        slope,
        error,
        rounding,
        left=(points[4] - points[3]) / spacing,
        right=(points[5] - points[4]) / spacing,
    )


def _best(levels: Sequence[_Level]) -> Estimate:
    """The estimate with the smallest error. If two contradict each other, the error is their distance."""
    smooth = [level for level in levels if math.isfinite(level.error)]
    if len(smooth) < 2:  # a single one may look smooth by chance
        return Estimate(math.nan, math.inf)
    best = Estimate(smooth[0].slope, smooth[0].error)
    for level in smooth[1:]:
        apart = abs(level.slope - best.slope)
        if apart > level.error + best.error:
            if best.error < 1e-3 * abs(best.slope):  # a staircase, where steps and overall slope differ
                return Estimate(best.slope, apart)
            best = Estimate(level.slope, max(apart, level.error))
        elif level.error < best.error:
            best = Estimate(level.slope, level.error)
    return best


def _kink(levels: Sequence[_Level]) -> str:
    """Describe a kink or a jump, seen in the one-sided slopes of two levels; "" if only rounding is visible."""
    for clear in (1e4, 20):  # how far above rounding
        visible = [
            level for level in levels if level.gap > clear * level.rounding or level.steepest > clear * level.rounding
        ]
        if len(visible) < 2:
            continue
        wide, narrow = visible[-2:]
        if narrow.steepest > 2 * wide.steepest:
            return "the function jumps, or its slope is infinite"
        if narrow.gap > 0.5 * wide.gap and narrow.gap > clear * narrow.rounding:
            return f"the slope is {narrow.left:.4g} on the left and {narrow.right:.4g} on the right: a kink"
    return ""
