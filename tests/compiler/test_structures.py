"""One compiled function for inputs of many structures: a program each, the last ones kept, a line each when printed."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Value, tanh
from autograd.compiler import compiled

weights = [Value(0.1 * i - 0.4) for i in range(100)]


def f(x: Any) -> Any:
    return sum(tanh(w * v) for w, v in zip(weights, x, strict=False))


def value(n: int) -> float:
    return float(np.tanh(0.1 * np.arange(n) - 0.4).sum())


def test_fifteen_lengths_have_fifteen_programs_and_each_is_recorded_once() -> None:
    calls: list[int] = []
    program = autograd.compile(lambda x: calls.append(len(x)) or f(x))
    for _ in range(3):
        for n in range(1, 16):
            assert program(np.ones((2, n))) == pytest.approx([value(n)] * 2, rel=1e-12)
    assert calls == list(range(1, 16))
    assert [len(x.outputs) for x in program.programs] == [1] * 15
    assert repr(program) == "<compiled <lambda>: 15 programs>"


def test_many_programs_are_a_line_each() -> None:
    program = autograd.compile(lambda x, y: f(x) * y)
    for n in (1, 2, 3, 12):
        program.record(np.ones((2, n)), np.ones(2))
    assert str(program).splitlines() == [
        "4 programs; .programs[i] shows each in full",
        "x 1, y    4 scalar operations in 3 instructions",
        "x 2, y    7 scalar operations in 4 instructions",
        "x 3, y   10 scalar operations in 4 instructions",
        "x 12, y  37 scalar operations in 4 instructions",
    ]
    assert str(program.programs[3]).startswith("inputs      x  12,  y  1\n")


def test_the_last_programs_are_kept_and_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_KEPT_PROGRAMS", 5)
    calls: list[int] = []
    program = autograd.compile(lambda x: calls.append(len(x)) or f(x))
    for n in range(1, 9):
        assert program(np.ones((3, n))) == pytest.approx([value(n)] * 3, rel=1e-12)
    assert [x.inputs for x in program.programs] == [(n,) for n in range(4, 9)]
    assert program(np.ones((3, 8))) == pytest.approx([value(8)] * 3, rel=1e-12)
    assert calls == list(range(1, 9))
    gradient = program.value_and_grad(np.ones((3, 2)))[1]  # it is recorded anew, of the same parameters
    assert calls[-1] == 2
    assert gradient.shape == (8,)
    assert gradient[2:].tolist() == [0.0] * 6
    assert len(pickle.loads(pickle.dumps(program.programs))) == 5
