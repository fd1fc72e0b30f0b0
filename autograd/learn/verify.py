"""``autograd learn verify``: the kill-and-name matrix, the findings of the gates, and totals."""

from __future__ import annotations

import time
from collections.abc import Callable

from autograd.learn.bugs import bug_id
from autograd.learn.exercise import EXERCISES, Exercise, exercise
from autograd.learn.gates import GATES, corpus, told_of
from autograd.learn.predictions import Table, pairs, table

__all__ = ["verify"]


def verify(say: Callable[[str], None], which: str | None = None) -> int:
    """Print the gates of one exercise or of all, with totals; 1 where something is wrong."""
    start, troubles = time.perf_counter(), 0
    chosen = [exercise(which)] if which else list(EXERCISES)
    for one in chosen:
        problems = [(gate, problem) for gate, (_, run) in GATES.items() for problem in run(one)]
        troubles += len(problems)
        say(_summary(one))
        if which:
            say(_matrix(table(one.name)))
        for gate, problem in problems:
            say(f"    gate {gate}, {GATES[gate][0]}: {problem}")
    say(_totals(chosen))
    say(f"{time.perf_counter() - start:.1f} s, {troubles} findings")
    return 1 if troubles else 0


def _summary(one: Exercise) -> str:
    found, of_pairs = table(one.name), pairs(one.name)
    killed, named = sum(map(found.is_killed, found.rows)), sum(map(found.is_named, found.rows))
    of_mutants = f"{killed:>3}/{len(found.rows)} killed  {named:>3} named"
    of_two = f"pairs {of_pairs.true}/{of_pairs.total}, {len(of_pairs.false)} false"
    return f"{one.number:>2} {one.name[4:]:<12} {len(found.right):>3} probes  {of_mutants}  {of_two}"


def _matrix(found: Table) -> str:
    """Mutants by probes: ``x`` where it is wrong, and who is named."""
    wide = max(map(len, found.rows), default=0)
    cells = {bug: "".join("x" if number else "·" for number in row.values()) for bug, row in found.rows.items()}
    return "\n".join(f"    {bug:<{wide}}  {cells[bug]}  {told_of(found.results[bug])}" for bug in found.rows)


def _totals(chosen: list[Exercise]) -> str:
    mutants = [(table(one.name), bug) for one in chosen for bug in table(one.name).rows]
    killed, named = sum(t.is_killed(bug) for t, bug in mutants), sum(t.is_named(bug) for t, bug in mutants)
    certain, ids = sum(t.is_certain(bug) for t, bug in mutants), {bug_id(bug) for _, bug in mutants}
    of_pairs = [pairs(one.name) for one in chosen]
    total, true = sum(each.total for each in of_pairs), sum(each.true for each in of_pairs)
    false = sum(len(each.false) for each in of_pairs)
    replayed = [corpus(one.name) for one in chosen]
    right, wrong = sum(each.right for each in replayed), sum(len(each.wrong) for each in replayed)
    unnamed = sum(len(each.unnamed) for each in replayed)
    by_name = f"{named} named ({certain} for certain), {len(mutants) - named} not"
    share = f"{100 * false / max(total, 1):.1f} %"
    return "\n".join(
        [
            f"{len(ids)} bugs, planted {len(mutants)} times: {killed} killed, {by_name}",
            f"{total} pairs of bugs: {true} with a true name, {false} with a false one ({share})",
            f"corpus of {right + wrong + unnamed}: {right} named rightly, {wrong} wrongly, {unnamed} not at all",
        ]
    )
