"""Which mistake is it? Each bug predicts numbers of its own; the learner's are compared with those of every mutant.

The one bug that predicts every outcome is named. Where none does, there are several mistakes, or one that is not known.
Then the answer "looks like" a bug only if every wrong outcome is explained: by that bug and one other, or by that bug
alone among the probes that use the same functions. Not all outcomes are evidence, though. An exception, a 0 or an empty
list has many causes and weighs nothing. An outcome that several bugs predict is shared out among them.

``tests/learn/test_learn_matching.py`` measures it on all pairs of bugs, and on each bug while it is left out of the
list, as if it were not known.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from autograd.learn.checking.misconceptions import bug_id, priority
from autograd.learn.exercises.probes import SMALLEST, Outcome, same, same_item

__all__ = ["Diagnosis", "diagnose", "is_evidence"]

Vector = Mapping[str, Outcome]
Probes = frozenset[str]
_ENOUGH = 1.0  # of evidence beside a second mistake: one outcome that no other bug predicts, or several that few do


@dataclass(frozen=True)
class Diagnosis:
    """What is known of a wrong answer.

    bug: the name of the mutant, None where no prediction fits. certain: it alone predicts every outcome, and two probes
    agree with it; without that, the answer looks like it. probe: the one to show. wrong: the probes that are wrong.
    others: how many of those the bug does not explain.
    """

    bug: str | None
    certain: bool
    probe: str
    wrong: tuple[str, ...]
    others: int


@dataclass(frozen=True)
class _Fit:
    """A bug that may be there: the probes it shows in, all of them wrong, and those that are wrong as it predicts."""

    bug: str
    shows: Probes
    agrees: Probes

    @property
    def id(self) -> str:
        """The bug's id, without the way in which it is made."""
        return bug_id(self.bug)


def diagnose(
    outcomes: Vector, right: Vector, mutants: Mapping[str, Vector], groups: Collection[Probes] = ()
) -> Diagnosis | None:
    """The one mistake to speak of first; None where every outcome is right.

    groups: the probes, divided by the functions they use. A mistake that is not known, in a function that comes later,
    then hides none in the first.
    """
    wrong = tuple(name for name in right if not same(outcomes[name], right[name]))
    if not wrong:
        return None
    fits = _fits(outcomes, right, mutants, frozenset(wrong))
    weights = _weights(outcomes, right, wrong, fits)
    whole = [fit for fit in fits if fit.agrees == set(wrong)]
    fit = _first(whole) or _in_first_group(wrong, fits, groups) or _beside_another(wrong, fits, weights)
    if fit is None:
        return Diagnosis(None, False, wrong[0], wrong, len(wrong))
    is_certain = len({fit.id for fit in whole}) == 1 and len(wrong) > 1 and any(weights.values())
    probe = next(name for name in wrong if name in fit.agrees)
    return Diagnosis(fit.bug, is_certain, probe, wrong, len(wrong) - len(fit.agrees))


def is_evidence(outcome: Outcome, right: Outcome) -> bool:
    """Whether a wrong outcome tells one mistake from another: nothing raised by Python does, nor do zeros.

    >>> is_evidence(Outcome((6.0, 2.0)), Outcome((6.0, 3.0))), is_evidence(Outcome((6.0, 0.0)), Outcome((6.0, 3.0)))
    (True, False)
    """
    if outcome.error:
        return not hasattr(builtins, outcome.error)  # the checks have exceptions that say what is wrong
    items = outcome.items
    if len(items) == len(right.items):
        items = tuple(x for x, y in zip(items, right.items, strict=True) if not same_item(x, y))
    return not all(isinstance(item, float) and (abs(item) <= SMALLEST or math.isnan(item)) for item in items)


def _fits(outcomes: Vector, right: Vector, mutants: Mapping[str, Vector], wrong: Probes) -> list[_Fit]:
    """The bugs that may be there: a right outcome where a bug predicts a wrong one speaks against it."""
    fits = []
    for bug, vector in mutants.items():
        shows = frozenset(name for name in right if not same(vector[name], right[name]))
        agrees = frozenset(name for name in shows if same(outcomes[name], vector[name]))
        if agrees and shows <= wrong:
            fits.append(_Fit(bug, shows, agrees))
    return fits + _in_several_places(fits)


def _in_several_places(fits: list[_Fit]) -> list[_Fit]:
    """The bugs that are made in several ways at once, each of which is there as a whole."""
    together: dict[str, list[_Fit]] = {}
    for fit in fits:
        if fit.agrees == fit.shows:
            together.setdefault(fit.id, []).append(fit)
    several = [(ways, frozenset[str]().union(*(fit.shows for fit in ways))) for ways in together.values()]
    return [_Fit(ways[0].bug, shows, shows) for ways, shows in several if len(ways) > 1]


def _weights(outcomes: Vector, right: Vector, wrong: Collection[str], fits: list[_Fit]) -> dict[str, float]:
    """How much it says for a bug that a probe agrees with it: the fewer bugs predict the outcome, the more."""
    weights = {}
    for name in wrong:
        bugs = {fit.id for fit in fits if name in fit.agrees}
        weights[name] = 1 / len(bugs) if bugs and is_evidence(outcomes[name], right[name]) else 0.0
    return weights


def _in_first_group(wrong: tuple[str, ...], fits: list[_Fit], groups: Collection[Probes]) -> _Fit | None:
    """The only bug that predicts every outcome of the functions that are wrong first, and shows in no others."""
    group = next((group for group in groups if wrong[0] in group), frozenset[str]())
    whole = [fit for fit in fits if fit.agrees == group.intersection(wrong) and fit.shows <= group]
    return _first(whole) if len({fit.id for fit in whole}) == 1 else None


def _beside_another(wrong: tuple[str, ...], fits: list[_Fit], weights: Mapping[str, float]) -> _Fit | None:
    """The bug that explains most of what is wrong, where a second one explains the rest.

    Each outcome in which only one of the two shows has to be as that one predicts.
    """

    def is_enough(fit: _Fit, other: _Fit) -> bool:
        alone, other_alone = fit.shows - other.shows, other.shows - fit.shows
        agree = alone <= fit.agrees and other_alone <= other.agrees
        return agree and bool(other_alone) and sum(weights[name] for name in alone) >= _ENOUGH

    pairs = ((fit, other) for fit in fits for other in fits if len(fit.shows) + len(other.shows) >= len(wrong))
    together = [(fit, other) for fit, other in pairs if len(fit.shows | other.shows) == len(wrong)]
    return _first([fit for fit, other in together if fit.id != other.id and is_enough(fit, other)])


def _first(fits: list[_Fit]) -> _Fit | None:
    """The one that explains most; among equals, the first by priority."""
    return min(fits, key=lambda fit: (-len(fit.agrees), priority(fit.bug)), default=None)
