"""The questions of a player, and the wrong answers that tell which mistake was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograd.viz.backprop.record import Steps
from autograd.viz.backprop.step import Step

__all__ = ["MISTAKES", "Question", "questions"]

MISTAKES = ("overwrote", "upstream", "operand", "sign", "local", "plus", "before", "stale", "zeroed")
"""In the order they are named where two give the same number."""


@dataclass(frozen=True, slots=True)
class Question:
    """The gradient after a pull. mistakes: the number that each wrong way of computing it gives, where it is wrong."""

    right: float
    mistakes: Mapping[str, float]


def questions(steps: Steps) -> dict[int, Question]:
    """The question of each pull, by the number of its step.

    >>> from autograd import Value
    >>> from autograd.viz.backprop.record import steps
    >>> a = Value(3.0)
    >>> questions(steps(a * a))[2]
    Question(right=6.0, mistakes={'overwrote': 3.0, 'sign': 0.0, 'local': 4.0, 'plus': 7.0, 'before': 3.0})
    """
    return {index: _question(steps, step) for index, step in enumerate(steps) if step.kind == "pull"}


def _question(steps: Steps, step: Step) -> Question:
    before, added = step.before, step.contribution
    local, upstream = step.local or 0.0, step.upstream or 0.0
    stale = steps.stale.get(step.node, 0.0)
    others = [x.local for x in steps if x.user == step.user and x.local is not None and x.local != local]
    wrong = {
        "overwrote": added,
        "upstream": before + local,
        "operand": before + others[0] * upstream if others else step.after,
        "sign": before - added,
        "local": before + upstream,
        "plus": before + upstream + local,
        "before": before,
        "stale": step.after + (stale if steps.is_zeroed else 0.0),
        "zeroed": step.after - (0.0 if steps.is_zeroed else stale),
    }
    return Question(step.after, {name: wrong[name] for name in MISTAKES if wrong[name] != step.after})
