"""The search for a mistake, in the learner's process: where it is, and then what mends it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from autograd.learn.checking.journal import Journal, resumed
from autograd.learn.checking.locate import Location, locate, units_of
from autograd.learn.checking.repair import patchers_at, repairs
from autograd.learn.checking.trials import Trials
from autograd.learn.exercises.exercise import Exercise

__all__ = ["search"]

TO_SAY = 0.1  # seconds after the last trial, in which what is found is passed on


def search(
    exercise: Exercise,
    files: Mapping[str, tuple[str, str]],
    wanted: list[str],
    wrong: list[str],
    seconds: float,
    send: Callable[..., None],
    *,
    forks: bool = True,
) -> None:
    """Send the places of the mistake as soon as they are known, which argument is changed, and then what mends it.

    files: the learner's, exercise → (source, path). wanted: the probes that are to be right. wrong: those that are not.
    forks: whether the learner's code is run in processes that are forked from this one.
    """
    trials = Trials(exercise, files, wanted, wrong, seconds)
    end, places = trials.end + TO_SAY, list[Location]()

    def places_of(journal: Journal) -> Iterator[dict[str, Any]]:
        trials.journal = journal
        located = locate(trials)
        yield {
            "places": [asdict(place) for place in located],
            "styles": trials.styles,
            "stand_ins": trials.stand_ins,
        }
        for place in located[:1]:
            yield {"shared": trials.shared_by_calls(place.exercise, place.function)}
        if len(located) > 1:
            others = [units_of(other for other in located if other != place) for place in located]
            yield {"alone": [trials.outcomes(replaced) for replaced in others]}
        yield {"changes": trials.changes_argument(wrong)}

    def repairs_at(journal: Journal) -> Iterator[dict[str, Any]]:
        trials.journal = journal
        yield from ({"repair": asdict(repair)} for repair in repairs(trials, patchers))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # each of some thousand trials would warn
        for message in resumed(places_of, trials.patience(), end, forks=forks):
            send(**message)
            places += [Location(**place) for place in message.get("places", ())]
            trials.styles |= message.get("styles", {})
            trials.stand_ins |= message.get("stand_ins", {})
        patchers = patchers_at(trials, places)
        for message in resumed(repairs_at, trials.patience(with_others=True), end, forks=forks) if patchers else ():
            send(**message)
