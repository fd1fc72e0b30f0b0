"""Clipping: as in PyTorch, whatever the size of the numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value
from nn.optim import clip
from nn.optim.clip import clip_grad_norm, clip_grad_value, clip_norm, clip_value

HERE = Path(__file__).parents[1] / "reference"
REFERENCE = json.loads((HERE / "optimizers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("reference", REFERENCE["clipping"], ids=lambda row: f"{row['gradient']} to {row['limit']}")
def test_clipping_is_pytorchs(reference: dict[str, Any]) -> None:
    limit, close = float(reference["limit"]), {"rel": 1e-13}
    gradient = np.array(reference["gradient"])
    assert clip_norm(gradient, limit) == pytest.approx(reference["norm"], **close)
    assert gradient.tolist() == pytest.approx(reference["by_norm"], **close)
    parameters = leaves_with(reference["gradient"])
    assert clip_grad_norm(parameters, limit) == pytest.approx(reference["norm"], **close)
    assert [p.grad for p in parameters] == gradient.tolist()

    gradient = np.array(reference["gradient"])
    clip_value(gradient, limit)
    assert gradient.tolist() == reference["by_value"]
    parameters = leaves_with(reference["gradient"])
    clip_grad_value(parameters, limit)
    assert [p.grad for p in parameters] == reference["by_value"]
    assert {type(p.grad) for p in parameters} == {float}


def leaves_with(gradient: Any) -> list[Value]:
    parameters = [Value(0.0, label=f"p{place}") for place in range(len(gradient))]
    for parameter, number in zip(parameters, gradient, strict=True):
        parameter.grad = float(number)
    return parameters


@given(
    gradient=st.lists(st.floats(-1e3, 1e3, width=32), max_size=40), limit=st.floats(1e-3, 1e3), block=st.integers(1, 9)
)
@settings(deadline=None)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_clipped_norm_is_at_most_the_limit(dtype: Any, gradient: list[float], limit: float, block: int) -> None:
    before = np.array(gradient, dtype=dtype)
    clipped = before.copy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clip, "BLOCK", block)
        norm = clip_norm(clipped, limit)
    assert norm == pytest.approx(math.hypot(*gradient), rel=1e-12)
    assert math.hypot(*clipped.tolist()) <= limit * (1 + 1e-6) or (clipped == before).all()
    assert clipped.dtype == dtype
    assert (clipped == before).all() or np.allclose(clipped * norm, before * limit, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1e-200, 1e-30, 1e30, 1e200, 1.7e308])
def test_a_norm_does_not_leave_the_range_with_its_squares(dtype: Any, size: float) -> None:
    size = float(np.clip(size, 1e-38, 3e38)) if dtype == np.float32 else size
    gradient = np.array([0.3 * size, -0.4 * size], dtype=dtype)
    assert clip_norm(gradient, 1.0) == pytest.approx(0.5 * size, rel=1e-6, abs=0.0)
    if size > 2:
        assert gradient.tolist() == pytest.approx([0.6, -0.8], rel=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(("array", "eager"), [(clip_norm, clip_grad_norm), (clip_value, clip_grad_value)])
def test_clipping_refuses_a_gradient_that_is_not_finite(bad: float, array: Any, eager: Any) -> None:
    gradient = np.array([3.0, bad, bad])
    with pytest.raises(ValueError, match=rf"gradient\[1\] is {bad}, which is not finite; no gradient was changed"):
        array(gradient, 1.0)
    assert gradient[0] == 3.0
    parameters = leaves_with([3.0, bad])
    with pytest.raises(ValueError, match=r"the gradient of parameters\[1\], .*'p1'.* is not finite"):
        eager(parameters, 1.0)
    assert parameters[0].grad == 3.0


def test_a_norm_that_no_float_holds_is_refused() -> None:
    gradient = np.array([1.7e308] * 4)
    with pytest.raises(ValueError, match="the gradient's norm is too large for a float; no gradient was changed"):
        clip_norm(gradient, 1.0)
    assert (gradient == 1.7e308).all()


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, "1", None])
def test_a_limit_is_above_zero(limit: Any) -> None:
    for function, name in ((clip_norm, "max_norm"), (clip_value, "value")):
        with pytest.raises(ValueError, match=rf"^{name} must be (above 0|a number), not {limit!r}$"):
            function(np.ones(2), limit)
    for function, name in ((clip_grad_norm, "max_norm"), (clip_grad_value, "value")):
        with pytest.raises(ValueError, match=rf"^{name} must be (above 0|a number), not {limit!r}$"):
            function(leaves_with([1.0]), limit)


def test_a_gradient_counts_once() -> None:
    (x,) = leaves_with([3.0])
    assert clip_grad_norm([x, x], 1.0) == 3.0
    assert x.grad == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("function", [clip_grad_norm, clip_grad_value])
def test_clipping_takes_a_list_of_leaves(function: Any) -> None:
    with pytest.raises(TypeError, match=rf"{function.__name__} takes a list of parameters, .* not a Value"):
        function(Value(1.0), 1.0)
    with pytest.raises(TypeError, match="a parameter must be a leaf, a Value that was not computed"):
        function([Value(1.0) * 2], 1.0)
    function([], 1.0)
