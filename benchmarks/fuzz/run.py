"""Run random programs in every interpreter; shrink each difference, and print it as code that runs.

    python -m benchmarks.fuzz --seeds 1000
    python -m benchmarks.fuzz --seeds 100000 --jobs 2

A seed determines its program until the table of rules changes. The exit code is 1 if a difference was found.
``modes.EVERY`` lists the comparisons, and how often each one runs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.fuzz.draw import draw
from benchmarks.fuzz.modes import mismatches
from benchmarks.fuzz.reference import Mismatch
from benchmarks.fuzz.shrink import code, shrunk

__all__ = ["Found", "fuzz", "main"]

_PART = 50
"""Seeds that a process does at once."""

Found = tuple[int, Mismatch]


Part = tuple[int, float, Counter[str], list[Found]]


def one_part(seeds: range) -> Part:
    """How many seeds, the processor's seconds, the comparisons made, and of each mode of a seed the first mismatch."""
    counts: Counter[str] = Counter()
    found: list[Found] = []
    start = time.process_time()
    for seed in seeds:
        of_modes: dict[str, Mismatch] = {}
        for mismatch in mismatches(draw(seed), seed, counts):
            of_modes.setdefault(mismatch.mode, mismatch)
        found += [(seed, mismatch) for mismatch in of_modes.values()]
    return len(seeds), time.process_time() - start, counts, found


def fuzz(first: int, seeds: int, jobs: int = 1) -> Iterator[Part]:
    """The parts' results as they come, in order."""
    parts = [range(start, min(start + _PART, first + seeds)) for start in range(first, first + seeds, _PART)]
    if jobs == 1:
        yield from map(one_part, parts)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(one_part, parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and report; 1 if something was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seeds", type=int, default=1000, help="number of programs")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="number of processes")
    parser.add_argument("--show", type=int, default=5, help="number of differences to shrink and print")
    given = parser.parse_args(arguments)
    start, done, worked = time.perf_counter(), 0, 0.0
    counts: Counter[str] = Counter()
    found: list[Found] = []
    for size, spent, more, mine in fuzz(given.first, given.seeds, given.jobs):
        done += size
        worked += spent
        counts += more
        found += mine
        for seed, mismatch in mine:  # at once: a long run may be stopped
            print(f"\rseed {seed}: {mismatch}", file=sys.stderr)
        _progress(done, given.seeds, len(found), worked)
    print(file=sys.stderr)
    of_seeds = dict(reversed(found))
    for seed, mismatch in sorted(of_seeds.items())[: given.show]:
        small, smaller = shrunk(draw(seed), mismatch.mode)
        print(f"\n# seed {seed}\n{code(small, smaller)}")
    seconds = time.perf_counter() - start
    pace = f"{seconds:.1f} s, {1e3 * worked / done:.1f} ms a seed"
    print(f"{done} seeds, {sum(counts.values())} comparisons, {len(found)} mismatches, {pace}")
    of_modes = Counter(mismatch.mode for _, mismatch in found)
    for mode, count in sorted(counts.items()):
        print(f"  {mode:<22}{count:>10}{of_modes.pop(mode, 0):>6}")
    for mode, count in sorted(of_modes.items()):  # an error that is no NonFiniteError
        print(f"  {mode:<22}{'':>10}{count:>6}")
    seeds = [str(seed) for seed in sorted(of_seeds)]
    if seeds:
        print(f"seeds with mismatches: {', '.join(seeds[:40])}{' …' if len(seeds) > 40 else ''}")
    return 1 if found else 0


def _progress(done: int, seeds: int, found: int, seconds: float) -> None:
    print(
        f"\r{done} of {seeds} seeds, {found} mismatches, {1e3 * seconds / done:.1f} ms a seed", end="", file=sys.stderr
    )
