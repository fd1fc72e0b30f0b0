"""Slips: programs with one token of the solution changed, checked as a learner's; are they located, and mended?"""

from __future__ import annotations

import ast
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograd.learn.authoring.mutations import Edit, single_token_edits
from autograd.learn.checking.check import PASSED, Result, check
from autograd.learn.checking.programs import parts_of
from autograd.learn.exercises.exercise import Exercise

__all__ = ["Slips", "slips_of"]

SAMPLE = 12  # of each exercise; all of them would take half an hour


@dataclass(frozen=True)
class Slips:
    """How many slips do not pass, and of these those that are located in their function, and mended.

    missed: those that are not located, or not mended, a line each.
    """

    total: int
    located: int
    repaired: int
    missed: tuple[str, ...]


@lru_cache
def slips_of(name: str, count: int = SAMPLE, style: str = "solution") -> Slips:
    """The slips of an exercise: a sample of its single-token edits, spread evenly over the solution."""
    exercise, located, repaired, total, missed = Exercise(name), 0, 0, 0, []
    edits = list(single_token_edits(exercise.source(style)))
    for edit in edits[:: max(1, len(edits) // count)]:
        result = _checked(exercise, edit, style)
        if result.state == PASSED or not (result.outcomes or result.problem == "timeout"):
            continue
        is_located, is_repaired = _is_there(result, edit), bool(result.repairs)
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


def _is_there(result: Result, edit: Edit) -> bool:
    """Whether the place is the function of the slip, or the variable in its line."""
    place = result.located
    if place is None or place.exercise != result.exercise.name:
        return False
    units = parts_of(ast.parse(edit.source)).values()
    around = {unit.name for unit in units if unit.line <= edit.line <= (getattr(unit.node, "end_lineno", 0) or 0)}
    return place.function == edit.function if edit.function else place.function in around
