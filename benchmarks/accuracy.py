"""Measure how exact each rule is: the largest error on a grid of points, in ulp, against mpmath at 60 digits.

    python -m benchmarks.accuracy [--quick] [--rule NAME] [--jobs N]

It prints the page docs/accuracy.md, and writes it if every rule and all points were measured. The exit status is 1 if a
figure misses the goal and is not a listed exception. The exact formulas are in ``benchmarks/exact.py``.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import math
import os
import platform
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import mpmath
import numpy as np
from mpmath import libmp

import autograd
from autograd import RULES, Value
from benchmarks.exact import EXACT, Exact

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
FUZZER = Path(__file__).parent / "results" / "fuzz.txt"
"""What docs/accuracy.md says of ``benchmarks.fuzz``, written by hand after a long run."""
POINTS, QUICK_POINTS = 20_000, 1_000
DIGITS = 60
VALUE_GOAL, SLOPE_GOAL = 4.0, 8.0
WAYS = ("float64", "compiled", "compiled float32")

Array = np.ndarray[Any, Any]


# ── the grid ────────────────────────────────────────────────────────────────────────────────────────────────────────


def grid(entry: Exact, count: int, single: bool = False) -> list[Array]:
    """``count`` rows of operands, in one array for each length of the sequences."""
    draw = np.random.default_rng(zlib.crc32(entry.label.encode()))
    operands = len(RULES[entry.name].operands) if entry.name in RULES else 1
    if not entry.lengths:
        return [_inside(entry, _rows(entry, draw, count, operands, single), single)[:count]]
    share = -(-count // len(entry.lengths))
    shapes = [operands * length for length in entry.lengths]
    return [_inside(entry, _sequences(draw, share, width, single), single)[:share] for width in shapes]


def _inside(entry: Exact, rows: Array, single: bool) -> Array:
    if single:
        with np.errstate(all="ignore"):
            rows = rows.astype(np.float32).astype(float)
    return rows[(~_outside(entry, rows) & np.isfinite(rows)).all(axis=1)]


def _outside(entry: Exact, numbers: Array) -> Array:
    least, greatest = entry.domain
    below, above = numbers < least, numbers > greatest
    return below | above if least < greatest else below & above


def _numbers(entry: Exact, draw: Any, count: int, single: bool) -> Array:
    """A third over all exponents, a third near 1, a third around the dense points, all uniform in exponent."""
    low, high = (-126, 128) if single else (-1022, 1024)
    share = -(-count // 3)
    parts = [_spread(draw, share, low, high), _spread(draw, share, -40, 12)]
    if entry.dense:
        center = draw.choice(entry.dense, share)
        parts.append(center + np.maximum(np.abs(center), 1.0) * _spread(draw, share, -24 if single else -53, 1))
        exact = np.array(entry.dense)
        parts.append(np.concatenate([exact, np.nextafter(exact, math.inf), np.nextafter(exact, -math.inf)]))
    else:
        parts.append(_spread(draw, share, -6, 6))
    numbers = np.concatenate(parts)
    if 0.0 <= entry.domain[0] < entry.domain[1]:
        numbers = np.abs(numbers)
    outside = _outside(entry, numbers)
    with np.errstate(all="ignore"):
        numbers[outside & (numbers != 0.0)] = (
            1.0 / numbers[outside & (numbers != 0.0)]
        )  # inside, for (−1, 1) and (1, ∞)
    return draw.permutation(numbers)


def _spread(draw: Any, count: int, low: float, high: float) -> Array:
    """Uniform in exponent, of both signs."""
    return np.exp2(draw.uniform(low, high, count) - 1e-9) * draw.choice([-1.0, 1.0], count)


def _rows(entry: Exact, draw: Any, count: int, operands: int, single: bool) -> Array:
    columns = [_numbers(entry, draw, count + 400, single) for _ in range(operands)]
    first = columns[0] = np.concatenate([[0.0], columns[0]])
    for place in range(1, operands):
        share = draw.uniform(0.0, 1.0, len(first))
        with np.errstate(all="ignore"):
            near = first * _spread(draw, len(first), -40, 40)
            if entry.second is not None:
                near = np.array([entry.second(*pair) for pair in zip(first.tolist(), share.tolist(), strict=True)])
        independent = np.resize(columns[place], len(first))
        columns[place] = np.where(draw.uniform(0.0, 1.0, len(first)) < 0.6, near, independent)
    if entry.name == "where":
        columns[0] = (first > 0.0).astype(float)
    return np.stack(columns, axis=1)


def _sequences(draw: Any, count: int, length: int, single: bool) -> Array:
    """A quarter each: numbers of one size, beside one another, of several sizes, and of all sizes."""
    share = -(-count // 4)
    limit = (-126, 127) if single else (-1022, 1023)
    base = _spread(draw, share, *limit)[:, None]
    with np.errstate(all="ignore"):
        alike = base * _spread(draw, share * length, -3, 1).reshape(share, length)
    center = _spread(draw, share, -20, 12)[:, None]
    beside = center + _spread(draw, share * length, -20, 7).reshape(share, length)
    several = _spread(draw, share * length, -30, 10).reshape(share, length)
    every = _spread(draw, share * length, *limit).reshape(share, length)
    return draw.permutation(np.concatenate([alike, beside, several, every]))


# ── the exact numbers ───────────────────────────────────────────────────────────────────────────────────────────────


class Numbers(NamedTuple):
    """Exact results of rows: a column for the value, each first and each second derivative; as high + low."""

    high: Array
    low: Array
    unit: Array  # the number whose ulp the error is counted in
    first: int  # how many columns are values and first derivatives


def exact_numbers(entry: Exact, rows: Array, second: bool = True, digits: int = DIGITS) -> Numbers:
    high, low, units, first = [], [], [], 0
    with mpmath.mp.workdps(digits):
        for row in rows.tolist():
            operands = _grouped(entry, [mpmath.mpf(x) for x in row])
            try:
                value, slopes, bends = entry.function(*operands, **entry.parameters)
            except ZeroDivisionError:  # a pole
                value, slopes, bends = None, [None] * len(row), [None] * (len(row) * (len(row) + 1) // 2)
            columns = [value, *slopes, *(bends if second else ())]
            first = 1 + len(slopes)
            pairs = [_parts(x) for x in columns]
            high.append([pair[0] for pair in pairs])
            low.append([pair[1] for pair in pairs])
            units.append(_parts(entry.terms(*operands))[0] if entry.terms else high[-1][0])
    unit = np.abs(np.array(high))
    unit[:, 0] = np.abs(units)
    return Numbers(np.array(high), np.array(low), unit, first)


def _parts(x: Any) -> tuple[float, float]:
    """x as the sum of two floats; nan for what does not exist, or is too small for a float."""
    if x is None:
        return math.nan, 0.0
    high = float(x)
    if type(x) is int:
        return high, 0.0
    if not high and x:
        return math.nan, 0.0
    if not math.isfinite(high):
        return high, 0.0
    return high, libmp.to_float(libmp.mpf_sub(x._mpf_, libmp.from_float(high), 53, "n"))


def _grouped(entry: Exact, row: Sequence[Any]) -> list[Any]:
    """The operands as the rule takes them."""
    if not entry.lengths:
        return list(row)
    size = len(row) // (len(RULES[entry.name].operands) if entry.name in RULES else 1)
    return [list(row[i : i + size]) for i in range(0, len(row), size)]


def errors(exact: Numbers, got: Array, single: bool) -> Array:
    """In ulp of the exact result; nan where that is no normal number, infinite where zero was not found to be zero."""
    digits, kind = (24, np.finfo(np.float32)) if single else (53, np.finfo(np.float64))
    high, low, unit = (x[:, : got.shape[1]] for x in exact[:3])
    with np.errstate(all="ignore"):
        ulp = np.ldexp(1.0, np.frexp(unit)[1] - digits)
        found = np.abs((got - high) - low) / ulp
    found[np.isnan(found)] = math.inf
    normal = (np.abs(high) >= float(kind.tiny)) & (np.abs(high) <= float(kind.max)) & (unit <= float(kind.max))
    normal &= np.abs(high[:, :1]) <= float(kind.max)  # backward() refuses what is infinite: its slopes are of no use
    zero = high == 0.0
    return np.where(normal, found, np.where(zero & (got != 0.0), math.inf, np.where(zero, 0.0, math.nan)))


# ── what the rule gives ─────────────────────────────────────────────────────────────────────────────────────────────


def function_of(entry: Exact) -> Callable[[Sequence[Any]], Any]:
    """The operation on one flat row."""
    operation = getattr(autograd, entry.name)
    made_of_rules = entry.name not in RULES

    def f(row: Sequence[Any]) -> Any:
        out = operation(*_grouped(entry, row), **entry.parameters)
        return out[0] if made_of_rules else out

    return f


def results(entry: Exact, rows: Array, way: str, second: bool = True) -> Array:
    """Value, first and second derivatives of each row, in this way to run."""
    f = function_of(entry)
    count = rows.shape[1]
    triangle = np.triu_indices(count) if second else ([], [])
    table = autograd.hessian(f, allow_nonfinite=True)
    if way == "float64":
        found = []
        for row in rows.tolist():
            leaves = [Value(x) for x in row]
            out = f(leaves)
            out.backward(allow_nonfinite=True)
            bends = np.array(table(row))[triangle].tolist() if second else []
            found.append([out.data, *(leaf.grad for leaf in leaves), *bends])
        return np.array(found)
    dtype = "float32" if "float32" in way else "float64"
    program = autograd.compile(lambda xs: f(list(xs)), dtype=dtype)
    columns = [program(rows).reshape(-1, 1), program.input_grad(rows, allow_nonfinite=True).reshape(-1, count)]
    if second:
        bent = autograd.compile(lambda xs: table(list(xs)), dtype=dtype)
        columns.append(np.array(bent(rows)).reshape(-1, count, count)[:, triangle[0], triangle[1]])
    return np.concatenate([np.asarray(column, float) for column in columns], axis=1)


# ── the figures ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Figure(NamedTuple):
    """The largest error of one result of a rule, and where it is attained."""

    error: float
    point: tuple[float, ...]


def quantities(entry: Exact, width: int) -> list[str]:
    """The names of the columns; those of a sequence share theirs."""
    names = RULES[entry.name].operands if entry.name in RULES else ("xs",)
    size = width // len(names) if entry.lengths else 1
    of = [name.rstrip("s") if entry.lengths else name for name in names for _ in range(size)]
    firsts = [f"∂/∂{name}" for name in of]
    pairs = [(of[i], of[j]) for i in range(width) for j in range(i, width)]
    seconds = [f"∂²/∂{one}∂{other}" if one != other else f"∂²/∂{one}²" for one, other in pairs]
    return ["value", *firsts, *seconds]


def figures(entry: Exact, count: int, ways: Sequence[str] = WAYS, second: bool = True) -> dict[tuple[str, str], Figure]:
    """By (way, quantity) the largest error of one rule; the quantity of points that stand apart ends in the reason."""
    worst: dict[tuple[str, str], Figure] = {}
    for single in (False, True):
        chosen = [way for way in ways if ("float32" in way) is single]
        for rows in grid(entry, count, single) if chosen else ():
            exact = exact_numbers(entry, rows, second)
            with_second = second and exact.high.shape[1] > exact.first
            for way in chosen:
                found = errors(exact, results(entry, rows, way, with_second), single)
                for name, column in _columns(entry, rows, found, exact.first, single):
                    if np.isnan(column).all():
                        continue
                    place = int(np.nanargmax(column))
                    figure = Figure(float(column[place]), tuple(rows[place].tolist()))
                    worst[way, name] = max(worst.get((way, name), figure), figure)
    return worst


def _columns(entry: Exact, rows: Array, found: Array, first: int, single: bool) -> Iterator[tuple[str, Array]]:
    """Each quantity with its errors, then those of the points that stand apart."""
    tiny = float(np.finfo(np.float32 if single else np.float64).tiny)
    regions = [np.array([x.region(*_grouped(entry, row), tiny) for row in rows.tolist()], bool) for x in entry.apart]
    for place, (name, column) in enumerate(zip(quantities(entry, rows.shape[1]), found.T, strict=False)):
        kind = "value" if not place else "slope" if place < first else "bend"
        ordinary = column.copy()
        for apart, region in zip(entry.apart, regions, strict=True):
            if kind != "bend" and apart.quantity in ("", kind):
                region = region if region.ndim == 1 else region[:, place - 1]
                ordinary[region] = math.nan
                yield f"{name}: {apart.where}: {apart.reason}", np.where(region, column, math.nan)
        yield name, ordinary


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────

INTRODUCTION = """# How exact is each rule

For every rule of the table: the largest error found in its value, in each first and in each second derivative. It is
counted in units in the last place (ulp) of the exact result, which mpmath computes with {digits} digits; float32 in ulp
of float32, from the exact result at the float32 operands. `python -m benchmarks.accuracy` makes this page.

**The goal** is {value:g} ulp for values and {slope:g} ulp for first derivatives, wherever the exact result is a normal
number. Points where it has to be missed stand [apart](#where-the-goal-is-missed-and-why), each with its reason. Second
derivatives come from the same rules, run on Values of Values; for them there is no goal.

**The grid** has at least {points:,} points for each rule, all of them normal numbers. For one operand: a third uniform
in exponent over the whole domain, with both signs; a third uniform in exponent from 2⁻⁴⁰ to 2¹²; a third around the
points of interest (zeros, poles, kinks, overflow), at a distance uniform in exponent. Of two operands the second is in
three of five points near the first in size, or near what keeps the result finite. Sequences have the lengths 1, 2, 3
and 8, a quarter of the points each: numbers of one size, close together, of several sizes, and of all sizes.

**Left out** are results that are not normal numbers, and derivatives where the value is infinite, which `backward()`
refuses. Where the exact result is 0, anything else counts as an infinite error. Sums (`sum`, `mean`, `dot`, `lerp`) are
counted in ulp of the sum of the absolute values of their terms, because terms may cancel.

**The ways to run**: *float64* is the eager engine, on Python's floats; *compiled* and *float32* are `autograd.compile`,
on NumPy's arrays. The numbers are those of {machine}. Where NumPy has other instructions for `exp`
or `tanh`, its results differ in the last place, and so do these figures.

"""


def page(table: dict[str, dict[tuple[str, str], Figure]], count: int) -> str:
    """The whole page, from the figures of every rule by its label."""
    machine = f"NumPy {np.__version__}, Python {platform.python_version()}, {platform.system()} on {platform.machine()}"
    numbers = {"digits": DIGITS, "value": VALUE_GOAL, "slope": SLOPE_GOAL, "points": count, "machine": machine}
    lines = [INTRODUCTION.format(**numbers), *_rows_of(table, apart=False)]
    lines += ["", "## Where the goal is missed, and why", "", *_rows_of(table, apart=True)]
    if FUZZER.exists():
        lines += ["", "## Random programs", "", FUZZER.read_text(encoding="utf-8").rstrip()]
    return "\n".join(lines) + "\n"


def _rows_of(table: dict[str, dict[tuple[str, str], Figure]], apart: bool) -> Iterator[str]:
    columns = ["rule", "result", *(["where", "why"] if apart else []), "float64, at", "compiled, at", "float32, at"]
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for label, found in table.items():
        names = dict.fromkeys(name for _, name in found if (": " in name) is apart)
        for name in names:
            cells = [f"`{label}`", *name.split(": "), *(_cell(found.get((way, name))) for way in WAYS)]
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    shown = ", ".join(f"{x:.9g}" for x in figure.point[:3]) + (", …" if len(figure.point) > 3 else "")
    return f"{figure.error:.3g} at {shown}" if figure.error else "0"


def beyond(found: dict[tuple[str, str], Figure]) -> dict[tuple[str, str], Figure]:
    """The figures that miss the goal and stand nowhere with a reason."""
    goals = {
        "value": VALUE_GOAL,
        **{name: SLOPE_GOAL for _, name in found if name.startswith("∂/") and ": " not in name},
    }
    return {key: figure for key, figure in found.items() if figure.error > goals.get(key[1], math.inf)}


def _timed_figures(label: str, count: int) -> tuple[dict[tuple[str, str], Figure], float]:
    start = time.perf_counter()
    return figures(EXACT[label], count), time.perf_counter() - start


def figures_of(labels: Sequence[str], count: int, jobs: int) -> dict[str, dict[tuple[str, str], Figure]]:
    """The figures of these rules, over so many processes, in the table's order."""
    table = {}
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for label, (found, seconds) in zip(
            labels, pool.map(_timed_figures, labels, [count] * len(labels)), strict=True
        ):
            table[label] = found
            print(
                f"{seconds:5.1f} s  {label}", *(f"{x.error:.3g}" for x in found.values()), file=sys.stderr, flush=True
            )
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"use {QUICK_POINTS:,} points instead of {POINTS:,}")
    parser.add_argument("--rule", default="", help="measure only this rule")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of processes (default: one per core)")
    args = parser.parse_args()
    count = QUICK_POINTS if args.quick else POINTS
    table = figures_of([label for label, x in EXACT.items() if args.rule in ("", label, x.name)], count, args.jobs)
    text = page(table, count)
    print(text)
    if not args.quick and not args.rule:
        PAGE.write_text(text, encoding="utf-8")
    missed = {label: beyond(found) for label, found in table.items() if beyond(found)}
    for label, found in missed.items():
        for (way, name), figure in found.items():
            print(f"beyond the goal: {label}, {name}, {way}: {figure.error:.4g} ulp at {figure.point}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
