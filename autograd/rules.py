"""The table of elementary operations: each value and its local derivatives, written once.

A function here serves floats, NumPy arrays and Values of Values unchanged. Four habits keep it right on all three:

- a choice is ``nx.where``, never ``if``, and each branch it may take is the function itself near there, so that its
  derivatives of every order are right (``where(x >= 0, -x, x)`` and not ``-abs(x)``, which has a kink);
- ``==`` is identity between two Values: ``nx.equal`` compares their numbers;
- what may overflow or cancel is written so that it does not where the answer is finite: docs/accuracy.md measures it;
- a form that is needed on one side alone is left out by ``… if condition is True else …``: a plain number's condition
  is a bool, an array's and a recorded one are not. ``nx.is_value`` asks whether derivatives of a slope count, too.

At a kink the derivative is PyTorch's written choice: the gradient where there is one, else the subgradient of least
norm, else the limit, else nan.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from autograd import numeric as nx
from autograd.core.picking import index_error, is_index, recorded_pick
from autograd.core.recording import is_recording
from autograd.table import rule
from autograd.util.lazy_numpy import is_array
from autograd.util.printable import a_kind_of

__all__ = [
    "abs",
    "acos",
    "acosh",
    "acot",
    "acoth",
    "acsc",
    "acsch",
    "add",
    "asec",
    "asech",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "clip",
    "copysign",
    "cos",
    "cosh",
    "cot",
    "coth",
    "csc",
    "csch",
    "cumsum",
    "deg2rad",
    "digamma",
    "dot",
    "elu",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floordiv",
    "fmax",
    "fmin",
    "fmod",
    "gelu",
    "hardtanh",
    "hypot",
    "leaky_relu",
    "lerp",
    "lgamma",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_share",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logit",
    "logsigmoid",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mish",
    "mod",
    "mul",
    "neg",
    "norm",
    "pick",
    "polygamma",
    "pow",
    "prod",
    "rad2deg",
    "reciprocal",
    "relu",
    "relu6",
    "round",
    "rsqrt",
    "sec",
    "sech",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "square",
    "std",
    "sub",
    "sum",
    "tan",
    "tanh",
    "truediv",
    "trunc",
    "var",
    "where",
    "xlogy",
]  # fmt: skip

_INF, _NAN = math.inf, math.nan
_LN2, _LN10 = math.log(2.0), math.log(10.0)
_RADIANS_A_DEGREE, _DEGREES_A_RADIAN = math.pi / 180.0, 180.0 / math.pi

# ── arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────────────


@rule(symbol="+", operator="add", samples=[(2.0, -3.0), (0.25, 1e3)], edges=[(_INF, -_INF), (_INF, 1.0)])
def add(a, b):
    """a + b.   ∂/∂a = 1,   ∂/∂b = 1."""
    return a + b, (1.0, 1.0)


@rule(symbol="-", operator="sub", numpy="subtract", samples=[(2.0, -3.0), (5.0, 7.0)], edges=[(_INF, _INF)])
def sub(a, b):
    """a − b.   ∂/∂a = 1,   ∂/∂b = −1."""
    return a - b, (1.0, -1.0)


@rule(symbol="*", operator="mul", numpy="multiply", samples=[(2.0, -3.0), (0.0, 4.0)], edges=[(_INF, 0.0), (_NAN, 0.0)])
def mul(a, b):
    """a·b.   ∂/∂a = b,   ∂/∂b = a."""
    return a * b, (b, a)


@rule(symbol="/", operator="truediv", numpy="divide", samples=[(5.0, 2.0), (-1.0, 3.0)],
      edges=[(1.0, 0.0), (1.0, -0.0), (0.0, 0.0), (-1.0, 0.0)],
      hint={"": "keep the denominator away from 0: maximum(d, 1e-12), or add a small constant",
            "zero": "x instead of 1 / (1 / x); else keep the denominator away from 0: maximum(d, 1e-12)"})  # fmt: skip
def truediv(a, b):
    """a / b.   ∂/∂a = 1/b,   ∂/∂b = −a/b²."""
    out = a / b
    return out, (1.0 / b, -out / b)


@rule(operator="neg", numpy="negative", samples=[(3.0,)], edges=[(0.0,), (_INF,)])
def neg(x):
    """−x.   ∂/∂x = −1."""
    return -x, (-1.0,)


def _corner(x):
    """0, where x is 0: a slope by convention, of which no further derivative exists (those of atan2 at the origin)."""
    return nx.atan2(x, 0.0) if nx.is_value(x) else 0.0


def _flat_power(a, b):
    """aᵇ·ln a at a = 0: as flat there as a power a little below b, so that its derivatives exist up to that order."""
    return nx.where(b > 0.0, -nx.power(a, 0.999 * b), _corner(a)) if nx.is_value(a) else 0.0


def _slope_of_power(a, b, out, exact):
    """b·aᵇ⁻¹, or b·aᵇ/a for an exponent of which b − 1 is not exact: its rounding would count ln a times."""
    return nx.where(exact | nx.equal(a, 0.0) | nx.isinf(a), b * nx.power(a, b - 1.0), b * out / a)


@rule(symbol="**", operator="pow", numpy="power", samples=[(2.0, 3.0), (0.6, -1.7), (3.5, 0.5)],
      edges=[(0.0, 0.0), (1e-310, 0.0), (_NAN, 0.0), (0.0, 2.0), (0.0, 0.5), (0.0, -1.0),
             (-2.0, 3.0), (-8.0, 1 / 3), (1e200, 2.0)],
      hint={"nan": "a negative number has no real fractional power: abs(x) ** y, or a whole exponent",
            "inf": "smaller numbers, or a base away from 0: maximum(abs(x), 1e-12) ** y",
            "slope": "keep the base above 0: maximum(x, 1e-12) ** y",
            "zero": "x instead of (x ** 0.5) ** 2; else keep the base above 0: maximum(x, 1e-12) ** y"})  # fmt: skip
def pow(a, b):
    """aᵇ.   ∂/∂a = b·aᵇ⁻¹,   ∂/∂b = aᵇ·ln a.   Where a = 0, each is its limit along the other: 0⁰ has slopes 0, 0."""
    out = nx.power(a, b)
    exact = (b >= 0.5) & (b <= 1e6)
    slope = b * nx.power(a, b - 1.0) if exact is True else _slope_of_power(a, b, out, exact)
    zero = nx.equal(b, 0.0)
    slope = slope if zero is False else nx.where(zero & nx.isnan(slope), _corner(b), slope)
    flat = nx.equal(a, 0.0) & (b >= 0.0)
    return out, (
        slope,
        lambda: out * nx.log(a) if flat is False else nx.where(flat, _flat_power(a, b), out * nx.log(a)),
    )


@rule(samples=[(3.0,), (-1.5,)], edges=[(0.0,), (1e200,), (_INF,)], hint="smaller numbers: |x| below 1e154")
def square(x):
    """x².   ∂/∂x = 2x."""
    return x * x, (2.0 * x,)


@rule(samples=[(2.0,), (-0.3,)], edges=[(0.0,), (-0.0,), (_INF,)], hint="keep x away from 0: maximum(x, 1e-12)")
def reciprocal(x):
    """1/x.   ∂/∂x = −1/x²."""
    out = 1.0 / x
    return out, (-out * out,)


@rule(symbol="%", operator="mod", numpy="remainder", samples=[(5.5, 2.0), (-5.5, 1.7), (0.4, -1.5)],
      edges=[(6.0, 3.0), (5.0, 0.0), (-5.0, _INF), (_INF, 3.0), (-0.0, 3.0)],
      hint="a divisor other than 0")  # fmt: skip
def mod(a, b):
    """a − b⌊a/b⌋, which has the sign of b, as in Python.   ∂/∂a = 1,   ∂/∂b = −⌊a/b⌋;   at a jump too."""
    return nx.mod(a, b), (1.0, -nx.floordiv(a, b))


@rule(samples=[(5.5, 2.0), (-5.5, 1.7), (0.4, -1.5)],
      edges=[(6.0, 3.0), (5.0, 0.0), (-5.0, _INF), (_INF, 3.0), (-0.0, 3.0)],
      hint="a divisor other than 0")  # fmt: skip
def fmod(a, b):
    """a − b·trunc(a/b), which has the sign of a, as in C.   ∂/∂a = 1,   ∂/∂b = −trunc(a/b);   at a jump too."""
    return nx.fmod(a, b), (1.0, nx.copysign(1.0, a) * nx.copysign(nx.floordiv(nx.abs(a), nx.abs(b)), -b))


@rule(chooses=True, symbol="//", operator="floordiv", numpy="floor_divide", samples=[(5.5, 2.0), (-5.5, 1.7)],
      edges=[(6.0, 3.0), (5.0, 0.0), (0.0, 0.0), (-5.0, _INF), (_INF, 3.0)], hint="a divisor other than 0")  # fmt: skip
def floordiv(a, b):
    """⌊a/b⌋.   ∂/∂a = 0,   ∂/∂b = 0."""
    return nx.floordiv(a, b), (0.0, 0.0)


@rule(samples=[(180.0,), (-33.0,)], edges=[(_INF,)])
def deg2rad(x):
    """Degrees as radians, x·π/180.   ∂/∂x = π/180."""
    return x * _RADIANS_A_DEGREE, (_RADIANS_A_DEGREE,)


@rule(samples=[(0.5,), (-3.0,)], edges=[(_INF,)])
def rad2deg(x):
    """Radians as degrees, x·180/π.   ∂/∂x = 180/π."""
    return x * _DEGREES_A_RADIAN, (_DEGREES_A_RADIAN,)


@rule(samples=[(1.0, 3.0, 0.3), (-2.0, 0.5, 0.8), (1.0, 2.0, 1.7)], edges=[(1.0, 3.0, 0.5), (_INF, 1.0, 0.0)])
def lerp(a, b, t):
    """a + t(b − a), which is a at t = 0 and b at t = 1, exactly.   ∂/∂a = 1 − t,   ∂/∂b = t,   ∂/∂t = b − a."""
    out = nx.where(t < 0.5, a + t * (b - a), b - (1.0 - t) * (b - a))
    return out, (1.0 - t, t, b - a)


# ── exponentials and logarithms ─────────────────────────────────────────────────────────────────────────────────────


@rule(samples=[(0.5,), (-20.0,)], edges=[(710.0,), (-750.0,)],
      hint="subtract the largest exponent first (softmax and logsumexp do), or clip(x, -700, 700)")  # fmt: skip
def exp(x):
    """eˣ.   ∂/∂x = eˣ."""
    out = nx.exp(x)
    return out, (out,)


@rule(samples=[(0.5,), (-3.2,)], edges=[(1024.0,), (-1080.0,)], hint="clip(x, -1000, 1000)")
def exp2(x):
    """2ˣ.   ∂/∂x = 2ˣ·ln 2."""
    out = nx.exp2(x)
    return out, (out * _LN2,)


@rule(samples=[(0.5,), (-2.0,)], edges=[(710.0,), (-750.0,)], hint="clip(x, -700, 700)")
def expm1(x):
    """eˣ − 1, exact near 0.   ∂/∂x = eˣ."""
    return nx.expm1(x), (nx.exp(x),)


@rule(samples=[(0.5,), (12.0,)], edges=[(0.0,), (-0.0,), (-1.0,)],
      hint={"": "clip(p, 1e-12, 1), or a loss on the logits",
            "zero": "x instead of exp(log(x)), log1p(x) instead of softplus(log(x)); for probabilities, log_softmax or "
                    "cross_entropy on the logits"})  # fmt: skip
def log(x):
    """ln x.   ∂/∂x = 1/x."""
    return nx.log(x), (1.0 / x,)


@rule(samples=[(0.5,), (-0.7,)], edges=[(-1.0,), (-2.0,)],
      hint={"": "keep x above -1: maximum(x, -1 + 1e-12)",
            "zero": "x instead of expm1(log1p(x)); else keep x above -1: maximum(x, -1 + 1e-12)"})  # fmt: skip
def log1p(x):
    """ln(1 + x), exact near 0.   ∂/∂x = 1/(1 + x)."""
    return nx.log1p(x), (1.0 / (1.0 + x),)


@rule(samples=[(0.5,), (12.0,)], edges=[(0.0,), (-1.0,)],
      hint={"": "maximum(x, 1e-12)",
            "zero": "x instead of exp2(log2(x)); else log2(maximum(x, 1e-12))"})  # fmt: skip
def log2(x):
    """log₂ x.   ∂/∂x = 1/(x·ln 2)."""
    return nx.log2(x), (1.0 / (x * _LN2),)


@rule(samples=[(0.5,), (12.0,)], edges=[(0.0,), (-1.0,)],
      hint={"": "maximum(x, 1e-12)",
            "zero": "x instead of 10 ** log10(x); else log10(maximum(x, 1e-12))"})  # fmt: skip
def log10(x):
    """log₁₀ x.   ∂/∂x = 1/(x·ln 10)."""
    return nx.log10(x), (1.0 / (x * _LN10),)


@rule(samples=[(0.5,), (12.0,)], edges=[(0.0,), (-1.0,)],
      hint={"nan": "sqrt(maximum(x, 0)), if x is negative by rounding alone",
            "slope": "sqrt has an infinite slope at 0: sqrt(x + 1e-12), or norm for a length",
            "zero": "x instead of sqrt(x) ** 2, x ** 2 instead of sqrt(x) ** 4; else sqrt(x + 1e-12)"})  # fmt: skip
def sqrt(x):
    """√x.   ∂/∂x = 1/(2√x)."""
    out = nx.sqrt(x)
    return out, (0.5 / out,)


@rule(samples=[(0.5,), (12.0,)], edges=[(0.0,), (-0.0,), (-1.0,), (_INF,)], hint="maximum(x, 1e-12)")
def rsqrt(x):
    """1/√x.   ∂/∂x = −1/(2x√x)."""
    out = 1.0 / nx.sqrt(x)
    return out, (-0.5 * out * out * out,)


@rule(samples=[(0.5,), (-12.0,)], edges=[(0.0,), (-8.0,), (1e300,), (_INF,)],
      hint={"slope": "cbrt has an infinite slope at 0: cbrt(x + 1e-12), or keep x away from 0"})  # fmt: skip
def cbrt(x):
    """∛x, also for negative x.   ∂/∂x = 1/(3∛x²)."""
    out = nx.cbrt(x)
    return out, (1.0 / (3.0 * out * out),)


@rule(samples=[(0.5, 1.5), (1000.0, 999.0)], edges=[(-_INF, -_INF), (_INF, 1.0), (2.0, 2.0)])
def logaddexp(a, b):
    """ln(eᵃ + eᵇ), stable for numbers of any size.   ∂/∂a = eᵃ/(eᵃ + eᵇ),   ∂/∂b = eᵇ/(eᵃ + eᵇ)."""
    larger, smaller = nx.where(a >= b, a, b), nx.where(a >= b, b, a)
    at_infinity = nx.equal(larger, smaller) & nx.isinf(larger)
    e = nx.exp(nx.where(at_infinity, 0.0, smaller - larger))
    share = 1.0 / (1.0 + e)
    return larger + nx.log1p(e), (nx.where(a >= b, share, e * share), nx.where(a >= b, e * share, share))


@rule(samples=[(0.5, 1.5), (1000.0, 999.0)], edges=[(-_INF, -_INF), (_INF, 1.0), (2.0, 2.0)])
def logaddexp2(a, b):
    """log₂(2ᵃ + 2ᵇ), stable for numbers of any size.   ∂/∂a = 2ᵃ/(2ᵃ + 2ᵇ),   ∂/∂b = 2ᵇ/(2ᵃ + 2ᵇ)."""
    larger, smaller = nx.where(a >= b, a, b), nx.where(a >= b, b, a)
    at_infinity = nx.equal(larger, smaller) & nx.isinf(larger)
    e = nx.exp2(nx.where(at_infinity, 0.0, smaller - larger))
    share = 1.0 / (1.0 + e)
    return larger + nx.log1p(e) / _LN2, (nx.where(a >= b, share, e * share), nx.where(a >= b, e * share, share))


@rule(samples=[(0.4,), (0.9,), (0.1,)], edges=[(0.5,), (0.0,), (1.0,), (-1.0,), (2.0,)],
      hint="clip(p, 1e-12, 1 - 1e-12), or the logits themselves")  # fmt: skip
def logit(p):
    """ln(p/(1 − p)), the inverse of sigmoid, exact near ½.   ∂/∂p = 1/(p(1 − p)) from 0 to 1, nan elsewhere."""
    middle = nx.where((p > 0.25) & (p < 0.75), p, 0.5)
    out = nx.where((p > 0.25) & (p < 0.75), 2.0 * nx.atanh(2.0 * middle - 1.0), nx.log(p / (1.0 - p)))
    return out, (nx.where((p >= 0.0) & (p <= 1.0), 1.0 / (p * (1.0 - p)), _NAN),)


@rule(samples=[(0.0, 1.0), (-2.0, 3.0)], edges=[(0.0, 0.0), (-800.0, 1.0), (-_INF, 1.0), (800.0, 2.0)])
def log_share(x, rest):
    """x − ln(eˣ + rest), the logarithm of eˣ's share.   ∂/∂x = rest/(eˣ + rest),   ∂/∂rest = −1/(eˣ + rest)."""
    total = nx.exp(x) + rest
    odds = rest * nx.exp(-x)
    return nx.where(odds < _INF, 0.0 - nx.log1p(odds), x - nx.log(total)), (rest / total, -1.0 / total)


@rule(
    samples=[(0.5, 1.5), (-2.0, 0.25)],
    edges=[(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (0.0, _INF)],
    hint="maximum(y, 1e-12)",
)
def xlogy(x, y):
    """x·ln y, and 0 where x = 0 (unless y is nan).   ∂/∂x = ln y (0 where x = 0 and y ≤ 0),   ∂/∂y = x/y."""
    out = nx.where(nx.equal(x, 0.0) & nx.equal(y, y), 0.0, x * nx.log(y))
    return out, (nx.where(nx.equal(x, 0.0) & (y <= 0.0), _corner(x), nx.log(y)), x / y)


# ── roots of sums of squares, absolute values, choices ──────────────────────────────────────────────────────────────


@rule(operator="abs", numpy="absolute", samples=[(2.0,), (-3.0,)], edges=[(0.0,), (-0.0,), (_NAN,)])
def abs(x):
    """|x|.   ∂/∂x = sign x, 0 at 0."""
    return nx.abs(x), (nx.sign(x),)


@rule(chooses=True, samples=[(2.0,), (-3.0,)], edges=[(0.0,), (_NAN,)])
def sign(x):
    """−1, 0 or 1.   ∂/∂x = 0."""
    return nx.sign(x), (0.0,)


@rule(chooses=True, samples=[(2.5,), (-2.7,)], edges=[(3.0,), (-0.5,), (0.0,), (_INF,), (_NAN,)])
def floor(x):
    """The largest whole number ≤ x.   ∂/∂x = 0."""
    return nx.floor(x), (0.0,)


@rule(chooses=True, samples=[(2.5,), (-2.7,)], edges=[(3.0,), (-0.5,), (0.0,), (_INF,), (_NAN,)])
def ceil(x):
    """The smallest whole number ≥ x.   ∂/∂x = 0."""
    return nx.ceil(x), (0.0,)


@rule(chooses=True, numpy="rint", samples=[(2.3,), (-2.7,)], edges=[(2.5,), (3.5,), (-0.5,), (0.0,), (_INF,), (_NAN,)])
def round(x):
    """The nearest whole number; halfway cases go to the even one.   ∂/∂x = 0."""
    return nx.round(x), (0.0,)


@rule(chooses=True, samples=[(2.5,), (-2.7,)], edges=[(3.0,), (-0.5,), (0.0,), (_INF,), (_NAN,)])
def trunc(x):
    """x without its fraction.   ∂/∂x = 0."""
    return nx.trunc(x), (0.0,)


@rule(
    chooses=lambda a, b: (a < 0.0) | (a > 0.0),
    samples=[(2.0, -3.0), (-0.5, 0.2)],
    edges=[(0.0, -1.0), (2.0, -0.0), (_INF, -1.0), (_NAN, -1.0), (2.0, _NAN)],
)
def copysign(a, b):
    """|a| with the sign of b.   ∂/∂a = 1 if the signs agree, −1 if not, 0 at a = 0;   ∂/∂b = 0.

    The result is nan if b is nan, because Python, NumPy and the processor give a computed nan different signs.
    """
    sign = nx.where(nx.isnan(b), _NAN, nx.copysign(1.0, b))
    return nx.abs(a) * sign, (nx.sign(a) * sign, 0.0)


def _share_of_length(x, length):
    """x/length, and 0 at the origin, where it has no further derivative."""
    origin = nx.equal(length, 0.0)
    return x / length if origin is False else nx.where(origin, _corner(x), x / nx.where(origin, 1.0, length))


_SMALLEST_NORMAL = 2.0**-1022


def _cosine(a, b, length):
    """a/√(a² + b²); of Values by the ratio of the smaller to the larger, whose derivatives do not cancel."""
    share = _share_of_length(a, length)
    if not nx.is_value(length):
        return share
    size = nx.where(b >= 0.0, b, -b)
    steep = nx.abs(a) > size
    larger = nx.where(steep, a, nx.where(length > 0.0, size, 1.0))
    ratio = nx.where(steep, b, a) / larger
    top = nx.where(steep, nx.where(a >= 0.0, 1.0, -1.0), ratio)
    return nx.where(nx.isfinite(length) & (length > _SMALLEST_NORMAL), top / nx.hypot(1.0, ratio), share)


@rule(samples=[(3.0, 4.0), (-0.5, 0.2)], edges=[(0.0, 0.0), (3e200, 4e200), (3e-200, 4e-200)])
def hypot(a, b):
    """√(a² + b²), safe from overflow.   ∂/∂a = a/out,   ∂/∂b = b/out;   0 and 0 at the origin (least norm)."""
    out = nx.hypot(a, b)
    return out, (_cosine(a, b, out), _cosine(b, a, out))


def _share(a, b):
    """The slope of max(a, b) in a: 1, 0, or ½ at a tie."""
    return nx.where(a > b, 1.0, nx.where(a < b, 0.0, nx.where(nx.equal(a, b), 0.5, _NAN)))


@rule(chooses=True, samples=[(2.0, -3.0), (-1.0, 5.0)], edges=[(2.0, 2.0), (_NAN, 1.0), (_INF, _INF)])
def maximum(a, b):
    """The larger of two.   ∂ = 1 for the larger, 0 for the other, ½ each if equal."""
    return nx.maximum(a, b), (_share(a, b), _share(b, a))


@rule(chooses=True, samples=[(2.0, -3.0), (-1.0, 5.0)], edges=[(2.0, 2.0), (_NAN, 1.0), (_INF, _INF)])
def minimum(a, b):
    """The smaller of two.   ∂ = 1 for the smaller, 0 for the other, ½ each if equal."""
    return nx.minimum(a, b), (_share(b, a), _share(a, b))


def _share_of_numbers(a, b):
    """The same as _share, but that a number counts as larger than nan."""
    of_nan = nx.where(nx.isnan(b), _NAN, 0.0)
    return nx.where(nx.isnan(a), of_nan, nx.where(nx.isnan(b), 1.0, _share(a, b)))


@rule(chooses=True, samples=[(2.0, -3.0), (-1.0, 5.0)], edges=[(2.0, 2.0), (_NAN, 1.0), (1.0, _NAN), (_NAN, _NAN)])
def fmax(a, b):
    """The larger of two; nan is ignored beside a number.   ∂ = 1 for the result, 0 for the other, ½ each if equal."""
    return nx.fmax(a, b), (_share_of_numbers(a, b), _share_of_numbers(b, a))


@rule(chooses=True, samples=[(2.0, -3.0), (-1.0, 5.0)], edges=[(2.0, 2.0), (_NAN, 1.0), (1.0, _NAN), (_NAN, _NAN)])
def fmin(a, b):
    """The smaller of two; nan is ignored beside a number.   ∂ = 1 for the result, 0 for the other, ½ each if equal."""
    return nx.fmin(a, b), (_share_of_numbers(-a, -b), _share_of_numbers(-b, -a))


def _is_less(a, b):
    """1 where a < b, else 0, nan beside a nan: compared and not subtracted, because a bound may be infinite."""
    return nx.where(a < b, 1.0, nx.where(a >= b, 0.0, _NAN))


def _refuse_bounds(x, lo, hi):
    """Plain bounds in the wrong order are a mistake; those that are computed may cross."""
    if isinstance(lo, Real) and isinstance(hi, Real) and lo > hi:
        raise ValueError(
            f"clip's bounds are in the wrong order: lo={lo!r} is above hi={hi!r}\n"
            f"  try             clip(x, {hi!r}, {lo!r})"
        )


@rule(
    chooses=True,
    refuse=_refuse_bounds,
    samples=[(0.3, -1.0, 1.0), (-3.0, -1.0, 1.0), (2.0, -1.0, 1.0)],
    edges=[(1.0, -1.0, 1.0), (-1.0, -1.0, 1.0)],
)
def clip(x, lo, hi):
    """x limited to [lo, hi].   ∂/∂x = 1 from lo to hi, including the bounds;   ∂/∂lo = 1 below,   ∂/∂hi = 1 above.

    If lo > hi: raises ValueError if both are plain numbers, else returns hi.
    """
    raised = nx.where(x < lo, lo, x)
    below, above = _is_less(x, lo), _is_less(hi, raised)
    free = 1.0 - above
    return nx.where(raised > hi, hi, raised), ((1.0 - below) * free, below * free, above)


@rule(chooses=True, samples=[(1.0, 2.0, -3.0), (0.0, 2.0, -3.0)])
def where(condition, a, b):
    """a if the condition holds, else b.   ∂/∂a = 1 and ∂/∂b = 0, or the reverse; none for the condition."""
    return nx.where(condition, a, b), (None, nx.where(condition, 1.0, 0.0), nx.where(condition, 0.0, 1.0))


# ── trigonometry ────────────────────────────────────────────────────────────────────────────────────────────────────


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (_INF,)])
def sin(x):
    """sin x.   ∂/∂x = cos x."""
    return nx.sin(x), (nx.cos(x),)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (_INF,)])
def cos(x):
    """cos x.   ∂/∂x = −sin x."""
    return nx.cos(x), (-nx.sin(x),)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,)])
def tan(x):
    """tan x.   ∂/∂x = 1 + tan² x."""
    out = nx.tan(x)
    return out, (1.0 + out * out,)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (_INF,)])
def sec(x):
    """1/cos x.   ∂/∂x = sec x·tan x."""
    out = 1.0 / nx.cos(x)
    return out, (out * nx.tan(x),)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (-0.0,), (_INF,)], hint="keep x away from 0 and multiples of π")
def csc(x):
    """1/sin x.   ∂/∂x = −cos x/sin² x."""
    out = 1.0 / nx.sin(x)
    return out, (-nx.cos(x) * out * out,)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (-0.0,), (_INF,)], hint="keep x away from 0 and multiples of π")
def cot(x):
    """1/tan x.   ∂/∂x = −1/sin² x."""
    cosecant = 1.0 / nx.sin(x)
    return 1.0 / nx.tan(x), (-cosecant * cosecant,)


def _one_less_square(x):
    """1 − x², of which neither the value nor the derivative cancels."""
    return nx.where(nx.abs(x) < 0.5, 1.0 - x * x, (1.0 - x) * (1.0 + x))


@rule(numpy="arcsin", samples=[(0.5,), (-0.9,)], edges=[(1.0,), (2.0,)],
      hint={"": "clip(x, -1 + 1e-12, 1 - 1e-12)",
            "zero": "x instead of sin(asin(x)); else asin(clip(x, -1 + 1e-12, 1 - 1e-12))"})  # fmt: skip
def asin(x):
    """The angle whose sine is x.   ∂/∂x = 1/√(1 − x²)."""
    return nx.asin(x), (1.0 / nx.sqrt(_one_less_square(x)),)


@rule(numpy="arccos", samples=[(0.5,), (-0.9,)], edges=[(1.0,), (2.0,)],
      hint={"": "clip(x, -1 + 1e-12, 1 - 1e-12)",
            "zero": "x instead of cos(acos(x)); else acos(clip(x, -1 + 1e-12, 1 - 1e-12))"})  # fmt: skip
def acos(x):
    """The angle whose cosine is x.   ∂/∂x = −1/√(1 − x²)."""
    return nx.acos(x), (-1.0 / nx.sqrt(_one_less_square(x)),)


@rule(numpy="arctan", samples=[(0.5,), (-30.0,)], edges=[(_INF,), (1e200,)])
def atan(x):
    """The angle whose tangent is x.   ∂/∂x = 1/(1 + x²)."""
    return nx.atan(x), (1.0 / (1.0 + x * x),)


@rule(numpy="arctan2", samples=[(1.0, 2.0), (-1.5, -0.5)], edges=[(0.0, 0.0), (1e200, 1e200), (0.0, -1.0)],
      hint=dict.fromkeys(("slope", "zero"), "keep the point away from the origin, where an angle has no slope, "
                         "and norm, hypot and pow have no second one: norm([x, y, 1e-12]), or x*x + y*y for a "
                         "squared length"))  # fmt: skip
def atan2(y, x):
    """The angle of the point (x, y).   ∂/∂y = x/(x² + y²),   ∂/∂x = −y/(x² + y²)."""
    r = nx.hypot(y, x)
    return nx.atan2(y, x), (x / r / r, -y / r / r)


@rule(samples=[(1.5,), (-3.0,)], edges=[(1.0,), (-1.0,), (0.5,), (_INF,)], hint="keep |x| above 1")
def asec(x):
    """The angle whose secant is x.   ∂/∂x = 1/(|x|√(x² − 1))."""
    size = nx.abs(x)
    root = nx.sqrt(size - 1.0) * nx.sqrt(size + 1.0)
    return nx.atan2(root, nx.sign(x)), (1.0 / size / root,)


@rule(samples=[(1.5,), (-3.0,)], edges=[(1.0,), (-1.0,), (0.5,), (_INF,)], hint="keep |x| above 1")
def acsc(x):
    """The angle whose cosecant is x.   ∂/∂x = −1/(|x|√(x² − 1))."""
    size = nx.abs(x)
    root = nx.sqrt(size - 1.0) * nx.sqrt(size + 1.0)
    return nx.sign(x) * nx.atan2(1.0, root), (-1.0 / size / root,)


@rule(samples=[(0.5,), (-3.0,)], edges=[(0.0,), (-0.0,), (_INF,), (1e200,)])
def acot(x):
    """The angle from −π/2 to π/2 whose cotangent is x, ±π/2 at ±0.   ∂/∂x = −1/(1 + x²)."""
    length = nx.hypot(x, 1.0)
    return nx.atan(1.0 / x), (-1.0 / length / length,)


_SINC_SLOPE = [-((-1) ** k) * math.pi ** (2 * k + 2) * (2 * k + 2) / math.factorial(2 * k + 3) for k in range(14)]


def _sinc_slope_near_zero(x):
    """x·Σ cₖx²ᵏ, where (cos(πx) − sinc x)/x cancels."""
    return x * functools.reduce(lambda total, c: total * (x * x) + c, reversed(_SINC_SLOPE))


@rule(samples=[(0.3,), (-2.3,), (0.8,)], edges=[(0.0,), (1.0,), (0.5,), (1e-9,), (1e16,), (_INF,)])
def sinc(x):
    """sin(πx)/(πx), NumPy's normalised sinc, and 1 at 0.   ∂/∂x = (cos(πx) − sinc x)/x, by its series near 0."""
    whole = nx.round(x)  # of which the sine's argument is relieved: sin(πx) is 0 where x is whole
    flip = 1.0 - 2.0 * nx.mod(whole, 2.0)
    turns = x - whole
    sine = flip * nx.sin(math.pi * turns)
    size = nx.where(turns >= 0.0, turns, -turns)
    cosine = flip * nx.where(size < 0.25, nx.cos(math.pi * turns), nx.sin(math.pi * (0.5 - size)))
    small = (x < 0.5) & (x > -0.5)
    away, near = nx.where(small, 1.0, x), nx.where(small, x, 0.0)
    out = nx.where(nx.equal(x, 0.0), 1.0, sine / (math.pi * nx.where(nx.equal(x, 0.0), 1.0, x)))
    return out, (nx.where(small, _sinc_slope_near_zero(near), (cosine - sine / (math.pi * away)) / away),)


# ── hyperbolic functions ────────────────────────────────────────────────────────────────────────────────────────────


def _decay(x):
    """e^−|x|, analytic on each side of 0: where |x| would put its kink into the higher derivatives."""
    return nx.exp(nx.where(x >= 0.0, -x, x))


@rule(samples=[(0.5,), (-2.0,)], edges=[(800.0,)], hint="clip(x, -700, 700)")
def sinh(x):
    """sinh x.   ∂/∂x = cosh x."""
    return nx.sinh(x), (nx.cosh(x),)


@rule(samples=[(0.5,), (-2.0,)], edges=[(800.0,)], hint="clip(x, -700, 700)")
def cosh(x):
    """cosh x.   ∂/∂x = sinh x."""
    return nx.cosh(x), (nx.sinh(x),)


@rule(samples=[(0.5,), (-3.0,)], edges=[(1000.0,), (-1000.0,), (_NAN,)])
def tanh(x):
    """tanh x.   ∂/∂x = 1 − tanh² x, accurate even where tanh x is nearly 1."""
    out = nx.tanh(x)
    square = out * out
    return out, (lambda: 1.0 - square if (square < 0.8) is True else nx.sech_squared(x),)


@rule(numpy="arcsinh", samples=[(0.5,), (-20.0,)], edges=[(1e200,)])
def asinh(x):
    """The number whose sinh is x.   ∂/∂x = 1/√(1 + x²)."""
    return nx.asinh(x), (1.0 / nx.hypot(x, 1.0),)


@rule(numpy="arccosh", samples=[(1.5,), (20.0,)], edges=[(1.0,), (0.5,)],
      hint={"": "maximum(x, 1 + 1e-12)",
            "zero": "x instead of cosh(acosh(x)); else acosh(maximum(x, 1 + 1e-12))"})  # fmt: skip
def acosh(x):
    """The number whose cosh is x.   ∂/∂x = 1/√(x² − 1)."""
    return nx.acosh(x), (1.0 / (nx.sqrt(x - 1.0) * nx.sqrt(x + 1.0)),)


@rule(numpy="arctanh", samples=[(0.5,), (-0.9,)], edges=[(1.0,), (2.0,)],
      hint={"": "clip(x, -1 + 1e-12, 1 - 1e-12)",
            "zero": "x instead of tanh(atanh(x)); else atanh(clip(x, -1 + 1e-12, 1 - 1e-12))"})  # fmt: skip
def atanh(x):
    """The number whose tanh is x.   ∂/∂x = 1/(1 − x²)."""
    return nx.atanh(x), (1.0 / _one_less_square(x),)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (800.0,), (-800.0,)])
def sech(x):
    """1/cosh x.   ∂/∂x = −sech x·tanh x."""
    e = _decay(x)
    out = 2.0 * e / (1.0 + e * e)
    return out, (-out * nx.tanh(x),)


def _hyperbolic_cosecant(x):
    """1/sinh x, whose slope does not overflow in between where sinh does."""
    size = nx.where(x >= 0.0, x, -x)
    return nx.copysign(2.0 * nx.exp(-size) / -nx.expm1(-2.0 * size), x)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (-0.0,), (800.0,), (-800.0,)], hint="keep x away from 0")
def csch(x):
    """1/sinh x.   ∂/∂x = −csch x·coth x."""
    out = _hyperbolic_cosecant(x)
    return out, (-out / nx.tanh(x),)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (-0.0,), (800.0,), (-800.0,)], hint="keep x away from 0")
def coth(x):
    """1/tanh x.   ∂/∂x = −1/sinh² x."""
    cosecant = _hyperbolic_cosecant(x)
    return 1.0 / nx.tanh(x), (-cosecant * cosecant,)


@rule(samples=[(0.5,), (0.9,)], edges=[(1.0,), (0.0,), (2.0,), (-0.5,)], hint="clip(x, 1e-12, 1 - 1e-12)")
def asech(x):
    """The number whose sech is x, exact near 1.   ∂/∂x = −1/(x√(1 − x²))."""
    root = nx.sqrt((1.0 - x) * (1.0 + x))
    return 2.0 * nx.asinh(nx.sqrt(0.5 - 0.5 * x) / nx.sqrt(x)), (-1.0 / x / root,)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (-0.0,), (_INF,), (5e-324,)], hint="keep x away from 0")
def acsch(x):
    """The number whose csch is x.   ∂/∂x = −1/(|x|√(1 + x²))."""
    size, root = nx.abs(x), nx.hypot(x, 1.0)
    small = nx.where(size < 1.0, size, 1.0)
    near = nx.sign(x) * (nx.log1p(nx.hypot(small, 1.0)) - nx.log(small))
    return nx.where((size < 1.0) & (size > 0.0), near, nx.asinh(1.0 / x)), (-1.0 / size / root,)


@rule(samples=[(1.5,), (-3.0,)], edges=[(1.0,), (-1.0,), (0.5,), (_INF,)], hint="keep |x| above 1")
def acoth(x):
    """The number whose coth is x, exact near ±1.   ∂/∂x = 1/(1 − x²)."""
    return nx.sign(x) * 0.5 * nx.log1p(2.0 / (nx.abs(x) - 1.0)), (1.0 / (1.0 - x) / (1.0 + x),)


# ── activations ─────────────────────────────────────────────────────────────────────────────────────────────────────


@rule(samples=[(0.5,), (-3.0,), (40.0,)], edges=[(0.0,), (1000.0,), (-1000.0,), (_NAN,)])
def sigmoid(x):
    """σ(x) = 1/(1 + e⁻ˣ), computed so that it cannot overflow.   ∂/∂x = σ(x)·σ(−x)."""
    e = _decay(x)
    share = 1.0 / (1.0 + e)
    slope = 0.25 * nx.sech_squared(0.5 * x) if nx.is_value(x) else e * share * share
    return nx.where(x >= 0.0, share, e * share), (slope,)


@rule(samples=[(0.5,), (-3.0,)], edges=[(0.0,), (-1000.0,), (1000.0,)])
def logsigmoid(x):
    """ln σ(x) = −softplus(−x).   ∂/∂x = σ(−x)."""
    e = _decay(x)
    share = 1.0 / (1.0 + e)
    return nx.where(x >= 0.0, 0.0, x) - nx.log1p(e), (nx.where(x >= 0.0, e * share, share),)


@rule(samples=[(0.5,), (-3.0,)], edges=[(0.0,), (-1000.0,), (1000.0,)])
def softplus(x):
    """ln(1 + eˣ), computed so that it cannot overflow.   ∂/∂x = σ(x)."""
    e = _decay(x)
    share = 1.0 / (1.0 + e)
    return nx.where(x >= 0.0, x, 0.0) + nx.log1p(e), (nx.where(x >= 0.0, share, e * share),)


@rule(chooses=lambda x: x < 0.0, samples=[(2.0,), (-3.0,)], edges=[(0.0,), (_NAN,), (_INF,)])
def relu(x):
    """max(x, 0).   ∂/∂x = 1 above 0, else 0."""
    out = nx.maximum(x, 0.0)
    return out, (nx.step(out),)


@rule(samples=[(2.0,), (-3.0,)], edges=[(0.0,), (_NAN,)])
def leaky_relu(x, *, slope=0.01):
    """x above 0, else slope·x.   ∂/∂x = 1 above 0, else slope.   (Maas et al. 2013)"""
    above = nx.step(x)
    return nx.where(x > 0.0, x, slope * x), (slope + (1.0 - slope) * above,)


@rule(
    chooses=lambda x: (x < 0.0) | (x > 6.0), samples=[(2.0,), (-3.0,), (7.0,)], edges=[(0.0,), (6.0,), (_NAN,), (_INF,)]
)
def relu6(x):
    """min(max(x, 0), 6).   ∂/∂x = 1 between 0 and 6, else 0.   (Krizhevsky 2010)"""
    inside = nx.where((x > 0.0) & (x < 6.0), 1.0, nx.where(nx.equal(x, x), 0.0, _NAN))
    return nx.minimum(nx.maximum(x, 0.0), 6.0), (inside,)


@rule(
    chooses=lambda x, *, lo=-1.0, hi=1.0: (x < lo) | (x > hi),
    samples=[(0.5,), (-3.0,), (2.0,)],
    edges=[(1.0,), (-1.0,), (_NAN,), (_INF,)],
)
def hardtanh(x, *, lo=-1.0, hi=1.0):
    """x limited to [lo, hi].   ∂/∂x = 1 between lo and hi, else 0;   0 at the bounds as well (clip has 1 there).

    ValueError if lo is above hi.
    """
    if lo > hi:
        raise ValueError(
            f"hardtanh's bounds are in the wrong order: lo={lo!r} is above hi={hi!r}\n"
            f"  try             hardtanh(x, lo={hi!r}, hi={lo!r})"
        )
    inside = nx.where((x > lo) & (x < hi), 1.0, nx.where(nx.equal(x, x), 0.0, _NAN))
    return nx.minimum(nx.maximum(x, lo), hi), (inside,)


@rule(samples=[(0.5,), (-3.0,)], edges=[(0.0,), (1e200,), (_INF,), (-_INF,), (_NAN,)])
def softsign(x):
    """x/(1 + |x|), ±1 at ±∞.   ∂/∂x = 1/(1 + |x|)².   (Bergstra et al. 2009)"""
    share = 1.0 / (1.0 + nx.abs(x))
    return nx.where(nx.isinf(x), nx.sign(x), x / (1.0 + nx.abs(x))), (share * share,)


@rule(samples=[(2.0,), (-3.0,)], edges=[(0.0,), (-1000.0,)])
def elu(x, *, alpha=1.0):
    """x above 0, else α(eˣ − 1).   ∂/∂x = 1 above 0, else α·eˣ.   (Clevert et al. 2015)"""
    below = nx.where(x > 0.0, 0.0, x)
    return nx.where(x > 0.0, x, alpha * nx.expm1(below)), (nx.where(x > 0.0, 1.0, alpha * nx.exp(below)),)


_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


@rule(samples=[(2.0,), (-3.0,)], edges=[(0.0,)])
def selu(x):
    """λ·elu(x, α) with α = 1.6733, λ = 1.0507: mean 0 and variance 1 are a fixed point.   (Klambauer et al. 2017)"""
    below = nx.where(x > 0.0, 0.0, x)
    negative = _SELU_SCALE * _SELU_ALPHA
    out = nx.where(x > 0.0, _SELU_SCALE * x, negative * nx.expm1(below))
    return out, (nx.where(x > 0.0, _SELU_SCALE, negative * nx.exp(below)),)


_SQRT_HALF, _SQRT_2_OVER_PI = math.sqrt(0.5), math.sqrt(2.0 / math.pi)


def _bell(x, half, h):
    """e^(−half·x²). The rounding of x² would count x² times: it is h² + (x − h)(x + h), of which h² is exact."""
    return nx.exp(-half * (h * h)) * nx.exp(-half * ((x - h) * (x + h)))


def _normal_share(x, h):
    """Φ(x) = ½ erfc(z), z = −x/√2. The rounding of z would count x² times: in the tail e^(z² − ½x²) makes up for it."""
    z = x * -_SQRT_HALF
    share = 0.5 * nx.erfc(z)
    k, u, v = nx.leading(z), nx.detach(x), nx.detach(z)
    excess = (k * k - 0.5 * h * h) + ((v - k) * (v + k) - 0.5 * (u - h) * (u + h))
    return share + share * nx.where((u < 0.0) & (u > -50.0), excess, 0.0)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (50.0,), (-50.0,)])
def gelu(x, *, approximate="none"):
    """x·Φ(x), or with ``approximate="tanh"`` ½x(1 + tanh √(2/π)(x + 0.044715x³)).   (Hendrycks & Gimpel 2016)"""
    if approximate == "tanh":
        near = nx.where(x > 100.0, 100.0, nx.where(x < -100.0, -100.0, x))  # σ is 0 or 1 there, and x³ may be infinite
        inner = _SQRT_2_OVER_PI * (near + 0.044715 * near * near * near)
        slope = _SQRT_2_OVER_PI * (1.0 + 3 * 0.044715 * near * near)
        e = _decay(2.0 * inner)  # ½(1 + tanh u) = σ(2u), which does not cancel
        share = 1.0 / (1.0 + e)
        s = nx.where(inner >= 0.0, share, e * share)
        return x * s, (s + 2.0 * near * e * share * share * slope,)
    if approximate != "none":
        raise ValueError(f"gelu's approximate must be 'none' or 'tanh', not {approximate!r}")
    h = nx.leading(x)
    share = _normal_share(x, h)
    return x * share, (share + x * _bell(x, 0.5, h) * (0.5 * _SQRT_2_OVER_PI),)


@rule(samples=[(0.5,), (-3.0,)], edges=[(0.0,), (1000.0,), (-1000.0,)])
def silu(x):
    """x·σ(x), also called swish.   ∂/∂x = σ(x)(1 + x·σ(−x)).   (Elfwing et al. 2018)"""
    e = _decay(x)
    share = 1.0 / (1.0 + e)
    s = nx.where(x >= 0.0, share, e * share)
    return x * s, (s + x * e * share * share,)


@rule(samples=[(0.5,), (-3.0,)], edges=[(0.0,), (1000.0,), (-1000.0,)])
def mish(x):
    """x·tanh(softplus x), by e^−|x|.   ∂/∂x = tanh(softplus x) + x(1 − tanh²(softplus x))σ(x).   (Misra 2019)"""
    e = _decay(x)
    above, below = 1.0 + 2.0 * e, e * (2.0 + e)
    share = 1.0 / nx.where(x >= 0.0, above + 2.0 * e * e, 2.0 + below)
    t = nx.where(x >= 0.0, above, below) * share
    bend = 4.0 * e * (1.0 + e) * share * share
    return x * t, (t + x * nx.where(x >= 0.0, e * bend, bend),)


_TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)


@rule(samples=[(0.5,), (-2.0,)], edges=[(0.0,), (30.0,)])
def erf(x):
    """The error function, 2/√π ∫₀ˣ e^−t² dt.   ∂/∂x = 2/√π·e^−x²."""
    return nx.erf(x), (_TWO_OVER_SQRT_PI * _bell(x, 1.0, nx.leading(x)),)


@rule(samples=[(0.5,), (-2.0,), (6.0,)], edges=[(0.0,), (30.0,)])
def erfc(x):
    """1 − erf x, exact where erf x is near 1.   ∂/∂x = −2/√π·e^−x²."""
    return nx.erfc(x), (-_TWO_OVER_SQRT_PI * _bell(x, 1.0, nx.leading(x)),)


@rule(samples=[(0.5,), (-0.9,)], edges=[(0.0,), (1.0,), (-1.0,), (2.0,)], hint="clip(x, -1 + 1e-12, 1 - 1e-12)")
def erfinv(x):
    """The number whose erf is x.   ∂/∂x = √π/2·e^out², in the tails as erfc(out)·e^out² over 1 − x.

    The rounding of out counts 2·out² times in e^out², but not in its product with erfc(out).
    """
    out = nx.erfinv(x)
    size, length = nx.where(x >= 0.0, x, -x), nx.where(x >= 0.0, out, -out)
    power = 1.0 / _bell(length, 1.0, nx.leading(length))
    slope = nx.where(size < 0.5, power, nx.erfc(length) * power / (1.0 - size))
    return out, (nx.where(size < 1.0, slope / _TWO_OVER_SQRT_PI, nx.where(nx.equal(size, 1.0), _INF, _NAN)),)


@rule(samples=[(0.5,), (4.5,), (-1.3,)], edges=[(1.0,), (2.0,), (0.0,), (-0.0,), (-1.0,), (_INF,), (-_INF,)],
      hint="keep x away from 0, -1, -2, …")  # fmt: skip
def lgamma(x):
    """ln |Γ(x)|, exact near its zeros 1 and 2.   ∂/∂x = ψ(x), which is digamma."""
    return nx.lgamma(x), (nx.digamma(x),)


@rule(samples=[(0.5,), (4.5,), (-1.3,)], edges=[(1.4616321449683622,), (0.0,), (-0.0,), (-1.0,), (_INF,), (-_INF,)],
      hint="keep x away from 0, -1, -2, …")  # fmt: skip
def digamma(x):
    """ψ(x) = Γ′(x)/Γ(x), exact near its positive zero.   ∂/∂x = ψ′(x), which is polygamma with n = 1."""
    return nx.digamma(x), (nx.polygamma(x, 1),)


@rule(samples=[(0.5,), (4.5,), (-1.3,)], edges=[(0.0,), (-0.0,), (-1.0,), (_INF,), (-_INF,)],
      hint="keep x away from 0, -1, -2, …")  # fmt: skip
def polygamma(x, *, n=1):
    """ψ⁽ⁿ⁾(x), the n-th derivative of digamma (n = 0 is digamma itself).   ∂/∂x = ψ⁽ⁿ⁺¹⁾(x).

    Raises ValueError unless n is 0 or a positive whole number.
    """
    if not n >= 0 or n != n // 1:  # of infinity, n // 1 is nan
        raise ValueError(f"polygamma's n must be 0 or a positive whole number, not {n!r}")
    return nx.polygamma(x, int(n)), (nx.polygamma(x, int(n) + 1),)


# ── over sequences ──────────────────────────────────────────────────────────────────────────────────────────────────


def _count(name: str, xs: Sequence[nx.Numeric]) -> int:
    if not xs:
        raise ValueError(f"{name} needs at least one number, but the sequence is empty")
    return len(xs)


def _largest(name: str, xs: Sequence[nx.Numeric]) -> Any:
    """The largest; of one number the maximum of it and itself, so that one is recorded as any number of them is."""
    return functools.reduce(nx.maximum, xs if _count(name, xs) > 1 else [*xs, *xs])


def _extreme(name, choose, xs, ties):
    _count(name, xs)
    if ties not in ("share", "first"):
        raise ValueError(f"{name}'s ties must be 'share' or 'first', not {ties!r}")
    out = xs[0]
    for x in xs[1:]:
        out = choose(out, x)
    chosen = [nx.where(nx.equal(x, out), 1.0, nx.where(nx.equal(out, out), 0.0, _NAN)) for x in xs]
    if ties == "first":
        before = [0.0, *itertools.accumulate(chosen[:-1])]
        return out, ([nx.where(count > 0.5, 0.0, share) for count, share in zip(before, chosen, strict=True)],)
    count = builtins.sum(chosen)
    return out, ([share / count for share in chosen],)


def _total(xs: Sequence[nx.Numeric]) -> Any:
    """Σ xᵢ from −0.0 on, to which IEEE 754 adds any number, a −0.0 too, and has that number."""
    return builtins.sum(xs, -0.0) if xs else 0.0


@rule(symbol="sum", sequences=True, samples=[([1.0, -2.0, 4.0],), ([],)])
def sum(xs):
    """Σ xᵢ.   ∂/∂xᵢ = 1."""
    return _total(xs), ([1.0] * len(xs),)


@rule(sequences=True, samples=[([1.0, -2.0, 4.0],)])
def mean(xs):
    """Σ xᵢ / n.   ∂/∂xᵢ = 1/n.   ValueError if xs is empty."""
    n = _count("mean", xs)
    return _total(xs) / n, ([1.0 / n] * n,)


def _deviations(name, xs):
    """xᵢ − mean, of numbers that are all near one large number too."""
    n = _count(name, xs)
    middle = builtins.sum([x / n for x in xs])
    off = [x - middle for x in xs]
    rest = builtins.sum(off) / n  # by which the mean was rounded
    return [x - rest for x in off]


@rule(
    sequences=True, samples=[([1.0, -2.0, 4.0],), ([1e6, 1e6 + 1.0],)], edges=[([2.0, 2.0],), ([2.0],), ([_INF, 1.0],)]
)
def var(xs, *, correction=0):
    """Σ (xᵢ − mean)² / (n − correction), the variance; ``correction=1`` gives the sample variance (PyTorch's default).

    ∂/∂xᵢ = 2(xᵢ − mean)/(n − correction). Returns nan if n ≤ correction. Raises ValueError if xs is empty.
    """
    deviations = _deviations("var", xs)
    free = len(xs) - correction if len(xs) > correction else _NAN
    squares = [d * d for d in deviations]
    total = builtins.sum(squares[::2]) + builtins.sum(squares[1::2])  # fewer roundings than in one row
    return total / free, ([2.0 * d / free for d in deviations],)


@rule(
    sequences=True, samples=[([1.0, -2.0, 4.0],), ([1e6, 1e6 + 1.0],)], edges=[([2.0, 2.0],), ([2.0],), ([_INF, 1.0],)]
)
def std(xs, *, correction=0):
    """√var, the standard deviation; ``correction=1`` gives the sample standard deviation (PyTorch's default).

    ∂/∂xᵢ = (xᵢ − mean)/(out·(n − correction)), all 0 if the numbers are equal (least norm). Returns nan if
    n ≤ correction. Raises ValueError if xs is empty.
    """
    deviations = _deviations("std", xs)
    free = len(xs) - correction if len(xs) > correction else _NAN
    out = nx.norm(deviations) / math.sqrt(free)
    if len(xs) == 1:
        return out, ([deviations[0] / free],)  # 0, whatever the number is, and so are its derivatives
    return out, ([_share_of_length(d, out) / free for d in deviations],)


@rule(sequences=True, samples=[([1.5, -2.0, 4.0],), ([],)], edges=[([0.0, 2.0, 3.0],), ([0.0, 2.0, 0.0],)])
def prod(xs):
    """Π xᵢ.   ∂/∂xᵢ = the product of the others, computed without division, so zeros are fine."""
    before, after = [1.0], [1.0]
    for x in xs:
        before.append(before[-1] * x)
    for x in reversed(xs):
        after.append(after[-1] * x)
    return before[-1], ([before[i] * after[len(xs) - 1 - i] for i in range(len(xs))],)


@rule(sequences=True, samples=[([1.0, -2.0, 4.0], [0.5, 3.0, -1.0]), ([], [])])
def dot(xs, ys):
    """Σ xᵢyᵢ.   ∂/∂xᵢ = yᵢ,   ∂/∂yᵢ = xᵢ.   ValueError if the lengths differ."""
    return _total([x * y for x, y in zip(xs, ys, strict=True)]), (ys, xs)


@rule(sequences=True, chooses=True, samples=[([1.0, -2.0, 4.0],)], edges=[([2.0, 2.0, 1.0],), ([3.0, 3.0, 3.0],)])
def max(xs, *, ties="share"):
    """The largest.   ∂ = 1 for the largest, 0 for the others; equal ones share it.   ValueError if xs is empty.

    ties: "share", or "first" for all of it to the first of them.
    """
    return _extreme("max", nx.maximum, xs, ties)


@rule(sequences=True, chooses=True, samples=[([1.0, -2.0, 4.0],)], edges=[([2.0, 1.0, 1.0],), ([3.0, 3.0, 3.0],)])
def min(xs, *, ties="share"):
    """The smallest.   ∂ = 1 for the smallest, 0 for the others; equal ones share it.   ValueError if xs is empty.

    ties: "share", or "first" for all of it to the first of them.
    """
    return _extreme("min", nx.minimum, xs, ties)


@rule(sequences=True, samples=[([1.0, -2.0, 4.0],), ([1000.0, 1001.0],)], edges=[([-_INF, 0.0],), ([2.0],)])
def logsumexp(xs):
    """ln Σ e^xᵢ, stable for numbers of any size.   ∂/∂xᵢ = e^(xᵢ − out).   ValueError if xs is empty."""
    largest = nx.detach(_largest("logsumexp", xs))
    finite = nx.isfinite(largest)
    shift = nx.where(finite, largest, 0.0)
    none = nx.where(nx.equal(largest, largest), 0.0, largest)  # 0 beside an infinity, nan beside a nan
    powers, others, seen = [], 0.0, 0.0
    for x in xs:
        is_largest = nx.equal(x, largest)
        power = nx.where(finite, nx.exp(x - shift), nx.where(is_largest, 1.0, none))
        powers.append(power)
        is_first = is_largest & (seen < 0.5)
        others = others + nx.where(is_first, 0.0, power)  # all but the first of the largest, which is 1
        seen = nx.where(is_largest, 1.0, seen)
    total = builtins.sum(powers)
    return nx.where(finite, shift + nx.log1p(others), largest), ([power / total for power in powers],)


@rule(sequences=True, samples=[([3.0, -4.0],), ([1.0, 2.0, -2.0],)], edges=[([0.0, 0.0],), ([3e200, 4e200],)])
def norm(xs):
    """√Σ xᵢ², safe from overflow.   ∂/∂xᵢ = xᵢ/out;   all 0 at the origin (least norm)."""
    out = nx.norm(xs)
    if nx.equal(out, 0.0) is False:
        return out, ([x / out for x in xs],)
    return out, ([_share_of_length(x, out) for x in xs],)


# ── built from the rules above ────────────────────────────────────────────────────────────────────────────────────────


def cumsum(xs: Sequence[nx.Numeric]) -> list[Any]:
    """[x₀, x₀ + x₁, x₀ + x₁ + x₂, …]: a list as long as ``xs``.

    ∂outᵢ/∂xⱼ = [j ≤ i].

    >>> cumsum([1.0, 2.0, 4.0])
    [1.0, 3.0, 7.0]
    """
    return list(itertools.accumulate(xs, add, initial=-0.0))[1:]  # x₀ itself, a −0.0 too


def log_softmax(xs: Sequence[nx.Numeric]) -> list[Any]:
    """[xᵢ − ln Σ e^xⱼ], stable for logits of any size: a list as long as ``xs``.

    ∂outᵢ/∂xⱼ = [i = j] − softmaxⱼ. Raises ValueError for an empty sequence, and TypeError for several rows.

    >>> log_softmax([0.0, 0.0])
    [-0.6931471805599453, -0.6931471805599453]
    """
    return _log_shares("log_softmax", xs)


def softmax(xs: Sequence[nx.Numeric]) -> list[Any]:
    """[e^xᵢ / Σ e^xⱼ], stable for logits of any size: a list as long as ``xs``, which sums to 1.

    ∂outᵢ/∂xⱼ = outᵢ([i = j] − outⱼ). Raises ValueError for an empty sequence, and TypeError for several rows.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    return [exp(x) for x in _log_shares("softmax", xs)]


def _log_shares(name: str, xs: Sequence[nx.Numeric]) -> list[Any]:
    logits = below_largest(name, _row(name, xs))
    others = _without_each([exp(x) for x in logits], logits)
    return [log_share(x, rest) for x, rest in zip(logits, others, strict=True)]


def _row(name: str, xs: Sequence[nx.Numeric]) -> Sequence[nx.Numeric]:
    """The logits themselves. TypeError for anything but a sequence of numbers."""
    if isinstance(xs, (str, bytes, Mapping)) or not hasattr(xs, "__iter__"):
        raise TypeError(f"{name} takes a sequence of numbers or Values, not {a_kind_of(xs)}")
    row = list(xs)
    if row and isinstance(row[0], (list, tuple)):
        raise TypeError(
            f"{name} takes one row of logits, not several\n  try             [autograd.{name}(row) for row in rows]"
        )
    return row


def below_largest(name: str, xs: Sequence[nx.Numeric]) -> list[Any]:
    """[xᵢ − max xⱼ], the maximum taken as a constant."""
    logits = list(xs)
    largest = _largest(name, logits)
    shift = nx.detach(largest)
    if isinstance(shift, float) and not math.isfinite(shift):
        shift = largest  # a NonFiniteError finds through it what made it so
    return [sub(x, shift) for x in logits]  # the rule, not the operator: NumPy's small integers would wrap


def _without_each(powers: list[nx.Numeric], logits: list[nx.Numeric]) -> list[Any]:
    """[Σ pⱼ over all j but i], where the largest power is 1: Σ − pᵢ, which would cancel for a single largest alone."""
    largest = [nx.equal(x, 0.0) for x in logits]
    smaller = sum([nx.where(here, 0.0, p) for here, p in zip(largest, powers, strict=True)])
    single = sum([nx.where(here, 1.0, 0.0) for here in largest]) < 1.5
    total = sum(powers)
    return [nx.where(here & single, smaller, sub(total, p)) for here, p in zip(largest, powers, strict=True)]


def pick(table: Sequence[Any], index: nx.Numeric) -> Any:
    """Return table[index], a number or a row; the index may be an input of a compiled function.

    table: numbers, or rows of one length (lists, or the rows of a two-dimensional array); a row is returned as a list.
    index: a whole number from 0 to len(table) − 1, a Value or not; it has no derivative.

    ∂out/∂xᵢ = [i = index]. Compiled, this is one gather for a table of any length. Raises IndexError if the index is
    out of range or negative (for an input, with its name and row), TypeError for several indices, and ValueError if
    rows differ in length.

    >>> pick([3.0, 5.0], 1)
    5.0
    >>> pick([[3.0, 5.0], [7.0, 9.0]], 1)
    [7.0, 9.0]
    """
    if _is_row(index):
        raise TypeError(
            f"pick takes one index, not {a_kind_of(index)}\n"
            "  try             [autograd.pick(table, i) for i in indices]"
        )
    entries = list(table)
    number = index
    while nx.is_value(number) and not is_recording():
        number = nx.detach(number)
    if not entries or not (nx.is_tracer(number) or is_index(number, len(entries))):
        raise index_error(index, len(entries))
    if not nx.is_tracer(index):
        entry = entries[int(index)]
        is_row = isinstance(entry, (list, tuple)) or (is_array(table) and table.ndim > 1)
        return list(entry) if is_row and _columns(entries) else entry
    if _may_be_rows(entries) and any(map(_is_row, entries)):
        return [pick(column, index) for column in _columns(entries)]
    if nx.is_value(index) and is_recording():
        return recorded_pick(index, entries)
    here = [nx.equal(index, float(i)) for i in range(len(entries))]
    total = sum([where(condition, x, -0.0) for condition, x in zip(here, entries, strict=True)])
    return where(functools.reduce(lambda a, b: a | b, here), total, _NAN)


def _may_be_rows(entries: Sequence[Any]) -> bool:
    """Whether any entry is of a type of rows; a long table has few types."""
    kinds = {type(entry): entry for entry in entries}
    return any(issubclass(kind, (list, tuple)) or is_array(entry) for kind, entry in kinds.items())


def _is_row(entry: object) -> bool:
    return isinstance(entry, (list, tuple)) or (is_array(entry) and entry.ndim > 0)


def _columns(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    try:
        return list(zip(*rows, strict=True))
    except (TypeError, ValueError):
        lengths = sorted({len(row) if _is_row(row) else 0 for row in rows})
        message = f"pick: the table's rows must have one length, not {' and '.join(map(str, lengths))}"
        raise ValueError(message) from None
