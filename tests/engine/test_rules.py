"""Every rule of the table, swept: one answer on floats, arrays, Values and Values of Values.

Nothing here lists the rules. The sweeps take them from ``autograd.RULES`` with their samples and edges, so that a new
rule is tested by being written; its frozen numbers stand in ``reference/operations.json`` (test_frozen_numbers.py).
"""

from __future__ import annotations

import gc
import itertools
import math
import operator
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fixtures.operations import (
    INF,
    NAN,
    OPERATIONS,
    OWN,
    Operation,
    all_close,
    close,
    columns,
    each_operation,
    flat_numbers,
    free,
    gradients,
    number_of,
    numpy_is_here,
    same,
)

import autograd
from autograd import RULES, RuleError, Value, grad, hessian, value_and_grad
from autograd.table import Rule
from autograd.util.lazy_numpy import np

ROOT = Path(__file__).parents[2]


# ── floats and arrays ───────────────────────────────────────────────────────────────────────────────────────────────


def by_length(rows: list[list[float]]) -> Iterator[list[list[float]]]:
    """Rows of one length together: those of a rule over sequences differ."""
    for length in sorted({len(row) for row in rows if row}):
        yield [row for row in rows if len(row) == length]


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
    if numpy_is_here() and isinstance(getattr(np, rule.numpy, None), np.ufunc):
        yield f"np.{rule.numpy}", lambda: getattr(np, rule.numpy)(*operands)


def kinds_of_number(x: float) -> Iterator[Any]:
    """The same number in every type that may stand beside a Value."""
    yield x
    yield from (np.float64(x), np.array(x)) if numpy_is_here() else ()
    if math.isfinite(x) and x == int(x) and abs(x) < 2**53 and math.copysign(1.0, x + 0.0) == math.copysign(1.0, x):
        yield int(x)
        yield from [np.int64(x)] if numpy_is_here() else ()
    if x in (0.0, 1.0) and math.copysign(1.0, x) > 0:
        yield bool(x)
        yield from [np.bool_(x)] if numpy_is_here() else ()


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
    *(("gelu", "approximate", x, "a string, such as 'none'") for x in (1j, 1.0, None, True, np.array([0.5]))),
]


@pytest.mark.parametrize(("name", "parameter", "wrong", "wanted"), WRONG_PARAMETERS, ids=str)
@pytest.mark.parametrize("x", [-2.0, np.array([-2.0, 1.0]), Value(-2.0), "nested", "compiled"], ids=str)
def test_a_parameter_is_a_real_number_or_a_string(name: str, parameter: str, wrong: Any, wanted: str, x: Any) -> None:
    def call(x: Any) -> Any:
        return getattr(autograd, name)(x, **{parameter: wrong})

    f = {"nested": autograd.grad(call), "compiled": autograd.compile(call)}.get(x if isinstance(x, str) else "", call)
    with pytest.raises(TypeError, match=f"{name}: the parameter {parameter} must be {wanted}, not "):
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
        with pytest.raises(RuleError, match=f"rule odd.*{named}"):
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


def test_the_methods_of_value_are_written_from_the_rules() -> None:
    """``make operators`` after a change of a rule."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.operators", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
