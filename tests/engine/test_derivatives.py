"""Derivatives of derivatives: frozen to order 5, mixed in several variables, and never one level's for another's."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograd import (
    Value,
    cos,
    exp,
    gelu,
    grad,
    hessian,
    hvp,
    jacobian,
    log,
    no_grad,
    sigmoid,
    silu,
    sin,
    softplus,
    sqrt,
    tanh,
    value_and_grad,
)
from autograd.util.lazy_numpy import np

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "derivatives.json").read_text(encoding="utf-8"))
EPSILON = 2.0**-52

Function = Callable[..., Any]

# The file's expressions, over anything.
EXPRESSIONS: dict[str, Function] = {
    "x**3": lambda x: x**3,
    "tanh": tanh,
    "sin": sin,
    "exp(sin(x))": lambda x: exp(sin(x)),
    "x**x": lambda x: x**x,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "log": log,
    "1/(1+x*x)": lambda x: 1 / (1 + x * x),
    "sqrt(1+x*x)": lambda x: sqrt(1 + x * x),
    "gelu": gelu,
    "silu": silu,
}
FROZEN = [(entry["expression"], entry["x"], entry["orders"]) for entry in REFERENCE["derivatives"]]


def of_order(f: Function, order: int) -> Function:
    for _ in range(order):
        f = grad(f)
    return f


def close(a: float, b: float, relative: float = 1e-12, floor: float = 0.0) -> bool:
    return a == b or abs(a - b) <= relative * abs(b) + floor


# ── frozen numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_frozen_expression_is_run() -> None:
    assert {expression for expression, _, _ in FROZEN} == set(EXPRESSIONS)


@pytest.mark.parametrize(("expression", "x", "orders"), FROZEN, ids=[f"{name}-{x}" for name, x, _ in FROZEN])
def test_nested_gradients_are_the_frozen_derivatives(expression: str, x: float, orders: list[float]) -> None:
    assert len(orders) == 6
    f = EXPRESSIONS[expression]
    for order, expected in enumerate(orders):
        got = of_order(f, order)(x)
        assert type(got) is float
        # No absolute floor: a derivative that is exactly 0 (x³ from order 4 on) must come out as 0.
        assert close(got, float(expected), 1e-12 if order < 2 else 1e-9), f"order {order}: {got}, frozen {expected}"


@pytest.mark.parametrize(("expression", "x", "orders"), FROZEN, ids=[f"{name}-{x}" for name, x, _ in FROZEN])
def test_one_evaluation_gives_every_order(expression: str, x: float, orders: list[float]) -> None:
    """Each level hands its value and its gradient to the next: all orders up to 5 from one call."""

    def with_lower_orders(f: Function) -> Function:
        def collected(x: Any) -> Any:
            lower = []

            def top(x: Any) -> Any:
                *below, highest = f(x)
                lower.extend(below)
                return highest

            value, slope = value_and_grad(top)(x)
            return [*lower, value, slope]

        return collected

    tower: Function = lambda x: [EXPRESSIONS[expression](x)]  # noqa: E731
    for _ in range(5):
        tower = with_lower_orders(tower)
    got = [number.data if isinstance(number, Value) else number for number in tower(x)]
    assert all(close(a, float(b), 1e-9) for a, b in zip(got, orders, strict=True)), (got, orders)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_gradient_along_a_line_through_an_array(expression: str) -> None:
    """The gradient of a sum over an array is the array of derivatives; its hessian is diagonal."""
    entries = [(x, orders) for name, x, orders in FROZEN if name == expression]
    points = np.array([x for x, _ in entries])

    def total(xs: Any) -> Any:
        return sum(EXPRESSIONS[expression](x) for x in xs)

    assert np.allclose(grad(total)(points), [orders[1] for _, orders in entries], rtol=1e-12, atol=0)
    assert np.allclose(hessian(total)(points), np.diag([orders[2] for _, orders in entries]), rtol=1e-9, atol=0)


# ── no level's derivative is taken for another's ────────────────────────────────────────────────────────────────────


def test_siskind_and_pearlmutter() -> None:
    """d/dx x·(d/dy (x + y)) at 1: 1, and 2 where the two perturbations are confused (Siskind & Pearlmutter 2005)."""
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda x: x)(2.0))(3.0) == 1.0


# (what it shows, function, point, derivative); d/dy is the inner gradient
CONFUSABLE: list[tuple[str, Function, float, float]] = [
    ("d/dx x·d/dy(x·y)", lambda x: x * grad(lambda y: x * y)(2.0), 3.0, 6.0),
    ("d/dx x·d/dy(x·y²)", lambda x: x * grad(lambda y: x * y * y)(2.0), 3.0, 24.0),
    ("the inner point depends on x", lambda x: grad(lambda y: y**3)(x * x), 2.0, 12 * 2.0**3),
    ("the inner point and function do", lambda x: grad(lambda y: x * y**2)(x), 3.0, 12.0),
    ("the inner function ignores y", lambda x: x * grad(lambda y: x * x)(5.0) + x, 3.0, 1.0),
    ("the inner function is a number", lambda x: x + grad(lambda y: 4.0)(x), 3.0, 1.0),
    ("the inner function is the variable", lambda x: x * grad(lambda y: y)(x), 3.0, 1.0),
    ("the outer is inside twice", lambda x: grad(lambda y: grad(lambda z: x * y * z)(y))(x), 2.0, 1.0),
    ("three levels", lambda x: grad(lambda y: y * grad(lambda z: x * y * z * z)(z_of(x, y)))(x), 2.0, 120.0),
    ("siblings", lambda x: grad(lambda y: x * y * y)(2.0) * grad(lambda z: x * x * z)(7.0), 3.0, 4 * 27.0),
    ("a gradient handed on", lambda x: grad(lambda y: sin(x * y))(2.0) - x * cos(2 * x), 0.7, 0.0),
    ("a value of the inner level", lambda x: value_and_grad(lambda y: x * x * y)(x)[0], 2.0, 12.0),
    ("both of one call", lambda x: sum(value_and_grad(lambda y: x * x * y)(x)), 2.0, 16.0),
    ("a jacobian inside", lambda x: jacobian(lambda y: [x * y[0], y[1] * y[0]])([x, x])[1][1], 3.0, 1.0),
    ("a hessian inside", lambda x: hessian(lambda y: x * x * y**3)(x), 2.0, 18 * 2.0**2),
    ("hvp inside", lambda x: hvp(lambda y: y[0] ** 3 * x)([x], [x])[0], 2.0, 18 * 2.0**2),
]


def z_of(x: Any, y: Any) -> Any:
    return x + y


@pytest.mark.parametrize(
    ("f", "x", "expected"), [case[1:] for case in CONFUSABLE], ids=[case[0] for case in CONFUSABLE]
)
def test_perturbations_are_not_confused(f: Function, x: float, expected: float) -> None:
    assert close(grad(f)(x), expected, 1e-14, floor=1e-15)
    through_a_level = grad(lambda t: value_and_grad(f)(t)[0])
    assert close(through_a_level(x), expected, 1e-14, floor=1e-15)
    reached_by_backward = Value(x)
    f(reached_by_backward).backward()  # the user's own Values are one more level, below all transforms
    assert close(reached_by_backward.grad, expected, 1e-14, floor=1e-15)


def test_a_value_that_is_closed_over() -> None:
    """A gradient that depends on the user's Values is made of Values, at any order."""
    w = Value(3.0)
    slope = grad(lambda x: w * x**3)(2.0)
    assert type(slope) is Value
    assert slope.data == 36.0
    slope.backward()
    assert w.grad == 12.0
    w.grad = 0.0
    curvature = grad(grad(lambda x: w * w * x**3))(2.0)
    curvature.backward()
    assert (curvature.data, w.grad) == (9 * 12.0, 6 * 12.0)


def test_a_gradient_penalty() -> None:
    """The square of the input gradient's norm, differentiated in the weights (Gulrajani et al. 2017, equation 3)."""

    def penalty(w: Sequence[Any]) -> Any:
        slopes = grad(lambda x: tanh(w[0] * x[0] + w[1] * x[1]))([0.3, -0.8])
        return sum(slope * slope for slope in slopes)

    weights = [0.7, -0.4]
    z = 0.7 * 0.3 + 0.4 * 0.8
    t = math.tanh(z)
    norm, first, second = 0.7**2 + 0.4**2, (1 - t * t) ** 2, -4 * t * (1 - t * t) ** 2
    expected = [2 * w * first + norm * second * x for w, x in zip(weights, [0.3, -0.8], strict=True)]
    got = grad(penalty)(weights)
    assert all(close(a, b, 1e-13) for a, b in zip(got, expected, strict=True))
    leaves = [Value(w) for w in weights]
    penalty(leaves).backward()
    assert [leaf.grad for leaf in leaves] == got


def test_levels_of_calls_that_are_over_are_forgotten() -> None:
    """A transform's Values that get out of it are constants to every later one."""
    leaked = []

    def f(x: Any) -> Any:
        leaked.append(x)
        return x * x

    assert grad(f)(3.0) == 6.0
    assert grad(lambda y: y * y)(2.0) == 4.0
    assert grad(lambda y: leaked[0].data * y)(2.0) == 3.0
    assert grad(lambda x: x * grad(f)(x))(3.0) == 12.0


def test_no_grad_inside_and_around_a_transform() -> None:
    def half_hidden(x: Any) -> Any:
        with no_grad():
            hidden = x * x
        return hidden * x

    assert grad(half_hidden)(3.0) == 9.0
    with no_grad():
        assert grad(lambda x: x**3)(2.0) == 12.0
        assert of_order(lambda x: x**3, 2)(2.0) == 12.0

    def inner_hidden(x: Any) -> Any:
        with no_grad():
            slope = grad(lambda y: x * y * y)(2.0)  # begun inside: it differentiates; x is not tracked
        return slope * x

    assert grad(inner_hidden)(3.0) == 12.0


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_the_same_function_object_at_every_level(order: int) -> None:
    """grad is a function of functions: the order of nesting, and who holds which, does not matter."""
    derivatives = [tanh]
    for _ in range(order):
        derivatives.append(grad(derivatives[-1]))
    again = of_order(tanh, order)
    assert derivatives[-1](0.3) == again(0.3) == again(0.3)
    assert derivatives[0](0.3) == math.tanh(0.3)


# ── several variables ───────────────────────────────────────────────────────────────────────────────────────────────


def polynomial(x: Any, y: Any, z: Any) -> Any:
    return x**3 * y**2 * z + x * y * z**4


def of_polynomial(powers: tuple[int, int, int], x: float, y: float, z: float) -> float:
    """The derivative of the polynomial, its terms c·xᵃyᵇzᶜ differentiated by the power rule."""
    total = 0.0
    for exponents in ((3, 2, 1), (1, 1, 4)):
        term = 1.0
        for base, exponent, order in zip((x, y, z), exponents, powers, strict=True):
            term *= math.perm(exponent, order) * base ** (exponent - order) if order <= exponent else 0.0
        total += term
    return total


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_mixed_partial_derivatives_in_every_order_of_differentiation(order: int) -> None:
    point = (1.5, -0.7, 1.2)
    for path in itertools.product(range(3), repeat=order):
        if order == 5 and path[0] > path[-1]:
            continue  # half of the 243 are enough
        f: Function = polynomial
        for position in path:
            f = grad(f, position)
        expected = of_polynomial((path.count(0), path.count(1), path.count(2)), *point)
        assert close(f(*point), expected, 1e-12, floor=8 * EPSILON), path


MIXED: list[tuple[str, Function, Function, tuple[float, float]]] = [
    # ∂²f/∂x∂y written by hand
    ("exp(x·y)", lambda x, y: exp(x * y), lambda x, y: (1 + x * y) * math.exp(x * y), (0.5, -1.2)),
    ("x**y", lambda x, y: x**y, lambda x, y: x ** (y - 1) * (1 + y * math.log(x)), (1.7, 2.3)),
    ("sin(x)/y", lambda x, y: sin(x) / y, lambda x, y: -math.cos(x) / y**2, (0.4, 1.9)),
    ("log(x + y²)", lambda x, y: log(x + y * y), lambda x, y: -2 * y / (x + y * y) ** 2, (0.3, 0.8)),
    ("tanh(x)·y³", lambda x, y: tanh(x) * y**3, lambda x, y: (1 - math.tanh(x) ** 2) * 3 * y**2, (0.3, -1.1)),
]


@pytest.mark.parametrize(("f", "mixed", "point"), [case[1:] for case in MIXED], ids=[case[0] for case in MIXED])
def test_a_mixed_derivative_by_every_road(f: Function, mixed: Function, point: tuple[float, float]) -> None:
    expected, (x, y) = mixed(*point), point
    roads = [
        grad(grad(f, 0), 1)(x, y),
        grad(grad(f, 1), 0)(x, y),
        grad(lambda y: grad(lambda x: f(x, y))(x))(y),
        grad(lambda x: grad(lambda y: f(x, y))(y))(x),
        hessian(lambda v: f(*v))([x, y])[0][1],
        hessian(lambda v: f(*v))([x, y])[1][0],
        jacobian(grad(f, (0, 1)), 1)(x, y)[0],
        jacobian(grad(lambda v: f(*v)))(np.array([x, y]))[1, 0],
        hvp(lambda v: f(*v))([x, y], [0.0, 1.0])[0],
        hvp(lambda v: f(*v))([x, y], [1.0, 0.0])[1],
    ]
    assert all(close(road, expected, 1e-13) for road in roads), (roads, expected)


def test_a_hessian_of_many_variables() -> None:
    """Rosenbrock's function: the hessian is known, symmetric, and its product with a vector is hvp."""

    def rosenbrock(x: Any) -> Any:
        return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))

    x = np.array([1.2, -0.7, 0.4, 2.1])
    expected = np.zeros((4, 4))
    for i in range(3):
        expected[i, i] += 1200 * x[i] ** 2 - 400 * x[i + 1] + 2
        expected[i + 1, i + 1] += 200
        expected[i, i + 1] = expected[i + 1, i] = -400 * x[i]
    got = hessian(rosenbrock)(x)
    assert got.shape == (4, 4)
    assert np.allclose(got, expected, rtol=1e-13, atol=1e-12)
    direction = np.array([0.5, -1.0, 2.0, 0.25])
    assert np.allclose(hvp(rosenbrock)(x, direction), expected @ direction, rtol=1e-12)
    assert np.allclose(jacobian(grad(rosenbrock))(x), expected, rtol=1e-13, atol=1e-12)
    third = jacobian(hessian(rosenbrock))(x)
    assert third.shape == (4, 4, 4)
    assert np.allclose(third, np.transpose(third, (2, 0, 1)))
    assert close(third[0, 0, 0], 2400 * x[0])
    assert close(third[0, 0, 1], -400.0)


def test_structures_through_two_levels() -> None:
    """A gradient keeps the structure of its argument when it is differentiated again."""
    point = {"w": [0.5, -1.0], "b": 2.0}

    def f(p: Any) -> Any:
        return p["w"][0] ** 2 * p["b"] + exp(p["w"][1]) * p["b"] ** 2

    table = hessian(f)(point)
    e = math.exp(-1.0)
    assert table["w"][0] == {"w": [4.0, 0.0], "b": 1.0}
    assert close(table["w"][1]["w"][1], 4 * e)
    assert close(table["w"][1]["b"], 4 * e)
    assert close(table["b"]["w"][1], 4 * e)
    assert close(table["b"]["b"], 2 * e)
