"""The search for a mistake, in the learner's process: where it is, and then what mends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

from autograd.learn.checking.locate import locate
from autograd.learn.checking.repair import repairs
from autograd.learn.checking.trials import Trials
from autograd.learn.exercises.exercise import Exercise

__all__ = ["search"]


def search(
    exercise: Exercise,
    files: Mapping[str, tuple[str, str]],
    wanted: list[str],
    wrong: list[str],
    seconds: float,
    send: Callable[..., None],
) -> None:
    """Send the places of the mistake as soon as they are known, and then what mends it.

    files: the learner's, exercise → (source, path). wanted: the probes that are to be right. wrong: those that are not.
    """
    trials = Trials(exercise, files, wanted, wrong, seconds)
    places = locate(trials)
    send(places=[asdict(place) for place in places])
    for repair in repairs(trials, places):
        send(repair=asdict(repair))
