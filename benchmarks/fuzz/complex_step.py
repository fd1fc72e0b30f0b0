"""The complex step through the rules' own values: a number x + ih, compared and chosen by its real part.

The imaginary part of f(x + ih)/h is the slope of f, exact to rounding because nothing is subtracted (Squire & Trapp
1998), and no derivative of a rule is asked. A rule is run as it is written, so a rule added later needs nothing here;
what is listed are ``autograd.numeric``'s functions that are not NumPy's analytic ones.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import RULES

__all__ = ["Step"]


class Step:
    """A complex number whose imaginary part is a very small change of its real part."""

    __slots__ = ("z",)

    def __init__(self, z: complex) -> None:
        self.z = complex(z)

    @staticmethod
    def _apply_or_refuse(rule: Any, operands: Sequence[Any]) -> Any:
        return rule.function(*rule._grouped([x if isinstance(x, Step) else float(x) for x in operands]))[0]

    @staticmethod
    def _apply_named(name: str, operands: Sequence[Any]) -> Any:
        if name == "where":
            return operands[1] if _real(operands[0]) else operands[2]
        if name in _BY_HAND:
            return Step(_BY_HAND[name](*map(_complex, operands)))
        if name == "norm":
            return Step(cmath.sqrt(sum(_complex(x) ** 2 for x in operands)))
        with np.errstate(all="ignore"):
            return Step(getattr(np, RULES[name].numpy)(*map(_complex, operands)))

    def _detached_number(self) -> Step:
        return self  # a rule detaches what its value does not depend on

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return ufunc(*map(_real, inputs)) if ufunc in (np.isfinite, np.isinf, np.isnan) else NotImplemented

    def _equal(self, other: Any) -> bool:
        return self.z == _complex(other)  # two that tie are two numbers, and x + ih is not on the point itself

    def __neg__(self) -> Step:
        return Step(-self.z)

    def __pos__(self) -> Step:
        return self

    def __abs__(self) -> Step:
        return Step(_abs(self.z))

    def __bool__(self) -> bool:
        return bool(self.z.real)


def _real(x: Any) -> Any:
    return x.z.real if isinstance(x, Step) else x


def _complex(x: Any) -> complex:
    return x.z if isinstance(x, Step) else complex(x)


def _abs(z: complex) -> complex:
    return z if z.real > 0 else -z if z.real < 0 else complex(0.0)


def _power(a: complex, b: complex) -> complex:
    if not b.imag and b.real == int(b.real) and abs(b.real) < 20:
        return a ** int(b.real)
    with np.errstate(all="ignore"):
        return complex(np.power(a, b))


def _erf(z: complex) -> complex:
    return complex(math.erf(z.real), z.imag * 2 / math.sqrt(math.pi) * math.exp(-(z.real**2)))


def _atan2(y: complex, x: complex) -> complex:
    turned = complex(x.real, y.real) ** -1  # d atan2 is the imaginary part of (dx + i dy) / (x + iy)
    return complex(math.atan2(y.real, x.real), (complex(x.imag, y.imag) * turned).imag)


_BY_HAND: dict[str, Callable[..., complex]] = {
    "abs": _abs,
    "sign": lambda z: complex(np.sign(z.real)),
    "pow": _power,
    "maximum": lambda a, b: a if a.real > b.real else b,
    "minimum": lambda a, b: a if a.real < b.real else b,
    "hypot": lambda a, b: cmath.sqrt(a * a + b * b),
    "erf": _erf,
    "erfc": lambda z: complex(math.erfc(z.real), -_erf(z).imag),
    "atan2": _atan2,
}


def _arithmetic(function: Callable[[Any, Any], Any], reflected: bool) -> Callable[[Step, Any], Any]:
    def method(self: Step, other: Any) -> Any:
        a, b = (_complex(other), self.z) if reflected else (self.z, _complex(other))
        return Step(function(a, b))

    return method


def _comparison(function: Callable[[Any, Any], bool]) -> Callable[[Step, Any], bool]:
    return lambda self, other: function(self.z.real, _real(other))


for _name in ("add", "sub", "mul", "truediv"):
    setattr(Step, f"__{_name}__", _arithmetic(getattr(operator, _name), False))
    setattr(Step, f"__r{_name}__", _arithmetic(getattr(operator, _name), True))
setattr(Step, "__pow__", _arithmetic(_power, False))  # noqa: B010  (as the others)
setattr(Step, "__rpow__", _arithmetic(_power, True))  # noqa: B010
for _name in ("lt", "le", "gt", "ge"):
    setattr(Step, f"__{_name}__", _comparison(getattr(operator, _name)))
