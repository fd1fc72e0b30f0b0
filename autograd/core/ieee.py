"""IEEE 754 where Python raises an error: 1/0 is inf, log 0 is −inf, e¹⁰⁰⁰ is inf, √−1 is nan.

``autograd.numeric`` calls a function of ``math`` first, and ``limit`` if that raises. Where a rule's own arithmetic
raises, the rule runs again on a ``Double``.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable
from typing import Any

__all__ = ["COMPLEX", "Double", "complex_or_limit", "limit", "real"]

_INF, _NAN = math.inf, math.nan
_LN2 = math.log(2.0)


def real(number: Any) -> float:
    """Convert a real number of any type to a float; one that is too large becomes infinite."""
    try:
        return float(number)
    except OverflowError:
        return _INF if number > 0 else -_INF


def _is_odd(y: float) -> bool:
    return math.fmod(y, 2.0) in (1.0, -1.0)


def _logarithm(zero: float) -> Callable[[float], float]:
    """What a logarithm is where ``math`` raises: −inf where its argument is 0, nan below."""
    return lambda x: -_INF if x == zero else _NAN


def _undefined(*_: float) -> float:
    return _NAN


def _overflow(x: float) -> float:
    return _INF


def _overflow_signed(x: float) -> float:
    return math.copysign(_INF, x)


def divided(x: float, y: float) -> float:
    """The quotient x/y; by a zero it is an infinity with the sign of both, or nan."""
    if y:
        return x / y
    return _NAN if x != x or x == 0.0 else math.copysign(_INF, x) * math.copysign(1.0, y)


def power(x: float, y: float) -> float:
    """The power xʸ as a real number: nan for a broken power of a negative x, an infinity where it is too large."""
    try:
        return math.pow(x, y)
    except (ValueError, OverflowError):
        return _power_limit(x, y)


def _power_limit(x: float, y: float) -> float:
    if x < 0.0 and y != math.floor(y):
        return _NAN
    return math.copysign(_INF, x) if _is_odd(y) else _INF


LIMITS: dict[str, Callable[..., float]] = {
    **dict.fromkeys(("exp", "exp2", "expm1", "cosh"), _overflow),
    **dict.fromkeys(("log", "log2", "log10"), _logarithm(0.0)),
    "log1p": _logarithm(-1.0),
    "sinh": _overflow_signed,
    "atanh": lambda x: math.copysign(_INF, x) if x in (1.0, -1.0) else _NAN,
    "pow": _power_limit,
    "floordiv": divided,
    **dict.fromkeys(("floor", "ceil", "round", "trunc"), lambda x: x),  # of inf and nan
}
"""What a function of ``math`` is where it raises an error; nan for those that are not here."""


def limit(name: str, function: Callable[..., float], *operands: float) -> float:
    """Compute a function of real numbers that has raised an error.

    name: its name in ``autograd.numeric``.
    function: Python's function.
    operands: the numbers. An integer may have more digits than a float has room for.

    >>> limit("log", math.log, 0.0), limit("atan", math.atan, 10**400)
    (-inf, 1.5707963267948966)
    """
    floats = tuple(map(real, operands))
    try:
        return function(*floats)
    except (ValueError, ArithmeticError):
        return LIMITS.get(name, _undefined)(*floats)


def _complex_expm1(x: complex) -> complex:
    half = math.sin(0.5 * x.imag)
    return complex(math.expm1(x.real) * math.cos(x.imag) - 2.0 * half * half, math.exp(x.real) * math.sin(x.imag))


def _complex_log1p(x: complex) -> complex:
    if abs(x.real) > 0.5:
        return cmath.log(1.0 + x)
    size = 0.5 * math.log1p(x.real * (2.0 + x.real) + x.imag * x.imag)  # exact near 0, unlike |1 + x|
    return complex(size, math.atan2(x.imag, 1.0 + x.real))


COMPLEX: dict[str, Callable[..., complex]] = {
    **{
        name: getattr(cmath, name)
        for name in (
            "exp", "log", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh",
            "acosh", "atanh", "isfinite", "isinf", "isnan",
        )
    },
    "exp2": lambda x: 2.0**x,
    "expm1": _complex_expm1,
    "log1p": _complex_log1p,
    "log2": lambda x: cmath.log(x) / _LN2,
    "pow": operator.pow,
}  # fmt: skip
"""The functions of complex numbers, which the complex step runs on."""


def complex_or_limit(name: str, function: Callable[..., float], *operands: complex) -> complex:
    """Compute a function of complex numbers. Where Python raises an error, only the real part is known.

    function: the function of real numbers.

    >>> complex_or_limit("exp", math.exp, 1000 + 1e-30j)
    (inf+nanj)
    """
    try:
        return COMPLEX[name](*operands)
    except (ValueError, ArithmeticError):
        return complex(limit(name, function, *(x.real for x in operands)), _NAN)


def _method(function: Callable[[float, float], float], is_reflected: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Double, other: Any) -> Any:
        if not isinstance(other, (int, float)):
            return NotImplemented
        x, y = float(self), real(other)
        return Double(function(y, x) if is_reflected else function(x, y))

    return method


def _remainder(x: float, y: float) -> float:
    return x % y if y else _NAN


def _floor_quotient(x: float, y: float) -> float:
    return x // y if y else divided(x, y)


class Double(float):
    """A float whose arithmetic is IEEE 754's: it neither raises an error nor becomes complex.

    >>> 1.0 / Double(0.0), Double(-8.0) ** 1.5
    (inf, nan)
    """

    __slots__ = ()

    __add__, __radd__ = _method(operator.add), _method(operator.add, True)
    __sub__, __rsub__ = _method(operator.sub), _method(operator.sub, True)
    __mul__, __rmul__ = _method(operator.mul), _method(operator.mul, True)
    __truediv__, __rtruediv__ = _method(divided), _method(divided, True)
    __floordiv__, __rfloordiv__ = _method(_floor_quotient), _method(_floor_quotient, True)
    __mod__, __rmod__ = _method(_remainder), _method(_remainder, True)
    __pow__, __rpow__ = _method(power), _method(power, True)  # type: ignore[assignment]

    def __neg__(self) -> Double:
        return Double(-float(self))

    def __pos__(self) -> Double:
        return self

    def __abs__(self) -> Double:
        return Double(abs(float(self)))
