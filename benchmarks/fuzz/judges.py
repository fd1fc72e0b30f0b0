"""Judges that do not know any derivative: the complex step, and differences."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import autograd
from autograd import RULES
from autograd.checking.complex_step import Step
from benchmarks.fuzz.programs import COMPARISONS, Program
from benchmarks.fuzz.reference import Case, Entry, Mismatch, Numbers, direction, eagerly, joined, product, second_order

__all__ = ["judges", "second_differences"]

KINKED = {
    *COMPARISONS,
    "abs",
    "copysign",
    "hypot",
    "leaky_relu",
    "norm",
    *(x.name for x in RULES.values() if x.chooses),
}
"""What has conditions, or slopes that are agreed upon where there is none."""


def judges(case: Case) -> Iterator[Mismatch]:
    """Slopes along a direction: the complex step where it goes through, else differences."""
    row = len(case.program.nodes) % len(case.rows)
    point, inputs, v = [*case.rows[row], *case.program.parameters], len(case.rows[row]), direction(case)
    slopes = case.eager[1][row]
    if not case.program.tame or not any(v) or not all(x.stable and math.isfinite(x.number) for x in slopes):
        return
    expected = product(slopes, v)
    frozen = _Frozen(case.program)
    f = joined(case.program.function(infix=False, detach=frozen), inputs)
    frozen.run(f, point)
    value = case.eager[0][row]
    slope = _complex_step(f, frozen, point, v, value)
    differences = _Differences(lambda h: frozen.run(f, _moved(point, v, h)), value, _misplaced(point, expected))
    if slope is None:
        for mismatch in differences.judge(case, "differences", expected):
            if not _is_a_convention(case, case.rows[row], v, expected.number):
                yield mismatch
        return
    for mismatch in case.compare("complex step", "slope", [slope], [expected], 1e-9):
        if differences.are_smooth and not _is_a_convention(case, case.rows[row], v, expected.number):
            yield mismatch


def _is_a_convention(case: Case, row: Sequence[float], v: Numbers, slope: float) -> bool:
    """Whether the slope is that of this one point: not those beside it, in a program with conditions or kinks.

    A branch may be taken at a single number, and at a kink a slope is agreed upon: copysign(x, x) is x, but has the
    slope 0 at 0.
    """
    if not any(node.name in KINKED for node in case.program.nodes):
        return False
    inputs = len(row)

    def beside(h: float) -> float:
        moved = _moved([*row, *case.program.parameters], v, h)
        (_, *slopes), _ = eagerly(case.f, moved[:inputs], moved[inputs:])
        return sum(x * y for x, y in zip(slopes, v, strict=True))

    return all(abs(beside(h) - slope) > 1e-3 * (1.0 + abs(slope)) for h in (1e-6, -1e-6))


class _Frozen:
    """detach(), for a judge: what it gave at the point itself, wherever the function is asked."""

    def __init__(self, program: Program) -> None:
        self.numbers: list[float] = []
        self.complete, self.place, self.count = False, 0, len([x for x in program.nodes if x.name == "detach"])

    def __call__(self, x: Any) -> Any:
        if not self.complete:
            self.numbers.append(x)
            return x
        self.place += 1
        return self.numbers[self.place - 1]

    def run(self, f: Callable[[Any], Any], point: Sequence[Any]) -> Any:
        self.place = 0
        out = f(point)
        self.complete = True
        return out


def _moved(point: Sequence[float], v: Numbers, h: float) -> Numbers:
    return [x + h * y for x, y in zip(point, v, strict=True)]


def _misplaced(point: Numbers, slope: Entry) -> float:
    """How far the value may be off because x + h is rounded."""
    return 2.0 * max(map(math.ulp, point)) * (abs(slope.number) + slope.scale)


def _complex_step(f: Callable[[Any], Any], frozen: _Frozen, point: Numbers, v: Numbers, value: Entry) -> float | None:
    """Im f(x + ihv) / h, exact to rounding because nothing is subtracted; None where f is not analytic.

    A function that takes its answer from logarithms (a negative base's power) leaves rounding errors in Im, which do
    not shrink with h: two sizes of h tell. The real part of w² at 0 is −h², which may choose another branch: the value
    tells.
    """
    found = []
    for h in (1e-30, 1e-25):
        try:
            out = frozen.run(f, [Step(complex(x, h * y)) if y else x for x, y in zip(point, v, strict=True)])
        except (AttributeError, TypeError, ValueError, ArithmeticError):
            return None
        if not isinstance(out, Step) or not cmath.isfinite(out.number):
            return None
        if abs(out.number.real - value.number) > 1e-9 * (abs(value.number) + value.scale):
            return None
        found.append(out.number.imag / h)
    return found[0] if abs(found[0] - found[1]) <= 1e-11 * abs(found[0]) else None


class _Differences:
    """Differences of a function along a line. On a kink its sides' slopes stay apart as the steps shrink.

    The last step only tells whether the function is smooth: over many jumps two may look so by chance.
    """

    def __init__(self, along: Callable[[float], float], value: Entry, misplaced: float) -> None:
        steps = (1e-4, 5e-5, 1.7e-5)
        noise = [(2**-48 * (abs(value.number) + value.scale) + misplaced) / h for h in steps]
        self.noise = noise[1]
        self.central, gaps = [], []
        middle = along(0.0)
        for h in steps:
            up, down = along(h), along(-h)
            self.central.append((up - down) / (2 * h))
            gaps.append((up - 2 * middle + down) / h)
        self.are_smooth = (
            all(map(math.isfinite, (*self.central, *gaps)))
            and all(abs(gaps[i]) <= 0.7 * abs(gaps[i - 1]) + noise[i] for i in (1, 2))
            and self._changes(1) <= 1e-3 * (1.0 + abs(self.central[1]))
            and self._changes(2) <= 0.7 * self._changes(1) + 2.0 * noise[2]  # at a jump it grows
        )

    def _changes(self, i: int) -> float:
        return abs(self.central[i] - self.central[i - 1])

    def judge(self, case: Case, mode: str, expected: Entry) -> Iterator[Mismatch]:
        """Whether the slope is theirs, to what the step's size and the noise leave of it."""
        if not self.are_smooth:
            return
        best = (4 * self.central[1] - self.central[0]) / 3
        case.counts[mode] += 1
        error = abs(self.central[1] - self.central[0]) + self.noise + 1e-9 * (abs(best) + expected.scale)
        if abs(best - expected.number) > error:
            yield Mismatch(mode, "slope", expected.number, best)


def second_differences(case: Case) -> Iterator[Mismatch]:
    """Differences of the gradient are the hessian's product with a vector."""
    row = len(case.program.nodes) % len(case.rows)
    point, inputs, v = [*case.rows[row], *case.program.parameters], len(case.rows[row]), direction(case)
    if not case.program.tame or not any(v) or case.program.uses("detach"):
        return
    hessian, size = second_order(case, row), len(point)
    if not all(entry.stable and math.isfinite(entry.number) for entry in hessian):
        return
    gradient = autograd.grad(joined(case.called, inputs), allow_nonfinite=True)
    weights = [1.0 + 0.25 * i for i in range(size)]
    rows = [product(hessian[i * size : (i + 1) * size], v) for i in range(size)]
    slopes = product(case.eager[1][row], weights)
    number = sum(entry.number * weight for entry, weight in zip(rows, weights, strict=True))
    scale = sum(entry.scale * weight for entry, weight in zip(rows, weights, strict=True))

    def along(h: float) -> float:
        return sum(x * weight for x, weight in zip(gradient(_moved(point, v, h)), weights, strict=True))

    expected = Entry(number, scale, True)
    differences = _Differences(along, slopes, _misplaced(point, expected))
    for mismatch in differences.judge(case, "second differences", expected):
        if all(_is_second_order_there(case, row, _moved(point, v, h), hessian) for h in (1e-6, -1e-6)):
            yield mismatch


def _is_second_order_there(case: Case, row: int, point: Numbers, hessian: list[Entry]) -> bool:
    """Whether the hessian is much the same beside the point: else it is a convention at a kink of the second order."""
    found = autograd.hessian(joined(case.called, len(case.rows[row])), allow_nonfinite=True)(point)
    flat = [x for numbers in found for x in numbers]
    return all(abs(x - y.number) <= 1e-3 * (1.0 + abs(y.number)) for x, y in zip(flat, hessian, strict=True))
