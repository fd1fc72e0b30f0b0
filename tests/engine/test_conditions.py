"""What holds as the condition of ``where``, and what is refused: of numbers, of NumPy's numbers and arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from fixtures.operations import Operation

import autograd
from autograd import Value, grad
from autograd import numeric as nx
from autograd.util.lazy_numpy import np

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
        with pytest.raises(ValueError, match=r"a condition must be True, False, 0 or 1, not (.|\n)*x <= 0"):
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
