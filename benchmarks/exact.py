"""Every rule's exact value and derivatives, in mpmath, from the mathematical definition and never from the rule.

``EXACT`` is the one table: a rule's function gives (value, first derivatives, second derivatives), the second ones
for each pair of operands i ≤ j, all at mpmath's precision. None stands for a derivative that does not exist. A
formula must not cancel at 60 digits; ``tests/test_accuracy.py`` compares 60 with 150 digits, and with mpmath's own
numerical derivatives. Beside it stands where the grid of points has to be dense.
"""

from __future__ import annotations

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
    normal number; the operands of a rule over sequences are lists.
    """

    quantity: str
    region: Callable[..., bool]
    reason: str


class Exact(NamedTuple):
    """A rule, its exact derivatives, and the points of interest of its operands.

    domain: the least and the greatest number that an operand may be.
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
    Apart("slope", _power_is_subnormal, "aᵇ or aᵇ⁻¹ is subnormal and has lost digits; b or ln a times it is normal"),
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


_ROUNDED_DIFFERENCE = "the difference of two operands is rounded, and e to it magnifies that by its size"
_APART = 3.0


@exact(second=_beside, apart=[
    Apart("value", lambda a, b, tiny: -1.5 < max(a, b) < 0.0, "near its zero, where two terms cancel"),
    Apart("value", lambda a, b, tiny: abs(a - b) > _APART, _ROUNDED_DIFFERENCE),
    Apart("slope", lambda a, b, tiny: abs(a - b) > _APART, _ROUNDED_DIFFERENCE),
])  # fmt: skip
def logaddexp(a, b):
    share, other = logistic(a - b), logistic(b - a)
    slope = share * other
    return max(a, b) + mp.log1p(exponential(-abs(a - b))), (share, other), (slope, -slope, slope)


@exact(dense=(-60.0, 709.0, -745.0), second=lambda x, share: math.exp(min(x, 700.0)) * 2.0 ** (40 * share - 20), apart=[
    Apart("", lambda x, rest, tiny: abs(x) > -math.log(tiny) or rest > 1 / tiny, "eˣ is subnormal, or a sum overflows"),
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


@exact(second=lambda a, share: a * 2.0 ** (80 * share - 40))
def hypot(a, b):
    if not a and not b:
        return 0, (0, 0), (None, None, None)
    r = mp.hypot(a, b)
    return r, (a / r, b / r), (b**2 / r**3, -a * b / r**3, a**2 / r**3)


def _step(x):
    return mp.mpf(1) if x > 0 else mp.mpf(0) if x < 0 else mp.mpf(0.5)


@exact(second=lambda a, share: a if share < 0.1 else a * (1 + share - 0.5))
def maximum(a, b):
    return max(a, b), (_step(a - b), _step(b - a)), (0, 0, 0)


@exact(second=lambda a, share: a if share < 0.1 else a * (1 + share - 0.5))
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


_TWO_TERMS = "around the zero of the slope, where two terms of opposite sign cancel"
_SUBNORMAL = "e^x is subnormal and has lost digits, though x times it is normal"


def _subnormal_power(x: float, tiny: float) -> bool:
    return x < math.log(tiny)


@exact(
    dense=(-37.5, -14.0, -8.3, 8.3, -0.7517915, -1.41421356, 1.41421356),
    apart=[
        Apart("slope", lambda x, tiny: -1.0 < x < -0.5, _TWO_TERMS),
        Apart(
            "",
            lambda x, tiny: x < -math.sqrt(-2.0 * math.log(tiny)) + 0.3,
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
        Apart("slope", lambda x, tiny: -1.0 < x < -0.5, _TWO_TERMS),
        Apart(
            "",
            lambda x, tiny: x < -1.0,
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
        Apart("slope", lambda x, tiny: -1.7 < x < -0.9, _TWO_TERMS),
        Apart("", _subnormal_power, _SUBNORMAL),
    ],
)
def silu(x):
    s, slope = logistic(x), logistic(x) * logistic(-x)
    return x * s, (s + x * slope,), (slope * (2 - x * mp.tanh(x / 2)),)


@exact(
    dense=(*_TAILS, -1.1924312, -354.0),
    apart=[
        Apart("slope", lambda x, tiny: -1.6 < x < -0.8, _TWO_TERMS),
        Apart("", _subnormal_power, _SUBNORMAL),
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
    Apart("value", lambda xs, tiny: sum(abs(x) * (tiny / 4) for x in xs) >= 1, "the sum overflows, the mean does not"),
])  # fmt: skip
def mean(xs):
    return mp.fsum(xs) / len(xs), [mp.mpf(1) / len(xs)] * len(xs), pairs(len(xs), lambda i, j: 0)


def product_without(xs, *left_out):
    return mp.fprod([x for k, x in enumerate(xs) if k not in left_out])


def _leaves_the_range(xs: Sequence[float], tiny: float) -> bool:
    """Whether a product of the first or of the last of the numbers is not normal."""
    sizes = [math.log2(abs(x)) if x else -INF for x in xs]
    partial = [*itertools.accumulate(sizes), *itertools.accumulate(reversed(sizes))]
    return min(partial) < math.log2(tiny) or max(partial) > 1.0 - math.log2(tiny)


@exact(
    lengths=_LENGTHS, apart=[Apart("", _leaves_the_range, "a product of some of the numbers overflows or is subnormal")]
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


_FAR_APART = Apart("", lambda xs, tiny: max(xs) - min(xs) > _APART, _ROUNDED_DIFFERENCE)


@exact(lengths=_LENGTHS, apart=[
    Apart("value", lambda xs, tiny: -3.0 < max(xs) < 0.0, "near its zero, where two terms cancel"),
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
    _FAR_APART, Apart("value", _small_share, "it is e to a rounded logarithm, which magnifies that by its size"),
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
