"""Which mistake is it? Each bug predicts numbers of its own; the learner's are compared with those of every mutant.

One bug that predicts every outcome is the answer. Otherwise there are several mistakes, or one that is not known, and
a name is given on evidence only. ``tests/learn/test_learn_matching.py`` measures how well that works: on all pairs of
bugs that can be planted in exercise 9, and on each bug while it is left out of the list, as if it were not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograd.learn.checking.misconceptions import priority
from autograd.learn.exercises.probes import Outcome, same

__all__ = ["Diagnosis", "diagnose"]

Vector = Mapping[str, Outcome]
_UNEXPLAINED = 1.5  # how well it does is measured on all pairs of bugs, in test_learn_matching.py


@dataclass(frozen=True)
class Diagnosis:
    """What is known of a wrong answer.

    bug: the name of the mutant, None where no prediction fits. certain: two probes agree with it. probe: the one to
    show. wrong: the probes that are wrong. others: how many of those the bug does not explain.
    """

    bug: str | None
    certain: bool
    probe: str
    wrong: tuple[str, ...]
    others: int


def diagnose(outcomes: Vector, right: Vector, mutants: Mapping[str, Vector]) -> Diagnosis | None:
    """The one mistake to speak of first; None where every outcome is right.

    Of the bugs that predict every outcome it is the first by priority; else the one that explains most of what is
    wrong, unless more than half as much again is explained by none.
    """
    wrong = tuple(name for name in right if not same(outcomes[name], right[name]))
    if not wrong:
        return None
    fits = {bug: _fit(outcomes, right, vector, wrong) for bug, vector in mutants.items()}
    whole = [bug for bug, fit in fits.items() if fit == wrong]
    parts = [bug for bug, fit in fits.items() if len(fit) > 1]
    unexplained = set(wrong).difference(*(fits[bug] for bug in parts))
    if whole:
        bug = min(whole, key=priority)
    elif parts and len(unexplained) <= _UNEXPLAINED * max(len(fits[bug]) for bug in parts):
        bug = min(parts, key=lambda bug: (-len(fits[bug]), priority(bug)))
    else:
        return Diagnosis(None, False, wrong[0], wrong, len(wrong))
    return Diagnosis(bug, len(fits[bug]) > 1, fits[bug][0], wrong, len(wrong) - len(fits[bug]))


def _fit(outcomes: Vector, right: Vector, vector: Vector, wrong: tuple[str, ...]) -> tuple[str, ...]:
    """The probes that are wrong as the bug predicts; none of them where others speak against it.

    A right outcome where it predicts a wrong one does. A wrong one of another kind can be a second mistake, which
    hides the first: so they may not be more than those that fit; where they are as many, the first of all decides.
    """
    shows = tuple(name for name in right if not same(vector[name], right[name]))
    fits = tuple(name for name in shows if same(outcomes[name], vector[name]))
    enough = 2 * len(fits) + (fits[:1] == shows[:1]) > len(shows)
    return fits if enough and set(shows) <= set(wrong) else ()
