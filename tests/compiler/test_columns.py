"""Programs as columns of numbers: sorting and numbering them, and what depends on what."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.compiler.passes.edit import ranges
from autograd.util.arrays import distinct, grouped, stable_order

checked = settings(deadline=None, derandomize=True, max_examples=60)
few, many = st.integers(-3, 3), st.integers(-(2**40), 2**40)  # digits of one number, and too large for that


@given(st.lists(st.tuples(few, st.one_of(few, many), few), max_size=30))
@checked
def test_rows_are_ordered_as_by_lexsort(rows: list[tuple[int, int, int]]) -> None:
    keys = np.array(rows, np.int64).reshape(-1, 3).T
    expected = np.lexsort(keys[::-1])
    order, is_first = grouped(*keys)
    assert order.tolist() == stable_order(*keys).tolist() == expected.tolist()
    ordered = [rows[i] for i in expected]
    assert is_first.tolist() == [i == 0 or ordered[i] != ordered[i - 1] for i in range(len(rows))]


@given(st.lists(st.one_of(few, many), max_size=30))
@checked
def test_distinct_numbers_are_those_of_a_set_in_order(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=9))
@checked
def test_ranges_are_ranges_end_to_end(pairs: list[tuple[int, int]]) -> None:
    starts, lengths = np.array(pairs, np.int64).reshape(-1, 2).T
    assert ranges(starts, lengths).tolist() == [start + i for start, length in pairs for i in range(length)]


@pytest.mark.parametrize("depth", [1, 5, 300, 2000])
def test_what_depends_on_an_input_is_found_at_any_depth(depth: int) -> None:
    """Chains of a parameter alone, and of an input alone; they meet in the last operation."""
    w = Value(0.5)

    def f(x: Value) -> Value:
        one, other = w * 1.5, x * 1.5
        for _ in range(depth):
            one, other = autograd.sin(one), autograd.cos(other)
        return one * other

    program = autograd.compile(f, passes=()).record(1.0).programs[0]
    sines = [i for i in range(len(program)) if program[i].operation.name == "sin"]
    cosines = [i for i in range(len(program)) if program[i].operation.name == "cos"]
    batched, active = program.batched[program.leaves :], program.active("gradient")[program.leaves :]
    assert not batched[sines].any() and batched[cosines].all() and batched[-1]
    assert active[sines].all() and not active[cosines].any() and active[-1]
    assert program.active("inputs")[program.leaves :].tolist() == batched.tolist()
    assert not program.active("value").any()
