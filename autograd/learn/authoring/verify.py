"""``autograd learn verify``: the kill-and-name matrix, the findings of the gates, and totals."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from autograd.learn.authoring.gates import Replays, gates, replays_of, told_of
from autograd.learn.authoring.predictions import Pairs, pairs, table
from autograd.learn.checking.misconceptions import bug_id
from autograd.learn.exercises.exercise import EXERCISES, Exercise, exercise

__all__ = ["Examined", "examine", "examine_all", "totals_of", "verify"]

_LONGEST_FIRST = ("e09_backward", "e07_value", "e08_toposort", "e16_tests", "e17_capstone")


@dataclass(frozen=True)
class Examined:
    """What the gates found of an exercise.

    problems: (gate, what). rows: mutant → a sign for each probe, ``x`` where it is wrong. killed, named, certain: the
    mutants that do not pass, of which the id is printed and no other, and those that two probes agree with.
    """

    name: str
    problems: tuple[tuple[int, str], ...]
    rows: dict[str, str]
    told: dict[str, str]
    killed: frozenset[str]
    named: frozenset[str]
    certain: frozenset[str]
    pairs: Pairs
    corpus: Replays


def examine(name: str, corpus: Path) -> Examined:
    """All gates on one exercise."""
    one, found = Exercise(name), table(name)
    return Examined(
        name,
        tuple((gate, problem) for gate, (_, run) in gates(corpus).items() for problem in run(one)),
        {bug: "".join("x" if number else "·" for number in row.values()) for bug, row in found.rows.items()},
        {bug: told_of(result) for bug, result in found.results.items()},
        frozenset(filter(found.is_killed, found.rows)),
        frozenset(filter(found.is_named, found.rows)),
        frozenset(filter(found.is_certain, found.rows)),
        pairs(name),
        replays_of(name, corpus),
    )


def examine_all(corpus: Path) -> list[Examined]:
    """All gates on all exercises, on all processors."""
    names = [one.name for one in EXERCISES]
    order = sorted(names, key=lambda name: name not in _LONGEST_FIRST)
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        found = dict(zip(order, pool.map(examine, order, repeat(corpus)), strict=True))
    return [found[name] for name in names]


def verify(say: Callable[[str], None], corpus: Path, which: str | None = None) -> int:
    """Print the gates of one exercise or of all, with totals; 1 where something is wrong.

    corpus: a folder of wrong solutions, which are replayed.
    """
    start = time.perf_counter()
    examined = [examine(exercise(which).name, corpus)] if which else examine_all(corpus)
    for each in examined:
        say(_summary(each))
        if which:
            say(_matrix(each))
        for gate, problem in each.problems:
            say(f"    gate {gate}, {gates(corpus)[gate][0]}: {problem}")
    troubles = sum(len(each.problems) for each in examined)
    say(totals_of(examined))
    say(f"{time.perf_counter() - start:.1f} s, {troubles} findings")
    return 1 if troubles else 0


def _summary(each: Examined) -> str:
    probes = len(next(iter(each.rows.values()), ""))
    of_mutants = f"{len(each.killed):>3}/{len(each.rows)} killed  {len(each.named):>3} named"
    of_two = f"pairs {each.pairs.true}/{each.pairs.total}, {len(each.pairs.false)} false"
    return f"{each.name[1:3]} {each.name[4:]:<12} {probes:>3} probes  {of_mutants}  {of_two}"


def _matrix(each: Examined) -> str:
    wide = max(map(len, each.rows), default=0)
    lines = [f"    {bug:<{wide}}  {row}  {each.told[bug]}" for bug, row in each.rows.items()]
    return "\n".join([*lines, *(f"    a false name: {pair}" for pair in each.pairs.false)])


def totals_of(examined: list[Examined]) -> str:
    """Three lines: the mistakes, the pairs of them, the corpus."""

    def count(field: str, of: Callable[[Examined], object]) -> int:
        return sum(len(getattr(of(each), field)) for each in examined)

    planted, killed = count("rows", _itself), count("killed", _itself)
    named, certain = count("named", _itself), count("certain", _itself)
    ids = {bug_id(bug) for each in examined for bug in each.rows}
    total, true = sum(each.pairs.total for each in examined), sum(each.pairs.true for each in examined)
    false = count("false", lambda each: each.pairs)
    right = sum(each.corpus.right for each in examined)
    wrong, unnamed = count("wrong", lambda each: each.corpus), count("unnamed", lambda each: each.corpus)
    by_name = f"{named} named ({certain} for certain), {planted - named} not"
    share = f"{100 * false / max(total, 1):.1f} %"
    return "\n".join(
        [
            f"{len(ids)} bugs, planted {planted} times: {killed} killed, {by_name}",
            f"{total} pairs of bugs: {true} with a true name, {false} with a false one ({share})",
            f"corpus of {right + wrong + unnamed}: {right} named rightly, {wrong} wrongly, {unnamed} not at all",
        ]
    )


def _itself(each: Examined) -> Examined:
    return each
