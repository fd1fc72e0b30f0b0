"""A compiled function gives what the eager one gives: every rule, at every sample, edge and hard number.

One function is recorded in different layouts, because they run on different code: the points as rows of a batch, one
alone, and all of them as lanes of one sample, which is re-rolled. The expected numbers are those of the eager engine,
which is the property, or frozen ones. Graphs of many operations are in ``test_compiled_graphs.py``.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import RULES, Value, rule
from autograd import numeric as nx

INF, NAN = math.inf, math.nan
FOLDER = Path(__file__).parents[1] / "reference"
OPERATIONS_FILE = json.loads((FOLDER / "operations.json").read_text(encoding="utf-8"))["operations"]
CONVENTIONS_FILE = json.loads((FOLDER / "conventions.json").read_text(encoding="utf-8"))["conventions"]
OWN = {name: made for name, made in RULES.items() if made.function.__module__.startswith("autograd.")}

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e-300, 5e-324, 1e16, 1e200, -1e200, 750.0, -750.0, INF, -INF, NAN]
FEW_SPECIAL = [0.0, 1.0, -0.5, 1e200, INF, -INF, NAN]

Row = list[float]

# ── what is compared, and how ───────────────────────────────────────────────────────────────────────────────────────


def close(a: float, b: float, relative: float = 1e-10, floor: float = 0.0) -> bool:
    """Nan where there is nan, infinities alike; 0.0 is -0.0."""
    return a == b or (a != a and b != b) or abs(a - b) <= relative * abs(b) + floor


def number_of(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)


@dataclass
class Answer:
    """Of each row its value and its gradient in the inputs; of their mean the value and the gradient in parameters.

    scale, scales: the largest number in each of the means, to which their rounding errors are relative.
    """

    values: list[float] = field(default_factory=list)
    slopes: list[Row] = field(default_factory=list)
    mean: float = 0.0
    gradient: Row = field(default_factory=list)
    scale: float = 0.0
    scales: Row = field(default_factory=list)

    def differences(self, expected: Answer, relative: float, floor: float) -> Iterator[Any]:
        for i, (a, b) in enumerate(zip(self.values, expected.values, strict=True)):
            if not close(a, b, relative, floor):
                yield f"row {i}: {a}, eager {b}"
        for i, (one, other) in enumerate(zip(self.slopes, expected.slopes, strict=True)):
            if not all(close(a, b, relative, floor) for a, b in zip(one, other, strict=True)):
                yield f"row {i}: gradient {one}, eager {other}"
        if not close(self.mean, expected.mean, relative, floor + relative * expected.scale):
            yield f"mean {self.mean}, eager {expected.mean}"
        for i, (a, b, scale) in enumerate(zip(self.gradient, expected.gradient, expected.scales, strict=True)):
            if not close(a, b, relative, floor + relative * scale):
                yield f"∂/∂p[{i}] {a}, eager {b}"


def largest(numbers: Iterable[float]) -> float:
    return max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)


def eager(f: Callable[..., Any], rows: Sequence[Row], parameters: Sequence[Value]) -> Answer:
    answer, of_rows = Answer(), []
    for row in rows:
        leaves = [Value(x) for x in row]
        for parameter in parameters:
            parameter.grad = 0.0
        out = f(leaves)
        if isinstance(out, Value):
            out.backward(allow_nonfinite=True)
        answer.values.append(number_of(out))
        answer.slopes.append([leaf.grad for leaf in leaves])
        of_rows.append([parameter.grad for parameter in parameters])
    answer.mean, answer.scale = sum(answer.values) / len(rows), largest(answer.values)
    answer.gradient = [sum(x / len(rows) for x in column) for column in zip(*of_rows, strict=True)]
    answer.scales = [largest(column) for column in zip(*of_rows, strict=True)]
    return answer


def compiled(program: Any, rows: Sequence[Row], parameters: Sequence[Value], allow_nonfinite: bool) -> Answer:
    """The batch at once, or, if there is one row, that one without a batch axis. No numbers in a row: no inputs."""
    batch = [np.array(rows)] if rows[0] and len(rows) > 1 else [np.array(rows[0])] if rows[0] else []
    values = np.atleast_1d(program(*batch)).tolist()
    mean, gradient = program.value_and_grad(*batch, allow_nonfinite=allow_nonfinite)
    slopes = np.zeros((len(rows), 0))
    if batch:
        slopes = program.input_grad(*batch, allow_nonfinite=allow_nonfinite).reshape(len(rows), -1)
    of = {id(parameter): number for parameter, number in zip(program.parameters, gradient.tolist(), strict=True)}
    return Answer(values, slopes.tolist(), mean, [of.get(id(parameter), 0.0) for parameter in parameters])


def check(
    f: Callable[..., Any],
    rows: Sequence[Row],
    parameters: Sequence[Value] = (),
    relative: float = 1e-10,
    floor: float = 4 * 5e-324,  # where a result is subnormal, and has no relative precision to speak of
    alone: int = 3,
    scale: float = 0.0,  # of the terms, where f is a sum of them
    allow_nonfinite: bool = True,
    fine: Sequence[Row] = (),  # rows of which everything is finite
) -> None:
    """f of a list of numbers: compiled as eager on the batch, on the first of the rows each alone, and on fine rows."""
    program = autograd.compile((lambda xs: f(list(xs))) if rows[0] else (lambda: f([])))
    for batch in [rows, *([row] for row in rows[:alone]), *([fine] if fine else [])]:
        expected = eager(f, batch, parameters)
        got = compiled(program, batch, parameters, allow_nonfinite and batch is not fine)
        assert not list(got.differences(expected, relative, floor + relative * scale)), f"{batch[:3]} …\n{program}"


# ── every rule ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Operation:
    """A rule with its keyword parameters, or a function made of rules, by its public name."""

    name: str
    parameters: dict[str, Any] = field(default_factory=dict, hash=False)

    def __call__(self, flat: Sequence[Any]) -> Any:
        made = RULES.get(self.name)
        if made is None:  # softmax, log_softmax
            return getattr(autograd, self.name)(list(flat))
        if not made.sequences:
            return getattr(autograd, self.name)(*flat, **self.parameters)
        size = len(flat) // len(made.operands)
        parts = (list(flat[i : i + size]) for i in range(0, len(flat), size or 1))
        return getattr(autograd, self.name)(*parts, **self.parameters)

    def __str__(self) -> str:
        return "-".join([self.name, *(f"{key}={value}" for key, value in self.parameters.items())])

    @property
    def arity(self) -> int:
        """How many operands; 0 for sequences."""
        return 0 if RULES[self.name].sequences else len(RULES[self.name].operands)

    @property
    def points(self) -> list[Row]:
        """Samples and edges; those without an operand, as sum([]), have nothing to record."""
        made = RULES[self.name]
        return [row for point in (*made.samples, *made.edges) if (row := [*map(float, made.flatten(point))])]

    @property
    def hard_points(self) -> list[Row]:
        """Samples, edges, and every combination of the numbers on which interpreters tend to disagree."""
        arity = len(RULES[self.name].operands)
        if RULES[self.name].sequences:
            return self.points + [list(row) for row in itertools.product(FEW_SPECIAL, repeat=2 * arity)]
        special = SPECIAL if arity < 3 else FEW_SPECIAL
        rows = [list(row) for row in itertools.product(special, repeat=arity)]
        return self.points + [row for row in rows if not refused(self.name, row)]


def refused(name: str, row: Sequence[float]) -> bool:
    """Whether these plain numbers are a mistake, as bounds in the wrong order are."""
    try:
        if RULES[name].refuse is not None:
            RULES[name].refuse(*row)
    except ValueError:
        return True
    return False


def with_parameters(name: str) -> list[dict[str, Any]]:
    """The keyword parameters a rule is frozen with; ``{}`` is always one."""
    found = [{}, *(entry["parameters"] for entry in OPERATIONS_FILE if entry["name"] == name)]
    return [parameters for i, parameters in enumerate(found) if parameters not in found[:i]]


OPERATIONS = [Operation(name, parameters) for name in OWN for parameters in with_parameters(name)]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def joined(rows: Sequence[Row]) -> Row:
    return list(itertools.chain.from_iterable(rows))


def by_length(rows: list[Row]) -> list[list[Row]]:
    return [[row for row in rows if len(row) == length] for length in sorted({len(row) for row in rows})]


def in_lanes(f: Callable[[Sequence[Any]], Any], width: int) -> Callable[[Sequence[Any]], Any]:
    """Σ wᵢ f(the i-th stretch of the inputs): the points side by side in one sample, each with a weight of its own."""

    def loss(xs: Sequence[Any]) -> Any:
        starts = range(0, len(xs), width)
        return autograd.dot([1.0 + 0.25 * (i % 5) for i in range(len(starts))], [f(xs[i : i + width]) for i in starts])

    return loss


def finite(f: Callable[..., Any], rows: list[Row]) -> list[Row]:
    """Rows of which everything is finite: on these a program runs the fast way, and no careful one after it."""
    return [row for row in rows if all(map(math.isfinite, [*(one := eager(f, [row], ())).values, *one.slopes[0]]))]


def repeated(rows: list[Row], count: int) -> list[Row]:
    """So many of the rows, from the first again after the last."""
    return list(itertools.islice(itertools.cycle(rows), count))


def test_every_rule_is_swept() -> None:
    assert {operation.name for operation in OPERATIONS} == set(OWN)
    assert all(operation.points for operation in OPERATIONS)


@each_operation
def test_rows_of_a_batch(operation: Operation) -> None:
    """Beside one another, and the same row again: what one row needs done carefully changes no other."""
    for rows in by_length(operation.hard_points):
        fine = finite(operation, rows)
        check(operation, [*rows, *rows[:2]], alone=12, fine=[*fine, *fine[:1]])


@each_operation
def test_lanes_of_a_sample(operation: Operation) -> None:
    for rows in by_length(operation.hard_points):
        width = len(rows[0])
        flat, fine = joined(rows), joined(repeated(finite(operation, rows), len(rows)))
        values = autograd.compile(lambda xs, n=width: [operation(list(xs[i : i + n])) for i in range(0, len(xs), n)])
        expected = [number_of(operation(row)) for row in rows]
        for got in (values(np.array(flat)), *values(np.array([flat, flat]))):
            assert all(close(a, b) for a, b in zip(got, expected, strict=True)), values
        scale = largest(expected) * len(rows)  # the lanes' values are summed; each gradient is one lane's alone
        check(in_lanes(operation, width), [flat, flat], scale=scale, fine=[fine, fine] if fine else [])


INPUT, PARAMETER, CONSTANT = "ipc"


def sorts(width: int) -> list[str]:
    """Every way for operands to be inputs, parameters and constants; of long sequences some."""
    if width <= 3:
        return ["".join(sort) for sort in itertools.product("ipc", repeat=width) if set(sort) != {CONSTANT}]
    return [("ipc" * width)[i : i + width] for i in range(3)] + ["p" * width, ("pi" * width)[:width]]


def mixed(operation: Operation, rows: list[Row], sort: str) -> tuple[Callable[..., Any], list[Value], Row]:
    """Σ wᵢ·operation(rowᵢ) with operands of these sorts; the parameters of all rows; the inputs of all."""
    own = [[Value(x) if s == PARAMETER else x for x, s in zip(row, sort, strict=True)] for row in rows]

    def loss(xs: Sequence[Any]) -> Any:
        given = iter(xs)
        terms = [operation([next(given) if s == INPUT else x for x, s in zip(row, sort, strict=True)]) for row in own]
        return terms[0] if len(terms) == 1 else autograd.dot([0.5 + 0.25 * i for i in range(len(terms))], terms)

    return (
        loss,
        [x for row in own for x in row if isinstance(x, Value)],
        [x for row in rows for x, s in zip(row, sort, strict=True) if s == INPUT],
    )


@each_operation
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.long)], ids=["some", "every"])
def test_operands_that_are_parameters_and_constants(operation: Operation, every: bool) -> None:
    """Alone every row and every sort, at length each with each; together each with each."""
    for rows in by_length(operation.points):
        kinds = sorts(len(rows[0]))
        count = max(len(rows), len(kinds))
        alone = zip(itertools.cycle(rows), itertools.cycle(kinds), range(count), strict=False)
        for row, sort in itertools.product(rows, kinds) if every else ((row, sort) for row, sort, _ in alone):
            loss, parameters, inputs = mixed(operation, [row], sort)
            check(loss, [inputs, inputs] if inputs else [[]], parameters, alone=1)
        for sort in kinds:
            loss, parameters, inputs = mixed(operation, rows * 3, sort)
            check(loss, [inputs], parameters, alone=0)  # one row is alone already
            loss, parameters, inputs = mixed(operation, finite(operation, rows) * 5, sort)
            check(loss, [inputs, inputs] if inputs else [[]], parameters, alone=1, allow_nonfinite=False)


CONSTANTS = [
    pytest.param([0.0, -0.0, 1.0, -1.0, 0.5, -2.0], id="some"),
    pytest.param(SPECIAL, marks=pytest.mark.long, id="every"),
]


@pytest.mark.parametrize("operation", [x for x in OPERATIONS if x.arity == 2], ids=str)
@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("constants", CONSTANTS)
def test_a_constant_operand(operation: Operation, side: int, constants: list[float]) -> None:
    """Of every kind, against every kind: what is done for a certain number, as x ** 2 or x / 4, is right for all."""
    rows = [[x] for x in SPECIAL]
    for constant in constants:

        def f(xs: Sequence[Any], constant: float = constant) -> Any:
            return operation([constant, xs[0]] if side == 0 else [xs[0], constant])

        fine = finite(f, rows)
        check(f, rows, alone=1, fine=fine)
        scale = largest(eager(f, rows, ()).values) * len(rows)
        lanes = [joined(repeated(fine, len(rows)))] * 2 if fine else []
        check(in_lanes(f, 1), [joined(rows)] * 2, alone=0, scale=scale, fine=lanes)


@pytest.mark.parametrize("operation", [x for x in OPERATIONS if len(x.points[0]) > 1], ids=str)
def test_one_number_as_every_operand(operation: Operation) -> None:
    width = len(operation.points[0])
    rows = [[x] for x in SPECIAL]
    check(lambda xs: operation([xs[0]] * width), rows)
    check(in_lanes(lambda xs: operation([xs[0]] * width), 1), [joined(rows)] * 2)
    parameters = [Value(x) for x in SPECIAL]
    check(lambda xs: autograd.sum([operation([p] * width) for p in parameters]), [[]], parameters)


@pytest.mark.parametrize("zeros", [[0.0, -0.0], [-0.0, 0.0]], ids=str)
def test_the_sign_of_a_constant_zero(zeros: list[float]) -> None:
    """0.0 == -0.0, and hashes alike: in one program, in lanes, and in programs one after the other."""
    functions = [
        lambda x, zero: 1.0 / (x * zero),
        lambda x, zero: autograd.atan2(x * 0.0, zero),
        lambda x, zero: x / zero,
    ]
    for f in functions:
        for one in zeros:
            check(lambda xs, f=f, one=one: f(xs[0], one), [[1.0], [2.0]])
        both = autograd.compile(lambda xs, f=f: [f(x, zeros[i % 2]) for i, x in enumerate(xs)])
        for width in (2, 24):
            expected = [number_of(f(Value(1.0 + i), zeros[i % 2])) for i in range(width)]
            got = both(np.array([[1.0 + i for i in range(width)]] * 2))[0]
            assert all(close(a, b) for a, b in zip(got, expected, strict=True)), both


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("width", [1, 2, 3, 10])
def test_softmax_of_logits_of_all_sizes(name: str, width: int) -> None:
    logits = [0.0, 1.0, 1.0, -2.5, 750.0, 1000.0, -1000.0, 1e16, 0.25, 3.0, -1e200, INF, 30.0]
    rows = [[logits[(i * k + k) % len(logits)] for i in range(width)] for k in range(1, 12)]
    for place in {0, width - 1}:
        check(lambda xs, place=place: Operation(name)(xs)[place], rows)
        check(in_lanes(lambda xs, place=place: Operation(name)(xs)[place], width), [joined(rows)] * 2)
    weights = [Value(0.5 * i - 1.0) for i in range(width)]
    fine = [row for row in rows if INF not in row]
    check(lambda xs: autograd.dot(weights, Operation(name)(xs)), fine, weights, floor=1e-13)


@pytest.mark.parametrize("width", [1, 2, 9])
def test_pick(width: int) -> None:
    rows = [[float(k % width), *(x + k for x in range(width))] for k in range(5)]
    check(lambda xs: autograd.pick(xs[1:], xs[0]) * 2.0, rows)
    check(in_lanes(lambda xs: autograd.pick(xs[1:], xs[0]) ** 2, width + 1), [joined(rows * 3)] * 2)
    for place in range(width):  # an index known while recording
        check(lambda xs, place=place: autograd.pick(xs[1:], place) ** 2, rows)


# ── the contract's table, and frozen numbers ────────────────────────────────────────────────────────────────────────


def numbers(tree: Any) -> Any:
    """A tree of a JSON file with every number a float."""
    return [numbers(x) for x in tree] if isinstance(tree, list) else float(tree)


def flat_of(tree: Any) -> Row:
    return [x for part in tree for x in flat_of(part)] if isinstance(tree, list) else [tree]


@pytest.mark.parametrize("entry", CONVENTIONS_FILE, ids=lambda x: f"{x['operation']}{x['operands']}{x['constant']}")
@pytest.mark.parametrize("copies", [1, 12])
@pytest.mark.parametrize("kind", ["inputs", "parameters"])
def test_a_row_of_the_conventions(entry: dict[str, Any], copies: int, kind: str) -> None:
    """Constant operands are plain numbers. Several copies in one sample make lanes, beside another."""
    operands, gradient = numbers(entry["operands"]), flat_of(numbers(entry["gradient"]))
    constant = [
        c for c, x in zip(entry["constant"], operands, strict=True) for _ in (x if isinstance(x, list) else [x])
    ]
    point = flat_of(operands)
    operation = Operation(entry["operation"], entry["parameters"])

    def one(variable: Sequence[Any]) -> Any:
        remaining = iter(variable)
        return operation([x if c else next(remaining) for x, c in zip(point, constant, strict=True)])

    row = [x for x, c in zip(point, constant, strict=True) if not c]
    lanes = [list(row) for _ in range(copies)] + [[0.5] * len(row)] * (copies > 1)
    if kind == "inputs":
        values = autograd.compile(lambda xs: [one(list(x)) for x in xs])(np.array([lanes, lanes]))[1]
        slopes = autograd.compile(lambda xs: autograd.sum([one(list(x)) for x in xs])).input_grad(
            np.array([lanes, lanes]), allow_nonfinite=True
        )[1]
    else:
        leaves = [[Value(x) for x in lane] for lane in lanes]
        values = autograd.compile(lambda: [one(lane) for lane in leaves])()
        program = autograd.compile(lambda: autograd.sum([one(lane) for lane in leaves]))
        found = dict(zip(program.record().parameters, program.value_and_grad(allow_nonfinite=True)[1], strict=True))
        slopes = [[found[x] for x in lane] for lane in leaves]
    for i in range(copies):
        assert close(values[i], float(entry["value"]), 1e-15)
        assert all(close(a, b, 1e-15) for a, b in zip(slopes[i], gradient, strict=True)), slopes[i]


@pytest.mark.parametrize("operation", [*OPERATIONS, Operation("softmax"), Operation("log_softmax")], ids=str)
def test_frozen_values_and_gradients(operation: Operation) -> None:
    """The numbers of mpmath, to the digits that the eager engine has of them."""
    entries = [x for x in OPERATIONS_FILE if (x["name"], x["parameters"]) == (operation.name, operation.parameters)]
    floor = 4 * 5e-324  # see test_frozen_numbers
    table = [[flat_of(numbers(entry[key])) for key in ("operands", "value", "gradient")] for entry in entries]
    for length in {len(operands) for operands, _, _ in table}:
        mine = [row for row in table if len(row[0]) == length]
        batch = np.array([operands for operands, _, _ in mine])
        for place in range(len(mine[0][1])):
            program = autograd.compile(lambda xs, i=place: operation(xs) if operation.name in OWN else operation(xs)[i])
            slopes = program.input_grad(batch, allow_nonfinite=True)
            for got, slope, (_, value, gradient) in zip(program(batch), slopes, mine, strict=True):
                assert close(got, value[place], 1e-13, floor)
                expected = gradient[place * length : (place + 1) * length]
                assert all(close(a, b, 1e-12, floor) for a, b in zip(slope, expected, strict=True)), (slope, expected)


@pytest.mark.filterwarnings("error")
def test_a_parameter_too_large_for_float32_is_infinite_in_silence() -> None:
    w = Value(1e300)
    program = autograd.compile(lambda x: w * x, dtype="float32")
    value, gradient = program.value_and_grad([1.0], allow_nonfinite=True)
    assert (value, gradient.tolist(), gradient.dtype) == (math.inf, [1.0], np.float32)


# ── float32 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@each_operation
def test_float32(operation: Operation) -> None:
    """Right to its 7 digits, of the operands to begin with; and every array that comes back is of float32."""
    for rows in by_length([row for row in operation.points if row in finite(operation, [row])]):
        rows = [row for row in rows if all(x == 0.0 or 1e-3 < abs(x) < 1e3 for x in row)] or [[0.5] * len(rows[0])]
        for f, batch in ((operation, rows * 2), (in_lanes(operation, len(rows[0])), [joined(rows * 3)] * 2)):
            weight = Value(1.5)
            program = autograd.compile(lambda xs, f=f, weight=weight: f(list(xs)) * weight, dtype="float32")
            expected = eager(lambda xs, f=f, weight=weight: f(xs) * weight, batch, [weight])
            slopes, (_, gradient) = program.input_grad(np.array(batch)), program.value_and_grad(np.array(batch))
            assert {x.dtype for x in (program(np.array(batch)), slopes, gradient, program.read())} == {np.dtype("f4")}
            got = compiled(program, batch, [weight], allow_nonfinite=False)
            size = 1e-5 * (1.0 + largest(joined(batch)) + largest(expected.values))
            assert not list(got.differences(expected, 1e-5, size))


# ── rules of the user's own ─────────────────────────────────────────────────────────────────────────────────────────


def cubed(x):
    return x * x * x, (3 * x * x,)


def branching(x):
    if x > 0:
        return x * x, (2 * x,)
    return -0.5 * x, (-0.5,)


def by_math(x, y):
    return math.sin(x) * y, (math.cos(x) * y, math.sin(x))


def by_numpy(x):
    return np.where(x > 1.0, np.sinh(x), x), (np.where(x > 1.0, np.cosh(x), 1.0),)


def the_operand_itself(x):
    return x, (1,)


def one_whatever_comes(x):
    return 1, (0,)


def lazy(x, y):
    return x * nx.exp(y), (lambda: nx.exp(y), lambda: x * nx.exp(y))


def lazy_branching(x, y):
    return x * y if x > y else x, (lambda: y if x > y else 1.0, lambda: x if x > y else 0.0)


def with_a_selector(selector, x):
    return nx.where(selector > 0.5, x * x, 3.0 * x), (None, nx.where(selector > 0.5, 2.0 * x, 3.0))


def with_a_parameter(x, *, power=2):
    return x**power, (power * x ** (power - 1),)


def sum_of_squares(xs):
    return sum(x * x for x in xs), ([2.0 * x for x in xs],)


def middle(xs):
    ordered = sorted(xs)
    return ordered[len(xs) // 2], ([1.0 if x == ordered[len(xs) // 2] else 0.0 for x in xs],)


def weighted(xs, ys):
    return sum(x * math.exp(y) for x, y in zip(xs, ys, strict=True)), (
        [math.exp(y) for y in ys],
        [lambda x=x, y=y: x * math.exp(y) for x, y in zip(xs, ys, strict=True)],
    )


# (function, does it take sequences, rows of operands)
RULES_OF_ONES_OWN: list[tuple[Callable[..., Any], bool, list[Row]]] = [
    *((f, False, [[0.5], [-2.0], [3.0], [0.0], [1.5]]) for f in (cubed, branching, by_numpy, the_operand_itself)),
    *((f, False, [[0.5], [-2.0], [3.0], [0.0], [1.5]]) for f in (one_whatever_comes, with_a_parameter)),
    *((f, False, [[0.5, -1.0], [-2.0, 0.5], [3.0, 1.0], [0.0, 0.0]]) for f in (by_math, lazy, lazy_branching)),
    (with_a_selector, False, [[1.0, 2.0], [0.0, -1.5], [1.0, 0.0]]),
    *((f, True, [[0.5, -2.0, 3.0], [1.0, 0.0, 2.0], [-1.0, -3.0, -2.0]]) for f in (sum_of_squares, middle)),
    (weighted, True, [[0.5, -2.0, 0.25, 1.0], [1.0, 0.0, 2.0, -1.0]]),
]


@pytest.mark.usefixtures("own_rules")
@pytest.mark.parametrize(("function", "sequences", "rows"), RULES_OF_ONES_OWN, ids=lambda x: getattr(x, "__name__", ""))
def test_a_rule_of_ones_own(function: Callable[..., Any], sequences: bool, rows: list[Row]) -> None:
    """Traced into array calls where it keeps to arithmetic, else called on arrays, or on one number after the other."""
    operands = function.__code__.co_argcount
    sample = [rows[0][i::operands] for i in range(operands)] if sequences else rows[0]
    name = rule(samples=[tuple(sample)], sequences=sequences)(function).__name__

    def public(flat: Sequence[Any]) -> Any:
        size = len(flat) // operands
        return RULES[name](*(list(flat[i : i + size]) for i in range(0, len(flat), size)) if sequences else flat)

    check(public, [*rows, rows[0]])
    check(in_lanes(lambda xs: autograd.sin(public(xs)), len(rows[0])), [joined(rows * 4)] * 2)
    for sort in sorts(len(rows[0])):
        loss, parameters, inputs = mixed(public, rows * 4, sort)
        check(loss, [inputs, inputs] if inputs else [[]], parameters)
        loss, parameters, inputs = mixed(public, rows[:1], sort)
        check(loss, [inputs, inputs] if inputs else [[]], parameters)
    program = autograd.compile(lambda xs: public(list(xs)), dtype="float32")
    assert np.allclose(program(np.array(rows)), [number_of(public(row)) for row in rows], rtol=1e-5)


@pytest.mark.usefixtures("own_rules")
def test_keyword_parameters_of_ones_own() -> None:
    powered = rule(samples=[(0.5,)])(with_a_parameter)
    for power in (2, 3, 1, 2.5):
        check(lambda xs, power=power: powered(xs[0], power=power), [[0.5], [2.0], [1.5]])
        check(lambda xs, power=power: autograd.sum([powered(x, power=power) for x in xs]), [[0.5, 2.0, 1.5] * 4] * 2)
