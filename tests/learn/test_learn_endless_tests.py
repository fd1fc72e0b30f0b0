"""Exercise 16, where the learner writes tests: those that run on, on broken engines and on right ones."""

import re

import pytest
from fixtures.learning import write

from autograd.learn.checking import check as checks
from autograd.learn.exercises.exercise import exercise
from autograd.learn.reporting import outcome_words

pytestmark = pytest.mark.long  # each runs 42 engines

WAITING = """def test_waiting(Value):
    a = Value(2.0)
    y = a * 3
    y.backward()
    while a.grad != 3:
        pass


def test_add("""


def test_a_test_that_waits_for_a_right_gradient_is_stopped_on_each_broken_engine(exercises, learn):
    tests = exercise(16)
    write(exercises, tests.source().replace("def test_add(", WAITING), tests)
    status, said = learn("check", 16)
    assert status == 0, said
    assert re.search(r"M13 [x.]+", said)


@pytest.mark.parametrize("body", ["pass", "a = a * 1"])
def test_a_test_that_does_not_end_on_a_right_engine_has_its_own_sentence(exercises, learn, body):
    tests = exercise(16)
    endless = WAITING.replace("!= 3", "!= 7").replace("pass", body)
    write(exercises, tests.source().replace("def test_add(", endless), tests)
    status, said = learn("check", 16)
    assert status == 1, said
    assert "K12  A test does not end" in said
    assert "does not end: test_waiting" in said
    assert outcome_words.said("DoesNotEnd", "zh") == "测试没有结束"


CHAIN = """def test_long_chain(Value):
    a = x = Value(1.0)
    for _ in range(5000):
        x = x + 0.5
    x.backward()
    assert math.isclose(a.grad, 1.0)


def test_add("""


def test_a_slow_test_is_tried_where_it_is_needed(exercises, learn, monkeypatch):
    monkeypatch.setattr(checks, "LIMIT", 5.0)
    tests = exercise(16)
    write(exercises, tests.source().replace("def test_add(", CHAIN), tests)
    status, said = learn("check", 16)
    assert status == 0, said
    table = dict(re.findall(r"^    (M\d\d) ([x.-]+)$", said, re.MULTILINE))
    assert {row.count("-") for row in table.values() if "x" in row} == {1}
