"""Exercises 18 to 23 in every right style give PyTorch's numbers, and their samples have the right shares."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd.learn.exercises.exercise import exercise

ROWS = json.loads((Path(__file__).parents[1] / "reference" / "exercises.json").read_text(encoding="utf-8"))["rows"]


def every_style(number: int) -> list[tuple[str, Any]]:
    """The names that each right solution of an exercise defines, as attributes."""
    one, solutions = exercise(number), []
    for style in ["solution", *one.alternatives]:
        with one.ready({**one.in_style(style), one.name: one.source(style)}) as namespace:
            solutions.append((style, SimpleNamespace(**namespace)))
    return solutions


def values(Value: Any, rows: Any) -> Any:
    return [values(Value, row) for row in rows] if isinstance(rows, list) else Value(rows)


def slopes(rows: Any) -> Any:
    return [slopes(row) for row in rows] if isinstance(rows, list) else rows.grad


def flat(rows: Any) -> list[Any]:
    return [x for row in rows for x in flat(row)] if isinstance(rows, (list, tuple)) else [rows]


def weighed(outputs: Any) -> Any:
    """Σ k·outputₖ, k = 1, 2, …"""
    return sum(k * output for k, output in enumerate(flat(outputs), 1))


def same_numbers(found: Any, expected: Any) -> bool:
    return np.allclose(np.array(found, dtype=float), np.array(expected, dtype=float), rtol=1e-10, atol=1e-12)


def test_gradients_of_a_value_with_local_derivatives() -> None:
    row = ROWS["expression"]
    for style, own in every_style(18):
        xs = values(own.Value, row["inputs"]["xs"])
        a, b, c = xs
        d = a * b + c**3
        e = (d - 2 * a).exp() / (1 + c) - 3 / b
        y = ((e + d) * d).relu() + (c * 5 - b).log() + (-e) ** 2
        y.backward()
        assert y.data == pytest.approx(row["output"], rel=1e-12), style
        assert slopes(xs) == pytest.approx(row["gradients"]["xs"], rel=1e-12), style


def test_softmax_and_cross_entropy() -> None:
    for style, own in every_style(19):
        for name in ("softmax", "cross_entropy"):
            row = ROWS[name]
            logits = values(own.Value, row["inputs"]["logits"])
            more = [row["inputs"]["target"]] if "target" in row["inputs"] else []
            output = getattr(own, name)(logits, *more)
            weighed(output).backward()
            assert same_numbers([y.data for y in flat(output)], flat(row["output"])), (style, name)
            assert same_numbers(slopes(logits), row["gradients"]["logits"]), (style, name)


@pytest.mark.parametrize(
    ("number", "row", "forward", "backward"),
    [(20, "embedding", "embed", "embed_backward"), (21, "rms_norm", "rmsnorm", "rmsnorm_backward")],
)
def test_forward_and_backward_with_plain_numbers(number: int, row: str, forward: str, backward: str) -> None:
    inputs, expected = ROWS[row]["inputs"], ROWS[row]
    for style, own in every_style(number):
        assert same_numbers(getattr(own, forward)(*inputs.values()), expected["output"]), style
        found = getattr(own, backward)(*inputs.values(), expected["arriving"])
        for gradient, right in zip(found, expected["gradients"].values(), strict=True):
            assert same_numbers(gradient, right), style


def test_causal_attention() -> None:
    row = ROWS["attention"]
    for style, own in every_style(22):
        inputs = [values(own.Value, rows) for rows in row["inputs"].values()]
        output = own.causal_attention(*inputs)
        weighed([list(outputs) for outputs in output]).backward()
        assert same_numbers([[y.data for y in outputs] for outputs in output], row["output"]), style
        for rows, right in zip(inputs, row["gradients"].values(), strict=True):
            assert same_numbers(slopes(rows), right), style


def test_samples_have_their_shares_and_are_those_of_the_library() -> None:
    logits, temperature = [0.4, 1.3, -0.6, 0.1], 1.7
    no_end = [-1e9, *logits[1:]]
    powers = [math.exp(z / temperature) for z in logits]
    expected = [power / sum(powers) for power in powers]
    for style, own in every_style(23):
        ps = own.probabilities(logits, temperature)
        assert list(ps) == pytest.approx(expected, rel=1e-12), style
        counts = Counter(own.pick(ps, (i + 0.5) / 1000) for i in range(1000))
        assert [counts[i] / 1000 for i in range(4)] == pytest.approx(expected, abs=1e-3), style
        drawn = random.Random(5).choices(range(1, 4), weights=expected[1:], k=50)
        assert own.generate(lambda tokens: no_end, 5, temperature, most=50) == drawn, style
