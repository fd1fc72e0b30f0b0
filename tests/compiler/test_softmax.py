"""The instruction that a recorded softmax becomes: shares and slopes to the last digits, and when it is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import autograd
from autograd import NonFiniteError, Value, softmax
from autograd.compiler import Program, verify

weights = [Value(0.3 * i - 0.7) for i in range(8)]


def instructions(f: Callable[[Any], Any], *batches: Any) -> Program:
    return verify(autograd.compile(f).record(*batches)).programs[0]


def names(program: Program) -> list[str]:
    return [program[i].operation.name for i in range(len(program))]


def exact(xs: list[float], place: int) -> tuple[mpmath.mpf, list[mpmath.mpf]]:
    """The share of one number, and its slopes in all of them: s(1 − s), where 1 − s is the sum of the others."""
    with mpmath.workdps(400):
        powers = [mpmath.exp(mpmath.mpf(x) - max(xs)) for x in xs]
        total = sum(powers)
        shares = [power / total for power in powers]
        rest = (total - powers[place]) / total
        return shares[place], [shares[place] * (rest if i == place else -shares[i]) for i in range(len(xs))]


LOGITS = [
    [0.0, 0.0], [1.0, 2.0, 3.0], [0.0, 30.0, 0.0], [0.0, 37.0], [40.0, 0.0, 1.0], [300.0, 0.0, 0.0], [-700.0, 0.0],
    [1000.0, 999.0, 700.0], [5.0, 5.0, -20.0], [-1e5, -1e5 - 1.0, -1e5], [1e-20, 0.0, -1e-20], [0.5] * 9, [3.0, -60.0],
]  # fmt: skip


@pytest.mark.parametrize("logits", LOGITS, ids=str)
def test_shares_and_slopes_are_exact_where_one_share_is_near_1(logits: list[float]) -> None:
    for place in range(len(logits)):
        f = autograd.compile(lambda x, place=place: softmax(list(x))[place] * 1.0)
        g = autograd.compile(
            lambda x, place=place: autograd.dot(softmax(list(x)), [float(i == place) for i in range(len(x))])
        )
        share, slopes = exact(logits, place)
        for program in (f, g):
            rows = np.array([logits, logits])
            np.testing.assert_allclose(program(rows), [float(share)] * 2, rtol=1e-13)
            np.testing.assert_allclose(program.input_grad(rows)[1], [float(x) for x in slopes], rtol=1e-11, atol=1e-290)


@pytest.mark.parametrize("rows", [1, 3, 5])
@pytest.mark.parametrize("n", [2, 3, 9])
def test_rows_of_shares_are_one_instruction(rows: int, n: int) -> None:
    def f(x: Any) -> list[Any]:
        return [share for row in x for share in softmax([w * v for w, v in zip(weights * 2, row, strict=False)])]

    program = instructions(f, np.ones((2, rows, n)))
    assert names(program) == ["mul", "softmax"]
    assert program[1].shape == (0, rows, n, 0)
    assert f"%{program[1].start}" in str(program)
    assert f"softmax  {rows}×{n}" in str(program)


def test_every_recorded_operation_is_in_an_instruction_that_is_there() -> None:
    program = instructions(lambda x: softmax(list(x)), np.ones((2, 4)))
    assert program.instruction_of.tolist() == [0] * len(program.instruction_of)


@pytest.mark.parametrize("n", [2, 5])
def test_what_else_is_used_of_a_softmax_is_computed_as_well(n: int) -> None:
    def f(x: Any) -> Any:
        shares, logs = softmax(list(x)), autograd.log_softmax(list(x))
        return [*shares, *logs, sum(a * b for a, b in zip(shares, logs, strict=True))]

    rows = np.random.default_rng(0).normal(size=(4, n))
    assert "softmax" in names(instructions(f, rows))
    got = np.array(autograd.compile(f)(rows))
    expected = np.array([[float(x) for x in f(row)] for row in rows.tolist()])
    np.testing.assert_allclose(got, expected, rtol=1e-13)


def test_a_softmax_of_ones_own_stays_what_it_is() -> None:
    def own(x: Any) -> list[Any]:
        powers = [autograd.exp(v) for v in x]
        total = sum(powers)
        return [power / total for power in powers]

    assert "softmax" not in names(instructions(own, np.ones((2, 4))))


def test_softmaxes_of_several_lengths_at_one_depth_stay_right() -> None:
    def f(x: Any) -> Any:
        return sum(s * w for n in (2, 3, 5) for s, w in zip(softmax(list(x)[:n]), weights, strict=False))

    rows = np.random.default_rng(0).normal(size=(3, 5))
    program = autograd.compile(f)
    for row, value, slopes in zip(rows, program(rows), program.input_grad(rows), strict=True):
        x = [Value(v) for v in row]
        out = f(x)
        out.backward()
        assert value == pytest.approx(out.data, rel=1e-12)
        assert slopes == pytest.approx([v.grad for v in x], rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_the_error_of_a_softmax_that_is_not_finite_is_the_engines(bad: float, way: str) -> None:
    rows = np.zeros((3, 4))
    rows[1, 2] = bad
    program = autograd.compile(lambda x: autograd.dot(softmax([v * weights[0] for v in x]), weights[:4]))
    program.value_and_grad(np.zeros((3, 4)))
    with pytest.raises(NonFiniteError) as eagerly:
        autograd.dot(softmax([Value(v) * weights[0] for v in rows[1]]), weights[:4]).backward()
    with pytest.raises(NonFiniteError, match="row 1 of the batch") as caught:
        program.value_and_grad(rows)
    assert caught.value.operation == eagerly.value.operation
