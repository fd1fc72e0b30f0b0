"""Value: what a node shows, when its numbers are taken, how gradients add up, and what its copies are."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import autograd
from autograd import Value
from autograd.util.lazy_numpy import np

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
