"""What each mistake of an exercise predicts, and who is named for it: alone, and two at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations

from autograd.learn.checking.check import LIMIT, PASSED, Result, judge, probe_seconds, reference
from autograd.learn.checking.limits import TimeIsUp, limited
from autograd.learn.checking.misconceptions import BUGS, bug_id
from autograd.learn.checking.process import Answer
from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import Outcome, failed, run_probes, same
from autograd.learn.reporting.layout import Style
from autograd.learn.reporting.plain_text import as_text
from autograd.learn.reporting.report import report
from autograd.learn.reporting.texts import words

__all__ = ["LeftOut", "Pairs", "Table", "answered", "ids_in", "left_out", "pairs", "shows", "table"]

PAIR_SECONDS = 2.0  # of the clock, on a busy machine, too; two mistakes together may never end, and none takes 0.1 s
SLOW = 1e-3  # seconds; the thousands of pairs are run without such a probe where it shows neither mistake


class Table:
    """The outcomes of an exercise on its mutants, and who is named for each.

    Outcomes are numbered for each probe, 0 for the right one, so that to compare them is quick.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.right = reference(exercise.name)
        self.kinds: dict[str, list[Outcome]] = {name: [outcome] for name, outcome in self.right.items()}
        self.slow = {name for name, seconds in probe_seconds(exercise).items() if seconds > SLOW}
        self.kinks = exercise.kinks
        vectors = {bug: outcomes(exercise, sources) for bug, sources in exercise.mutants.items()}
        self.rows = {bug: self.row(vector) for bug, vector in vectors.items()}
        self.vectors = {bug: self.outcomes(row) for bug, row in self.rows.items()}
        self.showing: dict[tuple[str, int], list[str]] = {}
        for bug, row in self.rows.items():
            for shown in row.items():
                self.showing.setdefault(shown, []).append(bug)

    def row(self, vector: Mapping[str, Outcome]) -> dict[str, int]:
        """The outcomes as numbers; equal ones have equal numbers."""
        numbers = {}
        for name, known in self.kinds.items():
            number = next((i for i, outcome in enumerate(known) if same(outcome, vector[name])), len(known))
            if number == len(known):
                known.append(vector[name])
            numbers[name] = number
        return numbers

    def outcomes(self, row: Mapping[str, int]) -> dict[str, Outcome]:
        """What the numbers stand for: the same object for equal outcomes, which are compared at once."""
        return {name: self.kinds[name][number] for name, number in row.items()}

    def judged(self, answer: Answer, unlisted: str = "") -> Result:
        """What is said of it, a bug left out of the list; only mutants that agree with it somewhere are compared."""
        row = self.row(answer.outcomes) if answer.outcomes else {}
        near = {bug for shown in row.items() if shown[1] for bug in self.showing.get(shown, ())}
        vectors = {bug: vector for bug, vector in self.vectors.items() if bug in near and bug_id(bug) != unlisted}
        known = self.outcomes(row)
        outcomes = {name: outcome if outcome.error else known[name] for name, outcome in answer.outcomes.items()}
        return judge(self.exercise, replace(answer, outcomes=outcomes), vectors=vectors)

    def of(self, vector: Mapping[str, Outcome]) -> Result:
        """What is said of these outcomes."""
        return self.judged(Answer(vector, defined=self.exercise.names))

    @cached_property
    def results(self) -> dict[str, Result]:
        """Mutant → what is said of it."""
        return {bug: self.of(vector) for bug, vector in self.vectors.items()}

    def is_killed(self, bug: str) -> bool:
        """It does not pass, or passes with a note where there is a convention only."""
        return self.results[bug].state != PASSED or self.is_note(bug)

    def is_named(self, bug: str) -> bool:
        """Its own id and no other is printed."""
        return ids_in(self.results[bug]) == {bug_id(bug)}

    def is_certain(self, bug: str) -> bool:
        """It is named without "looks like"."""
        diagnosis = self.results[bug].diagnosis
        return bool(diagnosis and diagnosis.certain)

    def is_note(self, bug: str) -> bool:
        """It differs at a kink only."""
        return {name for name, number in self.rows[bug].items() if number} <= self.kinks


@lru_cache
def table(name: str) -> Table:
    """The table of an exercise, made once."""
    return Table(Exercise(name))


def ids_in(result: Result) -> set[str]:
    """The ids of mistakes in what is printed; a sentence may speak of L1 and mean the norm."""
    text = as_text(report(result, words("en"), why=True), Style(width=10_000))  # no sentence is broken
    text = text.replace(words("en").bug(result.bug or ""), "")
    return set(re.findall(r"\b[A-Z]+\d+\b", text)) & set(BUGS)


def answered(
    exercise: Exercise,
    sources: Mapping[str, str],
    seconds: float = LIMIT,
    probes: Mapping[str, str] | None = None,
    paths: Mapping[str, str] | None = None,
) -> Answer:
    """What the probes give on these sources, run here; all probes unless some are given."""
    try:
        with limited(seconds), exercise.ready(sources, paths) as namespace:
            return Answer(run_probes(probes or exercise.probes, namespace), defined=tuple(namespace))
    except TimeIsUp:
        return Answer(ended="timeout")
    except Exception as error:
        return Answer(ended="failed", located_in=exercise.name, error=failed(error))


def outcomes(exercise: Exercise, sources: Mapping[str, str]) -> Mapping[str, Outcome]:
    """What the probes give; the same error for each where there is no end to it, or nothing to begin with."""
    answer = answered(exercise, sources)
    return answer.outcomes or {name: Outcome(error=answer.ended) for name in exercise.probes}


def shows(row: Mapping[str, int]) -> set[str]:
    """The probes that are wrong."""
    return {name for name, number in row.items() if number}


@dataclass(frozen=True)
class Pairs:
    """How pairs of mistakes come out: how many there are, in how many one of the two is named, and which are not."""

    total: int
    true: int
    false: tuple[str, ...]


@lru_cache
def pairs(name: str) -> Pairs:
    """Every two mistakes of an exercise in one file, each in its first form, as far as they can be made together."""
    predictions, total, true, false = table(name), 0, 0, []
    ids = {bug_id(mutant): mutant for mutant in reversed(predictions.vectors)}
    for first, second in combinations(ids, 2):
        vector = _both(predictions, ids[first], ids[second])
        if vector is None:
            continue
        total += 1
        bug = predictions.of(vector).bug
        true += bug in (first, second)
        if bug and bug not in (first, second):
            false.append(f"{first} and {second}: {bug}")
    return Pairs(total, true, tuple(false))


@dataclass(frozen=True)
class LeftOut:
    """Mistakes left out of the list: how many, those given another's name, and how many of these for certain."""

    total: int
    false: tuple[str, ...]
    certain: int


@lru_cache
def left_out(name: str) -> LeftOut:
    """Each mistake of an exercise in turn, checked as if it were not listed: any name it is given is false."""
    predictions, false, certain = table(name), [], 0
    for bug, vector in predictions.vectors.items():
        answer = Answer(vector, defined=predictions.exercise.names)
        result = predictions.judged(answer, unlisted=bug_id(bug))
        if result.diagnosis and result.bug:
            false.append(f"{bug}: {result.bug}")
            certain += result.diagnosis.certain
    return LeftOut(len(predictions.vectors), tuple(false), certain)


def _both(predictions: Table, first: str, second: str) -> dict[str, Outcome] | None:
    """The outcomes with two mistakes; a slow probe that neither of them shows in is taken for right."""
    either = shows(predictions.rows[first]) | shows(predictions.rows[second])
    probes = {
        name: source
        for name, source in predictions.exercise.probes.items()
        if name in either or name not in predictions.slow
    }
    for order in ((first, second), (second, first)):
        with suppress(ValueError, SyntaxError):
            sources = predictions.exercise.planted(*order)
            answer = answered(predictions.exercise, sources, PAIR_SECONDS, probes)
            return {**predictions.right, **answer.outcomes} if answer.outcomes else None
    return None  # they change the same piece of text
