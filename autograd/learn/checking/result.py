"""What a check gives: the state of an exercise, and what is known of the reason."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograd.learn.checking.by_hand import slips
from autograd.learn.checking.diagnose import Diagnosis
from autograd.learn.checking.general import General, general_name
from autograd.learn.checking.graphs import Mark, Node
from autograd.learn.checking.locate import Location
from autograd.learn.checking.misconceptions import bug_id
from autograd.learn.checking.ratios import Ratio, ratio_sentence
from autograd.learn.checking.repair import Repair
from autograd.learn.checking.states import CRASHED, NOT_STARTED, PASSED, WRONG
from autograd.learn.checking.unwritten import unwritten
from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import Outcome

__all__ = ["CRASHED", "NOT_STARTED", "PASSED", "WRONG", "Result"]


@dataclass(frozen=True)
class Result:
    """The state of an exercise, and what is known of the reason.

    problem: in one word why it is in this state; "" for a wrong answer and a right one. outcomes, right: what the
    probes gave, the learner's and the reference's. error: what a crash ended with. raised_in: where it was raised, if
    in the file of an earlier exercise, which is called from there. missing: the names that are asked for and not there.
    own: the exercises of which the learner's files were used. located_in: the earlier one the mistake is in. places:
    with the reference in place of these everything passes, and without any of them it does not. repairs: with either of
    these changes everything passes; with several places, with all of them. named_at: the one of several places that the
    name is of, which it has with the reference in the others. changes: the function that changes an
    argument in a wrong probe, and should not; "" for none, None where it is not known. shared: the variable
    that calls of the function share, and that matters in a wrong probe; "" for none.
    """

    exercise: Exercise
    state: str
    problem: str = ""
    diagnosis: Diagnosis | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    right: Mapping[str, Outcome] = field(default_factory=dict)
    error: Outcome | None = None
    missing: tuple[str, ...] = ()
    defined: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    located_in: str = ""
    printed: str = ""
    path: Path | None = None
    source: str = ""
    graph: tuple[Node, ...] = ()
    mark: Mark | None = None
    table: tuple[str, ...] = ()
    raised_in: Outcome | None = None
    places: tuple[Location, ...] = ()
    repairs: tuple[Repair, ...] = ()
    named_at: Location | None = None
    changes: str | None = None
    shared: str = ""

    @property
    def located(self) -> Location | None:
        """The one place in which the reference mends it; None where it takes several, or is not known."""
        return self.places[0] if len(self.places) == 1 else None

    @property
    def bug(self) -> str | None:
        """The id of the mistake, where one is named."""
        return bug_id(self.diagnosis.bug) if self.diagnosis and self.diagnosis.bug else None

    @property
    def general(self) -> General | None:
        """The general name of the mistake, where it is none of those that are listed."""
        is_wrong = self.state in (WRONG, CRASHED) and self.problem in ("", "raised") and not self.bug
        if not is_wrong:
            return None
        is_there = self.changes and self.located and self.located.function in (self.changes, "")
        if is_there and self.state == WRONG:
            return General("argument_changed", {"function": self.changes}, self.probe)
        if self.shared and self.located and self.state == WRONG:
            return General("shared_state", {"name": self.shared}, self.probe)
        return general_name(self.exercise, self.outcomes, self.right, self.error)

    @property
    def ratio(self) -> Ratio | None:
        """What the numbers say of a mistake without a name; nothing where the right ones are worked out by hand."""
        is_nameless = self.state == WRONG and not (self.problem or self.bug or self.general)
        is_by_hand = not getattr(self.exercise.check, "SHOW_EXPECTED", True)
        return ratio_sentence(self.exercise, self.outcomes, self.right) if is_nameless and not is_by_hand else None

    @property
    def slips(self) -> tuple[str, ...]:
        """The answers by hand that do not follow from those before them."""
        return slips(self.exercise, self.outcomes, self.right) if self.state == WRONG and not self.problem else ()

    @property
    def earlier(self) -> tuple[str, ...]:
        """The exercises before it of which the learner's files were used."""
        return tuple(name for name in self.own if name != self.exercise.name)

    @property
    def probe(self) -> str:
        """The name of the probe to show; "" where there is none."""
        return self.diagnosis.probe if self.diagnosis else ""

    @property
    def says_it_itself(self) -> bool:
        """Whether the outcome to show is a sentence: in words of the check, or an exception of its own."""
        outcome = self.outcomes.get(self.probe, Outcome())
        own = bool(outcome.error) and not hasattr(builtins, outcome.error)
        return own or any(isinstance(item, str) and " " in item for item in outcome.items)

    @property
    def wrong(self) -> tuple[str, ...]:
        """The names of the probes that are wrong."""
        return self.diagnosis.wrong if self.diagnosis else ()

    @property
    def unwritten(self) -> tuple[str, ...]:
        """The functions that still raise NotImplementedError; where there is but one, the probes in which it does."""
        return unwritten(self.exercise, self.outcomes)
