"""The eager engine's answers, which a program's answers are compared with, and how far right answers may differ.

How far two right answers may differ is measured, not guessed. The program runs again with each node's number changed
by about 1e-9 of itself: the change of the answer, divided by 1e-9, is its *scale*, the size of the numbers that
cancelled on the way to it (CESTAC's method, Vignes 1993). Interpreters add and multiply in different orders, so they
agree to some 1e-15 of the answer and its scale; 1e-10 of both is asked of float64 (five digits are left for long sums
and for steep functions), 1e-4 of float32, whose own unit is 6e-8. An answer that becomes another branch's, infinite, or
another by a thousandth, under so small a change depends on rounding alone: it is left out, and so is what lies on a
kink by rounding. Where an operand is on a kink exactly (leaves, zeros, shared nodes), it stays there under the noise,
and the answers are compared.
"""

from __future__ import annotations

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
from autograd.core.graph import topological
from benchmarks.fuzz.programs import Program, Ref

__all__ = [
    "DOUBLE", "NOISE_OF_SINGLE", "SINGLE", "Case", "Entry", "Mismatch", "Numbers", "direction", "eagerly", "flattened",
    "is_refused", "joined", "number_of", "product", "second_order",
]  # fmt: skip

NOISE = 1e-9
DOUBLE, SINGLE = 1e-10, 1e-4
NOISE_OF_SINGLE = 1e-5
FLOOR = 1e-300  # a smaller number may have lost its digits to underflow on the way

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
    def overflows(self) -> bool:
        """Whether a product of finite numbers overflows: a matrix product goes on with the finite one, if it is fused
        with the addition, so that −∞ + 2·1e308 is −∞ there, and nan elsewhere."""

        def has_overflow(row: Sequence[float]) -> bool:
            out = self.f([Value(x) for x in row], [Value(x) for x in self.program.parameters])
            nodes = topological(out) if isinstance(out, Value) else []
            pairs = ((operand.data, number_of(x)) for node in nodes for operand, x in node._edges() if x is not None)
            return any(math.isinf(a * b) and math.isfinite(a) and math.isfinite(b) for a, b in pairs)

        return not self.program.tame and any(map(has_overflow, self.rows))

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
    near = [run(program.function(infix=False, noise=_Noise(size)))[0] for size in (noise, -noise)]
    entries = []
    for number, up, down, size in zip(exact, *near, sizes, strict=True):
        if not math.isfinite(number):
            same = all(x == number or (x != x and number != number) for x in (up, down))
            entries.append(Entry(number, 0.0, same and math.isfinite(size)))
        else:
            moved = max(abs(up - number), abs(down - number))
            entries.append(Entry(number, moved / noise + size, moved <= 1e-3 * (abs(number) + (size or 1.0))))
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
    sizes, slopes = {out: 1.0}, {out: 1.0}
    for node in reversed(topological(out)):
        size, slope = sizes.get(node, 0.0), slopes.get(node, 0.0)
        for parent, local in node._edges() if size else ():
            number = 0.0 if local is None else number_of(local)
            if math.isfinite(number) and number:
                sizes[parent] = sizes.get(parent, 0.0) + abs(number) * size
                slopes[parent] = slopes.get(parent, 0.0) + number * slope
            elif number and abs(slope) < 1e-10 * size:  # what cancelled is 0 or not by rounding, and 0·∞ is nan
                sizes[parent] = math.inf
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


# ── to second order ───────────────────────────────────────────────────────────────────────────────────────────────


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


def product(entries: Sequence[Entry], v: Numbers) -> Entry:
    number = sum(entry.number * y for entry, y in zip(entries, v, strict=True))
    scale = sum((abs(entry.number) + entry.scale) * abs(y) for entry, y in zip(entries, v, strict=True))
    return Entry(number, scale, True)
