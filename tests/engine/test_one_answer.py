"""One answer in every interpreter where Python, NumPy and IEEE 754 part: zeros with a sign, 1/0, ½ as an exponent."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from fixtures.without_numpy import numpy_is_there

import autograd
import nn
from autograd import RULES, Value, numeric, rule
from autograd.checking.complex_step import _ANALYTIC, NoComplexStep, Step
from autograd.util.lazy_numpy import np

INF, PI = math.inf, math.pi
Function = Callable[[Any], Any]


def answers(f: Function, point: Sequence[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, float]]:
    """f of a list of numbers: plain, of Values, of Values of Values; with NumPy, of arrays and compiled in each way."""
    yield "plain", float(f(list(point)))
    out = f([Value(x) for x in point])
    yield "eager", out.data if isinstance(out, Value) else float(out)
    yield "nested", autograd.value_and_grad(f, allow_nonfinite=True)(list(point))[0]
    if not numpy_is_there():
        return
    yield from (("arrays", x) for x in np.broadcast_to(f([np.full(2, x) for x in point]), 2).tolist())
    for way, few in (("lanes", 0), ("rows", 1 << 40)):
        monkeypatch.setattr("autograd.compiler.run.runner._FEW_LANES", few)
        program = autograd.compile(lambda x: f(list(x)))
        yield way, float(program(np.array(point)))
        yield from ((way, x) for x in program(np.array([point, point])).tolist())
        parameters = [Value(x) for x in point]
        yield way, float(autograd.compile(lambda: f(parameters))())  # noqa: B023  (called at once)


def chain(xs: Sequence[Any]) -> Any:
    return xs[0] + xs[1] + xs[2]


def products(xs: Sequence[Any]) -> Any:
    return xs[0] * 1.5 + xs[1] * 2.5 + xs[2]


def twice(xs: Sequence[Any]) -> Any:
    return autograd.sum([*xs, *xs])


def dot(xs: Sequence[Any]) -> Any:
    return autograd.dot(xs, [1.5, 2.0, 3.0])


@pytest.mark.parametrize("total", [autograd.sum, autograd.mean, twice, chain, products, dot])
@pytest.mark.parametrize(
    ("point", "angle"), [([-0.0, -0.0, -0.0], -PI), ([-0.0, 0.0, -0.0], PI), ([-0.0, -0.0, 0.0], PI)]
)
def test_a_sum_of_zeros_has_ieees_sign(
    total: Function, point: list[float], angle: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """−0 + −0 is −0, and any other sum that is zero is 0: told by the angle of the point (−1, sum)."""
    for way, answer in answers(lambda xs: autograd.atan2(total(xs), -1.0), point, monkeypatch):
        assert answer == angle, way
    for way, answer in answers(lambda xs: autograd.reciprocal(total(xs)), point, monkeypatch):
        assert answer == math.copysign(INF, angle), way


def test_pythons_own_sum_starts_from_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    for way, answer in answers(lambda xs: autograd.atan2(sum(xs), -1.0), [-0.0, -0.0], monkeypatch):
        assert answer == PI, way


@pytest.mark.parametrize(
    ("point", "root"),
    [([-INF, 0.5], INF), ([-0.0, 0.5], 0.0), ([4.0, 0.5], 2.0), ([-INF, 2.0], INF), ([-0.0, -1.0], -INF)],
)
def test_a_power_whose_exponent_may_be_a_half(point: list[float], root: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """C's pow, which IEEE 754 recommends: (−∞)^½ is ∞, (−0)^½ is 0. NumPy takes a square root: nan and −0."""
    for way, answer in answers(lambda xs: autograd.pow(xs[0], xs[1]), point, monkeypatch):
        assert answer == root and math.copysign(1.0, answer) == math.copysign(1.0, root), way


@pytest.mark.parametrize(
    ("point", "total"), [([-INF, -INF], -INF), ([INF, 0.0], INF), ([INF, -INF], INF), ([-INF, 3.0], 3.0)]
)
def test_an_infinite_logsumexp_that_is_compared(
    point: list[float], total: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comparison hides a nan, so a program's quick way must not have one where there is none."""

    def f(xs: Sequence[Any]) -> Any:
        found = autograd.logsumexp(xs)
        return autograd.where(found <= total, 1.0, 0.0) * autograd.where(found >= total, 1.0, 0.0)

    for way, answer in answers(f, point, monkeypatch):
        assert answer == 1.0, way


@pytest.mark.parametrize("nan", [math.nan, -math.nan])
def test_a_nan_has_no_sign(nan: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """IEEE 754 leaves the sign of a computed nan open, and Python, NumPy and the processor choose differently."""
    for way, answer in answers(lambda xs: autograd.copysign(*xs), [2.0, nan], monkeypatch):
        assert math.isnan(answer), way
    for way, answer in answers(lambda xs: autograd.copysign(2.0, autograd.asin(xs[0])), [2.0], monkeypatch):
        assert math.isnan(answer), way


COMPLEX = [complex(x, y) for x in (0.0, -1.0, 1.0, INF, 1e308) for y in (0.0, 1e-30, INF)]


@pytest.mark.parametrize("name", sorted(_ANALYTIC))
def test_the_complex_step_gives_no_warning(name: str) -> None:
    """NumPy's functions of complex numbers warn on their poles, outside of every array."""
    for number in COMPLEX:
        getattr(numeric, name)(number)
        getattr(autograd, name)(Step(number))


@pytest.mark.parametrize("name", ["pow", "atan2", "hypot"])
def test_the_complex_step_of_two_operands_gives_no_warning(name: str) -> None:
    for a, b in itertools.product(COMPLEX, COMPLEX):
        with contextlib.suppress(NoComplexStep):
            getattr(autograd, name)(Step(a), Step(b))


CROSSED: list[tuple[list[float], list[float]]] = [
    ([0.5, 2.0, -1.0], [-1.0, 0.0, 0.0, 1.0]), ([-5.0, 1e-300, -0.0], [0.0, 0.0, 0.0, 1.0]),
]  # fmt: skip
"""x, lo, hi in the wrong order; the value, which is hi, and the slopes."""


@pytest.mark.parametrize(("point", "expected"), CROSSED)
def test_computed_bounds_that_cross(point: list[float], expected: list[float]) -> None:
    """Plain ones are refused; an array's and a Value's are computed."""

    def f(xs: Sequence[Any]) -> Any:
        return autograd.clip(*xs)

    assert f([np.array([x]) for x in point]).tolist() == expected[:1]
    assert autograd.value_and_grad(f)(point) == (expected[0], expected[1:])
    program, batch = autograd.compile(f), np.array([point, point])
    assert program(batch).tolist() == expected[:1] * 2
    assert program.input_grad(batch).tolist() == [expected[1:]] * 2


def root_beside(x, y):
    return x * y**0.5, (y**0.5, 0.5 * x / y**0.5)


def ratio_of(x, y):
    return x / y, (1.0 / y, -x / y / y)


def large_power(x, y):
    return x * y**2, (y**2, 2.0 * x * y)


PLAIN = [0.0, -0.0, -8.0, 1e200]


@pytest.mark.parametrize("name", [x.name for x in RULES.values() if len(x.operands) == 2 and not x.sequences])
def test_a_plain_number_beside_values_and_arrays(name: str) -> None:
    """Where Python's float would raise (1/0, 1e200**2) or be complex, there is IEEE's answer beside anything."""
    check_beside(getattr(autograd, name))


@pytest.mark.usefixtures("own_rules")
@pytest.mark.parametrize("function", [root_beside, ratio_of, large_power], ids=lambda x: x.__name__)
def test_a_plain_number_in_a_rule_of_ones_own(function: Any) -> None:
    check_beside(rule(samples=[(1.5, 2.0)])(function))


def check_beside(operation: Any) -> None:
    for plain, place in itertools.product(PLAIN, (0, 1)):

        def f(x: Any, plain: float = plain, place: int = place) -> Any:
            return operation(*((plain, x) if place == 0 else (x, plain)))

        leaf = Value(1.5)
        out = f(leaf)
        out.backward(allow_nonfinite=True)
        assert np.array_equal(f(np.array([1.5])), [out.data], equal_nan=True)
        assert f(np.array([1.5], np.float32)).dtype == np.float32
        slope = autograd.grad(f, allow_nonfinite=True)
        assert np.array_equal(slope(1.5), leaf.grad, equal_nan=True)
        assert isinstance(autograd.grad(slope, allow_nonfinite=True)(1.5), float)


def test_the_branch_not_taken_divides_by_zero() -> None:
    f = autograd.hessian(lambda x: autograd.where(x[0] > 2, x[0] / 0.0, x[0] ** 2))
    assert f([1.0]) == [[2.0]]


LARGE = 10**400


@pytest.mark.parametrize(
    ("f", "point", "expected"),
    [
        (lambda x: x * 2.0, LARGE, INF),
        (lambda x: x[1] * 2.0, [1.0, -LARGE], -INF),
        (lambda x: autograd.where(x < LARGE, 3.0, x), 1.0, 3.0),
        (lambda x: autograd.leaky_relu(x, slope=LARGE), -1.0, -INF),
        (lambda x: LARGE, 1.0, INF),
        (lambda x: autograd.maximum(x, -LARGE), 1.0, 1.0),
    ],
)
def test_an_integer_too_large_for_a_float_is_infinite(f: Function, point: Any, expected: float) -> None:
    assert autograd.compile(f)(point) == expected
    assert autograd.value_and_grad(f, allow_nonfinite=True)(point)[0] == expected


def test_an_integer_too_large_for_a_float_beside_an_array() -> None:
    assert autograd.mul(np.array([1.0, -1.0]), LARGE).tolist() == [INF, -INF]


@pytest.mark.parametrize(  # mpmath's numbers
    ("x", "n", "expected"),
    [
        (300.0, 130, -5.7774048191382339e-105),
        (1000.0, 110, -1.5247406776133541e-154),
        (1e16, 20, -1.2164510040883212e-303),
        (50.0, 171, 7.6846353307342601e16),
        (1000.0, 171, 7.8957036584269082e-207),
        (-0.5, 170, -5.6127628949062967e276),
        (-0.5, 2, -0.82879664423432005),
        (-3.5, 4, -0.022300753478290834),
        (-27.486747244144397, 10, 4413383589.173399),
        (1e-200, 2, -INF),
        (-1e-200, 2, INF),
        (2.5, 10**400, -INF),
    ],
)
def test_a_polygamma_whose_factors_leave_the_floats(
    x: float, n: int, expected: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """n! overflows or ζ(n + 1, x) vanishes: their product does not."""
    for way, found in answers(lambda xs: autograd.polygamma(xs[0], n=n), [x], monkeypatch):
        assert found == pytest.approx(expected, rel=1e-15, abs=0), way


@pytest.mark.parametrize(
    ("f", "point", "expected"),
    [
        (lambda x: 1.0 / (autograd.cumsum(x)[0] + Value(-0.0)), [-0.0, 1.0], -INF),
        (lambda x: 1.0 / (autograd.pick(x[:2], x[2]) + Value(-0.0)), [-0.0, 1.0, 0.0], -INF),
        (lambda x: 1.0 / (autograd.pick(x[:2], x[2]) + Value(-0.0)), [1.0, 0.0, 1.0], INF),
        (lambda x: nn.cross_entropy(x[:2], x[2:]), [0.0, -INF, 0.0, 0.0], 0.0),
        (lambda x: nn.cross_entropy(x[:2], x[2:]), [-INF, 0.0, 0.0, 0.0], 0.0),
        (lambda x: nn.cross_entropy(x, [0.0, 0.0]), [-INF, 0.0], 0.0),
    ],
)
def test_zeros_that_are_summed_or_weigh_nothing(f: Function, point: list[float], expected: float) -> None:
    program = autograd.compile(lambda x: f(list(x)))
    plain = [point, list(map(Value, point))]
    found = [*map(f, plain), program(np.array(point)), *program(np.array([point] * 3))]
    assert [x.data if isinstance(x, Value) else x for x in found] == [expected] * len(found)


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (lambda x: autograd.clip(x, 0.0, INF), INF, 1.0),
        (lambda x: autograd.clip(x, -INF, 0.0), -INF, 1.0),
        (lambda x: autograd.clip(x, -INF, 0.0), INF, 0.0),
        (lambda x: autograd.clip(x, INF, INF), INF, 1.0),
        (lambda x: autograd.hardtanh(x, lo=0.0, hi=INF), INF, 0.0),
        (autograd.relu6, INF, 0.0),
    ],
)
def test_a_bound_that_is_infinite(f: Function, x: float, slope: float) -> None:
    gradient = autograd.value_and_grad(f, allow_nonfinite=True)
    program = autograd.compile(f)
    assert gradient(x)[1] == gradient(np.array(x))[1] == slope
    assert program.input_grad(np.array([x] * 3), allow_nonfinite=True).tolist() == [slope] * 3
    assert autograd.grad(lambda y: autograd.sigmoid(f(y)))(x) == 0.0
