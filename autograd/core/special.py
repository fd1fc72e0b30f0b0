"""Special functions of one float that ``math`` and NumPy lack, or compute with too large an error.

Each is exact to a few units in the last place wherever its value is a normal number. The exceptions are the zeros of
lgamma, digamma and polygamma on the negative axis, where two large numbers cancel.
"""

from __future__ import annotations

import functools
import math

__all__ = ["BERNOULLI", "cbrt", "digamma", "erfinv", "lgamma", "polygamma"]

_INF, _NAN, _PI = math.inf, math.nan, math.pi
_HALF_LOG_2PI, _LOG_PI = 0.9189385332046727, 1.1447298858494002
_TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
_DIGAMMA_ROOT = (1.4616321449683622, 9.549995429965697e-17)  # where digamma is 0: the sum of the two

# Polynomials of least maximum over the interval (its Chebyshev series, cut at half a unit in the last place), made
# with mpmath at 60 digits, lowest power first.
_LGAMMA = (0.46580963736232694, -0.11513161737597971, 0.040256123200019825, -0.016208382218219474,
           0.007029440969898759, -0.003187960055724473, 0.0014887756326751995, -0.0007096266366983168,
           0.0003433590213660248, -0.0001680526078696555, 8.299893411142164e-05, -4.1293830632439904e-05,
           2.0670288322590812e-05, -1.0402662239495317e-05, 5.258288417317622e-06, -2.659544551729333e-06,
           1.3515288251841204e-06, -7.124670253724189e-07, 3.6981977875112547e-07, -1.4589471613129093e-07,
           6.74083874040652e-08, -9.747685584996339e-08, 5.860323548319595e-08, 3.415478861046221e-08,
           -2.3928171242873048e-08, -3.4000900914160417e-08, 2.077174355527538e-08, 1.1410876794196483e-08,
           -6.863451801293711e-09, -2.7690449962460076e-09, 1.5678666397279852e-09)  # fmt: skip
"""lgamma(x) / ((x − 1)(x − 2)) for x from ¾ to 5/2, in (x − 13/8)·8/7."""
_DIGAMMA = (0.9510558760318328, -0.2118137106407303, 0.06013562106019684, -0.018550615381735008,
            0.005936795278301761, -0.0019350666648613071, 0.0006368880303865817, -0.00021074841138175561,
            6.995018825112794e-05, -2.3258242519113285e-05, 7.741234508636364e-06, -2.578093954045772e-06,
            8.589060721930695e-07, -2.863161166883193e-07, 9.543298288278275e-08, -3.162911147408454e-08,
            1.0527692435026686e-08, -3.7083753242807277e-09, 1.2469984616707403e-09, -2.7580994814377e-10,
            8.734528429142953e-11, -8.50550766013261e-11, 2.918622732168261e-11)  # fmt: skip
"""digamma(x) / (x − its root) for x from 1 to 2, in 2x − 3."""
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
              854513 / 138, -236364091 / 2730)  # fmt: skip
"""B₂, B₄, … (DLMF 24.2)."""
_LARGE = 16.0  # from here on the asymptotic series have all digits


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    return functools.reduce(lambda total, coefficient: total * x + coefficient, reversed(coefficients))


def _sin_of_turns(x: float) -> float:
    """sin(πx), exact to the last place for any x."""
    r = math.remainder(x, 2.0)
    return math.sin(_PI * (r if abs(r) <= 0.5 else math.copysign(1.0, r) - r))


def _cot_of_turns(x: float) -> float:
    """cot(πx), 0 in the middle between two poles."""
    r = math.remainder(x, 1.0)
    return _sin_of_turns(0.5 - abs(r)) / _sin_of_turns(r)


def cbrt(x: float) -> float:
    """The cube root: C's, which may be off by several units in the last place, and one Newton step."""
    root = math.cbrt(x)
    return root - (root - x / (root * root)) / 3.0 if root and math.isfinite(root) else root


def lgamma(x: float) -> float:
    """The logarithm ln |Γ(x)|: +∞ at 0, at the negative integers and at ±∞."""
    if x != x:
        return x
    if math.isinf(x) or (x <= 0.0 and x == math.floor(x)):
        return _INF
    if x < -0.5:  # DLMF 5.5.3
        return _LOG_PI - math.log(abs(x * _sin_of_turns(x))) - lgamma(-x)
    if x < 0.75:
        return lgamma(1.0 + x) - math.log(abs(x))
    if x <= 2.5:
        return (x - 1.0) * (x - 2.0) * _polynomial(_LGAMMA, (x - 1.625) / 0.875)
    if x >= _LARGE:  # DLMF 5.11.1
        tail = _polynomial(tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI, 1)), x**-2) / x
        return (x - 0.5) * (math.log(x) - 1.0) + (tail + (_HALF_LOG_2PI - 0.5))
    product = 1.0
    while x > 2.5:
        x -= 1.0
        product *= x
    return math.log(product) + lgamma(x)


def digamma(x: float) -> float:
    """The derivative of lgamma: ∓∞ at ±0, nan at the negative integers."""
    if x != x or x == _INF:
        return x
    if x == -_INF:
        return _NAN
    if x == 0.0:
        return math.copysign(_INF, -x)
    if x < 0.0:  # DLMF 5.5.4
        return _NAN if x == math.floor(x) else _digamma_of_one_less(x) - _PI * _cot_of_turns(x)
    if x >= _LARGE:  # DLMF 5.11.2
        tail = _polynomial((0.0, *(b / (2 * k) for k, b in enumerate(BERNOULLI, 1))), x**-2)
        return math.log(x) - (0.5 / x + tail)
    if x <= 1.0:
        return digamma(1.0 + x) - 1.0 / x
    others = 0.0
    while x > 2.0:
        x -= 1.0
        others += 1.0 / x
    return ((x - _DIGAMMA_ROOT[0]) - _DIGAMMA_ROOT[1]) * _polynomial(_DIGAMMA, 2.0 * x - 3.0) + others


def _digamma_of_one_less(x: float) -> float:
    """digamma(1 − x) for negative x, without rounding 1 − x near the root."""
    if x <= -1.0:
        return digamma(1.0 - x)
    return (((1.0 - _DIGAMMA_ROOT[0]) - x) - _DIGAMMA_ROOT[1]) * _polynomial(_DIGAMMA, -1.0 - 2.0 * x)


def polygamma(n: int, x: float) -> float:
    """The n-th derivative of digamma at x."""
    if n == 0:
        return digamma(x)
    sign = 1.0 if n % 2 else -1.0
    if x != x or x == -_INF:
        return _NAN
    if x <= 0.0 and x == math.floor(x):
        return _INF if n % 2 else (math.copysign(_INF, -x) if x == 0.0 else _NAN)
    if x == _INF:
        return sign * 0.0
    r = math.remainder(x, 1.0)
    if x < 0.0 and n % 2 == 0 and abs(r) == 0.5:  # DLMF 5.15.6, whose derivative of the cotangent is 0 here
        return polygamma(n, 1.0 - x)
    unit, s = x if x > 0.0 else abs(r), min(n, 1e300) + 1.0  # at a negative x, the distance of the nearest pole
    size = lgamma(s) - s * math.log(unit)  # of n!/unitˢ, which the sum multiplies by 1e-17 to 1e308
    if not -1500.0 < size < 760.0:
        return math.copysign(0.0 if size < 0.0 else _INF, sign if n % 2 or x > 0.0 else -r)
    total = _zeta(s, x, 0.0) if x > 0.0 else _both_sides(s, x)
    top, bottom = total.as_integer_ratio()
    p, q = unit.as_integer_ratio()
    try:
        return sign * (math.factorial(n) * int(q ** (n + 1)) * top / (int(p ** (n + 1)) * bottom))
    except OverflowError:
        return sign * math.copysign(_INF, total)


def _both_sides(s: float, x: float) -> float:
    """Σ (u/(x + k))ˢ over k = 0, 1, … for x < 0, as the sum over all integers k minus the sum over negative k.

    Here u is the distance to the nearest pole. It is DLMF 5.15.6, where π cot(πx) is the sum of 1/(x + k).
    """
    r = math.remainder(x, 1.0)
    unit, mirrored = abs(r), 1.0 if s % 2 == 0 else -1.0
    nearest = 1.0 if r > 0.0 else mirrored
    above, below = _zeta(s, unit, 1.0 + r - unit), _zeta(s, unit, 1.0 - r - unit)
    return math.fsum([nearest, above, mirrored * below, -mirrored * _zeta(s, unit, 1.0 - x - unit)])


def _zeta(s: float, unit: float, excess: float) -> float:
    """Σ (unit/(x + k))ˢ over k = 0, 1, …, where x = unit + excess, by Euler and Maclaurin (DLMF 25.11.28).

    Without the factor unitˢ it is ζ(s, x), which may be too small for a float where n! is too large.
    """
    terms, last = [], _LARGE + s - unit
    while excess < last:
        terms.append(math.exp(-s * math.log1p(excess / unit)))
        excess += 1.0
    x, power = unit + excess, math.exp(-s * math.log1p(excess / unit))
    terms += [0.5 * power, x / (s - 1.0) * power]
    factor = s * power / x
    for k, b in enumerate(BERNOULLI, 1):
        factor /= (2 * k - 1) * (2 * k)
        terms.append(b * factor)
        factor *= (s + 2 * k - 1) / x * ((s + 2 * k) / x)
    return math.fsum(terms)


def erfinv(y: float) -> float:
    """The inverse of erf, by Halley's method on erf or erfc, whichever is smaller; both are exact."""
    if not abs(y) < 1.0:
        return math.copysign(_INF, y) if abs(y) == 1.0 else _NAN
    if abs(y) < 1e-8:
        return y / _TWO_OVER_SQRT_PI
    above = abs(y)
    log = math.log1p(-above) + math.log1p(above)  # Winitzki 2008, equation 7
    half = 4.33 + 0.5 * log
    x = math.sqrt(math.sqrt(half * half - log / 0.147) - half)
    for _ in range(3):
        missing = above - math.erf(x) if above < 0.5 else math.erfc(x) - (1.0 - above)
        step = missing / (_TWO_OVER_SQRT_PI * math.exp(-x * x))
        x += step / (1.0 - x * step)
    return math.copysign(x, y)
