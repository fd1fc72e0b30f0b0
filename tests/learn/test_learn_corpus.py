"""The checker on files as beginners write them, in ``corpus``: no false name, and most mistakes by their own.

A file begins with ``# exercise: 9``, ``# expect: M01`` and ``# style: …``. What is expected is an id, or ``not sure``,
``passed``, ``crashed`` or ``not started``; ``M01 | M14`` where there are two mistakes, and either may be named. Where
``# known:`` follows, with a reason, the checker does not get there yet: it counts as a miss. The first 153 were written
before their author had seen how the checker works.
"""

from __future__ import annotations

import random
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pytest

from autograd.learn.authoring.predictions import table
from autograd.learn.checking.check import LIMIT, Result, check, judge
from autograd.learn.checking.limits import TimeIsUp, limited
from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.checking.process import Answer
from autograd.learn.exercises.exercise import EXERCISES, Exercise, exercise
from autograd.learn.exercises.probes import failed, run_probes

FOLDER = Path(__file__).parent / "corpus"
STATES = {"not sure", "passed", "crashed", "not started"}
NAMED_AT_LEAST = 0.8
IN_A_PROCESS = ("nudge_forward", "rules_wrong_name", "topo_no_memory", "backward_heap", "loss_naive_softmax")


@dataclass(frozen=True)
class Attempt:
    """A file of the corpus."""

    path: Path

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def header(self, name: str) -> str:
        found = re.search(rf"^# {name}: *(.*\S)", self.source, re.MULTILINE)
        return found[1] if found else ""

    @property
    def exercise(self) -> Exercise:
        return exercise(self.header("exercise"))

    @property
    def expected(self) -> list[str]:
        return [word.strip() for word in self.header("expect").split("|")]

    @property
    def known(self) -> str:
        return self.header("known")

    @cached_property
    def told(self) -> str:
        """What the checker says, in a word, when the file is run here."""
        return told(judge(self.exercise, self._answer(), vectors=table(self.exercise.name).vectors))

    def _answer(self) -> Answer:
        one = self.exercise
        try:
            with as_it_was(), limited(LIMIT), one.ready({one.name: self.source}, {one.name: str(self.path)}) as seen:
                defined = tuple(vars(sys.modules[one.name]))
                return Answer(run_probes(one.probes, seen), defined=defined)
        except TimeIsUp:
            return Answer(ended="timeout")
        except Exception as error:
            return Answer(ended="failed", located_in=one.name, error=failed(error))

    @property
    def is_right(self) -> bool:
        return self.told in self.expected

    @property
    def is_false(self) -> bool:
        """Another name than it should have."""
        return self.told in BUGS and not self.is_right

    def __str__(self) -> str:
        because = f"; known: {self.known}" if self.known else ""
        return f"{self.path.name}: {' | '.join(self.expected)}, and it says {self.told}{because}"


def told(result: Result) -> str:
    """An id, or the state; a note beside a right answer is none."""
    return (result.bug or "not sure") if result.state == "wrong" else result.state


@contextmanager
def as_it_was() -> Iterator[None]:
    """Beginners seed random, and their NumPy warns."""
    before = random.getstate()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    random.setstate(before)


@lru_cache
def corpus() -> list[Attempt]:
    return [Attempt(path) for path in sorted(FOLDER.glob("[0-9]*.py"))]


def with_mistakes() -> list[Attempt]:
    return [attempt for attempt in corpus() if set(attempt.expected) & set(BUGS)]


def lines(attempts: list[Attempt]) -> str:
    return "\n".join(map(str, attempts))


def test_headers() -> None:
    assert len(corpus()) >= 65
    for attempt in corpus():
        head = [line.partition(":")[0] for line in attempt.source.splitlines()[:3]]
        assert head == ["# exercise", "# expect", "# style"], attempt.path.name
        unknown = set(attempt.expected) - set(BUGS) - STATES
        assert not unknown, f"{attempt.path.name} expects {unknown}"
    assert {attempt.exercise for attempt in corpus()} == set(EXERCISES)


def test_no_false_name() -> None:
    """Not one, but for those that are known."""
    false = [attempt for attempt in corpus() if attempt.is_false and not attempt.known]
    assert not false, lines(false)


def test_right_answers_pass() -> None:
    refused = [a for a in corpus() if a.expected == ["passed"] and not a.is_right and not a.known]
    assert not refused, lines(refused)


def test_wrong_answers_do_not_pass() -> None:
    accepted = [a for a in corpus() if a.told == "passed" and not (a.is_right or a.known)]
    assert not accepted, lines(accepted)


def test_most_mistakes_are_named() -> None:
    right = [attempt for attempt in with_mistakes() if attempt.is_right]
    missed = [attempt for attempt in with_mistakes() if not attempt.is_right]
    assert len(right) >= NAMED_AT_LEAST * len(with_mistakes()), lines(missed)


def test_totals(capsys: pytest.CaptureFixture[str]) -> None:
    """Printed: how many, and which are not as expected. Known ones that are right by now can lose their mark."""
    right = sum(attempt.is_right for attempt in with_mistakes())
    others = [attempt for attempt in corpus() if attempt not in with_mistakes()]
    false = [attempt for attempt in corpus() if attempt.is_false]
    with capsys.disabled():
        print(f"\n{len(corpus())} files; {right} of {len(with_mistakes())} with a listed mistake are named rightly;")
        print(f"of {len(others)} others, {sum(a.is_right for a in others)} as expected; {len(false)} false names")
        print(lines([attempt for attempt in corpus() if not attempt.is_right]))
        print(lines([a for a in corpus() if a.known and a.is_right]).replace("known:", "no longer so:"))
    surprises = [attempt for attempt in others if not (attempt.is_right or attempt.known)]
    assert not surprises, lines(surprises)


@pytest.mark.parametrize("name", IN_A_PROCESS)
def test_the_same_in_a_process_of_its_own(name: str) -> None:
    """As learners run it: their file is run in a child, and only some of the mutants are."""
    attempt = next(attempt for attempt in corpus() if attempt.path.stem.endswith(name))
    assert told(check(attempt.exercise, attempt.path, "reference")) == attempt.told
