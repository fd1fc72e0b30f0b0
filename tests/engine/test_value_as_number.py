"""Value beside other numbers: comparing, printing, what it refuses, and its manners with NumPy."""

from __future__ import annotations

import functools
import math
import operator
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import autograd
from autograd import Value, grad, no_grad
from autograd.util.lazy_numpy import np

# ── comparing, printing ─────────────────────────────────────────────────────────────────────────────────────────────

COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("other", [1.0, 2.0, 3, True, math.inf, math.nan, np.float64(2.0), np.int64(5), Fraction(1, 2)])
def test_comparisons_are_those_of_the_number(compare: Callable[[Any, Any], bool], other: Any) -> None:
    assert compare(Value(2.0), other) == compare(2.0, other)
    assert compare(other, Value(2.0)) == compare(other, 2.0)
    assert compare(Value(2.0), Value(other)) == compare(2.0, float(other))


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("other", ["2", None, [2.0], 2j])
def test_comparing_with_what_is_no_number_raises(compare: Callable[[Any, Any], bool], other: Any) -> None:
    with pytest.raises(TypeError, match="Value"):
        compare(Value(2.0), other)


def test_values_sort_and_chain_by_their_numbers() -> None:
    values = [Value(3.0), Value(-1.0), Value(2.0)]
    assert [value.data for value in sorted(values)] == [-1.0, 2.0, 3.0]
    assert max(values) is values[0]
    assert 1 < values[0] <= 3.0


@pytest.mark.parametrize("number", [0.0, -0.0, 1.0, -2.5, math.nan, math.inf])
def test_truth_is_that_of_the_number(number: float) -> None:
    assert bool(Value(number)) is bool(number)
    assert (1 if Value(number) else 0) == (1 if number else 0)


@pytest.mark.parametrize("spec", ["", ".3f", "+.2e", ">12", "010.4f", "g", "%"])
def test_format_is_that_of_the_number(spec: str) -> None:
    assert format(Value(2.34567), spec) == format(2.34567, spec)


@pytest.mark.parametrize("convert", [round, math.floor, math.ceil, math.trunc])
def test_python_rounds_a_value_by_its_rule(convert: Callable[[Any], Any]) -> None:
    for number in (2.5, -2.5, 0.0, -0.25, 7.0):
        leaf = Value(number)
        out = convert(leaf) + leaf
        out.backward()
        assert (out.data, leaf.grad) == (convert(number) + number, 1.0)
        assert autograd.grad(lambda x: convert(x) * x)(number) == convert(number)
        assert autograd.compile(lambda x: convert(x) * x)(number) == convert(number) * number


def test_divmod_is_the_two_rules() -> None:
    quotient, rest = divmod(Value(7.5), 2)
    assert (quotient.data, rest.data) == divmod(7.5, 2)
    assert [x.data for x in divmod(-7.5, Value(2.0))] == [*divmod(-7.5, 2.0)]


def test_round_to_digits_is_that_of_the_number() -> None:
    assert round(Value(2.567), 2) == 2.57
    assert f"{Value(1 / 3):.4f}" == "0.3333"


EQUAL_TO_TWO = [
    2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.uint8(2), np.longdouble(2), np.array(2.0), np.array(2),
    Fraction(2), Decimal(2), 2 + 0j, np.complex64(2),
]  # fmt: skip
UNEQUAL_TO_TWO = [
    3, -2.0, 0, True, np.bool_(True), 2.0000000000000004, math.nan, math.inf, 10**400, Fraction(10**17 + 1, 5 * 10**16),
    Decimal("2.1"), 2 + 1j, "2", b"2", None, Value(2.0), grad, ..., (2.0,), {2.0},
]  # fmt: skip


@pytest.mark.parametrize(
    ("other", "equal"),
    [*((x, True) for x in EQUAL_TO_TWO), *((x, False) for x in UNEQUAL_TO_TWO)],
    ids=lambda x: getattr(x, "__name__", repr(x)),
)
def test_equality_is_that_of_the_number_with_a_number_and_else_identity(other: Any, equal: bool) -> None:
    found: list[Any] = []

    def look(x: Value) -> Value:
        found.extend([x == other, other == x, x != other, other != x, np.equal(x, other), np.not_equal(x, other)])
        found.extend([x in [other], x in (other, x), [other].count(x), bool(x == other)])
        return x * x

    look(Value(2.0))
    grad(look)(2.0)
    grad(grad(look))(2.0)
    with no_grad():
        look(Value(2.0))
    assert found == [equal, equal, not equal, not equal, equal, not equal, equal, True, int(equal), equal] * 4


@pytest.mark.parametrize(
    ("number", "other", "equal"),
    [
        (0.1, np.float32(0.1), False),  # exactly, and not in single precision
        (0.5, np.float32(0.5), True),
        (1 / 3, Fraction(1, 3), False),
        (0.1, Decimal("0.1"), False),
        (2.0**53, 2**53 + 1, False),
        (math.nan, math.nan, False),
        (-0.0, 0, True),
        (math.inf, math.inf, True),
        (math.inf, 10**400, False),
        (1.0, True, True),
    ],
)
def test_equality_is_exact(number: float, other: Any, equal: bool) -> None:
    value = Value(number)
    compiled = autograd.compile(lambda x: autograd.where(x == other, 1.0, 0.0))
    recorded = compiled([number])
    assert (value == other, other == value, value != other) == (equal, equal, not equal)
    assert value == value
    assert recorded.tolist() == [float(equal)]


def test_a_branch_on_equality_is_differentiated() -> None:
    def sinc(x: Any) -> Any:
        return 1.0 if x == 0 else autograd.sin(x) / x

    assert sinc(Value(0.0)) == 1.0
    assert autograd.value_and_grad(sinc)(0.0) == (1.0, 0.0)
    assert grad(sinc)(1.0) == pytest.approx(math.cos(1.0) - math.sin(1.0), rel=1e-15)
    assert grad(lambda x: grad(lambda y: y * y if y == 2 else y)(x) * x if x == 2 else x)(2.0) == 8.0


def test_lists_find_a_value_by_identity_or_by_a_number() -> None:
    v, w = Value(2.0), Value(2.0)
    assert ([v, w].index(w), [w, v].index(2.0), [v, w].count(2), [v, w].count(v)) == (1, 0, 2, 1)
    values = [w, v]
    values.remove(v)
    assert values[0] is w
    values.remove(2.0)
    assert values == []
    assert v not in [w, None, "2.0"]


def test_sets_and_dicts_are_by_identity_whatever_the_number() -> None:
    """The hash is that of the object, so a table finds no Value by its number, and no number by a Value."""
    v, w = Value(2.0), Value(2.0)
    assert len({v, w, 2.0}) == 3
    assert (v in {2.0: "number"}, 2.0 in {v: "value"}, w in {v}) == (False, False, False)
    square = functools.lru_cache(lambda x: x * x)
    assert square(2.0) == 4.0
    assert square(v) is square(v)
    assert square(v) is not square(w)


def test_equality_in_an_array() -> None:
    v, w = Value(2.0), Value(2.0)
    values = np.array([v, w])
    assert (values == v).tolist() == [True, False]
    assert (w == values).tolist() == [False, True]
    assert (np.array([2.0, 3.0]) == v).tolist() == [True, False]
    assert (v != np.array([2, 3])).tolist() == [False, True]
    assert (values == 2.0).tolist() == [True, True]
    assert (values == np.array([2.0, 0.0])).tolist() == [True, False]
    assert np.array_equal(values, [2.0, 2.0])
    assert np.array_equal(values, values)
    assert not np.array_equal(values, [w, v])
    assert np.isclose(v, 2.0)


def test_hash_is_identity() -> None:
    first, second = Value(2.0), Value(2.0)
    table = {first: "first", second: "second"}
    first.data = 7.0
    assert (table[first], table[second]) == ("first", "second")
    assert len({first, second, first}) == 2


# ── what is refused, at once ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "convert",
    [float, int, complex, math.exp, math.sqrt, np.float64, np.array([0.0]).__setitem__],
    ids=["float", "int", "complex", "math.exp", "math.sqrt", "np.float64", "array[0] ="],
)
def test_a_conversion_that_would_lose_the_gradient_says_which_call_keeps_it(convert: Callable[..., Any]) -> None:
    arguments = (0, Value(2.0)) if getattr(convert, "__name__", "") == "__setitem__" else (Value(2.0),)
    with pytest.raises((TypeError, ValueError)) as caught:
        convert(*arguments)
    error = caught.value if isinstance(caught.value, TypeError) else caught.value.__cause__
    message = str(error)
    assert "gradient" in message
    assert ".data" in message
    assert "autograd.exp(v)" in message and "math.exp(v)" in message


NOT_NUMBERS = [
    ("3", "str"),
    (b"3", "bytes"),
    (None, "NoneType"),
    ([1.0], "list"),
    ((1.0,), "tuple"),
    ({}, "dict"),
    (1j, "complex"),
    (np.complex128(1), "complex"),
    (np.array([1.0, 2.0]), "array of shape (2,)"),
    (np.array([1.0]), "array of shape (1,)"),
    (np.array("3"), "str"),
    (Value(1.0), "Value"),
    (object(), "object"),
]


@pytest.mark.parametrize(("wrong", "named"), NOT_NUMBERS, ids=[named for _, named in NOT_NUMBERS])
def test_a_value_is_made_of_one_real_number(wrong: Any, named: str) -> None:
    with pytest.raises(TypeError) as caught:
        Value(wrong)
    assert named in str(caught.value)
    several = named in ("list", "tuple") or "shape" in named
    assert ("[Value(x) for x in" in str(caught.value)) == several


def test_a_gradient_set_to_none_is_none() -> None:
    value = Value(1.0)
    value.grad = 0.0
    assert value.has_grad
    value.grad = None
    assert (value.grad, value.has_grad, repr(value)) == (0.0, False, "Value(1.0)")
    (value * 2).backward()
    assert value.grad == 2.0


@pytest.mark.parametrize("attribute", ["data", "grad"])
@pytest.mark.parametrize(("wrong", "named"), NOT_NUMBERS, ids=[named for _, named in NOT_NUMBERS])
def test_data_and_grad_are_set_to_one_real_number(attribute: str, wrong: Any, named: str) -> None:
    if attribute == "grad" and wrong is None:
        pytest.skip("no gradient")
    value = Value(1.0)
    value.grad = 1.0
    with pytest.raises(TypeError) as caught:
        setattr(value, attribute, wrong)
    assert named in str(caught.value)
    assert attribute in str(caught.value)
    assert (value.data, value.grad) == (1.0, 1.0)


@pytest.mark.parametrize("wrong", [None, 3, b"w", ["w"], Value(1.0)], ids=repr)
def test_a_label_is_a_str(wrong: Any) -> None:
    value = Value(1.0, label="w")
    with pytest.raises(TypeError, match=f"label must be a string, not {type(wrong).__name__}"):
        value.label = wrong
    with pytest.raises(TypeError, match="label must be a string"):
        Value(1.0, label=wrong)
    assert value.label == "w"


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("apply", OPERATORS)
@pytest.mark.parametrize("wrong", ["a", None, [1.0], {}, 1j, np.complex128(1j), np.array(["a"])], ids=repr)
def test_an_operator_refuses_what_is_no_number(apply: Callable[[Any, Any], Any], wrong: Any) -> None:
    for operands in ((Value(2.0), wrong), (wrong, Value(2.0))):
        with pytest.raises(TypeError, match="Value"):
            apply(*operands)


class Money:
    """A foreign type with operators of its own, which knows what to do with a Value."""

    def answer(self, *_: Any) -> str:
        return "money"

    __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = answer
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = answer
    __gt__ = __lt__ = __ge__ = __le__ = answer


@pytest.mark.parametrize("apply", [*OPERATORS, *COMPARISONS])
def test_a_foreign_type_gets_its_turn(apply: Callable[[Any, Any], Any]) -> None:
    assert apply(Value(2.0), Money()) == "money"
    assert apply(Money(), Value(2.0)) == "money"


def test_a_whole_number_too_large_for_a_float_is_infinite() -> None:
    v, large = Value(2.0), 10**400
    for out, expected in [
        (v + large, math.inf),
        (large * v, math.inf),
        (v - large, -math.inf),
        (-large / v, -math.inf),
    ]:
        assert out.data == expected
    assert autograd.exp(-large) == 0.0


def test_an_unknown_operand_gets_not_implemented() -> None:
    value: Any = Value(2.0)
    for name in ("add", "sub", "mul", "truediv", "pow"):
        assert getattr(value, f"__{name}__")(Money()) is NotImplemented
        assert getattr(value, f"__r{name}__")(None) is NotImplemented


@pytest.mark.parametrize("name", ["add", "mul", "pow", "maximum", "hypot", "atan2", "logaddexp"])
@pytest.mark.parametrize("wrong", ["a", None, [1.0], 1j], ids=repr)
def test_a_method_refuses_what_is_no_number(name: str, wrong: Any) -> None:
    with pytest.raises(TypeError, match=type(wrong).__name__):
        getattr(Value(2.0), name)(wrong)


# ── NumPy's manners ─────────────────────────────────────────────────────────────────────────────────────────────────

NUMPY_CALLS: list[tuple[str, Callable[[Any], Any], float, float]] = [
    ("np.exp(v)", np.exp, math.exp(2), math.exp(2)),
    ("np.log(v)", np.log, math.log(2), 0.5),
    ("np.tanh(v)", np.tanh, math.tanh(2), 1 - math.tanh(2) ** 2),
    ("np.arctan(v)", np.arctan, math.atan(2), 0.2),
    ("np.absolute(v)", np.absolute, 2.0, 1.0),
    ("np.negative(v)", np.negative, -2.0, -1.0),
    ("np.sign(v)", np.sign, 1.0, 0.0),
    ("np.power(v, 3)", lambda v: np.power(v, 3), 8.0, 12.0),
    ("np.power(3, v)", lambda v: np.power(3, v), 9.0, 9 * math.log(3)),
    ("np.subtract(5, v)", lambda v: np.subtract(5, v), 3.0, -1.0),
    ("np.divide(1, v)", lambda v: np.divide(1, v), 0.5, -0.25),
    ("np.maximum(v, 1)", lambda v: np.maximum(v, 1.0), 2.0, 1.0),
    ("np.minimum(1, v)", lambda v: np.minimum(1.0, v), 1.0, 0.0),
    ("np.clip(v, 0, 5)", lambda v: np.clip(v, 0, 5), 2.0, 1.0),
    ("np.clip(v, 0, 1)", lambda v: np.clip(v, 0, 1), 1.0, 0.0),
    ("np.hypot(v, 1.5)", lambda v: np.hypot(v, 1.5), 2.5, 0.8),
    ("np.arctan2(v, 2)", lambda v: np.arctan2(v, 2.0), math.pi / 4, 0.25),
    ("np.square(v)", np.square, 4.0, 4.0),
    ("np.sum(v)", np.sum, 2.0, 1.0),
    ("np.max(v)", np.max, 2.0, 1.0),
    ("np.float64(3)*v", lambda v: np.float64(3) * v, 6.0, 3.0),
    ("v*np.float64(3)", lambda v: v * np.float64(3), 6.0, 3.0),
    ("np.float64(3)-v", lambda v: np.float64(3) - v, 1.0, -1.0),
    ("np.float64(3)/v", lambda v: np.float64(3) / v, 1.5, -0.75),
    ("np.float32(3)**v", lambda v: np.float32(3) ** v, 9.0, 9 * math.log(3)),
    ("np.int64(3)+v", lambda v: np.int64(3) + v, 5.0, 1.0),
    ("v**np.int64(2)", lambda v: v ** np.int64(2), 4.0, 4.0),
    ("v-np.bool_(True)", lambda v: v - np.bool_(True), 1.0, 1.0),
    ("np.array(3.0)*v", lambda v: np.array(3.0) * v, 6.0, 3.0),
    ("v*np.array(3)", lambda v: v * np.array(3), 6.0, 3.0),
    ("v**np.array(2)", lambda v: v ** np.array(2), 4.0, 4.0),
    ("np.array(3.0)-v", lambda v: np.array(3.0) - v, 1.0, -1.0),
    ("0-d array of v, times v", lambda v: np.array(v) * v, 4.0, 4.0),
    ("v times 0-d array of v", lambda v: v * np.array(v), 4.0, 4.0),
    ("np.where(v > 1, v, 0) * v", lambda v: np.where(v > 1, v, 0.0) * v, 4.0, 4.0),
    ("v + np.where(v > 1, v, 0)", lambda v: v + np.where(v > 1, v, 0.0), 4.0, 2.0),
    ("np.exp(0-d array of v)", lambda v: np.exp(np.array(v)), math.exp(2), math.exp(2)),
    ("np.sum([v, 3v])", lambda v: np.sum([v, 3 * v]), 8.0, 4.0),
    ("np.mean([v, 3v])", lambda v: np.mean([v, 3 * v]), 4.0, 2.0),
    ("np.array([v, 3v]).mean()", lambda v: np.array([v, 3 * v]).mean(), 4.0, 2.0),
    ("np.prod([v, v, 3])", lambda v: np.prod(np.array([v, v, 3.0])), 12.0, 12.0),
    ("np.max([v, 3v])", lambda v: np.max(np.array([v, 3 * v])), 6.0, 3.0),
    ("np.dot", lambda v: np.dot(np.array([v, 1.0]), np.array([v, v])), 6.0, 5.0),
    ("np.dot with floats", lambda v: np.dot(np.array([v, v * v]), np.array([3.0, 2.0])), 14.0, 11.0),
    ("x @ x", lambda v: np.array([v, 2 * v]) @ np.array([v, 2 * v]), 20.0, 20.0),
    ("A @ x", lambda v: (np.array([[1.0, 2.0], [3.0, 4.0]]) @ np.array([v, v * v]))[1], 22.0, 19.0),
    ("np.linalg.norm", lambda v: np.linalg.norm(np.array([3 * v, 4 * v])), 10.0, 5.0),
    ("np.tanh([v])[0]", lambda v: np.tanh(np.array([v]))[0], math.tanh(2), 1 - math.tanh(2) ** 2),
    ("np.cumsum", lambda v: np.cumsum(np.array([v, v, v]))[2], 6.0, 3.0),
    ("np.einsum", lambda v: np.einsum("i,i->", np.array([v, v]), np.array([v, 1.0])), 6.0, 5.0),
]


@pytest.mark.parametrize(
    ("call", "number", "derivative"), [row[1:] for row in NUMPY_CALLS], ids=[row[0] for row in NUMPY_CALLS]
)
def test_numpy_on_a_value_gives_a_value(call: Callable[[Any], Any], number: float, derivative: float) -> None:
    v = Value(2.0)
    out = call(v)
    assert type(out) is Value
    assert out.data == pytest.approx(number, rel=1e-14)
    out.backward()
    assert v.grad == pytest.approx(derivative, rel=1e-14)


ROW = [1.0, 2.0, 4.0]


@pytest.mark.parametrize("apply", OPERATORS)
@pytest.mark.parametrize("dtype", [float, np.float32, int, object])
def test_an_array_on_either_side_gives_an_object_array(apply: Callable[[Any, Any], Any], dtype: Any) -> None:
    v, array = Value(3.0), np.array([int(x) if dtype is int else x for x in ROW], dtype=dtype)
    for out, numbers in [
        (apply(v, array), [apply(3.0, x) for x in ROW]),
        (apply(array, v), [apply(x, 3.0) for x in ROW]),
    ]:
        assert isinstance(out, np.ndarray)
        assert (out.dtype, out.shape) == (object, (3,))
        assert all(type(x) is Value for x in out)
        assert [x.data for x in out] == pytest.approx(numbers, rel=1e-15)
        assert all(v in x._prev for x in out)


def test_an_array_keeps_its_shape_and_its_gradients() -> None:
    v = Value(3.0)
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    left, right = v * table, table * v
    assert left.shape == right.shape == (2, 2)
    (left.sum() + right.sum()).backward()
    assert v.grad == 20.0
    assert np.arange(3).__mul__(v).shape == (3,)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["maximum", "minimum", "hypot", "arctan2", "logaddexp"])
def test_a_numpy_function_of_two_applies_its_rule_to_an_array_in_both_orders(name: str) -> None:
    v, array, function = Value(2.0), np.array([3.0, 2.0, 1.0]), getattr(np, name)
    for out, order in [(function(v, array), lambda x: (v, x)), (function(array, v), lambda x: (x, v))]:
        assert out.dtype == object and all(type(x) is Value for x in out)
        alone = [function(*order(x)) for x in array.tolist()]
        assert [x.data for x in out] == [x.data for x in alone]
        assert [x.local_derivatives for x in out] == [x.local_derivatives for x in alone]


def test_an_object_array_is_added_to_in_place() -> None:
    v, values = Value(3.0), np.array([Value(1.0), Value(2.0)])
    kept = values
    values += v
    np.multiply(values, v, out=values)
    assert kept is values and [x.data for x in values] == [12.0, 15.0]
    values.sum().backward()
    assert v.grad == 4 + 3 + 5 + 3


def test_numpy_comparisons_are_those_of_the_number() -> None:
    v = Value(2.0)
    assert (v < np.array([1.0, 3.0])).tolist() == [False, True]
    assert (np.array([1.0, 3.0]) < v).tolist() == [True, False]
    assert np.float64(3.0) > v
    assert not np.float64(1.0) > v
    with warnings.catch_warnings(action="error"):
        assert (Value(math.nan) < np.array([1.0, 3.0])).tolist() == [False, False]
    assert np.isfinite(v) and not np.isnan(v)
    assert np.isnan(Value(math.nan)) and np.isinf(Value(math.inf))
    assert np.argmax(np.array([v, Value(5.0), v])) == 1
    assert [x.data for x in np.sort(np.array([Value(5.0), v]))] == [2.0, 5.0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("function", [np.sqrt, np.log, autograd.sqrt, autograd.log, lambda x: 1.0 / x])
def test_numbers_at_the_edge_do_not_warn_in_an_array_either(function: Callable[[Any], Any]) -> None:
    edge = Value(0.0)
    out = function(np.array([edge, Value(4.0)]))
    assert out[0].local_derivatives != out[1].local_derivatives
    assert not math.isfinite(next(x for x in out[0].local_derivatives if x is not None))


@pytest.mark.parametrize("name", ["spacing", "signbit", "nextafter", "heaviside", "ldexp"])
def test_a_numpy_function_without_a_rule_is_refused_with_advice(name: str) -> None:
    arguments = [Value(2.0), 3][: getattr(np, name).nin]
    with pytest.raises(TypeError) as caught:
        getattr(np, name)(*arguments)
    message = str(caught.value)
    assert f"np.{name}" in message
    assert "gradient" in message and "@autograd.rule" in message and ".data" in message


def test_an_array_of_floats_does_not_swallow_a_value() -> None:
    numbers = np.array([1.0, 2.0])
    with pytest.raises(TypeError):
        numbers += Value(3.0)
    with pytest.raises(TypeError):
        np.exp(Value(1.0), out=numbers)
    assert numbers.tolist() == [1.0, 2.0]
