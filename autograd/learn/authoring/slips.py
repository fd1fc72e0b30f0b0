"""Slips: programs with one token of the solution changed, checked as a learner's; are they located, and mended?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograd.learn.authoring.mutations import Edit, single_token_edits
from autograd.learn.checking.by_hand import is_by_hand
from autograd.learn.checking.check import PASSED, Result, check
from autograd.learn.checking.programs import changed_units
from autograd.learn.exercises.exercise import Exercise

__all__ = ["Slips", "slips_of", "total_of_slips"]

SAMPLE = 8  # of each exercise, or a few more; all of them would take half an hour


@dataclass(frozen=True)
class Slips:
    """How many slips do not pass, and of these those that are located in their function, and mended.

    missed: those that are not located, or not mended, a line each.
    """

    total: int
    located: int
    repaired: int
    missed: tuple[str, ...]


def total_of_slips(slips: Iterable[Slips]) -> str:
    """One line: how many slips there are, and how many are located and mended.

    >>> total_of_slips([Slips(10, 10, 7, ()), Slips(10, 9, 8, ())])
    'slips, a sample of 20: 19 located in their function (95 %), 15 mended (75 %)'
    """
    slips = list(slips)
    total, located, repaired = (sum(getattr(x, name) for x in slips) for name in ("total", "located", "repaired"))
    shares = [f"({100 * count / max(total, 1):.0f} %)" for count in (located, repaired)]
    return f"slips, a sample of {total}: {located} located in their function {shares[0]}, {repaired} mended {shares[1]}"


@lru_cache
def slips_of(name: str, count: int = SAMPLE, style: str = "solution") -> Slips:
    """The slips of an exercise: a sample of its single-token edits, spread evenly over the solution.

    Numbers that are worked out by hand are located by what follows from them, and never told: there are none of these.
    """
    exercise, located, repaired, total, missed = Exercise(name), 0, 0, 0, []
    edits = [] if all(map(is_by_hand, exercise.probes.values())) else list(single_token_edits(exercise.source(style)))
    for edit in edits[:: max(1, len(edits) // count)]:
        result = _checked(exercise, edit, style)
        if result.state == PASSED or not (result.outcomes or result.problem == "timeout"):
            continue
        is_located, is_repaired = _is_there(result, edit, exercise.source(style)), bool(result.repairs)
        total, located, repaired = total + 1, located + is_located, repaired + is_repaired
        if not (is_located and is_repaired):
            missed.append(
                f"{edit}: {'' if is_located else 'not located'} {'' if is_repaired else 'not mended'}".strip()
            )
    return Slips(total, located, repaired, tuple(missed))


def _checked(exercise: Exercise, edit: Edit, style: str) -> Result:
    """The check of a slip, in the same style as what the exercise builds on."""
    with tempfile.TemporaryDirectory() as folder:
        for name, source in {**exercise.in_style(style), exercise.name: edit.source}.items():
            (Path(folder) / f"{name}.py").write_text(source, encoding="utf-8")
        return check(exercise, Path(folder) / f"{exercise.name}.py", "mine")


def _is_there(result: Result, edit: Edit, source: str) -> bool:
    """Whether the place is the function of the slip, or the variable."""
    place = result.located
    if place is None or place.exercise != result.exercise.name:
        return False
    functions = {edit.function} if edit.function else changed_units(source, edit.source)
    return place.function in functions
