"""What every error says: what happened, where, and what to do about it."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import (
    RULES,
    AutogradError,
    GradcheckError,
    MissingExtraError,
    NonFiniteError,
    RuleError,
    Value,
    grad,
    gradcheck,
    hessian,
    hvp,
    jacobian,
    rule,
    value_and_grad,
)
from autograd.util.lazy_numpy import np
from autograd.value import lift

pytestmark = pytest.mark.usefixtures("own_rules")


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (NonFiniteError, ArithmeticError),
        (GradcheckError, AssertionError),
        (RuleError, ValueError),
        (MissingExtraError, ImportError),
    ],
)
def test_an_error_is_the_packages_own_and_pythons(error: type[Exception], builtin: type[Exception]) -> None:
    assert issubclass(error, AutogradError)
    assert issubclass(error, builtin)


# ── NonFiniteError: a value ─────────────────────────────────────────────────────────────────────────────────────────


def refusal(root: Value) -> NonFiniteError:
    with pytest.raises(NonFiniteError) as caught:
        root.backward()
    return caught.value


def test_an_error_of_a_value_as_printed() -> None:
    p = Value(0.0, label="p")
    error = refusal(-p.log())
    what, where, advice = str(error).splitlines()
    assert what == "log(0.0) is -inf, so this loss has no usable gradient"
    assert re.fullmatch(r"  first made by   p\.log\(\) +p = Value\(0\.0, label='p'\)", where)
    assert advice.startswith("  try             clip(p, 1e-12, 1), or ")
    assert error.operation == "log"
    assert error.operands == (p,)


x, zero, minus = Value(2.0, label="x"), Value(0.0, label="zero"), Value(-1.0, label="minus")
big, unnamed = Value(1e200, label="big"), Value(-4.0)

OF_A_VALUE: list[tuple[str, Value, str, tuple[Any, ...], list[str]]] = [
    ("1/zero", 1 / zero, "truediv", (1.0, zero), ["1.0 / 0.0 is inf", "1.0 / zero", "zero = Value(0.0", "denom"]),
    ("x/zero", x / zero, "truediv", (x, zero), ["2.0 / 0.0 is inf", "x / zero", "x = Value(2.0, label='x'), zero = "]),
    ("zero/zero", zero / zero, "truediv", (zero, zero), ["0.0 / 0.0 is nan", "zero / zero"]),
    ("sqrt(minus)", minus.sqrt(), "sqrt", (minus,), ["sqrt(-1.0) is nan", "minus.sqrt()"]),
    ("unnamed", unnamed.log(), "log", (unnamed,), ["log(-4.0) is nan", "x.log()", "x = Value(-4.0)"]),
    ("power", minus**0.5, "pow", (minus, 0.5), ["(-1.0) ** 0.5 is nan", "minus ** 0.5"]),
    ("negative constant", zero**-1, "pow", (zero, -1.0), ["0.0 ** (-1.0) is inf", "zero ** (-1.0)"]),
    ("overflow of *", big * big, "mul", (big, big), ["1e+200 * 1e+200 is inf", "big * big"]),
    ("overflow of exp", (x * 400).exp(), "exp", (), ["exp(800.0) is inf", "x.exp()", "x = Value(800.0)"]),
    ("two operands", autograd.xlogy(x, zero), "xlogy", (x, zero), ["xlogy(2.0, 0.0) is -inf", "xlogy(x, zero)"]),
    ("sequence", autograd.prod([big, x, big]), "prod", (big, x, big), ["prod([1e+200, 2.0, 1e+200])", "[big, x, big]"]),
    ("log_softmax", autograd.log_softmax([x, big * big])[0], "mul", (big, big), ["big * big"]),
    ("softmax", autograd.softmax([minus.sqrt(), x])[1], "sqrt", (minus,), ["minus.sqrt()"]),
    ("long sequence", autograd.prod([big] * 20), "prod", (big,) * 20, ["20 operands", "is inf"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("root", "operation", "operands", "parts"), [row[1:] for row in OF_A_VALUE], ids=[row[0] for row in OF_A_VALUE]
)
@pytest.mark.parametrize("later", [lambda v: v, lambda v: (v + 1) * 3 - v])
def test_a_value_names_the_operation_its_operands_and_labels(
    root: Value, operation: str, operands: tuple[Any, ...], parts: list[str], later: Callable[[Value], Value]
) -> None:
    error = refusal(later(root))
    assert error.operation == operation
    if operands:
        assert error.operands == operands
    for part in parts:
        assert part in str(error)


@pytest.mark.parametrize(
    ("root", "misleading"),
    [
        (big**2, "negative number"),
        (zero**-1, "negative number"),
        (2 ** (x * 1000), "negative number"),
        (minus.sqrt(), "slope at 0"),
    ],
    ids=["overflow of a square", "1/0 as a power", "overflow of a power", "sqrt of a negative number"],
)
def test_the_advice_fits_the_case(root: Value, misleading: str) -> None:
    assert misleading not in str(refusal(root))


def test_of_many_operands_the_largest_are_shown() -> None:
    small = [Value(float(i), label=f"w{i}") for i in range(1, 9)]
    error = refusal(autograd.prod([*small, Value(1e200, label="a"), Value(-1e300, label="b")]))
    where = str(error).splitlines()[1]
    assert re.findall(r"(\w+) = ", where) == ["b", "a", "w8", "w7", "w6", "w5"]
    assert where.endswith("… 10 operands")
    assert len(error.operands) == 10


def test_the_loss_is_called_by_its_label() -> None:
    loss = Value(0.0, label="p").log() * 2
    loss.label = "cross entropy"
    assert str(refusal(loss)).startswith("log(0.0) is -inf, so 'cross entropy' has no usable gradient\n")


def test_the_first_of_two_is_named() -> None:
    p, q = Value(0.0, label="p"), Value(-1.0, label="q")
    first = p.log()
    second = (first * q).sqrt()
    error = refusal(second + q.log())
    assert (error.operation, error.operands) == ("log", (p,))


@pytest.mark.parametrize(
    "harmless",
    [
        lambda p: autograd.where(p > 0, p.log(), 0.0),
        lambda p: p.log().exp(),
        lambda p: 1 / (1 / p),
        lambda p: autograd.maximum(p.log(), -10.0),
    ],
    ids=["where", "exp of -inf", "1/inf", "maximum"],
)
def test_an_operation_whose_infinity_came_to_nothing_is_not_blamed(harmless: Callable[[Value], Value]) -> None:
    p, q = Value(0.0, label="p"), Value(-1.0, label="q")
    assert math.isfinite(harmless(p).data)
    error = refusal(harmless(p) + q.sqrt())
    assert (error.operation, error.operands) == ("sqrt", (q,))
    assert "sqrt(-1.0) is nan" in str(error)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize(
    "make", [lambda v: v, lambda v: v * 2, lambda v: autograd.sum([v, 1.0]), lambda v: (v + 1) * v]
)
def test_a_non_finite_input_is_called_an_input(number: float, make: Callable[[Value], Value]) -> None:
    error = refusal(make(Value(number, label="pixel")))
    assert f"input Value({number!r}, label='pixel') is {number!r}" in str(error)
    assert "try " in str(error)
    assert error.operation == ""


def test_an_error_is_short_whatever_the_operands() -> None:
    names = [Value(1e200, label="a rather long name for a weight") for _ in range(500)]
    message = str(refusal(autograd.prod(names)))
    assert max(map(len, message.splitlines())) < 1000


# ── NonFiniteError: a gradient ──────────────────────────────────────────────────────────────────────────────────────

OF_A_DERIVATIVE: list[tuple[str, Callable[[Value], Value], str, list[str]]] = [
    ("sqrt", lambda z: z.sqrt(), "sqrt", ["derivative of sqrt(0.0) in z is inf", "z.sqrt()", "z = Value(0.0, "]),
    ("root", lambda z: z**0.5 * 3, "pow", ["derivative of 0.0 ** 0.5 in z is inf", "z ** 0.5"]),
    ("atan2", lambda z: autograd.atan2(z, 0.0), "atan2", ["of atan2(0.0, 0.0) in z is nan", "atan2(z, 0.0)"]),
    ("asin", lambda z: (z + 1).asin(), "asin", ["derivative of asin(1.0) in x is inf", "x = Value(1.0)"]),
    ("fixed base", lambda z: (z - 2) ** (z + 3), "pow", ["derivative of (-2.0) ** 3.0 in b is nan"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("f", "operation", "parts"), [row[1:] for row in OF_A_DERIVATIVE], ids=[row[0] for row in OF_A_DERIVATIVE]
)
def test_a_derivative_names_the_operation_and_the_operand(
    f: Callable[[Value], Value], operation: str, parts: list[str]
) -> None:
    z = Value(0.0, label="z")
    error = refusal(f(z) + z)
    assert error.operation == operation
    for part in parts:
        assert part in str(error)


def test_an_overflow_on_the_way_back_names_both_factors() -> None:
    w = Value(1e-300, label="w")
    scaled = w * 1e200
    scaled.label = "scaled"
    error = refusal(scaled * 1e200 * 1e150)
    assert (error.operation, error.operands) == ("mul", (scaled, 1e200))
    assert "overflows: 1e+200 * 1e+150 is not finite" in str(error)
    assert "scaled * 1e+200" in str(error)


def test_contributions_that_add_up_to_infinity_name_where_they_meet() -> None:
    w = Value(0.5, label="w")
    error = refusal((w * 1.5e308 - 0.5e308) + (w * 1.5e308 - 0.5e308))
    assert "the gradient of Value(0.5, label='w') adds up to inf" in str(error)
    assert "try " in str(error)


def test_a_gradient_that_adds_up_to_infinity_over_calls_is_refused_before_any_has_changed() -> None:
    w, other = Value(1.0, label="w"), Value(1.0)
    (w * 1.7e308).backward()
    for root in (other * 2 + w * 1.7e308, w * 1.7e308 + other * 2):
        message = str(refusal(root))
        assert "the gradient of Value(1.0, label='w') adds up to inf: it was 1.7e+308 before" in message
        assert "zero_grad()" in message
        assert (w.grad, other.has_grad) == (1.7e308, False)
    (w * -1.7e308).backward()
    (w * 1.7e308).backward()
    (w * 1.7e308).backward(allow_nonfinite=True)
    assert w.grad == math.inf


@pytest.mark.parametrize("seed", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("make", [lambda v: v, lambda v: v * 3], ids=["leaf", "product"])
def test_a_non_finite_upstream_gradient_is_the_callers_own(seed: float, make: Callable[[Value], Value]) -> None:
    w = Value(2.0, label="w")
    with pytest.raises(NonFiniteError) as caught:
        make(w).backward(seed)
    assert f"backward({seed!r})" in str(caught.value) or f"grad={seed!r}" in str(caught.value)
    assert not w.has_grad


ALLOWED: list[tuple[Callable[[Value], Value], float, float]] = [
    (lambda z: z.log(), 0.0, math.inf),
    (lambda z: z.sqrt(), 0.0, math.inf),
    (lambda z: z.sqrt(), -1.0, math.nan),
    (lambda z: 1 / z, 0.0, -math.inf),
    (lambda z: z * 1e200 * 1e200, 1e-300, math.inf),
    (lambda z: z * 3, math.inf, 3.0),
    (lambda z: z.exp(), 710.0, math.inf),
]


@pytest.mark.parametrize(("f", "number", "expected"), ALLOWED)
def test_allow_nonfinite_lets_it_through(f: Callable[[Value], Value], number: float, expected: float) -> None:
    z, safe = Value(number), Value(5.0)
    (f(z) + safe * 2).backward(allow_nonfinite=True)
    assert z.grad == pytest.approx(expected, nan_ok=True)
    assert safe.grad == 2.0


def test_what_no_gradient_passes_through_is_not_refused() -> None:
    p, q = Value(0.0), Value(3.0)
    (autograd.where(p > 0, p.sqrt(), q) + autograd.relu(q)).backward()
    assert (p.grad, q.grad) == (0.0, 2.0)
    unused = Value(0.0).log()
    q.backward()
    assert unused.data == -math.inf


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def no_pair(x):
    return x * x


def no_sequence(x):
    return x * x, 2 * x


def too_many(x):
    return x * x, (2 * x, 3.0)


def too_few(x, y):
    return x * y, (y,)


def a_string(x):
    return "a", (1.0,)


def nothing(x):
    return None, (1.0,)


def starred(*xs):
    return xs[0], (1.0,)


def keywords(x, **options):
    return x, (1.0,)


def without_operands():
    return 1.0, ()


def exp(x):
    return x, (1.0,)


def data(x):
    return x, (1.0,)


def backward(x):
    return x, (1.0,)


@pytest.mark.parametrize(
    ("function", "sample", "parts"),
    [
        (no_pair, (2.0,), ["rule no_pair must return (value, (∂/∂x,)), not "]),
        (no_sequence, (2.0,), ["rule no_sequence must return (value, (∂/∂x,)), not "]),
        (too_many, (2.0,), ["rule too_many must return 1 local derivative, one for each operand, not 2"]),
        (too_few, (2.0, 3.0), ["rule too_few must return 2 local derivatives, one for each operand, not 1"]),
        (a_string, (2.0,), ["rule a_string", "str", "number"]),
        (nothing, (2.0,), ["rule nothing", "None"]),
        (starred, (2.0,), ["starred", "naming each operand", "*args"]),
        (keywords, (2.0,), ["keywords", "naming each operand", "kwargs"]),
        (without_operands, (), ["without_operands", "no operands"]),
        (exp, (2.0,), ["rule exp", "already", "another"]),
        (data, (2.0,), ["rule data", "Value already has an attribute of this name", "another"]),
        (backward, (2.0,), ["rule backward", "Value already has an attribute of this name", "another"]),
    ],
)
def test_a_rule_that_is_none_is_refused_when_it_is_defined(
    function: Callable[..., Any], sample: tuple[float, ...], parts: list[str]
) -> None:
    before = dict(RULES)
    with pytest.raises(RuleError) as caught:
        rule(samples=[sample])(function)
    for part in parts:
        assert part in str(caught.value)
    assert before == RULES
    assert Value(0.0).exp().data == 1.0


# ── TypeErrors and ValueErrors of operations ────────────────────────────────────────────────────────────────────────

SEQUENCE = "takes a sequence of numbers or Values, not"
NUMBERS = "takes numbers, arrays or Values, not"

MISUSES: list[tuple[str, Callable[[], Any], type[Exception], str]] = [
    ("dot of two lengths", lambda: autograd.dot([x], [x, x]), ValueError, "sequences of the same length, not 1 and 2"),
    ("dot of one", lambda: autograd.dot([x]), TypeError, "dot takes 2 operands (xs, ys), not 1"),
    ("dot with a number", lambda: autograd.dot([x], 3), TypeError, f"dot {SEQUENCE} int"),
    ("dot of a str", lambda: autograd.dot("ab", [x, x]), TypeError, f"dot {SEQUENCE} str"),
    ("max of a Value", lambda: autograd.max(x), TypeError, f"max {SEQUENCE} Value"),
    ("max of two", lambda: autograd.max(x, 3), TypeError, "max takes 1 operand (xs), not 2"),
    ("sum of a str in a list", lambda: autograd.sum([x, "a"]), TypeError, f"sum {NUMBERS} Value and str"),
    ("sum of None", lambda: autograd.sum([None]), TypeError, f"sum {NUMBERS} NoneType"),
    ("nested lists", lambda: autograd.mean([[x]]), TypeError, f"mean {NUMBERS} list"),
    ("exp of a str", lambda: autograd.exp("a"), TypeError, f"exp {NUMBERS} str"),
    ("exp of None", lambda: autograd.exp(None), TypeError, f"exp {NUMBERS} NoneType"),
    ("exp of a list", lambda: autograd.exp([1.0]), TypeError, f"exp {NUMBERS} list"),
    ("exp of two", lambda: autograd.exp(x, x), TypeError, "exp takes 1 operand (x), not 2"),
    ("add of one", lambda: autograd.add(x), TypeError, "add takes 2 operands (a, b), not 1"),
    ("add of a str", lambda: autograd.add(x, "a"), TypeError, f"add {NUMBERS} Value and str"),
    ("clip without a bound", lambda: x.clip(1), TypeError, "clip takes 3 operands (x, lo, hi), not 2"),
    ("a bound by name", lambda: autograd.clip(x, hi=1), TypeError, "clip takes 3 operands (x, lo, hi), not 2"),
    ("a bound twice", lambda: autograd.clip(x, 0, 1, lo=1), TypeError, "lo"),
    ("pick of none", lambda: autograd.pick([], x), IndexError, "the table is empty"),
    ("where of a str", lambda: autograd.where(True, x, "a"), TypeError, f"where {NUMBERS}"),
    *((f"polygamma of order {n}", lambda n=n: autograd.polygamma(x, n=n), ValueError, "n must be 0 or a positive")
      for n in (math.inf, math.nan, -1, 1.5)),
    ("gelu's form", lambda: autograd.gelu(x, approximate="no"), ValueError, "'none' or 'tanh', not 'no'"),
    ("an unknown parameter", lambda: autograd.gelu(x, slope=1), TypeError, "slope"),
    *[
        (f"{name}([])", lambda name=name: getattr(autograd, name)([]), ValueError, f"{name} needs at least one number")
        for name in ("max", "min", "mean", "logsumexp", "softmax", "log_softmax")
    ],
    *[
        (f"{name} of {what}", lambda name=name, xs=xs: getattr(autograd, name)(xs), TypeError, f"{name} takes {words}")
        for name in ("softmax", "log_softmax")
        for what, xs, words in (
            ("a Value", x, "a sequence of numbers or Values, not a Value"),
            ("a str", "ab", "a sequence of numbers or Values, not a str"),
            ("a dict", {"a": x}, "a sequence of numbers or Values, not a dict"),
            ("rows", [[x, x]], f"one row of logits, not several\n  try             [autograd.{name}(row)"),
        )
    ],
]  # fmt: skip


@pytest.mark.parametrize(("misuse", "error", "message"), [row[1:] for row in MISUSES], ids=[row[0] for row in MISUSES])
def test_a_misused_operation_says_what_it_takes(
    misuse: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        misuse()
    assert message in str(caught.value)


AS_INTEGERS: dict[str, Callable[[Any], Any]] = {
    "a list's index": lambda v: [1.0, 2.0][v],
    "a tuple's index": lambda v: (1.0, 2.0)[v],
    "an index to write to": lambda v: operator.setitem([1.0, 2.0], v, 3.0),
    "an index to delete": lambda v: operator.delitem([1.0, 2.0], v),
    "the end of a slice": lambda v: "abc"[:v],
    "the end of an array's slice": lambda v: np.arange(3)[v:],
    "range": range,
    "an array's shape": lambda v: np.zeros((2, v)),
    "an axis": lambda v: np.sum(np.ones(3), axis=v),
    "hex": hex,
    "operator.index": operator.index,
    "factorial": math.factorial,
    "digits to round to": lambda v: round(2.5, v),
}


@pytest.mark.parametrize("kind", [Value, lambda x: lift(x, 1)], ids=["Value", "Value of a transform"])
@pytest.mark.parametrize("use", AS_INTEGERS.values(), ids=AS_INTEGERS)
def test_a_value_as_an_integer_is_refused_with_what_to_write(use: Callable[[Any], Any], kind: Any) -> None:
    with pytest.raises(TypeError) as caught:
        use(kind(1.0))
    assert str(caught.value).splitlines() == [
        "a Value is a real number, so it cannot be an index, the end of a slice or a count",
        "  try             autograd.pick(table, v) instead of table[v], or int(v.data) for the number alone",
    ]


@pytest.mark.parametrize(
    "with_list", [lambda v: v * [1.0], lambda v: [1.0] * v, lambda v: v - [1.0], lambda v: [1.0] / v]
)
def test_a_value_and_a_list_are_no_operands(with_list: Callable[[Value], Any]) -> None:
    with pytest.raises(TypeError, match=r"takes numbers, arrays or Values, not Value and list\n  try .*a NumPy array$"):
        with_list(Value(1.0))


@pytest.mark.parametrize(
    ("name", "expected"), [("sum", 0.0), ("prod", 1.0), ("norm", 0.0)]
)  # what is defined for no numbers is no error
def test_empty_sums_products_and_lengths(name: str, expected: float) -> None:
    assert getattr(autograd, name)([]) == expected
    assert autograd.dot([], []) == 0.0


# ── PyTorch's calls ─────────────────────────────────────────────────────────────────────────────────────────────────

POINT = Value(2.0)
RESULT = POINT * POINT

PYTORCHS_CALLS: list[tuple[str, Callable[[], Any], str]] = [
    ("grad(y, x)", lambda: grad(RESULT, POINT), "y.backward() and then x.grad"),
    ("grad(y, xs)", lambda: grad(RESULT, [POINT]), "y.backward() and then x.grad"),
    ("grad(f=y)", lambda: grad(f=RESULT), "y.backward() and then x.grad"),
    ("grad(y, create_graph)", lambda: grad(RESULT, POINT, create_graph=True), "y.backward() and then x.grad"),
    ("grad(float)", lambda: grad(3.0), "autograd.grad(f)(x)"),
    ("grad(f, x)", lambda: grad(abs, POINT), "autograd.grad(f)(x)"),
    ("grad(outputs=y)", lambda: grad(outputs=RESULT, inputs=POINT), "y.backward(), and then read x.grad"),
    ("grad(f, create_graph)", lambda: grad(abs, create_graph=True), "autograd.grad(autograd.grad(f))(x)"),
    ("grad(f, typo)", lambda: grad(abs, argnum=0), "grad() got an unexpected keyword argument 'argnum'"),
    ("backward(retain_graph)", lambda: RESULT.backward(retain_graph=True), "the graph stays"),
    ("backward(create_graph)", lambda: RESULT.backward(create_graph=True), "autograd.grad(autograd.grad(f))(x)"),
    ("backward(gradient)", lambda: RESULT.backward(gradient=1.0), "y.backward(grad=2.0)"),
    ("backward(typo)", lambda: RESULT.backward(allow_nan=True), "unexpected keyword argument 'allow_nan'"),
    ("value_and_grad(y)", lambda: value_and_grad(RESULT), "autograd.value_and_grad(f)(x)"),
    ("value_and_grad(f, x)", lambda: value_and_grad(abs, 0.5), "autograd.value_and_grad(f)(x)"),
    ("jacobian(f, floats)", lambda: jacobian(abs, [0.5, 1.0]), "autograd.jacobian(f)(x)"),
    ("jacobian(f, (x,))", lambda: jacobian(abs, (POINT,)), "autograd.jacobian(f)(x)"),
    ("jacobian(f, array)", lambda: jacobian(abs, np.ones(2)), "autograd.jacobian(f)(x)"),
    ("jacobian(f, ints)", lambda: jacobian(abs, np.array([1, 2])), "autograd.jacobian(f)(x)"),
    ("hessian(f, x)", lambda: hessian(abs, POINT), "autograd.hessian(f)(x)"),
    ("hessian(y)", lambda: hessian(RESULT), "hessian takes a function, not a Value"),
    ("hvp(f, x)", lambda: hvp(abs, [POINT]), "autograd.hvp(f)(x, v)"),
    ("hvp(f, x, v)", lambda: hvp(abs, 1, [1.0]), "autograd.hvp(f)(x, v)"),
    ("gradcheck(y, x)", lambda: gradcheck(RESULT, POINT), "autograd.gradcheck(f, x)"),
    ("compile(y)", lambda: autograd.compile(RESULT), "autograd.compile(f)(x)"),
    ("compile(array)", lambda: autograd.compile(np.ones(2)), "autograd.compile(f)(x)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "advice"), [row[1:] for row in PYTORCHS_CALLS], ids=[row[0] for row in PYTORCHS_CALLS]
)
def test_a_call_as_of_pytorchs_function_is_refused_at_once(call: Callable[[], Any], advice: str) -> None:
    with pytest.raises(TypeError, match=re.escape(advice)):
        call()


# ── transforms ──────────────────────────────────────────────────────────────────────────────────────────────────────


def several(x: Any) -> Any:
    return [x, x]


NOT_ONE_NUMBER: list[tuple[Callable[[Any], Any], str]] = [
    (lambda x: [x, x], "a list"),
    (lambda x: (x,), "a tuple"),
    (lambda x: {"x": x}, "a dict"),
    (lambda x: None, "a NoneType"),
    (lambda x: "x", "a str"),
    (lambda x: 1j, "a complex"),
    (lambda x: np.array([x]), "an array of shape (1,)"),
    (lambda x: np.zeros((2, 3)), "an array of shape (2, 3)"),
]


@pytest.mark.parametrize(("f", "kind"), NOT_ONE_NUMBER, ids=[kind for _, kind in NOT_ONE_NUMBER])
@pytest.mark.parametrize("transform", [grad, value_and_grad])
def test_a_gradient_is_of_a_function_to_one_number(
    transform: Callable[..., Any], f: Callable[[Any], Any], kind: str
) -> None:
    with pytest.raises(TypeError, match=re.escape(f"<lambda> returned {kind}:") + r".*one number\n  try .*jacobian"):
        transform(f)(1.0)


@pytest.mark.parametrize("transform", [lambda f: hessian(f)(1.0), lambda f: hvp(f)(1.0, 1.0)], ids=["hessian", "hvp"])
def test_second_derivatives_are_of_a_function_to_one_number(transform: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="several returned a list"):
        transform(several)


@pytest.mark.parametrize("argnums", [2, -3, 7, (0, 2), (-3,)])
@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, hessian])
def test_argnums_outside_the_arguments(transform: Callable[..., Any], argnums: Any) -> None:
    wrong = argnums if isinstance(argnums, int) else argnums[-1]
    with pytest.raises(ValueError, match=re.escape(f"names argument {wrong}, but 2 were given")):
        transform(lambda x, y: x * y, argnums)(1.0, 2.0)


@pytest.mark.parametrize("argnums", ["0", 1.0, None, True, ("0",), (0, 1.5)], ids=repr)
def test_argnums_of_another_type(argnums: Any) -> None:
    with pytest.raises(TypeError, match="argnums"):
        grad(lambda x, y: x * y, argnums)


WRONG_STRUCTURES: list[tuple[Any, str]] = [
    ("a", "argument 0 is a str"),
    (None, "argument 0 is a NoneType"),
    (1j, "argument 0 is a complex"),
    ([1.0, "a"], "argument 0[1] is a str"),
    ((1.0, [2.0, None]), "argument 0[1][1] is a NoneType"),
    ({"w": [1.0], "b": ["a"]}, "argument 0['b'][0] is a str"),
    ({1.0, 2.0}, "argument 0 is a set"),
    (np.complex64(1j), "argument 0 is a complex64"),
    ([np.complex64(1j)], "argument 0[0] is a complex64"),
    (np.array(["a"]), "argument 0 is an array of <U1"),
    (np.array([1j]), "argument 0 is an array of complex128"),
    (np.array([1.0, None], dtype=object), "argument 0"),
]


@pytest.mark.parametrize(("argument", "message"), WRONG_STRUCTURES, ids=[repr(row[0]) for row in WRONG_STRUCTURES])
@pytest.mark.parametrize("transform", [grad, jacobian, hessian])
def test_what_is_no_structure_of_numbers_is_refused_with_its_place(
    transform: Callable[..., Any], argument: Any, message: str
) -> None:
    called = []
    with pytest.raises(TypeError) as caught:
        transform(called.append)(argument)
    assert str(caught.value).startswith(message)
    assert not called


def test_the_result_of_a_jacobian_is_a_structure_of_numbers() -> None:
    def label(x: Any) -> Any:
        return {"y": x, "name": "y"}

    with pytest.raises(TypeError, match=re.escape("the result of label['name'] is a str")):
        jacobian(label)(1.0)


@pytest.mark.parametrize(
    ("v", "parts"),
    [
        ([1.0], ["v must have the structure of argument 0, list(number, number), not list(number)"]),
        ((1.0, 2.0), ["not tuple(number, number)"]),
        (1.0, ["not number"]),
        (np.array([1.0, 2.0]), ["not array(2,)"]),
        ({"a": 1.0, "b": 2.0}, ["not dict('a': number, 'b': number)"]),
        ([1.0, [2.0]], ["not list(number, list(number))"]),
    ],
)
def test_v_of_another_structure(v: Any, parts: list[str]) -> None:
    with pytest.raises(ValueError) as caught:
        hvp(lambda x: x[0] * x[1])([1.0, 2.0], v)
    for part in parts:
        assert part in str(caught.value)


def test_v_with_a_string_in_it() -> None:
    with pytest.raises(TypeError, match=re.escape("v[1] is a str")):
        hvp(lambda x: x[0] * x[1])([1.0, 2.0], [1.0, "a"])


@pytest.mark.parametrize("arguments", [(), (2.0,)])
def test_a_forgotten_v_is_called_v(arguments: tuple[float, ...]) -> None:
    with pytest.raises(TypeError, match=r"\bv\b"):
        hvp(lambda x: x * x)(*arguments)


@pytest.mark.parametrize(
    "call",
    [
        lambda f, **o: grad(f, **o)(0.0),
        lambda f, **o: value_and_grad(f, **o)(0.0),
        lambda f, **o: jacobian(lambda x: [x, f(x)], **o)(0.0),
        lambda f, **o: hessian(lambda x: f(x) * x, **o)(0.0),
        lambda f, **o: hvp(lambda x: f(x) * x, **o)(0.0, 1.0),
    ],
    ids=["grad", "value_and_grad", "jacobian", "hessian", "hvp"],
)
def test_transforms_refuse_a_non_finite_gradient_and_name_its_operation(call: Callable[..., Any]) -> None:
    with pytest.raises(NonFiniteError) as caught:
        call(autograd.sqrt)
    assert "sqrt(0.0)" in str(caught.value) or "0.5 / 0.0" in str(caught.value)
    assert caught.value.operation in ("sqrt", "truediv")
    call(autograd.sqrt, allow_nonfinite=True)


def test_a_number_that_is_nan_is_called_data() -> None:
    weights = [Value(0.5, label="w0"), Value(-0.5, label="w1")]
    with pytest.raises(NonFiniteError, match=r"dot was given the number nan as operand 3") as caught:
        autograd.dot(weights, [1.0, math.nan]).backward()
    assert "checking the data" in str(caught.value)


def test_a_loss_that_grew_too_large_is_told_to_lower_the_rate() -> None:
    error = Value(-4.56e155)
    with pytest.raises(NonFiniteError, match="a lower learning rate"):
        (error * error).backward()


def test_the_label_of_what_failed_is_named_and_the_nearest_leaves_it_came_from() -> None:
    w, x, b, far = (Value(number, label=label) for number, label in ((2.0, "w"), (-3.0, "x"), (0.0, "b"), (1.0, "far")))
    hidden = w * x + b
    bad = (hidden * (far * 1.0).exp()).log()
    bad.label = "boom"
    with pytest.raises(NonFiniteError) as refusal:
        bad.backward()
    lines = str(refusal.value).splitlines()
    assert lines[0].endswith("is nan, so 'boom' has no usable gradient")
    assert lines[1].startswith("  first made by   boom = x.log()")
    assert lines[2] == "  made from       b, w, x"  # nearest first, three at most
