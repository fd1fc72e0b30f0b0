"""Exact values and derivatives of every rule, in mpmath, from the mathematical definition and never from the rule.

``EXACT`` is the only table: a rule's function returns (value, first derivatives, second derivatives), the second ones
for each pair of operands i ≤ j, all at mpmath's precision. None means that a derivative does not exist. A formula must
not cancel at 60 digits: ``tests/engine/test_accuracy.py`` compares 60 with 150 digits, and with mpmath's own numerical
derivatives. The table also says where the grid of points must be dense.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mpmath import mp

__all__ = ["EXACT", "Apart", "Exact"]

INF = math.inf


class Apart(NamedTuple):
    """Points that have a figure of their own, because there the goal is out of reach, and why.

    quantity: "value", "slope" (each first derivative) or "" for both. region: of the operands and of the smallest
    normal number; the operands of a rule over sequences are lists, and the answer may be one for each slope. where: the
    region in words; neither it nor the reason has a colon.
    """

    quantity: str
    region: Callable[..., bool | list[bool]]
    where: str
    reason: str


class Exact(NamedTuple):
    """A rule, its exact derivatives, and the points of interest of its operands.

    domain: the least and the greatest number that an operand may be; (1, −1) are all numbers but those between.
    dense: zeros, poles, kinks and overflow, around which points are dense; 0 and the infinities always are.
    second: makes the second operand from the first and a number that is uniform in (0, 1); else it is independent.
    lengths: of sequences.
    terms: the sum of absolute values that the *value* is the sum of: where terms cancel, the error is in ulp of that.
    """

    name: str
    parameters: dict[str, Any]
    function: Callable[..., Any]
    domain: tuple[float, float]
    dense: tuple[float, ...]
    second: Callable[[float, float], float] | None
    lengths: tuple[int, ...]
    terms: Callable[..., Any] | None
    apart: tuple[Apart, ...]

    @property
    def label(self) -> str:
        return " ".join([self.name, *(f"{key}={value}" for key, value in self.parameters.items())])


_TWO_TERMS = "two terms of opposite sign cancel"

EXACT: dict[str, Exact] = {}


def exact(
    name: str = "",
    parameters: dict[str, Any] | None = None,
    domain: tuple[float, float] = (-INF, INF),
    dense: Sequence[float] = (),
    second: Callable[[float, float], float] | None = None,
    lengths: Sequence[int] = (),
    terms: Callable[..., Any] | None = None,
    apart: Sequence[Apart] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put a formula into the table, by default under the function's own name."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        entry = Exact(
            name or function.__name__.rstrip("_"), parameters or {}, function, domain, tuple(dense), second,
            tuple(lengths), terms, tuple(apart),
        )  # fmt: skip
        EXACT[entry.label] = entry
        return function

    return enter


# ── arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────────────


@exact()
def add(a, b):
    return a + b, (1, 1), (0, 0, 0)


@exact()
def sub(a, b):
    return a - b, (1, -1), (0, 0, 0)


@exact()
def mul(a, b):
    return a * b, (b, a), (0, 1, 0)


@exact()
def truediv(a, b):
    if not b:
        return None, (None, None), (None, None, None)
    return a / b, (1 / b, -a / b**2), (0, -1 / b**2, 2 * a / b**3)


@exact()
def neg(x):
    return -x, (-1,), (0,)


def _exponent(a: float, share: float) -> float:
    """b such that a**b is spread over all exponents; for a negative base a whole one."""
    size = math.log(abs(a)) if a else 1.0
    b = (share * 2100 - 1050) * math.log(2.0) / (size or 1.0)
    return float(round(b)) if a < 0 and abs(b) < 1e300 else b


def _power_is_subnormal(a: float, b: float, tiny: float) -> bool:
    return a != 0.0 and (b if abs(a) < 1.0 else b - 1.0) * math.log2(abs(a)) < math.log2(tiny)


@exact(dense=(1.0, 2.0, 0.5), second=_exponent, apart=[
    Apart("slope", _power_is_subnormal, "aᵇ or aᵇ⁻¹ is subnormal", "it has lost digits; b or ln a times it is normal"),
])  # fmt: skip
def pow_(a, b):
    if not a or (a < 0 and b != mp.floor(b)) or abs(b * mp.log(abs(a))) > 3000:
        return None, (None, None), (None, None, None)
    value, size = a**b, (mp.log(a) if a > 0 else None)
    first = b * a ** (b - 1)
    if size is None:
        return value, (first, None), (b * (b - 1) * a ** (b - 2), None, None)
    mixed = a ** (b - 1) * (1 + b * size)
    return value, (first, value * size), (b * (b - 1) * a ** (b - 2), mixed, value * size**2)


@exact()
def square(x):
    return x**2, (2 * x,), (2,)


@exact()
def reciprocal(x):
    return 1 / x, (-1 / x**2,), (2 / x**3,)


_EXACTLY = 5000
"""Bits in which a sum, a product or ⌊a/b⌋ of numbers of any two sizes is exact."""


def _divisor(a: float, share: float) -> float:
    """A divisor of a in one of five points, else of another size."""
    return (
        a / round(2.0 ** (100 * share))
        if share < 0.2
        else a * 2.0 ** (80 * share - 40) * (-1.0 if share < 0.6 else 1.0)
    )


def _remainder(a, b, whole):
    if not b:
        return None, None
    with mp.workprec(_EXACTLY):
        quotient = whole(a / b)
        return a - b * quotient, quotient


def _toward_zero(x):
    return mp.sign(x) * mp.floor(abs(x))


@exact(second=_divisor)
def mod(a, b):
    remainder, quotient = _remainder(a, b, mp.floor)
    return remainder, (1, None if quotient is None else -quotient), (0, 0, 0)


@exact(second=_divisor)
def fmod(a, b):
    remainder, quotient = _remainder(a, b, _toward_zero)
    return remainder, (1, None if quotient is None else -quotient), (0, 0, 0)


@exact(second=_divisor)
def floordiv(a, b):
    return _remainder(a, b, mp.floor)[1], (0, 0), (0, 0, 0)


@exact()
def deg2rad(x):
    return x * mp.pi / 180, (mp.pi / 180,), (0,)


@exact()
def rad2deg(x):
    return x * 180 / mp.pi, (180 / mp.pi,), (0,)


def _overflows(tiny: float, *numbers: float) -> bool:
    return any(abs(x) * (tiny / 4) >= 1.0 for x in numbers)


@exact(dense=(1.0, 0.5), terms=lambda a, b, t: abs((1 - t) * a) + abs(t * b), apart=[
    Apart("value", lambda a, b, t, tiny: _overflows(tiny, b - a, t * (b - a), (1.0 - t) * (b - a)),
          "b − a or a multiple of it overflows", "so does the slope in t"),
])  # fmt: skip
def lerp(a, b, t):
    with mp.workprec(_EXACTLY):
        return a + t * (b - a), (1 - t, t, b - a), (0, 0, -1, 0, 1, 0)


# ── exponentials and logarithms ─────────────────────────────────────────────────────────────────────────────────────


def exponential(x):
    """e^x, and 0 or infinity far beyond what any number here can be."""
    return mp.mpf(0) if x < -3000 else mp.inf if x > 3000 else mp.exp(x)


@exact(dense=(709.78, -708.39, 88.72, -87.3))
def exp(x):
    y = exponential(x)
    return y, (y,), (y,)


@exact(dense=(1024.0, -1022.0, 128.0, -126.0))
def exp2(x):
    y = exponential(x * mp.ln2)
    return y, (y * mp.ln2,), (y * mp.ln2**2,)


@exact(dense=(709.78, 88.72))
def expm1(x):
    y = exponential(x)
    return (mp.expm1(x) if abs(x) < 1 else y - 1), (y,), (y,)


@exact(domain=(0.0, INF), dense=(1.0,))
def log(x):
    return mp.log(x), (1 / x,), (-1 / x**2,)


@exact(domain=(-1.0, INF), dense=(-1.0, 1.0))
def log1p(x):
    return mp.log1p(x), (1 / (1 + x),), (-1 / (1 + x) ** 2,)


@exact(domain=(0.0, INF), dense=(1.0,))
def log2(x):
    return mp.log(x) / mp.ln2, (1 / (x * mp.ln2),), (-1 / (x**2 * mp.ln2),)


@exact(domain=(0.0, INF), dense=(1.0,))
def log10(x):
    return mp.log(x) / mp.ln10, (1 / (x * mp.ln10),), (-1 / (x**2 * mp.ln10),)


@exact(domain=(0.0, INF), dense=(1.0,))
def sqrt(x):
    return mp.sqrt(x), (1 / (2 * mp.sqrt(x)),), (-1 / (4 * x * mp.sqrt(x)),)


def _beside(a: float, share: float) -> float:
    """Near the first operand, and sometimes far from it."""
    return a + math.copysign(2.0 ** (abs(share - 0.5) * 40 - 10), share - 0.5)


@exact(domain=(0.0, INF), dense=(1.0,))
def rsqrt(x):
    root = mp.sqrt(x)
    return 1 / root, (-1 / (2 * x * root),), (3 / (4 * x**2 * root),)


@exact(dense=(1.0, -1.0))
def cbrt(x):
    root = mp.sign(x) * mp.cbrt(abs(x))
    return root, (1 / (3 * root**2) if x else None,), (-2 / (9 * x * root**2) if x else None,)


@exact(domain=(0.0, 1.0), dense=(0.5, 1.0, 0.25, 0.75))
def logit(p):
    if p in (0, 1):
        return None, (None,), (None,)
    slope = 1 / (p * (1 - p))
    return mp.log(p / (1 - p)), (slope,), ((2 * p - 1) * slope**2,)


_ROUNDED_DIFFERENCE = "the difference of two operands is rounded, and e to it magnifies that by its size"
_CANCEL_AT_ZERO = "around the zero of the value, where two terms cancel"
_APART = 3.0


@exact(second=_beside, apart=[
    Apart("value", lambda a, b, tiny: -1.5 < max(a, b) < 0.0, "the larger operand from −1.5 to 0", _CANCEL_AT_ZERO),
    Apart("", lambda a, b, tiny: abs(a - b) > _APART, "|a − b| above 3", _ROUNDED_DIFFERENCE),
])  # fmt: skip
def logaddexp(a, b):
    share, other = logistic(a - b), logistic(b - a)
    slope = share * other
    return max(a, b) + mp.log1p(exponential(-abs(a - b))), (share, other), (slope, -slope, slope)


@exact(second=_beside, apart=[
    Apart("value", lambda a, b, tiny: -1.5 < max(a, b) < 0.0, "the larger operand from −1.5 to 0", _CANCEL_AT_ZERO),
    Apart("", lambda a, b, tiny: abs(a - b) > _APART, "|a − b| above 3", _ROUNDED_DIFFERENCE),
])  # fmt: skip
def logaddexp2(a, b):
    share, other = logistic((a - b) * mp.ln2), logistic((b - a) * mp.ln2)
    slope = share * other * mp.ln2
    value = max(a, b) + mp.log1p(exponential(-abs(a - b) * mp.ln2)) / mp.ln2
    return value, (share, other), (slope, -slope, slope)


@exact(dense=(-60.0, 709.0, -745.0), second=lambda x, share: math.exp(min(x, 700.0)) * 2.0 ** (40 * share - 20), apart=[
    Apart("", lambda x, rest, tiny: abs(x) > -math.log(tiny) or rest > 1 / tiny,
          "|x| above 708.4 (float32 87.3), or rest above 4.5e307 (8.5e37)", "eˣ is subnormal, or a sum overflows"),
])  # fmt: skip
def log_share(x, rest):
    if rest < 0:
        return None, (None, None), (None, None, None)
    share = exponential(x) / (exponential(x) + rest) if x < 3000 else mp.mpf(1)
    value = -mp.log1p(rest * exponential(-x)) if x > -3000 else x - mp.log(rest)
    total = exponential(x) + rest
    return value, (rest / total, -1 / total), (-share * rest / total, share / total, 1 / total**2)


@exact(domain=(0.0, INF), dense=(1.0,))
def xlogy(x, y):
    if not y:
        return None, (None, None), (None, None, None)
    return x * mp.log(y), (mp.log(y), x / y), (0, 1 / y, -x / y**2)


# ── roots of sums of squares, absolute values, choices ──────────────────────────────────────────────────────────────


@exact()
def abs_(x):
    return abs(x), (mp.sign(x),), (0,)


@exact()
def sign(x):
    return mp.sign(x), (0,), (0,)


_HALVES = (0.5, 1.5, 2.5, -0.5, 1.0, -1.0, 2.0, 2.0**51, 2.0**22)


@exact(dense=_HALVES)
def floor(x):
    return mp.floor(x), (0,), (0,)


@exact(dense=_HALVES)
def ceil(x):
    return mp.ceil(x), (0,), (0,)


@exact("round", dense=_HALVES)
def round_(x):
    return mp.nint(x), (0,), (0,)


@exact(dense=_HALVES)
def trunc(x):
    return _toward_zero(x), (0,), (0,)


@exact()
def copysign(a, b):
    if not b:  # whose sign mpmath does not keep
        return None, (None, 0), (0, 0, 0)
    return abs(a) * mp.sign(b), (mp.sign(a) * mp.sign(b), 0), (0, 0, 0)


@exact(second=lambda a, share: a * 2.0 ** (80 * share - 40))
def hypot(a, b):
    if not a and not b:
        return 0, (0, 0), (None, None, None)
    r = mp.hypot(a, b)
    return r, (a / r, b / r), (b**2 / r**3, -a * b / r**3, a**2 / r**3)


def _near_or_tied(a: float, share: float) -> float:
    return a if share < 0.1 else a * (1 + share - 0.5)


def _step(x):
    return mp.mpf(1) if x > 0 else mp.mpf(0) if x < 0 else mp.mpf(0.5)


@exact("fmax", second=_near_or_tied)
@exact(second=_near_or_tied)
def maximum(a, b):
    return max(a, b), (_step(a - b), _step(b - a)), (0, 0, 0)


@exact("fmin", second=_near_or_tied)
@exact(second=_near_or_tied)
def minimum(a, b):
    return min(a, b), (_step(b - a), _step(a - b)), (0, 0, 0)


@exact()
def clip(x, low, high):
    if low > high:
        return None, (None, None, None), (None,) * 6
    below, above = mp.mpf(x < low), mp.mpf(x > high)
    return min(max(x, low), high), (1 - below - above, below, above), (0,) * 6


@exact()
def where(condition, a, b):
    chosen = mp.mpf(bool(condition))
    return (a if condition else b), (None, chosen, 1 - chosen), (None, None, None, 0, 0, 0)


# ── trigonometry ────────────────────────────────────────────────────────────────────────────────────────────────────

_TURNS = (*(i * math.pi / 4 for i in range(-12, 13)), 1e5 * math.pi, 1e16)


@exact(dense=_TURNS)
def sin(x):
    return mp.sin(x), (mp.cos(x),), (-mp.sin(x),)


@exact(dense=_TURNS)
def cos(x):
    return mp.cos(x), (-mp.sin(x),), (-mp.cos(x),)


@exact(dense=_TURNS)
def tan(x):
    y, slope = mp.tan(x), 1 / mp.cos(x) ** 2
    return y, (slope,), (2 * y * slope,)


@exact(dense=_TURNS)
def sec(x):
    y, t = 1 / mp.cos(x), mp.tan(x)
    return y, (y * t,), (y * (t**2 + y**2),)


@exact(dense=_TURNS)
def csc(x):
    y = 1 / mp.sin(x)
    return y, (-mp.cos(x) * y**2,), (y * (2 * (mp.cos(x) * y) ** 2 + 1),)


@exact(dense=_TURNS)
def cot(x):
    y, square = mp.cos(x) / mp.sin(x), 1 / mp.sin(x) ** 2
    return y, (-square,), (2 * square * y,)


@exact(domain=(-1.0, 1.0), dense=(1.0, -1.0))
def asin(x):
    if abs(x) == 1:
        return mp.asin(x), (None,), (None,)
    square = (1 - x) * (1 + x)
    return mp.asin(x), (1 / mp.sqrt(square),), (x / (square * mp.sqrt(square)),)


@exact(domain=(-1.0, 1.0), dense=(1.0, -1.0))
def acos(x):
    if abs(x) == 1:
        return mp.acos(x), (None,), (None,)
    square = (1 - x) * (1 + x)
    return mp.acos(x), (-1 / mp.sqrt(square),), (-x / (square * mp.sqrt(square)),)


@exact(dense=(1.0, -1.0))
def atan(x):
    return mp.atan(x), (1 / (1 + x**2),), (-2 * x / (1 + x**2) ** 2,)


@exact(second=lambda a, share: a * 2.0 ** (80 * share - 40))
def atan2(y, x):
    square = x**2 + y**2
    if not square:
        return 0, (None, None), (None, None, None)
    mixed = (y - x) * (y + x) / square**2
    bend = 2 * x * y / square**2
    return mp.atan2(y, x), (x / square, -y / square), (-bend, mixed, bend)


_BEYOND_ONE = (1.0, -1.0)


def _slope_beyond_one(x):
    """1/(|x|√(x² − 1)) and its slope."""
    square = (x - 1) * (x + 1)
    if not square:
        return None, None
    root = mp.sqrt(square)
    return 1 / (abs(x) * root), (1 - 2 * x**2) * mp.sign(x) / (x**2 * square * root)


@exact(domain=_BEYOND_ONE, dense=(1.0, -1.0))
def asec(x):
    slope, bend = _slope_beyond_one(x)
    return mp.acos(1 / x), (slope,), (bend,)


@exact(domain=_BEYOND_ONE, dense=(1.0, -1.0))
def acsc(x):
    slope, bend = _slope_beyond_one(x)
    return mp.asin(1 / x), (None if slope is None else -slope,), (None if bend is None else -bend,)


@exact(dense=(1.0, -1.0))
def acot(x):
    if not x:  # whose sign mpmath does not keep
        return None, (-1,), (0,)
    return mp.atan(1 / x), (-1 / (1 + x**2),), (2 * x / (1 + x**2) ** 2,)


def _sinc_series(x):
    """sinc and two derivatives by its series: Σ (−1)ᵏ(πx)²ᵏ/(2k + 1)!"""
    value = slope = bend = mp.mpf(0)
    coefficient, power = mp.mpf(1), mp.mpf(1)  # of x²ᵏ⁻²
    for k in range(int(mp.dps) + 10):
        value += coefficient * (power * x**2 if k else 1)
        if k:
            slope += coefficient * 2 * k * power * x
            bend += coefficient * 2 * k * (2 * k - 1) * power
            power *= x**2
        coefficient *= -(mp.pi**2) / ((2 * k + 2) * (2 * k + 3))
        if abs(coefficient) < mp.eps**2:
            break
    return value, (slope,), (bend,)


def _sinc_cancels(x: float, tiny: float) -> bool:
    """Whether cos πx and sinc x are alike to half of themselves."""
    r = math.remainder(x, 2.0)
    sinc = math.sin(math.pi * r) / (math.pi * x) if x else 1.0
    return abs(x) > 1.0 and abs(math.cos(math.pi * r) - sinc) < 0.5 * abs(sinc)


_SINC_SLOPE_ZEROS = (1.4302966531242028, -2.459024002999461, 3.4708897, 10.4903, 100.49899)


@exact(dense=(0.5, -0.5, 1.0, 2.0, *_SINC_SLOPE_ZEROS), apart=[
    Apart("slope", _sinc_cancels, "around its zeros beyond ±1, |cos πx − sinc x| below half of |sinc x|", _TWO_TERMS),
])  # fmt: skip
def sinc(x):
    if abs(x) < 1:
        return _sinc_series(x)
    value = mp.sinpi(x) / (mp.pi * x)
    slope = (mp.cospi(x) - value) / x
    return value, (slope,), (-(mp.pi**2) * value - 2 * slope / x,)


# ── hyperbolic functions ────────────────────────────────────────────────────────────────────────────────────────────


@exact(dense=(710.4, -710.4, 89.4, -89.4))
def sinh(x):
    y = mp.sinh(x) if abs(x) < 3000 else mp.sign(x) * mp.inf
    return y, (mp.cosh(x) if abs(x) < 3000 else mp.inf,), (y,)


@exact(dense=(710.4, -710.4, 89.4, -89.4))
def cosh(x):
    y = mp.cosh(x) if abs(x) < 3000 else mp.inf
    return y, (mp.sinh(x) if abs(x) < 3000 else mp.sign(x) * mp.inf,), (y,)


def sech2(x):
    """1 − tanh² x, which does not cancel."""
    return 4 * exponential(-2 * abs(x)) / (1 + exponential(-2 * abs(x))) ** 2


@exact(dense=(354.0, -354.0, 20.0, -20.0))
def tanh(x):
    return mp.tanh(x), (sech2(x),), (-2 * mp.tanh(x) * sech2(x),)


@exact(dense=(1.0, -1.0))
def asinh(x):
    square = 1 + x**2
    return mp.asinh(x), (1 / mp.sqrt(square),), (-x / (square * mp.sqrt(square)),)


@exact(domain=(1.0, INF), dense=(1.0,))
def acosh(x):
    if x == 1:
        return 0, (None,), (None,)
    square = (x - 1) * (x + 1)
    return mp.acosh(x), (1 / mp.sqrt(square),), (-x / (square * mp.sqrt(square)),)


@exact(domain=(-1.0, 1.0), dense=(1.0, -1.0))
def atanh(x):
    if abs(x) == 1:
        return None, (None,), (None,)
    square = (1 - x) * (1 + x)
    return mp.log1p(2 * x / (1 - x)) / 2, (1 / square,), (2 * x / square**2,)


@exact(dense=(709.0, -709.0, 88.0, -88.0))
def sech(x):
    y, t = 2 * exponential(-abs(x)) / (1 + exponential(-2 * abs(x))), mp.tanh(x)
    return y, (-y * t,), (y * (t**2 - sech2(x)),)


def _hyperbolic_cosecant(x):
    return 1 / mp.sinh(x) if abs(x) < 3000 else mp.mpf(0)


@exact(dense=(709.0, -709.0, 88.0, -88.0))
def csch(x):
    y, t = _hyperbolic_cosecant(x), mp.tanh(x)
    return y, (-y / t,), (y / t**2 + y**3,)


@exact(dense=(354.0, -354.0, 44.0, -44.0))
def coth(x):
    y, t = _hyperbolic_cosecant(x), mp.tanh(x)
    return 1 / t, (-(y**2),), (2 * y**2 / t,)


@exact(domain=(0.0, 1.0), dense=(1.0,))
def asech(x):
    square = (1 - x) * (1 + x)
    if not square or not x:
        return (None if square else 0), (None,), (None,)
    root = mp.sqrt(square)
    return mp.acosh(1 / x), (-1 / (x * root),), ((1 - 2 * x**2) / (x**2 * square * root),)


@exact(dense=(1.0, -1.0))
def acsch(x):
    square = 1 + x**2
    root = mp.sqrt(square)
    return (
        mp.asinh(1 / x),
        (-1 / (abs(x) * root),),
        (mp.sign(x) * (1 + 2 * x**2) / (x**2 * square * root),),
    )


@exact(domain=_BEYOND_ONE, dense=(1.0, -1.0))
def acoth(x):
    square = (1 - x) * (1 + x)
    return mp.sign(x) * mp.log1p(2 / (abs(x) - 1)) / 2, (1 / square,), (2 * x / square**2,)


# ── activations ─────────────────────────────────────────────────────────────────────────────────────────────────────


def logistic(x):
    """1/(1 + e⁻ˣ), with all digits at both ends."""
    return 1 / (1 + exponential(-x)) if x >= 0 else exponential(x) / (1 + exponential(x))


def softplus_of(x):
    return mp.log1p(exponential(-abs(x))) + max(x, 0)


_TAILS = (36.7, -36.7, 708.4, -708.4, 745.1, -745.1, 17.0, -17.0, 87.3, -87.3)


@exact(dense=_TAILS)
def sigmoid(x):
    slope = logistic(x) * logistic(-x)
    return logistic(x), (slope,), (-slope * mp.tanh(x / 2),)


@exact(dense=_TAILS)
def logsigmoid(x):
    return -softplus_of(-x), (logistic(-x),), (-logistic(x) * logistic(-x),)


@exact(dense=_TAILS)
def softplus(x):
    return softplus_of(x), (logistic(x),), (logistic(x) * logistic(-x),)


@exact()
def relu(x):
    return max(x, 0), (mp.mpf(x > 0),), (0,)


@exact()
@exact(parameters={"slope": 0.2})
def leaky_relu(x, slope=0.01):
    return (x, (1,), (0,)) if x > 0 else (mp.mpf(slope) * x, (mp.mpf(slope),), (0,))


@exact(dense=(6.0,))
def relu6(x):
    return min(max(x, 0), 6), (mp.mpf(0 < x < 6),), (0,)


@exact(dense=(1.0, -1.0))
def hardtanh(x):
    return min(max(x, -1), 1), (mp.mpf(-1 < x < 1),), (0,)


@exact(dense=(1.0, -1.0))
def softsign(x):
    size = 1 + abs(x)
    return x / size, (1 / size**2,), (-2 * mp.sign(x) / size**3 if x else None,)


@exact(dense=_TAILS)
@exact(parameters={"alpha": 1.5}, dense=_TAILS)
def elu(x, alpha=1.0):
    if x > 0:
        return x, (1,), (0,)
    slope = alpha * exponential(x)
    return (mp.mpf(alpha) * mp.expm1(x) if x > -1 else slope - alpha), (slope,), (slope,)


@exact(dense=_TAILS)
def selu(x):
    alpha, scale = mp.mpf("1.67326324235437728481704"), mp.mpf("1.05070098735548049341933")
    value, first, second = elu(x, alpha)
    return scale * value, (scale * first[0],), (scale * second[0],)


def erfc_of(x):
    """The complementary error function, also for numbers of which mpmath cannot take the square."""
    return mp.mpf(0) if x > 200 else mp.mpf(2) if x < -200 else mp.erfc(x)


_SUBNORMAL = "eˣ is subnormal and has lost digits, though x times it is normal"
_BELOW_EXP = "x below −708.4 (float32 −87.3)"


def _subnormal_power(x: float, tiny: float) -> bool:
    return x < math.log(tiny)


@exact(
    dense=(-37.5, -14.0, -8.3, 8.3, -0.7517915, -1.41421356, 1.41421356),
    apart=[
        Apart("slope", lambda x, tiny: -1.0 < x < -0.5, "−1 < x < −½", _TWO_TERMS),
        Apart(
            "",
            lambda x, tiny: x < -math.sqrt(-2.0 * math.log(tiny)) + 0.3,
            "x below −37.3 (float32 −12.9)",
            "Φ(x) is subnormal and has lost digits, though x times it is normal",
        ),
    ],
)
def gelu(x):
    share = erfc_of(-x / mp.sqrt(2)) / 2
    density = exponential(-(x**2) / 2) / mp.sqrt(2 * mp.pi)
    return x * share, (share + x * density,), ((2 - x**2) * density,)


@exact(
    parameters={"approximate": "tanh"},
    dense=(-21.0, -10.0, -6.0, 6.0, -0.7524),
    apart=[
        Apart("slope", lambda x, tiny: -1.0 < x < -0.5, "−1 < x < −½", _TWO_TERMS),
        Apart(
            "",
            lambda x, tiny: x < -1.0,
            "x below −1",
            "the exponent √(8/π)(x + 0.044715x³) is rounded, and e to it magnifies that by its size",
        ),
    ],
)
def gelu_(x, approximate):
    scale, cubic = mp.sqrt(8 / mp.pi), mp.mpf("0.044715")
    u, first, second = scale * (x + cubic * x**3), scale * (1 + 3 * cubic * x**2), scale * 6 * cubic * x
    share, slope = logistic(u), logistic(u) * logistic(-u)
    bend = -slope * mp.tanh(u / 2)
    return x * share, (share + x * slope * first,), (2 * slope * first + x * (bend * first**2 + slope * second),)


@exact(
    dense=(*_TAILS, -1.278464542761074, 2.399357280515468, -2.399357280515468),
    apart=[
        Apart("slope", lambda x, tiny: -1.7 < x < -0.9, "−1.7 < x < −0.9", _TWO_TERMS),
        Apart("", _subnormal_power, _BELOW_EXP, _SUBNORMAL),
    ],
)
def silu(x):
    s, slope = logistic(x), logistic(x) * logistic(-x)
    return x * s, (s + x * slope,), (slope * (2 - x * mp.tanh(x / 2)),)


@exact(
    dense=(*_TAILS, -1.1924312, -354.0),
    apart=[
        Apart("slope", lambda x, tiny: -1.6 < x < -0.8, "−1.6 < x < −0.8", _TWO_TERMS),
        Apart("", _subnormal_power, _BELOW_EXP, _SUBNORMAL),
    ],
)
def mish(x):
    power = exponential(x) if x < 1000 else mp.inf
    grown = power * (power + 2)
    t = grown / (grown + 2) if x < 1000 else mp.mpf(1)
    bend = sech2(softplus_of(x))
    s, slope = logistic(x), logistic(x) * logistic(-x)
    return x * t, (t + x * bend * s,), (2 * bend * s + x * bend * (slope - 2 * t * s**2),)


@exact(dense=(5.9, -5.9, 26.6, -26.6))
def erf(x):
    slope = 2 / mp.sqrt(mp.pi) * exponential(-(x**2))
    return (mp.erf(x) if abs(x) < 200 else mp.sign(x)), (slope,), (-2 * x * slope,)


@exact(dense=(26.5, 10.0, -5.9, 9.19, 1.0))
def erfc(x):
    slope = -2 / mp.sqrt(mp.pi) * exponential(-(x**2))
    return erfc_of(x), (slope,), (-2 * x * slope,)


@exact(domain=(-1.0, 1.0), dense=(1.0, -1.0, 0.5))
def erfinv(x):
    if abs(x) == 1:
        return None, (None,), (None,)
    y = mp.erfinv(x)
    slope = mp.sqrt(mp.pi) / 2 * mp.exp(y**2)
    return y, (slope,), (2 * y * slope**2,)


def _hurwitz(s, x, count):
    """Σ (x + k)⁻ˢ over k = 0, 1, … of an x > 0, for s, s + 1, …, by Euler and Maclaurin (DLMF 25.11.28).

    All but the first and the largest terms are whole multiples of 2⁻ᵇ, which is ten times as fast.
    """
    bits = mp.prec + 64 + 8 * (s + count)
    with mp.workprec(mp.prec + 30):
        totals = [x ** -(s + i) for i in range(count)]
        enough = 0.8 * mp.dps + s
        steps = int(mp.ceil(enough - x)) if x < enough else 0
        sums, place = [0] * count, int(mp.ldexp(x, bits)) if steps else 0
        for _ in range(steps):
            place += 1 << bits
            inverse = power = (1 << 2 * bits) // place
            for _ in range(s - 1):
                power = power * inverse >> bits
            for i in range(count):
                sums[i] += power
                power = power * inverse >> bits
        last = x + steps + 1
        for i in range(count):
            tail = _euler_maclaurin(s + i, int(mp.ldexp(1 / last, bits)), int(0.6 * mp.dps), bits)
            rest = last / (s + i - 1) + mp.mpf(0.5) + mp.ldexp(mp.mpf(tail), -bits)
            totals[i] += mp.ldexp(mp.mpf(sums[i]), -bits) + rest * last ** -(s + i)
    return totals


def _euler_maclaurin(s, inverse, count, bits):
    """Σ B₂ₖ/(2k)!·s(s + 1)…(s + 2k − 2)·x¹⁻²ᵏ, with 1/x and the sum as multiples of 2⁻ᵇ."""
    total, term, square = 0, s * inverse, inverse * inverse >> bits
    for k, factor in enumerate(_bernoulli_numbers(count, bits), 1):
        total += factor * term >> bits
        term = (term * square >> bits) * ((s + 2 * k - 1) * (s + 2 * k))
    return total


@functools.cache
def _bernoulli_numbers(count, bits):
    """B₂ₖ/(2k)! from k = 1 on, as multiples of 2⁻ᵇ."""
    with mp.workprec(bits):
        return [int(mp.ldexp(mp.bernoulli(2 * k) / mp.factorial(2 * k), bits)) for k in range(1, count)]


def _polygammas(n, x, count):
    """ψ⁽ⁿ⁾, ψ⁽ⁿ⁺¹⁾, … at x; on the negative axis from three sums over positive numbers."""
    totals = _hurwitz(n + 1, x if x > 0 else x - mp.floor(x), count)
    if x < 0:
        before, after = _hurwitz(n + 1, 1 + mp.floor(x) - x, count), _hurwitz(n + 1, 1 - x, count)
        signs = [(-1) ** (n + 1 + i) for i in range(count)]
        totals = [t + sign * (b - a) for t, sign, b, a in zip(totals, signs, before, after, strict=True)]
    return [(-1) ** (n + 1 + i) * mp.factorial(n + i) * total for i, total in enumerate(totals)]


def _digamma(x):
    return mp.digamma(x) if x > 0 else mp.digamma(1 - x) - mp.pi * mp.cospi(x) / mp.sinpi(x)


def _is_pole(x):
    return x <= 0 and x == mp.floor(x)


_POLES = (1.0, 2.0, 1.4616321449683622, -0.5, -1.0, -1.5, -2.0, -2.4570247382208, -2.7476826467274, -3.0, -10.0, -170.5)


def _lgamma_cancels(x: float, tiny: float) -> bool:
    if x >= -0.5 or x == math.floor(x):
        return False
    r = math.remainder(x, 1.0)
    return abs(math.lgamma(x)) < 0.5 * max(1.0, abs(math.log(math.pi / abs(x * math.sin(math.pi * r)))))


def _digamma_cancels(x: float, tiny: float) -> bool:
    if x >= 0.0 or x == math.floor(x):
        return False
    r = math.remainder(x, 1.0)
    reflected = math.pi * math.sin(math.pi * (0.5 - abs(r))) / math.sin(math.pi * r)
    other = math.log(1.0 - x) - 0.5 / (1.0 - x) - 1.0 / (12.0 * (1.0 - x) ** 2)
    return abs(other - reflected) < abs(reflected)


_AROUND_ZEROS = "around its negative zeros, |ψ(x)| below |π cot πx|"


@exact(dense=(*_POLES, 2.5e305, 4e36), apart=[
    Apart("value", _lgamma_cancels, "around its negative zeros, |lgamma x| below ½ or half of |ln(π/(x sin πx))|",
          _TWO_TERMS),
    Apart("slope", _digamma_cancels, _AROUND_ZEROS, _TWO_TERMS),
])  # fmt: skip
def lgamma(x):
    if _is_pole(x):
        return None, (None,), (None,)
    if x > 0:
        value = mp.loggamma(x)
    else:
        value = mp.log(mp.pi / abs(x * mp.sinpi(x))) - mp.loggamma(-x)
    return value, (_digamma(x),), (_polygammas(1, x, 1)[0],)


@exact(dense=_POLES, apart=[Apart("value", _digamma_cancels, _AROUND_ZEROS, _TWO_TERMS)])
def digamma(x):
    if _is_pole(x):
        return None, (None,), (None,)
    slope, bend = _polygammas(1, x, 2)
    return _digamma(x), (slope,), (bend,)


def _beside_a_half(x: float, tiny: float) -> bool:
    """Where Σ(x + k)⁻ˢ of an odd s has its zeros."""
    return x < 0.0 and abs(math.remainder(x, 1.0)) > 0.375


_ODD_SUM = "x < 0, within ⅛ of the middle between two poles, where its zeros are"


@exact(parameters={"n": 2}, dense=_POLES, apart=[Apart("value", _beside_a_half, _ODD_SUM, _TWO_TERMS)])
@exact(parameters={"n": 7}, dense=_POLES, apart=[Apart("slope", _beside_a_half, _ODD_SUM, _TWO_TERMS)])
@exact(dense=_POLES, apart=[Apart("slope", _beside_a_half, _ODD_SUM, _TWO_TERMS)])
def polygamma(x, n=1):
    if _is_pole(x):
        return None, (None,), (None,)
    value, slope, bend = _polygammas(n, x, 3)
    return value, (slope,), (bend,)


# ── over sequences ──────────────────────────────────────────────────────────────────────────────────────────────────

_LENGTHS = (1, 2, 3, 8)


def pairs(count: int, entry: Callable[[int, int], Any]) -> tuple[Any, ...]:
    """entry(i, j) for i ≤ j; of long sequences none, which would be most of the time."""
    return tuple(entry(i, j) for i in range(count) for j in range(i, count)) if count <= 3 else ()


def sizes(xs):
    return mp.fsum(map(abs, xs))


@exact(lengths=_LENGTHS, terms=sizes)
def sum_(xs):
    return mp.fsum(xs), [1] * len(xs), pairs(len(xs), lambda i, j: 0)


@exact(lengths=_LENGTHS, terms=lambda xs: sizes(xs) / len(xs), apart=[
    Apart("value", lambda xs, tiny: sum(abs(x) * (tiny / 4) for x in xs) >= 1, "Σ |x| overflows",
          "the mean does not overflow, but a sum before it"),
])  # fmt: skip
def mean(xs):
    return mp.fsum(xs) / len(xs), [mp.mpf(1) / len(xs)] * len(xs), pairs(len(xs), lambda i, j: 0)


def _float_variance(xs: Sequence[float]) -> float:
    middle = math.fsum(x / len(xs) for x in xs)
    return math.fsum((x - middle) * (x - middle) / len(xs) for x in xs)


def _deviations(xs):
    count = len(xs)
    return [mp.fsum([count * x, *(-y for y in xs)]) / count for x in xs]


def _variance(xs):
    return mp.fsum(d * d for d in _deviations(xs)) / len(xs)


def _near_the_mean(xs: Sequence[float], tiny: float) -> list[bool]:
    """For each number whether its deviation is far smaller than the largest."""
    middle = math.fsum(x / len(xs) for x in xs)
    largest = max(abs(x / 2 - middle / 2) for x in xs)
    return [abs(x / 2 - middle / 2) < largest / 4 for x in xs]


def _differences_overflow(xs: Sequence[float], tiny: float) -> bool:
    middle = math.fsum(x * (tiny / 4) / len(xs) for x in xs)
    return sum(abs(x * (tiny / 4) - middle) for x in xs) >= 1.0


def _deviation_is_subnormal(xs: Sequence[float], tiny: float) -> bool:
    return max(xs) / 2 - min(xs) / 2 < 2 * len(xs) * tiny


_NEAR_THE_MEAN = Apart(
    "slope", _near_the_mean, "xᵢ nearer to the mean than a quarter of the largest deviation", _TWO_TERMS
)


@exact(lengths=_LENGTHS, apart=[
    _NEAR_THE_MEAN,
    Apart("value", lambda xs, tiny: _overflows(tiny, len(xs) * _float_variance(xs)), "n times the variance overflows",
          "the sum of squares overflows, the variance does not"),
])  # fmt: skip
def var(xs):
    count = len(xs)
    slopes = [2 * d / count for d in _deviations(xs)]
    return _variance(xs), slopes, pairs(count, lambda i, j: 2 * (int(i == j) - mp.mpf(1) / count) / count)


@exact(lengths=_LENGTHS, apart=[
    _NEAR_THE_MEAN,
    Apart("", _differences_overflow, "Σ |xᵢ − mean| overflows", "the deviation does not overflow, but a sum before it"),
    Apart("", _deviation_is_subnormal, "the largest of n numbers above the smallest by less than 4n times the smallest "
          "normal number", "the differences are subnormal and have lost digits"),
])  # fmt: skip
def std(xs):
    count, out = len(xs), mp.sqrt(_variance(xs))
    if not out:
        return 0, [0] * count, pairs(count, lambda i, j: None)

    def entry(i, j):
        """(i = j) count·(the others' variance), else a product over the third: neither cancels."""
        others = [x for k, x in enumerate(xs) if k not in (i, j)]
        if i == j:
            return _variance(others) * (count - 1) ** 2 / (count**3 * out**3)
        return mp.fsum([-mp.fprod([xs[i] - x, xs[j] - x]) for x in others]) / (count**2 * out**3) / count

    return out, [d / (count * out) for d in _deviations(xs)], pairs(count, entry)


def product_without(xs, *left_out):
    return mp.fprod([x for k, x in enumerate(xs) if k not in left_out])


def _leaves_the_range(xs: Sequence[float], tiny: float) -> bool:
    """Whether a product of the first or of the last of the numbers is not normal."""
    sizes = [math.log2(abs(x)) if x else -INF for x in xs]
    partial = [*itertools.accumulate(sizes), *itertools.accumulate(reversed(sizes))]
    return min(partial) < math.log2(tiny) or max(partial) > 1.0 - math.log2(tiny)


@exact(
    lengths=_LENGTHS,
    apart=[
        Apart(
            "",
            _leaves_the_range,
            "a product of the first or of the last numbers overflows or is subnormal",
            "the slopes are made of these products",
        ),
    ],
)
def prod(xs):
    places = range(len(xs))
    mixed = pairs(len(xs), lambda i, j: 0 if i == j else product_without(xs, i, j))
    return mp.fprod(xs), [product_without(xs, i) for i in places], mixed


@exact(lengths=_LENGTHS, terms=lambda xs, ys: mp.fsum(abs(x * y) for x, y in zip(xs, ys, strict=True)))
def dot(xs, ys):
    count = len(xs)
    return mp.fdot(xs, ys), [*ys, *xs], pairs(2 * count, lambda i, j: int(j == i + count))


def _shares(xs, out):
    chosen = [x == out for x in xs]
    return [mp.mpf(x) / sum(chosen) for x in chosen]


@exact(lengths=_LENGTHS)
def max_(xs):
    return max(xs), _shares(xs, max(xs)), pairs(len(xs), lambda i, j: 0)


@exact(lengths=_LENGTHS)
def min_(xs):
    return min(xs), _shares(xs, min(xs)), pairs(len(xs), lambda i, j: 0)


def _softmax(xs):
    powers = [exponential(x - max(xs)) for x in xs]
    total = mp.fsum(powers)
    return [power / total for power in powers]


def _softmax_slopes(xs, place=None):
    """Row ``place`` of ∂softmax; the diagonal is a product with the sum of the others, which does not cancel."""
    p = _softmax(xs)

    def entry(i, j):
        return p[i] * mp.fsum(p[:i] + p[i + 1 :]) if i == j else -p[i] * p[j]

    return entry if place is None else [entry(place, j) for j in range(len(xs))]


def _logsumexp(xs):
    largest = list(xs).index(max(xs))
    return mp.log1p(mp.fsum(exponential(x - max(xs)) for i, x in enumerate(xs) if i != largest))


_FAR_APART = Apart(
    "",
    lambda xs, tiny: max(xs) - min(xs) > _APART,
    "the largest number above the smallest by more than 3",
    _ROUNDED_DIFFERENCE,
)


@exact(lengths=_LENGTHS, apart=[
    Apart("value", lambda xs, tiny: -3.0 < max(xs) < 0.0, "the largest number from −3 to 0", _CANCEL_AT_ZERO),
    _FAR_APART,
])  # fmt: skip
def logsumexp(xs):
    return max(xs) + _logsumexp(xs), _softmax(xs), pairs(len(xs), _softmax_slopes(xs))


@exact(lengths=_LENGTHS)
def norm(xs):
    if not any(xs):
        return 0, [0] * len(xs), pairs(len(xs), lambda i, j: None)
    square = mp.fsum(x * x for x in xs)
    r = mp.sqrt(square)

    def entry(i, j):
        others = mp.fsum(x * x for k, x in enumerate(xs) if k != i)
        return (others if i == j else -xs[i] * xs[j]) / (square * r)

    return r, [x / r for x in xs], pairs(len(xs), entry)


# ── made of rules ───────────────────────────────────────────────────────────────────────────────────────────────────


def _small_share(xs: Sequence[float], tiny: float) -> bool:
    return xs[0] - max(xs) - math.log(math.fsum(math.exp(x - max(xs)) for x in xs)) < -2.0


@exact("softmax", lengths=_LENGTHS, apart=[
    _FAR_APART,
    Apart("value", _small_share, "a value below e⁻²",
          "it is e to a rounded logarithm, which magnifies that by its size"),
])  # fmt: skip
def softmax_first(xs):
    """The first of the outputs; a second derivative is of three numbers, and left to the tests."""
    return _softmax(xs)[0], _softmax_slopes(xs, 0), ()


@exact("log_softmax", lengths=_LENGTHS, apart=[_FAR_APART])
def log_softmax_first(xs):
    p = _softmax(xs)
    rest = mp.fsum(p[1:])
    slopes = _softmax_slopes(xs)
    return (
        xs[0] - max(xs) - _logsumexp(xs),
        [rest, *(-x for x in p[1:])],
        pairs(len(xs), lambda i, j: -slopes(i, j)),
    )
