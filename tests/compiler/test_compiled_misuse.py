"""What a compiled function refuses, and the words it says it in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from fixtures.compiled import data, numbers_of, weights

import autograd
import nn
from autograd import Value

w, b = Value(2.0, label="w"), Value(1.0, label="b")
line = autograd.compile(lambda x, y: (w * x + b - y) ** 2)
line.record(1.0, 1.0)
network = nn.MLP(3, [4, 1], activation="tanh", seed=0)
wide = autograd.compile(lambda x, y: (network(x) - y) ** 2)
EXPECTED = ", not real numbers; try: a number, an array, a list, or a dict of them"
UNEQUAL = "the batches have different numbers of rows:"
RAGGED = (
    "is ragged: its rows differ in length or nesting; try: one call for each length, or rows filled up "
    "to one length, with targets of -100, which nn.cross_entropy does not count"
)
PARAMETERS = "parameters must be an array of 2 numbers, as program.read() returns, not"
OUT = "out must be an array of 2 float64 numbers, not"
BY_POSITION = (
    "a compiled function takes its batches by position, not as {}; only its own options, such as parameters=, "
    "have names"
)


def compiled(f: Callable[..., Any], *batches: Any) -> Any:
    return autograd.compile(f)(*batches)


REFUSED: list[tuple[str, Callable[[], Any], type[Exception], str]] = [
    ("unequal rows", lambda: line([1.0, 2.0], [3.0, 4.0, 5.0]), ValueError, f"{UNEQUAL} x has 2, y has 3"),
    ("a row too few", lambda: line.value_and_grad([1.0, 2.0], [3.0]), ValueError, f"{UNEQUAL} x has 2, y has 1"),
    ("unequal rows in a dict", lambda: compiled(lambda d: d["a"] * d["b"][0], {"a": [1.0], "b": [[1.0], [2.0]]}),
     ValueError, f"{UNEQUAL} d['a'] has 1, d['b'] has 2"),
    ("targets in a row", lambda: wide(np.ones((5, 3)), np.ones((1, 5))), ValueError, f"{UNEQUAL} x has 5, y has 1"),
    ("ragged", lambda: line([[1.0], [1.0, 2.0]], [1.0, 2.0]), ValueError, f"x {RAGGED}"),
    ("nested unevenly", lambda: line([1.0, 2.0], [1.0, [2.0]]), ValueError, f"y {RAGGED}"),
    ("ragged in a dict", lambda: compiled(lambda d: d["a"], {"a": [[1.0], []]}), ValueError, f"d['a'] {RAGGED}"),
    ("a str", lambda: line("a", 1.0), TypeError, f"x is a str{EXPECTED}"),
    ("None", lambda: line(1.0, None), TypeError, f"y is a NoneType{EXPECTED}"),
    ("bytes", lambda: line(1.0, b"a"), TypeError, f"y is a bytes{EXPECTED}"),
    ("a set", lambda: line({1.0}, 1.0), TypeError, f"x holds a set{EXPECTED}"),
    ("a generator", lambda: line(iter([1.0]), 1.0), TypeError, f"x holds a list_iterator{EXPECTED}"),
    ("None in a list", lambda: line([1.0, None], [1.0, 2.0]), TypeError, f"x holds a NoneType{EXPECTED}"),
    ("strings", lambda: line(["1", "2"], [1.0, 2.0]), TypeError, f"x holds <U1 elements{EXPECTED}"),
    ("complex", lambda: line(1.0, 1j), TypeError, f"y holds complex128 elements{EXPECTED}"),
    ("dates", lambda: line(np.array(["2020-01-01"], "datetime64[D]"), [1.0]), TypeError,
     f"x holds datetime64[D] elements{EXPECTED}"),
    ("in a dict", lambda: compiled(lambda d: d["a"], {"a": "b"}), TypeError, f"d['a'] is a str{EXPECTED}"),
    ("beyond the named", lambda: compiled(lambda *xs: xs[0], 1.0, "a"), TypeError, f"argument 1 is a str{EXPECTED}"),
    ("a Value's gradient", lambda: line.value_and_grad(Value(1.0), 2.0), TypeError, f"x holds a Value{EXPECTED}"),
    ("a Value's slopes", lambda: line.input_grad([Value(1.0)], [2.0]), TypeError, f"x holds a Value{EXPECTED}"),
    ("too narrow", lambda: wide(np.ones((5, 2)), np.ones(5)), ValueError, "this layer takes 3 inputs, not 2"),
    ("too wide", lambda: wide(np.ones((5, 4)), np.ones(5)), ValueError, "this layer takes 3 inputs, not 4"),
    ("as wide as high", lambda: wide(np.ones((3, 4)), np.ones(3)), ValueError, "this layer takes 3 inputs, not 4"),
    ("as high, lists", lambda: wide([[1.0] * 4] * 3, [1.0] * 3), ValueError, "this layer takes 3 inputs, not 4"),
    ("gradient, too wide", lambda: wide.value_and_grad(np.ones((3, 4)), np.ones(3)), ValueError,
     "this layer takes 3 inputs, not 4"),
    ("an axis too many", lambda: wide(np.ones((2, 5, 3)), np.ones(2)), ValueError,
     "this layer takes 3 inputs, not 5 rows of 3\n"
     "  try             [model(x) for x in xs] for a batch, [layer(x) for x in xs] for the steps of a sequence"),
    ("targets in a column", lambda: wide.value_and_grad(np.ones((5, 3)), np.ones((5, 1))), TypeError,
     "the function returns array(1,), but a gradient needs one number; try: returning the sum, or the loss alone"),
    ("one argument too many", lambda: line(1.0, 2.0, 3.0), TypeError,
     "<lambda>() takes 2 positional arguments but 3 were given"),
    ("one too few", lambda: line(1.0), TypeError, "<lambda>() missing 1 required positional argument: 'y'"),
    ("no function", lambda: autograd.compile(3), TypeError, "compile takes a function, not an int\n"
     "  try             autograd.compile(f)(x), where f is the function that computes it"),
    ("another dtype", lambda: autograd.compile(abs, dtype="float16"), ValueError,
     "dtype must be 'float64' or 'float32', not 'float16'"),
    ("no dtype", lambda: autograd.compile(abs, dtype="bogus"), ValueError,
     "dtype must be 'float64' or 'float32', not 'bogus'"),
    ("three parameters", lambda: line(1.0, 2.0, parameters=np.ones(3)), ValueError,
     f"{PARAMETERS} float64 of shape (3,)"),
    ("a row of parameters", lambda: line.value_and_grad(1.0, 2.0, parameters=np.ones((1, 2))), ValueError,
     f"{PARAMETERS} float64 of shape (1, 2)"),
    ("complex parameters", lambda: line.input_grad(1.0, 2.0, parameters=np.ones(2) * 1j), ValueError,
     f"{PARAMETERS} complex128 of shape (2,)"),
    ("one parameter", lambda: line(1.0, 2.0, parameters=[1.0]), ValueError, f"{PARAMETERS} float64 of shape (1,)"),
    ("words for parameters", lambda: line(1.0, 2.0, parameters=["a", "b"]), ValueError,
     f"{PARAMETERS} <U1 of shape (2,)"),
    ("too long an out", lambda: line.value_and_grad(1.0, 2.0, out=np.zeros(3)), ValueError, f"{OUT} float64 of (3,)"),
    ("an out of integers", lambda: line.value_and_grad(1.0, 2.0, out=np.zeros(2, int)), ValueError,
     f"{OUT} int64 of (2,)"),
    ("an out of float32", lambda: line.value_and_grad(1.0, 2.0, out=np.zeros(2, np.float32)), ValueError,
     f"{OUT} float32 of (2,)"),
    ("an out that is a list", lambda: line.value_and_grad(1.0, 2.0, out=[0.0, 0.0]), TypeError, f"{OUT} a list"),
    ("write too few", lambda: line.write([1.0]), ValueError,
     "write takes 2 numbers, one per parameter, not shape (1,)"),
    ("write a matrix", lambda: line.write(np.ones((2, 1))), ValueError,
     "write takes 2 numbers, one per parameter, not shape (2, 1)"),
    ("write words", lambda: line.write(["a", "b"]), TypeError, "write takes an array of numbers, not of <U1"),
    ("write complex", lambda: line.write([1.0, 1j]), TypeError, "write takes an array of numbers, not of complex128"),
    ("by name", lambda: line(x=1.0, y=2.0), TypeError, BY_POSITION.format("x=, y=")),
    ("a gradient by name", lambda: line.value_and_grad(1.0, y=2.0), TypeError, BY_POSITION.format("y=")),
    ("slopes by name", lambda: line.input_grad(x=1.0), TypeError, BY_POSITION.format("x=")),
    ("a list of dicts", lambda: compiled(lambda d: d["a"] * d["b"], [{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}]),
     TypeError, "d is a list of dicts; try: one dict with all rows of each entry, "
     "{'a': [1.0, 2.0]} instead of [{'a': 1.0}, {'a': 2.0}]"),
    ("None returned", lambda: compiled(lambda x: None, 1.0), TypeError,
     "the result of <lambda> is a NoneType, which cannot be differentiated\n"
     "  try             a number, or a list, tuple, dict or array of numbers"),
    ("a str returned", lambda: compiled(lambda x: {"loss": x, "name": "mse"}, [1.0]), TypeError,
     "the result of <lambda>['name'] is a str, which cannot be differentiated\n"
     "  try             a number, or a list, tuple, dict or array of numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("misuse", "error", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_misuse_says_what_where_and_what_is_expected(
    misuse: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        misuse()
    assert str(caught.value) == message
    assert not any(x.has_grad for x in (w, b, *network.parameters()))
    assert (w.data, b.data) == (2.0, 1.0)
    assert line(1.0, 2.0) == 1.0
    assert wide(np.ones((2, 3)), np.ones(2)).shape == (2,)


MIXED: list[tuple[str, Callable[[], Any], list[str]]] = [
    ("rows beside a number", lambda: line([1.0, 2.0], 3.0), ["x has 2 rows", "y is one"]),
    ("rows beside a number, arrays", lambda: line(np.ones(2), 3.0), ["x has 2 rows", "y is one"]),
    ("a number beside rows", lambda: line.value_and_grad(1.0, [3.0, 4.0]), ["x is one", "y has 2 rows"]),
    ("one target for all", lambda: wide(np.ones((5, 3)), 1.0), ["x has 5 rows", "y is one"]),
    ("not recorded before", lambda: compiled(lambda x, y: x[0] * y, [[1.0], [2.0]], 3.0), ["x has 2 rows", "y is one"]),
    ("a mistake in f", lambda: compiled(lambda x: x[0] + "a", [1.0, 2.0]), ["not Value and str"]),
    ("another width", lambda: wide([1.0, 2.0], 1.0), ["this layer takes 3 inputs, not 2"]),
]  # fmt: skip


@pytest.mark.parametrize(("misuse", "parts"), [row[1:] for row in MIXED], ids=[row[0] for row in MIXED])
def test_what_is_neither_a_batch_nor_a_sample_is_explained(misuse: Callable[[], Any], parts: list[str]) -> None:
    wide.record(np.ones(3), 1.0)
    with pytest.raises((TypeError, ValueError)) as caught:
        misuse()
    message = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    for part in parts:
        assert part in message


def test_a_mistake_in_a_function_of_a_list_is_said_before_the_other_reading() -> None:
    """A list of numbers is first read as a batch of them, which a function that loops over it cannot take."""
    vocabulary = {"a": w}
    for program, words in (
        (lambda tokens: [vocabulary["b"] * token for token in tokens], "'Value' object is not iterable"),
        (lambda tokens: tokens[0] * vocabulary["b"], "'Value' object is not subscriptable"),
        (lambda tokens: vocabulary["b"] if len(tokens) else 0.0, "object of type 'Value' has no len()"),
    ):
        with pytest.raises(KeyError, match="'b'") as caught:
            autograd.compile(program)([0.0, 1.0, 2.0])
        assert caught.value.__notes__ == [f"(read as a batch of rows, the arguments raise a TypeError: {words})"]


def test_no_batch_is_broadcast() -> None:
    """Whatever the shapes, what comes back is f of each row, or of the arguments as one sample; or an error."""
    ws = weights(3)

    def f(x, y):
        return (autograd.dot(ws, x) - y) ** 2

    answers = 0
    shapes_of_x = [(3,), (4, 3), (3, 3), (3, 4), (1, 3), (4, 1, 3)]
    shapes_of_y = [(), (1,), (3,), (4,), (1, 4), (4, 1), (3, 3)]
    for shapes in itertools.product(shapes_of_x, shapes_of_y):
        x, y = (data(*shape) for shape in shapes)
        ways: list[Callable[[], Any]] = [
            lambda x=x, y=y: [f(*row) for row in zip(x, y, strict=True)], lambda x=x, y=y: f(x, y)
        ]  # fmt: skip
        expected = [numbers_of(way()) for way in ways if works(way)]
        for given in ((x, y), (x.tolist(), y.tolist())):
            program = autograd.compile(f)
            if works(lambda program=program, given=given: program(*given)):
                found = np.asarray(program(*given))
                answers += 1
                assert any(found.shape == other.shape and np.allclose(found, other) for other in expected), shapes
    assert answers > 10


def works(call: Callable[[], Any]) -> bool:
    try:
        call()
    except (TypeError, ValueError):
        return False
    return True
