"""What learners stumbled over, each case as they met it: with the command that they typed."""


import pytest
from fixtures.learning import RIGHT, write

from autograd.learn.exercises.exercise import exercise

BROKEN = "def add_rule(a, b)\n    return a + b\n"


# ── one broken file ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("broken", [BROKEN, "1 / 0\n", "while True:\n    pass\n"], ids=["syntax", "raises", "loops"])
def test_a_broken_earlier_file_is_in_the_way_only_where_it_is_used(exercises, learn, broken):
    own = (exercise(7).source().replace("from e04_rules import add_rule, mul_rule", "")).replace(
        "class Value:",
        "def add_rule(a, b):\n    return a + b, lambda g: (g, g)\n\n\n"
        "def mul_rule(a, b):\n    return a * b, lambda g: (g * b, g * a)\n\n\nclass Value:",
    )
    assert "e04_rules" not in own
    write(exercises, own, exercise(7))
    write(exercises, exercise(9).source(), exercise(9))
    write(exercises, broken)
    status, said = learn("check", 9, "--using", "mine")
    assert status == 0, said
    assert "Traceback" not in said


def test_a_broken_earlier_file_that_is_used_is_named(exercises, learn):
    write(exercises, exercise(7).source(), exercise(7))
    write(exercises, BROKEN)
    status, said = learn("check", 7, "--using", "mine")
    assert status == 3
    assert "e04_rules.py, of an earlier exercise, cannot be run" in said
    assert learn("check", 7, "--using", "reference")[0] == 0


# ── long texts ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "returned",
    ["'x' * 10**7", "['\\n' * 10**7] * 20", "{'k' * 10**7: 'x' * 10**7}", "type('T' * 10**7, (), {})()"],
    ids=["text", "lines", "keys", "type"],
)
def test_a_very_long_text_neither_hangs_nor_floods(exercises, learn, returned):
    write(exercises, RIGHT.replace("return a * b,", f"return {returned},"))
    status, said = learn("check", 4)
    assert status == 1
    assert len(said) < 3000
    assert len(said.splitlines()) < 40
    assert len(learn("check", 4, "--json")[1]) < 20_000
