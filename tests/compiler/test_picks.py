"""Numbers and rows picked by an index that is an input: as Python's own indexing gives them, eagerly and compiled."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import RecordingError, Value, tanh
from autograd.compiler import verify

rng = np.random.default_rng(0)


@pytest.fixture(params=["listed", "long"], autouse=True)
def tables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether each pick lists its numbers, or a table of any length is listed once, as long ones are."""
    if request.param == "long":
        monkeypatch.setattr("autograd.core.picking._LONG", 1)
    return str(request.param)


def leaves(*shape: int) -> Any:
    """A list, or a list of lists, of parameters."""
    values = [Value(x) for x in rng.normal(size=math.prod(shape)).tolist()]
    return values if len(shape) == 1 else [values[i : i + shape[1]] for i in range(0, len(values), shape[1])]


def transposed(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


embedding, square, shuffled = leaves(7, 3), leaves(4, 4), leaves(12)
scale = Value(1.5)

# (how many indices, how many numbers of each row are data; f of indices, data and a way to choose a row)
Choose = Callable[[Any, Any], Any]
TABLES: dict[str, tuple[int, Callable[[Any, Any, Choose], Any]]] = {
    "rows of parameters": (2, lambda i, x, pick: mixed(pick(embedding, i[0]), pick(embedding, i[1]), x)),
    "one index several times": (1, lambda i, x, pick: mixed(pick(embedding, i[0]), pick(embedding, i[0]), x)),
    "a transposed table": (2, lambda i, x, pick: mixed(pick(transposed(square), i[0]), pick(square, i[1]), x)),
    "parameters in no order": (2, lambda i, x, pick: pick([shuffled[k] for k in (5, 1, 8)], i[0]) * pick(x, i[1])),
    "inputs": (2, lambda i, x, pick: pick(x, i[0]) * scale + pick(x, i[1]) * pick(x, i[1])),
    "what was computed": (2, lambda i, x, pick: pick([tanh(scale * v) for v in x], i[0]) * pick([*x, x[0]], i[1])),
    "numbers and what was computed": (1, lambda i, x, pick: pick([2.0, x[1], scale, scale * x[0]], i[0]) * x[2]),
    "numbers": (2, lambda i, x, pick: pick([0.5, -1.0, 4.0], i[0]) * x[0] * scale * pick([[1.0], [2.0]] * 2, i[1])[0]),
    "an index that is computed": (2, lambda i, x, pick: pick(embedding, i[0] + i[1])[1] * x[0]),
    "tables of two lengths": (2, lambda i, x, pick: pick(shuffled, i[0]) * pick(embedding, i[0])[0] + pick(x, i[1])),
    "a row of one": (1, lambda i, x, pick: pick([[v] for v in x], i[0])[0] * scale),
    "rows of rows": (2, lambda i, x, pick: mixed(pick(pick([square, transposed(square)], i[0] * 0.0), i[1]), x, x)),
}  # fmt: skip


def mixed(a: Sequence[Any], b: Sequence[Any], c: Sequence[Any]) -> Any:
    return sum(tanh(p) * q * r for p, q, r in zip(a, b, c, strict=False))


def by_python(table: Any, index: Any) -> Any:
    """The reference: a list's own indexing."""
    return table[int(index.data if isinstance(index, Value) else index)]


def eager(f: Any, indices: Any, data: Any, parameters: Sequence[Value]) -> tuple[list[float], Any, Any]:
    """Values of each row, the mean's gradient in the parameters, and each row's in the data."""
    values, gradient, of_data = [], np.zeros(len(parameters)), []
    for row, numbers in zip(indices, data, strict=True):
        for parameter in parameters:
            parameter.grad = 0.0
        x = [Value(number) for number in numbers]
        out = f([float(i) for i in row], x, by_python)
        out.backward()
        values.append(out.data)
        gradient += np.array([parameter.grad for parameter in parameters]) / len(data)
        of_data.append([v.grad for v in x])
    return values, gradient, np.array(of_data)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("rows", [1, 6])
@pytest.mark.parametrize("name", TABLES)
def test_a_pick_is_pythons_indexing(name: str, rows: int, dtype: str, way: str) -> None:
    count, f = TABLES[name]
    indices, data = rng.integers(0, 3, (rows, count)), rng.normal(size=(rows, 3))
    program = autograd.compile(lambda i, x: f(list(i), list(x), autograd.pick), dtype=dtype)
    value, gradient = program.value_and_grad(indices, data)
    expected, slopes, of_data = eager(f, indices, data, program.parameters)
    close = {"rtol": 1e-10, "atol": 1e-12} if dtype == "float64" else {"rtol": 1e-4, "atol": 1e-5}
    verify(program)
    for _ in range(2):  # a second call finds the memory as the first left it
        np.testing.assert_allclose(program(indices, data), expected, **close)
        np.testing.assert_allclose(value, np.mean(expected), **close)
        np.testing.assert_allclose(gradient, slopes, **close)
        np.testing.assert_allclose(program.input_grad(indices, data)[1], of_data, **close)
        value, gradient = program.value_and_grad(indices, data, parameters=program.read())
    assert not program.input_grad(indices, data)[0].any()


@pytest.mark.parametrize("vocabulary", [2, 40])
@pytest.mark.parametrize("positions", [1, 5])
def test_rows_of_a_table_are_one_instruction(vocabulary: int, positions: int, tables: str) -> None:
    table = leaves(vocabulary, 3)
    program = autograd.compile(lambda tokens: sum(sum(autograd.pick(table, token)) for token in tokens))
    program.record(np.zeros((2, positions), int))
    (picks,) = [
        x for x in map(program.programs[0].__getitem__, range(len(program.programs[0]))) if "pick" in x.operation.name
    ]
    assert picks.lanes == 3 * positions
    assert len(program.programs[0]) <= 2 + (tables == "long")


def test_a_gradient_of_a_gradient_goes_through_a_pick() -> None:
    f = autograd.compile(lambda i, x: autograd.grad(lambda y: autograd.pick([y[0] ** 3, y[1] ** 3], i))(list(x)))
    assert np.array(f([0.0, 1.0], [[2.0, 3.0], [2.0, 3.0]])).T.tolist() == [[12.0, 0.0], [0.0, 27.0]]


@pytest.mark.parametrize(
    ("table", "index", "expected"),
    [
        ([3.0, 5.0], 1, 5.0), ([3.0, 5.0], 1.0, 5.0), ([[1.0, 2.0], [3.0, 4.0]], 0, [1.0, 2.0]),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), 1, [3.0, 4.0]), (((1.0,), (2.0,)), np.int64(1), [2.0]),
        ([[[1.0], [2.0]], [[3.0], [4.0]]], 1, [[3.0], [4.0]]),
    ],
)  # fmt: skip
def test_numbers_and_rows_are_picked_eagerly(table: Any, index: Any, expected: Any) -> None:
    assert autograd.pick(table, index) == expected


@pytest.mark.parametrize("index", [2, -1, 0.5, math.nan, math.inf])
@pytest.mark.parametrize("table", [[1.0, 2.0], [[1.0], [2.0]]])
@pytest.mark.parametrize("kind", [float, Value])
def test_an_index_that_there_is_not_is_refused_at_once(table: Any, index: float, kind: Any) -> None:
    with pytest.raises(IndexError, match=r"pick: the index must be a whole number from 0 to 1, not "):
        autograd.pick(table, kind(index))


@pytest.mark.parametrize("rows", [[[1.0, 2.0], [3.0]], [[1.0], 2.0]])
def test_rows_of_several_lengths_are_refused(rows: Any) -> None:
    with pytest.raises(ValueError, match=r"the table's rows must have one length, not . and ."):
        autograd.pick(rows, 0)


def test_a_list_indexed_with_an_input_says_what_to_write() -> None:
    with pytest.raises(RecordingError, match=r"autograd\.pick\(xs, i\) instead of xs\[i\]"):
        autograd.compile(lambda i: embedding[i][0])(1)


@pytest.mark.parametrize("way_to_ask", ["__call__", "value_and_grad", "input_grad"])
def test_the_row_of_a_wrong_index_is_the_batchs_own(way_to_ask: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.compiler.run.runner._WORKING_SET", 1)  # parts of 32 rows
    program = autograd.compile(lambda i, x: autograd.pick(embedding, i[1])[0] * x * scale)
    indices = np.zeros((100, 2), int)
    indices[70, 1] = 7
    with pytest.raises(IndexError, match=r"i\[1\] is 7 in row 70 of the batch, but there are 7 numbers"):
        getattr(program, way_to_ask)(indices, np.ones(100))


def test_a_wrong_index_that_is_computed_is_refused_too(way: str) -> None:
    program = autograd.compile(lambda i: autograd.pick([scale, 2.0], i + 1.0) * scale)
    assert program([0.0]).tolist() == [3.0]
    with pytest.raises(
        IndexError, match=r"an index computed from i is 2( in row 1 of the batch)?, but there are 2 numbers"
    ):
        program([0.0, 1.0])


def test_the_shorter_of_two_tables_says_which_index_is_wrong(way: str) -> None:
    program = autograd.compile(lambda i: autograd.pick(shuffled, i) * autograd.pick(shuffled[:5], i) * scale)
    assert np.isfinite(program([4, 0])).all()
    with pytest.raises(IndexError, match=r"pick: i is 5 in row 1 of the batch, but there are 5 numbers"):
        program([4, 5])


# ── long tables ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_grows_with_a_long_table_or_with_the_picks_but_not_with_both() -> None:
    sizes = {}
    for vocabulary in (300, 600):
        table = leaves(vocabulary, 3)
        for positions in (4, 8):
            program = autograd.compile(lambda tokens, table=table: sum(autograd.pick(table, t)[1] for t in tokens))
            program.record(np.zeros((2, positions), int))
            sizes[vocabulary, positions] = len(program.programs[0].operands), len(program.programs[0])
    operands = {key: size for key, (size, _) in sizes.items()}
    assert operands[600, 8] - operands[600, 4] == operands[300, 8] - operands[300, 4] == 12
    assert operands[600, 4] - operands[300, 4] == 300
    assert {count for _, count in sizes.values()} == {3}


def test_a_table_that_changes_between_two_picks_is_two_tables(way: str) -> None:
    def f(i):
        table = list(shuffled)
        first = autograd.pick(table, i)
        table[1] = 0.25
        return first * autograd.pick(table, i) * scale

    program = autograd.compile(f)
    w = [v.data for v in shuffled]
    assert program([0, 1]).tolist() == pytest.approx([w[0] * w[0] * 1.5, w[1] * 0.25 * 1.5])


def test_a_program_with_a_table_is_pickled_compared_and_printed() -> None:
    program = autograd.compile(Picking(embedding))
    indices = np.array([[0, 6], [3, 3]])
    expected = program(indices)
    twin = pickle.loads(pickle.dumps(program))
    assert twin(indices).tolist() == expected.tolist()
    assert twin.programs == program.programs
    assert "pick" in str(program) and "pick" in program.explain()
    assert autograd.draw(program).to_dot().source.count("pick")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            lambda p: {"operands": np.where(p.operands == 15, 14, p.operands)},
            "instruction 2, mul, reads a table, which",
        ),
        (lambda p: {"outputs": p.starts[:1]}, "an output is a table, which only picks can read"),
    ],
)
def test_only_picks_read_a_table(changes: Any, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.core.picking._LONG", 1)
    program = autograd.compile(lambda i: autograd.pick(shuffled, i) * scale, passes=()).record(0).programs[0]
    assert verify(program)[0].operation.name == "table"
    with pytest.raises(autograd.ProgramError, match=message):
        verify(program.replace(**changes(program)))


class Picking:
    def __init__(self, table: Any) -> None:
        self.table = table

    def __call__(self, i: Any) -> Any:
        return sum(autograd.pick(self.table, i[0])) * autograd.pick(self.table, i[1])[2]


def test_a_number_that_is_not_finite_is_explained_through_a_table(way: str) -> None:
    zero = Value(0.0, label="zero")
    program = autograd.compile(lambda i: autograd.log(autograd.pick([scale, zero, 2.0], i)))
    assert program([0]) == pytest.approx(math.log(1.5))
    with pytest.raises(autograd.NonFiniteError, match=r"log\(0\.0\) is -inf[^§]*row 1 of the batch"):
        program.value_and_grad([2, 1])


def test_a_pick_without_gradient(way: str) -> None:
    def f(i, x):
        with autograd.no_grad():
            chosen = autograd.pick(shuffled, i)
        return chosen * autograd.pick([x * scale, 0.5], i).detach() * scale

    program = autograd.compile(f)
    value, gradient = program.value_and_grad([0, 1], [2.0, 3.0])
    w = [v.data for v in shuffled]
    assert value == pytest.approx((w[0] * 3.0 + w[1] * 0.5) / 2 * 1.5)
    slopes = dict(zip(program.parameters, gradient, strict=True))
    assert slopes[scale] == pytest.approx((w[0] * 3.0 + w[1] * 0.5) / 2)
    assert not any(slope for parameter, slope in slopes.items() if parameter is not scale)


@pytest.mark.parametrize(
    "indices", [[0, 1], (1,), np.array([0, 1]), [Value(0.0)]], ids=["list", "tuple", "array", "Values"]
)
def test_several_indices_are_told_to_be_picked_one_by_one(indices: Any) -> None:
    with pytest.raises(TypeError, match=r"^pick takes one index, not an? ") as caught:
        autograd.pick([3.0, 5.0], indices)
    assert "[autograd.pick(table, i) for i in indices]" in str(caught.value)
    assert autograd.pick([3.0, 5.0], np.array(1)) == 5.0


def test_batches_with_different_numbers_of_rows_say_so_where_an_index_was_expected() -> None:
    table = [Value(1.0), Value(2.0)]
    program = autograd.compile(lambda tokens, targets: autograd.pick(table, tokens[0]) * targets[0])
    with pytest.raises(ValueError, match="different numbers of rows: tokens has 2, targets has 3"):
        program(np.zeros((2, 4)), np.zeros((3, 4)))
