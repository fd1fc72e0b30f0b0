"""How exact the numbers are: a shortened form of the grid of ``benchmarks/accuracy.py``, and single numbers.

The exact formulas are in ``benchmarks/exact.py``, the same for the page docs/accuracy.md and for these bounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd
import nn
from autograd import RULES, NonFiniteError, Value, grad, hessian, jacobian, value_and_grad
from autograd.util.lazy_numpy import np
from benchmarks import accuracy
from benchmarks.exact import EXACT, Exact

mpmath = pytest.importorskip("mpmath")
mp = mpmath.mp

each_exact = pytest.mark.parametrize("entry", EXACT.values(), ids=lambda entry: entry.label)
OWN = {name: rule for name, rule in RULES.items() if rule.function.__module__.startswith("autograd.")}


def test_every_rule_has_an_exact_formula() -> None:
    missing = set(OWN) - {entry.name for entry in EXACT.values()}
    assert not missing, f"no exact formula for {sorted(missing)}: write it in benchmarks/exact.py, under @exact"


@each_exact
def test_within_the_goal(entry: Exact) -> None:
    """Values within 4 ulp, first derivatives within 8: eager, compiled, and in float32."""
    found = accuracy.beyond(accuracy.figures(entry, 60, second=False))
    assert not found, f"python -m benchmarks.accuracy --rule {entry.name}"


def samples(entry: Exact) -> list[list[Any]]:
    """The rule's samples without their edges; for what is made of rules three numbers."""
    made = RULES.get(entry.name)
    points = made.samples if made is not None else [([0.5, -1.0, 2.0],)]
    rows = [[*map(float, made.flatten(point))] if made else list(point[0]) for point in points]
    return [row for row in rows if row]


@each_exact
def test_the_exact_formulas_are_derivatives_and_do_not_cancel(entry: Exact) -> None:
    """Each derivative against mpmath's own, numerical one; and on the grid, 60 digits against 150."""
    for row in samples(entry):
        with mp.workdps(60):
            exact = entry.function(*accuracy._grouped(entry, [mp.mpf(x) for x in row]), **entry.parameters)
            for i in range(len(row)):
                if exact[1][i] is None:
                    continue

                def along(x: Any, i: int = i, row: list[float] = row) -> Any:
                    moved = [x if k == i else mp.mpf(y) for k, y in enumerate(row)]
                    return entry.function(*accuracy._grouped(entry, moved), **entry.parameters)

                assert abs(mp.diff(lambda x: along(x)[0], row[i]) - exact[1][i]) < 1e-25 * (1 + abs(exact[1][i]))
                bends = iter(exact[2])
                for j in range(len(row)):
                    for k in range(j, len(row)):
                        bend = next(bends, None)
                        if i == k and bend is not None and exact[1][j] is not None:
                            slope = mp.diff(lambda x, j=j: along(x)[1][j], row[i])
                            assert abs(slope - bend) < 1e-25 * (1 + abs(bend)), (j, k)
    for rows in accuracy.grid(entry, 30):
        few, many = (accuracy.exact_numbers(entry, rows[:20], digits=digits) for digits in (60, 150))
        with np.errstate(all="ignore"):
            same = (few.high == many.high) & (np.abs(few.low - many.low) <= 1e-25 * np.abs(few.high))
        assert (same | np.isnan(few.high) | np.isinf(few.high)).all()


# ── single numbers ──────────────────────────────────────────────────────────────────────────────────────────────────

# (function of a list, point, gradient): what cancelled once, with the numbers of mpmath
SLOPES: list[tuple[Callable[[Any], Any], list[float], list[float]]] = [
    (lambda x: autograd.tanh(x[0]), [10.0], [8.2446144557673973746e-9]),
    (lambda x: autograd.tanh(x[0]), [15.0], [3.7430491875353693211e-13]),
    (lambda x: autograd.tanh(x[0]), [18.0], [9.2780913209742732491e-16]),
    (lambda x: autograd.tanh(x[0]), [-20.0], [1.6993417021166355837e-17]),
    (lambda x: autograd.tanh(x[0]), [-9.010913848876953], [5.96045832e-8]),
    (lambda x: autograd.softmax(x)[0], [30.0, 0.0], [9.3576229688384233e-14, -9.3576229688384233e-14]),
    (lambda x: -autograd.log_softmax(x)[0], [40.0, 0.0], [-4.2483542552915889773e-18, 4.2483542552915889773e-18]),
    (lambda x: nn.cross_entropy(x, 0), [40.0, 0.0], [-4.2483542552915889773e-18, 4.2483542552915889773e-18]),
    (lambda x: nn.cross_entropy(x, [1.0, 0.0]), [40.0, 0.0], [-4.2483542552915889773e-18, 4.2483542552915889773e-18]),
    (lambda x: autograd.erfinv(x[0]), [1 - 2.0**-20], [145647.24488812871246]),
    (lambda x: autograd.sinc(x[0]), [1000.5], [-3.1799181487096598781e-7]),
    (lambda x: autograd.polygamma(x[0], n=7), [-4.875], [-5411658672725.6732002]),
    (lambda x: autograd.digamma(x[0]), [-4.5], [9.6702620140997309597]),
    (lambda x: autograd.gelu(x[0], approximate="tanh"), [1e20], [1.0]),
    (lambda x: autograd.gelu(x[0], approximate="tanh"), [-1e20], [0.0]),
]

# (function of a list, point, second derivatives)
BENDS: list[tuple[Callable[[Any], Any], list[float], list[list[float]]]] = [
    (lambda x: autograd.asin(x[0]), [1e-20], [[1e-20]]),
    (lambda x: autograd.acos(x[0]), [1e-20], [[-1e-20]]),
    (lambda x: autograd.atanh(x[0]), [1e-20], [[2e-20]]),
    (lambda x: autograd.sigmoid(x[0]), [1e-20], [[-1.25e-21]]),
    (lambda x: autograd.tanh(x[0]), [20.0], [[-3.3986834042332711674e-17]]),
    (lambda x: autograd.gelu(x[0], approximate="tanh"), [-1e20], [[0.0]]),
    (lambda x: autograd.hypot(x[0], x[1]), [0.3, 1e-8],
     [[3.703703703703697737e-15, -1.1111111111111093665e-7], [-1.1111111111111093665e-7, 3.3333333333333296296]]),
]  # fmt: skip


def eager(f: Callable[[Any], Any], point: list[float]) -> Any:
    return grad(f)(point)


def nested(f: Callable[[Any], Any], point: list[float]) -> Any:
    """The gradient as it is seen inside of another transform."""
    seen: list[Any] = []

    def value(x: Any) -> Any:
        value, gradient = value_and_grad(f)(x)
        seen.append([y.data if isinstance(y, Value) else y for y in gradient])
        return value

    grad(value)(point)
    return seen[0]


def on_floats(f: Callable[[Any], Any], point: list[float], dtype: str = "float64") -> Any:
    return autograd.compile(lambda x: f(list(x)), dtype=dtype).input_grad(np.array(point))


def row_by_row(f: Callable[[Any], Any], point: list[float], dtype: str = "float64") -> Any:
    return autograd.compile(lambda x: f(list(x)), dtype=dtype).input_grad(np.array([point] * 3))[1]


def re_rolled(f: Callable[[Any], Any], point: list[float], dtype: str = "float64") -> Any:
    """Many copies in one sample."""
    program = autograd.compile(lambda rows: autograd.sum([f(list(row)) for row in rows]), dtype=dtype)
    return program.input_grad(np.array([[point] * 20] * 2))[1, 3]


WAYS: list[Callable[..., Any]] = [eager, nested, on_floats, row_by_row, re_rolled]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(("f", "point", "expected"), SLOPES)
def test_a_slope_that_cancelled(way: Any, f: Any, point: list[float], expected: list[float]) -> None:
    relative = 1e-8 if point[0] == -9.010913848876953 else 1e-15
    assert list(way(f, point)) == pytest.approx(expected, rel=relative, abs=0)


@pytest.mark.parametrize("way", WAYS[2:], ids=lambda way: way.__name__)
@pytest.mark.parametrize(("f", "point", "expected"), SLOPES)
def test_a_slope_that_cancelled_in_float32(way: Any, f: Any, point: list[float], expected: list[float]) -> None:
    assert list(way(f, point, "float32")) == pytest.approx(expected, rel=1e-6, abs=0)


@pytest.mark.parametrize("dtype", ["eager", "float64", "float32"])
@pytest.mark.parametrize(("f", "point", "expected"), BENDS)
def test_a_second_derivative_that_cancelled(dtype: str, f: Any, point: list[float], expected: Any) -> None:
    """Eagerly; and compiled on floats, row by row and re-rolled."""
    table = hessian(f)
    if dtype == "eager":
        found = [table(point)]
    else:
        program = autograd.compile(lambda x: table(list(x)), dtype=dtype)
        many = autograd.compile(lambda rows: [table(list(row)) for row in rows], dtype=dtype)
        found = [program(np.array(point)), program(np.array([point] * 3))[1], many(np.array([point] * 20))[3]]
    for one in found:
        relative = 1e-6 if dtype == "float32" else 2e-15
        assert np.ravel(one) == pytest.approx(np.ravel(expected), rel=relative, abs=0)


# Where a slope is a convention, a guard in the formula must not be differentiated into a second derivative.
NOWHERE_TWICE: list[tuple[Callable[[Any], Any], list[float]]] = [
    (autograd.norm, [0.0, 0.0]),
    (lambda x: autograd.norm(x) ** 2, [0.0, 0.0]),
    (lambda x: autograd.hypot(x[0], x[1]), [0.0, 0.0]),
    (lambda x: autograd.hypot(x[0], x[1]) ** 2, [0.0, 0.0]),
    (lambda x: x[0] ** x[1], [0.0, 0.0]),
    (lambda x: x[0] ** x[1], [0.0, 1.0]),
    (lambda x: x[0] ** x[1], [0.0, 1.5]),
    (lambda x: autograd.atan2(x[0], x[1]), [0.0, 0.0]),
    (autograd.std, [1.5, 1.5]),
    (lambda x: autograd.std(x, correction=1) ** 2, [1.5, 1.5, 1.5]),
]


@pytest.mark.parametrize(("f", "point"), NOWHERE_TWICE)
def test_a_second_derivative_that_does_not_exist_is_refused(f: Any, point: list[float]) -> None:
    with pytest.raises(NonFiniteError):
        hessian(f)(point)
    with pytest.raises(NonFiniteError):
        autograd.compile(lambda x: autograd.sum([y for row in hessian(f)(list(x)) for y in row])).input_grad(
            np.array(point)
        )


# (function, point, derivatives of order 0, 1, 2, …) at points that a guard is about
AT_A_GUARD: list[tuple[Callable[[Any], Any], float, list[float]]] = [
    (lambda x: x**0, 0.0, [1, 0, 0, 0]),
    (lambda x: x**2, 0.0, [0, 0, 2, 0]),
    (lambda x: autograd.xlogy(x, 0.0), 0.0, [0, 0]),
    (lambda x: autograd.xlogy(x, 2.0), 0.0, [0, math.log(2.0), 0]),
    (lambda x: autograd.logaddexp(x, -x), 0.0, [math.log(2.0), 0, 1, 0, -2]),
    (lambda x: autograd.logsumexp([x, -x]), 0.0, [math.log(2.0), 0, 1, 0, -2]),
    (lambda x: autograd.prod([x, x, x]), 0.0, [0, 0, 0, 6]),
    (lambda x: autograd.hypot(x, 0.0), 2.0, [2, 1, 0, 0]),
    (lambda x: autograd.hypot(3.0, x), 0.0, [3, 0, 1 / 3, 0]),
    (lambda x: autograd.clip(x, -1.0, 1.0) ** 2, 1.0, [1, 2, 2]),
    (autograd.sigmoid, 0.0, [0.5, 0.25, 0, -0.125]),
    (autograd.asin, 0.0, [0, 1, 0, 1]),
    (lambda x: autograd.std([x]), 1.5, [0, 0, 0]),
    (abs, 0.0, [0, 0, 0]),
    (lambda x: abs(x) ** 2, 0.0, [0, 0, 0]),  # docs/conventions.md
]


@pytest.mark.parametrize(("f", "x", "expected"), AT_A_GUARD)
def test_derivatives_at_a_guard(f: Any, x: float, expected: list[float]) -> None:
    found = []
    for _ in expected:
        found.append(f(x))
        f = grad(f)
    assert found == pytest.approx(expected, rel=1e-14, abs=0)


def test_softmax_of_ties_and_infinities() -> None:
    """The largest alone is computed otherwise than one of several."""
    assert jacobian(autograd.softmax)([1.0, 1.0]) == [[0.25, -0.25], [-0.25, 0.25]]
    assert autograd.log_softmax([-math.inf, 0.0, -math.inf]) == [-math.inf, 0.0, -math.inf]
    assert autograd.softmax([Value(1000.0), Value(0.0)])[0].data == 1.0
