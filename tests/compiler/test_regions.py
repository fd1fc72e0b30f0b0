"""Irregular parts of programs, which run as regions: their numbers, their schedule, and the cost model."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import NonFiniteError, Value
from autograd.compiler.program import Program
from autograd.compiler.run import runner, ways
from autograd.compiler.run.arrays import region_calls, regions
from autograd.compiler.run.arrays.schedule import MOST_LANES, schedule
from tests.fixtures.compiled import close, eagerly, everything_saves, numbers_of

checked = settings(deadline=None, derandomize=True, max_examples=40)


@autograd.rule(samples=[(0.5, 0.25)])
def square_of_the_larger(a, b):
    """a² + b, or a + b². ∂/∂a = 2a or 1, ∂/∂b = 1 or 2b."""
    return (a * a + b, (2 * a, 1.0)) if a > b else (a + b * b, (1.0, 2 * b))


autograd.RULES.pop("square_of_the_larger")  # the table is that of every test

Pair = Callable[[Any, Any], Any]

STEPS: dict[str, Pair] = {
    "product": lambda a, b: a * b,
    "tanh of a sum": lambda a, b: autograd.tanh(a + b),
    "sine of a difference": lambda a, b: autograd.sin(a - b),
    "difference": lambda a, b: 0.5 * a - b * 0.25,
    "square": lambda a, b: (a**3 + b) * 0.1,
    "choice": lambda a, b: autograd.where(a > b, a * 0.5, b),
    "larger": lambda a, b: autograd.maximum(a, b * b),
    "softplus": lambda a, b: autograd.softplus(a) - b,
    "with constants": lambda a, b: 1.0 - a * -0.5 + 0.1 * b,
    "of three": lambda a, b: autograd.sum([a, b, a, 0.5]) * 0.3,
    "inner product": lambda a, b: autograd.dot([a, b, 1.0], [b, 0.5, a]) * 0.3,
    "stopped": lambda a, b: a.detach() * 0.3 + b * 0.3 if isinstance(a, Value) else a * 0.3 + b * 0.3,
    "a rule that branches": lambda a, b: square_of_the_larger(a * 0.1, b * 0.1),
}


def mixture(draw: random.Random, known: Sequence[Any], count: int) -> list[Any]:
    """So many steps of any kind on numbers that nobody has used, and any others; what is unused at the end."""
    known, unused = list(known), list(known)
    for _ in range(count):
        a = unused.pop(draw.randrange(len(unused)))
        step = STEPS[draw.choice(list(STEPS))]
        known.append(step(a, draw.choice(known)))
        unused.append(known[-1])
    return unused


def dense(weights: Sequence[Sequence[Any]], xs: Sequence[Any]) -> list[Any]:
    return [autograd.tanh(autograd.dot(row, xs)) for row in weights]


def mixed(seed: int, count: int, before: bool, after: bool) -> tuple[Callable[..., Any], list[Value]]:
    """A layer, an irregular part, and a layer; or the second alone."""
    draw = random.Random(seed)
    weights = [[Value(draw.uniform(-0.5, 0.5)) for _ in range(6)] for _ in range(8)]
    last = [[Value(draw.uniform(-0.5, 0.5)) for _ in range(14)] for _ in range(4)]
    free = [Value(draw.uniform(-1, 1)) for _ in range(14 - 8 if before else 8)]
    state = draw.getstate()

    def f(x: Sequence[Any]) -> Any:
        draw.setstate(state)
        ends = mixture(draw, [*(dense(weights, x) if before else x), *free], count)
        return autograd.sum(dense([row[: len(ends)] for row in last], ends) if after else ends)

    return f, free


@pytest.mark.parametrize("chosen", ["by cost", "everything"])
@given(seed=st.integers(0, 2**20), count=st.integers(0, 120), before=st.booleans(), after=st.booleans())
@checked
def test_mixed_programs_are_as_eager(chosen: str, seed: int, count: int, before: bool, after: bool) -> None:
    f, _ = mixed(seed, count, before, after)
    xs = np.random.default_rng(seed).uniform(-1, 1, (5, 6))
    values, gradients = eagerly(f, [xs])
    with pytest.MonkeyPatch.context() as patch:
        if chosen == "everything":
            patch.setattr(regions, "_may_save", lambda program: True)
            patch.setattr(regions, "_savings", everything_saves)
        program = autograd.compile(f).record(xs)
        value, gradient = program.value_and_grad(xs)
        assert program(xs) == close(values)
        assert value == close(np.mean(values))
        expected = [gradients.get(x, 0.0) for x in program.parameters]
        assert gradient == close(expected)
        assert autograd.compile(f)(xs[0]) == close(values[0])
        inside = program.input_grad(xs)
        rough = autograd.compile(f, dtype="float32").record(xs)
        assert rough.value_and_grad(xs)[1] == pytest.approx(expected, rel=1e-4, abs=1e-4)
    for row, got in zip(xs, inside, strict=True):
        leaves = [Value(x) for x in row.tolist()]
        f(leaves).backward()
        assert got == close([leaf.grad for leaf in leaves])


def items_of(program: Any) -> list[regions.Item]:
    return regions.items(program.programs[0])


def plans_of(program: Any) -> list[str]:
    (recorded,) = program._runners.values()
    return [type(plan).__name__ for plan in recorded.plans.values()]


def irregular(count: int, leaves: int = 40) -> tuple[Callable[..., Any], list[Value]]:
    """Of three kinds of steps, as long as is asked for."""
    draw = random.Random(0)
    values = [Value(draw.uniform(-1, 1)) for _ in range(leaves // 2)]
    state = draw.getstate()
    names = ["product", "tanh of a sum", "sine of a difference"]

    def f(x: Sequence[Any]) -> Any:
        draw.setstate(state)
        known = [*x, *values]
        unused = list(known)
        for _ in range(count):
            a = unused.pop(draw.randrange(len(unused)))
            known.append(STEPS[draw.choice(names)](a, draw.choice(known)))
            unused.append(known[-1])
        return autograd.sum(unused)

    return f, values


def test_an_irregular_graph_is_nearly_all_in_few_regions_and_few_calls() -> None:
    f, _ = irregular(2_000)
    xs = np.random.default_rng(0).uniform(-1, 1, (8, 20))
    program = autograd.compile(f).record(xs)
    program.value_and_grad(xs)
    parts = items_of(program)
    inside = sum(program.programs[0].counts[item.numbers].sum() for item in parts if item.is_region)
    assert inside > 0.95 * len(program.programs[0].operands)
    assert sum(item.is_region for item in parts) <= 5
    (recorded,) = program._runners.values()
    (plan,) = recorded.plans.values()
    calls = [len(call.args[0]) if call.func is region_calls._make else 1 for call in plan.calls]
    assert sum(calls) < 1.2 * recorded.recorded_size


def test_a_regular_program_has_none() -> None:
    weights = [[Value(0.1 * (i - j)) for j in range(6)] for i in range(6)]
    program = autograd.compile(lambda x: autograd.sum(dense(weights, dense(weights, x)))).record(np.ones((4, 6)))
    assert not any(item.is_region for item in items_of(program))


def test_one_part_is_arrays_and_another_a_region() -> None:
    f, _ = irregular(400)
    weights = [[Value(math.sin(i + 2 * j)) for j in range(20)] for i in range(20)]
    xs = np.random.default_rng(0).uniform(-1, 1, (8, 20))
    program = autograd.compile(lambda x: f(dense(weights, x))).record(xs)
    parts = items_of(program)
    names = {program.programs[0][int(i)].operation.name for item in parts if not item.is_region for i in item.numbers}
    assert "matmul" in names and any(item.is_region for item in parts)
    numbers = np.sort(np.concatenate([item.numbers for item in parts]))
    assert numbers.tolist() == list(range(len(program.programs[0])))


@pytest.mark.parametrize(("rows", "kind"), [(1, "ScalarPlan"), (2, "ArrayPlan"), (64, "ArrayPlan"), (65, "RowPlan")])
def test_how_an_irregular_graph_runs_depends_on_the_rows(rows: int, kind: str) -> None:
    f, _ = irregular(600, leaves=120)
    xs = np.random.default_rng(0).uniform(-1, 1, (rows, 60))
    program = autograd.compile(f).record(xs)
    program.value_and_grad(xs)
    assert plans_of(program) == [kind]


# ── the cost model ──────────────────────────────────────────────────────────────────────────────────────────────────


def gathered(lanes: int, sources: int) -> Program:
    """A product whose first operands lie in even steps; the second ones are shuffled, from so many instructions."""
    functions = [autograd.exp, autograd.sin, autograd.cos, autograd.tanh][:sources]
    order = random.Random(1).sample(range(lanes), lanes)

    def f(x: Sequence[Any], y: Sequence[Any]) -> Any:
        made = [functions[i % sources](x[i]) for i in range(lanes)]
        return [*made, *(y[i] * made[j] for i, j in enumerate(order))]

    compiled = autograd.compile(f).record(np.ones(lanes), np.ones(lanes))
    return compiled.programs[0]


@pytest.mark.parametrize("sources", [1, 2, 4])
@pytest.mark.parametrize("side", [-1, 1])
def test_what_an_instruction_costs_more_as_arrays(sources: int, side: int) -> None:
    """ARRAY + GATHER + SCATTER·sources − OPERAND·2·lanes, on both sides of where it is 0."""
    as_arrays = regions.ARRAY + regions.GATHER + regions.SCATTER * sources
    lanes = round(as_arrays / (2 * regions.OPERAND)) + 4 * side
    program = gathered(lanes, sources)
    (product,) = [i for i in range(len(program)) if program[i].operation.name == "mul"]
    saving = regions._savings(program)[product]
    assert saving == pytest.approx(as_arrays - regions.OPERAND * 2 * lanes)
    assert (saving > 0) == (side < 0)


@pytest.mark.parametrize(("more", "expected"), [(-1.0, False), (1.0, True)])
def test_a_region_has_to_save_what_it_costs(more: float, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """REGION, and GATHER + SCATTER for each instruction that it reads from."""
    program = gathered(10, 1)
    enough = regions.REGION + regions.GATHER + regions.SCATTER + more
    monkeypatch.setattr(regions, "_savings", lambda program: np.array([0.0, enough]) + np.array([-np.inf, 0.0]))
    monkeypatch.setattr(regions, "_outside", lambda *arguments: np.ones(1))
    assert any(item.is_region for item in regions.items(program)) == expected


@pytest.mark.parametrize(("more", "expected"), [(-1.0, False), (1.0, True)])
def test_what_is_between_two_of_a_region_joins_if_it_does_not_cost_too_much(more: float, expected: bool) -> None:
    """Less than ABSORBED more than as arrays."""
    program = autograd.compile(lambda x: autograd.sin(autograd.tanh(autograd.exp(x)))).record(1.0).programs[0]
    saving = np.array([1.0, more - regions.ABSORBED, 1.0])
    assert regions._with_absorbed(program, saving).tolist() == [True, expected, True]
    assert regions._with_absorbed(program, saving[[0, 1, 1]]).tolist() == [True, False, False]


@pytest.mark.parametrize(("lanes", "wide"), [([2, 2, 2, 2, 2], False), ([2, 2, 2, 2, 3], True)])
def test_regions_are_wide_from_so_many_lanes_an_instruction_on(lanes: list[int], wide: bool) -> None:
    """2.2 on average; and a share of the operands is in them."""
    functions = [autograd.exp, autograd.sin, autograd.cos, autograd.tanh, autograd.sqrt]
    widths = [*lanes, 4]

    def f(x: Sequence[Any]) -> Any:
        several = zip([*functions, autograd.log], widths, strict=True)
        return [function(a) for function, count in several for a in x[:count]]

    program = autograd.compile(f).record(np.ones(4)).programs[0]
    size = [int(np.flatnonzero(program.lanes == 4)[0])]
    inside = np.setdiff1d(np.arange(len(program)), size)
    parts = [regions.Item(inside, True), regions.Item(np.array(size), False)]
    share, is_wide = ways.irregularity(program, parts)
    assert share == pytest.approx(sum(lanes) / sum(widths)) and is_wide == wide


@pytest.mark.parametrize(
    ("few_lanes", "irregular", "wide", "rows", "careful", "expected"),
    [
        (True, 0.0, False, 32, False, True),  # nothing is in a region: few lanes decide
        (False, 0.0, False, 32, False, False),
        (True, 0.5, True, 64, False, False),  # the regions are wide, and there are not too many rows for gathers
        (True, 0.5, True, 65, False, True),
        (True, 0.5, False, 32, False, True),  # they are narrow
        (False, 0.5, False, 1000, False, False),  # a part with many lanes
        (False, 0.89, True, 65, False, False),  # nearly all is irregular, and there are many rows
        (False, 0.91, True, 65, False, True),
        (False, 0.91, True, 64, False, False),
        (False, 0.91, True, 1, False, False),  # one row: on floats if there are few lanes
        (True, 0.91, True, 1, False, True),
        (False, 0.1, True, 32, True, True),  # a careful run has no regions
        (False, 0.0, True, 32, True, False),
    ],
)
def test_which_way_a_program_runs(
    few_lanes: bool, irregular: float, wide: bool, rows: int, careful: bool, expected: bool
) -> None:
    assert ways.by_register(few_lanes, irregular, wide, rows, careful) == expected


@pytest.mark.parametrize(("lanes", "kind"), [(7, "RowPlan"), (8, "ArrayPlan")])
def test_a_program_of_few_lanes_runs_register_by_register(lanes: int, kind: str) -> None:
    """Fewer than eight operands an instruction."""
    program = autograd.compile(lambda x: autograd.sum([autograd.sin(autograd.tanh(a)) for a in x]))
    program(np.ones((2, lanes)))
    assert plans_of(program) == [kind]


# ── the schedule ────────────────────────────────────────────────────────────────────────────────────────────────────


def in_groups(*arguments: Any) -> list[Any]:
    order, lanes = schedule(*arguments)
    return np.split(order, np.cumsum(lanes)[:-1])


@given(st.data())
@checked
def test_a_schedule_has_each_operation_once_and_after_all_that_it_needs(data: st.DataObject) -> None:
    size, leaves = data.draw(st.integers(1, 80)), data.draw(st.integers(1, 4))
    counts = np.array(data.draw(st.lists(st.integers(1, 3), min_size=size, max_size=size)))
    first = np.concatenate([[0], np.cumsum(counts)])
    operands = np.array([data.draw(st.integers(0, leaves + i - 1)) for i in range(size) for _ in range(counts[i])])
    kinds = np.array(data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)))
    groups = in_groups(kinds, first, operands, leaves)
    assert sorted(np.concatenate(groups).tolist()) == list(range(size))
    when = np.zeros(size, int)
    for time, group in enumerate(groups):
        when[group] = time
        assert len(set(kinds[group].tolist())) == 1
    for i in range(size):
        made = operands[first[i] : first[i + 1]] - leaves
        assert (when[made[made >= 0]] < when[i]).all()


def test_a_group_has_no_more_lanes_than_caches_hold() -> None:
    size = 3 * MOST_LANES + 1
    groups = in_groups(np.zeros(size, int), np.arange(size + 1), np.zeros(size, int), 1)
    assert [len(group) for group in groups] == [MOST_LANES] * 3 + [1]


def test_a_rare_kind_does_not_wait_until_the_end() -> None:
    """Ten chains of 100 operations, of which one in each has a kind of its own: nine would wait for nothing else."""
    kinds = np.array([1 + j if i == 10 * j + 5 else 0 for i in range(100) for j in range(10)])
    operands = np.maximum(np.arange(1000) - 10 + 1, 0)
    assert len(in_groups(kinds, np.arange(1001), operands, 1)) < 160


# ── hubs, many imports, and what is not finite ────────────────────────────────────────────────────────────────────────


def test_numbers_that_are_used_thousands_of_times() -> None:
    """A parameter, an input and a computed number, each in every operation of a graph."""
    w, scale = Value(0.3), 1e-3

    def f(x: Sequence[Any]) -> Any:
        hub = autograd.tanh(x[0] * w)
        ends = [autograd.sin(hub - scale * i * x[1]) * (hub + w * (scale * i)) for i in range(1500)]
        return autograd.sum([a * b for a, b in zip(ends, [*ends[700:], *ends[:700]], strict=True)])

    xs = np.array([[0.5, -0.25], [1.0, 2.0]])
    values, gradients = eagerly(f, [xs])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regions, "_may_save", lambda program: True)
        patch.setattr(regions, "_savings", everything_saves)
        program = autograd.compile(f).record(xs)
        value, gradient = program.value_and_grad(xs)
    assert value == close(np.mean(values)) and gradient == close([gradients[w]])
    assert numbers_of(program(xs)) == close(values)


def test_a_region_reads_more_numbers_than_its_largest_group_has_room_for() -> None:
    """What it sends to thousands of inputs arrives in parts."""
    size = 2 * MOST_LANES + 500
    order = random.Random(0).sample(range(size), size)

    def f(x: Sequence[Any]) -> Any:  # a group is one operation
        return functools.reduce(lambda total, i: autograd.tanh(total - x[i]), order, x[0])

    x = np.random.default_rng(0).uniform(-1, 1, size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "_FEW_LANES", 0)
        patch.setattr(regions, "_may_save", lambda program: True)
        patch.setattr(regions, "_savings", everything_saves)
        inside = autograd.compile(f).input_grad(np.array([x, x]))
    leaves = [Value(number) for number in x.tolist()]
    f(leaves).backward()
    assert inside[1] == close([leaf.grad for leaf in leaves])


def test_a_number_that_is_not_finite_is_named_with_its_instruction_and_row() -> None:
    f, _ = irregular(300)
    xs = np.random.default_rng(0).uniform(0.1, 1, (6, 20))
    program = autograd.compile(lambda x: f(x) + autograd.log(x[3] - 0.5 - x[3])).record(xs)
    assert any(item.is_region for item in items_of(program))
    with pytest.raises(NonFiniteError, match=r"log\(-0\.5\) is nan") as caught:
        program.value_and_grad(xs)
    assert "instruction %" in str(caught.value) and "row 0" in str(caught.value)
