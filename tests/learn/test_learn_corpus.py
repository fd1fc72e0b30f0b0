"""The checker on files as beginners write them, in ``corpus``: no false name, and most mistakes by their own.

A file begins with ``# exercise: 9``, ``# expect: M01`` and ``# style: …``. What is expected is an id, or ``not sure``,
``passed``, ``crashed`` or ``not started``; ``M01 | M14`` where there are two mistakes, and either may be named. Where
``# known:`` follows, with a reason, the checker does not get there yet: it counts as a miss. The first 153 were written
before their author had seen how the checker works, 174 to 253 before the check of their exercise; those after them look
for what it lets pass.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from autograd.learn.authoring.gates import Replay, answer_to, replays
from autograd.learn.checking.check import check
from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.exercises.exercise import EXERCISES

pytestmark = pytest.mark.long  # each runs checks as a learner does

FOLDER = Path(__file__).parent / "corpus"
STATES = {"not sure", "passed", "crashed", "not started"}
NAMED_AT_LEAST = 0.8
IN_A_PROCESS = ("nudge_forward", "rules_wrong_name", "topo_no_memory", "backward_heap", "loss_naive_softmax")


@lru_cache
def corpus() -> list[Replay]:
    return [attempt for exercise in EXERCISES for attempt in replays(exercise.name, FOLDER)]


def answer(attempt: Replay) -> str:
    return answer_to(attempt.result)


def is_right(attempt: Replay) -> bool:
    return answer(attempt) in attempt.expected


def is_false(attempt: Replay) -> bool:
    """Another name than it should have."""
    return answer(attempt) in BUGS and not is_right(attempt)


def with_mistakes() -> list[Replay]:
    return [attempt for attempt in corpus() if set(attempt.expected) & set(BUGS)]


def lines(attempts: list[Replay]) -> str:
    return "\n".join(f"{x.file}: {' | '.join(x.expected)}, and it says {answer(x)}" for x in attempts)


def test_headers() -> None:
    files = sorted(FOLDER.glob("*.py"))
    assert sorted(attempt.file for attempt in corpus()) == [file.name for file in files]
    assert len(files) >= 65
    for file in files:
        head = [line.partition(":")[0] for line in file.read_text(encoding="utf-8").splitlines()[:3]]
        assert head == ["# exercise", "# expect", "# style"], file.name
    for attempt in corpus():
        unknown = set(attempt.expected) - set(BUGS) - STATES
        assert not unknown, f"{attempt.file} expects {unknown}"
    assert {attempt.result.exercise for attempt in corpus()} == set(EXERCISES)


def test_no_false_name() -> None:
    """Not one, but for those that are known."""
    false = [attempt for attempt in corpus() if is_false(attempt) and not attempt.is_known]
    assert not false, lines(false)


def test_right_answers_pass() -> None:
    refused = [x for x in corpus() if x.expected == ("passed",) and not is_right(x) and not x.is_known]
    assert not refused, lines(refused)


def test_wrong_answers_do_not_pass() -> None:
    accepted = [x for x in corpus() if answer(x) == "passed" and not (is_right(x) or x.is_known)]
    assert not accepted, lines(accepted)


def test_most_mistakes_are_named() -> None:
    missed = [attempt for attempt in with_mistakes() if not is_right(attempt)]
    assert len(missed) <= (1 - NAMED_AT_LEAST) * len(with_mistakes()), lines(missed)


def test_totals(capsys: pytest.CaptureFixture[str]) -> None:
    """Printed: how many, and which are not as expected. Known ones that are right by now can lose their mark."""
    right = sum(map(is_right, with_mistakes()))
    others = [attempt for attempt in corpus() if attempt not in with_mistakes()]
    with capsys.disabled():
        print(f"\n{len(corpus())} files; {right} of {len(with_mistakes())} with a listed mistake are named rightly;")
        false = sum(map(is_false, corpus()))
        print(f"of {len(others)} others, {sum(map(is_right, others))} as expected; {false} false names")
        print(lines([attempt for attempt in corpus() if not is_right(attempt)]))
        print("\n".join(f"{x.file}: no longer known" for x in corpus() if x.is_known and is_right(x)))
    surprises = [attempt for attempt in others if not (is_right(attempt) or attempt.is_known)]
    assert not surprises, lines(surprises)


@pytest.mark.parametrize("name", IN_A_PROCESS)
def test_the_same_in_a_process_of_its_own(name: str) -> None:
    """As learners run it: their file is run in a child, and only some of the mutants are."""
    attempt = next(attempt for attempt in corpus() if attempt.file.endswith(f"{name}.py"))
    assert answer_to(check(attempt.result.exercise, FOLDER / attempt.file, "reference")) == answer(attempt)
