"""Which of an exercise's functions are not written yet, as far as the probes tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import Outcome

__all__ = ["UNWRITTEN", "unwritten"]

UNWRITTEN = "NotImplementedError"


def unwritten(exercise: Exercise, outcomes: Mapping[str, Outcome]) -> tuple[str, ...]:
    """The functions that still raise NotImplementedError; where there is but one, the probes in which it does.

    ANSWERS of which some are filled in are not unwritten: those that are missing are named.
    """
    names = [name for name, outcome in outcomes.items() if outcome.error == UNWRITTEN]
    if len(exercise.names) == 1:
        return tuple(names)
    written = [exercise.probes[name] for name in outcomes if name not in names]
    blamed = set[str]()
    for name in names:
        used = {function for function in exercise.names if _uses(exercise.probes[name], function)}
        by_hand = used & {"ANSWERS"}
        if outcomes[name].message.startswith("nothing is filled in"):
            blamed |= {name} if any(_uses(source, "ANSWERS") for source in written) else by_hand
            continue
        works = {function for function in used if any(_uses(source, function) for source in written)}
        blamed |= (used - by_hand - works) or used - by_hand or used
    return tuple(name for name in [*exercise.names, *exercise.probes] if name in blamed)


def _uses(source: str, name: str) -> bool:
    return bool(re.search(rf"\b{name}\b", source))
