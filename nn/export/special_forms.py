"""Formulas for functions that ONNX has no operator for: within 1e-7 of ``core.special``, relative to 1."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd import numeric as nx
from autograd.core.special import BERNOULLI
from autograd.numeric import Numeric
from autograd.table import Rule

__all__ = ["form"]


def form(function: Any) -> Rule | None:
    """Return the formula of a function of ``autograd.numeric``, as a traceable rule; None if there is none here."""
    order = getattr(function, "order", None)
    formula = _FORMS.get(function) if order is None else functools.partial(_polygamma, order)
    return None if formula is None else _rule(function, formula)


@functools.cache
def _rule(function: Any, formula: Callable[[Any], Any]) -> Rule:
    return Rule(function.__name__, lambda x: (formula(x), (None,)), operands=("x",), builtin=True)


def _polynomial(coefficients: Sequence[float], x: Numeric) -> Numeric:
    return functools.reduce(lambda total, coefficient: total * x + coefficient, reversed(coefficients))


def _erfinv(x: Numeric) -> Numeric:
    """Giles 2010, table 5."""
    w = -nx.log((1.0 - x) * (1.0 + x))
    middle = (1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-06,
              -3.5233877e-06, 3.43273939e-07, 2.81022636e-08)  # fmt: skip
    tail = (2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322,
            0.000100950558, -0.000200214257)  # fmt: skip
    return x * nx.where(w < 5.0, _polynomial(middle, w - 2.5), _polynomial(tail, nx.sqrt(w) - 3.0))


def _lgamma(x: Numeric) -> Numeric:
    y = nx.where(x > 0.0, x, 1.0 - x)
    large = y > 8.0
    small = nx.where(large, 1.0, y)
    product = functools.reduce(lambda total, k: total * (small + k), range(1, 8), small)
    z = nx.where(large, y, y + 8.0)
    tail = _polynomial([b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI, 1)], 1.0 / (z * z)) / z
    value = (z - 0.5) * (nx.log(z) - 1.0) + (0.5 * math.log(2 * math.pi) - 0.5) + tail
    value = value - nx.where(large, 0.0, nx.log(product))
    return nx.where(x > 0.0, value, nx.log(math.pi / nx.abs(nx.sin(math.pi * x))) - value)


def _digamma(x: Numeric) -> Numeric:
    y = nx.where(x > 0.0, x, 1.0 - x)
    z = y + 8.0
    tail = _polynomial([0.0, *(b / (2 * k) for k, b in enumerate(BERNOULLI, 1))], 1.0 / (z * z))
    value = nx.log(z) - 0.5 / z - tail - sum([1.0 / (y + k) for k in range(8)])
    return nx.where(x > 0.0, value, value - math.pi / nx.tan(math.pi * x))


@functools.cache
def _cot_derivative(n: int) -> tuple[float, ...]:
    """Return the coefficients of the n-th derivative of cot y, a polynomial in cot y, since cot' = −1 − cot²."""
    if n == 0:
        return (0.0, 1.0)
    slope = [k * coefficient for k, coefficient in enumerate(_cot_derivative(n - 1))][1:]
    return tuple(-(a + b) for a, b in zip([*slope, 0.0, 0.0], [0.0, 0.0, *slope], strict=True))


def _polygamma(n: int, x: Numeric) -> Numeric:
    y, s, sign = nx.where(x > 0.0, x, 1.0 - x), n + 1.0, 1.0 if n % 2 else -1.0
    if n == 0:
        return _digamma(x)
    z = y + (8.0 + n)
    zeta = sum([nx.power(y + k, -s) for k in range(8 + n)]) + nx.power(z, -s) * (0.5 + z / (s - 1.0))
    factor = s * nx.power(z, -s - 1.0)
    for k, b in enumerate(BERNOULLI, 1):
        zeta = zeta + factor * (b / math.factorial(2 * k))
        factor = factor * ((s + 2 * k - 1) * (s + 2 * k)) / (z * z)
    value = sign * math.factorial(n) * zeta
    reflected = -sign * value - math.pi ** (n + 1) * _polynomial(_cot_derivative(n), 1.0 / nx.tan(math.pi * x))
    return nx.where(x > 0.0, value, reflected)


_FORMS = {nx.digamma: _digamma, nx.erfinv: _erfinv, nx.lgamma: _lgamma}
