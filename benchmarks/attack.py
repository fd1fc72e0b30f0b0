"""Attack every promise about reliability, and report whether it holds.

    python -m benchmarks.attack [--quick] [--only WORD] [--python PATH ...]

It runs the attacks in ``tests/attacks/table.py`` and prints a line for each. A full run also writes
docs/reliability.md. ``--python`` adds another interpreter that has the package's dependencies; in a full run it
executes part of the tests, which needs pytest, pytest-xdist and hypothesis. The exit status is 1 if a promise breaks.
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reliability.md"
sys.path.insert(0, str(ROOT / "tests"))

from attacks import interpreters  # noqa: E402
from attacks.files import Outcome  # noqa: E402
from attacks.table import ATTACKS, PYTHONS, Attack  # noqa: E402

ELSEWHERE = ("autograd", "nn", "tests/attacks", "tests/compiler", "tests/engine", "tests/nn")
"""What another Python has to pass: the doctests, and the tests of what depends most on an interpreter."""

INTRODUCTION = """# Reliability

What is promised, how it is attacked, how often, and with which result. `python -m benchmarks.attack` runs all of it and
writes this page ({system}). With `--quick` it takes a minute or two. The attacks are the functions named in the last
column, in `tests/attacks/`; the default tests run the quickest of each kind, `python -m pytest -m long` many.
"""
CLOSE = """
A pickle runs code by its nature: load only your own. What is checked in one is that its columns fit together.
An attack that presses Ctrl-C raises KeyboardInterrupt from a signal handler in the main thread, up to 20 times in one
call, as Python itself does for Ctrl-C.
"""


class Row(NamedTuple):
    """An attack, and what came of it."""

    attack: Attack
    outcome: Outcome
    seconds: float

    @property
    def result(self) -> str:
        """ "holds", or how many times something gave way."""
        faults = len(self.outcome.faults)
        return f"{faults} fault{'s' * (faults != 1)}" if faults else "holds" if self.outcome.tries else "not run"


def run(attacks: Sequence[Attack], is_quick: bool) -> Iterator[Row]:
    """Attack, one after the other, each in a folder of its own. An attack that breaks down is a fault."""
    for attack in attacks:
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            try:
                outcome = attack.run(Path(folder), attack.quick if is_quick else attack.full)
            except Exception as error:
                outcome = Outcome(1, [f"{type(error).__name__}: {error}"])
        gc.collect()
        yield Row(attack, outcome, time.perf_counter() - begun)


def others(pythons: Sequence[str]) -> list[Attack]:
    """An attack for each other interpreter."""
    return [
        Attack(
            PYTHONS, f"Python {interpreters.version(python)} gives the same",
            "the doctests, the tests of engine, compiler, training and files, the quick attacks", interpreters.other,
            {"python": python, "tests": ()}, {"python": python, "tests": ELSEWHERE},
        )
        for python in pythons
    ]  # fmt: skip


def line(row: Row) -> str:
    """What is printed of a row."""
    words = f"{row.attack.promise}  [{row.attack.how}]"
    return f"{row.result:<10} {row.outcome.tries:>9,}  {row.seconds:7.1f} s  {words}"


def page(rows: Sequence[Row]) -> str:
    """docs/reliability.md."""
    parts = [INTRODUCTION.format(system=system())]
    for about, group in groupby(rows, key=lambda row: row.attack.about):
        parts.append(
            f"\n## {about}\n\n| promised | attacked by | how often | result | by |\n|---|---|---|---|---|\n"
            + "".join(_entry(list(same)) for _, same in groupby(group, key=_together))
        )
    return "".join([*parts, CLOSE])


def _together(row: Row) -> tuple[Any, ...]:
    return row.attack.promise, row.attack.act, row.attack.how.partition(": ")[0]


def _entry(rows: list[Row]) -> str:
    """One line of the page: of an attack on several kinds of file, what they have in common once."""
    attack = rows[0].attack
    how, colon, _ = attack.how.partition(": ")
    kinds = ", ".join(row.attack.how.partition(": ")[2] for row in rows)
    often = " + ".join(f"{row.outcome.tries:,}" for row in rows)
    faults = sum(len(row.outcome.faults) for row in rows)
    result = f"{faults} gave way" if faults else "holds" if all(row.outcome.tries for row in rows) else "not run"
    where = f"`{attack.act.__module__.removeprefix('attacks.')}.{attack.act.__name__}`"
    return f"| {attack.promise} | {how}{colon}{kinds} | {often} | {result} | {where} |\n"


def system() -> str:
    """On what it ran."""
    return f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.system()} {platform.machine()}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Attack every promise about reliability, and report whether it holds.")
    parser.add_argument("--quick", action="store_true", help="run few attacks of each kind")
    parser.add_argument(
        "--only", metavar="WORD", help="run only attacks with this word in their name or promise; writes no page"
    )
    parser.add_argument(
        "--python", metavar="PATH", action="append", default=[], help="try another interpreter too; can be repeated"
    )
    options = parser.parse_args()
    attacks = [*ATTACKS, *others(options.python)]
    attacks = sorted(attacks, key=lambda attack: [other.about for other in ATTACKS].index(attack.about))
    if options.only:
        attacks = [attack for attack in attacks if options.only in f"{attack.name} {attack.promise}"]
    print(system(), flush=True)
    rows = []
    for row in run(attacks, options.quick):
        rows.append(row)
        print(line(row), flush=True)
        for fault in row.outcome.faults[:5]:
            print(f"           {fault}", flush=True)
    if not options.quick and not options.only:
        PAGE.write_text(page(rows), encoding="utf-8")
    faults = sum(len(row.outcome.faults) for row in rows)
    print(f"{sum(row.outcome.tries for row in rows):,} attacks, {faults} gave way")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
