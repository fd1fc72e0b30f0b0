"""Where the mistake is: with the reference in that place everything passes, and it is the place that was changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd.learn.authoring.mutations import mutations
from autograd.learn.checking.check import Result, check
from autograd.learn.checking.programs import changed_units
from autograd.learn.exercises.exercise import exercise
from autograd.learn.exercises.probes import same


def changed(number: int, *changes: tuple[str, str]) -> str:
    """The solution with these changes."""
    source = exercise(number).source()
    for old, new in changes:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


def checked(folder: Path, texts: dict[int, str], search_seconds: float = 1.5) -> Result:
    """The check of the last of these files, on all of them."""
    for number, text in texts.items():
        (folder / f"{exercise(number).name}.py").write_text(text, encoding="utf-8")
    last = exercise(max(texts))
    return check(last, folder / f"{last.name}.py", "mine", search_seconds=search_seconds)


def places(result: Result) -> list[tuple[str, str]]:
    return [(place.exercise[:3], place.function) for place in result.places]


def with_other_names(*changes: tuple[str, str]) -> str:
    """Exercise 11 with names of its own, and these changes."""
    text = exercise(11).source()
    for old, new in (("self.bias", "self.b"), ("self.weights", "self.w"), ("is_linear", "narrow"), *changes):
        assert old in text, old
        text = text.replace(old, new)
    return text


OWN_ROOT = """
class Value:
    def __init__(self, number, made_from=(), how=None):
        self.number, self.made_from, self.how = number, made_from, how

    data = property(lambda self: self.number)
    parents = property(lambda self: self.made_from)
"""
RPOW = "    def __rpow__(self, other):\n        return made_by(pow_rule, other, self)\n"
IN_PLACE = "    def __iadd__(self, other):\n        self.data += other\n        return self\n\n"
SHARED = """
operands = []


def mul_rule(a, b):
    operands[:] = [b, a]
    return a * b, lambda g: tuple(g * x for x in operands)
"""
ATTRIBUTE = """
def mul_rule(a, b):
    mul_rule.other = b
    return a * b, lambda g: (g * mul_rule.other, g * a)
"""
SUB, RDIV = ("(g, -g)", "(g, g)"), ("-g * other / a**2", "g * other / a**2")
LOOP = ("    return order\n", "    while order:\n        seen.clear()\n    return order\n")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({4: changed(4, ("(g * b, g * a)", "(b, a)"))}, [("e04", "mul_rule")]),
        ({5: changed(5, SUB, RDIV)}, [("e05", "sub_rule"), ("e05", "rdiv")]),
        ({5: changed(5, RDIV), 7: exercise(7).source()}, [("e05", "rdiv")]),
        (
            {5: changed(5, RDIV), 6: changed(6, ("1 - out**2", "1 - x**2")), 7: exercise(7).source()},
            [("e05", "rdiv"), ("e06", "tanh_rule")],
        ),
        (
            {7: changed(7, ("made_by(sub_rule, self, other)", "made_by(sub_rule, other, self)"))},
            [("e07", "Value.__sub__")],
        ),
        ({7: changed(7, (RPOW, ""))}, [("e07", "Value.__rpow__")]),
        ({7: changed(7, (RPOW, "    __rpow__ = __pow__\n"))}, [("e07", "Value.__rpow__")]),
        # what only the learner's class or file has
        ({7: changed(7, ("    def __neg__", IN_PLACE + "    def __neg__"))}, [("e07", "Value.__iadd__")]),
        (
            {7: changed(7, ("(out, parents, pull)", "(out, parents[::-1], pull)")).replace("made_by", "apply")},
            [("e07", "apply")],
        ),
        ({7: exercise(7).source().partition("class")[0] + OWN_ROOT}, [("e07", "Value")]),
        ({1: f"exec({changed(1, ('/ (2', '* (2'))!r})"}, [("e01", "")]),
        ({18: changed(18, ("(1.0, -1.0)", "(1.0, 1.0)"))}, [("e18", "Value.__sub__")]),
        ({22: changed(22, ("sum(x * y", "sum(x + y"))}, [("e22", "dot")]),
        # attributes and arguments under other names
        ({11: with_other_names(("total = total + w * x", "total = w * x"))}, [("e11", "Neuron.__call__")]),
        ({11: with_other_names(("sizes[i + 1], narrow", "sizes[-1], narrow"))}, [("e11", "MLP.__init__")]),
        # with so few steps as in the reference the learner's own network is not trained enough
        (
            {17: changed(17, ("seed=56", "seed=1"), ("steps=200", "steps=280"), ("i % len", "(i + 1) % len"))},
            [("e17", "train")],
        ),
        # what the learner's file does not import is not to blame
        (
            {1: changed(1, ("(2 * h)", "h")), 2: exercise(2).source("alt_copies").replace("2 * h", "h")},
            [("e02", "grad")],
        ),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, dict) else None,
)
def test_places(tmp_path: Path, texts: dict[int, str], expected: list[tuple[str, str]]) -> None:
    result = checked(tmp_path, texts)
    assert places(result) == expected
    assert (result.located is None) == (len(expected) > 1)


def test_what_calls_share_is_named_where_it_matters(tmp_path: Path) -> None:
    """A memory of right results does not matter."""
    memory = "results = {}\n\n\ndef mul_rule(a, b):\n    results[a, b] = a * b\n    return a * b, lambda g: (b, a)\n"
    add = exercise(4).source().partition("def mul_rule")[0]
    for shared, name in ((SHARED, "operands"), (ATTRIBUTE, "mul_rule.other")):
        general = checked(tmp_path, {4: add + shared}).general
        assert general
        assert (general.kind, general.fields) == ("state shared by calls", {"name": name})
    result = checked(tmp_path, {4: add + memory})
    assert (result.bug, result.shared) == ("M13", "")


def test_an_earlier_file_that_is_imported_and_not_there_is_the_solution(tmp_path: Path) -> None:
    sub_rule = (
        "def sub_rule(a, b):\n    out, pull = add_rule(a, -b)\n    return out, lambda g: (pull(g)[0], -pull(g)[1])\n"
    )
    source = exercise(5).source().replace("import math\n", "import math\n\nfrom e04_rules import add_rule\n")
    start, end = source.index("def sub_rule"), source.index("\n\ndef div_rule")
    assert checked(tmp_path, {5: source[:start] + sub_rule + source[end:]}).state == "passed"


def test_a_loop_without_end_is_located(tmp_path: Path) -> None:
    source = exercise(8).source().replace(*LOOP)
    (tmp_path / "e08_toposort.py").write_text(source, encoding="utf-8")
    result = check(exercise(8), tmp_path / "e08_toposort.py", seconds=0.8)
    assert (result.problem, places(result)) == ("timeout", [("e08", "toposort")])


def test_a_name_from_elsewhere_is_not_given(tmp_path: Path) -> None:
    """It looks like a product's mistake in exercise 4, which the file uses; and the file is not to blame."""
    texts = {
        4: exercise(4).source(),
        7: changed(7, ("rule(*[parent.data for parent in parents])", "rule(*[1.0 for _ in parents])")),
    }
    result = checked(tmp_path, texts)
    assert result.located
    assert result.located.exercise == "e07_value"
    assert result.bug is None or result.bug in {bug.partition("/")[0] for bug in exercise(7).check.MUTANTS}


def test_without_a_search_no_place_is_known(tmp_path: Path) -> None:
    result = checked(tmp_path, {4: changed(4, ("(g * b, g * a)", "(b, a)"))}, search_seconds=0.0)
    assert (result.places, result.bug) == ((), "M13")


def test_it_is_said_when_the_search_begins(tmp_path: Path) -> None:
    path, begun = tmp_path / "e04_rules.py", []
    for source in (exercise(4).source(), changed(4, ("(g, g)", "(g, 2 * g)"))):
        path.write_text(source, encoding="utf-8")
        check(exercise(4), path, searching=lambda: begun.append(path.read_text(encoding="utf-8")))
    assert begun == [source]


@pytest.mark.parametrize("number", [5, *(pytest.param(number, marks=pytest.mark.long) for number in (14, 23))])
def test_a_random_slip_is_found_where_it_is(tmp_path: Path, number: int) -> None:
    """The function with the slip, put right in the text, passes; three slips of each exercise."""
    one, source = exercise(number), exercise(number).source()
    slips = [text for text in mutations(source) if len(changed_units(source, text)) == 1]
    for text in slips[:: len(slips) // 3]:
        result = checked(tmp_path, {number: text})
        if result.state == "passed" or not result.outcomes:
            continue
        assert {place.function for place in result.places} == changed_units(source, text)
    assert all(same(outcome, one.outcomes()[name]) for name, outcome in result.right.items())
