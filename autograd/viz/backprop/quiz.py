"""What a player may ask of a step, and the wrong answers that tell which mistake was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograd.viz.backprop.frames import Frame
from autograd.viz.backprop.record import Steps

__all__ = ["MISTAKES", "Question", "questions"]

MISTAKES = ("overwrote", "upstream", "operand", "sign", "local", "plus", "before", "stale", "zeroed")
"""In the order they are named where two give the same number."""


@dataclass(frozen=True, slots=True)
class Question:
    """The gradient after a pull. mistakes: the number that each wrong way of computing it gives, where it is wrong."""

    right: float
    mistakes: Mapping[str, float]


def questions(steps: Steps) -> dict[int, Question]:
    """The question of each pull, by the number of its frame.

    >>> from autograd import Value
    >>> from autograd.viz.backprop.record import steps
    >>> a = Value(3.0)
    >>> questions(steps(a * a))[3]
    Question(right=6.0, mistakes={'overwrote': 3.0, 'sign': 0.0, 'local': 4.0, 'plus': 7.0, 'before': 3.0})
    """
    return {place: _question(steps, frame) for place, frame in enumerate(steps) if frame.kind == "pull"}


def _question(steps: Steps, frame: Frame) -> Question:
    before, added = frame.before, frame.contribution
    local, upstream = frame.local or 0.0, frame.upstream or 0.0
    stale = steps.stale.get(frame.node, 0.0)
    others = [x.local for x in steps if x.user == frame.user and x.local is not None and x.local != local]
    wrong = {
        "overwrote": added,
        "upstream": before + local,
        "operand": before + others[0] * upstream if others else frame.after,
        "sign": before - added,
        "local": before + upstream,
        "plus": before + upstream + local,
        "before": before,
        "stale": frame.after + (stale if steps.is_zeroed else 0.0),
        "zeroed": frame.after - (0.0 if steps.is_zeroed else stale),
    }
    return Question(frame.after, {name: wrong[name] for name in MISTAKES if wrong[name] != frame.after})
