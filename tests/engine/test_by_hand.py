"""Nodes made by hand, as in microgpt: ``Value(x, (a, b), (∂x/∂a, ∂x/∂b))``."""

from __future__ import annotations

import copy
import math
import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import NonFiniteError, RecordingError, Value, draw, grad, gradcheck, no_grad, play


def add(a: Value, b: Value) -> Value:
    return Value(a.data + b.data, (a, b), (1, 1))


def mul(a: Value, b: Value) -> Value:
    return Value(a.data * b.data, (a, b), (b.data, a.data))


def square(a: Value) -> Value:
    return Value(a.data**2, (a,), (2 * a.data,))


def tanh(a: Value) -> Value:
    t = math.tanh(a.data)
    return Value(t, (a,), (1 - t * t,))


def weighted(*xs: Value) -> Value:
    """Σ (i + 1) xᵢ²: a node of any number of parents."""
    return Value(
        sum((i + 1) * x.data**2 for i, x in enumerate(xs)), xs, [2 * (i + 1) * x.data for i, x in enumerate(xs)]
    )


def ours(*xs: Value) -> Value:
    return autograd.sum([(i + 1) * x**2 for i, x in enumerate(xs)])


# ── the same as the operations of this package ──────────────────────────────────────────────────────────────────────

PAIRS: list[tuple[int, Callable[..., Value], Callable[..., Value]]] = [
    (2, add, lambda a, b: a + b),
    (2, mul, lambda a, b: a * b),
    (1, square, lambda a: a**2),
    (1, tanh, lambda a: a.tanh()),
    (3, weighted, ours),
    (4, weighted, ours),
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_random_program_of_nodes_made_by_hand_has_the_same_gradients(data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.floats(-1.5, 1.5), min_size=2, max_size=4))
    by_hand, by_rule = ([Value(x) for x in numbers] for _ in range(2))
    graphs = [list(by_hand), list(by_rule)]
    for _ in range(data.draw(st.integers(1, 12))):
        count, hand, rule = data.draw(st.sampled_from(PAIRS))
        index = data.draw(st.lists(st.integers(0, len(graphs[0]) - 1), min_size=count, max_size=count))
        is_mixed = data.draw(st.booleans())  # an operation of this package among those made by hand
        for nodes, operation in zip(graphs, (rule if is_mixed else hand, rule), strict=True):
            nodes.append(operation(*(nodes[i] for i in index)) * 0.5)
    for nodes in graphs:
        autograd.sum(nodes).backward()
    for a, b in zip(*graphs, strict=True):
        assert a.data == pytest.approx(b.data, rel=1e-12, abs=1e-300)
        assert a.grad == pytest.approx(b.grad, rel=1e-9, abs=1e-12)


def nodes() -> tuple[Value, Value, Value]:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return a, b, mul(a, b)


def test_it_is_read_under_the_names_of_both_lectures() -> None:
    a, b, y = nodes()
    assert y.data == -6.0
    assert y._prev == y._children == (a, b)
    assert y.local_derivatives == y._local_grads == (-3.0, 2.0)
    assert y._op == "by_hand"
    assert not y.is_constant
    y.grad = 10.0
    y._backward()
    assert (a.grad, b.grad) == (-30.0, 20.0)
    assert mul(a, a)._prev == (a, a)
    assert repr(y) == "Value(-6.0, grad=10.0)"


def test_editing_the_number_of_a_parent_later_changes_no_gradient() -> None:
    a, b, y = nodes()
    a.data = 100.0
    y.backward()
    assert (a.grad, b.grad) == (-3.0, 2.0)


CALLS: list[tuple[str, Callable[[Value, Value], Value], tuple[Any, ...]]] = [
    ("lists", lambda a, b: Value(6.0, [a, b], [3, 2]), (3.0, 2.0)),
    ("generators", lambda a, b: Value(6.0, (x for x in (a, b)), map(float, (3, 2))), (3.0, 2.0)),
    ("keywords", lambda a, b: Value(6.0, children=(a, b), local_grads=(3.0, 2.0)), (3.0, 2.0)),
    ("a very large integer", lambda a, b: Value(6.0, (a, b), (-(10**400), 1)), (-math.inf, 1.0)),
    ("a truth value", lambda a, b: Value(1.0, (a, b), (a.data > 0, False)), (1.0, 0.0)),
    ("a plain number first", lambda a, b: Value(6.0, (3.0, b), (2.0, 3.0)), (None, 3.0)),
    ("a plain number last", lambda a, b: Value(6.0, (a, 3), (3.0, 2.0)), (3.0, None)),
    ("a plain number among three", lambda a, b: Value(6.0, (a, 1, b), (3.0, 6.0, 2.0)), (3.0, None, 2.0)),
    ("plain numbers only", lambda a, b: Value(6.0, (2.0, 3.0), (3.0, 2.0)), (None, None)),
    ("no parents", lambda a, b: Value(6.0, (), ()), ()),
    ("no parents alone", lambda a, b: Value(6.0, ()), ()),
    ("no parents, in lists", lambda a, b: Value(6.0, [], []), ()),
    ("micrograd's defaults", lambda a, b: Value(6.0, (), ""), ()),
    ("micrograd's defaults and a label", lambda a, b: Value(6.0, (), "", "c"), ()),
    ("a label beside parents", lambda a, b: Value(6.0, (a, b), (3, 2), label="c"), (3.0, 2.0)),
]  # fmt: skip


@pytest.mark.parametrize(("make", "local"), [row[1:] for row in CALLS], ids=[row[0] for row in CALLS])
def test_the_constructor_takes(make: Callable[[Value, Value], Value], local: tuple[Any, ...]) -> None:
    a, b = Value(2.0), Value(3.0)
    node = make(a, b)
    assert node._local_grads == local
    assert len(node._children) == len(local)
    assert all(type(x) in (float, type(None)) for x in local)
    (node * 2).backward(allow_nonfinite=True)
    for parent, slope in zip(node._prev, local, strict=True):
        assert parent.grad == (2 * slope if slope is not None else 0.0)
        assert parent.is_constant == (slope is None)


def test_a_label_is_where_it_was() -> None:
    assert [Value(1.0, "w").label, Value(1.0, label="w").label, Value(1.0, (), (), "w").label] == ["w"] * 3
    assert Value(1.0, (Value(2.0),), (3.0,), label="w").label == "w"


REFUSED: list[tuple[str, type[Exception], Callable[[Value, Value], Any], str]] = [
    ("only parents", TypeError, lambda a, b: Value(6.0, (a, b)), "for each parent, not only parents"),
    ("a symbol", TypeError, lambda a, b: Value(6.0, (a, b), "*"), "for each parent, not the symbol '*'"),
    ("a symbol and a label", TypeError, lambda a, b: Value(6.0, (a, b), "*", "c"), "not the symbol '*'"),
    ("a symbol of a leaf", TypeError, lambda a, b: Value(6.0, (), "x"), "a Value without parents has no operation"),
    ("a label and more", TypeError, lambda a, b: Value(6.0, "label", "more"), "a label, or parents"),
    ("two labels", TypeError, lambda a, b: Value(6.0, "c", label="d"), "a label, or parents"),
    ("only derivatives", TypeError, lambda a, b: Value(6.0, None, (1.0,)), "only beside parents"),
    ("a parent alone", TypeError, lambda a, b: Value(6.0, a, 3.0), "even if there is only one"),
    ("a set", TypeError, lambda a, b: Value(6.0, {a, b}, (3.0, 2.0)), "which have no order"),
    ("too few", ValueError, lambda a, b: Value(6.0, (a, b), (3.0,)), "2 parents and 1 local derivative"),
    ("too many", ValueError, lambda a, b: Value(6.0, (a,), (3.0, 2.0)), "1 parent and 2 local derivatives"),
    ("no parent", ValueError, lambda a, b: Value(6.0, (), (3.0,)), "0 parents and 1 local derivative"),
    ("one number", TypeError, lambda a, b: Value(6.0, (a,), 3.0), "a tuple or list, not a float"),
    ("a set of derivatives", TypeError, lambda a, b: Value(6.0, (a, b), {3.0, 2.0}), "a tuple or list, not a set"),
    ("a Value", TypeError, lambda a, b: Value(6.0, (a, b), (b, a)), "a number, not a Value"),
    ("text", TypeError, lambda a, b: Value(6.0, (a,), ("x",)), "a local derivative in Value() takes a number, not str"),
    ("None", TypeError, lambda a, b: Value(6.0, (a,), (None,)), "takes a number, not NoneType"),
    ("a parent of text", TypeError, lambda a, b: Value(6.0, (a, "b"), (3, 2)), "a parent in Value() takes a number"),
    ("a label of numbers", TypeError, lambda a, b: Value(6.0, (a,), (1,), label=3), "label must be a string, not int"),
    ("_backward", AttributeError, lambda a, b: setattr(a * b, "_backward", lambda: None), "_backward"),
    ("_prev", AttributeError, lambda a, b: setattr(a * b, "_prev", {a, b}), "how a node was made"),
    ("_op", AttributeError, lambda a, b: setattr(a * b, "_op", "*"), "how a node was made"),
    ("_local_grads", AttributeError, lambda a, b: setattr(a, "_local_grads", (1,)), "how a node was made"),
]  # fmt: skip
SAYS_NO_RULE = {"a symbol of a leaf", "text", "None", "a parent of text", "a label of numbers"}


@pytest.mark.parametrize(("name", "kind", "make", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_other_spellings_are_answered(
    name: str, kind: type[Exception], make: Callable[[Value, Value], Any], words: str
) -> None:
    a, b = Value(2.0), Value(3.0)
    with pytest.raises(kind, match=re.escape(words)) as caught:
        make(a, b)
    if name not in SAYS_NO_RULE:
        assert re.search(r"\n  try .*@autograd\.rule .* x \* y, \(y, x\)", str(caught.value), re.DOTALL)
    assert (a.grad, b.grad) == (0.0, 0.0)


def test_the_advice_runs() -> None:
    with pytest.raises(TypeError) as caught:
        Value(6.0, (Value(2.0), Value(3.0)), "*")
    code = re.search(r"try\s+(Value\(.*\)):", str(caught.value))
    assert code is not None
    a, b = Value(2.0), Value(3.0)
    node = eval(code[1], {"Value": Value, "a": a, "b": b})
    assert (node.data, node.local_derivatives) == (6.0, (3.0, 2.0))


# ── copies, no_grad, pictures, errors ───────────────────────────────────────────────────────────────────────────────

COPIES = [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v)), lambda v: pickle.loads(pickle.dumps(v, 0))]
COPY_NAMES = ["copy", "deepcopy", "pickle", "pickle 0"]


@pytest.mark.parametrize("duplicate", COPIES, ids=COPY_NAMES)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_copy_has_the_same_parents_and_derivatives(duplicate: Callable[[Value], Value], count: int) -> None:
    xs = [Value(0.5 + i, label=f"x{i}") for i in range(count)]
    root = weighted(*xs) * 3 + Value(1.0, (xs[0], 2.0), (4.0, 5.0))
    twin = duplicate(root)
    product, other = twin._prev
    assert product._prev[0]._op == other._op == "by_hand"
    assert product._prev[0].local_derivatives == root._prev[0]._prev[0].local_derivatives
    assert other.local_derivatives == (4.0, None)
    twin.backward()
    leaves = {x.label: x.grad for x in product._prev[0]._prev}
    assert leaves == {f"x{i}": 6.0 * (i + 1) * (0.5 + i) + (4.0 if i == 0 else 0.0) for i in range(count)}


class Own(Value):
    """A subclass as ports of microgpt write it, with an operation of its own."""

    def __init__(self, data: float, children: Any = (), local_grads: Any = (), tag: object = None) -> None:
        super().__init__(data, children, local_grads)
        self.tag = tag

    def square(self) -> Own:
        return Own(self.data**2, (self,), (2 * self.data,), tag=[self])


class InSlots(Value):
    __slots__ = ("param_index",)

    def __init__(self, data: float, children: Any = (), local_grads: Any = (), param_index: int = 0) -> None:
        super().__init__(data, children, local_grads)
        self.param_index = param_index


@pytest.mark.parametrize("duplicate", COPIES, ids=COPY_NAMES)
def test_a_subclass_with_operations_and_attributes_of_its_own_survives(duplicate: Callable[[Value], Value]) -> None:
    x = Own(3.0, tag="x")
    y = InSlots(5.0, (x.square() * x,), (0.5,), param_index=7)
    twin: Any = duplicate(y)
    cube = twin._prev[0]
    powers, leaf = cube._prev
    assert (type(twin), type(cube), type(powers), type(leaf)) == (InSlots, Value, Own, Own)
    assert (twin.param_index, leaf.tag) == (7, "x")
    assert powers.tag[0] is leaf
    if duplicate is not copy.copy:
        assert leaf is not x
        assert powers.tag is not y._prev[0]._prev[0].tag
    twin.backward()
    assert leaf.grad == 0.5 * 27.0


def test_a_subclass_is_itself_after_operations_of_its_own_and_a_value_after_ours() -> None:
    x = Own(3.0)
    assert type(x.square()) is Own
    assert type(x * 2) is type(x + x) is Value


def test_a_deep_chain_of_a_subclass_is_copied_without_recursion() -> None:
    node: Own = Own(1.0)
    for _ in range(5000):
        node = Own(node.data, (node,), (1.0,), tag="t")
    for twin in (pickle.loads(pickle.dumps(node)), copy.deepcopy(node)):
        twin.backward()
        assert (type(twin), twin.tag, twin._prev[0].grad) == (Own, "t", 1.0)


def test_an_ordinary_graph_is_pickled_as_before() -> None:
    """Nothing of this is in the pickles of other graphs, so that older versions can read them."""
    pickled = pickle.dumps((Value(2.0) * Value(3.0)).tanh(), protocol=2)
    assert b"by_hand" not in pickled and b"by hand" not in pickled


def test_under_no_grad_it_is_a_number_without_parents() -> None:
    a, b = Value(2.0), Value(3.0)
    with no_grad():
        y = mul(a, b)
    assert (y.data, y._prev, y._op) == (6.0, (), "")
    (y * a).backward()
    assert (a.grad, b.grad, y.grad) == (6.0, 0.0, 2.0)


def test_it_is_drawn_and_played() -> None:
    a, b, y = nodes()
    root = y * a + y
    root.label = "L"
    assert "by_hand  data −6" in str(draw(root))
    assert "by_hand" in draw(root, ops="separate").svg()
    transcript = str(play(root, language="en"))
    assert "∂by_hand(a,b)/∂a = −3" in transcript
    assert "a.grad += by_hand(a,b).grad · ∂by_hand(a,b)/∂a" in transcript
    assert (a.grad, b.grad) == (0.0, 0.0)
    with pytest.raises(TypeError, match=r"no formula to compute it again\n  try .*@autograd\.rule"):
        play(root, compare="numeric")


NONFINITE: list[tuple[str, Callable[[Value], Value], str, str]] = [
    ("its number is nan", lambda a: Value(math.nan, (a, 3.0), (1, 1)),
     "Value(nan, (2.0, 3.0), …) is nan, so this loss has no usable gradient", "Value(nan, (a, 3.0), …)"),
    ("a derivative is infinite", lambda a: Value(1.0, (a,), (math.inf,)) * 2.0,
     "the derivative of Value(1.0, (2.0,), …) in a is inf, so a has no usable gradient", "Value(1.0, (a,), …)"),
    ("a derivative is nan", lambda a: Value(1.0, (a,), (math.nan,)),
     "the derivative of Value(1.0, (2.0,), …) in a is nan, so a has no usable gradient", "Value(1.0, (a,), …)"),
    ("the gradient overflows", lambda a: Value(1.0, (a,), (1e300,)) * 1e300,
     "the gradient through Value(1.0, (2.0,), …) overflows: 1e+300 * 1e+300 is not finite", "Value(1.0, (a,), …)"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "first", "call"), [row[1:] for row in NONFINITE], ids=[row[0] for row in NONFINITE])
def test_a_number_that_is_not_finite_is_traced_to_the_node(
    make: Callable[[Value], Value], first: str, call: str
) -> None:
    a = Value(2.0, label="a")
    with pytest.raises(NonFiniteError) as caught:
        make(a).backward()
    lines = str(caught.value).splitlines()
    assert lines[0] == first
    assert lines[1].split() == f"first made by {call} a = Value(2.0, label='a')".split()
    assert lines[-1] == "  try             checking the number and the local derivatives that this Value was made with"
    assert not a.has_grad


# ── transforms: once, not twice ─────────────────────────────────────────────────────────────────────────────────────


def test_a_transform_differentiates_through_it_once() -> None:
    assert grad(square)(3.0) == 6.0
    assert grad(lambda x: square(x) * x)(3.0) == 27.0
    assert autograd.value_and_grad(lambda x: weighted(*x))([1.0, 2.0, 3.0]) == (36.0, [2.0, 8.0, 18.0])
    assert autograd.jacobian(lambda x: [mul(x[0], x[1]), x[0]])([2.0, 3.0]) == [[3.0, 2.0], [1.0, 0.0]]
    assert grad(lambda x: square(x).detach() * x)(3.0) == 9.0
    assert grad(lambda x: copy.deepcopy(square(x)).data * x)(3.0) == 9.0
    assert gradcheck(lambda x, y: tanh(mul(x, y)) + square(x), (0.3, -0.7))
    w = Value(3.0)
    assert grad(lambda x: x * x * square(w).data)(2.0) == 36.0  # of w alone, it is a number for x
    assert grad(lambda x: grad(lambda y: y * square(x))(1.0))(3.0) == 6.0  # once in x, though inside of two
    gradient = grad(lambda y: y * square(w))(1.0)
    gradient.backward()
    assert (gradient.data, w.grad) == (9.0, 6.0)


def test_a_wrong_derivative_is_found_by_gradcheck() -> None:
    with pytest.raises(autograd.GradcheckError, match=r"1\.5 times the right value"):
        gradcheck(lambda x: Value(x.data**2, (x,), (3 * x.data,)), 2.0)


def test_no_grad_inside_a_transform_makes_it_a_constant() -> None:
    def f(x: Value) -> Value:
        with no_grad():
            y = square(x)
        return y * x

    assert grad(f)(3.0) == 9.0


w = Value(2.0, label="w")
TWICE: list[tuple[str, Callable[[], Any]]] = [
    ("grad of grad", lambda: grad(grad(square))(3.0)),
    ("hessian", lambda: autograd.hessian(lambda x: mul(x[0], x[1]))([1.0, 2.0])),
    ("hvp", lambda: autograd.hvp(lambda x: square(x[0]))([3.0], [1.0])),
    ("jacobian of grad", lambda: autograd.jacobian(grad(lambda x: square(x[0])))([3.0])),
    ("the directional derivative of a gradient", lambda: autograd.jacobian(lambda t: grad(square)(3.0 + t))(0.0)),
    ("gradcheck of order 2", lambda: gradcheck(square, 3.0, order=2)),
    ("at a Value", lambda: grad(square)(Value(3.0))),
    ("with a Value in the argument", lambda: grad(lambda x: square(x * w))(3.0)),
    ("with a Value as a parent", lambda: grad(lambda x: mul(x, w))(3.0)),
]  # fmt: skip


@pytest.mark.parametrize("f", [row[1] for row in TWICE], ids=[row[0] for row in TWICE])
def test_a_second_derivative_is_refused(f: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"no second derivative .* local derivatives are constants") as caught:
        f()
    assert "@autograd.rule" in str(caught.value)
    assert not w.has_grad


def test_a_subclass_cannot_be_made_inside_a_transform() -> None:
    with pytest.raises(TypeError, match=r"Own cannot be made by hand inside a transform[^\n]*\n  try "):
        grad(lambda x: Own(x.data**2, (x,), (2 * x.data,)))(3.0)


# ── compiled functions ──────────────────────────────────────────────────────────────────────────────────────────────

y_outside = mul(w, w)
COMPILED: list[tuple[str, Callable[[Any], Any], str]] = [
    ("made while compiling", lambda x: Value(3.0, (x,), (1.0,)), "cannot make a node by hand while compiling"),
    ("with .data", lambda x: tanh(x) * w, "cannot read .data while compiling"),
    ("made before", lambda x: x * y_outside, "cannot compile a node that was made by hand"),
]


@pytest.mark.parametrize(("f", "words"), [row[1:] for row in COMPILED], ids=[row[0] for row in COMPILED])
@pytest.mark.parametrize("use", [lambda f: f(2.0), lambda f: f.value_and_grad(2.0), lambda f: f.record(2.0)])
def test_a_program_refuses_it_and_names_a_rule(f: Any, words: str, use: Callable[[Any], Any]) -> None:
    compiled = autograd.compile(f)
    with pytest.raises(RecordingError, match=re.escape(words)) as caught:
        use(compiled)
    assert "@autograd.rule" in str(caught.value)
    assert compiled.programs == ()
    assert not w.has_grad and not y_outside.has_grad


def test_a_leaf_without_parents_is_a_constant_of_the_program() -> None:
    assert autograd.compile(lambda x: x * Value(3.0, (), ()))(2.0) == 6.0
