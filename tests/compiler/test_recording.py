"""While a function is recorded: what becomes of its operations, its parameters and its stopped gradients."""

from __future__ import annotations

import inspect
import math
import pickle
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from fixtures.recorded import (
    array,
    assert_all_is_as_before,
    close,
    no_gradients,  # noqa: F401 (a fixture)
    p,
    w,
)

import autograd
import nn
from autograd import RecordingError, Value, grad, hessian, no_grad, value_and_grad

# ── what is recorded ────────────────────────────────────────────────────────────────────────────────────────────────

NUMBERS = [-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 5.0]

CONDITIONS: list[tuple[str, Callable[[Any], Any], Callable[[float], bool]]] = [
    (">", lambda x: x > 1, lambda x: x > 1),
    (">=", lambda x: x >= 1, lambda x: x >= 1),
    ("<", lambda x: x < 1, lambda x: x < 1),
    ("<=", lambda x: x <= 1, lambda x: x <= 1),
    ("number on the left", lambda x: 1 > x, lambda x: x < 1),  # noqa: SIM300
    ("NumPy number on the left", lambda x: np.float64(1) >= x, lambda x: x <= 1),
    ("NumPy number on the right", lambda x: x >= np.int64(1), lambda x: x >= 1),
    ("a parameter", lambda x: x > w, lambda x: x > 2),
    ("parameters alone", lambda x: w < p, lambda x: True),
    ("what is computed", lambda x: x * x > w + x, lambda x: x * x > 2 + x),
    ("==", lambda x: x == 1.5, lambda x: x == 1.5),
    ("!=", lambda x: x != 1, lambda x: x != 1),
    ("== of a computed", lambda x: x * x == 0.25, lambda x: x * x == 0.25),
    ("== on the left", lambda x: np.float32(0.5) == x, lambda x: x == 0.5),
    ("== a fraction", lambda x: x == Fraction(1, 2), lambda x: x == 0.5),
    ("== a third", lambda x: x == Fraction(1, 3), lambda x: False),
    ("!= nan", lambda x: x != math.nan, lambda x: True),
    ("== too large", lambda x: x == 10**400, lambda x: False),
    ("== a complex number", lambda x: (x == 2 + 0j) | (x == 5 + 1j), lambda x: x == 2),
    ("np.not_equal", lambda x: np.not_equal(x, 2.0), lambda x: x != 2),
    ("== in a gradient", lambda x: grad(lambda y: autograd.where(y == 0, 2 * y, -y))(x) > 0, lambda x: x == 0),
    ("&", lambda x: (x > 0) & (x < 1), lambda x: 0 < x < 1),
    ("|", lambda x: (x < 0) | (x > 1), lambda x: x < 0 or x > 1),
    ("^", lambda x: (x > 0) ^ (x > 1), lambda x: 0 < x <= 1),
    ("& |", lambda x: (x > 0) & (x < 1) | (x <= -1), lambda x: 0 < x < 1 or x <= -1),
    ("& True", lambda x: (x > 0) & True, lambda x: x > 0),
    ("False |", lambda x: False | (x > 0), lambda x: x > 0),
    ("np.less", lambda x: np.less(x, 1.0), lambda x: x < 1),
    ("np.greater_equal", lambda x: np.greater_equal(w, x), lambda x: x <= 2),
    ("np.isfinite", lambda x: np.isfinite(1 / x), lambda x: x != 0),
    ("np.isinf", lambda x: np.isinf(1 / x), lambda x: x == 0),
    ("np.isnan", lambda x: np.isnan(x.log()), lambda x: x < 0),
    ("a fraction", lambda x: x > random.choice([1, 1]), lambda x: x > 1),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "holds"), [row[1:] for row in CONDITIONS], ids=[row[0] for row in CONDITIONS])
def test_a_condition_is_computed_for_each_row(condition: Callable[[Any], Any], holds: Callable[[float], bool]) -> None:
    expected = [holds(x) for x in NUMBERS]
    assert autograd.compile(condition)(NUMBERS).tolist() == [float(x) for x in expected]
    choose = autograd.compile(lambda x: autograd.where(condition(x), w * x, x - p))
    assert choose(NUMBERS).tolist() == [2 * x if here else x - 5 for x, here in zip(NUMBERS, expected, strict=True)]
    assert choose.input_grad(NUMBERS).tolist() == [2.0 if here else 1.0 for here in expected]
    gradient = dict(zip(choose.parameters, choose.value_and_grad(NUMBERS)[1], strict=True))
    assert gradient[w] == close(sum(x for x, here in zip(NUMBERS, expected, strict=True) if here) / len(NUMBERS))
    assert gradient[p] == close(-expected.count(False) / len(NUMBERS))


def test_a_condition_of_plain_numbers_is_plain() -> None:
    seen = []

    def f(x):
        seen.append(2 > 1)
        seen.append(autograd.where(3.0 > 2.0, 7.0, 8.0))
        seen.append(grad(lambda y: y * y if y > 0 else y)(3.0))
        return x

    assert autograd.compile(f)(1.0) == 1.0
    assert seen == [True, 7.0, 6.0]


IDENTITY: list[Callable[[Any], Any]] = [
    lambda x: 2 * w if x in [p, x] else x,
    lambda x: 2 * w if x in {x: 1} else x,
    lambda x: 2 * w if x not in (w, p) else x,
    lambda x: 2 * w if x in np.array([w, x]) else x,
    lambda x: 2 * w if np.equal(x, w) else x,
    lambda x: 2 * w if x == w else x,
    lambda x: 2 * w if x != w else x,
    lambda x: 2 * w if x in ["1.5", None] else x,
    lambda x: 2 * w if x is w else x,
    lambda x: [x, w].index(w) * x,
    lambda x: {x: 3.0, w: 4.0}[x] * x,
]


@pytest.mark.parametrize("f", IDENTITY)
def test_equality_is_identity_as_ever(f: Callable[[Any], Any]) -> None:
    assert autograd.compile(f)([1.5, 7.0]).tolist() == [f(Value(1.5)).data, f(Value(7.0)).data]


WITH_A_NUMBER: list[Callable[[Any], Any]] = [
    lambda x: 2 * w if x == 1.5 else x,
    lambda x: 2 * w if x != 1.5 else x,
    lambda x: 2 * w if x in [p, 1.5] else x,
    lambda x: 2 * w if 1.5 in [x] else x,
    lambda x: 2 * w if np.float64(1.5) == x else x,
    lambda x: 2 * w if np.equal(x, 1.5) else x,
    lambda x: 2 * w if (np.array([x, w]) == 1.5).any() else x,
    lambda x: [x, w].index(1.5) * x,
]


@pytest.mark.parametrize("f", WITH_A_NUMBER)
def test_a_branch_on_equality_with_a_number_is_refused(f: Callable[[Any], Any]) -> None:
    with pytest.raises(RecordingError, match="cannot branch on a Value"):
        autograd.compile(f)([1.5, 7.0])


WAYS: list[tuple[str, Callable[[Any], Any]]] = [
    ("np.exp", lambda x: np.exp(x) * w),
    ("np.maximum", lambda x: np.maximum(x, w)),
    ("np.abs", lambda x: np.abs(x) * w),
    ("np.sign", lambda x: np.sign(x) * w),
    ("np.power", lambda x: np.power(2.0, x) * w),
    ("np.clip", lambda x: np.clip(x * w, -1.0, 1.0)),
    ("np.float64 *", lambda x: np.float64(3.0) * x * w),
    ("array of Values", lambda x: (array([x, w]) * array([w, 3.0]))[0]),
    ("an array's sum", lambda x: (array([x, 2 * x]) ** 2).sum() * w),
    ("np.dot", lambda x: np.dot(array([x, w]), array([2.0, x]))),
    ("@", lambda x: array([x, w]) @ array([w, x])),
    ("abs", lambda x: abs(x) * w),
    ("+", lambda x: +x * w),
    ("**", lambda x: abs(x) ** w),
    ("sum", lambda x: sum([x, w, 3.0])),
    ("methods", lambda x: x.sin().tanh().clip(-0.5, w)),
    ("print", lambda x: print(x, x * w, [x], x > 0) or x * w),
    ("repr", lambda x: [repr(x), str(x), repr(x > 0), repr(np.array([x]))] and x * w),
    ("format", lambda x: f"{x:.3f} {x!r} {x} {w:8}" and x * w),
    ("label", lambda x: setattr(x, "label", "name") or x * w),
    ("_prev and _op", lambda x: (x * w)._prev[1] * x if (x * w)._op == "*" else x),
    ("detach", lambda x: x.detach() * x * w),
    ("grad inside", lambda x: grad(lambda y: y**3 * w)(x)),
    ("grad of grad inside", lambda x: grad(grad(lambda y: y**3 * w))(x)),
    ("value_and_grad inside", lambda x: value_and_grad(lambda y: y.tanh() * w)(x)[1] * x),
    ("hessian inside", lambda x: hessian(lambda y: y[0] ** 2 * y[1] * w)([x, p])[0][1]),
    ("where inside of grad", lambda x: grad(lambda y: autograd.where(y > 0, y * y, w * y))(x)),
    ("a new leaf", lambda x: Value(3.0) * x * w),
    ("a comparison not used", lambda x: [x > 0, x < 1] and x * w),
]  # fmt: skip


@pytest.mark.parametrize("f", [row[1] for row in WAYS], ids=[row[0] for row in WAYS])
def test_what_is_recorded_computes_what_the_engine_computes(
    f: Callable[[Any], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = autograd.compile(f)
    for batch in ([0.75, -1.25, 2.5], [1.5]):
        inputs = [Value(x) for x in batch]
        outputs = [f(x) for x in inputs]
        assert recorded(batch) == close(np.array([y.data for y in outputs]))
        slopes, in_w = [], 0.0
        for x, y in zip(inputs, outputs, strict=True):
            w.grad = 0.0
            y.backward()
            slopes.append(x.grad)
            in_w += w.grad / len(batch)
        w.grad = 0.0
        assert recorded.input_grad(batch) == close(np.array(slopes))
        gradient = dict(zip(recorded.parameters, recorded.value_and_grad(batch)[1], strict=True))
        assert gradient.get(w, 0.0) == close(in_w)
    assert_all_is_as_before()


def test_what_is_random_is_so_once() -> None:
    source = random.Random(0)
    compiled = autograd.compile(lambda x: x * source.random())
    first = compiled([1.0, 2.0])
    assert first[1] == 2 * first[0] and compiled([1.0, 2.0]).tolist() == first.tolist()
    assert autograd.compile(lambda x: x * source.random())(1.0) != first[0]


def test_what_is_shown_is_the_first_rows_number(capsys: pytest.CaptureFixture[str]) -> None:
    autograd.compile(lambda x: print(f"{x:.1f}", x * w, sep=" | ") or x)([1.5, 3.0])
    assert capsys.readouterr().out == "1.5 | Value(3.0)\n"


# ── stopped gradients ───────────────────────────────────────────────────────────────────────────────────────────────


def frozen(x):
    with no_grad():
        return x * w + x.exp()


STOPPED: list[tuple[str, Callable[[Any], Any], Callable[[float], float], Callable[[float], float]]] = [
    ("detach", lambda x: (x * w).detach() * w * x, lambda x: 4 * x * x, lambda x: 2 * x * x),
    ("detach an input", lambda x: x.detach() * x * w, lambda x: 2 * x * x, lambda x: x * x),
    ("detach a parameter", lambda x: w.detach() * x * w, lambda x: 4 * x, lambda x: 2 * x),
    ("detach twice", lambda x: (x * w).detach().detach() * w, lambda x: 4 * x, lambda x: 2 * x),
    ("detach all", lambda x: (x * w).detach(), lambda x: 2 * x, lambda x: 0.0),
    ("detach a condition", lambda x: (x > 1).detach() * w, lambda x: 2.0 * (x > 1), lambda x: 1.0 * (x > 1)),
    ("no_grad inside", lambda x: frozen(x) * w, lambda x: 4 * x + 2 * math.exp(x), lambda x: 2 * x + math.exp(x)),
    ("a function under no_grad", lambda x: no_grad()(lambda y: y * w)(x) * w, lambda x: 4 * x, lambda x: 2 * x),
    ("grad under no_grad", lambda x: no_grad()(grad(lambda y: y * y * w))(x) * w, lambda x: 8 * x, lambda x: 4 * x),
    ("where under no_grad", lambda x: no_grad()(lambda y: autograd.where(y > 1, y, w))(x) * w,
     lambda x: 2 * (x if x > 1 else 2), lambda x: x if x > 1 else 2),
]  # fmt: skip


@pytest.mark.parametrize(("f", "value", "slope"), [row[1:] for row in STOPPED], ids=[row[0] for row in STOPPED])
def test_a_stopped_gradient_follows_the_numbers_of_each_row(
    f: Callable[[Any], Any], value: Callable[[float], float], slope: Callable[[float], float]
) -> None:
    recorded = autograd.compile(f)
    batch = [0.5, 3.0, -1.0]
    assert recorded(batch) == close(np.array([value(x) for x in batch]))
    assert recorded.parameters == (w,)
    assert recorded.value_and_grad(batch)[1] == close(np.array([np.mean([slope(x) for x in batch])]))


def test_a_function_compiled_or_called_under_no_grad_is_recorded_all_the_same() -> None:
    with no_grad():
        inside = autograd.compile(lambda x: w * x * x)
        assert inside([3.0, 1.0]).tolist() == [18.0, 2.0]
        assert inside.value_and_grad([3.0, 1.0])[1].tolist() == [5.0]
        assert inside.input_grad([3.0]).tolist() == [12.0]
        assert (w * 2)._prev == ()
    assert inside.value_and_grad([3.0, 1.0], write=True)[1].tolist() == [5.0]
    assert w.grad == 5.0
    assert (w * 2)._prev[0] is w


# ── programs inside of programs, and Values for arguments ───────────────────────────────────────────────────────────


def test_given_values_a_compiled_function_is_the_function_itself() -> None:
    line = autograd.compile(lambda x, y: (w * x - y) ** 2)
    x = Value(3.0)
    loss = line(x, 1.0)
    assert isinstance(loss, Value) and loss.data == 25.0
    loss.backward()
    assert (x.grad, w.grad) == (20.0, 30.0)
    assert line.programs == ()
    assert grad(line)(3.0, 1.0) == 20.0 or grad(line)(3.0, 1.0).data == 20.0


HOLDING: list[Any] = [
    [Value(1.0), Value(3.0)],
    (Value(1.0), 3.0),
    [1.0, Value(3.0)],
    np.array([Value(1.0), Value(3.0)]),
    np.array([1.0, Value(3.0)], dtype=object),
]


@pytest.mark.parametrize("argument", HOLDING, ids=["list", "first", "second", "array", "array, second"])
def test_values_are_found_in_arguments(argument: Any) -> None:
    two = autograd.compile(lambda xs: xs[0] * w + xs[1])
    assert isinstance(two(argument), Value) and two(argument).data == 5.0
    nested = autograd.compile(lambda d: d["a"]["b"][0] * w + d["a"]["b"][1])
    assert nested({"a": {"b": argument}}).data == 5.0
    deep = autograd.compile(lambda m: m[1][0] * w + m[1][1])
    assert deep([[1.0, 2.0], argument]).data == 5.0


def test_a_compiled_function_differentiates_and_nests() -> None:
    inner = autograd.compile(lambda x: w * x * x)
    assert float(Value(0.0).data + number(grad(inner)(3.0))) == 12.0
    assert number(grad(grad(inner))(3.0)) == 4.0
    inner([1.0, 2.0])
    outer = autograd.compile(lambda x, y: inner(x) * y + inner(inner(y)))
    assert outer.record(1.0, 1.0).parameters == (w,)
    for number_of_w in (2.0, 3.0):
        w.data = number_of_w
        expected = number_of_w * 9 * 2 + number_of_w**3 * 16
        assert outer([3.0], [2.0]).tolist() == [expected]
        assert outer.value_and_grad([3.0], [2.0])[1].tolist() == [18 + 3 * number_of_w**2 * 16]
    w.data = 2.0
    assert autograd.gradcheck(lambda x: outer(x, 2.0), 3.0)


def number(x: Any) -> float:
    return x.data if isinstance(x, Value) else x


@pytest.mark.parametrize(
    "call",
    [
        lambda inner, none: inner(2.0),
        lambda inner, none: none() * 2.0,
        lambda inner, none: inner([1.0, 2.0, 1.0][1]),
        lambda inner, none: inner(inner(1.0)) / w,
    ],
    ids=["number", "no inputs", "list element", "of its own result"],
)
def test_a_program_called_on_numbers_inside_another_follows_its_parameters(call: Callable[[Any, Any], Any]) -> None:
    inner, none = autograd.compile(lambda x: w * x), autograd.compile(lambda: w * 1.0)
    inner(1.0), none()
    outer = autograd.compile(lambda x: x + 2.0 * call(inner, none) / 2.0)
    for number_of_w in (2.0, 3.0):
        w.data = number_of_w
        expected = {2.0: 5.0, 3.0: 7.0}[number_of_w] if "/ w" not in inspect.getsource(call) else None
        value = outer([1.0])[0]
        w.data = 2.0
        assert value == close(expected if expected is not None else 1.0 + number_of_w)
    assert outer.parameters == (w,)


# ── the order of parameters ─────────────────────────────────────────────────────────────────────────────────────────


def test_each_parameter_is_there_once_in_the_order_of_recording() -> None:
    a, b, c = Value(2.0), Value(3.0), Value(5.0)
    compiled = autograd.compile(lambda x: (b * x + a) * b + c * 0.0 + a)
    orders = {compiled.record(1.0).parameters for _ in range(3)}
    assert orders == {compiled.parameters}
    assert sorted(map(id, compiled.parameters)) == sorted(map(id, (a, b, c)))
    gradient = dict(zip(compiled.parameters, compiled.value_and_grad([1.0, 3.0])[1], strict=True))
    assert gradient == {a: 4.0, b: 2.0 + 2 * 3.0 * 2.0, c: 0.0}


def accumulated(x: Any) -> Any:
    total = Value(0.0)
    for number in (1.0, 2.0):
        total = total + (w * Value(number) - x) ** 2
    return total


def with_a_first_state(x: Any) -> Any:
    state = Value(0.0)
    for _ in range(3):
        state = autograd.tanh(w * x + state * 0.5)
    return state


def without_derivatives(x: Any) -> Any:
    with no_grad():
        scale = Value(2.0) * Value(3.0)
    return scale * w * x


def in_a_module(x: Any) -> Any:
    return w * nn.MLP(1, [2, 1], activation="tanh", seed=0)([x])


MADE_INSIDE: dict[str, Callable[[Any], Any]] = {
    "a sum": accumulated,
    "a first state": with_a_first_state,
    "under no_grad": without_derivatives,
    "in a module": in_a_module,
    "alone": lambda x: Value(3.0) ** Value(2.0) + w * x,
    "in a sequence": lambda x: autograd.sum([Value(1.0), w, x, Value(2.0)]),
    "in a condition": lambda x: autograd.where(Value(1.0) > 0.5, w * x, x),
    "in a derivative": lambda x: grad(lambda t: t * t * Value(2.0) * w)(x),
    "detached": lambda x: Value(2.0).detach() * w * x,
    "unpickled": lambda x: pickle.loads(PICKLED) * w * x,
}
PICKLED = pickle.dumps(Value(2.0))


@pytest.mark.parametrize("f", MADE_INSIDE.values(), ids=MADE_INSIDE)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("batch", [1.5, [1.5], [0.5, -1.0, 1.5]], ids=str)
def test_a_value_made_while_recording_is_a_number(f: Callable[[Any], Any], dtype: str, batch: Any) -> None:
    compiled = autograd.compile(f, dtype=dtype)
    expected = [f(Value(x)) for x in np.atleast_1d(batch).tolist()]
    relative = 1e-12 if dtype == "float64" else 1e-4
    assert np.atleast_1d(compiled(batch)).tolist() == pytest.approx([x.data for x in expected], rel=relative)
    assert compiled.parameters == (w,)
    before, w.grad = w.grad, None
    autograd.mean(expected).backward()
    slope, w.grad = w.grad, before
    assert compiled.value_and_grad(batch)[1] == pytest.approx([slope], rel=relative)


def test_a_sum_of_squares_goes_to_zero_and_not_below() -> None:
    weight = Value(1.0)

    def loss() -> Any:
        total = Value(0.0)
        for x, y in ((1.0, 2.0), (2.0, 4.0)):
            total = total + (weight * x - y) ** 2
        return total

    compiled = autograd.compile(loss)
    theta = compiled.read()
    for _ in range(50):
        theta -= 0.05 * compiled.value_and_grad(parameters=theta)[1]
    assert compiled.parameters == (weight,)
    assert 0 <= compiled(parameters=theta) < 1e-12


def test_the_number_of_a_value_made_while_recording_is_not_set_later() -> None:
    made: list[Value] = []
    compiled = autograd.compile(lambda x: made.append(Value(2.0)) or made[0] * w * x)
    compiled(1.0)
    assert (made[0].is_constant, made[0].data, compiled.parameters) == (True, 2.0, (w,))
    with pytest.raises(RecordingError, match="a Value that was made while compiling") as caught:
        made[0].data = 3.0
    assert "try " in str(caught.value)
    for refuse in (nn.SGD, lambda found: autograd.compile(lambda x: x, parameters=found)):
        with pytest.raises(TypeError, match="a Value that was not computed"):
            refuse([made[0]])
    assert compiled(made[0]).data == 4.0 * w.data  # eagerly it is a leaf, as any


@pytest.mark.parametrize("give", [list, tuple, iter], ids=["list", "tuple", "iterator"])
def test_parameters_come_in_the_order_asked_for(give: Callable[[Any], Any]) -> None:
    a, b, unused = Value(2.0), Value(3.0), Value(7.0)
    compiled = autograd.compile(lambda x: a * x * b, parameters=give([unused, b, a, b]))
    assert compiled([1.0, 2.0]).tolist() == [6.0, 12.0]
    assert compiled.parameters == (unused, b, a)
    assert compiled.read().tolist() == [7.0, 3.0, 2.0]
    for theta in (None, np.array([0.0, 3.0, 2.0])):
        value, gradient = compiled.value_and_grad([1.0, 2.0], parameters=theta)
        assert (value, gradient.tolist()) == (9.0, [0.0, 3.0, 4.5])
    out = np.ones(3)
    assert compiled.value_and_grad([1.0, 2.0], out=out, write=True)[1] is out
    assert (out.tolist(), a.grad, b.grad) == ([0.0, 3.0, 4.5], 4.5, 3.0)
    later = Value(1.0)
    more = autograd.compile(lambda x: a * x + later, parameters=[b])
    assert more.record(1.0).parameters[0] is b and set(more.parameters) == {a, b, later}


FLAT = "\n  try             [p for matrix in state_dict.values() for row in matrix for p in row], a flat list of Values"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ([w * 2], "a parameter must be a leaf, a Value that was not computed, not Value(4.0)"),
        ([w, 1.0], "a parameter must be a leaf, a Value that was not computed, not 1.0"),
        (["w"], "a parameter must be a leaf, a Value that was not computed, not 'w'"),
        ({"wte": [[w]]}, "a parameter must be a leaf, a Value that was not computed, not 'wte'" + FLAT),
        ([[[w]]], f"a parameter must be a leaf, a Value that was not computed, not [[{w!r}]]{FLAT}"),
    ],
)
def test_a_parameter_is_a_leaf(parameters: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        autograd.compile(lambda x: x, parameters=parameters)
    assert str(caught.value) == message
    with pytest.raises(TypeError) as caught:
        nn.SGD(parameters, lr=0.1)
    assert str(caught.value) == message


@pytest.mark.parametrize("parameters", [w, 3], ids=["a Value", "a number"])
def test_parameters_are_several(parameters: Any) -> None:
    with pytest.raises(TypeError) as caught:
        autograd.compile(lambda x: x, parameters=parameters)
    assert "parameters" in str(caught.value) and "iterable" not in str(caught.value)


# ── graphs of any size, and rules of one's own ──────────────────────────────────────────────────────────────────────

STEPS = 20_000


def chain(step: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def f(x):
        for _ in range(STEPS):
            x = step(x)
        return x

    return f


a = Value(1 + 1e-6)

DEEP: list[tuple[str, Callable[[Any], Any], Callable[[Any, float], Any], Callable[[Any, float], Any]]] = [
    ("sum", lambda x: x + a, lambda x, n: x + n * a.data, lambda x, n: n + 0 * x),
    ("product", lambda x: x * a, lambda x, n: x * a.data**n, lambda x, n: x * n * a.data ** (n - 1)),
]  # fmt: skip


@pytest.mark.parametrize(("step", "value", "slope"), [row[1:] for row in DEEP], ids=[row[0] for row in DEEP])
def test_a_chain_of_very_many_steps(
    step: Callable[[Any], Any], value: Callable[..., Any], slope: Callable[..., Any]
) -> None:
    compiled = autograd.compile(chain(step))
    x = np.array([0.5, 2.0])
    assert compiled(x) == pytest.approx(value(x, STEPS), rel=1e-8)
    mean, gradient = compiled.value_and_grad(x)
    assert mean == pytest.approx(value(x, STEPS).mean(), rel=1e-8)
    assert gradient == pytest.approx([slope(x, STEPS).mean()], rel=1e-8)
    assert len(str(compiled)) < 10_000 and len(compiled.explain()) < 10_000


def test_a_deep_chain_has_the_engines_gradient() -> None:
    def step(x):
        return (x * a).sin()

    compiled = autograd.compile(chain(step))
    a._grad = Value(0.0)._grad
    root = chain(step)(Value(1.0))
    root.backward()
    for batch in ([1.0], [1.0, 1.0]):
        value, gradient = compiled.value_and_grad(batch)
        assert (value, gradient) == (close(root.data), close(np.array([a.grad])))


def test_a_wide_graph() -> None:
    values = [Value(math.sin(i)) for i in range(STEPS)]
    numbers = np.sin(np.arange(STEPS))
    compiled = autograd.compile(lambda x: autograd.sum([(v * x).tanh() for v in values]))
    x = np.array([0.5, 2.0])
    value, gradient = compiled.value_and_grad(x)
    assert value == close(np.tanh(numbers * x[:, None]).sum(axis=1).mean())
    assert gradient == close((x[:, None] / np.cosh(numbers * x[:, None]) ** 2).mean(axis=0))
    assert len(compiled.programs[0]) <= 4


@pytest.mark.usefixtures("own_rules")
@pytest.mark.parametrize("batch", [[0.5, -2.0, 3.0], [1.5], 1.5])
def test_rules_of_ones_own_are_recorded(batch: Any) -> None:
    @autograd.rule(samples=[(0.5,)])
    def arithmetic(x):
        return x * x * x, (3 * x * x,)

    @autograd.rule(samples=[(0.5,)])
    def branching(x):
        if x > 0:
            return x * x, (2 * x,)
        return -x, (-1.0,)

    @autograd.rule(samples=[(0.5,)])
    def of_math(x, *, scale=1.0):
        return scale * math.sin(x), (scale * math.cos(x),)

    @autograd.rule(samples=[(0.5, 2.0)])
    def two(a, b):
        return (a * b, (b, a)) if a > b else (a + b, (1.0, 1.0))

    @autograd.rule(sequences=True, samples=[([1.0, 2.0],)])
    def span(xs):
        ordered = sorted(xs)
        return ordered[-1] - ordered[0], ([1.0 * (x == ordered[-1]) - 1.0 * (x == ordered[0]) for x in xs],)

    for f in (
        lambda x: arithmetic(x) * w, lambda x: branching(w * x), lambda x: of_math(w * x, scale=3.0),
        lambda x: two(w, x), lambda x: span([x, w, x * x]), lambda x: x.branching().of_math(),
    ):  # fmt: skip
        inputs = [Value(x) for x in np.atleast_1d(batch)]
        outputs = [f(x) for x in inputs]
        compiled = autograd.compile(f)
        assert np.atleast_1d(compiled(batch)) == close(np.array([y.data for y in outputs]))
        w.grad = 0.0
        autograd.mean(outputs).backward()
        gradient = dict(zip(compiled.parameters, compiled.value_and_grad(batch)[1], strict=True))
        assert gradient.get(w, 0.0) == close(w.grad)
        assert np.atleast_1d(compiled.input_grad(batch)) == close(np.array([x.grad * len(inputs) for x in inputs]))
