"""A compiled function: what it takes and gives, and what it is recorded for."""

from __future__ import annotations

import copy
import functools
import inspect
import itertools
import math
import re
import types
from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from fixtures.compiled import Network, as_tuple, close, eagerly, every_network, mlp, numbers_of, plain

import autograd
import nn
from autograd import RecordingError, Value
from autograd.compiler import Program
from autograd.compiler.run import runner

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
        assert re.fullmatch(
            rf"the function returns ({kinds})\(.*\), but a gradient needs one number; "
            "try: returning the sum, or the loss alone",
            str(caught.value),
        )


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
    assert str(caught.value) == "the batch has no rows, so it has no mean"
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


class Frozen(Mapping):
    """A dict that nobody writes to."""

    def __init__(self, **members: Any) -> None:
        self.members = members

    def __getitem__(self, key: str) -> Any:
        return self.members[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)


@pytest.mark.parametrize("kind", [dict, Frozen, lambda **members: types.MappingProxyType(members)])
def test_every_mapping_is_a_dict_of_arguments(kind: Callable[..., Any]) -> None:
    program = autograd.compile(lambda d: d["a"][0] * d["b"] * factor)
    assert program(kind(a=[3.0, 5.0], b=7.0)) == 42.0
    slopes = program.input_grad(kind(a=[3.0, 5.0], b=7.0))
    assert type(slopes) is dict and (slopes["a"].tolist(), slopes["b"]) == ([14.0, 0.0], 6.0)
    assert program(kind(a=[Value(3.0), 5.0], b=7.0)).data == 42.0  # the function itself, on Values


@pytest.mark.parametrize("kind", [dict, OrderedDict, defaultdict])
def test_a_batchs_result_is_of_the_same_kind_as_one_samples(kind: type) -> None:
    def f(x: Any) -> Any:
        result = kind()
        result["twice"] = [2 * x, x]
        return result

    program = autograd.compile(f)
    assert program(3.0) == {"twice": [6.0, 3.0]} and program([3.0, 4.0])["twice"].tolist() == [[6.0, 3.0], [8.0, 4.0]]
    assert isinstance(program([3.0, 4.0]), dict if kind is defaultdict else kind)
    assert type(program([3.0, 4.0])) is type(program(3.0))


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
    lambda program: autograd.draw(program),
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
            "  try             calling it once, or program.record(*batches), with inputs like those it will get"
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
