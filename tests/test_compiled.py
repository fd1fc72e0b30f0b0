"""A compiled function: what it takes and gives, where its numbers are read and written, what it refuses, how it looks."""

from __future__ import annotations

import copy
import functools
import inspect
import itertools
import math
import os
import pickle
import random
import re
import sys
import threading
import tracemalloc
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pygraphviz
import pytest

import autograd
import nn
from autograd import NonFiniteError, ProgramError, RecordingError, Value
from autograd.compiler import PASSES, Instruction, Program, runner, verify

PROGRAMS = Path(__file__).parent / "reference" / "programs"

# The stored programs say what the compiler makes of six known networks. To write them anew, and see in `git diff` what
# has changed:   AUTOGRAD_WRITE_PROGRAMS=1 python -m pytest tests/test_compiled.py -k stored
WRITE_PROGRAMS = "AUTOGRAD_WRITE_PROGRAMS" in os.environ


def weights(*shape: int, start: float = 0.0) -> Any:
    """Values of fixed numbers between −1 and 1, in nested lists."""
    numbers = np.sin(1.0 + start + 1.7 * np.arange(math.prod(shape))).reshape(shape)
    return np.vectorize(Value, otypes=[object])(numbers).tolist()


def data(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


# ── six networks, as anybody would write them ───────────────────────────────────────────────────────────────────────

Network = tuple[Callable[..., Any], list[Any]]


def mlp() -> Network:
    model = nn.MLP(3, [4, 4, 1], activation="tanh", seed=0)
    return lambda x, y: nn.mse_loss([model(x)], [y]), [data(5, 3), data(5, seed=1)]


def tied_weights() -> Network:
    matrix, bias = weights(3, 6), weights(3)

    def loss(x):
        code = [(autograd.dot(row, x) + b).tanh() for row, b in zip(matrix, bias, strict=True)]
        return nn.mse_loss([autograd.dot(column, code) for column in zip(*matrix, strict=True)], x)

    return loss, [data(5, 6)]


def convolution() -> Network:
    kernel, bias, head = weights(9), Value(0.1), weights(9, start=3.0)

    def loss(image, y):
        windows = [[image[i + a][j + b] for a in range(3) for b in range(3)] for i in range(3) for j in range(3)]
        features = [autograd.relu(autograd.dot(kernel, window) + bias) for window in windows]
        return (autograd.dot(head, features) - y) ** 2

    return loss, [data(5, 5, 5), data(5, seed=1)]


def recurrent() -> Network:
    matrix, bias, head = weights(3, 5), weights(3, start=1.0), weights(3, start=2.0)

    def loss(steps, y):
        state = [0.0, 0.0, 0.0]
        for step in steps:
            state = [(autograd.dot(row, [*state, *step]) + b).tanh() for row, b in zip(matrix, bias, strict=True)]
        return (autograd.dot(head, state) - y) ** 2

    return loss, [data(5, 4, 2), data(5, seed=1)]


def softmax_regression() -> Network:
    matrix, bias = weights(3, 4), weights(3, start=5.0)

    def loss(x, label):
        return nn.cross_entropy([autograd.dot(row, x) + b for row, b in zip(matrix, bias, strict=True)], label)

    return loss, [data(5, 4), np.array([2, 0, 1, 1, 2])]


def polynomial() -> Network:
    coefficients = weights(5)
    return lambda x, y: (sum(c * x**k for k, c in enumerate(coefficients)) - y) ** 2, [data(5), data(5, seed=1)]


NETWORKS = [mlp, tied_weights, convolution, recurrent, softmax_regression, polynomial]
every_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)


def plain(x: Any) -> Any:
    """One row as a user would write it: lists of floats, a whole number for a label."""
    return x.tolist() if isinstance(x, (np.ndarray, np.generic)) else x


def eagerly(f: Callable[..., Any], batches: Sequence[Any]) -> tuple[list[float], dict[Value, float]]:
    """The engine itself: f of each row, and the gradient of the mean in each parameter."""
    losses = [f(*map(plain, row)) for row in zip(*batches, strict=True)]
    numbers = [x.data if isinstance(x, Value) else float(x) for x in losses]
    leaves: dict[Value, float] = {}
    mean = autograd.mean(losses)
    if isinstance(mean, Value):
        before = {x: x.grad for x in leaves_of(mean)}
        for x in before:
            x.grad = 0.0
        mean.backward()
        leaves = {x: x.grad for x in before}
        for x, grad in before.items():
            x.grad = grad
    return numbers, leaves


def leaves_of(root: Value) -> list[Value]:
    waiting, seen = [root], {root}
    leaves = []
    while waiting:
        node = waiting.pop()
        if not node._prev and not node.is_constant:
            leaves.append(node)
        for parent in node._prev:
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return leaves


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-10, abs=1e-12)


@pytest.fixture(params=["chosen", "lanes", "rows"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How programs are run: as the runner chooses, as instructions of many lanes, or register by register."""
    if request.param != "chosen":
        monkeypatch.setattr(runner, "_FEW_LANES", 0 if request.param == "lanes" else 1 << 40)
    return str(request.param)


# ── what it computes ────────────────────────────────────────────────────────────────────────────────────────────────


@every_network
@pytest.mark.parametrize(
    "take", [lambda x: x, lambda x: x.tolist(), lambda x: tuple(x.tolist())], ids=["array", "list", "tuple"]
)
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
    assert set(program.parameters) == set(gradients)
    assert gradient == close(np.array([gradients[x] for x in program.parameters]))


@every_network
def test_input_gradients_are_each_rows_own(network: Callable[[], Network], way: str) -> None:
    f, batches = network()
    program = autograd.compile(f)
    found = program.input_grad(*batches)
    found = found if isinstance(found, tuple) else (found,)
    for row, given in enumerate(zip(*batches, strict=True)):
        expected = autograd.grad(f, range(len(given)))(*map(plain, given))
        for mine, other in zip(found, expected, strict=True):
            assert mine[row] == close(np.array(other))


@every_network
def test_a_single_sample_needs_no_batch_axis(network: Callable[[], Network], way: str) -> None:
    f, batches = network()
    program = autograd.compile(f)
    values, gradients = program(*batches), program.input_grad(*batches)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    for row in range(2):
        sample = [x[row] for x in batches]
        for given in (sample, [plain(x) for x in sample]):
            if any(np.ndim(x) for x in given) or len(given) == 2:
                value = program(*given)
                assert type(value) is float and value == close(values[row])
                assert program.value_and_grad(*given)[0] == close(values[row])
            found = program.input_grad(*given)
            for mine, other in zip(found if isinstance(found, tuple) else (found,), gradients, strict=True):
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
    found = program.input_grad(*batches)
    assert all(x.dtype == np.float32 for x in (found if isinstance(found, tuple) else (found,)))


@every_network
@pytest.mark.parametrize("count", range(len(PASSES) + 1))
def test_every_pass_leaves_a_legal_program_that_computes_the_same(network: Callable[[], Network], count: int) -> None:
    f, batches = network()
    numbers, gradients = eagerly(f, batches)
    program = autograd.compile(f, passes=PASSES[:count])
    assert program(*batches) == close(np.array(numbers))
    assert program.value_and_grad(*batches)[1] == close(np.array([gradients[x] for x in program.parameters]))
    assert verify(program.programs[0]) is program.programs[0]


@every_network
def test_a_batch_larger_than_the_working_set_is_run_in_parts(
    network: Callable[[], Network], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    f, batches = network()
    batches = [
        np.concatenate([x] * 20)
        * (1 if x.dtype == int else np.linspace(0.5, 1.5, 100).reshape(-1, *[1] * (x.ndim - 1)))
        for x in batches
    ]
    whole = autograd.compile(f)
    value, gradient = whole.value_and_grad(*batches)
    monkeypatch.setattr(runner, "_WORKING_SET", 1)
    program = autograd.compile(f)
    assert program(*batches) == close(whole(*batches))
    found = program.value_and_grad(*batches)
    assert (found[0], found[1]) == (close(value), close(gradient))
    out = np.zeros_like(gradient)
    assert program.value_and_grad(*batches, out=out, write=True)[1] is out
    assert out == close(gradient)
    assert [x.grad for x in program.parameters] == close(gradient.tolist())
    assert np.concatenate([np.ravel(x) for x in program.input_grad(*batches)]) == close(
        np.concatenate([np.ravel(x) for x in whole.input_grad(*batches)])
    )
    assert len(program(*[x[:33] for x in batches])) == 33


def test_instruction_counts_do_not_grow_with_a_data_set() -> None:
    model = nn.MLP(3, [8, 1], seed=0)
    losses: list[Callable[[Any, Any], Callable[..., Any]]] = [
        lambda xs, ys: lambda: sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True)) / len(xs),
        lambda xs, ys: lambda: nn.mse_loss([model(x) for x in xs], ys),
        lambda xs, ys: lambda: autograd.mean([nn.cross_entropy([model(x), 0.0], int(y > 0)) for x, y in zip(xs, ys, strict=True)]),
    ]  # fmt: skip
    for loss in losses:
        counts = []
        for rows in (20, 40):
            xs, ys = data(rows, 3).tolist(), data(rows, seed=1).tolist()
            whole = autograd.compile(loss(xs, ys))
            value = loss(xs, ys)()
            assert whole() == close(value.data)
            value.backward()
            assert whole.value_and_grad()[1] == close(np.array([x.grad for x in whole.parameters]))
            for x in whole.parameters:
                x.grad = 0.0
            counts.append(len(whole.programs[0]))
        assert counts[0] == counts[1] <= 16


# ── the function ────────────────────────────────────────────────────────────────────────────────────────────────────


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
    ("the input", lambda x: x, [3.0], 3.0),
    ("a parameter", lambda x: factor, [3.0], 2.0),
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
    if sample:
        batch = [stacked(x) for x in sample]
        assert program(*batch) == close(np.full(3, expected))
        found = program.value_and_grad(*batch)
        assert (found[0], found[1]) == (close(expected), close(gradient))
        assert structure(program.input_grad(*batch)) == structure(batch[0] if len(batch) == 1 else tuple(batch))
        assert structure(program.input_grad(*sample)) == structure(sample[0] if len(sample) == 1 else tuple(sample))


def stacked(x: Any) -> Any:
    """Three rows of the same sample."""
    if isinstance(x, dict):
        return {key: stacked(member) for key, member in x.items()}
    return np.stack([x] * 3) if isinstance(x, np.ndarray) else [x] * 3


def structure(x: Any) -> Any:
    """Dicts and tuples of shapes."""
    if isinstance(x, dict):
        return {key: structure(member) for key, member in x.items()}
    return tuple(map(structure, x)) if isinstance(x, tuple) else np.shape(x)


RESULTS: list[tuple[str, Callable[[Value], Any], Any, Any]] = [
    ("list", lambda x: [x, 2 * x], [3.0, 6.0], [[3.0, 6.0], [4.0, 8.0]]),
    ("list of one", lambda x: [x], [3.0], [[3.0], [4.0]]),
    ("tuple", lambda x: (x, 2 * x), (3.0, 6.0), ([3.0, 4.0], [6.0, 8.0])),
    ("named tuple", lambda x: Pair(x, 2 * x), Pair(3.0, 6.0), Pair([3.0, 4.0], [6.0, 8.0])),
    ("dict", lambda x: {"a": x, "b": [x, x]}, {"a": 3.0, "b": [3.0, 3.0]}, {"a": [3.0, 4.0], "b": [[3.0, 3.0], [4.0, 4.0]]}),
    ("array", lambda x: np.array([[x, 2 * x]]), [[3.0, 6.0]], [[[3.0, 6.0]], [[4.0, 8.0]]]),
    ("nested", lambda x: (x, [1.0, x], {"k": x}), (3.0, [1.0, 3.0], {"k": 3.0}), ([3.0, 4.0], [[1.0, 3.0], [1.0, 4.0]], {"k": [3.0, 4.0]})),
    ("the same twice", lambda x: [x * x] * 2, [9.0, 9.0], [[9.0, 9.0], [16.0, 16.0]]),
    ("numbers alone", lambda x: [1.0, 2.0], [1.0, 2.0], [[1.0, 2.0], [1.0, 2.0]]),
    ("parameters alone", lambda x: (factor, factor * factor), (2.0, 4.0), ([2.0, 2.0], [4.0, 4.0])),
    ("uneven lists", lambda x: [x, [x]], [3.0, [3.0]], [[3.0, 4.0], [[3.0], [4.0]]]),
    ("no list", lambda x: [], [], []),
    ("no dict", lambda x: {}, {}, {}),
]  # fmt: skip


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and list(found) == list(expected)
            and all(same(found[k], x) for k, x in expected.items())
        )
    if isinstance(expected, tuple):
        return type(found) is type(expected) and all(map(same, found, expected))
    if isinstance(found, list):
        return isinstance(expected, list) and len(found) == len(expected) and all(map(same, found, expected))
    return np.shape(found) == np.shape(expected) and bool(np.all(found == np.asarray(expected)))


@pytest.mark.parametrize(("f", "single", "batch"), [row[1:] for row in RESULTS], ids=[row[0] for row in RESULTS])
def test_the_structure_f_returns_comes_back(f: Callable[[Value], Any], single: Any, batch: Any, way: str) -> None:
    program = autograd.compile(f)
    assert same(np.asarray(program(3.0)) if isinstance(f(Value(3.0)), np.ndarray) else program(3.0), single)
    if single not in ([], {}):
        assert same(program([3.0, 4.0]), batch)
        assert structure(program(np.zeros(0))) == emptied(structure(program([3.0, 4.0])))
    for call in (program.value_and_grad, program.input_grad):
        with pytest.raises(TypeError) as caught:
            call([3.0, 4.0])
        assert re.fullmatch(
            r"the function returns (list|tuple|dict|Pair|array)\(.*\): a gradient is of one number", str(caught.value)
        )


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
    ("array of objects", lambda x: x.astype(object)),
]  # fmt: skip


@pytest.mark.parametrize("form", [row[1] for row in FORMS], ids=[row[0] for row in FORMS])
@pytest.mark.parametrize("before", [False, True], ids=["first", "after an array"])
def test_inputs_of_any_form(form: Callable[[Any], Any], before: bool, way: str) -> None:
    x = np.array([[200.0, 3.0], [5.0, 7.0], [11.0, 13.0]])
    program = autograd.compile(lambda x: factor * x[0] * x[0] + x[1])
    if before:
        program(x)
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
    "sample", [3, True, 2.5, np.float32(1.5), np.int64(7), np.bool_(True), np.array(2.5), np.array(3)]
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
    assert np.array_equal(program(x, y), expected, equal_nan=True)


# ── recorded once for each structure ────────────────────────────────────────────────────────────────────────────────

STRUCTURES: list[tuple[str, list[Any], int]] = [
    ("one number", [1.0, [1.0, 2.0], np.ones(3), (4.0,), 3, [1, 2], np.float32(2.0), np.array(1.0), np.zeros(0), []], 1),
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
            if np.size(batch) or isinstance(batch, dict):
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


# ── parameters ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_before_any_call_there_is_nothing_to_show() -> None:
    program = autograd.compile(lambda x: x)
    assert program.programs == ()
    assert repr(program) == str(program) == "<compiled <lambda>: not recorded yet>"
    for look in (
        lambda: program.parameters, program.read, lambda: program.write([]), program.explain, program.to_dot
    ):  # fmt: skip
        with pytest.raises(RecordingError) as caught:
            look()
        assert str(caught.value) == (
            "the function has not been recorded yet\n"
            "  try             calling it once, or program.record(*batches), with inputs as it will get"
        )
    assert program.record(1.0) is program
    assert program.parameters == ()
    assert len(program.programs) == 1
    assert isinstance(program.programs[0], Program)


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
    w, b, other = Value(2.0), Value(1.0), Value(1.0)
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
    assert not other.has_grad


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


FEW, MANY = 7, 5000


@pytest.mark.parametrize("count", [FEW, MANY])
@pytest.mark.parametrize("seed", range(3))
def test_arrays_that_come_again_change_nothing_but_the_time(count: int, seed: int, way: str) -> None:
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
    for _ in range(60):
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
        assert value == close(wanted[0])
        assert gradient == pytest.approx(wanted[1], rel=1e-10, abs=1e-10)
        assert np.array_equal(theta, before)
        assert program(x, parameters=given) == close(np.full(len(x), wanted[0]))
        if out is not None:
            assert gradient is out
        else:
            assert not any(np.shares_memory(gradient, y) for y in (theta, *outs))
            kept.append((gradient, gradient.copy()))
    assert all(np.array_equal(a, b) for a, b in kept)
    assert not any(np.shares_memory(a, b) for (a, _), (b, _) in itertools.combinations(kept, 2))


@pytest.mark.parametrize("count", [FEW, MANY])
@pytest.mark.parametrize("shift", [0, 1, -1, 3])
def test_out_may_lie_where_the_parameters_are(count: int, shift: int, way: str) -> None:
    program, closed = chained(count)
    numbers = program.read()
    memory = np.zeros(count + 6)
    theta, out = memory[3 : count + 3], memory[3 + shift : count + 3 + shift]
    for _ in range(5):
        theta[...] = numbers
        value, gradient = program.value_and_grad(2.0, parameters=theta, out=out)
        wanted = closed(numbers, 2.0)
        assert value == close(wanted[0])
        assert gradient is out and gradient == close(wanted[1])


@pytest.mark.parametrize("count", [FEW, MANY])
def test_results_are_the_callers_own(count: int, way: str) -> None:
    program, closed = chained(count)
    theta = program.read()
    first = [program.value_and_grad(float(i), parameters=theta)[1] for i in range(4)]
    rows, columns = program(np.ones(3), parameters=theta), program.input_grad(np.ones(3), parameters=theta)
    kept = rows.copy(), columns.copy()
    for gradient in first:
        gradient += 1.0
    theta += 1.0
    program.value_and_grad(np.ones(3), parameters=theta)
    program(np.ones(3), parameters=theta)
    program.input_grad(np.ones(3), parameters=theta)
    assert np.array_equal(rows, kept[0]) and np.array_equal(columns, kept[1])
    for i, gradient in enumerate(first):
        assert gradient == close(closed(theta - 1.0, float(i))[1] + 1.0)
    rows += 1.0
    columns += 1.0
    assert program(np.ones(3), parameters=theta) == close(np.full(3, closed(theta, 1.0)[0]))


@every_network
def test_inputs_are_never_written_to(network: Callable[[], Network], way: str) -> None:
    f, batches = network()
    program = autograd.compile(f)
    for x in batches:
        x.flags.writeable = False
    theta = program.record(*batches).read()
    theta.flags.writeable = False
    for _ in range(3):
        program(*batches, parameters=theta)
        program.value_and_grad(*batches, parameters=theta)
        program.input_grad(*batches, parameters=theta)


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────

w, b = Value(2.0, label="w"), Value(1.0, label="b")
line = autograd.compile(lambda x, y: (w * x + b - y) ** 2)
line.record(1.0, 1.0)
wide = autograd.compile(lambda x, y: (nn_model(x) - y) ** 2)
nn_model = nn.MLP(3, [4, 1], activation="tanh", seed=0)
EXPECTED = "numbers, arrays, lists, or dicts of them are expected"

REFUSED: list[tuple[str, Callable[[], Any], type[Exception], str]] = [
    ("unequal rows", lambda: line([1.0, 2.0], [3.0, 4.0, 5.0]), ValueError, "the batches have unequal numbers of rows: x has 2, y has 3"),
    ("one row too few", lambda: line.value_and_grad([1.0, 2.0], [3.0]), ValueError, "the batches have unequal numbers of rows: x has 2, y has 1"),
    ("unequal rows in a dict", lambda: autograd.compile(lambda d: d["a"] * d["b"][0])({"a": [1.0], "b": [[1.0], [2.0]]}), ValueError,
     "the batches have unequal numbers of rows: d['a'] has 1, d['b'] has 2"),
    ("ragged", lambda: line([[1.0], [1.0, 2.0]], [1.0, 2.0]), ValueError, "x is ragged: its rows have different lengths, or are nested differently"),
    ("nested unevenly", lambda: line([1.0, 2.0], [1.0, [2.0]]), ValueError, "y is ragged: its rows have different lengths, or are nested differently"),
    ("ragged in a dict", lambda: autograd.compile(lambda d: d["a"])({"a": [[1.0], []]}), ValueError,
     "d['a'] is ragged: its rows have different lengths, or are nested differently"),
    ("a str", lambda: line("a", 1.0), TypeError, f"x is a str: {EXPECTED}"),
    ("None", lambda: line(1.0, None), TypeError, f"y is a NoneType: {EXPECTED}"),
    ("bytes", lambda: line(1.0, b"a"), TypeError, f"y is a bytes: {EXPECTED}"),
    ("a set", lambda: line({1.0}, 1.0), TypeError, f"x holds a set: {EXPECTED}"),
    ("a generator", lambda: line(iter([1.0]), 1.0), TypeError, f"x holds a list_iterator: {EXPECTED}"),
    ("None in a list", lambda: line([1.0, None], [1.0, 2.0]), TypeError, f"x holds a NoneType: {EXPECTED}"),
    ("strings", lambda: line(["1", "2"], [1.0, 2.0]), TypeError, f"x holds <U1 elements: {EXPECTED}"),
    ("complex", lambda: line(1.0, 1j), TypeError, f"y holds complex128 elements: {EXPECTED}"),
    ("dates", lambda: line(np.array(["2020-01-01"], "datetime64[D]"), [1.0]), TypeError, f"x holds datetime64[D] elements: {EXPECTED}"),
    ("in a dict", lambda: autograd.compile(lambda d: d["a"])({"a": "b"}), TypeError, f"d['a'] is a str: {EXPECTED}"),
    ("beyond the named", lambda: autograd.compile(lambda *xs: xs[0])(1.0, "a"), TypeError, f"argument 1 is a str: {EXPECTED}"),
    ("too narrow", lambda: wide(np.ones((5, 2)), np.ones(5)), ValueError, "this layer takes 3 inputs, not 2"),
    ("too wide", lambda: wide(np.ones((5, 4)), np.ones(5)), ValueError, "this layer takes 3 inputs, not 4"),
    ("too wide, as many rows", lambda: wide(np.ones((3, 4)), np.ones(3)), ValueError, "this layer takes 3 inputs, not 4"),
    ("too wide, lists", lambda: wide(np.ones((3, 4)).tolist(), [1.0] * 3), ValueError, "this layer takes 3 inputs, not 4"),
    ("gradient, too wide", lambda: wide.value_and_grad(np.ones((3, 4)), np.ones(3)), ValueError, "this layer takes 3 inputs, not 4"),
    ("three axes", lambda: wide(np.ones((2, 3, 4)), np.ones(2)), ValueError, "this layer takes 3 inputs, not 3"),
    ("targets in a column", lambda: wide.value_and_grad(np.ones((5, 3)), np.ones((5, 1))), TypeError,
     "the function returns array(1,): a gradient is of one number"),
    ("targets in a row", lambda: wide(np.ones((5, 3)), np.ones((1, 5))), ValueError, "the batches have unequal numbers of rows: x has 5, y has 1"),
    ("one argument too many", lambda: line(1.0, 2.0, 3.0), TypeError, "<lambda>() takes 2 positional arguments but 3 were given"),
    ("one too few", lambda: line(1.0), TypeError, "<lambda>() missing 1 required positional argument: 'y'"),
    ("no function", lambda: autograd.compile(3), TypeError, "compile takes a function, not a int"),
    ("another dtype", lambda: autograd.compile(abs, dtype="float16"), ValueError, "dtype is 'float64' or 'float32', not 'float16'"),
    ("no dtype", lambda: autograd.compile(abs, dtype="double precision"), ValueError, "dtype is 'float64' or 'float32', not 'double precision'"),
    ("three parameters", lambda: line(1.0, 2.0, parameters=np.ones(3)), ValueError,
     "parameters are an array of 2 numbers, as program.read() gives, not float64 of shape (3,)"),
    ("a row of parameters", lambda: line.value_and_grad(1.0, 2.0, parameters=np.ones((1, 2))), ValueError,
     "parameters are an array of 2 numbers, as program.read() gives, not float64 of shape (1, 2)"),
    ("complex parameters", lambda: line.input_grad(1.0, 2.0, parameters=np.ones(2) * 1j), ValueError,
     "parameters are an array of 2 numbers, as program.read() gives, not complex128 of shape (2,)"),
    ("a list of one parameter", lambda: line(1.0, 2.0, parameters=[1.0]), ValueError,
     "parameters are an array of 2 numbers, as program.read() gives, not float64 of shape (1,)"),
    ("too long an out", lambda: line.value_and_grad(1.0, 2.0, out=np.zeros(3)), ValueError, "out is an array of 2 float64 numbers, not float64 of (3,)"),
    ("an out of integers", lambda: line.value_and_grad(1.0, 2.0, out=np.zeros(2, int)), ValueError, "out is an array of 2 float64 numbers, not int64 of (2,)"),
    ("an out of float32", lambda: line.value_and_grad(1.0, 2.0, out=np.zeros(2, np.float32)), ValueError,
     "out is an array of 2 float64 numbers, not float32 of (2,)"),
    ("write too few", lambda: line.write([1.0]), ValueError, "there are 2 parameters, and numbers of shape (1,)"),
    ("write a matrix", lambda: line.write(np.ones((2, 1))), ValueError, "there are 2 parameters, and numbers of shape (2, 1)"),
    ("the gradient at Values", lambda: line.value_and_grad(Value(1.0), 2.0), TypeError, f"x holds a Value: {EXPECTED}"),
    ("None returned", lambda: autograd.compile(lambda x: None)(1.0), TypeError,
     "the result of <lambda> is a NoneType: numbers, lists, tuples, dicts and arrays of them are differentiable"),
    ("a str in what is returned", lambda: autograd.compile(lambda x: {"loss": x, "name": "mse"})([1.0]), TypeError,
     "the result of <lambda>['name'] is a str: numbers, lists, tuples, dicts and arrays of them are differentiable"),
]  # fmt: skip


@pytest.mark.parametrize(("misuse", "error", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_misuse_says_what_where_and_what_is_expected(
    misuse: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        misuse()
    assert str(caught.value) == message
    assert not any(x.has_grad for x in (w, b, *nn_model.parameters()))
    assert (w.data, b.data) == (2.0, 1.0)
    assert line(1.0, 2.0) == 1.0
    assert wide(np.ones((2, 3)), np.ones(2)).shape == (2,)


UNCLEAR: list[tuple[str, Callable[[], Any], type[Exception], list[str]]] = [
    ("a batch and a number", lambda: line([1.0, 2.0], 3.0), Exception, ["x", "y", "rows"]),
    ("an out that is a list", lambda: line.value_and_grad(1.0, 2.0, out=[0.0, 0.0]), Exception, ["out is an array of 2 float64 numbers", "list"]),
    ("parameters that are words", lambda: line(1.0, 2.0, parameters=["a", "b"]), Exception, ["parameters are an array of 2 numbers"]),
    ("words to write", lambda: line.write(["a", "b"]), Exception, ["2 parameters", "number"]),
    ("a mistake in a single sample", lambda: autograd.compile(lambda x: x[0] + "a")([1.0, 2.0]), TypeError, ["unsupported operand type", "'Value' and 'str'"]),
    ("one sample of another width", lambda: wide([1.0, 2.0], 1.0), ValueError, ["this layer takes 3 inputs, not 2"]),
    ("too large a whole number", lambda: line([10**400, 1], [1.0, 2.0]), Exception, ["x"]),
]  # fmt: skip


@pytest.mark.parametrize(("misuse", "error", "parts"), [row[1:] for row in UNCLEAR], ids=[row[0] for row in UNCLEAR])
def test_a_misuse_is_named(misuse: Callable[[], Any], error: type[Exception], parts: list[str]) -> None:
    with pytest.raises(error) as caught:
        misuse()
    assert isinstance(caught.value, (TypeError, ValueError))
    for part in parts:
        assert part in str(caught.value)
    assert (w.data, b.data) == (2.0, 1.0)


def test_no_batch_is_broadcast() -> None:
    """Whatever the shapes, what comes back is f of each row, or of the arguments as one sample, or an error."""
    ws = weights(3)

    def f(x, y):
        return (autograd.dot(ws, x) - y) ** 2

    answers = 0
    for shapes in itertools.product(
        [(3,), (4, 3), (3, 3), (3, 4), (1, 3), (4, 1, 3)], [(), (1,), (3,), (4,), (1, 4), (4, 1), (3, 3)]
    ):
        x, y = (data(*shape) for shape in shapes)
        expected = []
        for attempt in (lambda x=x, y=y: [f(*row) for row in zip(x, y, strict=True)], lambda x=x, y=y: f(x, y)):
            try:
                expected.append(np.vectorize(lambda v: v.data, otypes=[float])(np.array(attempt())))
            except (TypeError, ValueError):
                continue
        for given in ((x, y), (x.tolist(), y.tolist())):
            program = autograd.compile(f)
            try:
                found = np.asarray(program(*given))
            except (TypeError, ValueError):
                continue
            answers += 1
            assert any(found.shape == other.shape and np.allclose(found, other, rtol=1e-12) for other in expected), (
                shapes
            )
    assert answers > 10


# ── numbers that are not finite ─────────────────────────────────────────────────────────────────────────────────────


def refusal(call: Callable[[], Any]) -> NonFiniteError:
    with pytest.raises(NonFiniteError) as caught:
        call()
    return caught.value


BAD_ROWS = [0, 1, 37, 63, 99]


@pytest.fixture(params=["whole", "in parts"])
def parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in parts":
        monkeypatch.setattr(runner, "_WORKING_SET", 1)


@pytest.mark.parametrize("row", BAD_ROWS)
def test_an_error_of_a_value_as_printed(row: int, way: str, parts: None) -> None:
    scale = Value(1.0, label="scale")
    program = autograd.compile(lambda x: (scale * x[1]).log() + x[0].exp())
    x = np.ones((100, 2))
    x[row, 1] = 0.0
    x[row + 1 :, 0] = 1000.0  # later rows are bad, too
    assert not math.isfinite(program(x)[row])
    for call in (program.value_and_grad, program.input_grad, lambda x: program.value_and_grad(x, write=True)):
        error = refusal(lambda call=call: call(x))
        what, where, advice, place = str(error).splitlines()
        assert what == "log(0.0) is -inf, so this loss has no usable gradient"
        assert re.fullmatch(r"  first made by   x\.log\(\) +x = Value\(0\.0\)", where)
        assert advice.startswith("  try             clip(p, 1e-12, 1), or ")
        assert re.fullmatch(rf"  in the program  instruction %\d+ log, row {row} of the batch", place)
        assert str(program).count(re.search(r"%\d+", place).group()) and error.operation == "log"  # type: ignore[union-attr]
        assert [x.data for x in error.operands] == [0.0]  # type: ignore[attr-defined]
        assert not scale.has_grad


@pytest.mark.parametrize("row", BAD_ROWS)
def test_an_error_of_a_gradient_as_printed(row: int, way: str, parts: None) -> None:
    scale = Value(1.0, label="scale")
    program = autograd.compile(lambda x: (scale * x).sqrt() * 3.0)
    x = np.ones(100)
    x[row] = 0.0
    assert np.isfinite(program(x)).all()
    for call in (program.value_and_grad, program.input_grad, lambda x: program.value_and_grad(x, write=True)):
        error = refusal(lambda call=call: call(x))
        what, where, advice, place = str(error).splitlines()
        assert what == "the derivative of sqrt(0.0) in x is inf, so x has no usable gradient"
        assert re.fullmatch(r"  first made by   x\.sqrt\(\) +x = Value\(0\.0\)", where)
        assert advice.startswith("  try             sqrt has an infinite slope at 0: ")
        assert re.fullmatch(rf"  in the program  instruction %\d+ sqrt, row {row} of the batch", place)
        assert error.operation == "sqrt"
        assert not scale.has_grad


zero, big = Value(0.0, label="zero"), Value(1e200, label="big")

NAMED: list[tuple[str, Callable[..., Any], Any, str, list[str]]] = [
    ("input", lambda x: x[1] * w, [[1.0, math.nan]], "", ["input Value(nan, label='x[1]') is nan", "row 0"]),
    ("bare input", lambda x: x * w, [1.0, -math.inf], "", ["input Value(-inf, label='x') is -inf", "row 1"]),
    ("input in a dict", lambda d: d["a"] * w, {"a": [math.inf]}, "", ["label=\"d['a']\") is inf"]),
    ("parameter", lambda x: zero.log() * x, [1.0], "log", ["zero.log()", "zero = Value(0.0, label='zero')"]),
    ("two operands", lambda x: w / x, [4.0, 0.0], "truediv", ["2.0 / 0.0 is inf", "w / x", "w = Value(2.0, label='w'), x = Value(0.0, label='x')", "row 1"]),
    ("overflow", lambda x: big * x, [1.0, 1e200], "mul", ["1e+200 * 1e+200 is inf", "big * x", "row 1"]),
    ("power", lambda x: (w * x) ** 0.5, [1.0, 2.0, -3.0], "pow", ["(-6.0) ** 0.5 is nan", "row 2"]),
    ("one of a vector", lambda x: autograd.sum([v.log() for v in x]) * w, [[1.0, 2.0, 0.0, 3.0]], "log", ["x[2].log()", "label='x[2]'", "row 0"]),
    ("inside of a layer", lambda x: autograd.sum([(w * v + b).log() for v in x]), [[1.0, 2.0, -0.5]], "log", ["log(0.0) is -inf", "row 0"]),
    ("behind a detach", lambda x: (w * x).log().detach() * b, [1.0, 0.0], "log", ["log(0.0) is -inf", "row 1"]),
    ("detached", lambda x: (w * x).detach().log() * b, [1.0, 0.0], "log", ["log(0.0) is -inf", "row 1"]),
    ("chosen", lambda x: autograd.where(x >= 0, x.log(), 0.0) * w, [1.0, -1.0, 0.0], "log", ["log(0.0) is -inf", "row 2"]),
    ("derivative overflows", lambda x: x * 1e200 * 1e200 * w, [0.0, 1e-300], "mul", ["is not a finite number"]),
    ("sequence", lambda x: autograd.prod([big, x, w]), [1e200], "prod", ["prod([1e+200, 1e+200, 2.0])", "[big, x, w]", "row 0"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("f", "batch", "operation", "pieces"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED]
)
def test_the_operation_its_operands_and_the_row_are_named(
    f: Callable[..., Any], batch: Any, operation: str, pieces: list[str], way: str
) -> None:
    program = autograd.compile(f)
    error = refusal(lambda: program.value_and_grad(batch))
    for piece in pieces:
        assert piece in str(error)
    assert error.operation == operation
    assert "  try             " in str(error)
    if operation:
        assert re.search(r"  in the program  instruction %\d+ [\w ]+, row \d+ of the batch$", str(error))


def test_a_nan_among_the_parameters_is_called_by_its_name() -> None:
    message = str(refusal(lambda: line.value_and_grad([1.0], [2.0], parameters=np.array([1.0, math.nan]))))
    assert "Value(nan, label='b') is nan" in message


def test_a_function_without_inputs_has_no_rows() -> None:
    message = str(refusal(autograd.compile(lambda: w * zero.log()).value_and_grad))
    assert re.search(r"^  in the program  instruction %\d+ log", message, re.MULTILINE)
    assert "row" not in message


def test_what_is_too_large_for_float32_is_said_to_be() -> None:
    program = autograd.compile(lambda x: w * x * x, dtype="float32")
    message = str(refusal(lambda: program.value_and_grad([1.0, 1e30])))
    assert "float32" in message and "row 1" in message and "finite, but not their mean" not in message
    assert autograd.compile(lambda x: w * x * x).value_and_grad([1.0, 1e30])[0] == close(1e60)


def test_a_mean_that_overflows() -> None:
    program = autograd.compile(lambda x: w * x)
    error = refusal(lambda: program.value_and_grad(np.full(100, 0.8e308)))
    what, advice = str(error).splitlines()
    assert what == "each row's value and gradient is finite, but not their mean over the batch"
    assert advice == "  try             inputs scaled to about 1, or a smaller batch"


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
def test_allow_nonfinite_lets_through_what_backward_lets_through(
    f: Callable[[Any], Any], number: float, way: str
) -> None:
    z, safe, x = Value(number), Value(5.0), Value(number)
    root = f(z) + f(x) + safe * 2
    root.backward(allow_nonfinite=True)
    program = autograd.compile(lambda x: f(z) + f(x) + safe * 2)
    with np.errstate(all="raise"):
        assert program([number]) == pytest.approx([root.data], nan_ok=True)
        value, gradient = program.value_and_grad([number], allow_nonfinite=True)
        slope = program.input_grad([number], allow_nonfinite=True)
        assert np.geterr()["invalid"] == "raise"
    assert value == pytest.approx(root.data, nan_ok=True)
    places = {x: i for i, x in enumerate(program.parameters)}
    assert [gradient[places[z]], gradient[places[safe]]] == pytest.approx([z.grad, 2.0], nan_ok=True)
    assert slope == pytest.approx([x.grad], nan_ok=True)


UNTAKEN: list[Callable[[Any, Any], Any]] = [
    lambda x, p: autograd.where(x > 0, (p * x).sqrt(), p),
    lambda x, p: autograd.where(x > 0, (p * x).log(), p),
    lambda x, p: autograd.where(x > 0, 1 / x, p * x),
    lambda x, p: autograd.maximum((p * x).log(), -1.0),
    lambda x, p: autograd.relu(-1.0 / (p * abs(x))) + p,
    lambda x, p: 1 / (1 / (p * x)) * autograd.where(x > 0, 1.0, 0.0) + p,
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
    assert program(batch) == close(numbers)
    slopes = [autograd.grad(lambda x: f(x, p))(x) for x in batch]
    assert program.input_grad(batch) == close([x.data if isinstance(x, Value) else x for x in slopes])


def test_nothing_is_half_written_where_an_error_comes() -> None:
    p, q = Value(1.0), Value(1.0)
    program = autograd.compile(lambda x: p * x + (q * x).log())
    program.value_and_grad([1.0, 2.0], write=True)
    before = [(x.grad, x.data) for x in (p, q)]
    for attempt in (
        lambda: program.value_and_grad([1.0, 0.0], write=True),
        lambda: program.value_and_grad([1.0, math.nan], write=True),
        lambda: program.value_and_grad([], write=True),
        lambda: program.value_and_grad(["a"], write=True),
        lambda: program.value_and_grad([1.0], write=True, parameters=np.ones(3)),
        lambda: program.value_and_grad([1.0], write=True, out=np.ones(3)),
        lambda: program.write([1.0, 2.0, 3.0]),
        lambda: program.write([5.0, "a"]),
        lambda: program.write([5.0, 1j]),
    ):
        with pytest.raises((NonFiniteError, TypeError, ValueError)):
            attempt()
        assert [(x.grad, x.data) for x in (p, q)] == before
    program.value_and_grad([1.0, 2.0], write=True)
    assert [x.grad for x in (p, q)] == [2 * grad for grad, _ in before]


# ── class labels ────────────────────────────────────────────────────────────────────────────────────────────────────

LABELS = [[2, 0, 1, 1, 2], (2, 0, 1, 1, 2), [2.0, 0.0, 1.0, 1.0, 2.0]]
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
    labels[row] = expected[row] = math.nan
    labels[row] = wrong
    assert program(x, labels) == pytest.approx(expected, rel=1e-12, nan_ok=True)
    for call in (program.value_and_grad, program.input_grad):
        message = str(refusal(lambda call=call: call(x, labels)))
        assert f"row {row} of the batch" in message
        assert "try " in message
        assert repr(wrong) in message or repr(float(wrong)) in message


@pytest.mark.parametrize("target", [np.eye(3), np.full((3, 3), 1 / 3)], ids=["one-hot", "soft"])
def test_targets_may_be_rows(target: Any) -> None:
    f, (x, _) = softmax_regression()
    program = autograd.compile(f)
    assert program(x[:3], target) == close(np.array(eagerly(f, [x[:3], target])[0]))
    with pytest.raises(ValueError) as caught:
        program(x[:3], np.ones((3, 4)))
    assert str(caught.value) == "3 logits for a target of 4"


# ── pickles, copies, comparison, threads, memory ────────────────────────────────────────────────────────────────────


class Loss(nn.Module):
    """The squared error of a model: a function that has its parameters with it, and pickles."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def forward(self, x: Any, y: Any) -> Any:
        return (self.model(x) - y) ** 2


@autograd.compile
def decorated(x: Any) -> Any:
    """A compiled function of a module."""
    return factor * autograd.leaky_relu(x, slope=0.25) + x.detach()


def named(x: Any) -> Any:
    parts = [autograd.maximum(v, 0.5).maximum(v * factor) for v in x]
    return autograd.where(x[0] > x[1], autograd.logsumexp(parts), autograd.gelu(parts[1], approximate="tanh"))


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_program_pickles_with_its_parameters(protocol: int) -> None:
    model = nn.MLP(3, [4, 1], activation="tanh", seed=0)
    x, y = data(5, 3), data(5, seed=1)
    program = autograd.compile(Loss(model), dtype="float32")
    program.value_and_grad(x, y, write=True)
    twin_model, twin = pickle.loads(pickle.dumps((model, program), protocol))
    assert list(twin.parameters) == [
        p
        for q in program.parameters
        for p, r in zip(twin_model.parameters(), model.parameters(), strict=True)
        if r is q
    ]
    assert [p.grad for p in twin.parameters] == [p.grad for p in program.parameters]
    assert twin == program and twin.programs == program.programs and str(twin) == str(program)
    assert twin.explain() == program.explain() and twin.to_dot() == program.to_dot()
    assert twin(x, y).dtype == np.float32 and np.array_equal(twin(x, y), program(x, y))
    twin_model.parameters()[0].data += 1.0
    assert not np.array_equal(twin(x, y), program(x, y))
    before = twin.parameters
    assert isinstance(twin(x[0].tolist(), float(y[0])), float)  # another structure: f is called anew
    assert twin.parameters == before


@pytest.mark.parametrize(
    "program", [decorated, autograd.compile(named), autograd.compile(autograd.tanh), autograd.compile(abs)]
)
@pytest.mark.parametrize(
    "twin_of", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy, copy.copy], ids=["pickle", "deepcopy", "copy"]
)
def test_copies_compute_the_same(program: Any, twin_of: Callable[[Any], Any]) -> None:
    for batch in (data(5), data(5, 2)):
        try:
            expected = program(batch)
        except TypeError:
            continue
        twin = twin_of(program)
        assert twin == program
        assert np.array_equal(twin(batch), expected)
        assert twin.value_and_grad(batch)[1].tolist() == program.value_and_grad(batch)[1].tolist()
        assert (repr(twin), str(twin), twin.explain()) == (repr(program), str(program), program.explain())
        assert twin_of(program.programs[0]) == program.programs[0]


def test_two_programs_in_one_pickle_share_their_parameters() -> None:
    model = nn.MLP(2, [1], seed=0)
    first, second = autograd.compile(model).record([1.0, 2.0]), autograd.compile(Loss(model)).record([1.0, 2.0], 1.0)
    assert set(first.parameters) == set(second.parameters)
    one, other = pickle.loads(pickle.dumps([first, second]))
    assert set(one.parameters) == set(other.parameters)
    assert set(one.parameters).isdisjoint(first.parameters)


def test_a_function_that_was_not_recorded_pickles_too() -> None:
    twin = pickle.loads(pickle.dumps(autograd.compile(named)))
    assert twin([3.0, 1.0]) == named([3.0, 1.0]).data


def test_programs_are_equal_where_they_compute_the_same() -> None:
    p, q = Value(1.0), Value(2.0)

    def made(f: Callable[..., Any], *batches: Any, **options: Any) -> Any:
        return autograd.compile(f, **options).record(*batches)

    one = made(lambda x: p * x + 0.5, 1.0)
    assert one == made(lambda x: p * x + 0.5, [1.0, 2.0])
    assert one == made(lambda x: q * x + 0.5, 1.0)
    others = [
        made(lambda x: p * x + 0.25, 1.0), made(lambda x: p + x * 0.5, 1.0), made(lambda x: x * 0.5, 1.0),
        made(lambda x: p * x - 0.5, 1.0), made(lambda x: p * x[0] + 0.5, [[1.0, 2.0]]), autograd.compile(lambda x: x),
        made(lambda x: (p * x).detach() + 0.5, 1.0), 3, None, "program",
    ]  # fmt: skip
    for other in others:
        assert one != other and not one == other
    assert one.programs[0] == one.programs[0].but() and one.programs[0] != 3
    assert autograd.compile(math.sin) != autograd.compile(math.cos)
    twin = made(lambda x: p * x + 0.5, 1.0)
    assert one == twin and (hash(one) == hash(twin) or one.__hash__ is None)
    assert hash(one) == hash(one) if one.__hash__ else True
    with pytest.raises(TypeError, match="unhashable type: 'Program'"):
        hash(one.programs[0])


@pytest.fixture
def fine_switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("fine_switching")
@pytest.mark.parametrize("count", [1, 2], ids=["one number of rows", "two"])
def test_threads_may_call_one_program_at_once(count: int, way: str) -> None:
    f, (x, y) = mlp()
    program = autograd.compile(f)
    theta = program.record(x, y).read()
    batches = [(x[: 5 - i % count] * (i + 1), y[: 5 - i % count]) for i in range(4)]
    calls: list[Callable[[int], Any]] = [
        lambda i: program(*batches[i]),
        lambda i: program.value_and_grad(*batches[i])[1],
        lambda i: program.value_and_grad(*batches[i], parameters=theta * (i + 1))[1],
        lambda i: np.concatenate([np.ravel(z) for z in program.input_grad(*batches[i])]),
    ]
    expected = [[call(i) for i in range(4)] for call in calls]
    wrong: list[Any] = []

    def work(i: int) -> None:
        for turn in range(60):
            call = calls[(turn + i) % 4]
            if not np.array_equal(call(i), expected[(turn + i) % 4][i]):
                wrong.append((i, turn))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert not wrong, f"{len(wrong)} of 240 results"


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


REPEATED: list[tuple[str, Callable[[Any, int, Any, Any], Any]]] = [
    ("values", lambda program, i, x, theta: program(x)),
    ("gradient", lambda program, i, x, theta: program.value_and_grad(x)),
    ("lists", lambda program, i, x, theta: program.value_and_grad(x.tolist())),
    ("fresh parameters", lambda program, i, x, theta: program.value_and_grad(x, parameters=theta.copy())),
    ("parameters again", lambda program, i, x, theta: program.value_and_grad(x, parameters=theta)),
    ("fresh out", lambda program, i, x, theta: program.value_and_grad(x, parameters=theta, out=np.empty_like(theta))),
    ("written", lambda program, i, x, theta: program.value_and_grad(x, write=True)),
    ("inputs", lambda program, i, x, theta: program.input_grad(x)),
    ("numbers of rows", lambda program, i, x, theta: program.value_and_grad(x[: 1 + i % 30])),
    ("careful", lambda program, i, x, theta: program.value_and_grad(np.where(x == x[i % 30], 0.0, x))),
    ("refused", lambda program, i, x, theta: pytest.raises(NonFiniteError, program.value_and_grad, x * math.inf)),
]  # fmt: skip


@pytest.mark.parametrize("call", [row[1] for row in REPEATED], ids=[row[0] for row in REPEATED])
@pytest.mark.parametrize("count", [FEW, MANY])
def test_memory_of_a_thousand_calls_is_flat(call: Callable[..., Any], count: int) -> None:
    ws = [Value(math.sin(i)) for i in range(count)]
    program = autograd.compile(lambda x: autograd.sum([(p * x) for p in ws]) + autograd.where(x > 0, x.sqrt(), 0.0))
    x = np.linspace(1.0, 2.0, 30)
    theta = program.record(x).read()
    times = 1000 if count == FEW else 60
    warm = 100 if count == FEW else 40
    tracemalloc.start()
    try:
        for i in range(warm):
            call(program, i, x, theta)
        before = tracemalloc.get_traced_memory()[0]
        for i in range(times):
            call(program, i, x, theta)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 20_000 + 10 * count


# ── how it looks ────────────────────────────────────────────────────────────────────────────────────────────────────


@every_network
def test_a_networks_program_is_the_stored_one(network: Callable[[], Network]) -> None:
    f, batches = network()
    program = autograd.compile(f).record(*batches)
    path = PROGRAMS / f"{network.__name__}.txt"
    if WRITE_PROGRAMS:
        path.write_text(f"{program}\n", encoding="utf-8")
    assert f"{program}\n" == path.read_text(encoding="utf-8")


def test_there_is_a_network_for_each_stored_program() -> None:
    assert sorted(path.stem for path in PROGRAMS.glob("*")) == sorted(network.__name__ for network in NETWORKS)


def test_a_program_prints_itself() -> None:
    program = autograd.compile(lambda x, y: (w * x + b - y) ** 2).record(1.0, 2.0)
    assert str(program) == str(program.programs[0])
    assert str(program).splitlines() == [
        "inputs      x  1,  y  1",
        "parameters  2",
        "%4          mul  1  p[0]  x[0]",
        "%5          add  1  %4    p[1]",
        "%6          sub  1  %5    y[0]",
        "%7          mul  1  %6    %6",
        "result      %7",
    ]
    assert repr(program) == "<compiled <lambda>: 4 scalar operations in 4 instructions>"
    assert repr(program.programs[0]) == "<program of 4 instructions>"
    assert program.explain().splitlines() == [
        "4 scalar operations became 4 instructions",
        "%4          mul  1  from 1  w",
        "%5          add  1  from 1  b",
        "%6          sub  1  from 1",
        "%7          mul  1  from 1",
    ]


def test_several_programs_print_one_after_the_other() -> None:
    program = autograd.compile(lambda x: x * w if isinstance(x, Value) else autograd.dot(x, [w, b]))
    program.record(np.ones((1, 2))).record([1.0])
    first, second = map(str, program.programs)
    assert str(program) == f"{first}\n\n{second}"
    assert "x  2" in first and "x  1" in second
    assert repr(program) == "<compiled <lambda>: 1 scalar operations in 1; 1 scalar operations in 1 instructions>"
    assert program.explain().count("scalar operations became") == 2


def test_a_layer_is_a_matrix_product_and_is_explained_by_its_name() -> None:
    model = nn.MLP(3, [8, 8, 1], activation="relu", seed=0)
    program = autograd.compile(lambda x: model(x)).record(np.ones(3))
    lines = program.explain().splitlines()
    assert [line.split()[1] for line in str(program).splitlines() if line.startswith("%")] == [
        "matmul", "relu", "matmul", "relu", "dot"
    ]  # fmt: skip
    for i, line in enumerate(line for line in lines if "matmul" in line or "dot" in line):
        assert line.endswith(f"model.layers[{i}]") or line.endswith(f"model.layers[{i}].neurons[0]")
    assert (
        lines[0]
        == f"{sum(n * (k + 1) + n for k, n in [(3, 8), (8, 8)]) - 16 + 18:,} scalar operations became 5 instructions"
        or re.fullmatch(r"\d+ scalar operations became 5 instructions", lines[0])
    )


inner_model = nn.MLP(2, [3, 1], activation="tanh", seed=0)


def test_a_model_used_in_a_comprehension_is_found_by_name() -> None:
    program = autograd.compile(lambda xs, ys: nn.mse_loss([inner_model(x) for x in xs], ys)).record(
        np.ones((4, 2)), np.ones(4)
    )
    assert "inner_model.layers[0]" in program.explain()


def test_what_did_not_re_roll_is_said() -> None:
    program = autograd.compile(lambda x, y: autograd.dot(x[:3], y[:3]).tanh() * autograd.dot(x[3:], y[3:]).tanh())
    program.record(np.ones(6), np.ones(6))
    assert re.search(
        r"%\d+: 2 dot products are no matrix product, because both vectors of each depend on an input",
        program.explain(),
    )

    def winding(x):
        for i in range(30):
            x = (x * w).tanh() if i % 2 else (x + b).sin()
        return x

    program = autograd.compile(winding).record(1.0)
    assert re.search(r"\d+ instructions have one lane: nothing else of their kind is at their depth", program.explain())


def test_a_long_program_is_cut() -> None:
    def long(x):
        for _ in range(100):
            x = (x * w).tanh()
        return x

    program = autograd.compile(long).record(1.0)
    lines = str(program).splitlines()
    assert len(lines) < 70
    assert "… 140 more instructions" in lines
    assert lines[-1].startswith("result")
    assert "… 140 more instructions" in program.explain()
    assert len(program.programs[0]) == 200


def test_a_rules_parameters_and_a_stopped_gradient_are_shown() -> None:
    program = autograd.compile(
        lambda x: autograd.leaky_relu(x, slope=0.25) + autograd.gelu(x.detach() * w, approximate="tanh")
    )
    text = str(program.record(1.0))
    for part in ("leaky_relu(slope=0.25)", "gelu(approximate='tanh')", "detach"):
        assert part in text


@every_network
def test_a_program_draws(network: Callable[[], Network]) -> None:
    f, batches = network()
    program = autograd.compile(f).record(*batches)
    picture = pygraphviz.AGraph(string=program.to_dot())
    boxes = [node for node in picture.nodes() if node.attr["shape"] != "plain"]
    assert len(boxes) == len(program.programs[0])
    names = {node.attr["label"].split()[0] for node in boxes}
    assert names == {made.operation.name.split()[0] for made in instructions(program.programs[0])}
    assert all(picture.in_degree(node) for node in boxes)


def test_a_drawing_of_odd_names_is_legal() -> None:
    program = autograd.compile(lambda d: d['a"b\\'] * w).record({'a"b\\': 1.0})
    picture = pygraphviz.AGraph(string=program.to_dot())
    assert len(picture.nodes()) == 3 and len(picture.edges()) == 2


def instructions(program: Program) -> list[Instruction]:
    return [program[i] for i in range(len(program))]


def test_a_program_is_a_sequence_of_instructions() -> None:
    program = autograd.compile(lambda x: (w * x).exp() * b).record(1.0).programs[0]
    assert [made.operation.name for made in instructions(program)] == ["mul", "exp", "mul"]
    assert program[-1].number == program[2].number == 2
    for i in (3, -4):
        with pytest.raises(IndexError):
            program[i]
    assert (program.inputs, program.parameters, program.names) == ((1,), 2, ("x",))


# ── what a legal program is ─────────────────────────────────────────────────────────────────────────────────────────


def legal(*, passes: Any = PASSES) -> Program:
    """Two inputs of 2 and 1 numbers, 6 parameters, 1 constant; a matrix product, a tanh, a sum and a sub."""
    rows = weights(2, 3)

    def f(x, y):
        hidden = [autograd.dot(row[:2], x) + row[2] for row in rows]
        return autograd.sum([h.tanh() for h in hidden]) - y * 0.5

    program = autograd.compile(f, passes=passes).record(np.ones(2), 1.0).programs[0]
    return verify(program)


def at(column: Any, place: int, number: int) -> Any:
    """A copy of a column with another number in one place."""
    changed = np.array(column)
    changed[place] = number
    return changed


ILLEGAL: list[tuple[str, Callable[[Program], dict[str, Any]], str]] = [
    ("too few lanes", lambda p: {"lanes": p.lanes[:-1]}, r"columns of 4 codes, 3 lanes and 5 places"),
    ("too many codes", lambda p: {"codes": np.append(p.codes, 0)}, r"columns of 5 codes, 4 lanes and 5 places"),
    ("too few places", lambda p: {"first": p.first[:-1]}, r"columns of 4 codes, 4 lanes and 4 places"),
    ("places that begin late", lambda p: {"first": at(p.first, 0, 1)}, "the operands' places are not in order"),
    ("places that end early", lambda p: {"first": at(p.first, -1, p.first[-1] - 1)}, "the operands' places are not in order"),
    ("places that go back", lambda p: {"first": at(p.first, 1, p.first[2] + 1)}, "the operands' places are not in order"),
    ("no lanes", lambda p: {"lanes": at(p.lanes, 1, 0)}, "an instruction has no lanes, or an operation that is not in the table"),
    ("a code too large", lambda p: {"codes": at(p.codes, 0, 9)}, "an instruction has no lanes, or an operation that is not in the table"),
    ("a negative code", lambda p: {"codes": at(p.codes, 0, -1)}, "an instruction has no lanes, or an operation that is not in the table"),
    ("an output too large", lambda p: {"outputs": np.array([99])}, r"output 0 is register 99, of \d+"),
    ("a negative output", lambda p: {"outputs": np.array([0, -1])}, r"output 1 is register -1, of \d+"),
    ("an operand too large", lambda p: {"operands": at(p.operands, 2, 99)}, r"operand 2 is register 99, of \d+"),
    ("a negative operand", lambda p: {"operands": at(p.operands, 0, -1)}, r"operand 0 is register -1, of \d+"),
    ("its own result", lambda p: {"operands": at(p.operands, p.first[1], p.starts[1])}, r"instruction 1, \w+, uses register \d+ before it is computed"),
    ("a later result", lambda p: {"operands": at(p.operands, 0, p.starts[-1] - 1)}, r"instruction 0, \w+, uses register \d+ before it is computed"),
    ("lanes for other operands", lambda p: {"lanes": at(p.lanes, [x.operation.name for x in instructions(p)].index("tanh"), 1)},
     r"instruction \d, tanh, has 2 operands for 1 lanes|operand \d+ is register \d+, of \d+|.*before it is computed"),
    ("a matrix of another shape", lambda p: {"shapes": np.where(p.shapes.any(1, keepdims=True), [[1, 1, 1, 1]], p.shapes)},
     r"instruction \d, matmul, has \d+ operands for 2 lanes"),
    ("a home that is not there", lambda p: {"home": at(p.home, 0, len(p))}, "a recorded operation is said to be in an instruction that is not there"),
    ("a home below -1", lambda p: {"home": at(p.home, 0, -2)}, "a recorded operation is said to be in an instruction that is not there"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), [row[1:] for row in ILLEGAL], ids=[row[0] for row in ILLEGAL])
def test_verify_refuses_what_is_not_legal(changes: Callable[[Program], dict[str, Any]], message: str) -> None:
    program = legal()
    assert len(program) == 4
    with pytest.raises(ProgramError) as caught:
        verify(program.but(**changes(program)))
    assert re.fullmatch(message, str(caught.value))


def test_verify_refuses_a_wrong_number_of_operands() -> None:
    program = legal(passes=())
    names = [made.operation.name for made in instructions(program)]
    for name, other in (("tanh", "sub"), ("sub", "tanh"), ("mul", "dot"), ("dot", "tanh")):
        place, code = names.index(name), program.codes[names.index(other)]
        changed = program.but(codes=at(program.codes, place, code))
        if (name, other) == ("mul", "dot"):
            assert verify(changed) is changed  # a product is a dot product of one
            continue
        with pytest.raises(ProgramError) as caught:
            verify(changed)
        assert re.fullmatch(rf"instruction {place}, {other}, has \d operands for 1 lanes", str(caught.value))


def test_verify_refuses_lanes_that_are_of_the_batch_beside_lanes_that_are_not() -> None:
    program = autograd.compile(lambda x: x[0].tanh() + x[1].tanh() + w).record(np.ones(2)).programs[0]
    assert program.lanes[0] == 2
    mixed = program.but(operands=at(program.operands, 0, program.first_parameter))
    with pytest.raises(ProgramError) as caught:
        verify(mixed)
    assert str(caught.value) == "instruction 0, tanh, mixes lanes that depend on an input with lanes that do not"


@pytest.mark.parametrize("seed", range(300))
def test_what_verify_lets_through_runs(seed: int) -> None:
    """One number of one column changed: an error of verify's own, or a program whose parts can all be looked at."""
    source, program = random.Random(seed), LEGAL[seed % len(LEGAL)]
    column = source.choice(["codes", "lanes", "first", "operands", "outputs", "home", "shapes"])
    before = np.array(getattr(program, column))
    flat = before.reshape(-1)
    if not len(flat):
        return
    flat[source.randrange(len(flat))] += source.choice([-3, -2, -1, 1, 2, 3, 100, -100])
    changed = program.but(**{column: before})
    try:
        verify(changed)
    except ProgramError as error:
        assert len(str(error)) > 20
        return
    assert len(str(changed)) > 10
    assert len(instructions(changed)) == len(changed)
    assert changed.batched.shape == (changed.starts[-1],)


LEGAL = [legal(), legal(passes=())]
