"""Holes: programs with one token of the solution changed that pass their check, and yet give something else.

Of an exercise, all single-token edits of its solution are run. One that passes is as right as the solution where its
PROPERTIES, probes on random inputs, give the same. Where they tell the two apart, or cannot speak of what was changed,
the check says in OPEN why the task leaves it open; otherwise it is a hole, and wants a probe.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from autograd.learn.authoring.mutations import Edit, single_token_edits
from autograd.learn.checking.check import probe_seconds, reference
from autograd.learn.checking.limits import TimeIsUp, limited
from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import Outcome, probe_outcome, same

__all__ = ["Edits", "edits_of"]

SECONDS = 3.0  # a program may never end; a check of the solution takes a tenth of it
SEEDS = 40  # random inputs of each property


@dataclass(frozen=True)
class Edits:
    """The single-token edits of a solution: how many there are, how many pass as equal and as open, and the holes."""

    total: int
    equal: int
    open: int
    holes: tuple[str, ...]

    @property
    def passed(self) -> int:
        """How many pass the check."""
        return self.equal + self.open + len(self.holes)


@lru_cache
def edits_of(name: str) -> Edits:
    """The single-token edits of an exercise's solution."""
    exercise = Exercise(name)
    edits = list(single_token_edits(exercise.source()))
    equal, is_open, holes = 0, 0, []
    for edit in _passing(exercise, edits):
        if any(change in str(edit) for change in exercise.open):
            is_open += 1
        elif _holds(exercise, edit):
            equal += 1
        else:
            holes.append(str(edit))
    return Edits(len(edits), equal, is_open, tuple(holes))


def _passing(exercise: Exercise, edits: list[Edit]) -> Iterator[Edit]:
    """Those that pass. The quick probes are run first, and before them the one that has just found something."""
    seconds = probe_seconds(exercise)
    order = sorted(exercise.probes.keys() - exercise.kinks, key=lambda name: seconds[name])
    for edit in edits:
        wrong = _first_wrong(exercise, edit, order)
        if wrong is None:
            yield edit
        elif wrong:
            order.remove(wrong)
            order.insert(0, wrong)


def _first_wrong(exercise: Exercise, edit: Edit, order: list[str]) -> str | None:
    """The first of the probes that is wrong; "" where the file fails or has no end, None where none is wrong."""
    right = reference(exercise.name)
    try:
        with (
            limited(SECONDS),
            redirect_stdout(io.StringIO()),
            exercise.ready({exercise.name: edit.source}) as namespace,
        ):
            for name in order:
                if not same(probe_outcome(exercise.probes[name], dict(namespace)), right[name]):
                    return name
    except (TimeIsUp, Exception):
        return ""
    return None


def _holds(exercise: Exercise, edit: Edit) -> bool:
    """Whether the properties give the same as on the solution."""
    with exercise.ready({exercise.name: edit.source}) as namespace:
        found = _properties(exercise, namespace)
        return all(same(outcome, right) for outcome, right in zip(found, _right(exercise.name), strict=True))


@lru_cache
def _right(name: str) -> tuple[Outcome, ...]:
    exercise = Exercise(name)
    with exercise.ready() as namespace:
        return tuple(_properties(exercise, namespace))


def _properties(exercise: Exercise, namespace: Mapping[str, Any]) -> Iterator[Outcome]:
    """The outcomes of each property; in it, ``numbers`` is a generator of random numbers."""
    for source in exercise.properties.values():
        for seed in range(SEEDS):
            yield probe_outcome(source, {**namespace, "numbers": random.Random(seed)})
