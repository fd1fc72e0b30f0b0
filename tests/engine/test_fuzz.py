"""The fuzzer: it finds what is wrong, makes it small, prints code that runs; and of the engine it finds nothing."""

from __future__ import annotations

import contextlib
import io
import math
from typing import Any

import pytest

import autograd
from autograd import numeric as nx
from autograd import rule
from benchmarks.fuzz.draw import draw, kinds
from benchmarks.fuzz.modes import mismatches
from benchmarks.fuzz.programs import Node, Program, Ref
from benchmarks.fuzz.reference import Mismatch
from benchmarks.fuzz.run import fuzz, main
from benchmarks.fuzz.shrink import code, shrunk

SHORT, LONG = range(100), range(10_000, 11_000)


def found(seeds: range) -> list[Any]:
    return [x for _, _, _, part in fuzz(seeds.start, len(seeds)) for x in part]


def test_the_first_seeds_agree() -> None:
    assert not found(SHORT)


@pytest.mark.long
def test_thousands_of_seeds_agree() -> None:
    assert not found(LONG)


def test_a_seed_is_one_program() -> None:
    for seed in range(50):
        assert repr(draw(seed)) == repr(draw(seed))


def test_every_operation_is_drawn() -> None:
    drawn = {node.name for seed in range(800) for node in draw(seed).nodes}
    assert drawn >= {kind.name for kind in kinds()} | {"detach", "<", ">="}


def wrong_slope(x):
    """sin x, and another function's slope."""
    return nx.sin(x), (1.01 * nx.cos(x),)


def wrong_arrays(x):
    """eˣ, but not of an array."""
    return nx.exp(x) if isinstance(x, float) else nx.exp(x + 1.0), (nx.exp(x),)


FAULTS = [(wrong_slope, {"complex step", "differences"}), (wrong_arrays, {"arrays", "lanes", "rows"})]


@pytest.mark.usefixtures("own_rules")
@pytest.mark.parametrize(("function", "modes"), FAULTS, ids=lambda x: getattr(x, "__name__", ""))
def test_a_wrong_rule_is_found_and_made_small(
    function: Any, modes: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule that comes into the table is drawn by itself; the program that shows its fault becomes that rule alone."""
    monkeypatch.setattr(autograd, function.__name__, rule(samples=[(0.5,), (-1.0,)])(function), raising=False)
    seeds = (seed for seed in range(3000) if draw(seed).uses(function.__name__))
    every = ((seed, x) for seed in seeds for x in mismatches(draw(seed), seed))
    seed, mismatch = next((seed, x) for seed, x in every if x.mode in modes)
    small, _ = shrunk(draw(seed), mismatch.mode)
    names = [node.name for node in small.nodes]
    assert function.__name__ in names
    assert len(names) <= 3  # what else is left only makes the fault large enough to be seen
    assert len(small.rows) == 1
    assert main(["--seeds", "1", "--first", str(seed), "--show", "1"]) == 1
    out = capsys.readouterr().out
    assert f"seeds with mismatches: {seed}\n" in out
    assert f"autograd.{function.__name__}(" in out


X, W = Ref("x", 0), Ref("w", 0)
SHOWN = Program(
    ((0.5,), (math.inf,)), (2.0,),
    (
        Node("mul", (X, W), infix=True),
        Node("leaky_relu", (Ref("t", 0),), (("slope", 0.5),)),
        Node("sum", ((Ref("t", 1), 1.0),)),
    ),
    Ref("t", 2),
)  # fmt: skip


@pytest.mark.parametrize(
    "mode", ["refusals", "operators", "constants", "floats", "arrays", "lanes", "rows", "tape", "lanes, one row",
             "float32 lanes", "grad", "second order", "second differences", "complex step", "compiled grad, rows"]
)  # fmt: skip
def test_what_is_printed_runs(mode: str) -> None:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(code(SHOWN, Mismatch(mode, "value[0]", 1.0, 2.0)), {})  # noqa: S102  (what the fuzzer printed)
    assert "eager Value(2.0" in shown.getvalue()


def test_the_command_reports(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "3"]) == 0
    assert "3 seeds" in capsys.readouterr().out
