"""What the probes of an exercise are expected to give: on the solutions, and on each mistake that may be there."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from autograd.core.graph import without_collector
from autograd.learn.checking.graphs import Node, outcome_and_graph
from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import Outcome, probe_outcome, same

__all__ = ["Vector", "candidates", "probe_seconds", "reference", "reference_graph"]

Vector = Mapping[str, Outcome]
_ANSWERS = "\nANSWERS = "


@lru_cache
def reference(name: str) -> dict[str, Outcome]:
    """The outcomes of an exercise on the solutions."""
    return {probe: outcome for probe, (outcome, _) in _timed(name).items()}


def probe_seconds(exercise: Exercise) -> dict[str, float]:
    """The processor time of each probe on the solutions, in seconds."""
    return {probe: seconds for probe, (_, seconds) in _timed(exercise.name).items()}


@lru_cache
def _timed(name: str) -> dict[str, tuple[Outcome, float]]:
    """What each probe gives on the solutions, and its processor time."""
    results = {}
    with Exercise(name).ready() as namespace:
        for probe, source in Exercise(name).probes.items():
            start = time.process_time()
            results[probe] = probe_outcome(source, dict(namespace)), time.process_time() - start
    return results


def candidates(
    exercise: Exercise, outcomes: Vector, right: Vector, end: float = float("inf")
) -> dict[str, dict[str, Outcome]]:
    """The outcomes on each of the mutants that may be the learner's mistake.

    A mutant that is wrong where the learner is right is not (``diagnose``). One look at that is enough, so the probes
    that are right come first, the quick ones before the others. end: a time of ``time.perf_counter``; where it comes
    first there is none, for the only one that is left of an unfinished list could be the wrong one.
    """
    wrong = {name for name, outcome in right.items() if not same(outcomes[name], outcome)}
    seconds = probe_seconds(exercise)
    order = sorted(right, key=lambda name: (name in wrong, seconds[name]))
    vectors = {}
    for bug, namespace in _planted(exercise) if wrong else ():
        vector: dict[str, Outcome] = {}
        for name in order:
            if time.perf_counter() > end:
                return {}
            vector[name] = probe_outcome(exercise.probes[name], dict(namespace))
            if name not in wrong and not same(vector[name], right[name]):
                break
        else:
            vectors[bug] = vector
    return {bug: vectors[bug] for bug in exercise.mutants if bug in vectors}


def _planted(exercise: Exercise) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each mutant, and what the probes see of it.

    Where only ANSWERS are others, the functions are the same, so that what a check has learnt of them once is known.
    """
    mutants, (head, answers, _) = exercise.mutants, exercise.source().partition(_ANSWERS)
    filled_in = {}
    for bug, sources in mutants.items():
        if answers and sources.keys() == {exercise.name} and sources[exercise.name].startswith(head + answers):
            filled_in[bug] = sources[exercise.name].removeprefix(head)
            continue
        with without_collector(), exercise.ready(sources) as namespace:
            yield bug, namespace
    if not filled_in:
        return
    with without_collector(), exercise.ready() as namespace:
        for bug, source in filled_in.items():
            module = dict(vars(sys.modules[exercise.name]))
            exec(source, module)  # noqa: S102  (of this package)
            yield bug, {**namespace, **{name: module[name] for name in exercise.names}}


def reference_graph(exercise: Exercise, probe: str) -> list[Node]:
    """The graph that a probe builds on the solutions."""
    with exercise.ready() as namespace:
        return outcome_and_graph(exercise.probes[probe], namespace)[1]
