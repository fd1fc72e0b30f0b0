"""THE table: every elementary operation, its value and its local derivatives, each written once.

A function here serves floats, NumPy arrays and Values of Values unchanged. Four habits keep it right on all three:

- a choice is ``nx.where``, never ``if``, and each branch it may take is the function itself near there, so that its
  derivatives of every order are right (``where(x >= 0, -x, x)`` and not ``-abs(x)``, which has a kink);
- ``==`` is identity on Values: ``nx.equal`` compares numbers;
- what may overflow or cancel is written so that it does not where the answer is finite: docs/accuracy.md measures it;
- a form that is needed on one side alone is left out by ``… if condition is True else …``: a plain number's condition
  is a bool, an array's and a recorded one are not. ``nx.is_value`` asks whether derivatives of a slope count, too.

At a kink the derivative is PyTorch's written choice: the gradient where there is one, else the subgradient of least
norm, else the limit, else nan.
"""

from __future__ import annotations

import builtins
import functools
import math
from collections.abc import Sequence
from typing import Any

from autograd import numeric as nx
from autograd.table import rule

__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "clip",
    "cos",
    "cosh",
    "dot",
    "elu",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "gelu",
    "hypot",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_share",
    "log_softmax",
    "logaddexp",
    "logsigmoid",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mish",
    "mul",
    "neg",
    "norm",
    "pick",
    "pow",
    "prod",
    "relu",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "sub",
    "sum",
    "tan",
    "tanh",
    "truediv",
    "where",
    "xlogy",
]  # fmt: skip

_INF, _NAN = math.inf, math.nan
_LN2, _LN10 = math.log(2.0), math.log(10.0)

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
            "zero": "x in place of 1 / (1 / x); else keep the denominator away from 0: maximum(d, 1e-12)"})  # fmt: skip
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
            "zero": "x in place of (x ** 0.5) ** 2; else keep the base above 0: maximum(x, 1e-12) ** y"})  # fmt: skip
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
            "zero": "x in place of exp(log(x)), log1p(x) of softplus(log(x)); of probabilities, log_softmax or "
                    "cross_entropy on the logits"})  # fmt: skip
def log(x):
    """ln x.   ∂/∂x = 1/x."""
    return nx.log(x), (1.0 / x,)


@rule(samples=[(0.5,), (-0.7,)], edges=[(-1.0,), (-2.0,)],
      hint={"": "keep x above -1: maximum(x, -1 + 1e-12)",
            "zero": "x in place of expm1(log1p(x)); else keep x above -1: maximum(x, -1 + 1e-12)"})  # fmt: skip
def log1p(x):
    """ln(1 + x), exact near 0.   ∂/∂x = 1/(1 + x)."""
    return nx.log1p(x), (1.0 / (1.0 + x),)


@rule(samples=[(0.5,), (12.0,)], edges=[(0.0,), (-1.0,)],
      hint={"": "maximum(x, 1e-12)",
            "zero": "x in place of exp2(log2(x)); else log2(maximum(x, 1e-12))"})  # fmt: skip
def log2(x):
    """log₂ x.   ∂/∂x = 1/(x·ln 2)."""
    return nx.log2(x), (1.0 / (x * _LN2),)


@rule(samples=[(0.5,), (12.0,)], edges=[(0.0,), (-1.0,)],
      hint={"": "maximum(x, 1e-12)",
            "zero": "x in place of 10 ** log10(x); else log10(maximum(x, 1e-12))"})  # fmt: skip
def log10(x):
    """log₁₀ x.   ∂/∂x = 1/(x·ln 10)."""
    return nx.log10(x), (1.0 / (x * _LN10),)


@rule(samples=[(0.5,), (12.0,)], edges=[(0.0,), (-1.0,)],
      hint={"nan": "sqrt(maximum(x, 0)), if x is negative by rounding alone",
            "slope": "sqrt has an infinite slope at 0: sqrt(x + 1e-12), or norm for a length",
            "zero": "x in place of sqrt(x) ** 2, x ** 2 of sqrt(x) ** 4; else sqrt(x + 1e-12)"})  # fmt: skip
def sqrt(x):
    """√x.   ∂/∂x = 1/(2√x)."""
    out = nx.sqrt(x)
    return out, (0.5 / out,)


@rule(samples=[(0.5, 1.5), (1000.0, 999.0)], edges=[(-_INF, -_INF), (_INF, 1.0), (2.0, 2.0)])
def logaddexp(a, b):
    """ln(eᵃ + eᵇ), with the maximum taken out.   ∂/∂a = eᵃ/(eᵃ + eᵇ),   ∂/∂b = eᵇ/(eᵃ + eᵇ)."""
    larger, smaller = nx.where(a >= b, a, b), nx.where(a >= b, b, a)
    at_infinity = nx.equal(larger, smaller) & nx.isinf(larger)
    e = nx.exp(nx.where(at_infinity, 0.0, smaller - larger))
    share = 1.0 / (1.0 + e)
    return larger + nx.log1p(e), (nx.where(a >= b, share, e * share), nx.where(a >= b, e * share, share))


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
    """√(a² + b²), no overflow in between.   ∂/∂a = a/out,   ∂/∂b = b/out;   0 and 0 at the origin (least norm)."""
    out = nx.hypot(a, b)
    return out, (_cosine(a, b, out), _cosine(b, a, out))


def _share(a, b):
    """The slope of max(a, b) in a: 1, 0, or ½ at a tie."""
    return nx.where(a > b, 1.0, nx.where(a < b, 0.0, nx.where(nx.equal(a, b), 0.5, _NAN)))


@rule(chooses=True, samples=[(2.0, -3.0), (-1.0, 5.0)], edges=[(2.0, 2.0), (_NAN, 1.0), (_INF, _INF)])
def maximum(a, b):
    """The larger of two.   ∂ = 1 for the larger, 0 for the other, ½ each at a tie."""
    return nx.maximum(a, b), (_share(a, b), _share(b, a))


@rule(chooses=True, samples=[(2.0, -3.0), (-1.0, 5.0)], edges=[(2.0, 2.0), (_NAN, 1.0), (_INF, _INF)])
def minimum(a, b):
    """The smaller of two.   ∂ = 1 for the smaller, 0 for the other, ½ each at a tie."""
    return nx.minimum(a, b), (_share(b, a), _share(a, b))


@rule(
    chooses=True,
    samples=[(0.3, -1.0, 1.0), (-3.0, -1.0, 1.0), (2.0, -1.0, 1.0)],
    edges=[(1.0, -1.0, 1.0), (-1.0, -1.0, 1.0)],
)
def clip(x, lo, hi):
    """x held between lo and hi.   ∂/∂x = 1 from lo to hi, the bounds included;   ∂/∂lo = 1 below,   ∂/∂hi = 1 above."""
    below, above = nx.step(lo - x), nx.step(x - hi)
    out = nx.where(x < lo, lo, nx.where(x > hi, hi, x))
    return out, (1.0 - below - above, below, above)


@rule(chooses=True, samples=[(1.0, 2.0, -3.0), (0.0, 2.0, -3.0)],
      hint={"data": "class labels within range: pick and cross_entropy give nan for one that is none"})  # fmt: skip
def where(condition, a, b):
    """a where the condition holds, else b.   ∂/∂a = 1 and ∂/∂b = 0, or the other way round; the condition has none."""
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


def _one_less_square(x):
    """1 − x², of which neither the value nor the derivative cancels."""
    return nx.where(nx.abs(x) < 0.5, 1.0 - x * x, (1.0 - x) * (1.0 + x))


@rule(numpy="arcsin", samples=[(0.5,), (-0.9,)], edges=[(1.0,), (2.0,)],
      hint={"": "clip(x, -1 + 1e-12, 1 - 1e-12)",
            "zero": "x in place of sin(asin(x)); else asin(clip(x, -1 + 1e-12, 1 - 1e-12))"})  # fmt: skip
def asin(x):
    """The angle whose sine is x.   ∂/∂x = 1/√(1 − x²)."""
    return nx.asin(x), (1.0 / nx.sqrt(_one_less_square(x)),)


@rule(numpy="arccos", samples=[(0.5,), (-0.9,)], edges=[(1.0,), (2.0,)],
      hint={"": "clip(x, -1 + 1e-12, 1 - 1e-12)",
            "zero": "x in place of cos(acos(x)); else acos(clip(x, -1 + 1e-12, 1 - 1e-12))"})  # fmt: skip
def acos(x):
    """The angle whose cosine is x.   ∂/∂x = −1/√(1 − x²)."""
    return nx.acos(x), (-1.0 / nx.sqrt(_one_less_square(x)),)


@rule(numpy="arctan", samples=[(0.5,), (-30.0,)], edges=[(_INF,), (1e200,)])
def atan(x):
    """The angle whose tangent is x.   ∂/∂x = 1/(1 + x²)."""
    return nx.atan(x), (1.0 / (1.0 + x * x),)


@rule(numpy="arctan2", samples=[(1.0, 2.0), (-1.5, -0.5)], edges=[(0.0, 0.0), (1e200, 1e200), (0.0, -1.0)])
def atan2(y, x):
    """The angle of the point (x, y).   ∂/∂y = x/(x² + y²),   ∂/∂x = −y/(x² + y²)."""
    r = nx.hypot(y, x)
    return nx.atan2(y, x), (x / r / r, -y / r / r)


# ── hyperbolic functions ────────────────────────────────────────────────────────────────────────────────────────────


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
    """tanh x.   ∂/∂x = 1 − tanh² x, with all its digits also where tanh x is nearly 1."""
    out = nx.tanh(x)
    square = out * out
    return out, (lambda: 1.0 - square if (square < 0.8) is True else nx.sech_squared(x),)


@rule(numpy="arcsinh", samples=[(0.5,), (-20.0,)], edges=[(1e200,)])
def asinh(x):
    """The number whose sinh is x.   ∂/∂x = 1/√(1 + x²)."""
    return nx.asinh(x), (1.0 / nx.hypot(x, 1.0),)


@rule(numpy="arccosh", samples=[(1.5,), (20.0,)], edges=[(1.0,), (0.5,)],
      hint={"": "maximum(x, 1 + 1e-12)",
            "zero": "x in place of cosh(acosh(x)); else acosh(maximum(x, 1 + 1e-12))"})  # fmt: skip
def acosh(x):
    """The number whose cosh is x.   ∂/∂x = 1/√(x² − 1)."""
    return nx.acosh(x), (1.0 / (nx.sqrt(x - 1.0) * nx.sqrt(x + 1.0)),)


@rule(numpy="arctanh", samples=[(0.5,), (-0.9,)], edges=[(1.0,), (2.0,)],
      hint={"": "clip(x, -1 + 1e-12, 1 - 1e-12)",
            "zero": "x in place of tanh(atanh(x)); else atanh(clip(x, -1 + 1e-12, 1 - 1e-12))"})  # fmt: skip
def atanh(x):
    """The number whose tanh is x.   ∂/∂x = 1/(1 − x²)."""
    return nx.atanh(x), (1.0 / _one_less_square(x),)


# ── activations ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _decay(x):
    """e^−|x|, analytic on each side of 0: where |x| would put its kink into the higher derivatives."""
    return nx.exp(nx.where(x >= 0.0, -x, x))


@rule(samples=[(0.5,), (-3.0,), (40.0,)], edges=[(0.0,), (1000.0,), (-1000.0,), (_NAN,)])
def sigmoid(x):
    """σ(x) = 1/(1 + e⁻ˣ), by sign so that it cannot overflow.   ∂/∂x = σ(x)·σ(−x)."""
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
    """ln(1 + eˣ), by sign so that it cannot overflow.   ∂/∂x = σ(x)."""
    e = _decay(x)
    share = 1.0 / (1.0 + e)
    return nx.where(x >= 0.0, x, 0.0) + nx.log1p(e), (nx.where(x >= 0.0, share, e * share),)


@rule(chooses=True, samples=[(2.0,), (-3.0,)], edges=[(0.0,), (_NAN,), (_INF,)])
def relu(x):
    """max(x, 0).   ∂/∂x = 1 above 0, else 0, written with the output, which is all a program then has to keep."""
    out = nx.maximum(x, 0.0)
    return out, (nx.step(out),)


@rule(samples=[(2.0,), (-3.0,)], edges=[(0.0,), (_NAN,)])
def leaky_relu(x, *, slope=0.01):
    """x above 0, else slope·x.   ∂/∂x = 1 above 0, else slope.   (Maas et al. 2013)"""
    above = nx.step(x)
    return nx.where(x > 0.0, x, slope * x), (slope + (1.0 - slope) * above,)


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
        raise ValueError(f"gelu's approximate is 'none' or 'tanh', not {approximate!r}")
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
    """x·t, t = tanh(softplus x), a fraction in e^−|x|.   ∂/∂x = t + x(1 − t²)σ(x).   (Misra 2019)"""
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


# ── over sequences ──────────────────────────────────────────────────────────────────────────────────────────────────


def _count(name: str, xs: Sequence[Any]) -> int:
    if not xs:
        raise ValueError(f"{name} of an empty sequence")
    return len(xs)


def _largest(name: str, xs: Sequence[Any]) -> Any:
    _count(name, xs)
    return functools.reduce(nx.maximum, xs)


def _extreme(name, choose, xs):
    _count(name, xs)
    out = xs[0]
    for x in xs[1:]:
        out = choose(out, x)
    chosen = [nx.where(nx.equal(x, out), 1.0, nx.where(nx.equal(out, out), 0.0, _NAN)) for x in xs]
    ties = builtins.sum(chosen)
    return out, ([share / ties for share in chosen],)


@rule(symbol="sum", sequences=True, samples=[([1.0, -2.0, 4.0],), ([],)])
def sum(xs):
    """Σ xᵢ.   ∂/∂xᵢ = 1."""
    return builtins.sum(xs, 0.0), ([1.0] * len(xs),)


@rule(sequences=True, samples=[([1.0, -2.0, 4.0],)])
def mean(xs):
    """Σ xᵢ / n.   ∂/∂xᵢ = 1/n.   ValueError if there is none."""
    n = _count("mean", xs)
    return builtins.sum(xs) / n, ([1.0 / n] * n,)


@rule(sequences=True, samples=[([1.5, -2.0, 4.0],), ([],)], edges=[([0.0, 2.0, 3.0],), ([0.0, 2.0, 0.0],)])
def prod(xs):
    """Π xᵢ.   ∂/∂xᵢ = the product of the others, without dividing: zeros are fine."""
    before, after = [1.0], [1.0]
    for x in xs:
        before.append(before[-1] * x)
    for x in reversed(xs):
        after.append(after[-1] * x)
    return before[-1], ([before[i] * after[len(xs) - 1 - i] for i in range(len(xs))],)


@rule(sequences=True, samples=[([1.0, -2.0, 4.0], [0.5, 3.0, -1.0]), ([], [])])
def dot(xs, ys):
    """Σ xᵢyᵢ.   ∂/∂xᵢ = yᵢ,   ∂/∂yᵢ = xᵢ.   ValueError if the lengths differ."""
    return builtins.sum([x * y for x, y in zip(xs, ys, strict=True)], 0.0), (ys, xs)


@rule(sequences=True, chooses=True, samples=[([1.0, -2.0, 4.0],)], edges=[([2.0, 2.0, 1.0],), ([3.0, 3.0, 3.0],)])
def max(xs):
    """The largest.   ∂ = 1 for it, 0 for the others; several largest share equally.   ValueError if there is none."""
    return _extreme("max", nx.maximum, xs)


@rule(sequences=True, chooses=True, samples=[([1.0, -2.0, 4.0],)], edges=[([2.0, 1.0, 1.0],), ([3.0, 3.0, 3.0],)])
def min(xs):
    """The smallest.   ∂ = 1 for it, 0 for the others; several smallest share equally.   ValueError if there is none."""
    return _extreme("min", nx.minimum, xs)


@rule(sequences=True, samples=[([1.0, -2.0, 4.0],), ([1000.0, 1001.0],)], edges=[([-_INF, 0.0],), ([2.0],)])
def logsumexp(xs):
    """ln Σ e^xᵢ, with the maximum taken out.   ∂/∂xᵢ = softmaxᵢ.   ValueError if there is none."""
    largest = nx.detach(_largest("logsumexp", xs))
    finite = nx.isfinite(largest)
    shift = nx.where(finite, largest, 0.0)
    none = nx.where(nx.equal(largest, largest), 0.0, largest)  # 0 beside an infinity, nan beside a nan
    powers, others, met = [], 0.0, 0.0
    for x in xs:
        is_largest = nx.equal(x, largest)
        power = nx.where(finite, nx.exp(x - shift), nx.where(is_largest, 1.0, none))
        powers.append(power)
        others = others + nx.where(is_largest & (met < 0.5), 0.0, power)  # all but the first of the largest, which is 1
        met = nx.where(is_largest, 1.0, met)
    total = builtins.sum(powers)
    return nx.where(finite, shift + nx.log1p(others), largest), ([power / total for power in powers],)


@rule(sequences=True, samples=[([3.0, -4.0],), ([1.0, 2.0, -2.0],)], edges=[([0.0, 0.0],), ([3e200, 4e200],)])
def norm(xs):
    """√Σ xᵢ², no overflow in between.   ∂/∂xᵢ = xᵢ/out;   all 0 at the origin (least norm)."""
    out = nx.norm(xs)
    if nx.equal(out, 0.0) is False:
        return out, ([x / out for x in xs],)
    return out, ([_share_of_length(x, out) for x in xs],)


# ── made of the rules above ─────────────────────────────────────────────────────────────────────────────────────────


def log_softmax(xs: Sequence[Any]) -> list[Any]:
    """[xᵢ − ln Σ e^xⱼ], stable for logits of any size: a list as long as ``xs``.

    ∂outᵢ/∂xⱼ = [i = j] − softmaxⱼ. Raises ValueError for an empty sequence.

    >>> log_softmax([0.0, 0.0])
    [-0.6931471805599453, -0.6931471805599453]
    """
    logits = below_largest("log_softmax", xs)
    others = _without_each([exp(x) for x in logits], logits)
    return [log_share(x, rest) for x, rest in zip(logits, others, strict=True)]


def softmax(xs: Sequence[Any]) -> list[Any]:
    """[e^xᵢ / Σ e^xⱼ], stable for logits of any size: a list as long as ``xs``, which sums to 1.

    ∂outᵢ/∂xⱼ = outᵢ([i = j] − outⱼ). Raises ValueError for an empty sequence.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    return [exp(x) for x in log_softmax(xs)]


def below_largest(name: str, xs: Sequence[Any]) -> list[Any]:
    """[xᵢ − max xⱼ], the maximum taken as a constant."""
    logits = list(xs)
    largest = _largest(name, logits)
    shift = nx.detach(largest)
    if isinstance(shift, float) and not math.isfinite(shift):
        shift = largest  # a NonFiniteError finds through it what made it so
    return [sub(x, shift) for x in logits]  # the rule, not the operator: NumPy's small integers would wrap


def _without_each(powers: list[Any], logits: list[Any]) -> list[Any]:
    """[Σ pⱼ over all j but i], where the largest power is 1: Σ − pᵢ, which would cancel for a single largest alone."""
    largest = [nx.equal(x, 0.0) for x in logits]
    smaller = sum([nx.where(here, 0.0, p) for here, p in zip(largest, powers, strict=True)])
    single = sum([nx.where(here, 1.0, 0.0) for here in largest]) < 1.5
    total = sum(powers)
    return [nx.where(here & single, smaller, sub(total, p)) for here, p in zip(largest, powers, strict=True)]


def pick(xs: Sequence[Any], index: Any) -> Any:
    """xs[index]: the number at a whole index, which may be a Value (a class label that a compiled function is given).

    ∂out/∂xᵢ = [i = index]; the index has no derivative. Raises IndexError where there is no such place; of a Value,
    whose number may change, the result is nan then.

    >>> pick([3.0, 5.0], 1)
    5.0
    """
    numbers = list(xs)
    if not hasattr(type(index), "_apply_named"):
        if index != int(index) or not 0 <= index < len(numbers):
            raise IndexError(f"pick: there is no place {index!r} among {len(numbers)} numbers")
        return numbers[int(index)]
    if not numbers:
        raise IndexError(f"pick: there is no place {index!r} among 0 numbers")
    here = [nx.equal(index, float(i)) for i in range(len(numbers))]
    found = sum([where(condition, x, 0.0) for condition, x in zip(here, numbers, strict=True)])
    return where(functools.reduce(lambda a, b: a | b, here), found, _NAN)
