"""What is said of a mistake that is in no list: its general name, and what the numbers say.

General names are taken from real exceptions, so that they follow what Python says.
"""

from __future__ import annotations

import math
import string
from typing import Any

import pytest

from autograd.learn.authoring.predictions import answered, table
from autograd.learn.checking.check import check
from autograd.learn.checking.general import General, general_name
from autograd.learn.checking.ratios import ratio_sentence
from autograd.learn.exercises.exercise import exercise
from autograd.learn.exercises.probes import Outcome, probe_outcome
from autograd.learn.reporting.report import report
from autograd.learn.reporting.texts import words
from autograd.util.language import LANGUAGES

# ── general names ───────────────────────────────────────────────────────────────────────────────────────────────────


class Value:
    """A learner's Value without methods."""

    data = 1.0


def nothing(a: object, b: object = None) -> None:
    """A function that returns nothing."""


NAMES: dict[str, Any] = {"Value": Value, "v": Value(), "nothing": nothing, "math": math}
EXCEPTIONS = [
    ("v.tanh()", "missing_method", {"type": "Value", "name": "tanh"}),
    ("2 * v", "missing_reflected", {"sign": "*", "name": "__rmul__"}),
    ("2 ** v", "missing_reflected", {"sign": "**", "name": "__rpow__"}),
    ("v - v", "missing_operator", {"sign": "-", "name": "__sub__"}),
    ("2.0 ^ 3", "caret", {}),
    ("v + 2", "missing_operator", {"sign": "+", "name": "__add__"}),
    ("v * None", "none", {"type": "NoneType"}),
    ("v + [1.0]", "list_for_number", {"type": "list"}),
    ("2.0 * 'x'", "sequence", {}),
    ("'x' + 1", "text", {"type": "str"}),
    ("[1.0] * 2.0", "sequence", {}),
    ("-nothing", "function", {"type": "function"}),
    ("nothing + 1", "function", {"type": "function"}),
    ("abs('x')", "text", {"type": "str"}),
    ("None < 1", "none", {"type": "NoneType"}),
    ("math.exp(v)", "value_for_number", {"type": "Value"}),
    ("math.exp('x')", "text", {"type": "str"}),
    ("math.exp(None)", "none", {"type": "NoneType"}),
    ("2.0.grad", "number_for_value", {"name": "grad"}),
    ("None.grad", "none", {}),
    ("[v].data", "list_for_number", {"type": "list"}),
    ("nothing.data", "function", {}),
    ("math.sinus(1)", "missing_in_module", {"type": "math", "name": "sinus"}),
    ("nothing()", "few_arguments", {"function": "nothing", "names": "'a'"}),
    ("nothing(1, 2, 3)", "many_arguments", {"function": "nothing", "takes": "from 1 to 2", "given": "3"}),
    ("nothing(1, lr=2)", "keyword", {"function": "nothing", "name": "lr"}),
    ("a, b = nothing(1)\na", "none", {}),
    ("for x in nothing(1):\n    pass\n0", "none", {}),
    ("nothing(1)[0]", "none", {}),
    ("a, b = 1.0\na", "one_for_several", {"type": "float"}),
    ("sum(1.0)", "one_for_several", {"type": "float"}),
    ("len(1.0)", "one_for_several", {"type": "float"}),
    ("(1.0)[0]", "one_for_several", {"type": "float"}),
    ("(x for x in [1])[0]", "generator", {}),
    ("len(map(abs, [1]))", "generator", {}),
    ("{1.0}[0]", "set", {}),
    ("nothing[0]", "function", {}),
    ("2.0(3)", "not_callable", {"type": "float"}),
    ("None(3)", "none_called", {}),
    ("range(2.0)", "integer", {}),
    ("[1, 2][1.0]", "integer", {}),
    ("a, b = [1]\na", "unpack", {"expected": "2", "given": "1"}),
    ("a, b = [1, 2, 3]\na", "unpack_many", {"expected": "2"}),
    ("math.log(0.0)", "domain", {}),
    ("math.sqrt(-1.0)", "domain", {}),
    ("float('one')", "text", {}),
    ("import numpy\nnumpy.ones(2) + numpy.ones(3)", "shapes", {"shapes": "(2,) (3,)"}),
    ("import numpy\nnumpy.ones((2, 3)).dot(numpy.ones((2, 3)))", "shapes", None),
    ("import numpy\nnumpy.ones((2, 3)) @ numpy.ones((2, 3))", "shapes_unknown", {}),
    ("def f():\n    x = x + 1\nf()", "unset", {"name": "x"}),
    ("slop", "not_defined", {"name": "slop"}),
    ("cmath.exp(1)", "not_imported", {"name": "cmath"}),
    ("import e01_nugde\n0", "no_module", {"name": "e01_nugde"}),
    ("from math import sinus\n0", "missing_in_module", {"type": "math", "name": "sinus"}),
    ("{'a': 1}['b']", "key", {"name": "'b'"}),
    ("[1][1]", "index", {}),
    ("1 / 0", "division_by_zero", {}),
    ("math.exp(1000)", "overflow", {}),
    ("def f():\n    return f()\nf()", "recursion", {}),
]


@pytest.mark.parametrize(("source", "key", "fields"), EXCEPTIONS, ids=lambda x: x if isinstance(x, str) else "")
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_an_exception_has_a_general_name(source: str, key: str, fields: dict[str, str] | None) -> None:
    outcome = probe_outcome(source, dict(NAMES))
    general = general_name(exercise(4), {"p": outcome}, {"p": Outcome((1.0,))})
    assert general is not None, outcome
    assert (general.key, general.probe) == (key, "p"), outcome
    assert fields is None or general.fields == fields
    assert general_name(exercise(4), {}, {}, outcome) == General(key, general.fields)


@pytest.mark.parametrize(
    ("items", "right", "key"),
    [
        ((None,), (1.0,), "none"),
        ((1.0, None), (1.0, 2.0), "none_there"),
        (("30",), (30.0,), "text"),
        (("-1.5e3",), (1.0,), "text"),
        (("a word",), (1.0,), None),
        (("<generator>",), (1.0,), "generator"),
        (("<set>",), (1.0, 2.0), "set"),
        (("<function>", 5.0), (5.0, 1.0), "function"),
        (("<Value>",), (1.0,), "value_for_number"),
        (("<list>",), (1.0,), "list_for_number"),
        ((), (1.0, 2.0), "empty"),
        ((1.0,), (1.0, 2.0, 3.0), "first_only"),
        ((1.0, 2.0), (1.0, 2.0, 3.0), "first_only"),
        ((5.0, 1.0, 2.0), (1.0, 2.0), "kept"),
        ((1.0, 2.0, 3.0), (1.0, 2.0), "more_after"),
        ((4.0, 5.0, 6.0), (1.0, 2.0), "count"),
        ((4.0, 5.0), (1.0, 2.0), None),
        (("W", 1.0), ("w", 1.0), "keys"),
        (("w", 2.0), ("w", 1.0), None),
        (("in no order",), ("in order",), None),
    ],
)
def test_what_stands_in_place_of_numbers(items: tuple[object, ...], right: tuple[object, ...], key: str | None) -> None:
    general = general_name(exercise(4), {"p": Outcome(items)}, {"p": Outcome(right)})
    assert (general and general.key) == key


def test_a_dictionary_in_place_of_numbers() -> None:
    outcomes = {"p": probe_outcome("{'a': 3.0, 'b': 2.0}", {})}
    assert general_name(exercise(4), outcomes, {"p": Outcome((3.0, 2.0))}) == General("dictionary", probe="p")


# ── ratios ──────────────────────────────────────────────────────────────────────────────────────────────────────────

RATIOS = [
    # yours, expected, source of the probe, kind, factor, where
    ((-3.0, -2.0), (3.0, 2.0), "0", "minus", -1.0, ()),
    ((1.0, -2.0, 3.0), (1.0, 2.0, 3.0), "0", "minus", -1.0, (2,)),
    ((6.0,), (3.0,), "0", "twice", 2.0, ()),
    ((1.5, 1.0), (3.0, 2.0), "0", "half", 0.5, ()),
    ((0.5 / math.log(10),), (0.5,), "0", "over_log_10", 1 / math.log(10), ()),
    ((7 * math.log(2), 3 * math.log(2)), (7.0, 3.0), "0", "log_2", math.log(2), ()),
    ((9.0, 6.0), (3.0, 2.0), "mean([1, 2, 3])", "times_n", 3.0, ()),
    ((1.0, 2.0), (6.0, 12.0), "mean([[1, 2, 3], [4, 5, 6]])", "over_n", 6.0, ()),
    ((15.0, 10.0), (3.0, 2.0), "0", "times", 5.0, ()),
    ((3.3, 2.2), (3.0, 2.0), "0", None, 1.0, ()),
    ((0.0, 0.0, 6.0), (3.0, 2.0, 6.0), "0", "zero", 0.0, (1, 2)),
    ((2.0, 1.0), (1.0, 0.0), "0", "more", 1.0, ()),
    ((2.5, 3.5), (3.0, 4.0), "0", "more", -0.5, ()),
    ((9.0, 25.0), (3.0, 5.0), "0", "square", 1.0, ()),
    ((3.0, 5.0), (9.0, 25.0), "0", "root", 1.0, ()),
    ((0.25, 0.2), (4.0, 5.0), "0", "reciprocal", 1.0, ()),
    ((3.0, -2.0), (3.7, -1.2), "0", "floor", 1.0, ()),
    ((3.14, 2.72), (math.pi, math.e), "0", "rounded", 1.0, ()),
    ((2.0, 1.0), (1.0, 2.0), "0", "swapped", 1.0, ()),
    ((3.0, 5.0, 1.0), (1.0, 5.0, 3.0), "0", "reversed", 1.0, ()),
    ((0.0, 1.0, 3.0), (1.0, 3.0, 8.0), "0", "previous", 1.0, ()),
    ((3.0, 8.0, 9.5), (1.0, 3.0, 8.0), "0", "next", 1.0, ()),
    ((1.0, 4.0, 12.0), (1.0, 3.0, 8.0), "0", "added_up", 1.0, ()),
    ((8.0, 3.0, 1.0), (3.0, 8.0, 1.0), "0", "another_order", 1.0, ()),
    ((1.3, 2.9), (3.1, 7.7), "0", None, 1.0, ()),
    ((math.nan,), (1.0,), "0", None, 1.0, ()),
    ((1.0, 2.0, 3.0), (1.0, 2.0), "0", None, 1.0, ()),
]


@pytest.mark.parametrize(("yours", "right", "source", "kind", "factor", "where"), RATIOS)
def test_the_numbers_say_how_they_are_related(
    monkeypatch: pytest.MonkeyPatch,
    yours: tuple[float, ...],
    right: tuple[float, ...],
    source: str,
    kind: str | None,
    factor: float,
    where: tuple[int, ...],
) -> None:
    one = exercise(4)
    monkeypatch.setitem(one.check.PROBES, "p", source)
    ratio = ratio_sentence(one, {"p": Outcome(yours)}, {"p": Outcome(right)})
    assert (ratio and ratio.kind) == kind
    if ratio:
        assert (ratio.factor, ratio.where, ratio.probe) == (pytest.approx(factor), where, "p")


def test_rows_and_columns_are_exchanged() -> None:
    table_of_two, transposed = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]
    outcomes = [probe_outcome("rows", {"rows": rows}) for rows in (transposed, table_of_two)]
    ratio = ratio_sentence(exercise(4), {"p": outcomes[0]}, {"p": outcomes[1]})
    assert ratio is not None
    assert ratio.kind == "transposed"


def test_how_many_other_probes_say_the_same() -> None:
    right = {name: Outcome((4.0, 2.0)) for name in "abcd"}
    outcomes = {**dict.fromkeys("ab", Outcome((8.0, 4.0))), "c": Outcome((8.0, 2.0)), "d": Outcome((4.1, 2.0))}
    ratio = ratio_sentence(exercise(4), outcomes, right)
    assert ratio is not None
    assert (ratio.kind, ratio.others) == ("twice", 2)


def test_a_factor_that_goes_with_the_length(monkeypatch: pytest.MonkeyPatch) -> None:
    one = exercise(4)
    for name, numbers in {"a": [1, 2, 3], "b": [1, 2, 3, 4]}.items():
        monkeypatch.setitem(one.check.PROBES, name, f"mean({numbers})")
    right = dict.fromkeys("ab", Outcome((12.0, 24.0)))
    ratio = ratio_sentence(one, {"a": Outcome((4.0, 8.0)), "b": Outcome((3.0, 6.0))}, right)
    assert ratio is not None
    assert (ratio.kind, ratio.factor, ratio.others) == ("over_n", 3.0, 1)
    assert "1/3 of what is expected, in every entry. A list in this probe has 3 numbers" in words("en").ratio(ratio, 2)
    assert "1 other wrong probe" in words("en").ratio(ratio, 2)


# ── said ────────────────────────────────────────────────────────────────────────────────────────────────────────────

ADD = "def add_rule(a, b):\n    return a + b, lambda g: (g, g)\n\n\n"
SAID = [
    ("    return a * b, lambda g: (g * b / 2, g * a / 2)", "yours is half of what is expected, in every entry"),
    ("    return a * b, lambda g: (g * b, g * a * 2)", "yours is twice what is expected, in entries 2, 4 of 4"),
    ("    return a * b, lambda: (b, a)", "is called with"),
    ("    return a * b", "A single `float` stands where several things are needed"),
    ("    a * b", "None stands where a number is needed"),
    ("    return a * b, lambda g: (g * bb, g * a)", "Is `bb` spelt as it was"),
]


@pytest.mark.parametrize(("line", "sentence"), SAID)
def test_a_mistake_that_is_in_no_list_is_said(line: str, sentence: str) -> None:
    one = exercise(4)
    answer = answered(one, {one.name: f"{ADD}def mul_rule(a, b):\n{line}\n"}, paths={one.name: "/tmp/e04_rules.py"})
    result = table(one.name).judged(answer)
    assert result.bug is None
    assert sentence in report(result, words("en")).sentence
    assert "no known one" not in report(result, words("en")).sentence
    assert report(result, words("zh")).sentence


def test_it_is_said_in_a_process_of_its_own(tmp_path: Any) -> None:
    path = tmp_path / "e04_rules.py"
    path.write_text(f"{ADD}def mul_rule(a, b):\n{SAID[0][0]}\n", encoding="utf-8")
    result = check(exercise(4), path)
    assert (result.state, result.ratio and result.ratio.kind, result.general) == ("wrong", "half", None)


def test_every_kind_has_its_sentence_in_both_languages() -> None:
    """With the same fields."""
    tables = [words(language) for language in LANGUAGES]
    kinds = {kind for _, kind, _ in EXCEPTIONS} | {
        "empty",
        "first_only",
        "kept",
        "more_after",
        "count",
        "keys",
        "none_there",
        "argument_changed",
        "shared_state",
        "dictionary",
    }
    for catalogue in ("generals", "ratios"):
        first, *others = [getattr(each, catalogue) for each in tables]
        for other in others:
            assert {key for key in first if not key.endswith("_one")} <= set(other)
            for key in set(first) & set(other):
                assert fields(first[key]) == fields(other[key]), key
    assert kinds == {key for key in tables[0].generals if not key.endswith("_one")}
    said = {kind for _, _, _, kind, _, _ in RATIOS if kind}
    assert said < set(tables[0].ratios)


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


# ── by hand ─────────────────────────────────────────────────────────────────────────────────────────────────────────

NODES = ("out", "e", "d", "c", "a", "b")
BY_HAND = [
    # the six answers, which of them are slips, what is said
    ((1, 5, -15, -15, 30, -50), (), ""),
    ((1, 5, 15, 15, -30, 10), ("d",), "The first slip is at d. From there on your answers are consistent: c, a, b"),
    ((1, 12, -36, -36, 72, -120), ("e",), "The first slip is at e. From there on your answers are consistent"),
    ((1, 5, -15, -15, 31, -50), ("a",), "The only slip is at a: all other answers are right."),
    ((0, 5, -15, -15, 30, -50), ("out",), "The only slip is at out"),
    ((1, 5, 15, 14, -27, -50), ("d", "c"), "The first slip is at d; others, which do not come from it, are at c."),
    ((1, 5, -15, 7, None, None), ("c",), "The only slip is at c"),
    ((1, 5, None, 7, -6, 4), (), ""),  # without d nobody knows what c follows from
]


@pytest.mark.parametrize(("answers", "slips", "sentence"), BY_HAND)
def test_answers_by_hand_are_followed(answers: tuple[float | None, ...], slips: tuple[str, ...], sentence: str) -> None:
    one = exercise(3)
    source = f"ANSWERS = {dict(zip(NODES, answers, strict=True))}\n"
    result = table(one.name).judged(answered(one, {one.name: source}))
    assert result.slips == slips
    for language in LANGUAGES:
        said = report(result, words(language))
        assert "-15" not in said.sentence, "a number that is asked for"
    assert sentence in report(result, words("en")).sentence


def test_a_mistake_with_a_name_is_followed_too() -> None:
    """The note says where the slip is."""
    one = exercise(3)
    source = f"ANSWERS = {dict(zip(NODES, (1, 5, -15, -15, 45, -50), strict=True))}\n"
    result = table(one.name).judged(answered(one, {one.name: source}))
    assert (result.bug, result.slips) == ("M01", ("a",))
    assert "The only slip is at a" in " ".join(report(result, words("en")).notes)


def test_how_answers_follow_agrees_with_the_drawing() -> None:
    """The right answers follow from themselves; these are computed by the solution, from the drawing."""
    one = exercise(3)
    numbers = {name: outcome.items[0] for name, outcome in table(one.name).right.items()}
    assert {name: follow(numbers) for name, follow in one.check.FOLLOWS.items()} == numbers
