"""The checks of the exercises name the mistake: each planted bug by its own id, one of two, unknown ones not at all.

Expected numbers do not come from the code under test: the references of exercises 4 to 9 are compared with nudging.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest

from autograd.learn.authoring.verify import pairs, table
from autograd.learn.checking.diagnose import diagnose, is_evidence
from autograd.learn.checking.misconceptions import BUGS, bug_id
from autograd.learn.exercises.exercise import EXERCISES, Exercise, exercise
from autograd.learn.exercises.probes import Outcome, run_probes, same
from autograd.learn.reporting.texts import words
from autograd.util.language import LANGUAGES

TRACK = pytest.mark.parametrize("one", EXERCISES, ids=lambda one: one.name)


def counted(one: Exercise) -> dict[str, Outcome]:
    """The right outcomes, without those at a kink, which are a convention."""
    return {name: outcome for name, outcome in table(one.name).right.items() if name not in one.kinks}


def wrong(one: Exercise, found: dict[str, Outcome]) -> list[str]:
    return [name for name, outcome in counted(one).items() if not same(found[name], outcome)]


def named(one: Exercise, found: dict[str, Outcome], without: tuple[str, ...] = ()) -> Any:
    """The diagnosis, with some bugs left out of the list."""
    known = {bug: vector for bug, vector in table(one.name).vectors.items() if bug_id(bug) not in without}
    right = counted(one) if wrong(one, found) else table(one.name).right
    return diagnose(found, right, known, one.groups)


# ── each bug alone ──────────────────────────────────────────────────────────────────────────────────────────────────


@TRACK
def test_every_bug_is_killed_and_named(one: Exercise) -> None:
    for bug, vector in table(one.name).vectors.items():
        found = named(one, vector)
        assert found is not None, f"{bug} passes"
        assert bug_id(found.bug or "") == bug_id(bug), f"{bug} is called {found.bug}"
        evidence = [name for name in found.wrong if is_evidence(vector[name], table(one.name).right[name])]
        assert found.certain == (len(found.wrong) > 1 and bool(evidence)), f"{bug} is not certain"
        assert found.others == 0


@TRACK
def test_no_two_bugs_look_alike(one: Exercise) -> None:
    vectors = table(one.name).vectors
    for first, second in combinations(vectors, 2):
        assert any(not same(vectors[first][name], vectors[second][name]) for name in one.probes), (first, second)


@TRACK
def test_right_answers_in_other_styles_pass(one: Exercise) -> None:
    assert len(one.alternatives) >= 2
    for style in one.alternatives:
        found = one.outcomes(one.in_style(style))
        assert all(same(found[name], outcome) for name, outcome in table(one.name).right.items()), style


@TRACK
def test_the_reference_ends_without_an_error(one: Exercise) -> None:
    for name, outcome in table(one.name).right.items():
        assert not outcome.error, name
        assert all(not isinstance(item, float) or math.isfinite(item) for item in outcome.items), name


@TRACK
@pytest.mark.parametrize("kind", ["None", "0", "the first expected value"])
def test_a_constant_fails(one: Exercise, kind: str) -> None:
    first = next(iter(table(one.name).right.values())).items
    constant = {"None": None, "0": 0, "the first expected value": first[0] if len(first) == 1 else first}[kind]
    with one.ready() as namespace:
        for name in one.names:
            namespace[name] = (lambda *_, **__: constant) if callable(namespace[name]) else constant
        assert wrong(one, run_probes(one.probes, namespace))


def test_bugs_have_sentences_and_are_planted() -> None:
    planted = {bug_id(bug) for one in EXERCISES for bug in one.mutants}
    assert planted == set(BUGS)
    for language in LANGUAGES:
        assert set(words(language).bugs) == set(BUGS)
        assert all(0 < len(sentence) <= 160 for sentence in words(language).bugs.values())


# ── several bugs, and unknown ones ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.long
def test_of_two_bugs_a_true_one_is_named() -> None:
    found = pairs("e09_backward")
    assert found.total >= 861
    assert len(found.false) <= 0.004 * found.total, found.false
    assert found.true >= 0.8 * found.total


def test_an_unknown_bug_is_not_given_another_name() -> None:
    """Each bug in turn is left out of the list, as if it were not known; a name that is given then is false."""
    names, total = list[str](), 0
    for one in EXERCISES:
        for bug, vector in table(one.name).vectors.items():
            if wrong(one, vector):
                found = named(one, vector, without=(bug_id(bug),))
                total += 1
                assert not found.certain, (one.name, bug, found)
                names += [f"{one.name}: {bug} looks like {found.bug}"] if found.bug else []
    assert total > 600
    assert len(names) <= 0.01 * total, names


def test_a_wrong_outcome_beside_a_bug_does_not_hide_it() -> None:
    one = exercise(5)
    vector = dict(table(one.name).vectors["M19"])
    vector["pow_minus"] = Outcome((1.0, 2.0))
    found = named(one, vector)
    assert (found.bug, found.certain, found.others) == ("M19", False, 1)


def test_of_two_bugs_that_explain_everything_the_greater_one_is_named() -> None:
    right = {name: Outcome((1.0,)) for name in "abcd"}
    first = {**right, "a": Outcome((2.0,)), "b": Outcome((3.0,)), "c": Outcome((4.0,))}
    second = {**right, "c": Outcome((5.0,)), "d": Outcome((6.0,))}
    both = {**first, "c": Outcome((7.0,)), "d": second["d"]}
    found = diagnose(both, right, {"M01": first, "M10": second})
    assert found is not None
    assert (found.bug, found.certain, found.probe, found.others) == ("M01", False, "a", 2)
    for name in "abd":
        unexplained = diagnose({**both, name: Outcome((8.0,))}, right, {"M01": first, "M10": second})
        assert unexplained is not None
        assert unexplained.bug is None, name


@pytest.mark.parametrize(
    ("outcome", "certain"),
    [
        (Outcome((2.0,)), True),
        (Outcome((0.0,)), False),
        (Outcome((1e-12,)), False),
        (Outcome((math.nan,)), False),
        (Outcome(()), False),
        (Outcome((None,)), True),
        (Outcome(error="TypeError"), False),
        (Outcome(error="TooFew"), True),  # an exception of a check says what is wrong
    ],
)
def test_what_has_many_causes_is_no_evidence(outcome: Outcome, certain: bool) -> None:
    right = {"a": Outcome((1.0,)), "b": Outcome((1.0,))}
    vector = dict.fromkeys(right, outcome)
    found = diagnose(vector, right, {"M13": vector})
    assert found is not None
    assert (found.bug, found.certain) == ("M13", certain)


def test_one_agreeing_probe_is_not_enough_beside_others() -> None:
    one = exercise(5)
    vector = {**table(one.name).right, "div": table(one.name).vectors["M19"]["div"], "pow": Outcome((1.0,))}
    assert named(one, vector).bug is None


def test_of_bugs_that_fit_alike_structure_comes_first() -> None:
    right = {"a": Outcome((1.0,)), "b": Outcome((2.0,))}
    other = {"a": Outcome((0.0,)), "b": Outcome((0.0,))}
    found = diagnose(other, right, {"M09": other, "M13": other, "M06": other})
    assert found is not None
    assert (found.bug, found.certain) == ("M06", False)
    assert diagnose(right, right, {"M06": other}) is None


# ── the references, against nudging ─────────────────────────────────────────────────────────────────────────────────

FUNCTIONS: dict[str, Callable[..., float]] = {
    "add_rule": lambda a, b: a + b,
    "mul_rule": lambda a, b: a * b,
    "neg_rule": lambda a: -a,
    "sub_rule": lambda a, b: a - b,
    "div_rule": lambda a, b: a / b,
    "pow_rule": lambda a, b: a**b,
    "rsub": lambda a, other: other - a,
    "rdiv": lambda a, other: other / a,
    "exp_rule": math.exp,
    "log_rule": math.log,
    "tanh_rule": math.tanh,
    "sigmoid_rule": lambda x: (1 + math.tanh(x / 2)) / 2,
    "relu_rule": lambda x: max(x, 0.0),
}
H = 1e-5


def nudged(f: Callable[..., float], *xs: float) -> list[float]:
    """The slope by each argument; 0 where f is not real to either side, as for the exponent of a negative base."""
    slopes = []
    for i, x in enumerate(xs):
        h = H * abs(x) or H
        right, left = (f(*xs[:i], x + step, *xs[i + 1 :]) for step in (h, -h))
        slopes.append(0.0 if isinstance(right, complex) else (right - left) / (2 * h))
    return slopes


@pytest.mark.parametrize("number", [4, 5, 6])
def test_the_rules_agree_with_nudging(number: int) -> None:
    def rule(f: Callable[..., float]) -> Callable[..., Any]:
        return lambda *xs: (f(*xs), lambda g: [g * slope for slope in nudged(f, *xs)])

    one = exercise(number)
    found = run_probes(one.probes, {name: rule(FUNCTIONS[name]) for name in one.names})
    for name, outcome in counted(one).items():
        assert found[name].items == pytest.approx(outcome.items, rel=1e-6, abs=1e-9), name


class Plain:
    """A number in place of a Value: it computes forward and nothing else. Each one made by the probe can be nudged."""

    made: list[Plain]
    grad = 0.0
    nudge: tuple[int, float] = (-1, 0.0)

    def __init__(self, data: float) -> None:
        self.data = data + (self.nudge[1] if len(self.made) == self.nudge[0] else 0.0)
        self.made.append(self)


def _plain(name: str) -> Any:
    def method(*operands: Any) -> Plain:
        found = object.__new__(Plain)
        found.data = FUNCTIONS[name](*[x.data if isinstance(x, Plain) else x for x in operands])
        return found

    return method


for _operator, _name in {
    "add": "add_rule",
    "sub": "sub_rule",
    "mul": "mul_rule",
    "truediv": "div_rule",
    "pow": "pow_rule",
}.items():
    setattr(Plain, f"__{_operator}__", _plain(_name))
for _operator, _name in {
    "rsub": "rsub",
    "rtruediv": "rdiv",
    "radd": "add_rule",
    "rmul": "mul_rule",
    "neg": "neg_rule",
}.items():
    setattr(Plain, f"__{_operator}__", _plain(_name))
Plain.__rpow__ = lambda self, other: _plain("pow_rule")(other, self)  # type: ignore[attr-defined]
for _name in ("exp", "log", "tanh", "sigmoid", "relu"):
    setattr(Plain, _name, _plain(f"{_name}_rule"))


def outputs_and_leaves(source: str, nudge: tuple[int, float] = (-1, 0.0)) -> tuple[list[float], dict[str, Any], int]:
    """What backward was called on, or ``arrives`` times its gradient; the names of the probe; how many it made."""
    outputs: list[float] = []
    Plain.made, Plain.nudge = [], nudge
    names: dict[str, Any] = {
        "Value": Plain,
        "backward": lambda y: outputs.append(y.data),
        "arrives": lambda y, g, *_: outputs.append(g * y.data),
    }
    tree = ast.parse(source)
    last = tree.body.pop()
    exec(compile(tree, "<probe>", "exec"), names)  # noqa: S102
    if "arrives(" in ast.unparse(last):
        eval(ast.unparse(last), {**names, "len": len})
    return outputs, names, len(Plain.made)


def gradients(source: str) -> dict[str, float]:
    """Name → derivative of all outputs together, for the Values that the probe makes itself."""
    _, names, count = outputs_and_leaves(source)
    leaves = list(Plain.made)
    found = {}
    for k in range(count):
        right, left = (sum(outputs_and_leaves(source, (k, step))[0]) for step in (H, -H))
        found |= {name: (right - left) / (2 * H) for name, thing in names.items() if thing is leaves[k]}
    return found


def asked_for(source: str) -> Iterator[tuple[int, str]]:
    """The places in the outcome that hold the gradient of a leaf, and its name."""
    last = ast.parse(source).body[-1].value  # type: ignore[attr-defined]
    place = 0
    for part in last.elts if isinstance(last, ast.Tuple) else [last]:
        if isinstance(part, ast.Call) and ast.unparse(part.func) == "arrives":
            for node in part.args[2:]:
                yield place, ast.unparse(node)
                place += 1
            continue
        if isinstance(part, ast.Attribute) and part.attr == "grad":
            yield place, ast.unparse(part.value)
        place += 1


@pytest.mark.parametrize("number", [7, 9])
def test_the_gradients_agree_with_nudging(number: int) -> None:
    one, compared = exercise(number), 0
    for name, outcome in counted(one).items():
        source = one.probes[name]
        if not ("backward(" in source or "arrives(" in source) or ".grad +=" in source:
            continue
        slopes = gradients(source)
        for place, leaf in asked_for(source):
            if leaf in slopes:
                assert outcome.items[place] == pytest.approx(slopes[leaf], rel=1e-5, abs=1e-9), (name, leaf)
                compared += 1
    assert compared >= len(counted(one)) - 3


def test_known_numbers() -> None:
    assert table("e01_nudge").right["cubic"].items == (10.0625,)
    assert table("e02_partials").right["mixed"].items == pytest.approx((9, 16, 3))
    assert [outcome.items for outcome in table("e03_by_hand").right.values()] == [
        (1,),
        (5,),
        (-15,),
        (-15,),
        (30,),
        (-50,),
    ]
    assert all(set(outcome.items) == {"in order"} for outcome in table("e08_toposort").right.values())


def test_inputs_keep_away_from_the_kink() -> None:
    for number in (6, 7, 9):
        one = exercise(number)
        for name, source in one.probes.items():
            if "relu" in source and name not in one.kinks:
                tree = ast.parse(source.replace("pulls[0](0.0)", ""))  # a gradient of 0, and no input
                numbers = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
                assert all(abs(x) > 1e-3 for x in numbers if isinstance(x, float)), name
