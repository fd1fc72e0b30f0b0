"""What an expert does by hand, and a program does too: one product for weights used again, views, not gathers."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.compiler.run import runner
from tests.fixtures.compiled import close, eagerly

checked = settings(deadline=None, derandomize=True, max_examples=40)


def values(rows: int, columns: int, seed: int) -> list[list[Value]]:
    return [[Value(x) for x in row] for row in np.random.default_rng(seed).uniform(-1, 1, (rows, columns)).tolist()]


def steps_of(program: Any) -> Counter[str]:
    """How many steps of each name there are for the gradient."""
    (runner,) = program._runners.values()
    lowered = runner.lowered["gradient", False]
    return Counter(getattr(step.function, "__name__", step.function) for step in lowered.steps)


def as_eager(f: Callable[[Any], Any], xs: Any) -> Any:
    """The program, once its numbers are those of the engine."""
    expected, gradients = eagerly(f, [xs])
    program = autograd.compile(f).record(xs)
    value, gradient = program.value_and_grad(xs)
    assert program(xs) == close(expected) and value == close(np.mean(expected))
    assert gradient == close([gradients.get(x, 0.0) for x in program.parameters])
    inside = program.input_grad(xs)
    for row, got in zip(xs, inside, strict=True):
        leaves = [Value(x) for x in row.tolist()]
        f(leaves).backward()
        assert got == close([leaf.grad for leaf in leaves])
    program.value_and_grad(xs)
    return program


def recurrence(weights: Sequence[Sequence[Value]], length: int, stopped: int) -> Callable[[Sequence[Any]], Any]:
    """h = tanh(W·(x, h, 1)) so many times; up to one step, no gradient goes further back."""

    def f(x: Sequence[Any]) -> Any:
        h: list[Any] = [0.0] * len(weights)
        for step in range(length):
            h = [autograd.tanh(autograd.dot(row, [x[step], *h, 1.0])) for row in weights]
            if step == stopped:
                h = [v.detach() if isinstance(v, Value) else v for v in h]
        return autograd.sum([v * v for v in h])

    return f


@given(length=st.integers(1, 9), width=st.integers(1, 4), stopped=st.integers(-1, 7), seed=st.integers(0, 99))
@checked
def test_recurrences_are_as_eager(length: int, width: int, stopped: int, seed: int) -> None:
    f = recurrence(values(width, width + 2, seed), length, stopped)
    xs = np.random.default_rng(seed).uniform(-1, 1, (3, 9))
    expected, gradients = eagerly(f, [xs])
    program = autograd.compile(f).record(xs)
    value, gradient = program.value_and_grad(xs)
    assert value == close(np.mean(expected)) and gradient == close([gradients.get(x, 0.0) for x in program.parameters])


@pytest.mark.parametrize("length", [5, 20])
def test_weights_that_each_step_uses_have_one_product_for_their_gradient(length: int) -> None:
    f = recurrence(values(4, 6, 0), length, -1)
    program = as_eager(f, np.random.default_rng(0).uniform(-1, 1, (3, 20)))
    assert steps_of(program)["matmul left"] == 1


NO_TWO_ALIKE = [[0.1, 0.9, -0.4, 0.3], [2.0, -1.0, 0.5, 4.0], [0.2, 0.4, 0.6, 0.8]]
SOME_ALIKE = [[0.5, 0.5, 0.5, 0.1], [1.0, 1.0, 2.0, 2.0], [0.3, 0.3, 0.3, 0.3]]
POOLS: dict[str, tuple[Callable[..., Any], list[list[float]]]] = {
    "no two alike": (lambda xs: functools.reduce(autograd.maximum, xs), NO_TWO_ALIKE),
    "some alike": (lambda xs: functools.reduce(autograd.maximum, xs), SOME_ALIKE),
    "smallest": (lambda xs: functools.reduce(autograd.minimum, xs), [*SOME_ALIKE[:2], [0.3, 0.4, 0.3, 0.5]]),
    "max": (autograd.max, SOME_ALIKE),
    "min": (autograd.min, SOME_ALIKE),
    "max, the first": (lambda xs: autograd.max(xs, ties="first"), SOME_ALIKE),
    "min, the first": (lambda xs: autograd.min(xs, ties="first"), SOME_ALIKE),
}


@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize("name", POOLS)
def test_a_pool_is_computed_term_by_term(name: str, constant: bool) -> None:
    """The larger of each 2×2 of a sheet of 4×8, from a product with weights."""
    largest, rows = POOLS[name]
    weights = [Value(1.0), Value(1.0)]
    xs = np.array([[row[(i // 8 % 2) * 2 + i % 2] for i in range(32)] for row in rows])

    def f(x: Sequence[Any]) -> Any:
        sheets = [[w * v for v in x] for w in weights]
        tops = []
        for sheet in sheets:
            for i in range(0, 4, 2):
                for j in range(0, 8, 2):
                    window = [sheet[8 * k + m] for k in (i, i + 1) for m in (j, j + 1)]
                    tops.append(largest([*window, 0.5] if constant else window))
        return autograd.sum([t * (0.1 * i) for i, t in enumerate(tops)])

    program = as_eager(f, xs)
    steps = steps_of(program)
    assert sum(count for step, count in steps.items() if step.endswith("by term")) == constant
    assert steps["scatter"] <= 1


def test_a_nan_among_terms_is_not_hidden() -> None:
    xs = np.array([[0.1 * i for i in range(16)], [np.nan if i == 5 else 0.3 for i in range(16)]])

    def f(x: Sequence[Any]) -> Any:
        sheet = [v * 2.0 for v in x]
        tops = [autograd.maximum(autograd.maximum(sheet[i], sheet[4 + i]), sheet[8 + i]) for i in range(4)]
        return autograd.sum(tops)

    got = autograd.compile(f)(xs)
    assert np.isfinite(got[0]) and np.isnan(got[1])


def test_short_sums_of_products_from_several_instructions_are_not_gathered() -> None:
    """f·c + i·g, as in the cell of an LSTM."""
    rows = values(12, 4, 3)

    def f(x: Sequence[Any]) -> Any:
        z = [autograd.dot(row, x) for row in rows]
        a, b = [autograd.tanh(v) for v in z[:4]], [autograd.exp(v) for v in z[4:8]]
        c, d = [autograd.sin(v) for v in z[8:]], [autograd.cos(v) for v in z[:4]]
        cells = [p * q + r * s for p, q, r, s in zip(a, b, c, d, strict=True)]
        return autograd.sum([v * v for v in cells])

    program = as_eager(f, np.random.default_rng(0).uniform(-1, 1, (3, 4)))
    assert steps_of(program)["gather"] == 0


@given(st.recursive(st.integers(0, 3), lambda parts: st.tuples(st.booleans(), parts, parts), max_leaves=8))
@example((True, (True, 0, 1), (True, 2, 3)))
@example((False, (False, 0, (False, 1, 2)), (False, 3, 0)))
@checked
def test_trees_of_maxima_and_minima_share_ties_as_the_engine_does(tree: Any) -> None:
    def of(x: Sequence[Any], tree: Any) -> Any:
        if isinstance(tree, int):
            return x[tree]
        return (autograd.maximum if tree[0] else autograd.minimum)(of(x, tree[1]), of(x, tree[2]))

    w, rows = Value(1.0), np.array([[0.5, 0.5, 0.5, 0.5], [0.5, 0.1, 0.5, 0.9], [0.1, 0.1, 0.2, 0.2]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "_FEW_LANES", 0)
        as_eager(lambda x: of(x, tree) * w, rows)
