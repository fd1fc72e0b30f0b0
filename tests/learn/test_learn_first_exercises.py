"""The first four exercises as newcomers get them wrong: which mistake is named, whose file is blamed, what is shown."""

from __future__ import annotations

import re

import pytest
from fixtures.learning import write

from autograd.learn.authoring.gates import answer_to
from autograd.learn.authoring.predictions import answered, table
from autograd.learn.exercises.exercise import exercise
from autograd.learn.reporting.texts import words
from autograd.util.language import LANGUAGES

NUDGE = "def nudge(f, x, h=1e-5):\n    return "
LOOP = "def grad(f, xs, h=1e-5):\n    out = []\n    for i in range(len(xs)):\n        "
RULES = "def add_rule(a, b):\n    return a + b, {add}\n\n\ndef mul_rule(a, b):\n    return a * b, {mul}\n"
ADD, MUL = "lambda g: (g, g)", "lambda g: (g * b, g * a)"


def loop(*lines: str, before: str = "", end: str = "    return out\n") -> str:
    """A grad with these lines in its loop."""
    return LOOP.replace("    out = []", f"    {before}\n    out = []" if before else "    out = []") + (
        "\n        ".join(lines) + "\n" + end
    )


def rules(add: str = ADD, mul: str = MUL) -> str:
    return RULES.format(add=add, mul=mul)


def answers(*numbers: float) -> str:
    return f"ANSWERS = {dict(zip(('out', 'e', 'd', 'c', 'a', 'b'), numbers, strict=True))}\n"


CENTRAL = "out.append((f(*up) - f(*dn)) / (2 * h))"
COPIES = ("up, dn = list(xs), list(xs)", "up[i] += h", "dn[i] -= h")

MISTAKES = [
    # exercise, what is written, what is named
    (1, "def nudge(f, x, h=1e-5):\n    print((f(x + h) - f(x - h)) / (2 * h))\n", "R1"),
    (1, "def nudge(f, x, h=1e-5):\n    slope = (f(x + h) - f(x - h)) / (2 * h)\n", "R1"),
    (1, NUDGE + "f(x + h) - f(x - h) / (2 * h)\n", "D11"),
    (1, NUDGE + "f(x + h) - f(x - h) / 2 * h\n", "D11"),
    (1, NUDGE + "f(x + h) - f(x) / h\n", "D11"),
    (1, "def nudge(f, x, h=1e-5):\n    h = 1e-6\n    return (f(x + h) - f(x - h)) / (2 * h)\n", "D12"),
    (1, NUDGE + "(f(x + 0.001) - f(x - 0.001)) / 0.002\n", "D12"),
    (1, NUDGE + "(f(x + 0.01) - f(x - 0.01)) / 0.02\n", "D12"),
    (1, NUDGE + "(f(x + 2 * h) - f(x - 2 * h)) / (2 * h)\n", "D3"),
    (1, NUDGE + "(f(x + 2 * h) - f(x - 2 * h)) / (4 * h)\n", "not sure"),
    (1, NUDGE + "'%f' % ((f(x + h) - f(x - h)) / (2 * h))\n", "not sure"),
    (2, loop("ys = xs", "ys[i] = xs[i] + h", "out.append((f(*ys) - f(*xs)) / h)"), "D8"),
    (2, loop("up = xs", "up[i] += h", "dn = xs", "dn[i] -= h", CENTRAL), "D8"),
    (2, loop("out.append((f(*xs) - f(*xs)) / h)"), "not sure"),
    (2, loop(*COPIES, CENTRAL, end=""), "R1"),
    (2, loop(*COPIES, CENTRAL, end="    print(out)\n"), "R1"),
    (2, loop(*COPIES, CENTRAL, end="        return out\n"), "R2"),
    (2, loop(*COPIES, CENTRAL.replace("out.append", "return "), end=""), "R2"),
    (2, loop(*COPIES, CENTRAL, end="    return sum(out)\n"), "D13"),
    (2, loop(*COPIES[1:], CENTRAL, before=COPIES[0]), "D14"),
    (2, loop("up[i] += h", "out.append((f(*up) - f(*xs)) / h)", before="up = xs.copy()"), "D14"),
    (2, loop("xs[i] += h", "out.append((f(*xs) - before) / h)", before="before = f(*xs)"), "D14"),
    (2, loop("h = 1e-6", *COPIES, CENTRAL), "D12"),
    (2, loop("along = lambda v: f(*[v for _ in xs])", "a, b = along(xs[i] + h), along(xs[i] - h)",
             "out.append((a - b) / (2 * h))"), "D9"),
    (2, loop(*COPIES, CENTRAL.replace("out.append", "yield "), end=""), "R4"),
    (2, loop(*COPIES, CENTRAL, end="    return map(float, out)\n"), "R4"),
    (2, loop(*COPIES, CENTRAL, end="    return tuple(out)\n"), "passed"),
    (2, loop("x = xs[i]", "xs[i] = x + h", "a = f(*xs)", "xs[i] = x - h", "b = f(*xs)", "xs[i] = x",
             "out.append((a - b) / (2 * h))"), "passed"),
    (3, answers(1, 5, -3, 1, 1, -4), "M13"),
    (3, answers(1, 5, -3, 1, -3, 2), "M13"),
    (3, answers(60, 12, -4, -6, 2, -3), "Q12"),
    (3, answers(1, 12, -4, -6, 2, -3), "Q12"),
    (4, rules(mul="(b, a)"), "R3"),
    (4, rules(add="(1, 1)"), "R3"),
    (4, rules(add="(1, 1)", mul="(b, a)"), "R3"),
    (4, rules(mul="[b, a]"), "R3"),
    (4, rules().replace(f"return a * b, {MUL}", "return a * b"), "not sure"),
    (4, rules().replace(f"return a * b, {MUL}", "a * b"), "not sure"),
    (4, rules(mul="lambda: (b, a)"), "not sure"),
    (4, rules(mul="lambda g: g * a * b"), "M15"),
    (4, rules(add="lambda g: (a * g, b * g)"), "M12"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "source", "name"), MISTAKES)
def test_what_a_newcomer_writes_is_named(number: int, source: str, name: str) -> None:
    one = exercise(number)
    assert answer_to(table(one.name).judged(answered(one, {one.name: source}))) == name


@pytest.mark.parametrize("source", [rules(mul="lambda g: g['b']"), rules(mul="len(b)"), rules(add="a['b']")])
def test_a_crash_of_their_own_is_no_missing_function(exercises, learn, source):
    write(exercises, source)
    status, said = learn("check", 4)
    assert status == 3
    assert "TypeError in line" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_sentences_have_to_say(language):
    said = words(language).bug
    for bug, word in {"R1": "return", "R3": "pull", "D12": "h", "D8": "ys = xs", "D3": "4h"}.items():
        assert word in said(bug)


# ── whose file it is in ─────────────────────────────────────────────────────────────────────────────────────────────

RIGHT = exercise(1).source()
FORWARD = RIGHT.replace("(f(x + h) - f(x - h)) / (2 * h)", "(f(x + h) - f(x)) / h")
BY_NUDGE = exercise(2).source()
OWN_FORWARD = loop("up = list(xs)", "up[i] += h", "out.append((f(*up) - f(*xs)) / h)")
TINY = BY_NUDGE.replace("xs, h=1e-5", "xs, h=1e-16")

BLAMED = [
    # exercise 1, exercise 2, --using, what is named, the earlier file that is blamed
    (RIGHT, OWN_FORWARD, "mine", "D1", ""),
    (FORWARD, OWN_FORWARD, "mine", "D1", ""),
    (FORWARD, BY_NUDGE, "mine", "D1", "e01_nudge"),
    (FORWARD, OWN_FORWARD, "reference", "D1", ""),
    (RIGHT, TINY, "mine", "D6", ""),
    (RIGHT.replace("return (", "return 0.9 * ("), BY_NUDGE, "mine", None, "e01_nudge"),
]


@pytest.mark.parametrize(("first", "second", "using", "bug", "place"), BLAMED)
def test_an_earlier_file_is_blamed_for_its_own_mistakes_only(exercises, learn, first, second, using, bug, place):
    write(exercises, first, exercise(1))
    write(exercises, second, exercise(2))
    said = learn("check", 2, "--using", using)[1]
    assert ("e01_nudge.py" in said) == bool(place)
    assert ("check 1" in said) == bool(place)
    if bug:
        assert f"\n\n{bug}  " in said or f"\n\nLooks like {bug}: " in said


def test_where_another_exercise_leaves_the_earlier_one_out(exercises, learn):
    """The product's mistake is in a Value that has rules of its own, and so not in the exercise of the rules."""
    value = exercise(7).source().replace("from e04_rules import add_rule, mul_rule", "from e04_rules import add_rule")
    own = "def mul_rule(a, b):\n    return a * b, lambda g: (b, a)\n\n\nclass Value:"
    assert "mul_rule" in value
    assert value.count("class Value:") == 1
    for number in (4, 5, 6, 9):
        write(exercises, exercise(number).source(), exercise(number))
    write(exercises, value.replace("class Value:", own), exercise(7))
    said = learn("check", 9, "--using", "mine")[1]
    assert "M13" in said
    assert "With the reference's mul_rule in e07_value.py" in said
    assert "e04_rules" not in said


SCALAR = BY_NUDGE[: BY_NUDGE.index("    def along")] + "    return [nudge(f, x, h) for x in xs]\n"


@pytest.mark.parametrize(
    ("language", "arose"), [("en", "It arose in line 6 of e01_nudge.py"), ("zh", "e01_nudge.py 的第 6 行")]
)
def test_a_crash_in_an_earlier_file_is_shown_where_it_was_called(exercises, learn, language, arose):
    write(exercises, RIGHT, exercise(1))
    assert learn("check", 1)[0] == 0
    write(exercises, SCALAR, exercise(2))
    status, said = learn("check", 2, "--language", language)
    line = SCALAR.split("\n").index("    return [nudge(f, x, h) for x in xs]") + 1
    assert status == 3
    assert "TypeError" in said.split("\n\n")[1]
    assert f"{line} |     return [nudge(f, x, h) for x in xs]" in said
    assert re.search(rf"\b{line}\b.*e02_partials.py|e02_partials.py.*\b{line}\b", said.split("\n\n")[1])
    assert arose in said


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────────

SHOWN = [
    # exercise, what is written, yours, expected
    (1, NUDGE + "'%f' % ((f(x + h) - f(x - h)) / (2 * h))\n", "'10.062500'", "10.0625"),
    (2, loop(*COPIES, CENTRAL, end="        return out\n"), "[9]", "[9, 16, 3]"),
    (2, loop(*COPIES, CENTRAL, end="    return sum(out)\n"), "28", "[9, 16, 3]"),
    (2, loop(*COPIES, CENTRAL, end="    return dict(enumerate(out))\n"), "{0: 9, 1: 16, 2: 3}", "[9, 16, 3]"),
    (2, loop(*COPIES, CENTRAL, end="    return [out]\n"), "[-1.5793, 0.184419]", "-1.5793"),
    (2, loop(*COPIES, CENTRAL, end="    return tuple(out[:2])\n"), "(9, 16)", "[9, 16, 3]"),
    (2, loop(*COPIES, CENTRAL, end="    return [str(s) for s in out]\n"), "'9.0', '16.0', '3.0'", "9, 16, 3"),
    (2, loop(*COPIES, CENTRAL, end="    return [2 * s for s in out]\n"), "18, 32, 6", "9, 16, 3"),
    (4, rules(mul="(b, a)"), "(6, False)", "(6, True)"),
    (4, rules(mul="lambda g: g * a * b"), "(6, 42)", "((3, 2), (21, 14))"),
    (4, rules(mul="lambda g: (b, a)"), "3, 2, 3, 2", "3, 2, 21, 14"),
]


@pytest.mark.parametrize(("number", "source", "yours", "expected"), SHOWN)
def test_brackets_and_quotes_are_shown_where_they_matter(exercises, learn, number, source, yours, expected):
    write(exercises, source, exercise(number))
    status, said = learn("check", number)
    assert status == 1
    assert re.search(rf"yours +{re.escape(yours)}\n +expected.*? {re.escape(expected)}\n", said), said


def test_an_emptied_file_is_said_to_be_empty(exercises, learn):
    path = write(exercises, " \n", exercise(3))
    for language in LANGUAGES:
        status, said = learn("check", 3, "--language", language)
        assert status == 2
        assert words(language).say("empty", file="e03_by_hand.py") in said
        assert "reset 3" in said
    assert learn("reset", 3)[0] == 0
    assert path.read_text() == exercise(3).source("starter")
