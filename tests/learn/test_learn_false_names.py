"""Names that are not given: the place contradicts them, or an argument that is changed; or nobody has had the time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from autograd.learn.checking.arguments import changes_argument
from autograd.learn.checking.check import WRONG, Result, _wanted, check
from autograd.learn.checking.expected import _planted, candidates, reference
from autograd.learn.checking.locate import Location, can_be_at
from autograd.learn.checking.process import Answer
from autograd.learn.exercises.exercise import exercise
from autograd.learn.exercises.probes import Outcome, run_probes, same


def slipped(number: int, *changes: tuple[str, str]) -> str:
    source = exercise(number).source()
    for old, new in changes:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


def checked(folder: Path, number: int, text: str) -> Result:
    path = folder / f"{exercise(number).name}.py"
    path.write_text(text, encoding="utf-8")
    return check(exercise(number), path, "reference")


TRIALS = slipped(10)


@pytest.mark.parametrize(
    ("function", "bug", "source", "expected"),
    [
        ("broken", "G9", TRIALS, False),  # the learner's TRIALS are right, or they would be the place
        ("TRIALS", "G9", TRIALS, True),
        ("broken", "G9", TRIALS.replace("TRIALS", "EXAMPLES"), True),  # which may be the ones with the mistake
        ("gradcheck", "G12", TRIALS, True),
        ("broken", "G12", TRIALS, False),
        ("", "G9", TRIALS, True),
    ],
)
def test_where_a_mistake_can_be(function: str, bug: str, source: str, expected: bool) -> None:
    ten = exercise(10)
    assert can_be_at(Location(ten.name, function), ten.planted(bug), {ten.name: source}) == expected


def sort(xs: list[float]) -> list[float]:
    xs.sort()
    return xs


def put_back(xs: list[float]) -> float:
    xs[0] += 1
    result = sum(xs)
    xs[0] -= 1
    return result


class Steps:
    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes

    def longer(self, by: dict[str, list[int]]) -> None:
        self.sizes += by["sizes"]
        by["sizes"].append(0)


@pytest.mark.parametrize(
    ("probe", "function"),
    [
        ("sort([2.0, 1.0])", "sort"),
        ("sort(xs=[2.0, 1.0])", "sort"),
        ("sort([1.0, float('nan')])", ""),
        ("put_back([1.0, 2.0])", ""),
        ("put_back([0.1, 0.2])", "put_back"),  # it is not quite what it was
        ("Steps([1]).longer({'sizes': [2]})", "Steps.longer"),
        ("Steps([1])", ""),
        ("sort([2.0, 'x'])", ""),
    ],
)
def test_which_function_changes_an_argument(probe: str, function: str) -> None:
    own = type("Steps", (), dict(vars(Steps)))  # it is changed
    namespace = {"sort": sort, "put_back": put_back, "Steps": own}
    assert changes_argument(probe, namespace, namespace) == function


def test_an_argument_that_is_changed_has_a_name(tmp_path: Path) -> None:
    result = checked(
        tmp_path, 12, slipped(12, ("    gradients = []\n", "    gradients = []\n    logits[0][0] += 0.0001\n"))
    )
    assert result.changes == "cross_entropy_gradient"
    assert result.general is not None
    assert (result.general.kind, result.bug) == ("argument changed", None)


def test_a_listed_mistake_that_changes_an_argument_keeps_its_name(tmp_path: Path) -> None:
    source = exercise(10).planted("D8")[exercise(10).name]
    result = checked(tmp_path, 10, source)
    assert (result.changes, result.bug) == ("gradcheck", "D8")


def test_what_the_numbers_say_is_known_beside_a_repair(tmp_path: Path) -> None:
    result = checked(tmp_path, 5, slipped(5, ("-g * other / a**2", "-g * other / a**2 * 3")))
    assert (result.state, bool(result.repairs)) == (WRONG, True)
    assert result.ratio is not None
    assert (result.ratio.kind, round(result.ratio.factor, 6)) == ("times", 3.0)


# ── numbers that are read off the learner's own program ─────────────────────────────────────────────────────────────

SEVENTEEN = exercise(17)


@pytest.mark.parametrize(("wrong", "are_wanted"), [("accuracy", False), ("shared", True), ("loss", False)])
def test_answers_about_a_network_are_not_asked_of_another(wrong: str, are_wanted: bool) -> None:
    outcomes = {**reference(SEVENTEEN.name), wrong: Outcome(("another",))}
    wanted = _wanted(SEVENTEEN, Answer(outcomes, defined=SEVENTEEN.names))
    assert wrong in wanted
    assert ("largest" in wanted) == are_wanted


@pytest.mark.parametrize("number", [3, pytest.param(17, marks=pytest.mark.long)])
def test_mistakes_in_answers_are_what_they_are_alone(number: int) -> None:
    one = exercise(number)
    rows = {bug: run_probes(one.probes, namespace) for bug, namespace in _planted(one) if bug[0] == "Q" or number == 3}
    assert len(rows) > 10
    for bug, row in rows.items():
        alone = one.outcomes(one.mutants[bug])
        assert all(same(alone[probe], row[probe]) for probe in one.probes), bug


@pytest.mark.parametrize("later", [0.0, 60.0])
def test_an_unfinished_list_of_mistakes_names_none(later: float) -> None:
    four = exercise(4)
    outcomes = four.outcomes(four.mutants["M14"])
    found = candidates(four, outcomes, reference(four.name), time.perf_counter() + later)
    assert ("M14" in found) == bool(later)
