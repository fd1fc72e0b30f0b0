"""Every rule of the table against frozen numbers of other libraries, and against differences."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fixtures.operations import (
    EPSILON,
    INF,
    NAN,
    OWN,
    REFERENCE,
    SAMPLES,
    Operation,
    all_close,
    close,
    flat_numbers,
    free,
    frozen_parameters,
    gradients,
    numbers,
)

import autograd
from autograd import RULES, GradcheckError, Value, grad, gradcheck, hessian, jacobian

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
