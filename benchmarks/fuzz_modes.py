"""The fuzzer's comparisons: one program run in every interpreter, and what may differ between them.

How far two right answers may be apart is measured, not guessed. The program runs again with each node's number changed
by about 1e-9 of itself: how much the answer moves then, divided by 1e-9, is its *scale*, the size of the numbers that
cancelled on the way to it (CESTAC's method, Vignes 1993). Interpreters add and multiply in different orders, so they
agree to some 1e-15 of the answer and its scale; 1e-10 of both is asked of float64 (five digits are left for long sums
and for steep functions), 1e-4 of float32, whose own unit is 6e-8. An answer that becomes another branch's, or
infinite, under so small a change depends on rounding alone: it is left out, and so is what lies on a kink by rounding.
Where an operand is on a kink exactly (leaves, and what is computed from them without rounding to another number's
neighbour), zeros and shared nodes stay what they are, and the answers are compared.
"""

from __future__ import annotations

import cmath
import functools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

import autograd
from autograd import NonFiniteError, Value
from autograd.graph import topological
from benchmarks.fuzz_complex import Step
from benchmarks.fuzz_programs import Program, Ref

__all__ = ["EVERY", "Case", "Mismatch", "mismatches"]

NOISE = 1e-9
DOUBLE, SINGLE = 1e-10, 1e-4
NOISE_OF_SINGLE = 1e-5
FLOOR = 4 * 5e-324  # a subnormal number has no relative precision

Numbers = list[float]
Sized = tuple[Numbers, Numbers]  # numbers, and the size of the terms that each of them is a sum of


class Mismatch(NamedTuple):
    """Two answers that should be one."""

    mode: str
    what: str
    got: Any
    expected: Any

    def __str__(self) -> str:
        return f"{self.mode}: {self.what} is {self.got!r}, expected {self.expected!r}"


class Entry(NamedTuple):
    """A number of the reference, its scale, and whether it survives the noise."""

    number: float
    scale: float
    stable: bool


@dataclass
class Case:
    """A program with its reference: what the eager engine gives. values: of each row; slopes: of each row in the
    inputs, then in the parameters; mean, gradient: of the mean over the rows, in the parameters."""

    program: Program
    counts: Counter[str] = field(default_factory=Counter)
    hessians: dict[int, list[Entry]] = field(default_factory=dict)

    @functools.cached_property
    def f(self) -> Callable[..., Any]:
        return self.program.function()

    @functools.cached_property
    def called(self) -> Callable[..., Any]:
        """The function without operators: Python's own would raise on plain numbers where IEEE has an answer."""
        return self.program.function(infix=False)

    @functools.cached_property
    def parameters(self) -> list[Value]:
        return [Value(x) for x in self.program.parameters]

    @property
    def rows(self) -> tuple[tuple[float, ...], ...]:
        return self.program.rows

    @functools.cached_property
    def batch(self) -> list[Any]:
        return [np.array(self.rows)] if self.rows[0] else []

    @functools.cached_property
    def eager(self) -> tuple[list[Entry], list[list[Entry]]]:
        """Of each row its value, and its slopes."""
        return self.eager_with(NOISE)

    def eager_with(self, noise: float) -> tuple[list[Entry], list[list[Entry]]]:
        rows = [
            with_noise(self.program, lambda f, row=row: eagerly(f, row, self.program.parameters), noise)
            for row in self.rows
        ]
        return [row[0] for row in rows], [row[1:] for row in rows]

    @functools.cached_property
    def mean(self) -> list[Entry]:
        """The mean over the rows and its gradient in the parameters, the inputs being plain numbers."""
        return self.mean_of(range(len(self.rows)))

    def mean_of(self, rows: Sequence[int], noise: float = NOISE) -> list[Entry]:
        chosen = [self.rows[i] for i in rows]
        return with_noise(self.program, lambda f: mean_and_gradient(f, chosen, self.program), noise)

    def compare(
        self,
        mode: str,
        what: str,
        got: Sequence[Any],
        expected: Sequence[Entry],
        relative: float = DOUBLE,
        summed: bool = False,
    ) -> Iterator[Mismatch]:
        """summed: over rows, in another order: infinities of both signs may have become nan, or not."""
        for i, (a, b) in enumerate(zip(got, expected, strict=True)):
            self.counts[mode] += 1
            if summed and not math.isfinite(a) and not math.isfinite(b.number):
                continue
            if b.stable and not close(float(a), b, relative):
                yield Mismatch(mode, f"{what}[{i}]", float(a), b.number)

    def same(self, mode: str, what: str, got: Any, expected: Any) -> Iterator[Mismatch]:
        self.counts[mode] += 1
        if got != expected:
            yield Mismatch(mode, what, got, expected)


def close(a: float, entry: Entry, relative: float) -> bool:
    """Nan for nan, infinities with their sign, else within the tolerance."""
    b = entry.number
    if a == b or (a != a and b != b):
        return True
    return abs(a - b) <= relative * (abs(b) + entry.scale) + FLOOR if math.isfinite(a) and math.isfinite(b) else False


def with_noise(program: Program, run: Callable[[Any], Sized], noise: float = NOISE) -> list[Entry]:
    """The numbers of a run, each with what the noise makes of it."""
    exact, sizes = run(program.function(infix=False))
    near, _ = run(program.function(infix=False, noise=_Noise(noise)))
    entries = []
    for number, other, size in zip(exact, near, sizes, strict=True):
        if not math.isfinite(number):
            entries.append(Entry(number, 0.0, number == other or (number != number and other != other)))
        else:
            entries.append(Entry(number, abs(other - number) / noise + size, math.isfinite(other)))
    return entries


class _Noise:
    """Changes a node's number by about so much of itself, of a subnormal one by as many of its units; a zero not."""

    def __init__(self, size: float) -> None:
        self.size, self.random = size, random.Random(0)
        self.changes: dict[tuple[int, int], float] = {}

    def __call__(self, x: Any, place: int) -> Any:
        if isinstance(x, list):
            return [self._one(y, (place, i)) for i, y in enumerate(x)]
        return self._one(x, (place, 0))

    def _one(self, x: Any, place: tuple[int, int]) -> Any:
        if place not in self.changes:
            self.changes[place] = self.size * self.random.choice((-1.0, 1.0)) * self.random.uniform(0.5, 1.0)
        change = self.changes[place]
        number = x.data if isinstance(x, Value) else x
        if number != 0.0 and abs(number) < 1e-290:
            return autograd.add(x, change / 2**-52 * 5e-324)
        return autograd.mul(x, 1.0 + change)


# ── the eager engine ────────────────────────────────────────────────────────────────────────────────────────────────


def number_of(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)


def flattened(parts: Any) -> list[Any]:
    return [x for part in parts for x in part]


def eagerly(f: Callable[..., Any], row: Sequence[float], parameters: Sequence[float]) -> Sized:
    """The value of a row, and its gradient in inputs and parameters."""
    x, w = [Value(number) for number in row], [Value(number) for number in parameters]
    return pulled(f(x, w), [*x, *w])


def pulled(out: Any, leaves: Sequence[Value]) -> Sized:
    """A result's number and its gradient in the leaves; and of each slope Σ |path|, over all paths to its leaf."""
    for leaf in leaves:
        leaf.grad = 0.0
    if not isinstance(out, Value):
        return [float(out), *(0.0 for _ in leaves)], [0.0] * (1 + len(leaves))
    out.backward(allow_nonfinite=True)
    sizes = {out: 1.0}
    for node in reversed(topological(out)):
        size = sizes.get(node, 0.0)
        for parent, local in node._edges() if size else ():
            if local is not None and math.isfinite(number_of(local)):
                sizes[parent] = sizes.get(parent, 0.0) + abs(number_of(local)) * size
    return [out.data, *(leaf.grad for leaf in leaves)], [0.0, *(sizes.get(leaf, 0.0) for leaf in leaves)]


def mean_and_gradient(f: Callable[..., Any], rows: Any, program: Program) -> Sized:
    """The mean over the rows, and its gradient in the parameters. Inputs are numbers, but for an index."""
    w = [Value(number) for number in program.parameters]
    indices = {ref.index for ref in program.indices if ref.kind == "x"}
    lifted = [[Value(x) if i in indices else x for i, x in enumerate(row)] for row in rows]
    return pulled(autograd.mean([f(row, w) for row in lifted]), w)


def is_refused(run: Callable[[], Any]) -> bool:
    """Whether it raises NonFiniteError."""
    try:
        run()
    except NonFiniteError:
        return True
    return False


def refusals(case: Case) -> Iterator[Mismatch]:
    """backward() refuses a row if and only if its value or a slope is not finite, and then changes no grad."""
    for i, row in enumerate(case.rows):
        x, w = [Value(number) for number in row], [Value(number) for number in case.program.parameters]
        out = case.f(x, w)
        if isinstance(out, Value):
            refused = is_refused(out.backward)
            changed = any(leaf.has_grad for leaf in (*x, *w))
            for leaf in (*x, *w):
                leaf.grad = 0.0
            out.backward(allow_nonfinite=True)
            leaves = [node for node in topological(out) if not node._edges()]  # what detach() gives is one, too
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
    with np.errstate(all="ignore"):
        out = case.called(columns, list(case.program.parameters))
    yield from case.compare("arrays", "row", np.broadcast_to(out, (len(case.rows),)).tolist(), case.eager[0])


# ── the compiler ────────────────────────────────────────────────────────────────────────────────────────────────────


def way(program: Any, name: str) -> None:
    """From now on run a program as instructions of many lanes, or register by register (one row: on floats)."""
    for runner in program._runners.values():
        runner.irregular = name != "lanes"
        runner.plans.clear()
        runner.quick_plans.clear()
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


def joined(f: Callable[..., Any], inputs: int) -> Callable[[Any], Any]:
    """The function of one list: the inputs, then the parameters."""
    return lambda p: f(p[:inputs], p[inputs:])


def second_order(case: Case, row: int) -> list[Entry]:
    """The hessian of a row in inputs and parameters, flat: backward() from each slope that grad gives of Values."""
    if row not in case.hessians:
        point, inputs = [*case.rows[row], *case.program.parameters], len(case.rows[row])

        def run(f: Callable[..., Any]) -> Sized:
            leaves = [Value(x) for x in point]
            slopes = autograd.grad(joined(f, inputs), allow_nonfinite=True)(leaves)
            rows = [pulled(slope, leaves) for slope in slopes]
            return flattened(numbers[1:] for numbers, _ in rows), flattened(sizes[1:] for _, sizes in rows)

        case.hessians[row] = with_noise(case.program, run)
    return case.hessians[row]


def direction(case: Case) -> Numbers:
    """A direction to look in: none along an index."""
    chosen = random.Random(len(case.program.nodes))
    leaves = [*(Ref("x", i) for i in range(len(case.rows[0]))), *(Ref("w", i) for i in range(len(case.parameters)))]
    return [0.0 if ref in case.program.indices else round(chosen.uniform(-1.0, 1.0), 3) for ref in leaves]


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
    if all(entry.stable and math.isfinite(entry.number) for entry in hessian):
        turned = [found[j * size + i] for i in range(size) for j in range(size)]
        yield from case.compare("second order", "hessian, turned", turned, hessian)
        v = direction(case)
        got = autograd.hvp(g, allow_nonfinite=True)(point, v)
        expected = [_product(hessian[i * size : (i + 1) * size], v) for i in range(size)]
        yield from case.compare("second order", "hvp", got, expected)
        yield from _mixed(case, row, v, hessian)


def _product(entries: Sequence[Entry], v: Numbers) -> Entry:
    number = sum(entry.number * y for entry, y in zip(entries, v, strict=True))
    scale = sum((abs(entry.number) + entry.scale) * abs(y) for entry, y in zip(entries, v, strict=True))
    return Entry(number, scale, True)


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
    expected = [_product([hessian[i * size + j] for i in range(inputs)], v[:inputs]) for j in range(inputs, size)]
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
    yield from case.compare(f"compiled grad, {name}", "grad", np.ravel(program(points)), flattened(case.eager[1]))
    if all(entry.stable and math.isfinite(entry.number) for entry in hessian):
        found = np.asarray(slope.input_grad(points, allow_nonfinite=True))[row].tolist()
        expected = [_product(hessian[i * size : (i + 1) * size], v) for i in range(size)]
        yield from case.compare(f"compiled grad, {name}", "hvp", found, expected)


# ── judges that know no derivative ──────────────────────────────────────────────────────────────────────────────────


def judges(case: Case) -> Iterator[Mismatch]:
    """Slopes along a direction: the complex step where it goes through, else differences."""
    row = len(case.program.nodes) % len(case.rows)
    point, inputs, v = [*case.rows[row], *case.program.parameters], len(case.rows[row]), direction(case)
    slopes = case.eager[1][row]
    if not case.program.tame or not any(v) or not all(x.stable and math.isfinite(x.number) for x in slopes):
        return
    expected = _product(slopes, v)
    frozen = _Frozen(case.program)
    f = joined(case.program.function(infix=False, detach=frozen), inputs)
    frozen.run(f, point)
    slope, value = _complex_step(f, frozen, point, v), case.eager[0][row]
    differences = _Differences(lambda h: frozen.run(f, _moved(point, v, h)), value)
    if slope is None:
        yield from differences.judge(case, "differences", expected)
        return
    for mismatch in case.compare("complex step", "slope", [slope], [expected], 1e-9):
        if differences.are_smooth:
            yield mismatch


class _Frozen:
    """detach(), for a judge: what it gave at the point itself, wherever the function is asked."""

    def __init__(self, program: Program) -> None:
        self.numbers: list[float] = []
        self.complete, self.place, self.count = False, 0, len([x for x in program.nodes if x.name == "detach"])

    def __call__(self, x: Any) -> Any:
        if not self.complete:
            self.numbers.append(x)
            return x
        self.place += 1
        return self.numbers[self.place - 1]

    def run(self, f: Callable[[Any], Any], point: Sequence[Any]) -> Any:
        self.place = 0
        out = f(point)
        self.complete = True
        return out


def _moved(point: Sequence[float], v: Numbers, h: float) -> Numbers:
    return [x + h * y for x, y in zip(point, v, strict=True)]


def _complex_step(f: Callable[[Any], Any], frozen: _Frozen, point: Numbers, v: Numbers) -> float | None:
    """Im f(x + ihv) / h, exact to rounding because nothing is subtracted; None where f is not analytic.

    A function that takes its answer from logarithms (a negative base's power) leaves rounding errors in Im, which do
    not shrink with h: two sizes of h tell.
    """
    found = []
    for h in (1e-30, 1e-25):
        try:
            out = frozen.run(f, [Step(complex(x, h * y)) if y else x for x, y in zip(point, v, strict=True)])
        except (AttributeError, TypeError, ValueError, ArithmeticError):
            return None
        if not isinstance(out, Step) or not cmath.isfinite(out.z):
            return None
        found.append(out.z.imag / h)
    return found[0] if abs(found[0] - found[1]) <= 1e-11 * abs(found[0]) else None


class _Differences:
    """Differences of a function along a line, with two steps. On a kink its sides' slopes stay apart as they shrink."""

    def __init__(self, along: Callable[[float], float], value: Entry) -> None:
        self.noise = 2**-48 * (abs(value.number) + value.scale) / 5e-5
        self.central, gaps = [], []
        middle = along(0.0)
        for h in (1e-4, 5e-5):
            up, down = along(h), along(-h)
            self.central.append((up - down) / (2 * h))
            gaps.append((up - 2 * middle + down) / h)
        self.are_smooth = (
            all(map(math.isfinite, (*self.central, *gaps)))
            and abs(gaps[1]) <= 0.7 * abs(gaps[0]) + self.noise
            and abs(self.central[1] - self.central[0]) <= 1e-3 * (1.0 + abs(self.central[1]))
        )

    def judge(self, case: Case, mode: str, expected: Entry) -> Iterator[Mismatch]:
        """Whether the slope is theirs, to what the step's size and the noise leave of it."""
        if not self.are_smooth:
            return
        best = (4 * self.central[1] - self.central[0]) / 3
        case.counts[mode] += 1
        error = abs(self.central[1] - self.central[0]) + self.noise + 1e-9 * (abs(best) + expected.scale)
        if abs(best - expected.number) > error:
            yield Mismatch(mode, "slope", expected.number, best)


def second_differences(case: Case) -> Iterator[Mismatch]:
    """Differences of the gradient are the hessian's product with a vector."""
    row = len(case.program.nodes) % len(case.rows)
    point, inputs, v = [*case.rows[row], *case.program.parameters], len(case.rows[row]), direction(case)
    if not case.program.tame or not any(v) or case.program.uses("detach"):
        return
    hessian, size = second_order(case, row), len(point)
    if not all(entry.stable and math.isfinite(entry.number) for entry in hessian):
        return
    gradient = autograd.grad(joined(case.called, inputs), allow_nonfinite=True)
    weights = [1.0 + 0.25 * i for i in range(size)]
    rows = [_product(hessian[i * size : (i + 1) * size], v) for i in range(size)]
    slopes = _product(case.eager[1][row], weights)
    number = sum(entry.number * weight for entry, weight in zip(rows, weights, strict=True))
    scale = sum(entry.scale * weight for entry, weight in zip(rows, weights, strict=True))

    def along(h: float) -> float:
        return sum(x * weight for x, weight in zip(gradient(_moved(point, v, h)), weights, strict=True))

    yield from _Differences(along, slopes).judge(case, "second differences", Entry(number, scale, True))


EVERY: dict[Callable[[Case], Iterator[Mismatch]], int] = {
    refusals: 1, operators: 1, constants: 1, floats: 1, arrays: 1, compiled: 1, judges: 1, transforms: 1,
    second_differences: 3, single: 3, compiled_gradients: 4,
}  # fmt: skip
"""Which comparisons are made, and of how many seeds one gets them: the dear ones not all."""


def mismatches(program: Program, seed: int = 0, counts: Counter[str] | None = None, only: Any = None) -> list[Mismatch]:
    """All that differs, of one program; an error that nothing has announced is a mismatch, too.

    only: one of the comparisons, in place of those that are due for this seed.
    """
    case = Case(program, Counter() if counts is None else counts)
    found: list[Mismatch] = []
    for comparison, every in EVERY.items():
        if comparison is only or (only is None and seed % every == 0):
            try:
                found += comparison(case)
            except Exception as error:
                found.append(Mismatch(f"{comparison.__name__} raises", type(error).__name__, str(error), "no error"))
    return found
