"""The complex step: a function's slope as Im f(x + ih) / h. No difference is taken, so nothing cancels.

It does not depend on the backward pass: operations run on complex numbers, and no local derivative is used. (Squire &
Trapp 1998, SIAM Review 40; comparisons by the real part as in Martins et al. 2003, ACM TOMS 29.)
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from autograd import numeric as nx
from autograd.numeric import Numeric
from autograd.table import RULES, Rule
from autograd.util.lazy_numpy import is_array, np
from autograd.value import Value

__all__ = ["CoarseSteps", "Step", "complex_slope"]

_SMALLEST = 2.0**-1000
"""The smallest imaginary part that keeps all its digits."""

_ANALYTIC = {
    "exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
}  # fmt: skip
"""The functions that NumPy has for complex numbers."""


class NoComplexStep(TypeError):
    """The function is not analytic here, or uses operations that do not take complex numbers."""


class CoarseSteps(NoComplexStep):
    """The function jumps here, between numbers so far apart that differences would mistake its steps for a slope."""


class Step:
    """A real number with a tiny imaginary part, used in place of a Value.

    Python's complex would silently drop the imaginary part in abs() and .real. Here comparisons use the real part, as
    for a Value. A tie, or any operation that would lose the imaginary part, raises an error.

    number: the complex number.
    size: the total size of the terms that the imaginary part sums up. They may cancel, as in x/(1 + x) at 1e15.
    """

    __slots__ = ("number", "size")

    def __init__(self, number: complex, size: float | None = None) -> None:
        if 0.0 < abs(number.imag) < _SMALLEST:
            raise NoComplexStep("the imaginary part underflows")
        self.number = number
        self.size = abs(number.imag) if size is None else size

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Look up Value's method with this name."""
        rule = _rule(name)

        def method(*others: Numeric, **parameters: Numeric) -> Any:
            chosen, operands = rule.named((self, *others), parameters)
            return chosen(*operands)

        return method

    @staticmethod
    def __apply_rule__(rule: Rule, operands: Sequence[Numeric]) -> Any:
        """Compute a rule's value on Steps. The rule runs on them as it does on Values."""
        if rule.name in _ANALYTIC and rule.builtin:
            return Step.__apply_function__(rule.name, operands)
        return rule.function(*rule.grouped([_plain(x) for x in operands]))[0]

    @staticmethod
    def __apply_function__(name: str, operands: Sequence[Numeric]) -> Any:
        """Compute a function of ``autograd.numeric``, which rules are written with."""
        if name in _ANALYTIC:
            function, number, size = getattr(nx, name), _complex(*operands), _size(*operands)
            return Step(function(number), abs(function(complex(number.real, size)).imag))
        if name not in _BY_PARTS:
            raise NoComplexStep(f"{name} has no complex step")
        return _BY_PARTS[name](*([operands] if name == "norm" else operands))

    def __bool__(self) -> bool:
        return _holds(operator.ne, self, 0.0)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Numeric, **options: object) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        if any(map(is_array, inputs)):
            return ufunc(*(np.asarray(x, dtype=object) for x in inputs))
        if ufunc in (np.isfinite, np.isinf, np.isnan):
            return ufunc(self.number)
        return _rule(ufunc.__name__)(*inputs)

    def __abs__(self) -> Any:
        return _absolute(self)

    def __neg__(self) -> Step:
        return Step(-self.number, self.size)

    def __pos__(self) -> Step:
        return self


def _rule(name: str) -> Rule:
    """Look up a rule by its name or its NumPy name."""
    for rule in RULES.values():
        if name in (rule.name, rule.numpy) and not rule.sequences:
            return rule
    raise AttributeError(name)


def _plain(x: Numeric) -> Any:
    if isinstance(x, Value):
        if x._level:
            raise NoComplexStep("a Value of a transform, whose derivative would be lost")
        return x.data
    return x


def _complex(x: Numeric) -> complex:
    return x.number if isinstance(x, Step) else complex(_plain(x))


def _size(x: Numeric) -> float:
    return x.size if isinstance(x, Step) else 0.0


def _operation(name: str) -> Callable[[Any, Any], Step]:
    """Make an operation on Steps: arithmetic on complex numbers, with the size of the imaginary part."""
    apply, size_of = _ARITHMETIC[name]

    def operation(x: Numeric, y: Numeric) -> Step:
        a, b = _complex(x), _complex(y)
        try:
            number = apply(a, b)
            return Step(number, size_of(abs(a), _size(x), abs(b), _size(y), abs(number)))
        except ArithmeticError as error:
            raise NoComplexStep(str(error)) from error

    return operation


def _size_of_power(a: float, da: float, b: float, db: float, out: float) -> float:
    return out * (b * da / a + abs(math.log(a)) * db) if a else 0.0


_ARITHMETIC: dict[str, tuple[Callable[[Any, Any], Any], Callable[..., float]]] = {
    "add": (operator.add, lambda a, da, b, db, out: da + db),
    "sub": (operator.sub, lambda a, da, b, db, out: da + db),
    "mul": (operator.mul, lambda a, da, b, db, out: a * db + b * da),
    "truediv": (operator.truediv, lambda a, da, b, db, out: (da + out * db) / b),
    "pow": (nx.power, _size_of_power),
}


def _method(operation: Callable[[Numeric, Numeric], Numeric], reflected: bool) -> Callable[[Step, Any], Any]:
    def method(self: Step, other: object) -> Any:
        if is_array(other):
            return NotImplemented
        return operation(other, self) if reflected else operation(self, other)

    return method


def _comparison(compare: Callable[[float, float], bool]) -> Callable[[Step, Any], Any]:
    def method(self: Step, other: object) -> Any:
        return NotImplemented if is_array(other) else _holds(compare, self, other)

    return method


_operators = {"mod": nx.mod, "floordiv": nx.floordiv, **{_name: _operation(_name) for _name in _ARITHMETIC}}
for _name, _apply in _operators.items():
    setattr(Step, f"__{_name}__", _method(_apply, reflected=False))
    setattr(Step, f"__r{_name}__", _method(_apply, reflected=True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Step, f"__{_name}__", _comparison(getattr(operator, _name)))


def _holds(compare: Callable[[float, float], bool], a: Numeric, b: Numeric) -> bool:
    """Compare by the real parts. A tie raises an error: two branches meet there, and neither need have f's slope."""
    left, right = _complex(a), _complex(b)
    if left.real == right.real and left.imag != right.imag:
        raise NoComplexStep("a comparison at a tie")
    return compare(left.real, right.real)


def _absolute(x: Numeric) -> Any:
    return -x if _holds(operator.lt, x, 0.0) else +x


def _length(xs: Sequence[Numeric]) -> Any:
    numbers = [_complex(x) for x in xs]
    scale = max(abs(x) for x in numbers)
    if not 0.0 < scale < math.inf:
        raise NoComplexStep("a length at the origin or at infinity")
    squares = [(x / scale) * (x / scale) for x in numbers]
    if any(x.real and x.imag and abs(square.imag) < _SMALLEST for x, square in zip(numbers, squares, strict=True)):
        raise NoComplexStep("the imaginary part of a square underflows")
    length = scale * nx.sqrt(complex(sum(squares)))
    return Step(length, sum(abs(x / length) * _size(y) for x, y in zip(numbers, xs, strict=True)))


def _angle(y: Numeric, x: Numeric) -> Any:
    a, b = _complex(y), _complex(x)
    length = math.hypot(a.real, b.real)
    size = abs(a.real / length) * (_size(x) / length) + abs(b.real / length) * (_size(y) / length) if length else 0.0
    if abs(a) > abs(b):
        return Step(math.copysign(math.pi / 2, a.real) - nx.atan(b / a), size)
    half_turn = 0.0 if _holds(operator.gt, x, 0.0) else math.copysign(math.pi, a.real)
    return Step(half_turn + nx.atan(a / b), size)


def _with_sign_of(a: Numeric, b: Numeric) -> Any:
    _holds(operator.gt, b, 0.0)  # raises if b is 0, where its sign changes
    magnitude = _absolute(a)
    return -magnitude if math.copysign(1.0, _complex(b).real) < 0.0 else magnitude


def _jump(name: str, x: float, width: float) -> NoComplexStep:
    """Return the error at a jump between steps of this width."""
    if math.ulp(x) > width / 1024:
        return CoarseSteps(f"rounding hides the steps of {name} at {x!r}")
    return NoComplexStep(f"a jump of {name}")


def _in_steps(name: str) -> Callable[[Any], float]:
    """Make a function that is constant between jumps. It raises an error if a jump lies next to x."""

    def function(x: Numeric) -> float:
        step, number = getattr(nx, name), _complex(x).real
        if any(step(math.nextafter(number, side)) != step(number) for side in (math.inf, -math.inf)):
            raise _jump(name, number, 1.0)
        return float(step(number))

    return function


def _whole(name: str, a: Numeric, b: Numeric) -> float:
    """How many times b goes into a, rounded down; for fmod, rounded towards 0."""
    x, y = _complex(a).real, _complex(b).real
    if nx.fmod(x, y) == 0.0:
        raise _jump(name, x, abs(y))
    return math.copysign(nx.floordiv(abs(x), abs(y)), x * y) if name == "fmod" else nx.floordiv(x, y)


def _remainder(name: str) -> Callable[[Any, Any], Step]:
    """Make the function a − b·whole. Its real part comes from a function that does not cancel."""

    def function(a: Numeric, b: Numeric) -> Step:
        x, y, whole = _complex(a), _complex(b), _whole(name, a, b)
        number = complex(getattr(nx, name)(x.real, y.real), x.imag - y.imag * whole)
        return Step(number, _size(a) + abs(whole) * _size(b))

    return function


_BY_PARTS: dict[str, Callable[..., Any]] = {
    **{name: lambda x, name=name: getattr(cmath, name)(x.number) for name in ("isfinite", "isinf", "isnan")},
    "detach": lambda x: x,  # the number still depends on x
    "equal": lambda a, b: _holds(operator.eq, a, b),
    "step": lambda x, at_zero: 1.0 if _holds(operator.gt, x, 0.0) else 0.0 if _holds(operator.lt, x, 0.0) else at_zero,
    "abs": _absolute,
    "sign": lambda x: float(_holds(operator.gt, x, 0.0)) - float(_holds(operator.lt, x, 0.0)),
    "maximum": lambda a, b: a if _holds(operator.ge, a, b) else b,
    "minimum": lambda a, b: a if _holds(operator.le, a, b) else b,
    "where": lambda condition, a, b: a if condition else b,
    "pow": _operation("pow"),
    "hypot": lambda a, b: _length([a, b]),
    "norm": _length,
    "atan2": _angle,
    "copysign": _with_sign_of,
    **{name: _in_steps(name) for name in ("floor", "ceil", "round", "trunc")},
    **{name: _remainder(name) for name in ("mod", "fmod")},
    "floordiv": lambda a, b: _whole("floordiv", a, b),
}


def complex_slope(
    f: Callable[[Step], Numeric], x: float, value: float, noise: float = 0.0
) -> tuple[float, float] | None:
    """Return the slope of f at x and a bound on its error; None if f has no complex step there.

    Steps of two widths must agree. If f is not analytic at x, like √x at 0, they give different slopes.

    f: the function, called on Steps.
    x: the point.
    value: f(x). The real part must match it within rounding and ``noise``.
    noise: the rounding error in f(x).

    Raises CoarseSteps at a jump that differences cannot see either.

    >>> complex_slope(lambda x: x**3, 2.0, 8.0)[0]
    12.0
    >>> complex_slope(lambda x: x**1.5, 0.0, 0.0), complex_slope(abs, 0.0, 0.0)
    (None, None)
    """
    scale = min(math.frexp(x)[1], 0)  # below 1, the scale on which sin(x) changes, and below x, that of log x
    if scale < -800:
        return None
    slopes = []
    for width in (2.0 ** (scale - 120), 2.0 ** (scale - 100)):
        try:
            with nx.ieee():
                result = f(Step(complex(x, width)))
                out, size = _complex(result), _size(result)
        except CoarseSteps:
            raise
        except Exception:  # a function that takes no complex numbers may raise any error
            return None
        if not math.isfinite(out.imag) or abs(out.real - value) > noise + 1e-9 * abs(value):
            return None
        slopes.append(out.imag / width)
    if not math.isclose(*slopes, rel_tol=1e-10, abs_tol=_SMALLEST / width):
        return None
    return slopes[0], (4e-15 * size + _SMALLEST) / width
