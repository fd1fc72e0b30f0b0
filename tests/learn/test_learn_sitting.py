"""What a new learner stumbled over, from exercise 1 to 17 in one sitting: each case as it was met."""

import pytest
from fixtures.learning import M13, RIGHT, write

from autograd.learn.checking.needed import used_parts
from autograd.learn.course import prog
from autograd.learn.exercises.exercise import exercise
from autograd.learn.exercises.probes import probe_outcome
from autograd.learn.progress import Progress
from autograd.learn.reporting.outcome_words import in_words


def words_of(said):
    return " ".join(said.split())


@pytest.mark.parametrize(
    ("number", "used"),
    [
        (2, {1}),
        (9, {4, 5, 6, 7, 8}),
        (13, {4, 5, 6, 7, 8, 9}),  # it is listed as building on 12, too, and uses nothing of it
        (15, {4, 5, 6, 7, 8, 9, 12}),  # its file imports none of them: the check does, to compare with Values
    ],
)
def test_the_earlier_exercises_that_are_named_are_those_that_are_used(number, used):
    one = exercise(number)
    parts = used_parts(one, {one.name: one.source()}) - {one.name}
    assert parts == {exercise(n).name for n in used}


@pytest.mark.long
def test_it_is_said_whose_earlier_exercises_were_used(exercises, learn):
    write(exercises, exercise(1).source(), exercise(1))
    write(exercises, exercise(2).source(), exercise(2))
    assert "It ran with the reference's exercise 1: yours is used once it passes." in learn("check", 2)[1]
    learn("check", 1)
    assert "It ran with your exercise 1." in learn("check", 2)[1]


@pytest.mark.long
def test_one_line_for_each_says_how_to_see_more(exercises, learn):
    assert "check 4" not in learn("check", "--all")[1]
    write(exercises, M13)
    said = words_of(learn("check", "--all")[1])
    assert f"These lines do not say where a mistake is: {prog()} check 4 does." in said


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "not started"), (RIGHT, "passed"), ("def add_rule(a, b):\n    pass\n", f"Next: {prog()} hint 4")],
)
def test_a_line_that_mends_it_is_not_looked_for_in_vain(exercises, learn, text, said):
    if text:
        write(exercises, text)
    shown = learn("hint", 4, "--line")[1]
    assert said in shown
    assert ("No small change" in shown) == (said.startswith("Next"))


@pytest.mark.long
def test_a_damaged_file_of_the_progress_says_how_it_is_found_again(exercises, learn):
    Progress(exercises).checked("e01_nudge", "passed", None, "")
    file = exercises / "learn-progress.json"
    file.write_text(file.read_text()[:-20])
    said = words_of(learn("list")[1])
    assert "could be read from it" in said
    assert "check --all finds again what passes" in said


HALF = """import math


def test_mul(Value):
    a, b = Value(5.0), Value(7.0)
    y = a * b
    y.backward()
    assert y.data == 35.0
    assert a.grad == 5.0


TESTS = [test_mul]
"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_test_that_fails_on_a_right_engine_says_its_line(language):
    one = exercise(16)
    names = {}
    exec(compile(HALF, "/folder/e16_tests.py", "exec"), names)  # noqa: S102
    outcome = in_words(probe_outcome("right_engine(TESTS)", {**vars(one.check), **names}), language)
    assert outcome.message == "test_mul: AssertionError() (e16_tests.py:9)"
    assert outcome.error in ("fails on a right engine", "在正确的引擎上失败")


@pytest.mark.long
def test_an_outcome_that_is_a_sentence_is_not_followed_by_numbers(exercises, learn):
    write(exercises, HALF, exercise(16))
    said = learn("check", 16)[1]
    assert "fails on a right engine" in said
    assert "Not sure" not in said


@pytest.mark.long
def test_the_answers_that_are_wrong_are_named(exercises, learn):
    one = exercise(17)
    write(exercises, one.source() + '\nANSWERS |= {"off": 1, "shared": 0.5}\n', one)
    said = words_of(learn("check", 17, "--using", "reference")[1])
    assert "Wrong among your answers: shared, off." in said
    assert "Not sure" not in said
