"""While a function is recorded: what may not be done with a Value, and how it is refused."""

from __future__ import annotations

import bisect
import contextlib
import copy
import functools
import heapq
import inspect
import math
import operator
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures.recorded import (
    array,
    assert_all_is_as_before,
    no_gradients,  # noqa: F401 (a fixture)
    p,
    w,
)

import autograd
import nn
from autograd import RecordingError, Value, grad

BRANCH = "cannot branch on a Value (if, while, and, or, not, min, max, sorted) while compiling"
INSTEAD = "autograd.where(x > 0, a, b), maximum, minimum, relu or clip; combine conditions with & and |"
NUMBER = "cannot convert a Value to a plain number while compiling"
USE_RULES = "v.exp() or autograd.exp(v) instead of math.exp(v), an object array instead of one of floats"
READ = "cannot read .data while compiling"
ITSELF = "\n                  ".join(
    [
        "autograd.max(vs), softmax(vs) or logsumexp(vs) instead of max(v.data for v in vs)",
        "autograd.maximum(v, 1e-10) instead of max(v.data, 1e-10); v.log() instead of math.log(v.data)",
        "autograd.where(v > 0, a, b) instead of a if v.data > 0 else b; pick(xs, i) instead of xs[int(i.data)]",
        "the Value itself instead of Value(v.data) or v.data alone, or v.detach() to stop its gradient",
        "@autograd.rule instead of Value(number, parents, local derivatives)",
        "metrics= of nn.fit, or another function, to count an accuracy; checks, sampling and printing outside",
    ]
)
COPIED = "cannot copy a Value while compiling"
UNCHANGED = "the Value itself, which no operation changes"
BACKWARD = "cannot call backward() while compiling"
RETURN = "returning the loss and calling value_and_grad of the compiled function, or autograd.grad inside it"
SET = "cannot set .data while compiling"
GRADIENT = "cannot read .grad while compiling"
INSIDE = "autograd.grad inside the function"
TILDE = "cannot use ~ on a condition while compiling"
INDEX = "cannot use a Value as an index while compiling"
PICK = "autograd.pick(xs, i) instead of xs[i] or xs[int(i)], where i is a Value"
THE_FUNCTION = "calling the compiled function itself on Values"
OPPOSITE = "the opposite comparison, x <= 0 instead of ~(x > 0); in Python ~True is -2"

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
    ("an index to write to", lambda x: operator.setitem([w, p], x, w), INDEX, PICK),
    ("the end of a slice", lambda x: [w, p][:x][0], INDEX, PICK),
    ("range", lambda x: autograd.sum([w for _ in range(x)]), INDEX, PICK),
    ("hex", lambda x: len(hex(x)) * w, INDEX, PICK),
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
    ("set .data", lambda x: setattr(x, "data", 3.0) or x * x, SET, "a new Value, or setting it outside the function"),
    ("set a parameter", lambda x: setattr(w, "data", 3.0) or x * w, SET,
     "a new Value, or setting it outside the function"),
    (".grad", lambda x: w.grad * x, GRADIENT, INSIDE),
    ("local_derivatives", lambda x: (x * w).local_derivatives[0] * x,
     "cannot read local derivatives while compiling", INSIDE),
    ("backward", lambda x: (x * w).backward() or x, BACKWARD, RETURN),
    ("copy", lambda x: copy.copy(x) * x, COPIED, UNCHANGED),
    ("deepcopy", lambda x: copy.deepcopy([x])[0] * x, COPIED, UNCHANGED),
    ("pickle", lambda x: pickle.loads(pickle.dumps(x)) * x, COPIED, UNCHANGED),
    ("~", lambda x: autograd.where(~(x > 0), x, w), TILDE, OPPOSITE),
    ("a program's gradient", lambda x: program.value_and_grad(2.0)[0] * x,
     "cannot call value_and_grad of a program while compiling", THE_FUNCTION),
    ("a program's slope", lambda x: program.input_grad(2.0) * x,
     "cannot call input_grad of a program while compiling", THE_FUNCTION),
    ("a program's parameters", lambda x: program.read()[0] * x,
     "cannot read the parameters' numbers while compiling", THE_FUNCTION),
    ("writing parameters", lambda x: program.write([9.0]) or x,
     "cannot write parameters while compiling", "writing them outside the function"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "what", "remedy"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
@pytest.mark.parametrize("batch", [1.5, [1.5, -1.0]], ids=["sample", "batch"])
def test_looking_at_a_number_is_refused_with_the_line_and_the_remedy(
    f: Callable[[Any], Any], what: str, remedy: str, batch: Any
) -> None:
    recorded = autograd.compile(f)
    with pytest.raises(RecordingError) as caught:
        recorded(batch)
    first, second, third = str(caught.value).split("\n", 2)
    assert first == f"{what}: the program would reuse this one result for every input"
    said = third.removeprefix("  try             ").split("\n" + 18 * " ")
    assert sorted(said) == sorted(remedy.split("\n" + 18 * " "))  # those that fit the line come first
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
        assert str(caught.value).startswith(f"{what}: the program would")
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


SAME: list[tuple[str, Callable[[Any], Any]]] = [
    ("%", lambda x: x % "2"),
    ("//", lambda x: x // None),
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
    assert str(recorded.value).splitlines()[0].split(":")[0] == str(eager.value).splitlines()[0].split(":")[0]
    assert not isinstance(recorded.value, RecordingError) or ".data" not in str(recorded.value)
