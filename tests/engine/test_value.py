"""Value: what a node shows, when its numbers are taken, how gradients add up, and its manners with other numbers."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import functools
import inspect
import math
import operator
import pickle
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Value, grad, no_grad

# ── a node and its parents ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (3, 3.0),
        (-0.25, -0.25),
        (True, 1.0),
        (Fraction(1, 4), 0.25),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7.0),
        (np.bool_(True), 1.0),
        (np.array(2), 2.0),
        (np.array(2.5), 2.5),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        (Fraction(10**400), math.inf),
    ],
)
def test_data_is_a_python_float(number: Any, expected: float) -> None:
    value = Value(number)
    assert type(value.data) is float
    assert value.data == expected
    value.data, value.grad = 9.0, 9.0
    value.data, value.grad = number, number
    assert (type(value.data), type(value.grad)) == (float, float)
    assert (value.data, value.grad) == (expected, expected)


def test_a_leaf_has_no_past() -> None:
    leaf = Value(2.0)
    assert (leaf._prev, leaf._op, leaf.label, leaf.grad, leaf.local_derivatives) == ((), "", "", 0.0, ())
    assert not leaf.is_constant
    assert not leaf.has_grad


def test_parents_are_an_ordered_tuple_and_one_used_twice_is_there_twice() -> None:
    a, b = Value(2.0), Value(-3.0)
    assert (a * b)._prev == (a, b)
    assert (b * a)._prev == (b, a)
    assert (a * a)._prev == (a, a)
    assert type((a * a)._prev) is tuple
    assert a.exp()._prev == (a,)
    assert autograd.where(True, b, a)._prev[1:] == (b, a)
    assert autograd.dot([a, b], [b, b])._prev == (a, b, b, b)


a, b = Value(3.0), Value(2.0)


@pytest.mark.parametrize(
    ("node", "symbol", "parents", "derivatives"),
    [
        (a + b, "+", [3.0, 2.0], [1.0, 1.0]),
        (a - b, "-", [3.0, 2.0], [1.0, -1.0]),
        (a * b, "*", [3.0, 2.0], [2.0, 3.0]),
        (a / b, "/", [3.0, 2.0], [0.5, -0.75]),
        (b**a, "**", [2.0, 3.0], [12.0, 8 * math.log(2)]),
        (-a, "neg", [3.0], [-1.0]),
        (a + 5, "+", [3.0, 5.0], [1.0, None]),
        (5 + a, "+", [5.0, 3.0], [None, 1.0]),
        (a - 5, "-", [3.0, 5.0], [1.0, None]),
        (5 - a, "-", [5.0, 3.0], [None, -1.0]),
        (a * 5, "*", [3.0, 5.0], [5.0, None]),
        (5 * a, "*", [5.0, 3.0], [None, 5.0]),
        (a / 4, "/", [3.0, 4.0], [0.25, None]),
        (6 / b, "/", [6.0, 2.0], [None, -1.5]),
        (a**2, "**", [3.0, 2.0], [6.0, None]),
        (2**a, "**", [2.0, 3.0], [None, 8 * math.log(2)]),
        (abs(-b), "abs", [-2.0], [-1.0]),
        (a.sqrt(), "sqrt", [3.0], [0.5 / math.sqrt(3)]),
        (a.maximum(b), "maximum", [3.0, 2.0], [1.0, 0.0]),
        (a.clip(0, 10), "clip", [3.0, 0.0, 10.0], [1.0, None, None]),
        (autograd.sum([a, b, 7.0]), "sum", [3.0, 2.0, 7.0], [1.0, 1.0, None]),
        (autograd.dot([a, 4.0], [5.0, b]), "dot", [3.0, 4.0, 5.0, 2.0], [5.0, None, None, 4.0]),
        (autograd.max([b, a]), "max", [2.0, 3.0], [0.0, 1.0]),
    ],
)
def test_symbol_parents_and_local_derivatives(
    node: Value, symbol: str, parents: list[float], derivatives: list[float | None]
) -> None:
    assert node._op == symbol
    assert [parent.data for parent in node._prev] == parents
    assert len(node.local_derivatives) == len(derivatives)
    for found, wanted in zip(node.local_derivatives, derivatives, strict=True):
        assert found == (None if wanted is None else pytest.approx(wanted, rel=1e-14))


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda x: x * 2, 1),
        (lambda x: 2 * x, 0),
        (lambda x: 2 / x, 0),
        (lambda x: x.maximum(2), 1),
        (lambda x: x.clip(2, 3), 1),
        (lambda x: autograd.sum([x, 2.0]), 1),
    ],
)
def test_a_plain_number_is_a_constant_parent_the_same_object_each_time(
    make: Callable[[Value], Value], place: int
) -> None:
    x = Value(2.0)
    node = make(x)
    constant = node._prev[place]
    assert isinstance(constant, Value)
    assert (constant.data, constant.is_constant, constant._op, constant._prev) == (2.0, True, "", ())
    assert node._prev[place] is constant
    assert not x.is_constant and not node.is_constant
    node.backward()
    assert constant.grad == 0.0 and not constant.has_grad
    assert node._prev[place] is constant


def test_label_names_a_value() -> None:
    named = Value(1.0, label="w")
    assert named.label == "w"
    assert Value(1.0, "w").label == "w"
    product = named * 2
    product.label = "y"
    assert (product.label, named.label) == ("y", "w")


def test_repr_is_one_short_line() -> None:
    x = Value(2.0, label="x")
    y = x * x
    assert (repr(x), repr(y), str(y)) == ("Value(2.0, label='x')", "Value(4.0)", "Value(4.0)")
    y.backward()
    assert (repr(x), repr(y)) == ("Value(2.0, grad=4.0, label='x')", "Value(4.0, grad=1.0)")
    assert repr(Value(math.nan)) == "Value(nan)"


def test_nothing_else_can_be_set_on_a_value() -> None:
    with pytest.raises(AttributeError):
        Value(1.0).gard = 0.0  # type: ignore[attr-defined]


def test_detach_is_a_leaf_through_which_no_gradient_flows() -> None:
    x = Value(3.0, label="x")
    y = x * x
    cut = y.detach()
    assert (cut.data, cut._prev, cut._op) == (9.0, (), "")
    (cut * x).backward()
    assert (x.grad, cut.grad, y.grad) == (9.0, 3.0, 0.0)


# ── derivatives are taken at forward time ───────────────────────────────────────────────────────────────────────────

POINT = (0.6, 1.7, -0.4)
R = math.hypot(0.6, -0.4)

FORMS: list[tuple[str, Callable[..., Value], tuple[float, float, float]]] = [
    ("a*b + c", lambda a, b, c: a * b + c, (1.7, 0.6, 1.0)),
    ("a/b - c", lambda a, b, c: a / b - c, (1 / 1.7, -0.6 / 1.7**2, -1.0)),
    ("b**2 · 3a", lambda a, b, c: b**2 * (3 * a), (3 * 1.7**2, 6 * 1.7 * 0.6, 0.0)),
    ("a**b", lambda a, b, c: a**b, (1.7 * 0.6**0.7, 0.6**1.7 * math.log(0.6), 0.0)),
    ("2/a - c/4", lambda a, b, c: 2 / a - c / 4, (-2 / 0.36, 0.0, -0.25)),
    ("exp(a) log(b)", lambda a, b, c: a.exp() * b.log(), (math.exp(0.6) * math.log(1.7), math.exp(0.6) / 1.7, 0.0)),
    ("-sin(c)", lambda a, b, c: -c.sin(), (0.0, 0.0, -math.cos(-0.4))),
    ("dot", lambda a, b, c: autograd.dot([a, b], [c, a]), (-0.4 + 1.7, 0.6, 0.6)),
    ("mean, prod", lambda a, b, c: autograd.mean([a, b]) * autograd.prod([b, c]), (-0.34, -0.8, 1.955)),
    ("clip", lambda a, b, c: a.clip(b, 3.0) * c, (0.0, -0.4, 1.7)),
    ("where", lambda a, b, c: autograd.where(a > 0, b, c) * a, (1.7, 0.6, 0.0)),
    ("max · norm", lambda a, b, c: autograd.max([a, b]) * autograd.norm([a, c]), (1.02 / R, R, -0.68 / R)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "expected"), [(f, e) for _, f, e in FORMS], ids=[name for name, _, _ in FORMS])
@pytest.mark.parametrize("edit", [None, 1e3, -7.0, math.nan])
def test_editing_data_after_the_forward_pass_changes_no_gradient(
    f: Callable[..., Value], expected: tuple[float, float, float], edit: float | None
) -> None:
    leaves = [Value(number) for number in POINT]
    out = f(*leaves)
    inner = [node for parent in out._prev for node in (parent, *parent._prev)]
    if edit is not None:
        for node in (*leaves, *inner):
            node.data = edit
    out.backward()
    assert [leaf.grad for leaf in leaves] == pytest.approx(list(expected), rel=1e-13, abs=1e-15)


def test_editing_data_changes_what_is_built_next() -> None:
    x = Value(3.0)
    old = x * x
    x.data = 5.0
    new = x * x
    assert (old.data, new.data, x.data) == (9.0, 25.0, 5.0)
    new.backward()
    assert x.grad == 10.0


# ── backward ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_worked_product_of_a_sum() -> None:
    a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
    e = a * b
    d = e + c
    loss = d * f
    loss.backward()
    assert loss.data == -8.0
    assert [x.grad for x in (a, b, c, f, e, d, loss)] == [6.0, -4.0, -2.0, 4.0, -2.0, -2.0, 1.0]


def test_the_worked_node_used_by_two() -> None:
    a, b = Value(-2.0), Value(3.0)
    d, e = a * b, a + b
    f = d * e
    f.backward()
    assert (f.data, a.grad, b.grad, d.grad, e.grad) == (-6.0, -3.0, -8.0, 1.0, -6.0)


def test_leaves_accumulate_and_inner_nodes_are_overwritten() -> None:
    x = Value(3.0)
    square = x * x
    cube = square * x
    cube.backward()
    assert (x.grad, square.grad, cube.grad) == (27.0, 3.0, 1.0)
    cube.backward()
    assert (x.grad, square.grad, cube.grad) == (54.0, 3.0, 1.0)


def test_two_losses_share_a_node() -> None:
    x = Value(2.0)
    z = x**2
    y1, y2 = 3 * z, z**2
    y1.backward()
    assert (x.grad, z.grad) == (12.0, 3.0)
    y2.backward()
    assert (x.grad, z.grad) == (44.0, 8.0)
    assert y1.grad == 1.0


def test_a_gradient_set_on_an_inner_node_does_not_leak_into_the_next_pass() -> None:
    x = Value(2.0)
    z = x * 5
    y = z * 3
    z.grad, y.grad, x.grad = 100.0, 100.0, 1.0
    y.backward()
    assert (y.grad, z.grad, x.grad) == (1.0, 3.0, 16.0)


@pytest.mark.parametrize("seed", [2, -0.5, np.float64(4.0), np.array(3.0), True, 0.0])
def test_backward_starts_from_the_given_gradient(seed: Any) -> None:
    x = Value(3.0)
    y = x * x
    y.backward(grad=seed)
    assert (y.grad, x.grad) == (float(seed), 6.0 * float(seed))
    y.backward(seed)
    assert x.grad == 12.0 * float(seed)
    assert type(x.grad) is float


@pytest.mark.parametrize("seed", ["1", None, [1.0], 1j, Value(3.0), np.array([1.0, 2.0])], ids=repr)
@pytest.mark.parametrize("allow_nonfinite", [False, True])
def test_backward_refuses_a_gradient_that_is_not_one_number(seed: Any, allow_nonfinite: bool) -> None:
    x = Value(3.0)
    y = x * x
    with pytest.raises(TypeError, match=r"backward\(\) takes"):
        y.backward(seed, allow_nonfinite=allow_nonfinite)
    assert not x.has_grad and not y.has_grad


def test_backward_on_a_leaf_gives_it_the_gradient() -> None:
    x = Value(3.0)
    x.backward()
    x.backward(4.0)
    assert x.grad == 5.0


def test_has_grad_tells_a_gradient_of_zero_from_none() -> None:
    x, unused = Value(3.0), Value(1.0)
    (x * 0).backward()
    assert (x.grad, x.has_grad) == (0.0, True)
    assert (unused.grad, unused.has_grad) == (0.0, False)
    unused.grad = 0.0
    assert unused.has_grad


def graph() -> tuple[list[Value], Value]:
    """Every form of node: unary, binary, one operand fixed on either side, n-ary with constants, one used twice."""
    leaves = [Value(0.5), Value(-1.5), Value(2.0)]
    p, q, r = leaves
    s = p * q + 3
    t = (2 - s) * s / r
    u = autograd.dot([t, s, 4.0], [r, t, p])
    return leaves, (u.tanh() + 2**q) * u.maximum(-1.0) + autograd.where(True, t, p) + u


def topological_order(root: Value) -> list[Value]:
    order: list[Value] = []
    seen: set[Value] = set()

    def visit(node: Value) -> None:
        if node not in seen:
            seen.add(node)
            for parent in node._prev:
                visit(parent)
            order.append(node)

    visit(root)
    return order


def test_backward_by_hand_in_topological_order_equals_backward() -> None:
    leaves, root = graph()
    root.backward()
    by_itself = [node.grad for node in topological_order(root) if not node.is_constant]
    assert all(leaf.grad != 0.0 for leaf in leaves)

    _, root = graph()
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        assert node._backward() is None
    assert [node.grad for node in topological_order(root) if not node.is_constant] == pytest.approx(
        by_itself, rel=1e-14
    )


def test_one_backward_closure_adds_to_what_the_parents_have() -> None:
    x, y = Value(3.0), Value(5.0)
    product = x * y
    product.grad, x.grad, y.grad = 2.0, 100.0, 1000.0
    product._backward()
    assert (x.grad, y.grad, product.grad) == (110.0, 1006.0, 2.0)
    square = x * x
    square.grad, x.grad = 1.0, 0.5
    square._backward()
    assert x.grad == 6.5


def test_the_backward_closure_of_a_leaf_does_nothing() -> None:
    x = Value(3.0)
    x.grad = 1.0
    x._backward()
    assert x.grad == 1.0


def test_the_backward_closure_is_of_its_node_whenever_it_is_called() -> None:
    x = Value(3.0)
    y = x * 2
    step = y._backward
    y.grad = 7.0
    x.data = 100.0
    step()
    assert x.grad == 14.0


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
    with pytest.raises(TypeError, match=f"label is a str, not {type(wrong).__name__}"):
        value.label = wrong
    with pytest.raises(TypeError, match="label is a str"):
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
        assert getattr(value, f"__r{name}__")("a") is NotImplemented


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


# ── rules of the user's own ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("own_rules")
def test_a_rule_that_returns_an_int_still_makes_floats() -> None:
    @autograd.rule(samples=[(2.0,)])
    def steps_up(x):
        """1 whatever x is, as an int."""
        return 1, (0,)

    for made in (Value(2.0).steps_up(), steps_up(Value(2.0)), Value(2.0).steps_up()):
        assert type(made.data) is float
        made.backward()
        assert type(made._prev[0].grad) is float


@pytest.mark.usefixtures("own_rules")
def test_a_rule_whose_value_is_no_number_makes_no_value() -> None:
    @autograd.rule
    def says_a(x):
        """No number."""
        return "a", (1.0,)

    with pytest.raises((TypeError, ValueError)):
        Value(2.0).says_a()
    with pytest.raises((TypeError, ValueError)):
        says_a(Value(2.0))


# ── no_grad ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_recorded(x: Value) -> bool:
    return bool((x * x)._prev)


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x * x,
        lambda x: 2 / x,
        lambda x: x + 2,
        lambda x: x.exp(),
        lambda x: abs(x),
        lambda x: x.clip(0, 1),
        lambda x: autograd.sum([x, x]),
        lambda x: autograd.softmax([x, x])[0],
        lambda x: np.exp(x),
        lambda x: (np.array([1.0, 2.0]) * x)[0],
    ],
)
def test_no_parents_are_kept_under_no_grad(make: Callable[[Value], Value]) -> None:
    x = Value(3.0)
    recorded = make(x)
    assert recorded._prev
    with no_grad():
        out = make(x)
    assert type(out) is Value
    assert out.data == recorded.data
    assert (out._prev, out._op, out.local_derivatives) == ((), "", ())
    (out * 1).backward()
    assert not x.has_grad
    assert make(x)._prev


def test_no_grad_nests_and_ends_after_an_exception() -> None:
    x = Value(3.0)

    def fail() -> None:
        with no_grad():
            with no_grad():
                assert not is_recorded(x)
            assert not is_recorded(x)
            with pytest.raises(KeyError), no_grad():
                raise KeyError
            assert not is_recorded(x)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert is_recorded(x)
    again = no_grad()
    with again, again:
        assert not is_recorded(x)
    assert is_recorded(x)


def test_a_leaf_made_under_no_grad_is_an_ordinary_leaf() -> None:
    with no_grad():
        x = Value(3.0)
    (x * x).backward()
    assert x.grad == 6.0


def test_backward_of_a_graph_built_before_works_under_no_grad() -> None:
    x = Value(3.0)
    y = x * x
    with no_grad():
        y.backward()
    assert x.grad == 6.0


def test_no_grad_decorates_a_function() -> None:
    @no_grad()
    def predict(x: Value, *, times: int) -> Value:
        """Times x."""
        if times < 0:
            raise ValueError(times)
        return x * times

    x = Value(3.0)
    out = predict(x, times=4)
    assert (out.data, out._prev) == (12.0, ())
    assert (predict.__name__, predict.__doc__) == ("predict", "Times x.")
    with pytest.raises(ValueError, match="-1"):
        predict(x, times=-1)
    assert is_recorded(x)


def test_no_grad_decorates_a_method_and_a_recursion() -> None:
    class Doubler:
        @no_grad()
        def many(self, x: Value, n: int) -> Value:
            return self.many(x * 2, n - 1) if n else x * 1

    assert Doubler().many(Value(1.0), 5).data == 32.0
    assert not Doubler().many(Value(1.0), 5)._prev
    assert is_recorded(Value(1.0))


def test_no_grad_decorates_a_coroutine_function() -> None:
    @no_grad()
    async def predict(x: Value) -> list[bool]:
        before = is_recorded(x)
        await asyncio.sleep(0)
        return [before, is_recorded(x)]

    async def main() -> list[bool]:
        x = Value(3.0)
        coroutine = predict(x)
        return [is_recorded(x), *await coroutine, is_recorded(x)]

    assert inspect.iscoroutinefunction(predict)
    assert asyncio.run(main()) == [True, False, False, True]


def test_no_grad_refuses_a_generator_function() -> None:
    def numbers(x: Value) -> Iterator[Value]:
        yield x * x

    async def later(x: Value) -> AsyncIterator[Value]:
        yield x * x

    for function in (numbers, later):
        with pytest.raises(TypeError, match=rf"generator {function.__name__}.*with no_grad\(\)"):
            no_grad()(function)


def test_a_thread_outside_no_grad_records_while_another_is_inside() -> None:
    x = Value(3.0)
    inside, checked = threading.Event(), threading.Event()
    found: dict[str, bool] = {}

    def quiet() -> None:
        with no_grad():
            inside.set()
            assert checked.wait(10)
            found["inside"] = is_recorded(x)
        found["after"] = is_recorded(x)

    thread = threading.Thread(target=quiet)
    thread.start()
    assert inside.wait(10)
    found["outside"] = is_recorded(x)
    with no_grad():
        found["both"] = is_recorded(x)
    found["outside again"] = is_recorded(x)
    checked.set()
    thread.join()
    assert found == {"inside": False, "after": True, "outside": True, "both": False, "outside again": True}


def test_a_thread_started_inside_no_grad_records() -> None:
    x = Value(3.0)
    with no_grad(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(is_recorded, x).result()
        assert not is_recorded(x)


def test_threads_that_go_in_and_out_do_not_disturb_each_other() -> None:
    x = Value(3.0)
    start = threading.Barrier(4)

    def alternate(quiet: bool) -> set[bool]:
        start.wait()
        found = set()
        for _ in range(2000):
            if quiet:
                with no_grad():
                    found.add(is_recorded(x))
            else:
                found.add(is_recorded(x))
        return found

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(alternate, [True, False, True, False]))
    assert results == [{False}, {True}, {False}, {True}]
    assert is_recorded(x)


def test_interleaved_tasks_each_have_their_own_no_grad() -> None:
    x = Value(3.0)

    async def quiet(found: list[bool]) -> None:
        with no_grad():
            for _ in range(5):
                found.append(is_recorded(x))
                await asyncio.sleep(0)
        found.append(is_recorded(x))

    async def loud(found: list[bool]) -> None:
        for _ in range(7):
            found.append(is_recorded(x))
            await asyncio.sleep(0)

    async def main() -> tuple[list[bool], ...]:
        lists: tuple[list[bool], ...] = ([], [], [])
        await asyncio.gather(quiet(lists[0]), loud(lists[1]), quiet(lists[2]))
        return lists

    once_quiet = [False] * 5 + [True]
    assert asyncio.run(main()) == (once_quiet, [True] * 7, once_quiet)
    assert is_recorded(x)


def test_tasks_that_leave_in_the_order_they_entered() -> None:
    x = Value(3.0)

    async def main() -> list[bool]:
        first_is_in, second_is_in = asyncio.Event(), asyncio.Event()

        async def first() -> bool:
            with no_grad():
                first_is_in.set()
                await second_is_in.wait()
            return is_recorded(x)

        async def second() -> bool:
            await first_is_in.wait()
            with no_grad():
                second_is_in.set()
                await asyncio.sleep(0.01)
                return is_recorded(x)

        return await asyncio.gather(first(), second())

    assert asyncio.run(main()) == [True, False]


def test_what_a_task_records_does_not_depend_on_the_blocks_of_others() -> None:
    """A task begun inside a block and run after it: whichever it does, an unrelated block does not change it."""
    x = Value(3.0)
    with no_grad():
        inherited = contextvars.copy_context()
    alone = inherited.run(is_recorded, x)
    with no_grad():  # somebody else's: `inherited` is another context
        beside_another = inherited.run(is_recorded, x)
    assert alone == beside_another


def test_transforms_differentiate_under_no_grad_and_record_nothing_outside_themselves() -> None:
    a = Value(3.0)
    with no_grad():
        slope = autograd.grad(lambda x: a * x * x)(2.0)
        assert autograd.grad(autograd.grad(lambda x: x**3))(2.0) == 12.0
    assert slope.data == 12.0
    assert slope._prev == ()


def test_no_grad_inside_a_differentiated_function_cuts() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            frozen = x * x
        return frozen * x

    assert autograd.grad(f)(3.0) == 9.0


# ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_shallow_copy_shares_the_parents() -> None:
    x = Value(3.0, label="x")
    y = x * x
    y.label = "y"
    twin = copy.copy(y)
    assert twin is not y
    assert (twin.data, twin.label, twin._prev) == (9.0, "y", (x, x))
    twin.backward()
    assert (x.grad, y.has_grad) == (6.0, False)


class Slotted(Value):
    """The same without a dict."""

    __slots__ = ("extra",)

    def __init__(self, data: float, name: str) -> None:
        super().__init__(data, label=name)
        self.extra = [name]


class Named(Value):
    """A user's own kind of Value, with state of its own."""

    def __init__(self, data: float, name: str) -> None:
        super().__init__(data, label=name)
        self.extra = [name]


@pytest.mark.parametrize("cls", [Named, Slotted])
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_a_subclass_keeps_its_class_and_its_state_when_copied(duplicate: Any, cls: Any) -> None:
    twin = duplicate(cls(2.0, "q"))
    assert type(twin) is cls
    assert not twin.has_grad
    assert type(duplicate(cls(2.0, "q") * 3)._prev[0]) is cls
    assert (twin.data, twin.label, twin.extra) == (2.0, "q", ["q"])
    (twin * 3).backward()
    assert twin.grad == 3.0
