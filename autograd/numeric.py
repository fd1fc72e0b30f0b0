"""Functions over three kinds of number: floats, NumPy arrays, and tracers such as Values.

Write a rule with these functions and ordinary arithmetic, and it works on all three. On floats and arrays the results
are those of IEEE 754 and NumPy (``log(0.0)`` is -inf, ``sqrt(-1.0)`` is nan), without Python's domain and overflow
errors. On a Tracer, such as a Value, each function applies the rule of the same name, so derivatives are themselves
differentiable.

Floats go through ``math`` first, which is ten times faster than NumPy on a single number.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import math
import numbers
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from autograd.core import floats, special
from autograd.core.ieee import COMPLEX, Double, complex_or_limit, limit, real
from autograd.util.lazy_numpy import is_array, is_numpy, is_numpy_number, loaded, np
from autograd.util.printable import kind_of

__all__ = [
    "Tracer",
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "copysign",
    "cos",
    "cosh",
    "detach",
    "digamma",
    "equal",
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
    "hypot",
    "ieee",
    "is_tracer",
    "is_value",
    "isfinite",
    "isinf",
    "isnan",
    "leading",
    "lgamma",
    "log",
    "log1p",
    "log2",
    "log10",
    "maximum",
    "minimum",
    "mod",
    "norm",
    "polygamma",
    "polygamma_of_order",
    "power",
    "real",
    "refuse_no_truth",
    "round",
    "sech_squared",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "step",
    "tan",
    "tanh",
    "trunc",
    "where",
]  # fmt: skip

Numeric = Any
"""A float, an ndarray or a Tracer: the numbers that a rule accepts."""
Function = Callable[..., Any]


class Tracer(Protocol):
    """A stand-in for a number that follows the computation when a rule runs on it.

    There are three: ``Value`` builds the graph, ``Step`` in ``checking/complex_step.py`` carries an imaginary part, and
    the stand-in in ``compiler/trace.py`` notes array calls. Each has Python's operators and these two methods.
    """

    @staticmethod
    def __apply_function__(name: str, operands: Sequence[Numeric], **parameters: Numeric) -> Numeric:
        """Apply a function of this module to operands, at least one of which is a tracer of this kind.

        Six names belong to no rule: "isfinite", "isinf" and "isnan", and "equal" and "detach", whose first operand is
        the tracer. For "step", given x and the answer at zero, the result may be NotImplemented; then comparisons are
        used instead.
        """
        ...

    @staticmethod
    def __apply_rule__(rule: Any, operands: Sequence[Numeric]) -> Numeric:
        """Apply a ``table.Rule`` to operands like these, with sequences laid end to end."""
        ...


def is_tracer(x: Numeric) -> bool:
    """Whether x is a tracer: a Value, or another stand-in for a number."""
    return hasattr(type(x), "__apply_function__")


@contextlib.contextmanager
def ieee() -> Iterator[None]:
    """Compute nan and inf without warnings, neither here nor in a NumPy function that called this code."""
    if loaded() is None:
        yield
        return
    with np.errstate(all="ignore"):
        yield
        np.add(0.0, 0.0)  # clears the processor's flags, which NumPy would read after its own loop


def _not_a_float(name: str, scalar: Function, array: str | Function, operands: Sequence[Numeric]) -> Numeric:
    """Apply a function to operands, at least one of which is not a Python float."""
    for operand in operands:
        if is_tracer(operand):
            return operand.__apply_function__(name, operands)
    if any(map(is_numpy, operands)):
        return (getattr(np, array) if isinstance(array, str) else array)(*operands)
    if all(isinstance(operand, (int, float)) for operand in operands):
        try:
            number = scalar(*operands)
        except (ValueError, ArithmeticError):
            number = limit(name, scalar, *operands)
        is_double = type(number) is float and any(type(operand) is Double for operand in operands)
        return Double(number) if is_double else number
    if name in COMPLEX and all(isinstance(operand, (int, float, complex)) for operand in operands):
        return complex_or_limit(name, scalar, *operands)
    kinds = " and ".join(map(kind_of, operands))
    raise TypeError(f"{name} takes numbers, arrays or Values, not {kinds}")


def _unary(name: str, scalar: Function, array: str | Function = "") -> Callable[[Numeric], Numeric]:
    """Make a function of a float, an array or a tracer.

    name: the function's name, and that of its rule.
    scalar: the function of a float, as in ``math``.
    array: NumPy's name for the function where it has another one, or a function of arrays.
    """

    def function(x: Numeric) -> Numeric:
        if type(x) is float:
            try:
                return scalar(x)
            except (ValueError, ArithmeticError):
                return limit(name, scalar, x)
        return _not_a_float(name, scalar, array or name, (x,))

    function.__name__ = function.__qualname__ = name
    return function


def _binary(name: str, scalar: Function, array: str | Function = "") -> Callable[[Numeric, Numeric], Numeric]:
    """Make a function of two numbers, as ``_unary`` does."""

    def function(x: Numeric, y: Numeric) -> Numeric:
        if type(x) is float and type(y) is float:
            try:
                return scalar(x, y)
            except (ValueError, ArithmeticError):
                return limit(name, scalar, x, y)
        return _not_a_float(name, scalar, array or name, (x, y))

    function.__name__ = function.__qualname__ = name
    return function


def _elementwise(scalar: Callable[[float], float]) -> Callable[[Numeric], Numeric]:
    """An array function that NumPy lacks, made from a scalar one, element by element."""
    of_objects = functools.cache(lambda: np.frompyfunc(scalar, 1, 1))
    return lambda x: np.asarray(of_objects()(x)).astype(x.dtype)


def array_power(x: Numeric, y: Numeric) -> Numeric:
    """NumPy's power, except for the exponent ½: NumPy takes a square root there, which differs at −∞ and −0."""
    out = np.power(x, y)
    half = np.equal(y, 0.5)
    if not half.any() or out.dtype.kind != "f":
        return out
    return np.where(half & np.equal(x, -math.inf), math.inf, np.where(half & np.equal(x, 0.0), 0.0, out))


exp = _unary("exp", math.exp)
exp2 = _unary("exp2", math.exp2)
expm1 = _unary("expm1", math.expm1)
log = _unary("log", math.log)
log1p = _unary("log1p", math.log1p)
log2 = _unary("log2", math.log2)
log10 = _unary("log10", math.log10)
sqrt = _unary("sqrt", math.sqrt)
sin = _unary("sin", math.sin)
cos = _unary("cos", math.cos)
tan = _unary("tan", math.tan)
asin = _unary("asin", math.asin, "arcsin")
acos = _unary("acos", math.acos, "arccos")
atan = _unary("atan", math.atan, "arctan")
sinh = _unary("sinh", math.sinh)
cosh = _unary("cosh", math.cosh)
tanh = _unary("tanh", math.tanh)
asinh = _unary("asinh", math.asinh, "arcsinh")
acosh = _unary("acosh", math.acosh, "arccosh")
atanh = _unary("atanh", math.atanh, "arctanh")
erf = _unary("erf", math.erf, _elementwise(math.erf))
erfc = _unary("erfc", math.erfc, _elementwise(math.erfc))
erfinv = _unary("erfinv", special.erfinv, _elementwise(special.erfinv))
lgamma = _unary("lgamma", special.lgamma, _elementwise(special.lgamma))
digamma = _unary("digamma", special.digamma, _elementwise(special.digamma))
cbrt = _unary("cbrt", special.cbrt)
floor = _unary("floor", floats.rounded(math.floor))
ceil = _unary("ceil", floats.rounded(math.ceil))
round = _unary("round", floats.rounded(builtins.round), "rint")
trunc = _unary("trunc", floats.rounded(math.trunc))
abs = _unary("abs", math.fabs)
sign = _unary("sign", floats.sign)
power = _binary("pow", math.pow, array_power)
atan2 = _binary("atan2", math.atan2, "arctan2")
hypot = _binary("hypot", math.hypot)
mod = _binary("mod", operator.mod, "remainder")
floordiv = _binary("floordiv", operator.floordiv, "floor_divide")
fmod = _binary("fmod", math.fmod)
copysign = _binary("copysign", math.copysign)
fmax = _binary("fmax", floats.fmax)
fmin = _binary("fmin", floats.fmin)
maximum = _binary("maximum", floats.maximum)
minimum = _binary("minimum", floats.minimum)


@functools.cache
def polygamma_of_order(n: int) -> Callable[[Numeric], Numeric]:
    """The n-th derivative of digamma, on floats and arrays."""
    scalar = functools.partial(special.polygamma, n)
    function = _unary("polygamma", scalar, _elementwise(scalar))
    function.order = n  # type: ignore[attr-defined]  # exporters read it
    return function


def polygamma(x: Numeric, n: int) -> Numeric:
    """The n-th derivative of digamma at x."""
    return x.__apply_function__("polygamma", (x,), n=n) if is_tracer(x) else polygamma_of_order(n)(x)


def refuse_no_truth(condition: Numeric) -> None:
    """Raise ValueError for a condition with integers other than 0 and 1, such as ``~True``, which is -2."""
    several: Any = (condition,)
    if is_array(condition):
        several = condition[(condition != 0) & (condition != 1)] if condition.dtype.kind in "iu" else ()
        several = condition.flat if condition.dtype == object else several
    for truth in several:
        if isinstance(truth, numbers.Integral) and truth not in (0, 1):
            raise ValueError(
                f"a condition must be True, False, 0 or 1, not {truth}: ~True is -2 and ~False is -1, and both hold\n"
                "  try             not (x > 0), or the opposite comparison, x <= 0; n != 0 for a whole number n"
            )


def where(condition: Numeric, a: Numeric, b: Numeric) -> Numeric:
    """Choose ``a`` where the condition holds and ``b`` elsewhere, element by element for arrays.

    condition: a truth value, or an array or a Value of 0 and 1.
    a, b: the results where the condition holds, and where it does not.

    Raises ValueError for an integer condition other than 0 and 1, such as ``~(x > 0)``.
    """
    if condition is True:
        return a
    if condition is False:
        return b
    refuse_no_truth(condition)
    if is_array(condition):
        return np.where(condition, a, b)
    if isinstance(condition, (int, float)) or is_numpy_number(condition):
        if is_array(a) or is_array(b):
            return np.where(bool(condition), a, b)
        return a if condition else b
    return _not_a_float("where", _choose, "where", (condition, a, b))


def _choose(condition: object, a: Numeric, b: Numeric) -> Numeric:
    return a if condition else b


def equal(a: Numeric, b: Numeric) -> Numeric:
    """Whether two numbers are equal. (``==`` between two Values compares identity.)"""
    if (type(a) is float and type(b) is float) or is_array(a) or is_array(b):
        return a == b
    if is_tracer(a):
        return a.__apply_function__("equal", (a, b))
    return b.__apply_function__("equal", (b, a)) if is_tracer(b) else (a >= b) & (a <= b)


def step(x: Numeric, at_zero: float = 0.0) -> Numeric:
    """The step function: 0 below zero, 1 above, ``at_zero`` at zero, nan at nan. Its own slope is 0."""
    if type(x) is float:
        return 1.0 if x > 0.0 else 0.0 if x < 0.0 else at_zero if x == 0.0 else x
    if is_array(x):
        return np.heaviside(x, at_zero)
    answer = x.__apply_function__("step", (x, at_zero)) if is_tracer(x) else NotImplemented
    if answer is not NotImplemented:
        return answer
    return where(x > 0, 1.0, where(x < 0, 0.0, where(equal(x, 0.0), at_zero, math.nan)))


_DOUBLE, _SINGLE = 1.5 * 2.0**46, 1.5 * 2.0**17


def leading(x: Numeric) -> Numeric:
    """A constant h near x whose square is exact, so that e^x² = e^h²·e^((x − h)(x + h)) keeps all its digits.

    Below 64, h is x rounded to a multiple of 1/64, computed as (x + c) − c; float64 and float32 need different c.
    """
    if type(x) is float:
        return (x + _DOUBLE) - _DOUBLE if -64.0 < x < 64.0 else 64.0
    x = detach(x)
    x = where(abs(x) < 64.0, x, 64.0)
    rounded = (x + _DOUBLE) - _DOUBLE
    return where(equal(rounded, 0.0), (x + _SINGLE) - _SINGLE, rounded)


def sech_squared(x: Numeric) -> Numeric:
    """1/cosh² x, equal to 1 − tanh² x but without cancellation. A Value uses two forms, because cosh x may overflow."""
    if type(x) is float and -700.0 < x < 700.0:
        reciprocal = 1.0 / math.cosh(x)
        return reciprocal * reciprocal
    near = abs(x) < 20.0 if is_value(x) else True
    if near is not False:
        reciprocal = 1.0 / cosh(x)
        if near is True:
            return reciprocal * reciprocal
    e = exp(where(x >= 0.0, -2.0 * x, 2.0 * x))
    share = 1.0 / (1.0 + e)
    far = 4.0 * e * share * share
    return far if near is False else where(near, reciprocal * reciprocal, far)


def norm(xs: Sequence[Numeric]) -> Numeric:
    """The length √Σx², scaled by the largest |x|'s power of 2 so that no square overflows or underflows."""
    if all(type(x) is float for x in xs):
        return math.hypot(*xs)
    for x in xs:
        if is_tracer(x):
            return x.__apply_function__("norm", xs)
    if all(isinstance(x, (int, float)) for x in xs):
        return math.hypot(*map(real, xs))
    largest = functools.reduce(np.fmax, [builtins.abs(x) for x in xs])
    power = np.ldexp(np.ones_like(largest), np.frexp(largest)[1] - 1)  # a quotient by it is exact
    scale = np.where((largest > 0) & np.isfinite(largest), power, 1.0)
    length = scale * np.sqrt(builtins.sum((x / scale) ** 2 for x in xs))
    return np.where(np.isinf(largest), largest, length)  # as hypot has it, also beside a nan


def detach(x: Numeric) -> Numeric:
    """The number x as a constant: no derivative flows back through it."""
    return x.__apply_function__("detach", (x,)) if is_tracer(x) else x


def is_value(x: Numeric) -> bool:
    """Whether x is a Value, so that derivatives can be taken through it."""
    return hasattr(type(x), "_level")


def _test(name: str, scalar: Callable[[float], bool]) -> Callable[[Numeric], Numeric]:
    """Make a function that tells whether a number, or a Value's number, is of some kind."""

    def test(x: Numeric) -> Numeric:
        if type(x) is float:
            return scalar(x)
        number = detach(x)
        return scalar(number) if type(number) is float else _not_a_float(name, scalar, name, (number,))

    test.__name__ = test.__qualname__ = name
    return test


isfinite = _test("isfinite", math.isfinite)
isinf = _test("isinf", math.isinf)
isnan = _test("isnan", math.isnan)
