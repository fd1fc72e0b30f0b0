"""Judging a claimed slope (right, wrong or not checkable) by two references that use no derivative rule."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd.checking.complex_step import CoarseSteps, Step, complex_slope
from autograd.checking.differences import FLAT, Estimate, differences

__all__ = ["Question", "Verdict", "judge"]

_SUM_ROUNDING = 64 * sys.float_info.epsilon
"""How far rounding may move a sum of cancelling terms, as a fraction of their total size."""

_LEAST = 4 * 5e-324
"""The smallest such movement, for terms so small that they have few digits."""

_ROUGH = 1e-4
"""The relative tolerance of the differences that check a complex step."""


_VANISHED = 1e-250
"""The largest slope that underflow may have turned into 0 in the complex step."""


class Question(NamedTuple):
    """A function of one number, the point where its slope is checked, and its known rounding errors.

    on_floats: the function on a float.
    on_steps: the same function on a complex step.
    x: the point.
    value: the function's value there.
    noise: the rounding error in ``value``.
    terms: the total size of the terms that the claimed slope sums up.
    """

    on_floats: Callable[[float], float]
    on_steps: Callable[[Step], Any]
    x: float
    value: float
    noise: float = 0.0
    terms: float = 0.0


class Verdict(NamedTuple):
    """The answer about one derivative.

    is_right: True, False, or None if it cannot be checked.
    claim: the claimed slope.
    reference: the slope it was compared with.
    why: the reason why it cannot be checked.
    """

    is_right: bool | None
    claim: float
    reference: float
    why: str = ""


def judge(claim: float, question: Question, rtol: float, atol: float) -> Verdict:
    """Judge whether the claim is the slope, within ``atol + rtol·|slope|`` and the rounding of both.

    A claim is right if it agrees with a reference that is at least as exact as the tolerance. It is wrong if the two
    are further apart than all errors together explain. A claim of exactly 0 is right if differences bound the slope by
    1e-7.

    claim: the claimed slope.
    question: the function and the point.
    rtol: the relative tolerance.
    atol: the absolute tolerance.
    """
    rounding = _SUM_ROUNDING * (question.terms if math.isfinite(question.terms) else 0.0) + _LEAST
    is_zero = abs(claim) <= rounding
    flat = max(atol, FLAT) if is_zero else 0.0
    reference, is_exact = _reference(question, rtol, atol + rounding, flat)

    def verdict(reference: Estimate) -> Verdict:
        tolerance = atol + rtol * abs(reference.slope) + rounding
        apart = abs(claim - reference.slope)
        if apart > tolerance + 2 * reference.error:
            return Verdict(False, claim, reference.slope)
        is_sharp = reference.error <= tolerance and apart <= tolerance + reference.error
        if is_sharp or (is_zero and abs(reference.slope) <= reference.error <= flat):
            return Verdict(True, claim, reference.slope)
        return Verdict(None, claim, reference.slope, reference.why or "the error is at the edge of the tolerance")

    first = verdict(reference)
    if first.is_right is not False or is_exact:
        return first
    # Before calling it wrong, try every spacing: a function may be smooth over a wide span but not at x.
    return verdict(differences(question.on_floats, question.x, rtol=0.0, flat=0.0, noise=question.noise))


def _reference(question: Question, rtol: float, atol: float, flat: float) -> tuple[Estimate, bool]:
    """The slope by the complex step, checked against rough differences, or by differences; and whether it is exact."""
    try:
        exact = complex_slope(question.on_steps, question.x, question.value, question.noise)
    except CoarseSteps as jump:
        return Estimate(math.nan, math.inf, str(jump)), True
    if exact is not None and exact[1] <= (atol + rtol * abs(exact[0]) if exact[0] else max(atol, flat)):
        slope, error = exact
        rough = differences(question.on_floats, question.x, rtol=_ROUGH, atol=atol, noise=question.noise)
        apart = abs(rough.slope - slope)
        contradicts = rough.error <= _ROUGH * abs(rough.slope) and apart > 4 * rough.error + _ROUGH * abs(rough.slope)
        if not contradicts:
            return Estimate(slope, error), True
        if slope or abs(rough.slope) > _VANISHED:
            return Estimate(slope, apart, f"the complex step gives {slope:.6g}, differences {rough.slope:.6g}"), True
    return differences(question.on_floats, question.x, rtol=rtol, atol=atol, flat=flat, noise=question.noise), False
