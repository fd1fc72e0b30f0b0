"""A compiled function: what it takes and gives, where its numbers are read and written, and what it refuses."""

from __future__ import annotations

import copy
import functools
import gc
import inspect
import itertools
import math
import pickle
import random
import re
import runpy
import sys
import threading
import time
import tracemalloc
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import NonFiniteError, RecordingError, Value
from autograd.compiler import Program
from autograd.compiler.run import runner

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "networks.py"))
NETWORKS, weights, data = REFERENCE["NETWORKS"], REFERENCE["weights"], REFERENCE["data"]
mlp, softmax_regression = REFERENCE["mlp"], REFERENCE["softmax_regression"]

every_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)

Network = tuple[Callable[..., Any], list[Any]]


def plain(x: Any) -> Any:
    """One row as a user would write it: lists of floats, a whole number for a label."""
    return x.tolist() if isinstance(x, (np.ndarray, np.generic)) else x


def eagerly(f: Callable[..., Any], batches: Sequence[Any]) -> tuple[list[float], dict[Value, float]]:
    """The engine itself: f of each row, and the gradient of the mean in each parameter."""
    losses = [f(*map(plain, row)) for row in zip(*batches, strict=True)]
    mean = autograd.mean(losses)
    gradients = {x: x.grad for x in leaves_of(mean)}
    for x in gradients:
        x.grad = 0.0
    mean.backward()
    for x, before in gradients.items():
        gradients[x], x.grad = x.grad, before
    return [x.data for x in losses], gradients


def leaves_of(root: Value) -> list[Value]:
    """The leaves that a node was made from."""
    waiting, seen = [root], {root}
    for node in waiting:
        new = [x for x in dict.fromkeys(node._prev) if x not in seen]
        waiting += new
        seen.update(new)
    return [x for x in waiting if not x._prev and not x.is_constant]


def numbers_of(x: Any) -> Any:
    """The numbers of a structure of Values, as an array."""
    return np.vectorize(lambda v: v.data if isinstance(v, Value) else v, otypes=[float])(np.array(x, dtype=object))


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-10, abs=1e-12)


def as_tuple(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


@pytest.fixture(params=["lanes", "rows"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How programs are run, whatever their shape: as instructions of many lanes, or register by register."""
    monkeypatch.setattr(runner, "_FEW_LANES", 0 if request.param == "lanes" else 1 << 40)
    return str(request.param)


# ── what it computes ────────────────────────────────────────────────────────────────────────────────────────────────


@every_network
@pytest.mark.parametrize("take", [np.asarray, lambda x: x.tolist()], ids=["arrays", "lists"])
def test_a_batch_gives_what_the_engine_gives_row_by_row(network: Callable[[], Network], take: Any, way: str) -> None:
    f, batches = network()
    numbers, gradients = eagerly(f, batches)
    program = autograd.compile(f)
    given = [take(x) for x in batches]
    values = program(*given)
    assert isinstance(values, np.ndarray) and values.dtype == np.float64
    assert values == close(np.array(numbers))
    value, gradient = program.value_and_grad(*given)
    assert type(value) is float and value == close(np.mean(numbers))
    assert isinstance(gradient, np.ndarray) and gradient.dtype == np.float64
    assert set(program.parameters) == set(gradients) and len(program.parameters) == len(gradients)
    assert gradient == close(np.array([gradients[x] for x in program.parameters]))


@every_network
def test_input_gradients_are_each_rows_own(network: Callable[[], Network], way: str) -> None:
    f, batches = network()
    found = as_tuple(autograd.compile(f).input_grad(*batches))
    for row, given in enumerate(zip(*batches, strict=True)):
        expected = autograd.grad(f, range(len(given)))(*map(plain, given))
        for mine, other in zip(found, expected, strict=True):
            assert mine[row] == close(numbers_of(other))


@every_network
def test_a_single_sample_needs_no_batch_axis(network: Callable[[], Network], way: str) -> None:
    f, batches = network()
    program = autograd.compile(f)
    values, gradients = program(*batches), as_tuple(program.input_grad(*batches))
    for row, form in itertools.product(range(2), [list, lambda xs: list(map(plain, xs))]):
        sample = form([x[row] for x in batches])
        value = program(*sample)
        assert type(value) is float and value == close(values[row])
        assert program.value_and_grad(*sample)[0] == close(values[row])
        for mine, other in zip(as_tuple(program.input_grad(*sample)), gradients, strict=True):
            assert type(mine) is (np.ndarray if np.ndim(other[row]) else float)
            assert mine == close(other[row])


@every_network
def test_float32_on_request(network: Callable[[], Network], way: str) -> None:
    f, batches = network()
    exact, program = autograd.compile(f), autograd.compile(f, dtype="float32")
    values, (value, gradient) = program(*batches), program.value_and_grad(*batches)
    assert values.dtype == gradient.dtype == program.read().dtype == np.float32
    assert type(value) is float
    assert values == pytest.approx(exact(*batches), rel=1e-4)
    assert gradient == pytest.approx(exact.value_and_grad(*batches)[1], rel=1e-3, abs=1e-5)
    assert all(x.dtype == np.float32 for x in as_tuple(program.input_grad(*batches)))


def hundred(batches: Sequence[Any]) -> list[Any]:
    """A hundred rows, no two alike but for their labels."""
    scale = np.linspace(0.5, 1.5, 100)
    return [
        x if x.dtype == int else x * scale.reshape(-1, *[1] * (x.ndim - 1))
        for x in (np.concatenate([batch] * 20) for batch in batches)
    ]


@every_network
def test_a_batch_larger_than_the_working_set_is_run_in_parts(
    network: Callable[[], Network], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    f, batches = network()
    batches = hundred(batches)
    whole = autograd.compile(f)
    values, slopes = whole(*batches), as_tuple(whole.input_grad(*batches))
    value, gradient = whole.value_and_grad(*batches)
    monkeypatch.setattr(runner, "_WORKING_SET", 1)
    program = autograd.compile(f)
    for rows in (100, 64, 33):
        assert program(*[x[:rows] for x in batches]) == close(values[:rows])
    found = program.value_and_grad(*batches)
    assert (found[0], found[1]) == (close(value), close(gradient))
    out = np.ones_like(gradient)
    assert program.value_and_grad(*batches, out=out, write=True)[1] is out
    assert out == close(gradient)
    assert [x.grad for x in program.parameters] == close(gradient.tolist())
    for mine, other in zip(as_tuple(program.input_grad(*batches)), slopes, strict=True):
        assert mine == close(other)


# ── the function, its arguments and its results ─────────────────────────────────────────────────────────────────────


def test_compile_decorates_with_and_without_arguments() -> None:
    w = Value(2.0)

    @autograd.compile
    def double(x):
        """Twice x."""
        return w * x

    @autograd.compile(dtype="float32", passes=())
    def twice(x):
        return w * x

    for program, dtype in ((double, np.float64), (twice, np.float32)):
        assert program([1.0, 2.0]).dtype == dtype
        assert program([1.0, 2.0]).tolist() == [2.0, 4.0]
    assert (double.__name__, double.__doc__, double.__module__) == ("double", "Twice x.", __name__)
    assert str(inspect.signature(double.__wrapped__)) == "(x)"


factor = Value(2.0)
model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
Pair = namedtuple("Pair", "a b")

FUNCTIONS: list[tuple[str, Callable[..., Any], list[Any], float]] = [
    ("builtin", abs, [-3.0], 3.0),
    ("a rule", autograd.tanh, [0.5], math.tanh(0.5)),
    ("partial", functools.partial(lambda a, x: a * x, factor), [3.0], 6.0),
    ("model", model, [[1.0, 2.0]], model([1.0, 2.0]).data),
    ("method", model.forward, [[1.0, 2.0]], model([1.0, 2.0]).data),
    ("any number of arguments", lambda *xs: autograd.sum(list(xs)), [1.0, 2.0, 4.0], 7.0),
    ("a default", lambda x, k=10.0: k * x, [2.0], 20.0),
    ("a default given", lambda x, k=10.0: k * x, [2.0, 3.0], 6.0),
    ("only by name", lambda x, *, k=10.0: k * x, [2.0], 20.0),
    ("dicts", lambda p: p["w"] * p["xs"][1] * p["deep"]["z"], [{"w": 2.0, "xs": [1.0, 3.0], "deep": {"z": 5.0}}], 30.0),
    ("dict and list", lambda p, xs: p["w"] * xs[0] + factor, [{"w": 3.0}, [5.0]], 17.0),
    ("nested lists", lambda m: m[0][0] * m[1][1] - m[0][1] * m[1][0], [[[1.0, 2.0], [3.0, 5.0]]], -1.0),
    ("methods of an array", lambda x: (x * x).sum(), [np.array([1.0, 2.0, 3.0])], 14.0),
    ("attributes of an array", lambda x: x.T[0][1] * x.size, [np.array([[1.0, 2.0], [3.0, 4.0]])], 12.0),
    ("an input not used", lambda x, y: factor * x, [3.0, 5.0], 6.0),
    ("the input", lambda x: x, [3.0], 3.0),
    ("a parameter", lambda x: factor, [3.0], 2.0),
    ("of parameters", lambda x: factor * factor, [3.0], 4.0),
    ("a number", lambda x: 7, [3.0], 7.0),
    ("a truth value", lambda x: x > 2.0, [3.0], 1.0),
    ("a NumPy number", lambda x: np.float32(0.5), [3.0], 0.5),
    ("an array of no axes", lambda x: np.array(0.5), [3.0], 0.5),
    ("no inputs", lambda: factor * factor, [], 4.0),
    ("neither inputs nor parameters", lambda: 3.0, [], 3.0),
    ("of a compiled function", autograd.compile(lambda x: factor * x), [3.0], 6.0),
]  # fmt: skip


@pytest.mark.parametrize(("f", "sample", "expected"), [row[1:] for row in FUNCTIONS], ids=[row[0] for row in FUNCTIONS])
def test_any_function_of_numbers_compiles(f: Callable[..., Any], sample: list[Any], expected: float, way: str) -> None:
    program = autograd.compile(f)
    for _ in range(2):
        assert program(*sample) == close(expected)
    value, gradient = program.value_and_grad(*sample)
    assert value == close(expected) and len(gradient) == len(program.parameters)
    assert structure(program.input_grad(*sample)) == structure(bare(sample))
    if sample:
        batch = [stacked(x) for x in sample]
        assert program(*batch) == close(np.full(3, expected))
        found = program.value_and_grad(*batch)
        assert (found[0], found[1]) == (close(expected), close(gradient))
        assert structure(program.input_grad(*batch)) == structure(bare(batch))


def bare(arguments: Sequence[Any]) -> Any:
    """The one argument, or several in a tuple."""
    return arguments[0] if len(arguments) == 1 else tuple(arguments)


def stacked(x: Any) -> Any:
    """Three rows of the same sample."""
    if isinstance(x, dict):
        return {key: stacked(member) for key, member in x.items()}
    return np.stack([x] * 3) if isinstance(x, np.ndarray) else [x] * 3


def structure(x: Any) -> Any:
    """The shapes, in dicts and tuples."""
    if isinstance(x, dict):
        return {key: structure(member) for key, member in x.items()}
    if isinstance(x, tuple) or (isinstance(x, list) and any(isinstance(member, np.ndarray) for member in x)):
        return tuple(map(structure, x))
    return np.shape(x)


RESULTS: list[tuple[str, Callable[[Value], Any], Any, Any]] = [
    ("list", lambda x: [x, 2 * x], [3.0, 6.0], [[3.0, 6.0], [4.0, 8.0]]),
    ("list of one", lambda x: [x], [3.0], [[3.0], [4.0]]),
    ("tuple", lambda x: (x, 2 * x), (3.0, 6.0), ([3.0, 4.0], [6.0, 8.0])),
    ("named tuple", lambda x: Pair(x, 2 * x), Pair(3.0, 6.0), Pair([3.0, 4.0], [6.0, 8.0])),
    ("dict", lambda x: {"a": x, "b": [x]}, {"a": 3.0, "b": [3.0]}, {"a": [3.0, 4.0], "b": [[3.0], [4.0]]}),
    ("array", lambda x: np.array([[x, 2 * x]]), np.array([[3.0, 6.0]]), [[[3.0, 6.0]], [[4.0, 8.0]]]),
    ("nested", lambda x: (x, {"k": [1.0, x]}), (3.0, {"k": [1.0, 3.0]}), ([3.0, 4.0], {"k": [[1.0, 3.0], [1.0, 4.0]]})),
    ("the same twice", lambda x: [x * x] * 2, [9.0, 9.0], [[9.0, 9.0], [16.0, 16.0]]),
    ("numbers alone", lambda x: [1.0, 2.0], [1.0, 2.0], [[1.0, 2.0], [1.0, 2.0]]),
    ("parameters alone", lambda x: (factor, factor * factor), (2.0, 4.0), ([2.0, 2.0], [4.0, 4.0])),
    ("uneven lists", lambda x: [x, [x]], [3.0, [3.0]], ([3.0, 4.0], [[3.0], [4.0]])),
    ("no list", lambda x: [], [], None),
    ("no dict", lambda x: {}, {}, None),
    ("no array", lambda x: np.zeros(0), np.zeros(0), None),
]  # fmt: skip


@pytest.mark.parametrize(("f", "single", "batch"), [row[1:] for row in RESULTS], ids=[row[0] for row in RESULTS])
def test_the_structure_f_returns_comes_back(f: Callable[[Value], Any], single: Any, batch: Any, way: str) -> None:
    program = autograd.compile(f)
    found = program(3.0)
    assert type(found) is type(single)
    assert np.array_equal(found, single) if isinstance(single, np.ndarray) else found == single
    if batch is not None:
        assert_same(program([3.0, 4.0]), batch)
        assert structure(program(np.zeros(0))) == emptied(structure(program([3.0, 4.0])))
    for call in (program.value_and_grad, program.input_grad):
        with pytest.raises(TypeError) as caught:
            call([3.0, 4.0])
        kinds = "list|tuple|dict|Pair|array"
        assert re.fullmatch(rf"the function returns ({kinds})\(.*\): a gradient is of one number", str(caught.value))


def assert_same(found: Any, expected: Any) -> None:
    """Dicts and tuples of arrays, with these numbers in them."""
    if isinstance(expected, dict):
        assert type(found) is dict and list(found) == list(expected)
        for key, member in expected.items():
            assert_same(found[key], member)
    elif isinstance(expected, tuple):
        assert type(found) is type(expected) or isinstance(found, list)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
    else:
        assert isinstance(found, np.ndarray) and found.tolist() == expected


def emptied(shapes: Any) -> Any:
    """The shapes with no rows in place of two."""
    if isinstance(shapes, dict):
        return {key: emptied(member) for key, member in shapes.items()}
    if shapes and isinstance(shapes[0], int):
        return (0, *shapes[1:])
    return tuple(map(emptied, shapes))


FORMS: list[tuple[str, Callable[[Any], Any]]] = [
    ("lists", lambda x: x.tolist()),
    ("tuples", lambda x: tuple(map(tuple, x.tolist()))),
    ("list of arrays", list),
    ("integers", lambda x: x.astype(np.int64)),
    ("small integers", lambda x: x.astype(np.uint8)),
    ("Python integers", lambda x: x.astype(int).tolist()),
    ("half precision", lambda x: x.astype(np.float16)),
    ("single precision", lambda x: x.astype(np.float32)),
    ("long double", lambda x: x.astype(np.longdouble)),
    ("the other byte order", lambda x: x.astype(x.dtype.newbyteorder())),
    ("columns first", np.asfortranarray),
    ("backwards", lambda x: x[::-1, ::-1].copy()[::-1, ::-1]),
    ("every second number", lambda x: np.repeat(np.repeat(x, 2, 0), 2, 1)[::2, ::2]),
    ("read-only", lambda x: np.lib.stride_tricks.as_strided(x, writeable=False)),
    ("objects", lambda x: x.astype(object)),
]


@pytest.mark.parametrize("form", [row[1] for row in FORMS], ids=[row[0] for row in FORMS])
@pytest.mark.parametrize("before", ["nothing", "an array", "lists"])
def test_inputs_of_any_form(form: Callable[[Any], Any], before: str, way: str) -> None:
    x = np.array([[200.0, 3.0], [5.0, 7.0], [11.0, 13.0]])
    program = autograd.compile(lambda x: factor * x[0] * x[0] + x[1])
    if before != "nothing":
        program(x if before == "an array" else x.tolist())
    given = form(x)
    kept = copy.deepcopy(given)
    for _ in range(2):
        assert program(given).tolist() == [80003.0, 57.0, 255.0]
        value, gradient = program.value_and_grad(given)
        assert (value, gradient.tolist()) == (close(80315 / 3), close([(40000 + 25 + 121) / 3]))
        assert program.value_and_grad(given, parameters=np.array([1.0]))[0] == close((40003 + 32 + 134) / 3)
        assert program.input_grad(given).tolist() == [[800.0, 1.0], [20.0, 1.0], [44.0, 1.0]]
    assert type(given) is type(kept)
    assert np.array_equal(given, kept)


@pytest.mark.parametrize(
    "sample", [3, True, 2.5, np.float32(1.5), np.int64(7), np.bool_(True), np.array(2.5), np.array(3)], ids=repr
)
def test_a_bare_number_is_one_sample(sample: Any) -> None:
    program = autograd.compile(lambda x: factor * x)
    assert program(sample) == 2.0 * float(sample)
    assert type(program(sample)) is float
    assert program.value_and_grad(sample)[0] == 2.0 * float(sample)
    assert program.input_grad(sample) == 2.0 and type(program.input_grad(sample)) is float


@pytest.mark.parametrize("first", [True, False], ids=["recorded empty", "recorded before"])
@pytest.mark.parametrize("shape", [(0,), (0, 2), (0, 2, 2)])
def test_an_empty_batch_has_no_results_and_no_mean(shape: tuple[int, ...], first: bool) -> None:
    def f(x):
        while isinstance(x, np.ndarray):
            x = x[-1]
        return factor * x.log()

    program = autograd.compile(f)
    if not first:
        program(np.ones((3, *shape[1:])))
    assert program(np.zeros(shape)).shape == (0,)
    assert program.input_grad(np.zeros(shape)).shape == shape
    with pytest.raises(ValueError) as caught:
        program.value_and_grad(np.zeros(shape), write=True)
    assert str(caught.value) == "the batch has no rows: there is nothing to average"
    assert not factor.has_grad
    assert program(np.ones((4, *shape[1:]))).tolist() == [0.0] * 4


def test_rows_of_no_numbers() -> None:
    program = autograd.compile(lambda x: factor + autograd.sum(x))
    assert program(np.zeros((5, 0))).tolist() == [2.0] * 5
    assert program.input_grad(np.zeros((5, 0))).shape == (5, 0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 0.0])
def test_what_the_first_row_holds_does_not_matter(bad: float, way: str) -> None:
    w = Value(2.0)
    program = autograd.compile(lambda x: autograd.where(x > 0, (w * x).log(), w / x))
    assert program([bad, 0.5, -4.0]).tolist()[1:] == [0.0, -0.5]
    assert program.value_and_grad([0.5, -4.0]) == (-0.25, close(np.array([0.125])))


@pytest.mark.parametrize("row", [0, 1, 2])
def test_nan_stays_in_its_row(row: int, way: str) -> None:
    f, (x, y) = mlp()
    program = autograd.compile(f)
    expected = program(x, y)
    x[row, 1] = math.nan
    expected[row] = math.nan
    assert program(x, y) == pytest.approx(expected, rel=1e-12, nan_ok=True)


# ── recorded once for each structure ────────────────────────────────────────────────────────────────────────────────

STRUCTURES: list[tuple[str, list[Any], int]] = [
    ("one number", [1.0, [1.0, 2.0], np.ones(3), (4.0,), 3, [1], np.float32(2.0), np.array(1.0), np.zeros(0), []], 1),
    ("numbers of rows", [np.ones(n) for n in range(12)], 1),
    ("lists", [[[1.0, 2.0]], [[1.0, 2.0], [3.0, 4.0]], ((1.0, 2.0),), [np.ones(2)]], 1),
    ("arrays", [np.ones((1, 2)), np.ones((3, 2)), np.ones((3, 2), int), np.zeros((0, 2))], 1),
    ("a list and an array", [[[1.0, 2.0]], np.ones((4, 2))], 2),
    ("widths", [np.ones((3, 2)), np.ones((3, 3)), np.ones((5, 2)), np.ones((5, 3)), np.ones(4)], 3),
    ("keys", [{"a": 1.0}, {"a": [1.0, 2.0]}, {"a": np.ones(3)}], 1),
    ("other keys", [{"a": 1.0}, {"b": 1.0}, {"a": 1.0, "b": 2.0}], 3),
]  # fmt: skip


@pytest.mark.parametrize(("batches", "expected"), [row[1:] for row in STRUCTURES], ids=[row[0] for row in STRUCTURES])
def test_f_is_called_once_for_each_structure(batches: list[Any], expected: int) -> None:
    calls = []

    def f(x):
        calls.append(x)
        while not isinstance(x, Value):
            x = next(iter(x.values())) if isinstance(x, dict) else x[-1]
        return factor * x

    program = autograd.compile(f)
    for _ in range(2):
        for batch in batches:
            program(batch)
            program.record(batch)
            if np.size(batch):
                program.value_and_grad(batch)
            program.input_grad(batch)
    assert len(calls) == len(program.programs) == expected
    assert program.parameters == (factor,)


def test_parameters_of_several_structures_have_one_order() -> None:
    a, b, c = Value(2.0), Value(3.0), Value(5.0)

    def f(x, *more):
        return a * x + sum([b * y for y in more[:1]]) + sum([c * y * a for y in more[1:]])

    program = autograd.compile(f)
    assert program(1.0) == 2.0 and program.parameters == (a,)
    assert program.value_and_grad([1.0, 3.0])[1].tolist() == [2.0]
    assert program(1.0, 1.0, 1.0) == 15.0
    assert program.parameters[0] is a and set(program.parameters) == {a, b, c}
    place = {x: i for i, x in enumerate(program.parameters)}
    for call in ((1.0, 1.0, 1.0), (4.0,), (1.0, 2.0), (4.0,), ([1.0, 1.0], [2.0, 2.0], [3.0, 3.0])):
        first, second, third = (*[float(np.mean(x)) for x in call], 0.0, 0.0)[:3]
        expected = {a: first + 5.0 * third, b: second, c: 2.0 * third}
        for numbers in (None, program.read()):
            gradient = program.value_and_grad(*call, parameters=numbers)[1]
            assert [gradient[place[x]] for x in (a, b, c)] == [expected[x] for x in (a, b, c)]
    assert len(program.programs) == 3
    assert program.read().tolist() == [x.data for x in program.parameters]


LOOKS: list[Callable[[Any], Any]] = [
    lambda program: program.parameters,
    lambda program: program.read(),
    lambda program: program.write([]),
    lambda program: program.explain(),
    lambda program: program.to_dot(),
]


@pytest.mark.parametrize(
    "f",
    [lambda x: x, lambda *xs: xs[0], model, abs, lambda x=1.0: x],
    ids=["function", "*args", "model", "abs", "default"],
)
def test_before_any_call_there_is_nothing_to_show(f: Callable[..., Any]) -> None:
    program = autograd.compile(f)
    assert program.programs == ()
    assert repr(program) == str(program)
    assert re.fullmatch(r"<compiled .+: not recorded yet>", repr(program))
    for look in LOOKS:
        with pytest.raises(RecordingError) as caught:
            look(program)
        assert str(caught.value) == (
            "the function has not been recorded yet\n"
            "  try             calling it once, or program.record(*batches), with inputs as it will get"
        )
    sample = [1.0, 2.0] if f is model else 1.0
    assert program.record(sample) is program
    assert len(program.programs) == 1
    assert isinstance(program.programs[0], Program)
    for look in LOOKS[:2]:
        assert len(look(program)) == len(program.parameters) == (9 if f is model else 0)


@pytest.mark.parametrize("look", LOOKS)
def test_a_function_without_inputs_is_recorded_when_it_is_looked_at(look: Callable[[Any], Any]) -> None:
    calls = []
    program = autograd.compile(lambda: calls.append(1) or 2.0)
    look(program)
    look(program)
    assert len(program.programs) == 1
    assert program() == 2.0 and program.value_and_grad()[0] == 2.0
    assert calls == [1]


def test_the_order_of_keys_does_not_matter() -> None:
    program = autograd.compile(lambda d: d["a"] * factor + d["b"][0])
    for batch in ({"a": 3.0, "b": [5.0]}, {"b": [5.0], "a": 3.0}):
        assert program(batch) == 11.0
        assert program.value_and_grad(batch)[1].tolist() == [3.0]
        found = program.input_grad(batch)
        assert list(found) == list(batch) and (found["a"], found["b"].tolist()) == (2.0, [1.0])


# ── parameters ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_parameters_are_read_afresh_at_each_call(way: str) -> None:
    w, b = Value(2.0), Value(1.0)
    program = autograd.compile(lambda x: w * w * x + b)
    for number in (2.0, 5.0, -1.0):
        w.data = number
        assert program([1.0, 2.0]).tolist() == [number**2 + 1, 2 * number**2 + 1]
        assert program.value_and_grad([1.0, 2.0])[1].tolist() == [3 * number, 1.0]
        assert program.input_grad([1.0, 2.0]).tolist() == [number**2] * 2
        assert program(1.0, parameters=np.array([3.0, 0.0])) == 9.0
        assert program.input_grad(1.0, parameters=np.array([3.0, 0.0])) == 9.0
        assert (w.data, b.data) == (number, 1.0)
    assert not w.has_grad and not b.has_grad


class Named(Value):
    """A Value with state of the user's own."""


def _step(values: list[Value]) -> None:
    optimizer = nn.SGD(values, lr=0.5)
    optimizer.zero_grad()
    autograd.sum([x * x for x in values]).backward()
    optimizer.step()


class Holder(nn.Module):
    def __init__(self, values: list[Value]) -> None:
        self.values = values

    def forward(self, x: Any) -> Any:
        return self.values[0] * x + self.values[1]


SETS: dict[str, Callable[[list[Value]], Any]] = {
    "data": lambda values: setattr(values[0], "data", 7.0),
    "data, in place": lambda values: setattr(values[1], "data", values[1].data + 1),
    "by an int": lambda values: setattr(values[1], "data", 4),
    "step": _step,
    "write of another": lambda values: autograd.compile(lambda: values[0] * values[1]).record().write([0.25, 0.5]),
    "a state": lambda values: Holder(values).load_state_dict({"values[0]": -1.0, "values[1]": -2.0}),
    "fit": lambda values: nn.fit(Holder(values), [0.0, 1.0], [1.0, 3.0], epochs=1, lr=0.1),
    "in a thread": lambda values: ThreadPoolExecutor(1).submit(setattr, values[0], "data", 9.0).result(),
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", [Value, Named])
def test_numbers_are_those_of_reading_anew_whatever_sets_them(kind: type[Value], dtype: str) -> None:
    values = [kind(2.0), kind(1.0)]
    program = autograd.compile(lambda x: values[0] * values[0] * x + values[1], dtype=dtype, parameters=values).record(
        1.0
    )
    others = [autograd.compile(lambda x: values[0] * x, dtype=dtype).record(1.0) for _ in range(2)]
    for name, change in [*SETS.items(), *SETS.items()]:
        for _ in range(2):
            a, b = (np.dtype(dtype).type(x.data) for x in values)
            assert program.read().tolist() == [a, b], name
            assert program([1.0, 2.0]).tolist() == [a * a + b, 2 * a * a + b], name
            assert program.value_and_grad([1.0, 2.0])[1].tolist() == [3 * a, 1.0], name
            assert [x(1.0) for x in others] == [a, a]
        change(values)


def test_numbers_are_not_read_where_none_was_set() -> None:
    w, other = Value(2.0), Value(1.0)
    program = autograd.compile(lambda x: w * x)
    assert program(1.0) == 2.0
    w._datum = 3.0  # which nobody does: a set goes through ``data``, or says so
    assert (program(1.0), program.value_and_grad(1.0)[0], program.read().tolist()) == (2.0, 2.0, [2.0])
    other.data = 5.0
    assert (program(1.0), program.read().tolist()) == (3.0, [3.0])


def test_a_copy_of_the_numbers_is_its_owners() -> None:
    w = Value(2.0)
    program = autograd.compile(lambda x: w * x).record(1.0)
    theta = program.read()
    theta[:] = 9.0
    assert (program(1.0), w.data) == (2.0, 2.0)
    twin = pickle.loads(pickle.dumps(program))
    w.data = 3.0
    assert (program(1.0), twin(1.0), twin.read().tolist()) == (3.0, 2.0, [2.0])


def test_a_number_set_in_another_thread_is_seen_by_the_next_call() -> None:
    values = [Value(float(i)) for i in range(50)]
    program = autograd.compile(lambda x: autograd.sum(values) * x).record(1.0)

    def keep_setting(mine: list[Value]) -> list[bool]:
        seen = []
        for i in range(300):
            for x in mine:
                x.data = float(i)
            seen.append([program.read()[values.index(x)] for x in mine[:2]] == [float(i)] * 2)
        return seen

    with ThreadPoolExecutor(2) as pool:
        assert all(itertools.chain.from_iterable(pool.map(keep_setting, [values[:25], values[25:]])))
    assert program(1.0) == sum(x.data for x in values)


def test_read_and_write() -> None:
    w, b = Value(1 / 3), Value(1e300)
    program = autograd.compile(lambda x: w * x + b).record(1.0)
    theta = program.read()
    assert theta.tolist() == [1 / 3, 1e300]
    theta *= 0.0
    assert (w.data, b.data) == (1 / 3, 1e300)
    assert program.read() is not program.read()
    for numbers in (np.array([4.0, 5.0]), [6, 7], np.array([8, 9], dtype=np.int32), (1.5, np.float32(2.5))):
        program.write(numbers)
        assert [w.data, b.data] == list(numbers)
        assert type(w.data) is float
    assert not w.has_grad


def test_write_adds_to_grad() -> None:
    w, b, other, unused, detached = Value(2.0), Value(1.0), Value(1.0), Value(1.0), Value(1.0)
    program = autograd.compile(lambda x: w * x + b)
    w.grad = 10.0
    value, gradient = program.value_and_grad([1.0, 3.0], write=True)
    assert (value, gradient.tolist(), w.grad, b.grad) == (5.0, [2.0, 1.0], 12.0, 1.0)
    program.value_and_grad([5.0, 5.0], parameters=np.array([0.0, 0.0]), write=True)
    assert (w.grad, b.grad) == (17.0, 2.0)
    assert type(w.grad) is float
    autograd.compile(lambda x: w * x, dtype="float32").value_and_grad(0.5, write=True)
    assert w.grad == 17.5 and type(w.grad) is float
    assert (w.data, b.data, gradient.tolist()) == (2.0, 1.0, [2.0, 1.0])
    with_others = autograd.compile(lambda x: w * x + detached.detach(), parameters=[unused, w])
    assert with_others.value_and_grad(1.0, write=True)[1].tolist() == [0.0, 1.0, 0.0]
    assert with_others.reached.tolist() == [False, True, False]
    assert pickle.loads(pickle.dumps(with_others)).reached.tolist() == [False, True, False]
    assert not any(x.has_grad for x in (other, unused, detached))


def chained(count: int) -> tuple[Any, Callable[[Any, float], tuple[float, Any]]]:
    """Σ wᵢ² wᵢ₊₁ · x, whose gradient reads every weight after the first of it is written; and its closed form."""
    values = [Value(math.sin(i)) for i in range(count)]
    program = autograd.compile(lambda x: autograd.sum([a * a * b for a, b in itertools.pairwise(values)]) * x)

    def closed(theta: Any, x: float) -> tuple[float, Any]:
        theta = np.asarray(theta, float)
        gradient = np.zeros(count)
        gradient[:-1] = 2 * theta[:-1] * theta[1:]
        gradient[1:] += theta[:-1] ** 2
        return float((theta[:-1] ** 2 * theta[1:]).sum() * x), gradient * x

    return program.record(1.0), closed


MANY = 4100
"""So many parameters are not copied where their array comes again: it is used where it is."""

sizes = pytest.mark.parametrize(
    ("way", "size"),
    [(way, size) for way in ("lanes", "rows") for size in ("few", "few, used in place")] + [("lanes", "many")],
    indirect=["way"],
)


def count_of(size: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of parameters, above or below the one from which on their array is used where it is."""
    assert MANY > runner._LARGE > 9
    if size == "few, used in place":
        monkeypatch.setattr(runner, "_LARGE", 1)
    return MANY if size == "many" else 9


@sizes
@pytest.mark.parametrize("seed", range(2))
def test_arrays_that_come_again_change_nothing_but_the_time(
    size: str, seed: int, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = count_of(size, monkeypatch)
    program, closed = chained(count)
    source, numbers = random.Random(seed), np.random.default_rng(seed)
    thetas: list[Any] = [
        program.read(), numbers.normal(size=count), numbers.normal(size=2 * count)[::2],
        numbers.normal(size=count).astype(np.float32), numbers.integers(-3, 4, count), numbers.normal(size=count)[::-1],
        numbers.normal(size=count).astype(">f8"), numbers.normal(size=count + 1)[1:],
    ]  # fmt: skip
    outs: list[Any] = [np.zeros(count), np.zeros(count), np.zeros(2 * count)[::2], np.zeros(count + 1)[1:]]
    kept: list[tuple[Any, Any]] = []
    theta, out = thetas[0], None
    for _ in range(30 if size == "many" else 150):
        if source.random() < 0.4:
            theta = source.choice(thetas)
        if source.random() < 0.4:
            out = source.choice([None, *outs])
        if source.random() < 0.5:
            theta[...] = numbers.normal(size=count) * 3
        before = theta.copy()
        given = None if source.random() < 0.1 else theta.tolist() if source.random() < 0.1 else theta
        x = np.full(source.choice([1, 2, 5]), source.random())
        value, gradient = program.value_and_grad(x, parameters=given, out=out)
        wanted = closed(program.read() if given is None else theta, x[0])
        assert value == pytest.approx(wanted[0], rel=1e-10, abs=1e-10)
        assert gradient == pytest.approx(wanted[1], rel=1e-10, abs=1e-10)
        assert np.array_equal(theta, before)
        assert program(x, parameters=given) == pytest.approx(np.full(len(x), wanted[0]), rel=1e-10, abs=1e-10)
        if out is not None:
            assert gradient is out
        else:
            assert not any(np.shares_memory(gradient, y) for y in (theta, *outs))
            kept.append((gradient, gradient.copy()))
    assert all(np.array_equal(a, b) for a, b in kept)


@sizes
def test_float32_parameters_and_results_are_used_where_they_are(
    size: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = count_of(size, monkeypatch)
    values = [Value(math.sin(i)) for i in range(count)]
    program = autograd.compile(lambda x: autograd.sum([p * p for p in values]) * x, dtype="float32").record(1.0)
    theta, out = program.read(), np.zeros(count, np.float32)
    for turn in range(5):
        theta *= 1.25
        value, gradient = program.value_and_grad([1.0, 3.0], parameters=theta, out=out if turn % 2 else None)
        assert value == pytest.approx(2 * float(theta.astype(float) @ theta), rel=1e-4)
        assert gradient.dtype == np.float32 and gradient == pytest.approx(4 * theta, rel=1e-4)
        assert (gradient is out) == bool(turn % 2)
        exact = theta.astype(float)
        assert program.value_and_grad([1.0, 3.0], parameters=exact)[1] == pytest.approx(gradient, rel=1e-4)


@sizes
@pytest.mark.parametrize("shift", [0, 1, -1, 3])
def test_out_may_lie_where_the_parameters_are(size: str, shift: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    count = count_of(size, monkeypatch)
    program, closed = chained(count)
    numbers = program.read()
    memory = np.zeros(count + 6)
    theta, out = memory[3 : count + 3], memory[3 + shift : count + 3 + shift]
    for _ in range(4):
        theta[...] = numbers
        value, gradient = program.value_and_grad(2.0, parameters=theta, out=out)
        wanted = closed(numbers, 2.0)
        assert value == close(wanted[0])
        assert gradient is out and gradient == close(wanted[1])


@sizes
def test_out_may_lie_where_the_parameters_are_though_a_second_run_is_needed(
    size: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [Value(1.0 + i % 3) for i in range(count_of(size, monkeypatch))]
    program = autograd.compile(
        lambda x: autograd.sum([autograd.where(x > 0, (v * x).sqrt(), v * v * x) for v in values])
    )
    numbers = program.record([1.0]).read()
    for _ in range(4):
        theta = numbers.copy()
        for batch, expected in (([0.0, 4.0], 0.5 / np.sqrt(numbers)), ([-3.0, 0.0], -3 * numbers)):
            theta[...] = numbers
            assert program.value_and_grad(batch, parameters=theta, out=theta)[1] == close(expected)
            theta[...] = numbers
            message = str(
                refusal(lambda theta=theta: program.value_and_grad([1.0, math.nan], parameters=theta, out=theta))
            )
            assert "row 1 of the batch" in message


@sizes
def test_out_may_lie_where_an_input_is(size: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = [Value(math.sin(i)) for i in range(count_of(size, monkeypatch))]
    program = autograd.compile(lambda x: autograd.dot(values, x) ** 2)
    memory = np.ones((2, len(values)))
    theta = program.record(memory).read()
    for _ in range(3):
        memory[0], memory[1] = 1.0, 2.0
        value, gradient = program.value_and_grad(memory, parameters=theta, out=memory[1])
        assert value == close(theta.sum() ** 2 * 2.5)
        assert gradient == close(np.full(len(theta), theta.sum() * 5.0))
        assert memory[0].tolist() == [1.0] * len(theta)


@sizes
def test_results_are_the_callers_own(size: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, closed = chained(count_of(size, monkeypatch))
    theta = program.read()
    first = [program.value_and_grad(float(i), parameters=theta)[1] for i in range(4)]
    rows, columns = program(np.ones(3), parameters=theta), program.input_grad(np.ones(3), parameters=theta)
    kept = rows.copy(), columns.copy()
    for gradient in first:
        gradient += 1.0
    theta += 1.0
    for call in (program, program.value_and_grad, program.input_grad):
        call(np.ones(3), parameters=theta)
    assert np.array_equal(rows, kept[0]) and np.array_equal(columns, kept[1])
    for i, gradient in enumerate(first):
        assert gradient == close(closed(theta - 1.0, float(i))[1] + 1.0)
    rows += 1.0
    columns += 1.0
    assert program(np.ones(3), parameters=theta) == close(np.full(3, closed(theta, 1.0)[0]))


@every_network
def test_neither_inputs_nor_parameters_are_written_to(network: Callable[[], Network], way: str) -> None:
    f, batches = network()
    program = autograd.compile(f)
    for x in batches:
        x.flags.writeable = False
    theta = program.record(*batches).read()
    theta.flags.writeable = False
    for _ in range(3):
        for call in (program, program.value_and_grad, program.input_grad):
            call(*batches, parameters=theta)


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────

w, b = Value(2.0, label="w"), Value(1.0, label="b")
line = autograd.compile(lambda x, y: (w * x + b - y) ** 2)
line.record(1.0, 1.0)
network = nn.MLP(3, [4, 1], activation="tanh", seed=0)
wide = autograd.compile(lambda x, y: (network(x) - y) ** 2)
EXPECTED = "numbers, arrays, lists, or dicts of them are expected"
UNEQUAL = "the batches have unequal numbers of rows:"
RAGGED = "is ragged: its rows have different lengths, or are nested differently"
PARAMETERS = "parameters are an array of 2 numbers, as program.read() gives, not"
OUT = "out is an array of 2 float64 numbers, not"
BY_POSITION = (
    "a compiled function takes its batches by position, and not {}: names are for the program's own options, as "
    "parameters="
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
    ("a str", lambda: line("a", 1.0), TypeError, f"x is a str: {EXPECTED}"),
    ("None", lambda: line(1.0, None), TypeError, f"y is a NoneType: {EXPECTED}"),
    ("bytes", lambda: line(1.0, b"a"), TypeError, f"y is a bytes: {EXPECTED}"),
    ("a set", lambda: line({1.0}, 1.0), TypeError, f"x holds a set: {EXPECTED}"),
    ("a generator", lambda: line(iter([1.0]), 1.0), TypeError, f"x holds a list_iterator: {EXPECTED}"),
    ("None in a list", lambda: line([1.0, None], [1.0, 2.0]), TypeError, f"x holds a NoneType: {EXPECTED}"),
    ("strings", lambda: line(["1", "2"], [1.0, 2.0]), TypeError, f"x holds <U1 elements: {EXPECTED}"),
    ("complex", lambda: line(1.0, 1j), TypeError, f"y holds complex128 elements: {EXPECTED}"),
    ("dates", lambda: line(np.array(["2020-01-01"], "datetime64[D]"), [1.0]), TypeError,
     f"x holds datetime64[D] elements: {EXPECTED}"),
    ("in a dict", lambda: compiled(lambda d: d["a"], {"a": "b"}), TypeError, f"d['a'] is a str: {EXPECTED}"),
    ("beyond the named", lambda: compiled(lambda *xs: xs[0], 1.0, "a"), TypeError, f"argument 1 is a str: {EXPECTED}"),
    ("a Value's gradient", lambda: line.value_and_grad(Value(1.0), 2.0), TypeError, f"x holds a Value: {EXPECTED}"),
    ("a Value's slopes", lambda: line.input_grad([Value(1.0)], [2.0]), TypeError, f"x holds a Value: {EXPECTED}"),
    ("too narrow", lambda: wide(np.ones((5, 2)), np.ones(5)), ValueError, "this layer takes 3 inputs, not 2"),
    ("too wide", lambda: wide(np.ones((5, 4)), np.ones(5)), ValueError, "this layer takes 3 inputs, not 4"),
    ("as wide as high", lambda: wide(np.ones((3, 4)), np.ones(3)), ValueError, "this layer takes 3 inputs, not 4"),
    ("as high, lists", lambda: wide([[1.0] * 4] * 3, [1.0] * 3), ValueError, "this layer takes 3 inputs, not 4"),
    ("gradient, too wide", lambda: wide.value_and_grad(np.ones((3, 4)), np.ones(3)), ValueError,
     "this layer takes 3 inputs, not 4"),
    ("an axis too many", lambda: wide(np.ones((2, 5, 3)), np.ones(2)), ValueError,
     "this layer takes 3 inputs, not 5; a batch goes one sample at a time, [model(x) for x in xs]"),
    ("targets in a column", lambda: wide.value_and_grad(np.ones((5, 3)), np.ones((5, 1))), TypeError,
     "the function returns array(1,): a gradient is of one number"),
    ("one argument too many", lambda: line(1.0, 2.0, 3.0), TypeError,
     "<lambda>() takes 2 positional arguments but 3 were given"),
    ("one too few", lambda: line(1.0), TypeError, "<lambda>() missing 1 required positional argument: 'y'"),
    ("no function", lambda: autograd.compile(3), TypeError, "compile takes a function, not a int\n"
     "  try             autograd.compile(f)(x), where f is the function that computes it"),
    ("another dtype", lambda: autograd.compile(abs, dtype="float16"), ValueError,
     "dtype is 'float64' or 'float32', not 'float16'"),
    ("no dtype", lambda: autograd.compile(abs, dtype="bogus"), ValueError,
     "dtype is 'float64' or 'float32', not 'bogus'"),
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
    ("write too few", lambda: line.write([1.0]), ValueError, "there are 2 parameters, and numbers of shape (1,)"),
    ("write a matrix", lambda: line.write(np.ones((2, 1))), ValueError,
     "there are 2 parameters, and numbers of shape (2, 1)"),
    ("write words", lambda: line.write(["a", "b"]), TypeError, "write takes numbers, not an array of <U1"),
    ("write complex", lambda: line.write([1.0, 1j]), TypeError, "write takes numbers, not an array of complex128"),
    ("by name", lambda: line(x=1.0, y=2.0), TypeError, BY_POSITION.format("x=, y=")),
    ("a gradient by name", lambda: line.value_and_grad(1.0, y=2.0), TypeError, BY_POSITION.format("y=")),
    ("slopes by name", lambda: line.input_grad(x=1.0), TypeError, BY_POSITION.format("x=")),
    ("a list of dicts", lambda: compiled(lambda d: d["a"] * d["b"], [{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}]),
     TypeError, "d is a list of dicts: a batch is one dict, with all rows of each entry, "
     "{'a': [1.0, 2.0]} in place of [{'a': 1.0}, {'a': 2.0}]"),
    ("None returned", lambda: compiled(lambda x: None, 1.0), TypeError,
     "the result of <lambda> is a NoneType: numbers, lists, tuples, dicts and arrays of them are differentiable"),
    ("a str returned", lambda: compiled(lambda x: {"loss": x, "name": "mse"}, [1.0]), TypeError,
     "the result of <lambda>['name'] is a str: numbers, lists, tuples, dicts and arrays of them are differentiable"),
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
    ("a mistake in f", lambda: compiled(lambda x: x[0] + "a", [1.0, 2.0]), ["unsupported", "'Value' and 'str'"]),
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


# ── numbers that are not finite ─────────────────────────────────────────────────────────────────────────────────────


def refusal(call: Callable[[], Any]) -> NonFiniteError:
    with pytest.raises(NonFiniteError) as caught:
        call()
    return caught.value


@pytest.fixture(params=["whole", "in parts"])
def parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in parts":
        monkeypatch.setattr(runner, "_WORKING_SET", 1)


BAD_ROWS = [0, 1, 37, 63, 99]


@pytest.mark.parametrize("row", BAD_ROWS)
def test_an_error_of_a_value_as_printed(row: int, way: str, parts: None) -> None:
    scale = Value(1.0, label="scale")
    program = autograd.compile(lambda x: (scale * x[1]).log() + x[0].exp())
    x = np.ones((100, 2))
    x[row, 1] = 0.0
    x[row + 1 :, 0] = 1000.0  # later rows are bad, too
    assert not math.isfinite(program(x)[row])
    for attempt in (
        lambda: program.value_and_grad(x), lambda: program.input_grad(x), lambda: program.value_and_grad(x, write=True)
    ):  # fmt: skip
        error = refusal(attempt)
        what, where, made_from, advice, place = str(error).splitlines()
        assert made_from == "  made from       scale, x[1]"
        assert what == "log(0.0) is -inf, so this loss has no usable gradient"
        assert re.fullmatch(r"  first made by   x\.log\(\) +x = Value\(0\.0\)", where)
        assert advice.startswith("  try             clip(p, 1e-12, 1), or ")
        instruction = re.fullmatch(rf"  in the program  instruction (%\d+) log, row {row} of the batch", place)
        assert instruction and re.search(rf"^{instruction[1]} +log ", str(program), re.MULTILINE)
        assert (error.operation, list(map(repr, error.operands))) == ("log", ["Value(0.0)"])
        assert not scale.has_grad


@pytest.mark.parametrize("row", BAD_ROWS)
def test_an_error_of_a_gradient_as_printed(row: int, way: str, parts: None) -> None:
    scale = Value(1.0, label="scale")
    program = autograd.compile(lambda x: (scale * x).sqrt() * 3.0)
    x = np.ones(100)
    x[row] = 0.0
    assert np.isfinite(program(x)).all()
    for attempt in (
        lambda: program.value_and_grad(x), lambda: program.input_grad(x), lambda: program.value_and_grad(x, write=True)
    ):  # fmt: skip
        error = refusal(attempt)
        what, where, made_from, advice, place = str(error).splitlines()
        assert made_from == "  made from       scale, x"
        assert what == "the derivative of sqrt(0.0) in x is inf, so x has no usable gradient"
        assert re.fullmatch(r"  first made by   x\.sqrt\(\) +x = Value\(0\.0\)", where)
        assert advice.startswith("  try             sqrt has an infinite slope at 0: ")
        instruction = re.fullmatch(rf"  in the program  instruction (%\d+) sqrt, row {row} of the batch", place)
        assert instruction and re.search(rf"^{instruction[1]} +sqrt ", str(program), re.MULTILINE)
        assert error.operation == "sqrt"
        assert not scale.has_grad


zero, big, tiny = Value(0.0, label="zero"), Value(1e200, label="big"), Value(1e-300, label="tiny")

NAMED: list[tuple[str, Callable[..., Any], Any, str, list[str]]] = [
    ("input", lambda x: x[1] * w, [[1.0, math.nan]], "", ["input Value(nan, label='x[1]') is nan", "row 0"]),
    ("bare input", lambda x: x * w, [1.0, -math.inf], "", ["input Value(-inf, label='x') is -inf", "row 1"]),
    ("input in a dict", lambda d: d["a"] * w, {"a": [math.inf]}, "", ["label=\"d['a']\") is inf"]),
    ("parameter", lambda x: zero.log() * x, [1.0], "log", ["zero.log()", "zero = Value(0.0, label='zero')"]),
    ("unnamed parameter", lambda x: factor.log() * x, [1.0], "log", ["p[0].log()", "p[0] = Value(0.0, label='p[0]')"]),
    ("two operands", lambda x: w / x, [4.0, 0.0], "truediv",
     ["2.0 / 0.0 is inf", "w / x", "w = Value(2.0, label='w'), x = Value(0.0, label='x')", "row 1"]),
    ("overflow", lambda x: big * x, [1.0, 1e200], "mul", ["1e+200 * 1e+200 is inf", "big * x", "row 1"]),
    ("power", lambda x: (w * x) ** 0.5, [1.0, 2.0, -3.0], "pow", ["(-6.0) ** 0.5 is nan", "row 2"]),
    ("one of a vector", lambda x: autograd.sum([v.log() for v in x]) * w, [[1.0, 2.0, 0.0, 3.0]], "log",
     ["x[2].log()", "label='x[2]'", "row 0"]),
    ("inside of a layer", lambda x: autograd.sum([(w * v + b).log() for v in x]), [[1.0, 2.0, -0.5]], "log",
     ["log(0.0) is -inf", "row 0"]),
    ("behind a detach", lambda x: (w * x).log().detach() * b, [1.0, 0.0], "log", ["log(0.0) is -inf", "row 1"]),
    ("detached", lambda x: (w * x).detach().log() * b, [1.0, 0.0], "log", ["log(0.0) is -inf", "row 1"]),
    ("chosen", lambda x: autograd.where(x >= 0, x.log(), 0.0) * w, [1.0, -1.0, 0.0], "log",
     ["log(0.0) is -inf", "row 2"]),
    ("derivative overflows", lambda x: tiny * 1e200 * 1e150 * x, [0.0, 1.0], "mul",
     ["overflows: 1e+200 * 1e+150 is not a finite number", "row 1"]),
    ("sequence", lambda x: autograd.prod([big, x, w]), [1e200], "prod",
     ["prod([1e+200, 1e+200, 2.0])", "[big, x, w]", "row 0"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("f", "batch", "operation", "pieces"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED]
)
def test_the_operation_its_operands_and_the_row_are_named(
    f: Callable[..., Any], batch: Any, operation: str, pieces: list[str], way: str
) -> None:
    program = autograd.compile(f)
    program.record(batch)
    theta = program.read() * (0.0 if "p[0].log()" in pieces else 1.0)
    error = refusal(lambda: program.value_and_grad(batch, parameters=theta))
    for piece in pieces:
        assert piece in str(error)
    assert error.operation == operation
    assert "  try             " in str(error)
    if operation:
        assert re.search(r"\n  in the program  instruction %\d+ [\w ]+, row \d+ of the batch$", str(error))


def test_a_nan_among_the_parameters_is_called_by_its_name() -> None:
    message = str(refusal(lambda: line.value_and_grad([1.0], [2.0], parameters=np.array([1.0, math.nan]))))
    assert "Value(nan, label='b') is nan" in message


def test_where_there_is_no_batch_no_row_is_named() -> None:
    for call in (
        autograd.compile(lambda: w * zero.log()).value_and_grad,
        lambda: autograd.compile(lambda x: w * x.log()).value_and_grad(0.0),
        lambda: autograd.compile(lambda x: w * x.log()).input_grad(0.0),
    ):
        message = str(refusal(call))
        assert re.search(r"\n  in the program  instruction %\d+ log$", message)


def test_what_is_too_large_for_float32_is_said_to_be() -> None:
    program = autograd.compile(lambda x: w * x * x, dtype="float32")
    assert str(refusal(lambda: program.value_and_grad([1.0, 1e30]))) == (
        "a number leaves the range of float32, about 3e38, first in row 1 of the batch\n"
        '  try             dtype="float64", or inputs scaled to about 1'
    )
    assert "row" not in str(refusal(lambda: program.value_and_grad(1e30)))
    assert autograd.compile(lambda x: w * x * x).value_and_grad([1e30])[0] == close(2e60)


def test_a_mean_that_overflows() -> None:
    program = autograd.compile(lambda x: w * x)
    assert str(refusal(lambda: program.value_and_grad(np.full(100, 0.8e308)))) == (
        "each row's value and gradient is finite, but not their mean over the batch\n"
        "  try             inputs scaled to about 1, or a smaller batch"
    )


ALLOWED: list[tuple[Callable[[Any], Any], float]] = [
    (lambda z: z.log(), 0.0),
    (lambda z: z.sqrt(), 0.0),
    (lambda z: z.sqrt(), -1.0),
    (lambda z: 1 / z, 0.0),
    (lambda z: z * 1e200 * 1e200, 1e-300),
    (lambda z: z * 3, math.inf),
    (lambda z: z.exp(), 710.0),
    (lambda z: z.log() * 0.0, 0.0),
    (lambda z: z / z, 0.0),
]


@pytest.mark.parametrize(("f", "number"), ALLOWED)
@pytest.mark.parametrize("rows", [1, 2])
def test_allow_nonfinite_lets_through_what_backward_lets_through(
    f: Callable[[Any], Any], number: float, rows: int, way: str
) -> None:
    z, safe, x = Value(number), Value(5.0), Value(number)
    root = f(z) + f(x) + safe * 2
    root.backward(allow_nonfinite=True)
    program = autograd.compile(lambda x: f(z) + f(x) + safe * 2)
    batch = [number] * rows
    with np.errstate(all="raise"):
        assert program(batch) == pytest.approx([root.data] * rows, nan_ok=True)
        value, gradient = program.value_and_grad(batch, allow_nonfinite=True)
        slope = program.input_grad(batch, allow_nonfinite=True)
        assert np.geterr()["invalid"] == "raise"
    assert value == pytest.approx(root.data, nan_ok=True)
    places = {x: i for i, x in enumerate(program.parameters)}
    assert [gradient[places[z]], gradient[places[safe]]] == pytest.approx([z.grad, 2.0], nan_ok=True)
    assert slope == pytest.approx([x.grad] * rows, nan_ok=True)


UNTAKEN: list[Callable[[Any, Any], Any]] = [
    lambda x, p: autograd.where(x > 0, (p * x).sqrt(), p),
    lambda x, p: autograd.where(x > 0, (p * x).log(), p),
    lambda x, p: autograd.where(x > 0, 1 / x, p * x),
    lambda x, p: autograd.maximum((p * x).log(), -1.0),
    lambda x, p: autograd.relu(-1.0 / (p * abs(x))) + p,
    lambda x, p: autograd.where(x > 0, 1 / (1 / (p * x)), 0.0) + p,
]


@pytest.mark.parametrize("f", UNTAKEN)
@pytest.mark.parametrize("batch", [[0.0], [2.0, 0.0], [0.0, 3.0, 0.0, 0.5]])
def test_the_branch_not_taken_cannot_poison_the_other(
    f: Callable[[Any, Any], Any], batch: list[float], way: str
) -> None:
    p = Value(3.0)
    numbers, gradients = eagerly(lambda x: f(Value(x), p), [np.array(batch)])
    program = autograd.compile(lambda x: f(x, p))
    value, gradient = program.value_and_grad(batch)
    assert (value, gradient.tolist()) == (close(np.mean(numbers)), close([gradients[p]]))
    assert program(batch) == close(np.array(numbers))
    assert program.input_grad(batch) == close(numbers_of([autograd.grad(lambda x: f(x, p))(x) for x in batch]))


def test_nothing_is_half_written_where_an_error_comes() -> None:
    p, q = Value(1.0), Value(1.0)
    program = autograd.compile(lambda x: p * x + (q * x).log())
    program.value_and_grad([1.0, 2.0], write=True)
    before = [(x.grad, x.data) for x in (p, q)]
    attempts: list[Callable[[], Any]] = [
        lambda: program.value_and_grad([1.0, 0.0], write=True),
        lambda: program.value_and_grad([1.0, math.nan], write=True),
        lambda: program.value_and_grad([], write=True),
        lambda: program.value_and_grad(["a"], write=True),
        lambda: program.value_and_grad([1.0], write=True, parameters=np.ones(3)),
        lambda: program.value_and_grad([1.0], write=True, out=np.ones(3)),
        lambda: program.write([1.0, 2.0, 3.0]),
        lambda: program.write([5.0, "a"]),
        lambda: program.write([5.0, 1j]),
    ]
    for attempt in attempts:
        with pytest.raises((NonFiniteError, TypeError, ValueError)):
            attempt()
        assert [(x.grad, x.data) for x in (p, q)] == before
    program.value_and_grad([1.0, 2.0], write=True)
    assert [x.grad for x in (p, q)] == [2 * grad for grad, _ in before]


# ── class labels ────────────────────────────────────────────────────────────────────────────────────────────────────

LABELS: list[Any] = [[2, 0, 1, 1, 2], (2, 0, 1, 1, 2), [2.0, 0.0, 1.0, 1.0, 2.0]]
LABELS += [np.array([2, 0, 1, 1, 2], dtype) for dtype in ("int64", "uint8", "int32", "float32", ">i4")]


@pytest.mark.parametrize("labels", LABELS, ids=lambda x: str(getattr(x, "dtype", type(x).__name__)))
def test_class_labels_are_inputs_like_any_other(labels: Any, way: str) -> None:
    f, (x, _) = softmax_regression()
    numbers, gradients = eagerly(f, [x, np.array([2, 0, 1, 1, 2])])
    program = autograd.compile(f)
    assert program(x, labels) == close(np.array(numbers))
    value, gradient = program.value_and_grad(x, labels)
    assert (value, gradient) == (close(np.mean(numbers)), close(np.array([gradients[p] for p in program.parameters])))
    assert np.asarray(program.input_grad(x, labels)[1]).tolist() == [0.0] * 5
    picked = autograd.compile(lambda xs, i: autograd.pick(xs, i) * w)
    assert picked(x, labels) == close(2.0 * x[np.arange(5), [2, 0, 1, 1, 2]])
    assert picked(x[0], 3) == close(2.0 * x[0, 3])


@pytest.mark.parametrize("wrong", [3, -1, 0.5, 100, math.nan])
@pytest.mark.parametrize("row", [0, 3])
@pytest.mark.parametrize(
    "f", [softmax_regression()[0], lambda x, i: autograd.pick(x[:3], i) * w], ids=["cross_entropy", "pick"]
)
def test_a_label_that_is_no_class_is_named_with_its_row(
    f: Callable[..., Any], row: int, wrong: float, way: str
) -> None:
    x, labels = data(5, 4), np.array([2.0, 0.0, 1.0, 1.0, 2.0])
    program = autograd.compile(f)
    expected = autograd.compile(f)(x, labels)
    labels[row], expected[row] = wrong, math.nan
    assert program(x, labels) == pytest.approx(expected, rel=1e-12, nan_ok=True)
    for call in (program.value_and_grad, program.input_grad):
        message = str(refusal(lambda call=call: call(x, labels)))
        assert re.search(rf"\n  in the program  .*row {row} of the batch$", message)
        if not math.isnan(wrong):
            assert "class labels within range: pick and cross_entropy give nan for one that is none" in message


@pytest.mark.parametrize("target", [np.eye(3), np.full((3, 3), 1 / 3)], ids=["one-hot", "soft"])
def test_targets_may_be_rows(target: Any) -> None:
    f, (x, _) = softmax_regression()
    program = autograd.compile(f)
    assert program(x[:3], target) == close(np.array(eagerly(f, [x[:3], target])[0]))
    with pytest.raises(ValueError) as caught:
        program(x[:3], np.ones((3, 4)))
    assert str(caught.value) == "3 logits for a target of 4"


# ── threads and memory ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def fine_switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("fine_switching")
@pytest.mark.parametrize("shapes", [1, 2], ids=["one number of rows", "two"])
def test_threads_may_call_one_program_at_once(shapes: int, way: str) -> None:
    f, (x, y) = mlp()
    program = autograd.compile(f)
    theta = program.record(x, y).read()
    batches = [(x[: 5 - i % shapes] * (i + 1), y[: 5 - i % shapes]) for i in range(4)]
    calls: list[Callable[[int], Any]] = [
        lambda i: program(*batches[i]),
        lambda i: program.value_and_grad(*batches[i])[1],
        lambda i: program.value_and_grad(*batches[i], parameters=theta * (i + 1))[1],
        lambda i: np.concatenate([np.ravel(z) for z in program.input_grad(*batches[i])]),
    ]
    expected = [[call(i) for i in range(4)] for call in calls]
    wrong: list[Any] = []

    def work(i: int) -> None:
        for turn in range(80):
            if not np.array_equal(calls[(turn + i) % 4](i), expected[(turn + i) % 4][i]):
                wrong.append((i, turn))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert not wrong, f"{len(wrong)} of 320 results"


@pytest.mark.usefixtures("fine_switching")
def test_threads_may_record_one_program_at_once() -> None:
    start = threading.Barrier(8)
    f, (x, y) = mlp()
    numbers, _ = eagerly(f, [x, y])
    program = autograd.compile(f)

    def work(i: int) -> Any:
        start.wait()
        return program(x, y) if i % 2 else program(x.tolist(), y.tolist())

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(work, range(8)):
            assert found == close(np.array(numbers))
    assert len(program.programs) == 2
    assert len(program.parameters) == len(set(program.parameters)) == 41


class Slow(Value):
    """A Value that takes its time between the reading of its gradient and the setting."""

    @property
    def grad(self) -> float:
        found = Value.grad.fget(self)  # type: ignore[attr-defined]
        time.sleep(0.002)
        return found

    @grad.setter
    def grad(self, number: Any) -> None:
        Value.grad.fset(self, number)  # type: ignore[attr-defined]


def test_threads_that_write_lose_no_gradient() -> None:
    p, q = Slow(2.0), Slow(1.0)
    program = autograd.compile(lambda x: p * x + q).record(1.0)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(program.value_and_grad, [1.0, 3.0], write=True) for _ in range(20)]:
            done.result()
    assert (p.grad, q.grad) == (40.0, 20.0)


@pytest.mark.usefixtures("fine_switching")
def test_one_thread_may_record_while_others_call() -> None:
    values = [Value(float(i)) for i in range(50)]
    start = threading.Barrier(5)
    program = autograd.compile(lambda *xs: autograd.sum([values[len(xs)] * x * values[0] for x in xs]))
    program.record(1.0)

    def called(i: int) -> list[Any]:
        start.wait()
        found = []
        for turn in range(60):
            value, gradient = program.value_and_grad([2.0, 4.0], write=True)
            found.append([value, program([3.0])[0], gradient[:2].tolist(), float(gradient[2:].sum())])
            assert len(program.read()) <= len(program.parameters)
            if not turn % 20:
                assert str(program).startswith("inputs") and program.programs
        return found

    def recorded(i: int) -> list[Any]:
        start.wait()
        return [program.record(*[1.0] * count) for count in range(2 + i, 50, 2)]

    values[0].data = 5.0
    expected = [15.0, 15.0, [15.0, 3.0], 0.0]
    with ThreadPoolExecutor(5) as pool:
        calls = [pool.submit(called, i) for i in range(3)]
        records = [pool.submit(recorded, i) for i in range(2)]
        for call in calls:
            assert all(found in (expected, [*expected[:2], expected[2][::-1], 0.0]) for found in call.result())
        for record in records:
            assert len(record.result()) == 24
    assert len(program.parameters) == len(set(program.parameters)) == 50
    assert len(program.programs) == 49
    place = {x: i for i, x in enumerate(program.parameters)}
    for count in (1, 2, 3, 20, 49):
        gradient = program.value_and_grad(*[2.0] * count)[1]
        wanted = np.zeros(50)
        wanted[place[values[count]]], wanted[place[values[0]]] = count * 10.0, count * 2.0 * count
        assert gradient.tolist() == wanted.tolist()


REPEATED: list[tuple[str, Callable[[Any, int, Any, Any], Any], int]] = [
    ("values", lambda program, i, x, theta: program(x), 1000),
    ("one sample", lambda program, i, x, theta: program.value_and_grad(float(x[i % 30])), 300),
    ("gradient", lambda program, i, x, theta: program.value_and_grad(x), 1000),
    ("lists", lambda program, i, x, theta: program.value_and_grad(x.tolist()), 300),
    ("fresh parameters", lambda program, i, x, theta: program.value_and_grad(x, parameters=theta.copy()), 1000),
    ("parameters again", lambda program, i, x, theta: program.value_and_grad(x, parameters=theta), 1000),
    ("fresh out", lambda program, i, x, theta: program.value_and_grad(x, parameters=theta, out=0 * theta), 300),
    ("written", lambda program, i, x, theta: program.value_and_grad(x, write=True), 1000),
    ("inputs", lambda program, i, x, theta: program.input_grad(x), 300),
    ("numbers of rows", lambda program, i, x, theta: program.value_and_grad(x[: 1 + i % 30]), 300),
    ("careful", lambda program, i, x, theta: program.value_and_grad(np.where(x == x[i % 30], 0.0, x)), 300),
    ("refused", lambda program, i, x, theta: refusal(lambda: program.value_and_grad(x / 0.0)), 90),
]  # fmt: skip


REPEATED_SIZES = [
    pytest.param(size, call, min(times, most), id=f"{name}, {size}")
    for size, most in (("few", 1000), ("few, used in place", 90), ("many", 30))
    for name, call, times in REPEATED
    if (name, size) != ("refused", "many")  # half a second each
]


@pytest.mark.parametrize(("size", "call", "times"), REPEATED_SIZES)
def test_memory_of_a_thousand_calls_is_flat(
    size: str, call: Callable[..., Any], times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = count_of(size, monkeypatch)
    ws = [Value(math.sin(i)) for i in range(count)]
    program = autograd.compile(lambda x: autograd.sum([(p * x) for p in ws]) + autograd.where(x > 0, x.sqrt(), 0.0))
    x = np.linspace(1.0, 2.0, 30)
    theta = program.record(x).read()
    with np.errstate(divide="ignore"):
        tracemalloc.start()
        try:
            for i in range(30 if size == "many" else 90):
                call(program, i, x, theta)
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            for i in range(times):
                call(program, i, x, theta)
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert grown < 20_000 + 20 * count


def test_memory_does_not_grow_with_the_numbers_of_rows_that_came() -> None:
    program = autograd.compile(lambda x: autograd.sum([v * x[0] + x[1].tanh() for v in weights(20)]))
    program.record(np.ones((1, 2)))
    tracemalloc.start()
    try:
        for rows in range(300, 600):
            program.value_and_grad(np.ones((rows, 2)))
        grown = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert grown < 8_000_000  # eight plans of 600 rows and 60 numbers, with room; three hundred of them are 80 MB


def test_a_program_that_is_dropped_is_gone_without_the_collector() -> None:
    weight = Value(2.0)

    def used() -> None:
        program = autograd.compile(lambda x: x["a"] * weight + x["b"][0])
        program.value_and_grad({"a": [1.0, 2.0], "b": np.ones((2, 1))})
        program({"a": 1.0, "b": [2.0]})

    used()
    gc.collect()
    gc.disable()
    try:
        used()
        assert gc.collect() == 0
    finally:
        gc.enable()
