"""From a function to its derivatives: every structure, every order, and nothing taken for something else."""

from __future__ import annotations

import cmath
import math
import sys
import threading
import types
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

import autograd
from autograd import NonFiniteError, Value, grad, gradcheck, hessian, hvp, jacobian, no_grad, value_and_grad
from autograd.util.lazy_numpy import np


class Line(NamedTuple):
    """A slope and an offset."""

    slope: Any
    offset: Any


def same(found: Any, expected: Any, rel: float = 1e-13) -> bool:
    """Equal numbers, in the same structure, of the same types all the way down."""
    if type(found) is not type(expected):
        return False
    if isinstance(expected, dict):
        return list(found) == list(expected) and all(same(found[key], expected[key], rel) for key in expected)
    if isinstance(expected, (list, tuple)):
        return len(found) == len(expected) and all(same(a, b, rel) for a, b in zip(found, expected, strict=True))
    if isinstance(expected, np.ndarray):
        alike = found.dtype == expected.dtype and found.shape == expected.shape
        return alike and np.allclose(found, expected, rtol=rel, atol=1e-14)
    return type(found) is float and math.isclose(found, expected, rel_tol=rel, abs_tol=1e-14)


def array(*numbers: Any) -> Any:
    return np.array(numbers, dtype=float)


# ── structures ──────────────────────────────────────────────────────────────────────────────────────────────────────

STRUCTURES: list[tuple[str, Callable[[Any], Any], Any, Any]] = [
    ("float", lambda x: x**3, 2.0, 12.0),
    ("int", lambda x: x**3, 2, 12.0),
    ("bool", lambda x: 3 * x, True, 3.0),
    ("NumPy scalar", lambda x: x**3, np.float32(2), 12.0),
    ("0-d array", lambda x: x**3, np.array(2.0), 12.0),
    ("0-d int array", lambda x: x**3, np.array(2), 12.0),
    ("list", lambda x: x[0] * x[1], [2.0, 5.0], [5.0, 2.0]),
    ("list of ints", lambda x: x[0] * x[1], [2, 5], [5.0, 2.0]),
    ("tuple", lambda x: x[0] * x[1], (2.0, 5.0), (5.0, 2.0)),
    ("empty list", lambda x: 3.0, [], []),
    ("dict", lambda p: p["w"] * p["b"], {"w": 2.0, "b": 5.0}, {"w": 5.0, "b": 2.0}),
    ("dict of any keys", lambda p: p[1] * p["b", 0], {1: 2.0, ("b", 0): 5.0}, {1: 5.0, ("b", 0): 2.0}),
    ("OrderedDict", lambda p: p["w"] * 3, OrderedDict(w=2.0, b=5.0), OrderedDict(w=3.0, b=0.0)),
    ("namedtuple", lambda p: p.slope * 7 + p.offset, Line(2.0, 5.0), Line(7.0, 1.0)),
    ("array", lambda x: (x * x).sum(), array(1, 2, 3), array(2, 4, 6)),
    ("int array", lambda x: (x * x).sum(), np.array([1, 2, 3]), array(2, 4, 6)),
    ("float32 array", lambda x: (x * x).sum(), np.array([1, 2, 3], dtype=np.float32), array(2, 4, 6)),
    ("2-D array", lambda x: np.sum(x**2), array([1, 2], [3, 4]), array([2, 4], [6, 8])),
    ("3-D array", lambda x: x[1, 0, 1] * 5, np.ones((2, 1, 2)), array([[0, 0]], [[0, 5]])),
    ("strided array", lambda x: x[0, 1] * 5, np.ones((2, 3)).T, array([0, 5], [0, 0], [0, 0])),
    ("object array", lambda x: x[0] * x[1], np.array([2.0, 5], dtype=object), array(5, 2)),
    (
        "nested",
        lambda p: p["layers"][0].slope * p["layers"][1].offset[1] + p["scale"] ** 2,
        {"layers": [Line(2.0, (1.0, 2.0)), Line(3.0, array(4, 5))], "scale": 6},
        {"layers": [Line(5.0, (0.0, 0.0)), Line(0.0, array(0, 2))], "scale": 12.0},
    ),
]


@pytest.mark.parametrize(("f", "x", "expected"), [row[1:] for row in STRUCTURES], ids=[row[0] for row in STRUCTURES])
def test_a_gradient_has_the_structure_of_its_argument_and_is_made_of_floats(
    f: Callable[[Any], Any], x: Any, expected: Any
) -> None:
    assert same(grad(f)(x), expected)
    value, gradient = value_and_grad(f)(x)
    assert same(gradient, expected)
    assert same(value, float(f(x)))


@pytest.mark.parametrize(("f", "x"), [row[1:3] for row in STRUCTURES], ids=[row[0] for row in STRUCTURES])
def test_gradcheck_takes_every_structure(f: Callable[[Any], Any], x: Any) -> None:
    assert gradcheck(f, (x,)) is True
    assert gradcheck(f, (x,), order=2) is True


def test_the_argument_is_left_as_it_was() -> None:
    weights, table = {"w": [1.0, 2.0]}, array(1, 2)
    grad(lambda p, t: p["w"][0] * t[1], (0, 1))(weights, table)
    assert weights == {"w": [1.0, 2.0]}
    assert table.dtype == float and table.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("one", [lambda x: x * 2, lambda x: np.sum([x, x]), lambda x: np.array(x) * 2])
def test_a_function_may_return_its_number_in_any_way(one: Callable[[Any], Any]) -> None:
    assert same(value_and_grad(one)(3.0), (6.0, 2.0))


def test_a_zero_dimensional_array_of_a_value_is_a_number() -> None:
    assert same(value_and_grad(lambda x: np.where(x > 0, x * 3, 0.0))(2.0), (6.0, 3.0))
    assert same(jacobian(lambda x: [np.array(x), x * 2])(2.0), [1.0, 2.0])


@pytest.mark.parametrize("constant", [7, 7.0, np.float64(7), np.int32(7), np.array(7.0), Value(7.0).data])
def test_the_gradient_of_a_constant_is_zero(constant: Any) -> None:
    assert same(value_and_grad(lambda x: constant)(3.0), (7.0, 0.0))
    assert same(grad(lambda x: constant)({"w": [1.0, 2.0]}), {"w": [0.0, 0.0]})
    assert same(grad(lambda x: constant)(array(1, 2)), array(0, 0))
    assert same(jacobian(lambda x: [constant, x])(3.0), [0.0, 1.0])
    assert same(hessian(lambda x: constant)([1.0, 2.0]), [[0.0, 0.0], [0.0, 0.0]])
    assert same(hvp(lambda x: constant)(1.0, 1.0), 0.0)


# ── arguments ───────────────────────────────────────────────────────────────────────────────────────────────────────


def volume(x: Any, y: Any, z: Any = 10.0, *, scale: Any = 1.0) -> Any:
    return x * y**2 * z * scale


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 90.0),
        (1, 120.0),
        (2, 18.0),
        (-1, 18.0),
        (np.int64(1), 120.0),
        (-3, 90.0),
        ((0,), (90.0,)),
        ((0, 2), (90.0, 18.0)),
        ((2, 0), (18.0, 90.0)),
        ([1, -1], (120.0, 18.0)),
        ((-3, -2, -1), (90.0, 120.0, 18.0)),
        ((), ()),
    ],
)
def test_argnums_choose_what_is_differentiated(argnums: Any, expected: Any) -> None:
    assert same(grad(volume, argnums)(2.0, 3.0, 10.0), expected)
    assert same(value_and_grad(volume, argnums)(2.0, 3.0, 10.0), (180.0, expected))
    assert same(jacobian(volume, argnums)(2.0, 3.0, 10.0), expected)


@pytest.mark.parametrize("argnums", [(0, 0), (0, -2)])
def test_an_argument_named_twice_never_loses_its_gradient(argnums: tuple[int, int]) -> None:
    """Both places hold it, or the call is refused."""
    try:
        found = grad(lambda x, y: x * y, argnums)(2.0, 3.0)
    except ValueError:
        return
    assert same(found, (3.0, 3.0))


def test_keywords_are_passed_on() -> None:
    assert same(grad(volume)(2.0, 3.0, z=5.0, scale=2), 90.0)
    assert same(value_and_grad(volume)(2.0, y=3.0, scale=2.0), (360.0, 180.0))
    assert same(jacobian(volume, 1)(2.0, 3.0, scale=0.5), 60.0)
    assert same(hessian(volume, 1)(2.0, 3.0, scale=0.5), 20.0)
    assert same(hvp(volume, 1)(2.0, 3.0, 2.0, scale=0.5), 40.0)


def test_an_argument_that_is_not_differentiated_may_be_anything() -> None:
    assert same(grad(lambda x, name, table: x * len(name) * table["k"], 0)(2.0, "abc", {"k": 4}), 12.0)


def test_a_transform_is_named_after_its_function() -> None:
    assert "volume" in grad(volume).__name__
    assert "volume" in (hessian(volume).__doc__ or "")
    assert "grad" in grad(volume).__name__


# ── values from outside ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gradient_that_depends_on_a_value_outside_is_a_value() -> None:
    a = Value(3.0, label="a")
    slope = grad(lambda x: a * x * x)(2.0)
    assert type(slope) is Value
    assert slope.data == 12.0
    slope.backward()
    assert a.grad == 4.0


def test_a_structure_of_gradients_that_depend_on_values() -> None:
    a = Value(3.0)
    value, gradient = value_and_grad(lambda p: a * p["x"] ** 2 + p["y"])({"x": 2.0, "y": 1.0})
    assert (type(value), value.data) == (Value, 13.0)
    assert gradient["x"].data == 12.0
    assert gradient["y"] == 1.0
    (value + gradient["x"]).backward()
    assert a.grad == 4.0 + 4.0
    rows = grad(lambda x: (a * x * x).sum())(array(1, 2))
    assert isinstance(rows, np.ndarray) and [x.data for x in rows] == [6.0, 12.0]


def test_a_derivative_in_the_loss_is_differentiated_in_the_parameters() -> None:
    """A network's slope in its input, as in physics-informed training: u = w·x², u′ = 2wx."""
    w = Value(0.5)
    loss = (grad(lambda x: w * x * x)(3.0) - 1.0) ** 2
    loss.backward()
    assert (loss.data, w.grad) == (4.0, 2 * 2.0 * 6.0)
    curvature = hessian(lambda x: w * x**3)(2.0)
    curvature.backward()
    assert (curvature.data, w.grad) == (6.0, 24.0 + 12.0)


def test_an_argument_that_is_a_value_gives_a_value() -> None:
    x = Value(2.0)
    slope = grad(lambda x: x**3)(x)
    assert (type(slope), slope.data) == (Value, 12.0)
    slope.backward()
    assert x.grad == 12.0
    mixed = grad(lambda p: p[0] ** 3 * p[1])([Value(2.0), 5.0])
    assert mixed[0].data == 60.0


def test_a_value_outside_keeps_its_own_gradient() -> None:
    a = Value(3.0)
    a.grad = 17.0
    grad(lambda x: a * x)(2.0)
    jacobian(lambda x: [a * x, x])(2.0)
    hessian(lambda x: a * x * x)(2.0)
    assert a.grad == 17.0


# ── jacobians ───────────────────────────────────────────────────────────────────────────────────────────────────────

MATRIX = array([1, -2, 0.5], [3, 0, -1])

JACOBIANS: list[tuple[str, Callable[[Any], Any], Any, Any]] = [
    ("number of number", lambda x: x * x, 3.0, 6.0),
    ("list of number", lambda x: [x, x * x], 3.0, [1.0, 6.0]),
    ("number of list", lambda x: x[0] * x[1], [2.0, 5.0], [5.0, 2.0]),
    ("list of list", lambda x: [x[0] * x[1], x[0]], [2.0, 5.0], [[5.0, 2.0], [1.0, 0.0]]),
    ("dict of tuple", lambda x: {"p": x[0] * x[1]}, (2.0, 5.0), {"p": (5.0, 2.0)}),
    ("namedtuple of dict", lambda d: Line(d["a"] * 2, 1.0), {"a": 3.0}, Line({"a": 2.0}, {"a": 0.0})),
    ("array of number", lambda x: np.array([x, x * x]), 3.0, array(1, 6)),
    ("number of array", lambda x: (x * x).sum(), array(1, 2), array(2, 4)),
    ("array of array", lambda x: x * x, array(1, 2), array([2, 0], [0, 4])),
    ("list of array", lambda x: [x[0], x[1] * 3], array(1, 2), [array(1, 0), array(0, 3)]),
    ("matrix product", lambda x: MATRIX @ x, array(0.3, 0.7, -2), MATRIX),
    ("product from the left", lambda x: x @ MATRIX, array(0.3, 0.7), MATRIX.T),
    ("matrix of a vector", lambda x: np.outer(x, [1.0, 2.0]), array(3, 4), array([[1, 0], [2, 0]], [[0, 1], [0, 2]])),
    ("array of tuple", lambda x: np.array([x[0] * x[1], x[0]]), (2.0, 5.0), (array(5, 1), array(2, 0))),
    (
        "array of dict of arrays",
        lambda p: p["A"] @ p["b"] * p["c"],
        {"A": MATRIX, "b": array(1, 2, 3), "c": 2.0},
        {"A": np.einsum("ij,k->ijk", 2 * np.eye(2), array(1, 2, 3)), "b": 2 * MATRIX, "c": array(-1.5, 0)},
    ),
    ("dict of an array, of array", lambda x: {"a": x * x}, array(1, 2), {"a": array([2, 0], [0, 4])}),
    ("nested result", lambda x: {"a": [x * 2, (x * 3,)]}, 1.0, {"a": [2.0, (3.0,)]}),
]  # fmt: skip


@pytest.mark.parametrize(("f", "x", "expected"), [row[1:] for row in JACOBIANS], ids=[row[0] for row in JACOBIANS])
def test_a_jacobian_is_the_results_structure_of_the_arguments(f: Callable[[Any], Any], x: Any, expected: Any) -> None:
    assert same(jacobian(f)(x), expected)


def test_a_jacobian_of_arrays_has_the_shape_of_both() -> None:
    x = np.arange(6.0).reshape(2, 3)
    found = jacobian(lambda x: MATRIX @ x.T)(x)
    assert found.shape == (2, 2, 2, 3)
    expected = np.einsum("ik,jl->ijlk", MATRIX, np.eye(2))
    assert same(found, expected)


@pytest.mark.parametrize(("outputs", "inputs"), [(0, 2), (2, 0)])
def test_a_jacobian_of_no_numbers_has_a_shape_too(outputs: int, inputs: int) -> None:
    made = jacobian(lambda x: np.zeros(outputs))(np.ones(inputs))
    assert made.shape == (outputs, inputs)


def test_a_jacobian_in_several_arguments() -> None:
    found = jacobian(lambda x, y: [x * y, x], argnums=(0, 1))(2.0, 5.0)
    assert same(found, [(5.0, 2.0), (1.0, 0.0)])
    found = jacobian(lambda x, y: x * y, argnums=(0, 1))(array(2, 3), array(5, 7))
    assert same(found, (array([5, 0], [0, 7]), array([2, 0], [0, 3])))


# ── second derivatives ──────────────────────────────────────────────────────────────────────────────────────────────


def rosenbrock(x: Any) -> Any:
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


ROSENBROCK_HESSIAN = [[2 + 1200 * 1.44 - 400 * 1.0, -480.0], [-480.0, 200.0]]  # at (1.2, 1.0)


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: x**3, 2.0, 12.0),
        (rosenbrock, [1.2, 1.0], ROSENBROCK_HESSIAN),
        (rosenbrock, (1.2, 1.0), tuple(map(tuple, ROSENBROCK_HESSIAN))),
        (rosenbrock, array(1.2, 1.0), array(*ROSENBROCK_HESSIAN)),
        (lambda p: p["a"] ** 2 * p["b"], {"a": 3.0, "b": 5.0}, {"a": {"a": 10.0, "b": 6.0}, "b": {"a": 6.0, "b": 0.0}}),
        (lambda p: p.slope * p.offset, Line(2.0, 5.0), Line(Line(0.0, 1.0), Line(1.0, 0.0))),
        (lambda x: 2 * x[0], [1.0, 2.0], [[0.0, 0.0], [0.0, 0.0]]),
        (lambda x: x @ MATRIX.T @ MATRIX @ x / 2, array(1, 2, 3), MATRIX.T @ MATRIX),
    ],
    ids=["number", "list", "tuple", "array", "dict", "namedtuple", "linear", "quadratic form"],
)
def test_a_hessian(f: Callable[[Any], Any], x: Any, expected: Any) -> None:
    assert same(hessian(f)(x), expected, rel=1e-12)


def test_a_hessian_of_a_dict_of_arrays_is_a_dict_of_dicts_of_arrays() -> None:
    def f(p: Any) -> Any:
        return ((p["W"] @ p["b"]) ** 3).sum() + p["b"].sum() ** 2

    W, b = array([0.5, -1], [2, 0.25]), array(1, 3)
    found = hessian(f)({"W": W, "b": b})
    as_one = hessian(lambda x: f({"W": x[:4].reshape(2, 2), "b": x[4:]}))(np.array([*W.ravel(), *b]))
    assert same(found["W"], {"W": as_one[:4, :4].reshape(2, 2, 2, 2), "b": as_one[:4, 4:].reshape(2, 2, 2)})
    assert same(found["b"], {"W": as_one[4:, :4].reshape(2, 2, 2), "b": as_one[4:, 4:]})


def test_a_hessian_in_chosen_arguments() -> None:
    assert same(hessian(lambda x, y: x * x * y**3, 1)(2.0, 3.0), 72.0)
    assert same(hessian(lambda x, y: x * x * y, (0, 1))(2.0, 3.0), ((6.0, 4.0), (4.0, 0.0)))
    assert hessian(lambda x: (x**3).sum())(np.ones((2, 2))).shape == (2, 2, 2, 2)


@pytest.mark.parametrize(
    ("x", "v", "expected"),
    [
        ([1.2, 1.0], [1.0, 0.0], [1330.0, -480.0]),
        ((1.2, 1.0), (0.0, 1.0), (-480.0, 200.0)),
        ([1.2, 1.0], [2, -1], [3140.0, -1160.0]),
        (array(1.2, 1.0), array(2, -1), array(3140, -1160)),
        (array(1.2, 1.0), np.array([2, -1]), array(3140, -1160)),
        ([1.2, 1.0], [0.0, 0.0], [0.0, 0.0]),
    ],
)
def test_a_hessian_times_a_vector(x: Any, v: Any, expected: Any) -> None:
    assert same(hvp(rosenbrock)(x, v), expected, rel=1e-12)


def test_a_hessian_times_a_vector_of_another_structure() -> None:
    assert same(hvp(lambda p: p["a"] ** 2 * p["b"])({"a": 3.0, "b": 5.0}, {"a": 1.0, "b": 2.0}), {"a": 22.0, "b": 6.0})
    assert same(hvp(lambda p: p["a"] ** 2 * p["b"])({"a": 3.0, "b": 5.0}, {"b": 2.0, "a": 1.0}), {"a": 22.0, "b": 6.0})
    assert same(hvp(lambda x: x**4)(2.0, 3.0), 144.0)
    assert same(hvp(lambda x, y: x * y**3, 1)(2.0, 3.0, 1.0), 36.0)
    assert same(hvp(lambda x, y: x * y**3, -1)(2.0, 3.0, 1.0), 36.0)
    assert same(hvp(lambda x, y: x * x * y, (0, 1))(2.0, 3.0, (1.0, 1.0)), (10.0, 4.0))


@pytest.mark.parametrize("seed", range(5))
def test_hvp_is_the_hessian_times_v(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, x, v = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=4)

    def f(x: Any) -> Any:
        return autograd.logsumexp(np.tanh(weights @ x)) * autograd.norm(x) + x[0] / (2 + x[1] ** 2)

    matrix = hessian(f)(x)
    assert np.allclose(matrix, matrix.T, rtol=1e-12, atol=1e-13)
    assert np.allclose(hvp(f)(x, v), matrix @ v, rtol=1e-12, atol=1e-13)
    step = 1e-5
    central = (grad(f)(x + step * v) - grad(f)(x - step * v)) / (2 * step)
    assert np.allclose(matrix @ v, central, rtol=1e-6, atol=1e-8)


# ── derivatives of derivatives ──────────────────────────────────────────────────────────────────────────────────────


def nth(f: Callable[[Any], Any], n: int) -> Callable[[Any], Any]:
    for _ in range(n):
        f = grad(f)
    return f


@pytest.mark.parametrize(
    ("f", "x", "orders"),
    [
        (lambda x: x**3, 2.0, [8, 12, 12, 6, 0, 0]),
        (lambda x: x * x * x, 2.0, [8, 12, 12, 6, 0, 0]),
        (autograd.tanh, 0.5, [0.4621171573, 0.7864477330, -0.7268619814, -0.5652092883, 3.952219564]),
        (lambda x: x**5, 2.0, [32, 80, 160, 240, 240, 120]),
        (autograd.sin, 0.7, [math.sin(0.7 + k * math.pi / 2) for k in range(6)]),
        (autograd.exp, -0.3, [math.exp(-0.3)] * 6),
        (lambda x: (2 * x).exp(), 0.1, [2**k * math.exp(0.2) for k in range(6)]),
        (lambda x: 1 / x, 2.0, [(-1) ** k * math.factorial(k) / 2 ** (k + 1) for k in range(6)]),
        (autograd.log, 2.0, [math.log(2), *((-1) ** (k - 1) * math.factorial(k - 1) / 2**k for k in range(1, 6))]),
        (lambda x: 2**x, 3.0, [8 * math.log(2) ** k for k in range(6)]),
        (lambda x: autograd.dot([x, x * x], [x, 3.0]), 2.0, [16, 16, 8, 0, 0, 0]),
        (lambda x: autograd.prod([x, x, x, x]), 2.0, [16, 32, 48, 48, 24, 0]),
        (lambda x: autograd.sigmoid(x), 0.0, [0.5, 0.25, 0.0, -0.125, 0.0, 0.25]),
        (lambda x: 3.0, 1.0, [3, 0, 0, 0, 0, 0]),
    ],
)
def test_derivatives_to_the_fifth_order(f: Callable[[Any], Any], x: float, orders: list[float]) -> None:
    assert value_and_grad(f)(x)[0] == pytest.approx(orders[0], rel=1e-9)
    for order, expected in enumerate(orders[1:], start=1):
        found = nth(f, order)(x)
        assert type(found) is float
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), order


def test_no_level_is_taken_for_another() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(3.0))(2.0) == 4.0
    assert grad(lambda x: grad(lambda y: y * y)(3.0) * x)(2.0) == 6.0
    assert grad(lambda x: grad(lambda y: y * y)(x) * x)(2.0) == 8.0
    assert grad(lambda x: grad(lambda x: x * x)(x) + grad(lambda y: x * x)(1.0))(5.0) == 2.0
    inner = grad(lambda x: grad(lambda y: grad(lambda z: x * y * y * z**3)(1.0))(2.0))(5.0)
    assert inner == 12.0


def test_a_value_that_leaves_its_level_is_a_constant_there() -> None:
    escaped: list[Any] = []
    grad(lambda x: escaped.append(x) or x * x)(3.0)
    assert grad(lambda y: y * escaped[0])(2.0).data == 3.0


def test_transforms_compose() -> None:
    assert same(jacobian(grad(rosenbrock))([1.2, 1.0]), ROSENBROCK_HESSIAN, rel=1e-12)
    assert same(grad(lambda x: jacobian(lambda y: [x * y, y * y])(x)[0] * x)(3.0), 6.0)
    assert same(grad(lambda x: hessian(lambda y: y**4)(x))(2.0), 48.0)
    assert same(grad(lambda x: hvp(lambda y: y**4)(x, 2.0))(3.0), 144.0)
    assert same(grad(lambda x: value_and_grad(lambda y: x * y * y)(x)[0])(2.0), 12.0)
    assert same(hessian(lambda x: grad(lambda y: (y**2 * x[0]).sum())(x)[1] * x[0])(array(1, 2)), array([8, 4], [4, 0]))


def test_a_newton_step_on_a_quadratic_ends_at_its_minimum() -> None:
    center, curvature = array(1.5, -2.0), array([3, 1], [1, 2])

    def f(x: Any) -> Any:
        return (x - center) @ curvature @ (x - center)

    start = array(10, 10)
    end = start - np.linalg.solve(hessian(f)(start), grad(f)(start))
    assert np.allclose(end, center, rtol=1e-12)
    assert np.allclose(grad(f)(end), 0.0, atol=1e-11)


# ── not finite, not tracked, at once ────────────────────────────────────────────────────────────────────────────────

NOT_FINITE: list[tuple[str, Callable[..., Any], Any]] = [
    ("grad", lambda **o: grad(autograd.log, **o)(0.0), math.inf),
    ("value_and_grad", lambda **o: value_and_grad(autograd.sqrt, **o)(0.0), (0.0, math.inf)),
    ("jacobian", lambda **o: jacobian(lambda x: [x, autograd.sqrt(x)], **o)(0.0), [1.0, math.inf]),
    ("hessian", lambda **o: hessian(lambda x: x**1.5, **o)(0.0), math.inf),
    ("hvp", lambda **o: hvp(lambda x: x**1.5, **o)(0.0, 1.0), math.inf),
    ("overflow", lambda **o: grad(lambda x: x * 1e200 * 1e200, **o)(1e-300), math.inf),
    ("one of several", lambda **o: grad(lambda x, y: x + y.sqrt(), (0, 1), **o)(1.0, 0.0), (1.0, math.inf)),
    ("in an array", lambda **o: grad(lambda x: x[0].sqrt() + x[1].sqrt(), **o)(array(0, 4)).tolist(), [math.inf, 0.25]),
]


@pytest.mark.parametrize(("call", "expected"), [row[1:] for row in NOT_FINITE], ids=[row[0] for row in NOT_FINITE])
def test_a_gradient_that_is_not_finite_is_refused_unless_allowed(call: Callable[..., Any], expected: Any) -> None:
    with pytest.raises(NonFiniteError):
        call()
    with pytest.raises(NonFiniteError):
        call(allow_nonfinite=False)
    assert call(allow_nonfinite=True) == expected


def test_what_is_finite_at_second_order_is_not_refused() -> None:
    assert hessian(lambda x: x**2)(0.0) == 2.0
    assert hessian(lambda x: autograd.where(x > 0, x.sqrt(), x * x))(0.0) == 2.0
    assert nth(lambda x: autograd.sin(x) ** 2, 2)(0.0) == pytest.approx(2.0)


@pytest.mark.parametrize(("f", "x", "expected"), [row[1:] for row in STRUCTURES], ids=[row[0] for row in STRUCTURES])
def test_transforms_differentiate_under_no_grad(f: Callable[[Any], Any], x: Any, expected: Any) -> None:
    with no_grad():
        assert same(grad(f)(x), expected)


def test_higher_orders_under_no_grad() -> None:
    with no_grad():
        assert same(hessian(rosenbrock)([1.2, 1.0]), ROSENBROCK_HESSIAN, rel=1e-12)
        assert same(hvp(rosenbrock)([1.2, 1.0], [1.0, 0.0]), [1330.0, -480.0], rel=1e-12)
        assert nth(autograd.exp, 4)(0.0) == 1.0
        assert gradcheck(autograd.tanh, 0.5, order=3)
        a = Value(2.0)
        assert grad(lambda x: a * x)(1.0)._prev == ()
    assert no_grad()(grad(lambda x: x**3))(2.0) == 12.0


def test_transforms_in_threads_do_not_meet() -> None:
    def work(k: int) -> list[float]:
        return [grad(lambda x: grad(lambda y: x * y**k)(x))(1.0 + i / 10) for i in range(20)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, range(2, 6)))
    for k, row in zip(range(2, 6), found, strict=True):
        assert row == pytest.approx([k * k * (1.0 + i / 10) ** (k - 1) for i in range(20)], rel=1e-12)


@pytest.mark.parametrize("place", range(1, 4))
def test_no_grad_cuts_whatever_another_thread_is_about_to_do(place: int) -> None:
    """Another thread begins a transform, is stopped at some place in it, and goes on inside this one's."""
    stopped, go_on = threading.Event(), threading.Event()
    places = 0

    def stop(frame: types.FrameType, event: str, _: Any) -> None:
        nonlocal places
        if frame.f_globals.get("__name__") == "autograd.core.modes" and event in ("call", "c_return"):
            places += 1
            if places == place:
                stopped.set()
                go_on.wait(0.2)

    def begin() -> None:
        sys.setprofile(stop)
        grad(lambda x: x)(1.0)
        sys.setprofile(None)

    def f(x: Any) -> Any:
        go_on.set()
        other.join()
        with no_grad():
            frozen = x * x
        return frozen * x

    other = threading.Thread(target=begin)
    other.start()
    stopped.wait(0.2)
    assert grad(f)(3.0) == 9.0


def test_a_function_that_raises_leaves_nothing_behind() -> None:
    def f(x: Any) -> Any:
        if x > 1:
            raise KeyError("stop")
        return x * x

    with pytest.raises(KeyError, match="stop"):
        grad(f)(2.0)
    assert grad(f)(0.5) == 1.0
    x = Value(2.0)
    (x * x).backward()
    assert x.grad == 4.0


# ── gradcheck on functions that are right ───────────────────────────────────────────────────────────────────────────

GOOD: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
    ("polynomial", lambda x: 3 * x**3 - x / 7 + 2, (1.3,)),
    ("two arguments", lambda x, y: x * y.sin() + x / y, (0.4, 1.9)),
    ("rational", lambda x: (x**2 - 1) / (x**2 + 1), (0.7,)),
    ("power of both", lambda x, y: x**y, (1.4, 2.3)),
    ("a used value", lambda x: x * x * x + x * x, (-0.8,)),
    ("neuron", lambda w, x, b: (autograd.dot(w, x) + b).tanh(), ([0.3, -0.5], [1.0, 2.0], 0.1)),
    ("array neuron", lambda w, x: np.tanh(w @ x).sum(), (array([0.3, -0.5], [0.2, 0.1]), array(1, 2))),
    ("softmax", lambda z: autograd.softmax(z), ([0.2, -1.0, 3.0],)),
    ("logsumexp", lambda z: autograd.logsumexp(z), ([0.2, -1.0, 3.0],)),
    ("norm", lambda z: autograd.norm(z), ([3.0, -4.0],)),
    ("structures", lambda p: {"a": p["x"] * p["y"][1], "b": [p["y"][0].exp()]}, ({"x": 2.0, "y": (0.1, 3)},)),
    ("namedtuple", lambda p, x: p.slope * x + p.offset, (Line(2.0, 1.0), 3.0)),
    ("branches", lambda x: x * 2 if x > 0 else x * 3, (0.5,)),
    ("no dependence", lambda x, y: x * 2, (1.0, 5.0)),
    ("constant", lambda x: 4.0, (1.0,)),
    ("far out", lambda x: x * x / 3, (1e6,)),
    ("large values", lambda x: 1e9 * x.sin(), (0.5,)),
    ("small values", lambda x: 1e-9 * x.sin() + x, (0.5,)),
    ("near the end of a domain", autograd.sqrt, (1e-3,)),
    ("near a pole", lambda x: 1 / x, (2e-3,)),
    ("logarithm near 0", autograd.log, (2e-3,)),
    ("steep", lambda x: (1000 * x).sin(), (0.3,)),
    ("steep exponential", lambda x: (200 * x).exp(), (0.01,)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "inputs"), [row[1:] for row in GOOD], ids=[row[0] for row in GOOD])
def test_gradcheck_passes_what_is_right(f: Callable[..., Any], inputs: tuple[Any, ...]) -> None:
    assert gradcheck(f, inputs) is True


@pytest.mark.parametrize(("f", "inputs"), [row[1:] for row in GOOD[:12]], ids=[row[0] for row in GOOD[:12]])
def test_gradcheck_passes_what_is_right_at_third_order(f: Callable[..., Any], inputs: tuple[Any, ...]) -> None:
    assert gradcheck(f, inputs, order=3) is True


@pytest.mark.parametrize("inputs", [2.0, 2, np.float64(2.0), np.array(2.0), Value(2.0), (2.0,), [2.0]], ids=repr)
def test_gradcheck_takes_one_argument_bare_or_in_a_tuple(inputs: Any) -> None:
    assert gradcheck(lambda x: x**3, inputs) is True


def test_gradcheck_takes_an_array_as_one_argument() -> None:
    assert gradcheck(lambda x: x @ x, array(1, 2, 3)) is True
    assert gradcheck(lambda x: np.tanh(x @ x.T).sum(), array([0.1, 0.2], [0.3, 0.4])) is True


@pytest.mark.parametrize(
    "f",
    [autograd.exp, autograd.sin, lambda x: x**5, lambda x: autograd.log(x) * autograd.sqrt(x), lambda x: 2**x / x],
    ids=["exp", "sin", "x**5", "log·sqrt", "2**x/x"],
)
def test_the_complex_step_is_exact_where_it_applies(f: Callable[..., Any]) -> None:
    """Im f(x + ih)/h reaches this tolerance; central differences, which cancel, do not."""
    for x in (0.37, 1.91, 5.3):
        assert gradcheck(f, x, rtol=1e-14, atol=0.0)


def test_operations_of_the_table_take_complex_numbers_for_the_complex_step() -> None:
    z = 0.4 + 1e-30j
    for name in ("exp", "log", "sin", "cos", "tanh", "sqrt"):
        assert getattr(autograd, name)(z) == pytest.approx(getattr(cmath, name)(z), rel=1e-14)
