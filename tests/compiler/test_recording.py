"""While a function is recorded: what may be done with a Value, what is refused and how; that nothing else notices."""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import copy
import functools
import gc
import heapq
import inspect
import math
import pickle
import random
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import RecordingError, Value, grad, hessian, no_grad, value_and_grad
from autograd.core.recording import is_recording, open_recordings


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-10, abs=1e-12)


w, p = Value(2.0, label="w"), Value(5.0, label="p")
array = np.array

# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────

BRANCH = "a branch (if, while, and, or, not, min, max, sorted) looks at a Value while its function is recorded"
INSTEAD = "autograd.where(x > 0, a, b), maximum, minimum, relu or clip; conditions combine with & and |"
NUMBER = "a Value is turned into a plain number while its function is recorded"
USE_RULES = "v.exp() or autograd.exp(v) in place of math.exp(v), an object array in place of one of floats"
READ = "the number of a Value is read while its function is recorded"
ITSELF = "the Value itself: it computes; detach() stops its gradient"
COPIED = "a Value is copied while its function is recorded"
UNCHANGED = "the Value itself: nothing changes it"
BACKWARD = "backward() is called while its function is recorded"
RETURN = "return the loss, and ask the program for value_and_grad; or autograd.grad inside the function"
SET = "the number of a Value is set while its function is recorded"
GRADIENT = "the gradient of a Value is read while its function is recorded"
INSIDE = "autograd.grad inside the function"
TILDE = "~ of a condition is taken: of Python's own truth values it is another number, ~True is -2"
INDEX = "a Value is used as an index while its function is recorded"
PICK = "autograd.pick(xs, i) in place of xs[i] or xs[int(i)], where i is a Value"
THE_FUNCTION = "the compiled function itself, called on Values"
OPPOSITE = "the opposite comparison: x <= 0 in place of ~(x > 0)"

program = autograd.compile(lambda x: w * x).record(1.0)


def with_while(x):
    while x < 10:  # here
        x = x * 2
    return x


def with_assert(x):
    y = x * w
    assert y > 0, "no"  # here
    return y


def with_helper(x):
    return helper(x * w)


def helper(x):
    if x > 0:  # where it is looked at
        return x
    return -x


def with_statement_over_lines(x):
    return autograd.sum(
        [
            x,
            x.data,  # here
        ]
    )


REFUSED: list[tuple[str, Callable[[Any], Any], str, str]] = [
    ("if", lambda x: x if x > 0 else -x, BRANCH, INSTEAD),
    ("if a Value", lambda x: w if x else p, BRANCH, INSTEAD),
    ("if a parameter", lambda x: x if w > 0 else -x, BRANCH, INSTEAD),
    ("if what was computed", lambda x: x if (x * w).tanh() <= 0 else -x, BRANCH, INSTEAD),
    ("if a condition of conditions", lambda x: x if (x > 0) & (x < 1) else -x, BRANCH, INSTEAD),
    ("while", with_while, BRANCH, INSTEAD),
    ("assert", with_assert, BRANCH, INSTEAD),
    ("in a helper", with_helper, BRANCH, INSTEAD),
    ("and", lambda x: x > 0 and x < 1, BRANCH, INSTEAD),
    ("or", lambda x: x > 0 or x < 1, BRANCH, INSTEAD),
    ("not", lambda x: not x > 0, BRANCH, INSTEAD),
    ("a chain", lambda x: autograd.where(0 < x < 1, x, w), BRANCH, INSTEAD),
    ("bool", lambda x: bool(x) * w, BRANCH, INSTEAD),
    ("any", lambda x: any([x > 0, x < 1]), BRANCH, INSTEAD),
    ("all", lambda x: all([x > 0, x < 1]), BRANCH, INSTEAD),
    ("min", lambda x: min(x, w), BRANCH, INSTEAD),
    ("max", lambda x: max([x, 0.0, w]), BRANCH, INSTEAD),
    ("sorted", lambda x: sorted([x, w])[0], BRANCH, INSTEAD),
    ("sort", lambda x: [x, w].sort(), BRANCH, INSTEAD),
    ("a comprehension", lambda x: autograd.sum([y for y in (x, w) if y > 0]), BRANCH, INSTEAD),
    ("reduce", lambda x: functools.reduce(max, [x, w]), BRANCH, INSTEAD),
    ("heapq", lambda x: heapq.nlargest(1, [x, w])[0], BRANCH, INSTEAD),
    ("bisect", lambda x: bisect.bisect([1.0, 2.0], x), BRANCH, INSTEAD),
    ("np.max", lambda x: np.max(array([x, w])), BRANCH, INSTEAD),
    ("np.sort", lambda x: np.sort(array([x, w]))[0], BRANCH, INSTEAD),
    ("np.argmax", lambda x: np.argmax(array([x, w])), BRANCH, INSTEAD),
    ("np.any", lambda x: np.any(array([x, w]) > 0), BRANCH, INSTEAD),
    ("np.allclose", lambda x: np.allclose(array([x]), 1.0), BRANCH, INSTEAD),
    ("an array's comparison", lambda x: autograd.where(array([x, w]) > 0, x, w), BRANCH, INSTEAD),
    ("inside of grad", lambda x: grad(lambda y: y * y if y > 0 else y)(x), BRANCH, INSTEAD),
    ("float", lambda x: float(x) * w, NUMBER, USE_RULES),
    ("int", lambda x: int(x) * w, NUMBER, PICK),
    ("a branch beside int()", lambda x: x if x > int(0.5) else -x, BRANCH, INSTEAD),
    ("int as an index", lambda x: [w, p][int(x)], NUMBER, PICK),
    ("a list's index", lambda x: [w, p][x], INDEX, PICK),
    ("a tuple's index", lambda x: (w, p)[x] * x, INDEX, PICK),
    ("a condition as an index", lambda x: [w, p][x > 0], INDEX, PICK),
    ("an array's index", lambda x: array([w, p])[x], INDEX, PICK),
    ("an array of indices", lambda x: array([w, p])[array([x])], INDEX, PICK),
    ("an index in a helper", lambda x: autograd.sum([array([[w, p]])[0, x]]), INDEX, PICK),
    ("complex", lambda x: complex(x), NUMBER, USE_RULES),
    ("math.exp", lambda x: math.exp(x) * w, NUMBER, USE_RULES),
    ("math.isnan", lambda x: math.isnan(x), NUMBER, USE_RULES),
    ("float of a condition", lambda x: float(x > 0) * w, NUMBER, USE_RULES),
    ("float of a parameter", lambda x: float(w) * x, NUMBER, USE_RULES),
    ("np.float64", lambda x: np.float64(x) * w, NUMBER, USE_RULES),
    ("an array of floats", lambda x: array([x], dtype=float) * w, NUMBER, USE_RULES),
    (".data", lambda x: x.data * w, READ, ITSELF),
    (".data of a parameter", lambda x: w.data * x, READ, ITSELF),
    (".data of a result", lambda x: Value((x * w).data) * w, READ, ITSELF),
    (".data of a condition", lambda x: (x > 0).data, READ, ITSELF),
    (".data on one of many lines", with_statement_over_lines, READ, ITSELF),
    (".data as a key", lambda x: max([x, w], key=lambda v: v.data), READ, ITSELF),
    ("round to digits", lambda x: round(x, 2) * w, READ, ITSELF),
    ("set .data", lambda x: setattr(x, "data", 3.0) or x * x, SET, "a new Value, or setting it outside"),
    ("set a parameter", lambda x: setattr(w, "data", 3.0) or x * w, SET, "a new Value, or setting it outside"),
    (".grad", lambda x: w.grad * x, GRADIENT, INSIDE),
    ("local_derivatives", lambda x: (x * w).local_derivatives[0] * x,
     "local derivatives are read while their function is recorded", "autograd.grad inside it"),
    ("backward", lambda x: (x * w).backward() or x, BACKWARD, RETURN),
    ("copy", lambda x: copy.copy(x) * x, COPIED, UNCHANGED),
    ("deepcopy", lambda x: copy.deepcopy([x])[0] * x, COPIED, UNCHANGED),
    ("pickle", lambda x: pickle.loads(pickle.dumps(x)) * x, COPIED, UNCHANGED),
    ("~", lambda x: autograd.where(~(x > 0), x, w), TILDE, OPPOSITE),
    ("a program's gradient", lambda x: program.value_and_grad(2.0)[0] * x,
     "value_and_grad of a program is called while a function is recorded", THE_FUNCTION),
    ("a program's slope", lambda x: program.input_grad(2.0) * x,
     "input_grad of a program is called while a function is recorded", THE_FUNCTION),
    ("a program's parameters", lambda x: program.read()[0] * x,
     "the parameters' numbers are read while a function is recorded", THE_FUNCTION),
    ("writing parameters", lambda x: program.write([9.0]) or x,
     "parameters are written while a function is recorded", "writing them outside"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "what", "remedy"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
@pytest.mark.parametrize("batch", [1.5, [1.5, -1.0]], ids=["sample", "batch"])
def test_looking_at_a_number_is_refused_with_the_line_and_the_remedy(
    f: Callable[[Any], Any], what: str, remedy: str, batch: Any
) -> None:
    recorded = autograd.compile(f)
    with pytest.raises(RecordingError) as caught:
        recorded(batch)
    first, second, third = str(caught.value).splitlines()
    assert first == f"{what}, so the program would replay this one answer for every input"
    assert third == f"  try             {remedy}"
    number, line = line_of(helper if f is with_helper else f)
    assert second == f"  at              {Path(__file__).name}:{number}   {line}"
    assert isinstance(caught.value, TypeError)
    assert recorded.programs == ()
    assert (w.data, p.data, w.has_grad) == (2.0, 5.0, False)
    assert_all_is_as_before()


def test_a_library_that_looks_is_refused_with_the_users_line() -> None:
    def f(x):
        nn.SGD([w], lr=0.1).step()  # here
        return x * w

    w.grad = 1.0
    with pytest.raises(RecordingError) as caught:
        autograd.compile(f)([1.0])
    number, line = line_of(f)
    assert str(caught.value).splitlines()[1] == f"  at              {Path(__file__).name}:{number}   {line}"
    assert w.data == 2.0


def caught_branch(x):
    try:
        return x if x > 0 else -x  # here
    except TypeError:
        return x * w


def suppressed(x):
    with contextlib.suppress(RecordingError):
        x = x * x.data  # here
    return x * w


def caught_twice(x):
    for looks in (float, bool):
        try:
            looks(x)  # here
        except Exception:
            x = x * w
    return x


@pytest.mark.parametrize(
    ("f", "what"), [(caught_branch, BRANCH), (suppressed, READ), (caught_twice, NUMBER)], ids=lambda x: str(x)[:20]
)
@pytest.mark.parametrize("batch", [1.5, [1.5, -1.0]], ids=["sample", "batch"])
def test_a_refusal_that_the_function_caught_is_raised_when_it_returns(
    f: Callable[[Any], Any], what: str, batch: Any
) -> None:
    recorded = autograd.compile(f)
    for _ in range(2):
        with pytest.raises(RecordingError) as caught:
            recorded(batch)
        number, line = line_of(f)
        assert str(caught.value).startswith(f"{what}, so the program would")
        assert f"  at              {Path(__file__).name}:{number}   {line}" in str(caught.value)
        assert recorded.programs == ()
        assert_all_is_as_before()
    assert f(Value(1.5)) is not None


def test_another_error_after_a_refusal_is_raised_itself() -> None:
    def f(x):
        try:
            bool(x)
        except TypeError as error:
            raise KeyError("mine") from error

    with pytest.raises(KeyError, match="mine"):
        autograd.compile(f)(1.0)
    assert_all_is_as_before()


def test_an_index_that_is_wrong_by_itself_is_pythons() -> None:
    with pytest.raises(TypeError, match="list indices must be integers or slices, not float") as caught:
        autograd.compile(lambda x: [x, w][len([w]) / 1])(1.5)
    assert not isinstance(caught.value, RecordingError)
    with pytest.raises(IndexError, match="list index out of range"):
        autograd.compile(lambda x: [x, w][2])(1.5)


def line_of(f: Callable[..., Any]) -> tuple[int, str]:
    """The number and the text of the line that looks: the one marked so, or the first one."""
    lines, start = inspect.getsourcelines(f)
    marked = [i for i, line in enumerate(lines) if "# here" in line or "# where" in line]
    place = marked[0] if marked else 0
    return start + place, lines[place].strip()


def assert_all_is_as_before() -> None:
    """Nothing is recorded any more, here or anywhere; Values are Values."""
    x = Value(3.0)
    assert not is_recording() and open_recordings == []
    assert gc.isenabled()
    assert (x > 2, x < 2, bool(x), x.data, round(x, 0), float(x.data), x.grad) == (True, False, True, 3.0, 3, 3.0, 0.0)
    assert (x > 2) is True
    assert sorted([x, w, p]) == [w, x, p] and max(x, p) is p
    (x * x if x > 0 else x).backward()
    assert x.grad == 6.0
    assert (x * 2)._prev[0] is x


SAME: list[tuple[str, Callable[[Any], Any]]] = [
    ("%", lambda x: x % "2"),
    ("//", lambda x: x // None),
    ("range", lambda x: range(x)),
    ("> str", lambda x: x > "a"),
    ("< None", lambda x: x < None),
    ("~", lambda x: ~x),
    ("exp of a str", lambda x: x + autograd.exp("a")),
    ("np.spacing", lambda x: np.spacing(x)),
    ("Value of a Value", lambda x: Value(x)),
    ("a label", lambda x: setattr(x, "label", 3)),
    ("dot of two lengths", lambda x: autograd.dot([x], [x, x])),
]


@pytest.mark.parametrize("f", [row[1] for row in SAME], ids=[row[0] for row in SAME])
def test_other_mistakes_are_those_of_the_engine(f: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, ValueError)) as eager:
        f(Value(1.5))
    with pytest.raises(type(eager.value)) as recorded:
        autograd.compile(f)(1.5)
    assert str(recorded.value).splitlines()[0].split(":")[0] == str(eager.value).split(":")[0]
    assert not isinstance(recorded.value, RecordingError) or ".data" not in str(recorded.value)


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
    with pytest.raises(RecordingError, match=r"a branch .* looks at a Value"):
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


@pytest.fixture(autouse=True)
def no_gradients() -> Any:
    yield
    for x in (w, p):
        x._grad = Value(0.0)._grad


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


# ── errors inside ───────────────────────────────────────────────────────────────────────────────────────────────────


class Oops(Exception):
    pass


@pytest.mark.parametrize(
    "error", [Oops, ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError, KeyboardInterrupt, SystemExit]
)
@pytest.mark.parametrize("collector", [True, False], ids=["collector on", "collector off"])
@pytest.mark.parametrize("batch", [1.5, [1.5, 2.0], np.ones((3, 2))], ids=["sample", "batch", "rows"])
def test_an_error_inside_leaves_everything_as_it_was(error: type[BaseException], collector: bool, batch: Any) -> None:
    faulty = [True]

    def f(x):
        x = x if isinstance(x, Value) else autograd.sum(list(x))
        y = (x * w).tanh() > 0
        if faulty:
            raise error("inside")
        return autograd.where(y, x * w, x)

    compiled = autograd.compile(f)
    if not collector:
        gc.disable()
    try:
        with pytest.raises(error) as caught:
            compiled(batch)
        assert "inside" in str(caught.value)
        assert gc.isenabled() == collector
        gc.enable()
        assert_all_is_as_before()
        assert compiled.programs == ()
        faulty.clear()
        assert np.mean(compiled(batch)) == close(4.0 if np.ndim(batch) == 2 else 2 * np.mean(batch))
        assert len(compiled.programs) == 1
    finally:
        gc.enable()


def test_an_error_in_one_structure_leaves_the_others() -> None:
    def f(x):
        if not isinstance(x, Value):
            raise Oops("only numbers")
        return x * w

    compiled = autograd.compile(f)
    assert compiled([1.0, 2.0]).tolist() == [2.0, 4.0]
    for _ in range(2):
        with pytest.raises(Oops, match="only numbers"):
            compiled([[1.0, 2.0]])
    assert compiled([1.0, 2.0]).tolist() == [2.0, 4.0]
    assert len(compiled.programs) == 1 and compiled.parameters == (w,)


def test_gradients_that_were_there_are_there_after_recording() -> None:
    a, b, loose = Value(2.0), Value(3.0), Value(1.0)
    a.grad = 7.0
    compiled = autograd.compile(lambda x: (a * x + b).tanh() * a)
    compiled([1.0, 2.0])
    compiled(1.0)
    assert (a.grad, b.has_grad, loose.has_grad) == (7.0, False, False)
    with pytest.raises(TypeError):
        autograd.compile(lambda x: [a * x, b * "a"])(1.0)
    assert (a.grad, b.has_grad) == (7.0, False)


def test_a_graph_made_before_is_recorded_from_its_leaves() -> None:
    a, b = Value(2.0), Value(3.0)
    product = a * b
    compiled = autograd.compile(lambda x: product * x + product.detach())
    assert compiled([1.0, 2.0]).tolist() == [12.0, 18.0]
    assert set(compiled.parameters) == {a, b}
    a.data = 5.0
    assert compiled([1.0]).tolist() == [30.0]
    assert product.data == 6.0 and not product.has_grad


# ── other threads and tasks ─────────────────────────────────────────────────────────────────────────────────────────


def eager_work() -> list[Any]:
    """What only eager Values can do."""
    x, y = Value(3.0), Value(2.0)
    loss = (x * y if x > y else x) + max(x, y) * round(x)
    loss.backward()
    with no_grad():
        unrecorded = x * y
    return [
        loss.data, x.grad, y.grad, x.data, sorted([x, y])[0] is y, bool(x), x > y, (x * y).local_derivatives,
        unrecorded._prev, copy.copy(x).data, grad(lambda v: v * v if v > 0 else v)(3.0), is_recording(),
    ]  # fmt: skip


def test_recording_in_one_thread_is_not_noticed_in_another() -> None:
    expected = eager_work()
    inside, done = threading.Event(), threading.Event()
    found: list[Any] = []

    def f(x):
        inside.set()
        assert done.wait(5) and is_recording()
        return autograd.where(x > 0, x * w, x)

    def work() -> None:
        autograd.compile(lambda x: x * w)(1.0)  # it has recorded before, and failed to
        with pytest.raises(RecordingError):
            autograd.compile(lambda x: x.data)(1.0)
        assert inside.wait(5)
        try:
            found.extend(eager_work() for _ in range(50))
        finally:
            done.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert autograd.compile(f)([1.0, -1.0]).tolist() == [2.0, -1.0]
    thread.join()
    assert found == [expected] * 50
    assert_all_is_as_before()


def test_a_thread_begun_inside_is_eager() -> None:
    expected, found = eager_work(), []

    def f(x):
        thread = threading.Thread(target=lambda: found.append(eager_work()))
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
        return x * w

    assert autograd.compile(f)([1.0]).tolist() == [2.0]
    assert found == [expected]


def test_threads_record_beside_one_another_and_beside_eager_work() -> None:
    start = threading.Barrier(6)
    expected = eager_work()
    wrong: list[Any] = []

    def record_work(i: int) -> None:
        start.wait()
        for turn in range(20):
            cube = grad(lambda v: v**3)
            compiled = autograd.compile(lambda x, n=turn, cube=cube: autograd.where(x > n, (x * w).tanh(), cube(x)))
            found = compiled([float(turn), turn + 1.0])
            if found != close(np.array([3.0 * turn**2, math.tanh(2 * (turn + 1.0))])):
                wrong.append((i, turn, found))

    def eager(i: int) -> None:
        start.wait()
        for _ in range(60):
            if eager_work() != expected:
                wrong.append(i)

    threads = [threading.Thread(target=record_work if i % 2 else eager, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert_all_is_as_before()


def test_recording_in_one_task_is_not_noticed_in_another() -> None:
    expected = eager_work()

    async def eager() -> list[Any]:
        return [eager_work() for _ in range(3) if not await asyncio.sleep(0)]

    async def record_work() -> Any:
        await asyncio.sleep(0)
        return autograd.compile(lambda x: autograd.where(x > 0, x, w))([1.0, -1.0]).tolist()

    async def both() -> Any:
        return await asyncio.gather(eager(), record_work(), eager(), record_work())

    assert asyncio.run(both()) == [[expected] * 3, [1.0, 2.0]] * 2


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
        with pytest.raises(TypeError, match="a parameter is a Value that was not computed"):
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


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ([w * 2], "a parameter is a Value that was not computed, not Value(4.0)"),
        ([w, 1.0], "a parameter is a Value that was not computed, not 1.0"),
        (["w"], "a parameter is a Value that was not computed, not 'w'"),
    ],
)
def test_a_parameter_is_a_leaf(parameters: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        autograd.compile(lambda x: x, parameters=parameters)
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
