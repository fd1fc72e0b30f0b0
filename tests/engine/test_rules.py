"""Every rule of the table, swept: frozen numbers, differences, and one answer in every interpreter.

Nothing here lists the rules. The sweeps take them from ``autograd.RULES`` with their samples and edges, and the numbers
from ``reference/operations.json``, so that a new rule is tested by being written (and by its frozen numbers).
"""

from __future__ import annotations

import functools
import gc
import itertools
import json
import linecache
import math
import operator
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    RULES,
    GradcheckError,
    RuleError,
    Value,
    grad,
    gradcheck,
    hessian,
    jacobian,
    value_and_grad,
)
from autograd import numeric as nx
from autograd.table import Rule

pytestmark = pytest.mark.filterwarnings("error")

INF, NAN = math.inf, math.nan
ROOT = Path(__file__).parents[2]
EPSILON = 2.0**-52


def numbers(tree: Any) -> Any:
    """A tree of the JSON file with every number a float."""
    return [numbers(x) for x in tree] if isinstance(tree, list) else float(tree)


REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "operations.json").read_text(encoding="utf-8"))
OWN = {name: rule for name, rule in RULES.items() if rule.function.__module__.startswith("autograd.")}


@dataclass(frozen=True)
class Operation:
    """A rule with its keyword parameters, or a function made of rules (softmax), by its public name."""

    name: str
    parameters: dict[str, Any] = field(default_factory=dict, hash=False)

    def __call__(self, *operands: Any) -> Any:
        return getattr(autograd, self.name)(*operands, **self.parameters)

    def __str__(self) -> str:
        return "-".join([self.name, *(f"{key}={value}" for key, value in self.parameters.items())])

    @property
    def rule(self) -> Rule:
        return RULES[self.name].variant(parameters=self.parameters)

    def grouped(self, flat: Sequence[Any]) -> list[Any]:
        """The flat operands as the public function takes them."""
        if not self.rule.sequences:
            return list(flat)
        size = len(flat) // len(self.rule.operands)
        return [list(flat[i * size : (i + 1) * size]) for i in range(len(self.rule.operands))]

    def local(self, flat: Sequence[float]) -> list[float | None]:
        """The local derivatives at these floats."""
        return [x() if callable(x) else x for x in self.rule.evaluate(flat)[1]]

    def takes(self, row: Sequence[float]) -> bool:
        """Whether these plain numbers are no mistake, as bounds in the wrong order are."""
        try:
            if self.rule.refuse is not None:
                self.rule.refuse(*row)
        except ValueError:
            return False
        return True

    @functools.cached_property
    def points(self) -> list[list[float]]:
        """Samples and edges, each flat."""
        return [[*self.rule.flatten(point)] for point in (*self.rule.samples, *self.rule.edges)]

    @functools.cached_property
    def hard_points(self) -> list[list[float]]:
        """Samples, edges, and every combination of the numbers on which interpreters tend to disagree."""
        if not self.rule.sequences:
            special = SPECIAL if len(self.rule.operands) < 3 else FEW_SPECIAL
            rows = itertools.product(special, repeat=len(self.rule.operands))
            return self.points + [list(row) for row in rows if self.takes(row)]
        rows = itertools.product(FEW_SPECIAL, repeat=2 * len(self.rule.operands))
        return self.points + [[x] * len(self.rule.operands) for x in FEW_SPECIAL] + [list(row) for row in rows]


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e-300, 5e-324, 1e16, 1e200, -1e200, 750.0, -750.0, INF, -INF, NAN]
FEW_SPECIAL = [0.0, 1.0, -0.5, 1e200, INF, -INF, NAN]


def frozen_parameters(name: str) -> list[dict[str, Any]]:
    """The keyword parameters a rule is frozen with; ``{}`` is always one."""
    found = [{}, *(entry["parameters"] for entry in REFERENCE["operations"] if entry["name"] == name)]
    return [parameters for i, parameters in enumerate(found) if parameters not in found[:i]]


OPERATIONS = [Operation(name, parameters) for name in OWN for parameters in frozen_parameters(name)]
SAMPLES = [(operation, sample) for operation in OPERATIONS for sample in operation.rule.samples]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def same(a: float, b: float) -> bool:
    """The same number: nan is nan, an infinity has its sign, 0.0 is -0.0."""
    return a == b or (a != a and b != b)


def close(a: float, b: float, relative: float, floor: float = 0.0) -> bool:
    return same(a, b) or abs(a - b) <= relative * abs(b) + floor


def all_close(left: Sequence[float], right: Sequence[float], relative: float) -> bool:
    return len(left) == len(right) and all(close(a, b, relative) for a, b in zip(left, right, strict=True))


def number_of(x: Any) -> float:
    return x.data if isinstance(x, Value) else x


def flat_numbers(tree: Any) -> list[float]:
    """The numbers of nested lists, tuples and dicts of floats or Values, in order."""
    if isinstance(tree, (list, tuple)):
        return [x for part in tree for x in flat_numbers(part)]
    return [number_of(tree)]


def gradients(out: Any, leaves: Sequence[Value]) -> list[float]:
    """∂out/∂leaf by the engine, 0 where out is a plain number."""
    if isinstance(out, Value):
        out.backward(allow_nonfinite=True)
    return [leaf.grad for leaf in leaves]


# ── frozen numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Entry:
    """One line of operations.json."""

    operation: Operation
    operands: list[Any]
    value: Any
    gradient: list[Any]
    second: list[list[float]] | None

    def __str__(self) -> str:
        return f"{self.operation}-{self.operands}"


def frozen_entries() -> Iterator[Entry]:
    for entry in REFERENCE["operations"]:
        tables = (numbers(entry[key]) for key in ("operands", "value", "gradient"))
        second = numbers(entry["second"]) if "second" in entry else None
        yield Entry(Operation(entry["name"], entry["parameters"]), *tables, second)


ENTRIES = list(frozen_entries())
OF_SCALARS = [entry for entry in ENTRIES if entry.second is not None]
OF_SEQUENCES = [entry for entry in ENTRIES if entry.second is None and not isinstance(entry.value, list)]
OF_LISTS = [entry for entry in ENTRIES if isinstance(entry.value, list)]

FROZEN_ELSEWHERE = {
    "where": "a choice has no mathematics to freeze: test_where_chooses_a_branch_and_its_slope",
    "erfc": "1 - erf, checked with the numbers frozen for erf: test_erfc_is_one_minus_erf",
    "log_share": "no other library has it; against mpmath in test_accuracy.py",
}


def test_every_rule_is_frozen_or_says_why_not() -> None:
    frozen = {entry.operation.name for entry in ENTRIES}
    assert set(OWN) - frozen == set(FROZEN_ELSEWHERE)
    assert all(callable(getattr(autograd, name)) for name in frozen)


def test_every_parameter_is_frozen_away_from_its_default() -> None:
    for name, rule in OWN.items():
        defaults = rule.function.__kwdefaults__ or {}
        for parameter, default in defaults.items():
            tried = [parameters.get(parameter, default) for parameters in frozen_parameters(name)]
            assert any(value != default for value in tried), f"{name}: {parameter} is frozen only at {default!r}"


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_value_is_the_frozen_one(entry: Entry) -> None:
    got, expected = flat_numbers(entry.operation(*entry.operands)), flat_numbers(entry.value)
    for a, b in zip(got, expected, strict=True):
        # Four units in the last place where the result is subnormal, and has no relative precision to speak of.
        assert close(a, b, 1e-13, floor=4 * 5e-324), (a, b)


@pytest.mark.parametrize("entry", OF_SCALARS + OF_SEQUENCES, ids=str)
def test_gradient_is_the_frozen_one(entry: Entry) -> None:
    flat = entry.operation.rule.flatten(entry.operands)
    leaves = [Value(x) for x in flat]
    by_backward = gradients(entry.operation(*entry.operation.grouped(leaves)), leaves)
    transform = grad(entry.operation, range(len(entry.operands)), allow_nonfinite=True)
    by_transform = flat_numbers(transform(*entry.operands))
    floor = 4 * 5e-324  # as for values: subnormals
    for got in (by_backward, by_transform):
        for a, b in zip(got, flat_numbers(entry.gradient), strict=True):
            assert close(a, b, 1e-12, floor), (got, entry.gradient)


@pytest.mark.parametrize("entry", OF_SCALARS, ids=str)
def test_second_derivatives_are_the_frozen_ones(entry: Entry) -> None:
    assert entry.second is not None
    got = hessian(lambda operands: entry.operation(*operands), allow_nonfinite=True)(entry.operands)
    # They are slopes of first derivatives that are rounded to an ulp: where those are near a constant (asin near 0,
    # gelu at 8), what is left of the second derivative is of the size of that rounding.
    finite = [abs(x) for x in flat_numbers(entry.gradient) if math.isfinite(x)]
    floor = EPSILON * max(finite, default=0.0) + 4 * 5e-324
    for a, b in zip(flat_numbers(got), flat_numbers(entry.second), strict=True):
        if math.isinf(b):  # beyond the largest float: a sum of terms that overflow on both sides may be nan as well
            assert not math.isfinite(a), (got, entry.second)
            continue
        assert close(a, b, 1e-9, floor), (got, entry.second)


@pytest.mark.parametrize("entry", OF_LISTS, ids=str)
def test_jacobian_is_the_frozen_one(entry: Entry) -> None:
    by_transform = jacobian(entry.operation)(*entry.operands)
    rows = []
    for i in range(len(entry.value)):
        leaves = [Value(x) for x in entry.operands[0]]
        rows.append(gradients(entry.operation(leaves)[i], leaves))
    for got in (by_transform, rows):
        for a, b in zip(flat_numbers(got), flat_numbers(entry.gradient), strict=True):
            # 1 - softmax for the output itself: the softmax of a list sums to 1 within an ulp or two.
            assert close(a, b, 1e-12, floor=3e-16), (got, entry.gradient)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("shift", [2.0**10, -(2.0**20), 2.0**40])
def test_softmax_does_not_depend_on_a_common_shift(name: str, shift: float) -> None:
    logits = [1.0, 2.5, -3.25, 0.0]  # logits + shift is exact, so the result has nothing to lose
    shifted = Operation(name)([x + shift for x in logits])
    assert all_close(shifted, Operation(name)(logits), 1e-14)


def test_where_chooses_a_branch_and_its_slope() -> None:
    where = Operation("where")
    for condition, (a, b) in itertools.product([True, False, 1, 0, 2.0, 0.0, -1.5, NAN], [(2.0, -3.0), (INF, 0.0)]):
        chosen = bool(condition)
        assert where(condition, a, b) == (a if chosen else b)
        for given in (condition, Value(condition)):
            left, right = Value(a), Value(b)
            assert gradients(where(given, left, right), [left, right]) == [float(chosen), float(not chosen)]
    assert hessian(lambda xs: where(xs[0], xs[1], xs[2]))([1.0, 2.0, -3.0]) == [[0.0] * 3] * 3


# -2 and -1 are what Python makes of ~True and ~False.
NO_TRUTH: list[Any] = [
    -2, -1, 2, np.int64(-2), np.uint8(7), 10**30,
    np.array([1, 0, -2]), np.array([[3]]), np.array(-1), np.array([True, -2], object),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:Bitwise inversion")
@pytest.mark.parametrize("condition", NO_TRUTH, ids=repr)
@pytest.mark.parametrize(
    "a", [2.0, Value(2.0), np.array([2.0]), np.array([Value(2.0)])], ids=["float", "Value", "array", "Values"]
)
def test_an_integer_that_is_no_truth_value_is_no_condition(condition: Any, a: Any) -> None:
    where = Operation("where")
    ways: list[Callable[[], Any]] = [
        lambda: where(condition, a, 1.0),
        lambda: where(condition, 1.0, a),
        lambda: grad(lambda x: np.sum(where(condition, x * a, 0.0)))(1.0),
        lambda: autograd.compile(lambda x: where(condition, x, 0.0))(1.0),
        lambda: autograd.compile(lambda x: where((x > 0) & condition, x, 0.0))(1.0),
        lambda: nx.where(condition, 2.0, 1.0),
    ]
    for way in ways[:-2] if isinstance(condition, np.ndarray) else ways:
        with pytest.raises(ValueError, match=r"a condition is true or false, or 0 or 1, not (.|\n)*x <= 0"):
            way()


TRUTHS = [True, 1, np.bool_(True), np.int8(1), 1.0, 0.5, math.inf, math.nan, np.float32(2.0)]
"""What holds. Of a float any number but 0 does, as in NumPy and Python."""


@pytest.mark.parametrize("condition", TRUTHS, ids=repr)
def test_a_truth_value_is_a_condition_in_an_array_too(condition: Any) -> None:
    where = Operation("where")
    several = np.array([condition, condition])
    assert where(condition, 2.0, 3.0) == 2.0
    assert where(condition, Value(2.0), 3.0).data == 2.0
    assert where(several, 2.0, 3.0).tolist() == [2.0, 2.0]
    assert [x.data for x in where(several, Value(2.0), 3.0)] == [2.0, 2.0]
    assert where(several, np.array([2.0, 3.0]), np.array([Value(5.0), 7.0])).tolist() == [2.0, 3.0]


def test_erfc_is_one_minus_erf() -> None:
    erfc = Operation("erfc")
    points = [entry for entry in OF_SCALARS if entry.operation.name == "erf"]
    assert points
    for entry in points:
        (x,), (slope,), second = entry.operands, entry.gradient, entry.second
        assert erfc(x) == math.erfc(x)
        assert close(erfc(x) + entry.value, 1.0, 4e-16)
        leaf = Value(x)
        assert close(gradients(erfc(leaf), [leaf])[0], -slope, 1e-12)
        assert second is not None
        assert close(grad(grad(erfc))(x), -second[0][0], 1e-9)
    assert close(erfc(6.0), 2.1519736712498913e-17, 1e-13)  # DLMF 7.8: where 1 - erf(6) has no digit left


# ── differences ─────────────────────────────────────────────────────────────────────────────────────────────────────


def free(operation: Operation, flat: Sequence[float]) -> list[bool]:
    """Which operands have a derivative (the condition of ``where`` has none)."""
    return [local is not None for local in operation.local(flat)]


@pytest.mark.parametrize(
    ("operation", "sample"), SAMPLES, ids=[f"{operation}-{sample}" for operation, sample in SAMPLES]
)
def test_three_orders_agree_with_differences(operation: Operation, sample: tuple[Any, ...]) -> None:
    flat = operation.rule.flatten(sample)
    active = free(operation, flat)

    def of_free_operands(*operands: Any) -> Any:
        remaining = iter(operands)
        return operation(*operation.grouped([next(remaining) if a else x for x, a in zip(flat, active, strict=True)]))

    chosen = [x for x, a in zip(flat, active, strict=True) if a]
    # A sample at a kink is a warning of gradcheck, and an error here.
    assert gradcheck(of_free_operands, chosen, order=3)


def test_differences_would_notice_a_wrong_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    right = RULES["sin"].function
    monkeypatch.setattr(RULES["sin"], "function", lambda x: (right(x)[0], (right(x)[1][0] * 1.0001,)))
    with pytest.raises(GradcheckError):
        gradcheck(autograd.sin, 0.5, order=1)


# ── floats and arrays ───────────────────────────────────────────────────────────────────────────────────────────────


def by_length(rows: list[list[float]]) -> Iterator[list[list[float]]]:
    """Rows of one length together: those of a rule over sequences differ."""
    for length in sorted({len(row) for row in rows if row}):
        yield [row for row in rows if len(row) == length]


def columns(rows: list[list[float]], dtype: Any = float) -> list[np.ndarray]:
    return [np.array(column, dtype=dtype) for column in zip(*rows, strict=True)]


def differences(rows: Any, left: Sequence[float], right: Sequence[float], relative: float) -> list[Any]:
    """(operands, left, right) wherever the two are not close."""
    triples = zip(rows, left, right, strict=True)
    return [(row, a, b) for row, a, b in triples if not close(a, b, relative)]


@each_operation
def test_floats_give_floats(operation: Operation) -> None:
    """IEEE, never an exception, never complex: at every combination of the hardest numbers."""
    for row in operation.hard_points:
        results = [operation(*operation.grouped(row)), *operation.local(row)]
        assert all(type(x) is float for x in results if x is not None), (row, results)


@each_operation
def test_arrays_give_the_numbers_that_floats_give(operation: Operation) -> None:
    for rows in by_length(operation.hard_points):
        got = operation(*operation.grouped(columns(rows)))
        assert got.dtype == np.float64
        assert got.shape == (len(rows),)
        expected = [operation(*operation.grouped(row)) for row in rows]
        assert not differences(rows, got.tolist(), expected, 1e-12)


@each_operation
def test_local_derivatives_on_arrays_are_those_on_floats(operation: Operation) -> None:
    for rows in by_length(operation.hard_points):
        with np.errstate(all="ignore"):
            local = operation.rule.function(*operation.grouped(columns(rows)))[1]
            if operation.rule.sequences:
                local = [x for sequence in local for x in sequence]
            local = [x() if callable(x) else x for x in local]
        for i, derivative in enumerate(local):
            expected = [operation.local(row)[i] for row in rows]
            if derivative is None:
                assert expected == [None] * len(rows)
                continue
            got = np.broadcast_to(derivative, len(rows)).tolist()
            assert not differences(rows, got, expected, 1e-12), f"∂/∂{i}"


@each_operation
def test_a_number_is_broadcast_against_arrays(operation: Operation) -> None:
    for rows in by_length(operation.points):
        for position in range(len(rows[0])):
            if len(rows[0]) == 1:
                continue  # nothing to broadcast against
            fixed = [[*row[:position], rows[0][position], *row[position + 1 :]] for row in rows]
            operands: list[Any] = list(columns(rows))
            operands[position] = rows[0][position]
            got = operation(*operation.grouped(operands))
            assert not differences(fixed, got.tolist(), [operation(*operation.grouped(row)) for row in fixed], 1e-12)


@each_operation
def test_a_column_is_broadcast_against_a_row(operation: Operation) -> None:
    for rows in by_length(operation.points):
        first, *others = columns(rows)
        operands = [first[:, None], *(other[None, :] for other in others)]
        got = operation(*operation.grouped(operands))
        pairs = [[a[0], *b[1:]] for a in rows for b in (rows if others else rows[:1])]
        assert got.shape == (len(rows), len(rows) if others else 1)
        assert not differences(
            pairs, got.ravel().tolist(), [operation(*operation.grouped(row)) for row in pairs], 1e-12
        )


@each_operation
def test_arrays_of_other_numbers(operation: Operation) -> None:
    """Integers are taken as floats; an empty array gives an empty one; float32 stays float32, and is right to it."""
    for rows in by_length([[*operation.rule.flatten(sample)] for sample in operation.rule.samples]):
        whole = [[float(round(x)) for x in row] for row in rows]
        got = operation(*operation.grouped(columns(whole, int)))
        expected = [operation(*operation.grouped(row)) for row in whole]
        assert not differences(whole, got.tolist(), expected, 1e-12)
        assert operation(*operation.grouped([np.array([]) for _ in rows[0]])).shape == (0,)
        single = operation(*operation.grouped(columns(rows, np.float32)))
        assert single.dtype == np.float32
        for row, number in zip(rows, single.tolist(), strict=True):
            # float32 has 7 digits, of the operands to begin with: 3e-6 of the result, and of the largest operand.
            expected_number = operation(*operation.grouped(row))
            assert math.isfinite(number)
            assert close(number, expected_number, 3e-6, floor=1e-7 * max(map(abs, row), default=0.0)), row


@each_operation
def test_a_number_beside_float32_keeps_it(operation: Operation) -> None:
    """As in NumPy's own arithmetic, a Python number has no precision of its own."""
    for sample in filter(any, operation.rule.samples):
        operands: list[Any] = [*operation.rule.flatten(sample)]
        if len(operands) > 1 and all(free(operation, operands)):  # not where, which may return the number itself
            operands[0] = np.array(operands[:1], np.float32)
            assert operation(*operation.grouped(operands)).dtype == np.float32


@each_operation
def test_object_arrays_of_values_give_values(operation: Operation) -> None:
    for rows in by_length(operation.points):
        leaves = [[Value(x) for x in row] for row in rows]
        expected = [operation(*operation.grouped(row)) for row in rows]
        operands = columns(leaves, object)
        given = [operands, [operands[0], *columns([row[1:] for row in rows])] if len(rows[0]) > 1 else operands]
        for mixed in given:
            got = operation(*operation.grouped(mixed))
            assert got.dtype == object
            assert all(type(x) is Value for x in got)
            assert not differences(rows, [x.data for x in got], expected, 0.0)


@each_operation
def test_one_value_beside_an_array(operation: Operation) -> None:
    for rows in by_length(operation.points):
        if len(rows[0]) == 1:
            continue
        leaf = Value(rows[0][0])
        got = operation(*operation.grouped([leaf, *columns([row[1:] for row in rows])]))
        expected = [operation(*operation.grouped([leaf.data, *row[1:]])) for row in rows]
        assert all(type(x) is Value for x in got)
        assert not differences(rows, [x.data for x in got], expected, 0.0)


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.rule.operator and len(o.rule.operands) == 2], ids=str)
def test_operators_of_arrays_and_values_in_both_orders(operation: Operation) -> None:
    apply = getattr(operator, operation.rule.operator)
    for array, leaf in ((np.array([0.5, 2.0]), Value(3.0)), (np.array([[2], [5]]), Value(0.5))):
        for left, right in ((array, leaf), (leaf, array)):
            got = apply(left, right)
            assert got.dtype == object
            assert got.shape == array.shape
            numeric = apply(number_of(left), number_of(right))
            assert [x.data for x in got.ravel()] == numeric.ravel().tolist()
            assert all(type(x) is Value for x in got.ravel())


# ── floats and Values ───────────────────────────────────────────────────────────────────────────────────────────────


def ways(operation: Operation, operands: Sequence[Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every way to write the operation on these operands, of which at least one is a Value."""
    rule, parameters = operation.rule, operation.parameters
    yield "function", lambda: operation(*operation.grouped(operands))
    yield "rule", lambda: rule(*operation.grouped(operands))
    if rule.sequences:
        return
    if isinstance(operands[0], Value):
        for name in sorted({rule.name, rule.numpy}):
            yield f"Value.{name}", lambda name=name: getattr(operands[0], name)(*operands[1:], **parameters)
    if rule.operator:
        yield "operator", lambda: getattr(operator, rule.operator)(*operands)
    if isinstance(getattr(np, rule.numpy, None), np.ufunc):
        yield f"np.{rule.numpy}", lambda: getattr(np, rule.numpy)(*operands)


def kinds_of_number(x: float) -> Iterator[Any]:
    """The same number in every type that may stand beside a Value."""
    yield from (x, np.float64(x), np.array(x))
    if math.isfinite(x) and x == int(x) and abs(x) < 2**53 and math.copysign(1.0, x + 0.0) == math.copysign(1.0, x):
        yield from (int(x), np.int64(x))
    if x in (0.0, 1.0) and math.copysign(1.0, x) > 0:
        yield from (bool(x), np.bool_(x))


def masks(size: int) -> Iterator[tuple[bool, ...]]:
    """Which of the operands are Values: every choice of one or more (of few; else all, each one, all but each)."""
    if size <= 3:
        yield from (mask for mask in itertools.product([True, False], repeat=size) if any(mask))
        return
    yield (True,) * size
    for i in range(size):
        yield tuple(j == i for j in range(size))
        yield tuple(j != i for j in range(size))


@each_operation
def test_values_give_the_number_and_the_local_derivatives_of_floats(operation: Operation) -> None:
    for row in operation.hard_points:
        if not row:
            continue  # no operand, no Value: the result of an empty sequence is a number
        expected = operation(*operation.grouped(row))
        local = [0.0 if x is None else x for x in operation.local(row)]
        for way in range(len(list(ways(operation, [Value(x) for x in row])))):
            leaves = [Value(x) for x in row]
            name, write = list(ways(operation, leaves))[way]
            out = write()
            assert type(out) is Value, (name, row)
            assert type(out.data) is float, (name, row)
            assert same(out.data, expected), (name, row, out.data, expected)
            got = gradients(out, leaves)
            assert all(map(same, got, local)), (name, row, got, local)


@each_operation
def test_numbers_in_every_position(operation: Operation) -> None:
    """A plain number is a constant: the value is the same, it gets no gradient, and the others get theirs."""
    for row in operation.points:
        if not row:
            continue
        expected = operation(*operation.grouped(row))
        local = operation.local(row)
        for mask in masks(len(row)):
            longest = max(len(list(kinds_of_number(x))) for x in row)
            for kind, way in itertools.product(range(longest), range(6)):
                operands = [
                    Value(x) if is_value else [*kinds_of_number(x)][kind % len([*kinds_of_number(x)])]
                    for x, is_value in zip(row, mask, strict=True)
                ]
                written = list(ways(operation, operands))
                if way >= len(written):
                    continue
                name, write = written[way]
                out = write()
                where = (name, operands)
                assert type(out) is Value, where
                assert same(out.data, expected), where
                assert out._op == operation.rule.symbol, where
                assert [parent.is_constant for parent in out._prev] == [not is_value for is_value in mask], where
                assert all(map(same, [parent.data for parent in out._prev], row)), where
                for derivative, x, is_value in zip(out.local_derivatives, local, mask, strict=True):
                    assert derivative is None if x is None or not is_value else same(derivative, x), where
                out.backward(allow_nonfinite=True)
                for parent, operand, derivative in zip(out._prev, operands, local, strict=True):
                    if isinstance(operand, Value):
                        assert parent is operand, where
                        assert same(operand.grad, derivative or 0.0), where
                    else:
                        assert not parent.has_grad, where


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if len(o.rule.operands) == 2 or o.rule.sequences], ids=str)
def test_an_operand_used_twice_gets_both_derivatives(operation: Operation) -> None:
    for row in operation.points:
        for x in row[:1]:
            twice = [x] * len(row)
            leaf = Value(x)
            out = operation(*operation.grouped([leaf] * len(row)))
            assert out._prev == (leaf,) * len(row)
            expected = sum(local for local in operation.local(twice) if local is not None)
            assert close(gradients(out, [leaf])[0], expected, 1e-15)


@pytest.mark.parametrize("name", [name for name, rule in OWN.items() if not rule.sequences])
def test_a_wrong_number_of_operands_is_a_type_error(name: str) -> None:
    too_many = [Value(1.0)] * (len(RULES[name].operands) + 1)
    for call in (lambda: getattr(autograd, name)(*too_many), lambda: getattr(too_many[0], name)(*too_many[1:])):
        with pytest.raises(TypeError):
            call()


# (over a sequence, of two numbers): one function where the sequence has two elements
PAIRS = {"sum": "add", "prod": "mul", "max": "maximum", "min": "minimum", "norm": "hypot", "logsumexp": "logaddexp"}


def undefined(of_two: str, row: Sequence[float]) -> bool:
    """ln(eᵃ + eᵇ) has no gradient, nor a limit of it, where both are the same infinity."""
    return of_two == "logaddexp" and row[0] == row[1] and math.isinf(row[0])


@pytest.mark.parametrize(("over_sequence", "of_two"), PAIRS.items())
@pytest.mark.parametrize("row", list(itertools.product([0.0, 2.0, -30.0, 750.0, INF, -INF, NAN], repeat=2)), ids=str)
def test_a_sequence_of_two_is_the_rule_of_two(over_sequence: str, of_two: str, row: tuple[float, float]) -> None:
    assert close(Operation(over_sequence)(row), Operation(of_two)(*row), 1e-14)
    if not undefined(of_two, row):
        left, right = Operation(over_sequence).local(row), Operation(of_two).local(row)
        assert all_close(left, right, 1e-14), (left, right)


@pytest.mark.parametrize("slope", [np.float32(0.75), np.longdouble(0.75), np.float64(0.75)])
def test_a_numpy_number_as_a_parameter_is_a_number(slope: Any) -> None:
    """It is 0.75 to whoever comes later, too: equal parameters share a variant."""
    assert type(autograd.leaky_relu(-1.0, slope=slope)) is float
    for made in (Value(-1 / 3).leaky_relu(slope=slope), Value(-1 / 3).leaky_relu(slope=0.75)):
        assert (type(made.data), made.data) == (float, -0.25)
        assert all(type(local) is float for local in made.local_derivatives)


NO_REAL_NUMBER = [1j, np.complex128(1), "a", None, np.array([0.5]), [0.5]]
WRONG_PARAMETERS = [
    *(("leaky_relu", "slope", x, "a real number") for x in NO_REAL_NUMBER),
    *(("elu", "alpha", x, "a real number") for x in NO_REAL_NUMBER),
    *(("gelu", "approximate", x, "a word, as 'none'") for x in (1j, 1.0, None, True, np.array([0.5]))),
]


@pytest.mark.parametrize(("name", "parameter", "wrong", "wanted"), WRONG_PARAMETERS, ids=str)
@pytest.mark.parametrize("x", [-2.0, np.array([-2.0, 1.0]), Value(-2.0), "nested", "compiled"], ids=str)
def test_a_parameter_is_a_real_number_or_a_word(name: str, parameter: str, wrong: Any, wanted: str, x: Any) -> None:
    def call(x: Any) -> Any:
        return getattr(autograd, name)(x, **{parameter: wrong})

    f = {"nested": autograd.grad(call), "compiled": autograd.compile(call)}.get(x if isinstance(x, str) else "", call)
    with pytest.raises(TypeError, match=f"{name}: the parameter {parameter} is {wanted}, not "):
        f(-2.0 if isinstance(x, str) else x)


@pytest.mark.parametrize("slope", [True, 3, 10**400, Fraction(1, 3), np.float32(0.5), np.int8(2), INF, NAN])
def test_a_parameter_of_any_real_type_gives_a_float(slope: Any) -> None:
    expected = -2.0 * (INF if type(slope) is int and slope > 1e300 else float(slope))
    for found in (Value(-2.0).leaky_relu(slope=slope), autograd.leaky_relu(Value(-2.0), slope=slope)):
        assert type(found.data) is float and same(found.data, expected)
        assert all(type(x) is float for x in found.local_derivatives)
    assert same(float(autograd.compile(lambda x: autograd.leaky_relu(x, slope=slope))(-2.0)), expected)


MISSPELT = {
    "an attribute": lambda: Rule("odd", math.exp, operands=("x",), symobl="?"),
    "an assignment": lambda: setattr(Rule("odd", math.exp, operands=("x",)), "symobl", "?"),
    "a keyword of the decorator": lambda: autograd.rule(lambda x: (x, (1.0,)), symobl="?"),
}


@pytest.mark.parametrize("misspell", MISSPELT.values(), ids=MISSPELT)
def test_a_misspelt_attribute_of_a_rule_is_refused(misspell: Any) -> None:
    with pytest.raises((TypeError, AttributeError), match="symobl"):
        misspell()


RETURNS = [(1j, "complex"), (np.complex128(1j), "complex"), ("a", "str"), (None, "NoneType"), ([1.0], "list")]


@pytest.mark.parametrize(("wrong", "named"), RETURNS, ids=str)
@pytest.mark.parametrize("where", ["value", "slope"])
def test_what_a_rule_of_ones_own_returns_is_a_real_number(wrong: Any, named: str, where: str) -> None:
    def odd(x: Any) -> Any:
        """x, but at 2."""
        found = x if x < 1 else wrong
        return (found, (1.0,)) if where == "value" else (x, (found,))

    made = Rule("odd", odd, operands=("x",), lazy=True)
    if where == "slope" and wrong is None:
        return  # an operand without a derivative
    for call in (lambda: made(Value(2.0)), lambda: autograd.grad(made)(2.0), lambda: autograd.compile(made)(2.0)):
        with pytest.raises(RuleError, match=f"rule odd: .*{named}"):
            call()


CROSSED: list[Any] = [
    lambda: autograd.clip(0.0, 1, -1),
    lambda: autograd.clip(0.0, lo=1.0, hi=-1),
    lambda: autograd.clip(np.zeros(3), 1, -1),
    lambda: autograd.clip(np.array([Value(0.0)]), 1, -1),
    lambda: autograd.clip(Value(0.0), 1, -1),
    lambda: Value(0.0).clip(1, -1),
    lambda: Value(0.0).clip(hi=np.float32(-1), lo=True),
    lambda: np.clip(Value(0.0), 1, -1),
    lambda: autograd.grad(lambda x: x.clip(1, -1))(0.0),
    lambda: autograd.compile(lambda x: autograd.clip(x, 1, -1))([0.0, 2.0]),
]


@pytest.mark.parametrize("call", CROSSED)
def test_plain_bounds_in_the_wrong_order_are_refused(call: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"lo=.* is above hi=.*-1.*\n  try  .* clip\(x, .*-1.*, .*\)"):
        call()


@pytest.mark.parametrize("x", [-2.0, -1.0, 0.0, 1.0, 2.0])
def test_computed_bounds_that_cross_give_the_upper_one(x: float) -> None:
    """As NumPy and PyTorch have it; its slope alone is 1."""
    lo, hi = np.array([1.0, -3.0]), np.array([-1.0, 3.0])
    assert autograd.clip(np.array([x, x]), lo, hi).tolist() == np.clip([x, x], lo, hi).tolist()
    assert autograd.value_and_grad(autograd.clip, range(3))(x, 1.0, -1.0) == (-1.0, (0.0, 0.0, 1.0))
    compiled = autograd.compile(autograd.clip)
    for rows in (1, 4):
        batch = [np.full(rows, number) for number in (x, 1.0, -1.0)]
        assert compiled(*batch).tolist() == [-1.0] * rows
        assert [slope[0] for slope in compiled.input_grad(*batch)] == [0.0, 0.0, 1.0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.float64, np.bool_])
def test_softmax_takes_numpy_numbers(name: str, dtype: Any) -> None:
    logits = np.array([1, 100, 0]).astype(dtype)
    function = getattr(autograd, name)
    found = function(logits)
    assert found == function(logits.astype(float).tolist())
    assert all(type(x) is float for x in found)
    by_column = function([logits, logits[::-1]])
    assert [row.tolist() for row in by_column] == [
        pytest.approx(row) for row in zip(*map(function, zip(logits, logits[::-1], strict=True)), strict=True)
    ]
    assert len(function(np.array([-math.inf, -math.inf, math.inf]))) == 3


@pytest.mark.parametrize("x", [3.0, Value(3.0)], ids=["number", "Value"])
def test_operands_by_name(x: Any) -> None:
    found = [autograd.clip(x, lo=0.0, hi=1.0), autograd.clip(x, 0, hi=1), autograd.clip(hi=1.0, x=x, lo=0.0)]
    found += [autograd.minimum(x, b=1.0), autograd.leaky_relu(x=x, slope=2.0) / 3.0, autograd.mean(xs=[x, -1.0])]
    if isinstance(x, Value):
        found += [x.clip(lo=0.0, hi=1.0), x.clip(0.0, hi=1.0)]
    assert [number_of(y) for y in found] == [1.0] * len(found)


def test_a_parameter_that_changes_at_every_call_leaves_nothing_behind() -> None:
    """A slope that follows a schedule: the variants of a rule that are kept do not grow with the calls."""

    def rules_alive() -> int:
        return sum(type(x) is Rule for x in gc.get_objects())

    before = rules_alive()
    for i in range(2000):
        autograd.leaky_relu(Value(-1.0), slope=i / 2000)
    assert rules_alive() - before < 1000


# ── Values of Values ────────────────────────────────────────────────────────────────────────────────────────────────


def through_levels(operation: Operation, operands: Sequence[Any], levels: int) -> list[tuple[float, list[float]]]:
    """(value, gradient) of the operation as each of so many nested transforms gives it, the innermost first."""
    positions = range(len(operands))
    found: list[tuple[float, list[float]]] = []

    def differentiate(f: Callable[..., Any]) -> Callable[..., Any]:
        def value(*inner: Any) -> Any:
            result, gradient = value_and_grad(f, positions, allow_nonfinite=True)(*inner)
            found.append((number_of(result), flat_numbers(gradient)))
            return result

        return value

    f: Callable[..., Any] = operation
    for _ in range(levels):
        f = differentiate(f)
    f(*operands)
    return found


@each_operation
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_nested_levels_give_the_flat_value_and_gradient(operation: Operation, levels: int) -> None:
    """At any depth the derivative is the rule's own, at kinks and edges too, and not that of the steps inside it."""
    wrong = []
    for row in operation.hard_points if levels == 2 else operation.points:
        if not row:
            continue
        expected = operation(*operation.grouped(row))
        local = [0.0 if x is None else x for x in operation.local(row)]
        seen = through_levels(operation, operation.grouped(row), levels)
        assert len(seen) == levels
        for number, gradient in seen:
            if not same(number, expected) or not all_close(gradient, local, 1e-15):
                wrong.append((row, "expected", expected, local, "got", number, gradient))
    assert not wrong, f"{len(wrong)} points, first {wrong[:3]}"


def of_operand(operation: Operation, flat: Sequence[float], i: int) -> Callable[[Any], Any]:
    """The operation as a function of operand i, the others held constant."""
    return lambda x: operation(*operation.grouped([*flat[:i], x, *flat[i + 1 :]]))


@each_operation
def test_the_hessian_is_the_gradient_of_each_gradient(operation: Operation) -> None:
    """It is symmetric, and its diagonal is what each operand gives with the others held constant."""

    def of_flat(operands: Sequence[Any]) -> Any:
        return operation(*operation.grouped(operands))

    for sample in filter(any, operation.rule.samples):
        flat = [*operation.rule.flatten(sample)]
        table = hessian(of_flat)(flat)
        assert table == [grad(lambda operands, i=i: grad(of_flat)(operands)[i])(flat) for i in range(len(flat))]
        for i, j in itertools.product(range(len(flat)), repeat=2):
            assert close(table[i][j], table[j][i], 1e-9, floor=1e-15)
        for i, x in enumerate(flat):
            assert close(grad(grad(of_operand(operation, flat, i)))(x), table[i][i], 1e-12, floor=1e-15)


# ── rules of the user's own ─────────────────────────────────────────────────────────────────────────────────────────


def check_own(operation: Callable[..., Any], f: Callable[..., float], slopes: Callable[..., Sequence[float]]) -> None:
    """A unary or binary rule of the user's, at its samples: every interpreter against plain float functions."""
    rule: Rule = operation.rule  # type: ignore[attr-defined]
    assert RULES[rule.name] is rule
    assert rule.samples
    positions = range(len(rule.operands))
    for sample in rule.samples:
        expected, derivatives = f(*sample), list(slopes(*sample))
        assert close(operation(*sample), expected, 1e-15)
        for write in (operation, getattr(Value, rule.name)):
            leaves = [Value(x) for x in sample]
            out = write(*leaves)
            assert type(out) is Value
            assert type(out.data) is float
            assert close(out.data, expected, 1e-15)
            assert out._op == rule.symbol
            assert all_close(gradients(out, leaves), derivatives, 1e-14)
        for i, derivative in enumerate(derivatives):
            mixed: list[Any] = list(sample)
            mixed[i] = leaf = Value(sample[i])
            assert close(gradients(operation(*mixed), [leaf])[0], derivative, 1e-14)
        assert all_close(grad(operation, positions)(*sample), derivatives, 1e-14)
        through = grad(lambda *xs: value_and_grad(operation, positions)(*xs)[0], positions)(*sample)
        assert all_close(through, derivatives, 1e-14), f"through a nested level {through}, flat {derivatives}"
    stacked = operation(*columns([list(sample) for sample in rule.samples]))
    assert all_close(stacked.tolist(), [f(*sample) for sample in rule.samples], 1e-14)


def derivative_of_order(f: Callable[[Any], Any], order: int) -> Callable[[Any], Any]:
    for _ in range(order):
        f = grad(f)
    return f


@pytest.mark.usefixtures("own_rules")
class TestOwnRules:
    def test_unary(self) -> None:
        @autograd.rule(samples=[(0.7,), (-1.3,)])
        def fourth_power(x: Any) -> Any:
            """x⁴.   ∂/∂x = 4x³."""
            return x * x * x * x, (4.0 * x * x * x,)

        check_own(fourth_power, lambda x: x**4, lambda x: [4 * x**3])
        for documented in (fourth_power, Value.fourth_power):
            assert (documented.__doc__ or "").startswith("x⁴.   ∂/∂x = 4x³.")
        orders = [derivative_of_order(fourth_power, order)(1.5) for order in range(6)]
        assert orders == pytest.approx([1.5**4, 4 * 1.5**3, 12 * 1.5**2, 24 * 1.5, 24.0, 0.0], rel=1e-14)
        assert gradcheck(fourth_power, 0.7, order=5)
        made = fourth_power(np.array([Value(2.0), Value(3.0)], dtype=object))
        assert [x.data for x in made] == [16.0, 81.0]

    def test_binary_with_a_symbol_and_numpy_s_name(self) -> None:
        @autograd.rule(symbol="⊖", numpy="float_power", samples=[(2.0, 3.0), (0.5, -1.5)])
        def squared_distance(a: Any, b: Any) -> Any:
            d = a - b
            return d * d, (2.0 * d, -2.0 * d)

        check_own(squared_distance, lambda a, b: (a - b) ** 2, lambda a, b: [2 * (a - b), -2 * (a - b)])
        assert Value(1.0).squared_distance(4.0)._op == "⊖"
        assert np.float_power(Value(1.0), 4.0).data == np.float_power(4.0, Value(1.0)).data == 9.0
        assert hessian(lambda xs: squared_distance(*xs))([2.0, 5.0]) == [[2.0, -2.0], [-2.0, 2.0]]
        assert gradcheck(squared_distance, (2.0, 3.0), order=4)

    def test_over_a_sequence(self) -> None:
        @autograd.rule(sequences=True, samples=[([1.0, -2.0, 3.0],)])
        def sum_of_squares(xs: Any) -> Any:
            return sum([x * x for x in xs], 0.0), ([2.0 * x for x in xs],)

        leaves = [Value(1.0), Value(-2.0), Value(3.0)]
        out = sum_of_squares(leaves)
        assert (out.data, out._op, out._prev) == (14.0, "sum_of_squares", tuple(leaves))
        assert gradients(out, leaves) == [2.0, -4.0, 6.0]
        assert not hasattr(Value, "sum_of_squares")
        mixed = [Value(1.0), 2, np.float64(3.0)]
        assert gradients(sum_of_squares(mixed), [mixed[0]]) == [2.0]
        assert sum_of_squares(iter([3.0, 4.0])) == sum_of_squares(np.array([3.0, 4.0])) == 25.0
        assert sum_of_squares([np.array([1.0, 2.0]), np.array([3.0, 4.0])]).tolist() == [10.0, 20.0]
        assert hessian(sum_of_squares)([1.0, -2.0]) == [[2.0, 0.0], [0.0, 2.0]]
        assert gradcheck(sum_of_squares, ([1.0, -2.0, 3.0],), order=3)

    def test_over_two_sequences(self) -> None:
        @autograd.rule(sequences=True, samples=[([1.0, -2.0], [0.5, 4.0])])
        def squared_error(xs: Any, ys: Any) -> Any:
            gaps = [x - y for x, y in zip(xs, ys, strict=True)]
            return sum([gap * gap for gap in gaps], 0.0), ([2.0 * gap for gap in gaps], [-2.0 * gap for gap in gaps])

        xs, ys = [Value(1.0), Value(-2.0)], [0.5, Value(4.0)]
        assert gradients(squared_error(xs, ys), [*xs, ys[1]]) == [1.0, -12.0, 12.0]
        assert gradcheck(squared_error, ([1.0, -2.0], [0.5, 4.0]), order=3)

    def test_with_a_parameter(self) -> None:
        @autograd.rule(samples=[(2.0,), (-3.0,)])
        def scaled_square(x: Any, *, scale: float = 1.0) -> Any:
            return scale * x * x, (2.0 * scale * x,)

        check_own(scaled_square, lambda x: x * x, lambda x: [2 * x])
        for write in (scaled_square, Value.scaled_square):
            leaf = Value(3.0)
            assert gradients(write(leaf, scale=0.5), [leaf]) == [3.0]
        assert scaled_square(np.array([1.0, 2.0]), scale=10.0).tolist() == [10.0, 40.0]
        assert derivative_of_order(lambda x: scaled_square(x, scale=5.0), 2)(0.3) == 10.0
        assert derivative_of_order(lambda x: scaled_square(x, scale=5.0), 3)(0.3) == 0.0
        with pytest.raises(TypeError, match="scael"):
            scaled_square(1.0, scael=2.0)
        assert gradcheck(lambda x: scaled_square(x, scale=-2.0), 0.4, order=3)

    @pytest.mark.parametrize("write", [lambda f, x, p: f(x, scale=p), lambda f, x, p: getattr(x, f.__name__)(scale=p)])
    def test_a_value_as_a_parameter_is_refused(self, write: Callable[..., Any]) -> None:
        """Its gradient would be lost, or the number of the result would be a Value."""

        @autograd.rule
        def scaled(x: Any, *, scale: float = 1.0) -> Any:
            return scale * x, (scale,)

        with pytest.raises(TypeError, match="scale"):
            write(scaled, Value(2.0), Value(3.0))

    def test_a_lazy_derivative_is_called_for_variables_alone(self) -> None:
        calls = []

        @autograd.rule(samples=[(2.0, 3.0)])
        def product(a: Any, b: Any) -> Any:
            def slope() -> Any:
                calls.append(1)
                return a

            return a * b, (b, slope)

        check_own(product, lambda a, b: a * b, lambda a, b: [b, a])
        calls.clear()
        product(Value(2.0), 3.0)
        Value(2.0).product(3.0)
        product(2.0, 3.0)
        assert not calls
        product(2.0, Value(3.0))
        assert calls

    @pytest.mark.parametrize(
        ("steps", "slope"),
        [
            ("", "lambda: 2.0 * x"),
            ("", "lambda factor=2.0: factor * x"),
            ("", "partial(mul, 2.0, x)"),
            ("slope = partial(mul, 2.0, x)", "slope"),
            ("slope = lambda: 2.0 * x", "slope"),
            ("def slope():\n        return 2.0 * x", "slope"),
            ("", "2.0 * x if x is None else lambda: 2.0 * x"),
            ("", "[lambda: 2.0 * x][0]"),
        ],
    )
    def test_a_lazy_derivative_in_any_form(self, steps: str, slope: str) -> None:
        source = f"@rule(samples=[(3.0,)])\ndef lazy(x):\n    {steps}\n    return x * x, ({slope},)\n"
        operation = from_source(source, {"partial": functools.partial, "mul": operator.mul})["lazy"]
        check_own(operation, lambda x: x * x, lambda x: [2 * x])
        assert derivative_of_order(operation, 2)(3.0) == 2.0

    def test_a_derivative_that_uses_the_rule_itself(self) -> None:
        """As eˣ is its own derivative: in a module, the name is that of the public function."""
        source = "@rule(samples=[(0.5,), (-1.0,)])\ndef own_exp(x):\n    return nx.exp(x), (lambda: own_exp(x),)\n"
        operation = from_source(source, {"nx": nx})["own_exp"]
        check_own(operation, math.exp, lambda x: [math.exp(x)])
        assert derivative_of_order(operation, 5)(0.5) == pytest.approx(math.exp(0.5), rel=1e-14)

    def test_no_derivative(self) -> None:
        @autograd.rule(samples=[(2.5, 2.0), (-2.5, 2.0)])
        def gated(gate: Any, x: Any) -> Any:
            return nx.where(gate > 0, x, 0.0) * 1.0, (None, nx.where(gate > 0, 1.0, 0.0))

        for write in (gated, Value.gated):
            gate, x = Value(2.5), Value(2.0)
            out = write(gate, x)
            assert out.local_derivatives == (None, 1.0)
            assert gradients(out, [gate, x]) == [0.0, 1.0]
        assert grad(gated, (0, 1))(2.5, 2.0) == (0.0, 1.0)
        gate, x = Value(2.5), Value(2.0)
        assert gradients(gated(2.5, x), [x]) == [1.0]
        assert gradients(gated(gate, 2.0), [gate]) == [0.0]

    @pytest.mark.parametrize("source", ["return x * 1.0, (None,)", "local = None; return x * 1.0, (local,)"])
    def test_no_derivative_at_all(self, source: str) -> None:
        operation = from_source(f"@rule(samples=[(2.5,)])\ndef cut(x):\n    {source}\n", {})["cut"]
        for write in (operation, Value.cut):
            leaf = Value(2.5)
            assert gradients(write(leaf) * leaf, [leaf]) == [2.5]
            assert grad(lambda x, f=write: f(x) * x)(2.5) == 2.5
        leaf = Value(2.5)
        leaf.cut().backward()
        assert leaf.grad == 0.0

    @pytest.mark.parametrize(
        ("value", "slope", "x", "expected", "derivative"),
        [
            ("1.0 / x", "-1.0 / x**2", 0.0, INF, -INF),
            ("1.0 / x", "-1.0 / x**2", -0.0, -INF, -INF),
            ("1.0 / x", "-1.0 / x**2", 1e-200, 1e200, -INF),
            ("1.0 / x", "lambda: -1.0 / x**2", 0.0, INF, -INF),
            ("x**1.5", "1.5 * x**0.5", -8.0, NAN, NAN),
            ("x**1.5", "lambda: 1.5 * x**0.5", -8.0, NAN, NAN),
            ("x**2", "2.0 * x", 1e200, INF, 2e200),
            ("x * x", "2.0 / (1.0 / x)", 0.0, 0.0, 0.0),
            ("x * x", "lambda: 2.0 / (1.0 / x)", 0.0, 0.0, 0.0),
            ("x * x", "2.0 * x**0.5 * x**0.5", -2.0, 4.0, NAN),
            ("x * x", "lambda: 2.0 * x**0.5 * x**0.5", -2.0, 4.0, NAN),
        ],
    )
    def test_raw_arithmetic_follows_ieee(
        self, value: str, slope: str, x: float, expected: float, derivative: float
    ) -> None:
        """What Python's floats refuse (1/0), or answer with a complex number ((-8)**1.5), is IEEE's answer."""
        operation = from_source(f"@rule\ndef raw(x):\n    return {value}, ({slope},)\n", {})["raw"]
        assert gradcheck(operation, 0.7, order=3)
        assert all(same(number, expected) for number in (operation(x), operation(np.array([x]))[0]))
        for write in (operation, Value.raw):
            leaf = Value(x)
            out = write(leaf)
            assert all(map(same, [out.data, *gradients(out, [leaf])], [expected, derivative]))
            pair = value_and_grad(lambda x, f=write: f(x), allow_nonfinite=True)(x)
            assert all(map(same, pair, [expected, derivative]))
            assert all(type(number) is float for number in (out.data, leaf.grad, *pair))

    @pytest.mark.parametrize("result", ["3, (1,)", "True, (False,)", "np.float64(3), (np.float32(1),)", "3.0, (1,)"])
    def test_results_are_python_s_floats_whatever_the_rule_returns(self, result: str) -> None:
        source = f"@rule(samples=[(2.0,)])\ndef returns(x):\n    return {result}\n"
        operation = from_source(source, {"np": np})["returns"]
        assert type(operation(2.0)) is float
        for write in (operation, Value.returns):
            leaf = Value(2.0)
            out = write(leaf)
            assert type(out.data) is float
            assert all(type(derivative) is float for derivative in out.local_derivatives)
            assert type(gradients(out, [leaf])[0]) is float
        assert all(type(x) is float for x in value_and_grad(operation)(2.0))

    def test_a_derivative_that_is_not_the_value_s_own(self) -> None:
        """A straight-through estimator and a gradient reversal keep their derivative at every level."""

        @autograd.rule(samples=[(0.3,), (-2.0,)])
        def straight_through_sign(x: Any) -> Any:
            return nx.sign(x), (1.0,)

        @autograd.rule(samples=[(0.3,), (-2.0,)])
        def reversed_gradient(x: Any) -> Any:
            return x * 1.0, (-1.0,)

        check_own(straight_through_sign, lambda x: math.copysign(1.0, x), lambda x: [1.0])
        check_own(reversed_gradient, lambda x: x, lambda x: [-1.0])

    @pytest.mark.parametrize(
        "name", ["_datum", "_local", "_node", "_new", "_rule", "_self", "_other", "_Value", "data"]
    )
    def test_a_name_in_a_rule_means_what_it_means_in_its_module(self, name: str) -> None:
        source = f"@rule\ndef uses{name}(x, y):\n    return {name} * x * y, ({name} * y, {name} * x)\n"
        operation = from_source(source, {name: 3.0})[f"uses{name}"]
        assert operation(2.0, 5.0) == 30.0
        left, right = Value(2.0), Value(5.0)
        assert gradients(getattr(left, f"uses{name}")(right), [left, right]) == [15.0, 6.0]
        assert gradients(getattr(Value(2.0), f"uses{name}")(right), [right]) == [12.0]  # and 6 from before

    @pytest.mark.parametrize("name", ["_self", "_other", "_datum", "_local", "_node", "_rule", "self", "value"])
    def test_an_operand_may_have_any_name(self, name: str) -> None:
        from_source(f"@rule\ndef with_name({name}, y):\n    return {name} * y, (y, {name})\n", {})
        left, right = Value(2.0), Value(5.0)
        assert gradients(left.with_name(right), [left, right]) == [5.0, 2.0]

    def test_a_rule_without_source_text(self) -> None:
        source = "@rule(samples=[(3.0,)])\ndef unseen(x):\n    return x * x, (2.0 * x,)\n"
        operation = from_source(source, {}, visible=False)["unseen"]
        check_own(operation, lambda x: x * x, lambda x: [2 * x])

    def test_a_second_definition_replaces_the_first(self) -> None:
        def define(factor: float) -> Callable[..., Any]:
            @autograd.rule(samples=[(1.0,)])
            def scaled_by(x: Any) -> Any:
                return factor * x, (factor,)

            return scaled_by

        define(2.0)
        leaf = Value(1.0)
        assert gradients(leaf.scaled_by(), [leaf]) == [2.0]
        define(5.0)
        leaf = Value(1.0)
        assert gradients(leaf.scaled_by(), [leaf]) == [5.0]
        assert grad(lambda x: x.scaled_by())(1.0) == 5.0
        assert RULES["scaled_by"].evaluate([1.0]) == (5.0, (5.0,))

    @pytest.mark.parametrize("name", ["exp", "add", "max", "data", "grad", "backward", "label", "detach", "_prev"])
    def test_a_name_in_use_is_refused(self, name: str) -> None:
        before = dict(RULES)
        with pytest.raises(RuleError, match=name):
            define_named(name)
        assert before == RULES

    @pytest.mark.parametrize("name", ["absolute", "multiply", "arcsin", "divide"])
    def test_numpy_s_name_of_another_rule_is_refused(self, name: str) -> None:
        before = getattr(np, name)(*[Value(0.5)] * getattr(np, name).nin).data
        with pytest.raises(RuleError, match=name):
            define_named(name)
        assert getattr(np, name)(*[Value(0.5)] * getattr(np, name).nin).data == before

    def test_an_operator_in_use_is_refused(self) -> None:
        with pytest.raises(RuleError, match=r"add|\+"):

            @autograd.rule(operator="add")
            def my_sum(a: Any, b: Any) -> Any:
                return a + b, (1.0, 1.0)

    @pytest.mark.parametrize(
        ("definition", "message"),
        [
            ("(samples=[(1.0,)])|x|x, (1.0, 1.0)", "2 of 1 local derivative"),
            ("(samples=[(1.0, 2.0)])|a, b|a, (1.0,)", "1 of 2 local derivatives"),
            ("(samples=[(1.0, 2.0)])|a, b|a * b", "does not return"),
            ("(samples=[(1.0,)])|x|x", "does not return"),
            ("(samples=[(1.0,)])|x|(x, 1.0, 1.0)", "does not return"),
            ("(samples=[(1.0,)])|x|(x, 1.0)", "does not return"),
            ("(samples=[(1.0,)])|x|None", "does not return"),
            ("(samples=[(1.0,)])|x|('x', (1.0,))", "str"),
            ("(samples=[1.0])|x|(x, (1.0,))", r"a sample is a tuple of its operands, as \(0.5,\), not 1.0"),
            ("(samples=[(1.0, 2.0)])|x|(x, (1.0,))", "takes 1 operand"),
            ("(samples=[(1.0,)])|x|(x, ('1',))", "str"),
            ("(samples=[(1.0,)])|x|(x, (lambda: '1',))", "str"),
            ("(samples=[([1.0, 2.0],)], sequences=True)|xs|(xs[0], (1.0, 0.0))", "wrong"),
            ("(samples=[([1.0, 2.0],)], sequences=True)|xs|(xs[0], ([1.0],))", "1 of 2 local derivatives"),
            ("|*xs|(xs[0], (1.0,))", r"\*args"),
            ("|x, **parameters|(x, (1.0,))", r"\*\*kwargs"),
            ("|*, x|(x, (1.0,))", "no operands"),
            ("||(1.0, ())", "no operands"),
        ],
    )
    def test_an_error_of_definition_is_a_rule_error(self, definition: str, message: str) -> None:
        """It names the rule and says what is wrong, and the table is as it was."""
        options, operands, result = definition.split("|")
        before = dict(RULES)
        with pytest.raises(RuleError, match=message) as raised:
            from_source(f"@rule{options}\ndef wrong({operands}):\n    return {result}\n", {})
        assert "rule wrong" in str(raised.value)
        assert before == RULES
        assert not hasattr(Value, "wrong")

    def test_a_sample_of_another_number_of_operands_is_an_error(self) -> None:
        with pytest.raises((RuleError, TypeError), match=r"2 operands \(a, b\)"):
            from_source("@rule(samples=[(1.0,)])\ndef wrong(a, b):\n    return a, (1.0, 0.0)\n", {})
        assert "wrong" not in RULES

    @pytest.mark.parametrize("local", [(), (1.0, 1.0)], ids=["too few", "too many"])
    def test_a_wrong_number_of_derivatives_found_in_use(self, local: tuple[float, ...]) -> None:
        """A rule without samples is not tried when it is defined: its first use says what is wrong."""

        @autograd.rule
        def untried(x: Any) -> Any:
            return x * 1.0, local

        for use in (lambda: untried(Value(1.0)), lambda: Value(1.0).untried(), lambda: grad(untried)(1.0)):
            with pytest.raises(RuleError, match="untried"):
                use()


def from_source(source: str, namespace: dict[str, Any], visible: bool = True) -> dict[str, Any]:
    """Run the source as a module would be: with text that ``inspect`` can find, if it is to be visible."""
    filename = f"<rules {len(linecache.cache)}>"
    if visible:
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace.update(__name__="rules_of_a_user", rule=autograd.rule)
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102  (text of this file)
    return namespace


def define_named(name: str) -> None:
    def function(x: Any) -> Any:
        return x * 1.0, (1.0,)

    function.__name__ = name
    autograd.rule(function)


def test_the_methods_of_value_are_written_from_the_rules() -> None:
    """``make operators`` after a change of a rule."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.operators", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
