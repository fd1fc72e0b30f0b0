"""Answers worked out by hand, followed: which of them do not follow from the learner's own answers before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import Outcome, same, same_item

__all__ = ["is_by_hand", "slips"]


def is_by_hand(probe: str) -> bool:
    """Whether a probe looks at a number that was filled in: to show what is expected would be to fill it in."""
    return "ANSWERS" in probe


def slips(exercise: Exercise, outcomes: Mapping[str, Outcome], right: Mapping[str, Outcome]) -> tuple[str, ...]:
    """The answers that are wrong by themselves, in order; () where the exercise asks for none by hand.

    A number that is wrong only because an earlier one is, is no slip, and a right one never is. ``FOLLOWS`` of the
    check says how each answer follows from those before it. Where one of these is missing, nobody knows: ().

    >>> from autograd.learn.exercises.exercise import exercise
    >>> answers = {"out": 1.0, "e": 5.0, "d": 15.0, "c": 15.0, "a": -30.0, "b": 10.0}
    >>> outcomes = {name: Outcome((number,)) for name, number in answers.items()}
    >>> slips(exercise(3), outcomes, exercise(3).outcomes())
    ('d',)
    """
    follows: Mapping[str, Callable[[Mapping[str, float]], float]] = getattr(exercise.check, "FOLLOWS", {})
    numbers: dict[str, float] = {}
    wrong = []
    for name, follow in follows.items():
        items = outcomes[name].items if name in outcomes else ()
        if len(items) != 1 or not isinstance(items[0], float):
            continue
        numbers[name] = items[0]
        try:
            expected = float(follow(numbers))
        except KeyError:
            return ()
        if not same_item(items[0], expected) and not same(outcomes[name], right[name]):
            wrong.append(name)
    return tuple(wrong)
