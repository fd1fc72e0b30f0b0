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

from autograd.learn.authoring.gates import Replays, answer_to, gates, replays_of
from autograd.learn.authoring.holes import Edits, edits_of
from autograd.learn.authoring.predictions import LeftOut, Pairs, left_out, pairs, table
from autograd.learn.authoring.slips import Slips, slips_of, total_of_slips
from autograd.learn.authoring.strangers import Checked, checked, strangers, total_of
from autograd.learn.checking.misconceptions import bug_id
from autograd.learn.exercises.exercise import EXERCISES, Exercise, exercise

__all__ = ["Examined", "examine", "examine_all", "totals_of", "verify"]

_LONGEST_FIRST = ("e09_backward", "e07_value", "e18_local_derivatives", "e08_toposort", "e16_tests", "e17_capstone")


@dataclass(frozen=True)
class Examined:
    """What the gates found of an exercise.

    problems: (gate, what). rows: mutant → a sign for each probe, ``x`` where it is wrong. killed, named, certain: the
    mutants that do not pass, of which the id is printed and no other, and those that two probes agree with. strangers:
    the solutions with mistakes that are not on the list.
    """

    name: str
    problems: tuple[tuple[int, str], ...]
    rows: dict[str, str]
    answers: dict[str, str]
    killed: frozenset[str]
    named: frozenset[str]
    certain: frozenset[str]
    pairs: Pairs
    left_out: LeftOut
    edits: Edits
    slips: Slips
    corpus: Replays
    strangers: tuple[Checked, ...] = ()


def examine(name: str, corpus: Path, others: Path | None = None) -> Examined:
    """All gates on one exercise, and the check of it on the solutions of strangers, where their folder is given."""
    exercise, predictions = Exercise(name), table(name)
    return Examined(
        name,
        tuple((gate, problem) for gate, (_, run) in gates(corpus).items() for problem in run(exercise)),
        {bug: "".join("x" if number else "·" for number in row.values()) for bug, row in predictions.rows.items()},
        {bug: answer_to(result) for bug, result in predictions.results.items()},
        frozenset(filter(predictions.is_killed, predictions.rows)),
        frozenset(filter(predictions.is_named, predictions.rows)),
        frozenset(filter(predictions.is_certain, predictions.rows)),
        pairs(name),
        left_out(name),
        edits_of(name),
        slips_of(name),
        replays_of(name, corpus),
        tuple(map(checked, strangers(others, name))) if others else (),
    )


def examine_all(corpus: Path, others: Path | None = None) -> list[Examined]:
    """All gates on all exercises, on all processors."""
    names = [exercise.name for exercise in EXERCISES]
    order = sorted(names, key=lambda name: name not in _LONGEST_FIRST)
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        results = dict(zip(order, pool.map(examine, order, repeat(corpus), repeat(others)), strict=True))
    return [results[name] for name in names]


def verify(say: Callable[[str], None], corpus: Path, which: str | None = None, others: Path | None = None) -> int:
    """Print the gates of one exercise or of all, with totals; 1 where something is wrong.

    corpus: a folder of wrong solutions, which are replayed. others: a folder of solutions whose mistakes need not be
    listed; what the check says of them is counted, and is no finding.
    """
    start = time.perf_counter()
    examined = [examine(exercise(which).name, corpus, others)] if which else examine_all(corpus, others)
    for exam in examined:
        say(_summary(exam))
        if which:
            say(_matrix(exam))
            for slip in exam.slips.missed:
                say(f"    a slip: {slip}")
            for answer in exam.strangers:
                if answer.fault:
                    say(f"    a stranger's {answer.fault}")
        for gate, problem in exam.problems:
            say(f"    gate {gate}, {gates(corpus)[gate][0]}: {problem}")
    troubles = sum(len(exam.problems) for exam in examined)
    say(totals_of(examined))
    say(total_of_slips(exam.slips for exam in examined))
    if others:
        say(total_of(answer for exam in examined for answer in exam.strangers))
    say(f"{time.perf_counter() - start:.1f} s, {troubles} findings")
    return 1 if troubles else 0


def _summary(exam: Examined) -> str:
    probes = len(next(iter(exam.rows.values()), ""))
    of_mutants = f"{len(exam.killed):>3}/{len(exam.rows)} killed  {len(exam.named):>3} named"
    of_two = f"pairs {exam.pairs.true}/{exam.pairs.total}, {len(exam.pairs.false)} false"
    of_none = f"left out {len(exam.left_out.false)} false"
    of_edits = f"edits {exam.edits.passed}/{exam.edits.total} pass, {len(exam.edits.holes)} holes"
    return f"{exam.name[1:3]} {exam.name[4:]:<12} {probes:>3} probes  {of_mutants}  {of_two}  {of_none}  {of_edits}"


def _matrix(exam: Examined) -> str:
    wide = max(map(len, exam.rows), default=0)
    lines = [f"    {bug:<{wide}}  {row}  {exam.answers[bug]}" for bug, row in exam.rows.items()]
    lines += [f"    a false name: {pair}" for pair in exam.pairs.false]
    return "\n".join([*lines, *(f"    a false name, left out of the list: {bug}" for bug in exam.left_out.false)])


def totals_of(examined: list[Examined]) -> str:
    """A line each: mistakes, pairs of them, the corpus, mistakes left out of the list, edits of one token."""

    def total(number: Callable[[Examined], int]) -> int:
        return sum(map(number, examined))

    ids = {bug_id(bug) for exam in examined for bug in exam.rows}
    planted, killed = total(lambda exam: len(exam.rows)), total(lambda exam: len(exam.killed))
    named, certain = total(lambda exam: len(exam.named)), total(lambda exam: len(exam.certain))
    pair_count, true = total(lambda exam: exam.pairs.total), total(lambda exam: exam.pairs.true)
    false, right = total(lambda exam: len(exam.pairs.false)), total(lambda exam: exam.corpus.right)
    wrong, unnamed = total(lambda exam: len(exam.corpus.wrong)), total(lambda exam: len(exam.corpus.unnamed))
    by_name = f"{named} named ({certain} for certain), {planted - named} not"
    share = f"{100 * false / max(pair_count, 1):.1f} %"
    return "\n".join(
        [
            f"{len(ids)} bugs, planted {planted} times: {killed} killed, {by_name}",
            f"{pair_count} pairs of bugs: {true} with a true name, {false} with a false one ({share})",
            f"corpus of {right + wrong + unnamed}: {right} named rightly, {wrong} wrongly, {unnamed} not at all",
            *_unlisted(examined),
        ]
    )


def _unlisted(examined: list[Examined]) -> list[str]:
    """What becomes of programs that are not of the list: one mistake left out of it, one token changed."""
    planted = sum(exam.left_out.total for exam in examined)
    false, certain = (
        sum(len(exam.left_out.false) for exam in examined),
        sum(exam.left_out.certain for exam in examined),
    )
    edits = [exam.edits for exam in examined]
    total, passed = sum(edit.total for edit in edits), sum(edit.passed for edit in edits)
    equal, is_open = sum(edit.equal for edit in edits), sum(edit.open for edit in edits)
    holes = sum(len(edit.holes) for edit in edits)
    share = f"{100 * false / max(planted, 1):.1f} %, {certain} for certain"
    return [
        f"each bug left out of the list: {false} of {planted} given a false name ({share})",
        f"{total} edits of one token: {passed} pass, {equal} with equal results, {is_open} left open, {holes} holes",
    ]
