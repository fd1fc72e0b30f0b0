"""The fuzzer's comparisons: one program run in every interpreter."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd.core.graph import topological
from benchmarks.fuzz.judges import judges, second_differences
from benchmarks.fuzz.programs import Program
from benchmarks.fuzz.reference import (
    DOUBLE,
    NOISE_OF_SINGLE,
    SINGLE,
    Case,
    Entry,
    Mismatch,
    Numbers,
    direction,
    eagerly,
    flattened,
    is_refused,
    joined,
    number_of,
    product,
    second_order,
)  # fmt: skip

__all__ = ["EVERY", "mismatches"]


def refusals(case: Case) -> Iterator[Mismatch]:
    """backward() refuses a row if and only if its value or a slope is not finite, and then changes no grad."""
    for i, row in enumerate(case.rows):
        x, w = [Value(number) for number in row], [Value(number) for number in case.program.parameters]
        out = case.f(x, w)
        if isinstance(out, Value):
            refused = is_refused(out.backward)
            changed = any(leaf.has_grad for leaf in (*x, *w))
            leaves = [node for node in topological(out) if not node._edges()]  # what detach() gives is one, too
            for leaf in (*leaves, *x, *w):
                leaf.grad = 0.0
            out.backward(allow_nonfinite=True)
            expected = not all(map(math.isfinite, (out.data, *(leaf.grad for leaf in leaves))))
            yield from case.same("refusals", f"row {i} is refused", refused, expected)
            if refused:
                yield from case.same("refusals", f"row {i} has a grad", changed, False)


def operators(case: Case) -> Iterator[Mismatch]:
    """Python's operators and the public functions are the same operations, to the last bit."""
    for i, row in enumerate(case.rows):
        got, _ = eagerly(case.f, row, case.program.parameters)
        yield from case.compare("operators", f"row {i}", got, [case.eager[0][i], *case.eager[1][i]], 1e-15)


def constants(case: Case) -> Iterator[Mismatch]:
    """Inputs that are plain numbers give the same slopes in the parameters as inputs that are Values."""
    values, slopes = case.eager
    count, inputs = len(case.rows), len(case.rows[0])
    entries = [values, *zip(*(row[inputs:] for row in slopes), strict=True)]
    got = [sum(entry.number / count for entry in column) for column in entries]
    scales = [sum(abs(entry.number) / count for entry in column) for column in entries]
    expected = [Entry(x.number, x.scale + scale, x.stable) for x, scale in zip(case.mean, scales, strict=True)]
    if all(
        math.isfinite(x) and math.isfinite(entry.number) for x, entry in zip(got, expected, strict=True)
    ):  # else the order of the division and the sum would matter
        yield from case.compare("constants", "the mean and its gradient", got, expected)


def floats(case: Case) -> Iterator[Mismatch]:
    """The public functions on plain numbers."""
    if case.program.indices:
        return  # a plain index is refused where a Value gives nan
    got = [number_of(case.called(list(row), list(case.program.parameters))) for row in case.rows]
    yield from case.compare("floats", "row", got, case.eager[0])


def arrays(case: Case) -> Iterator[Mismatch]:
    """The public functions on NumPy arrays, a column of the batch each."""
    if case.program.indices or not case.rows[0]:
        return
    columns = [np.array(column) for column in zip(*case.rows, strict=True)]
    out = case.called(columns, list(case.program.parameters))
    yield from case.compare("arrays", "row", np.broadcast_to(out, (len(case.rows),)).tolist(), case.eager[0])


# ── the compiler ────────────────────────────────────────────────────────────────────────────────────────────────────


def way(program: Any, name: str) -> None:
    """From now on run a program as instructions of many lanes, or register by register (one row: on floats)."""
    for runner in program._runners.values():
        runner.runs_by_register = name != "lanes"
        runner.plans.clear()
        runner.fast_plans.clear()
        runner.most_rows.clear()


def compiled_function(case: Case, dtype: str = "float64") -> Any:
    f, w = case.f, case.parameters
    if not case.rows[0]:
        return autograd.compile(lambda: f([], w), dtype=dtype, parameters=w)
    return autograd.compile(lambda x: f(x, w), dtype=dtype, parameters=w)


def compiled(case: Case) -> Iterator[Mismatch]:
    """The compiled function in three ways: the batch in lanes and row by row, one row in lanes and on floats."""
    program = compiled_function(case).record(*case.batch)
    one = len(case.program.nodes) % len(case.rows)
    alone = case.mean_of([one])
    for name in ("lanes", "rows"):
        way(program, name)
        if len(case.rows) > 1:
            yield from _compiled(case, program, name, case.batch, range(len(case.rows)), case.mean, DOUBLE)
        if len(case.rows) == 1 or name == "rows" or len(case.program.nodes) % 3 == 0:
            given = [case.batch[0][one]] if case.batch else []
            yield from _compiled(
                case, program, "lanes, one row" if name == "lanes" else "tape", given, [one], alone, DOUBLE
            )


def _compiled(
    case: Case, program: Any, mode: str, given: Any, rows: Sequence[int], mean: list[Entry], relative: float
) -> Iterator[Mismatch]:
    if case.overflows and "lanes" in mode:
        return
    values, slopes = case.eager
    inputs = len(case.rows[0])
    got = np.atleast_1d(program(*given)).tolist()
    yield from case.compare(mode, "value", got, [values[i] for i in rows], relative)
    total, gradient = program.value_and_grad(*given, allow_nonfinite=True)
    largest = max((abs(values[i].number) for i in rows if math.isfinite(values[i].number)), default=0.0)
    expected = [mean[0]._replace(scale=mean[0].scale + largest), *mean[1:]]
    yield from case.compare(
        mode, "value_and_grad", [total, *gradient.tolist()], expected, relative, summed=len(rows) > 1
    )
    again = program.value_and_grad(*given, parameters=program.read(), allow_nonfinite=True)  # the quick way, if any
    yield from case.same(mode, "the second call", repr((again[0], again[1].tolist())), repr((total, gradient.tolist())))
    if all(entry.stable for entry in mean) and relative == DOUBLE:
        refused = is_refused(lambda: program.value_and_grad(*given))
        wanted = not all(math.isfinite(entry.number) for entry in mean)
        yield from case.same(mode, "value_and_grad is refused", refused, wanted)
    if not given:
        return
    found = np.reshape(program.input_grad(*given, allow_nonfinite=True), (len(rows), inputs)).tolist()
    mine = [slopes[i][:inputs] for i in rows]
    yield from case.compare(mode, "input_grad", flattened(found), flattened(mine), relative)
    every = [*(values[i] for i in rows), *flattened(mine)]
    if all(entry.stable for entry in every) and relative == DOUBLE:
        refused = is_refused(lambda: program.input_grad(*given))
        wanted = not all(math.isfinite(entry.number) for entry in every)
        yield from case.same(mode, "input_grad is refused", refused, wanted)


def single(case: Case) -> Iterator[Mismatch]:
    """float32, where no number leaves its range: lanes and row by row."""
    numbers = [entry.number for entry in (*case.eager[0], *flattened(case.eager[1]))]
    if not case.program.tame or not all(x == 0.0 or 1e-25 < abs(x) < 1e25 for x in numbers):
        return
    other = Case(case.program, case.counts)
    other.__dict__["eager"] = case.eager_with(NOISE_OF_SINGLE)
    mean = case.mean_of(range(len(case.rows)), NOISE_OF_SINGLE)
    program = compiled_function(case, "float32").record(*case.batch)
    for name in ("lanes", "rows"):
        way(program, name)
        yield from _compiled(other, program, f"float32 {name}", case.batch, range(len(case.rows)), mean, SINGLE)


# ── transforms, to second order ─────────────────────────────────────────────────────────────────────────────────────


def transforms(case: Case) -> Iterator[Mismatch]:
    """grad is backward(); the hessian is symmetric, and its products with a vector are those of hvp."""
    row = len(case.program.nodes) % len(case.rows)
    point, inputs = [*case.rows[row], *case.program.parameters], len(case.rows[row])
    if not point:
        return
    g = joined(case.f, inputs)
    got = autograd.grad(g, allow_nonfinite=True)(point)
    yield from case.compare("grad", "grad", got, case.eager[1][row], 1e-14)
    hessian = second_order(case, row)
    size = len(point)
    found = flattened(autograd.hessian(g, allow_nonfinite=True)(point))
    yield from case.compare("second order", "hessian", found, hessian)
    # Of 1e308, say, one order of the same products underflows and another does not.
    if case.program.tame and all(entry.stable and math.isfinite(entry.number) for entry in hessian):
        order = [j * size + i for i in range(size) for j in range(size)]
        both = [
            entry._replace(scale=max(entry.scale, hessian[k].scale)) for entry, k in zip(hessian, order, strict=True)
        ]  # in one order terms may cancel that are not there in the other
        yield from case.compare("second order", "hessian, turned", [found[k] for k in order], both)
        v = direction(case)
        got = autograd.hvp(g, allow_nonfinite=True)(point, v)
        expected = [product(hessian[i * size : (i + 1) * size], v) for i in range(size)]
        yield from case.compare("second order", "hvp", got, expected)
        yield from _mixed(case, row, v, hessian)


def _mixed(case: Case, row: int, v: Numbers, hessian: list[Entry]) -> Iterator[Mismatch]:
    """The gradient in the inputs is made of Values, and backward() of it goes on into the parameters."""
    inputs, size = len(case.rows[row]), len(v)
    if not 0 < inputs < size:
        return
    w = [Value(x) for x in case.program.parameters]
    slopes = autograd.grad(lambda x: case.f(x, w), allow_nonfinite=True)(list(case.rows[row]))
    out = autograd.dot(slopes, v[:inputs])
    if isinstance(out, Value):
        out.backward(allow_nonfinite=True)
    expected = [product([hessian[i * size + j] for i in range(inputs)], v[:inputs]) for j in range(inputs, size)]
    yield from case.compare("second order", "backward of grad", [leaf.grad for leaf in w], expected)


def compiled_gradients(case: Case) -> Iterator[Mismatch]:
    """compile(grad(f)) gives grad(f) for each row, and its own gradient is the hessian's product with a vector."""
    points = np.array([[*row, *case.program.parameters] for row in case.rows])
    if not points.size:
        return
    g, v = joined(case.f, len(case.rows[0])), direction(case)
    gradient = autograd.grad(g, allow_nonfinite=True)
    program = autograd.compile(gradient).record(points)
    slope = autograd.compile(lambda p: autograd.dot(gradient(p), v)).record(points)
    row, size = len(case.program.nodes) % len(points), len(v)
    hessian = second_order(case, row)
    name = ("lanes", "rows")[len(case.program.nodes) // 2 % 2]
    way(program, name)
    way(slope, name)
    expected = flattened(case.eager[1])
    if name == "lanes":  # factors are multiplied in another order, in which the product need not overflow in between
        expected = [entry._replace(stable=entry.stable and not math.isinf(entry.number)) for entry in expected]
    yield from case.compare(f"compiled grad, {name}", "grad", np.ravel(program(points)), expected)
    if all(entry.stable and math.isfinite(entry.number) for entry in hessian):
        found = np.asarray(slope.input_grad(points, allow_nonfinite=True))[row].tolist()
        eager = autograd.hvp(g, allow_nonfinite=True)(points[row].tolist(), v)
        products = [product(hessian[i * size : (i + 1) * size], v) for i in range(size)]
        expected = [x._replace(number=number) for x, number in zip(products, eager, strict=True)]
        yield from case.compare(f"compiled grad, {name}", "hvp", found, expected)


EVERY: dict[Callable[[Case], Iterator[Mismatch]], int] = {
    refusals: 1, operators: 1, constants: 1, floats: 1, arrays: 1, compiled: 1, judges: 1, transforms: 1,
    second_differences: 3, single: 3, compiled_gradients: 4,
}  # fmt: skip
"""Which comparisons are made, and of how many seeds one gets them: the dear ones not all."""


def mismatches(program: Program, seed: int = 0, counts: Counter[str] | None = None, only: Any = None) -> list[Mismatch]:
    """All that differs, of one program; an error that nothing has announced is a mismatch, too, and so is a warning.

    only: one of the comparisons, in place of those that are due for this seed.
    """
    case = Case(program, Counter() if counts is None else counts)
    found: list[Mismatch] = []
    for comparison, every in EVERY.items():
        if comparison is only or (only is None and seed % every == 0):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    found += comparison(case)
            except Exception as error:
                found.append(Mismatch(f"{comparison.__name__} raises", type(error).__name__, str(error), "no error"))
    return found
