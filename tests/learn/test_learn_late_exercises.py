"""Exercises 10 to 23: right answers pass in every style and on every engine, and each planted bug is named.

Expected numbers are written down here, or measured by nudging; none comes from the code under test.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from autograd.learn.checking.diagnose import diagnose
from autograd.learn.checking.misconceptions import BUGS, bug_id
from autograd.learn.exercises.exercise import EXERCISES, Exercise, exercise
from autograd.learn.exercises.probes import Outcome, same
from autograd.learn.reporting.texts import page, words
from autograd.util.language import LANGUAGES

LATE = [one for one in EXERCISES if one.number >= 10]
EACH = pytest.mark.parametrize("one", LATE, ids=lambda one: one.name)
ENGINES = [one for one in LATE if any(part.name == "e07_value" for part in one.needs)]

# Right engines in other styles, by the exercises that are written otherwise.
STYLES = {
    "micrograd": {"e07_value": "alt_micrograd", "e09_backward": "alt_micrograd"},
    "generated": {"e05_rules_two": "alt_from_others", "e06_rules_three": "alt_by_slope", "e07_value": "alt_generated"},
    "waiting": {"e04_rules": "alt_named_functions", "e08_toposort": "alt_kahn", "e09_backward": "alt_waiting"},
    "dictionary": {"e05_rules_two": "alt_table", "e08_toposort": "alt_depth", "e09_backward": "alt_dictionary"},
}


def wrong(one: Exercise, sources: Mapping[str, str]) -> list[str]:
    """The probes that are not as they should be."""
    found = one.outcomes(sources)
    return [name for name, outcome in right(one.name).items() if not same(found[name], outcome)]


@lru_cache
def right(name: str) -> dict[str, Outcome]:
    return Exercise(name).outcomes()


@lru_cache
def mutants(name: str) -> dict[str, dict[str, Outcome]]:
    one = Exercise(name)
    return {bug: one.outcomes(sources) for bug, sources in one.mutants.items()}


@contextmanager
def solved(number: int) -> Iterator[Any]:
    """The names that the solution of an exercise defines, as attributes."""
    with exercise(number).ready() as namespace:
        yield type("Solved", (), {name: staticmethod(thing) for name, thing in namespace.items() if callable(thing)})


def slope(f: Any, xs: list[float], i: int, h: float = 1e-6) -> float:
    def at(step: float) -> float:
        return float(f([x + step * (j == i) for j, x in enumerate(xs)]))

    return (at(h) - at(-h)) / (2 * h)


# ── right answers ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_are_there() -> None:
    assert [one.number for one in LATE] == list(range(10, 24))


@EACH
def test_reference_ends_without_an_error(one: Exercise) -> None:
    assert [name for name, outcome in right(one.name).items() if outcome.error] == []


@EACH
def test_other_styles_are_accepted(one: Exercise) -> None:
    assert len(one.alternatives) >= 2
    for style in one.alternatives:
        assert wrong(one, {**one.in_style(style), one.name: one.source(style)}) == [], style


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("one", ENGINES, ids=lambda one: one.name)
def test_any_right_engine_will_do(one: Exercise, style: str) -> None:
    assert wrong(one, {part: Exercise(part).source(file) for part, file in STYLES[style].items()}) == []


LOCAL = [one for one in LATE if any(part.name == "e18_local_derivatives" for part in one.needs)]


@pytest.mark.parametrize("one", LOCAL, ids=lambda one: one.name)
def test_any_right_value_with_local_derivatives_will_do(one: Exercise) -> None:
    for part in one.needs:
        for style in part.alternatives:
            assert wrong(one, {part.name: part.source(style)}) == [], (part.name, style)


# ── wrong answers ───────────────────────────────────────────────────────────────────────────────────────────────────


@EACH
def test_starter_is_not_written(one: Exercise) -> None:
    found = one.outcomes({one.name: one.source("starter")})
    assert {outcome.error for outcome in found.values()} == {"NotImplementedError"}


@EACH
@pytest.mark.parametrize("body", ["pass", "return 0", "return []", "return args[0]"])
def test_empty_answers_fail(one: Exercise, body: str) -> None:
    with one.ready() as namespace:
        is_function = {name: callable(namespace[name]) for name in one.names}
    source = "\n".join(
        f"def {name}(*args, **options):\n    {body}" if is_function[name] else f"{name} = None" for name in one.names
    )
    assert wrong(one, {one.name: source})


@EACH
def test_each_bug_is_named(one: Exercise) -> None:
    for bug, vector in mutants(one.name).items():
        found = diagnose(vector, right(one.name), mutants(one.name), one.groups)
        assert found, f"{bug} passes"
        assert found.bug, f"{bug} is not named"
        assert bug_id(found.bug) == bug_id(bug), f"{bug} is called {found.bug}"
        assert bug_id(bug) in BUGS


@EACH
def test_bugs_differ(one: Exercise) -> None:
    seen: list[tuple[str, dict[str, Outcome]]] = []
    for bug, vector in mutants(one.name).items():
        for other, known in seen:
            if bug_id(other) != bug_id(bug):
                assert not all(same(vector[name], known[name]) for name in vector), (bug, other)
        seen.append((bug, vector))


def test_only_single_answers_are_uncertain() -> None:
    """Where a bug shows in one probe only, it says "looks like"."""
    for one in LATE:
        for bug, vector in mutants(one.name).items():
            shows = [name for name, outcome in right(one.name).items() if not same(vector[name], outcome)]
            assert len(shows) > 1 or (one.number == 17 and bug_id(bug).startswith("Q")), (one.name, bug)


# ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_texts(one: Exercise, language: str) -> None:
    text = page(one.name, language)
    assert text.title
    assert text.task
    assert text.learnt
    assert len(text.hints) == 3
    assert "____" in text.hints[2]
    for bug in {bug_id(bug) for bug in one.check.MUTANTS}:
        assert 20 < len(words(language).bug(bug)) <= 160 or language == "zh", bug
        assert words(language).bug(bug), bug
    told = "\n".join([text.task, *text.hints, text.learnt, *(words(language).bug(bug) for bug in one.check.MUTANTS)])
    assert not {"just", "simply", "obviously", "easy"} & set(told.lower().split())


# ── 10 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_planted_engines() -> None:
    """Which of the five are right is measured, on functions that the solution does not try."""
    check = exercise(10).check
    functions = [
        lambda a, b: a * a + b * b,
        lambda a, b: 1 / (a * b),
        lambda a, b: (a.tanh() - b).exp(),
        lambda a, b: b,
    ]
    broken = {
        name
        for name, engine in check.ENGINES.items()
        for f in functions
        for i in range(2)
        if not math.isclose(
            engine(f, [0.7, 1.9])[1][i],
            slope(lambda xs, engine=engine, f=f: engine(f, xs)[0], [0.7, 1.9], i),
            rel_tol=1e-6,
            abs_tol=1e-8,
        )
    }
    assert broken == {"a", "c", "e"}
    assert {check.ENGINES[name] for name in broken} == {check.SAME_ENGINES[name] for name in ("south", "west", "east")}


def test_example_of_gradcheck() -> None:
    with solved(10) as own:

        def f(xs: list[float]) -> tuple[float, list[float]]:
            return xs[0] ** 2 * xs[1], [2 * xs[0] * xs[1], 3 * xs[0]]

        assert own.gradcheck(f, [5.0, 4.0]) == [1]
        assert own.gradcheck(f, [3.0, 4.0]) == []


# ── 11 and 12 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_network_by_hand() -> None:
    with solved(11) as own:
        model = own.MLP(2, [3, 1])
        for p in model.parameters():
            p.data = 0.5
        assert len(model.parameters()) == 13
        assert [y.data for y in model([1.0, 2.0])] == [pytest.approx(0.5 * 3 * math.tanh(2.0) + 0.5)]


def test_losses_by_hand() -> None:
    with solved(12) as own:

        def of(rows: list[list[float]]) -> Any:
            return [[own.Value(x) for x in row] for row in rows]

        assert own.mse_loss(of([[1.0, 3.0], [0.0, 2.0]]), [[0.0, 1.0], [0.0, 5.0]]).data == 3.5
        assert [p.data for p in own.softmax(of([[0.0, 0.0]]))[0]] == [0.5, 0.5]
        assert own.cross_entropy(of([[0.0, 0.0]]), [1]).data == pytest.approx(math.log(2))
        assert own.cross_entropy(of([[1.0, 2.0, 3.0]]), [2]).data == pytest.approx(0.4076059644, abs=1e-10)
        expected = [0.0900305732, 0.2447284711, -0.3347590442]
        assert own.cross_entropy_gradient([[1.0, 2.0, 3.0]], [2])[0] == pytest.approx(expected, abs=1e-10)


def test_gradients_of_the_losses_by_nudging() -> None:
    rows, targets, classes = [[0.3, -1.2, 0.8], [2.0, 0.1, -0.4]], [[1.0, 0.0, 0.5], [-1.0, 2.0, 0.25]], [2, 0]
    flat = [x for row in rows for x in row]

    def mean_square(xs: list[float]) -> float:
        return float(np.mean((np.reshape(xs, (2, 3)) - targets) ** 2))

    def cross_entropy(xs: list[float]) -> float:
        z = np.reshape(xs, (2, 3))
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return float(-np.mean(np.log(p[[0, 1], classes])))

    with solved(12) as own:
        mse, ce = own.mse_gradient(rows, targets), own.cross_entropy_gradient(rows, classes)
    for i in range(6):
        assert mse[i // 3][i % 3] == pytest.approx(slope(mean_square, flat, i), abs=1e-8)
        assert ce[i // 3][i % 3] == pytest.approx(slope(cross_entropy, flat, i), abs=1e-8)


# ── 13 and 14 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_training_by_hand() -> None:
    with solved(13) as own:
        w = own.Value(1.0)
        assert own.train([3.0], [6.0], w, lr=0.01, most=3) == pytest.approx([1.18, 1.3276, 1.448632])
        assert w.data == pytest.approx(1.448632)
        path = own.train([1.0, 2.0, 3.0], [3.0, 6.0, 9.0], own.Value(0.0))
        assert 10 < len(path) < 1000
        assert path[-1] == pytest.approx(3.0, abs=1e-3)


# From 0 on (x - 3)² with lr 0.1: measured with PyTorch.
DOWNHILL = {
    "sgd_momentum": [0.6, 1.62, 2.814],
    "adam": [0.0999999998, 0.1998972926, 0.2996184765],
}


@pytest.mark.parametrize("name", DOWNHILL)
def test_optimizers_downhill(name: str) -> None:
    with solved(14) as own:
        w, state, path = [0.0], {}, []
        for _ in range(3):
            w = getattr(own, name)(w, [2 * (w[0] - 3)], state)
            path.append(w[0])
    assert path == pytest.approx(DOWNHILL[name], abs=1e-9)


def test_optimizers_on_fixed_gradients() -> None:
    with solved(14) as own:
        w, state, path = [1.0], {}, []
        for g in (2.0, -1.0, 0.5):
            w = own.adam(w, [g], state)
            path.append(w[0])
        assert path == pytest.approx([0.9, 0.8734, 0.8393], abs=1e-4)
        w, state = [1.0], {}
        assert own.rmsprop(w, [2.0], state)[0] == pytest.approx(1 - 0.1 * 2 / math.sqrt(0.01 * 4), abs=1e-6)
        assert own.clip_norm([3.0, 4.0], 1.0) == pytest.approx([0.6, 0.8])
        assert own.clip_norm([0.3, 0.4], 1.0) == [0.3, 0.4]
        assert own.l2([2.0], [1.0], 0.5)[0] == pytest.approx(1.0 + slope(lambda w: 0.5 / 2 * w[0] ** 2, [2.0], 0))


# ── 15 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sizes", [(3, 3, 3, 3), (4, 2, 3, 5)])
def test_batch_by_nudging(sizes: tuple[int, int, int, int]) -> None:
    parameters, X, classes = exercise(15).check.example(*sizes)
    names = list(parameters)
    flat = [float(x) for name in names for x in parameters[name].ravel()]

    def unflat(xs: list[float]) -> dict[str, Any]:
        found, place = {}, 0
        for name in names:
            found[name] = np.reshape(xs[place : place + parameters[name].size], parameters[name].shape)
            place += parameters[name].size
        return found

    def cross_entropy(xs: list[float]) -> float:
        p = unflat(xs)
        z = np.tanh(X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
        return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(X)), classes]))

    with solved(15) as own:
        found = own.gradients(parameters, X, classes)
        moved = own.step(parameters, X, classes, 0.25)
    expected = unflat([slope(cross_entropy, flat, i) for i in range(len(flat))])
    for name in names:
        assert np.allclose(found[name], expected[name], atol=1e-8)
        assert np.allclose(moved[name], parameters[name] - 0.25 * expected[name], atol=1e-8)


def test_squared_error() -> None:
    with solved(15) as own:
        assert own.squared_error(np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 4.0])) == pytest.approx(1 / 3)


# ── 16 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def written(file: str) -> tuple[Any, list[Any]]:
    one = exercise(16)
    with one.ready({one.name: one.source(file)}) as namespace:
        return one.check, namespace["TESTS"]


def test_forty_two_engines() -> None:
    """They are broken: each gives a wrong number somewhere in the battery of exercise 9."""
    check, battery = exercise(16).check, exercise(9)
    assert len(check.BROKEN) == 42
    assert set(check.BROKEN) <= set(battery.mutants)
    assert check.ENOUGH == 35
    for bug in check.BROKEN:
        found = battery.outcomes(battery.planted(bug))
        assert any(not same(found[name], outcome) for name, outcome in battery.outcomes().items() if "zero" not in name)


@pytest.mark.parametrize(("file", "least"), [("solution", 42), ("alt_table", 42), ("alt_nudging", 41)])
def test_reference_tests_notice(file: str, least: int) -> None:
    check, tests = written(file)
    matrix = check.matrix(tests)
    assert list(matrix) == list(check.BROKEN)
    assert sum(any(row.values()) for row in matrix.values()) >= least
    assert len(next(iter(matrix.values()))) == len(tests)
    names, *lines = check.table(tests)
    assert len(names.split()) == len(tests)
    assert [line.count("x") for line in lines] == [sum(row.values()) for row in matrix.values()]


def test_runaway_engines_end() -> None:
    """Without a visited set, sixty doublings would take until the end of time."""

    def test_doublings(Value: Any) -> None:
        y = a = Value(1.0)
        for _ in range(60):
            y = y + y
        y.backward()
        assert a.grad == 2.0**60

    before = sys.getprofile()
    row = exercise(16).check.matrix([test_doublings])
    assert row["M05"]["test_doublings"]
    assert row["M04"]["test_doublings"]
    assert not row["M22"]["test_doublings"]
    assert sys.getprofile() is before


def test_written_one_name_all_count() -> None:
    def made(expected: float) -> Any:
        def test(Value: Any) -> None:
            a = Value(2.0)
            (a * 3).backward()
            assert a.grad == expected

        return test

    check = exercise(16).check
    assert len(check.collected([made(3.0), made(3.0)])) == 2
    with pytest.raises(check.FailsOnARightEngine, match="test 2"):
        check.right_engine([made(3.0), made(4.0)])


def test_a_failing_test_notices_nothing() -> None:
    def test_wrong(Value: Any) -> None:
        raise AssertionError

    assert exercise(16).check.noticed([test_wrong]) == set()


# ── 17 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_starter_has_the_data_of_the_check() -> None:
    one = exercise(17)
    found: dict[str, Any] = {"__name__": "starter"}
    with one.ready():
        exec(one.source("starter"), found)  # noqa: S102
    points, labels = found["moons"]()
    assert (points, labels) == (one.check.POINTS, one.check.LABELS)
    assert labels.count(1.0) == labels.count(-1.0) == 20


def test_capstone_answers() -> None:
    """The readings, once more, from numbers: each part of a parameter's gradient by nudging one point's share."""
    one = exercise(17)
    check = one.check
    with one.ready() as namespace:
        network, train = namespace["network"], namespace["train"]
        model = network()
        train(model, check.POINTS, check.LABELS)
        right = sum((model(p).data > 0) == (label > 0) for p, label in zip(check.POINTS, check.LABELS, strict=True))
        assert right >= 38
        parameters = model.parameters()
        start = [p.data for p in parameters]

        def share(k: int) -> Any:
            def value(xs: list[float]) -> float:
                for p, x in zip(parameters, xs, strict=True):
                    p.data = x
                return float((model(check.POINTS[k]).data - check.LABELS[k]) ** 2 / 2)

            return value

        parts = [[slope(share(k), start, i) for i in range(len(start))] for k in (8, 9)]
        for p, x in zip(parameters, start, strict=True):
            p.data = x
        off = sum(z.data <= 0 for k in (8, 9) for z in model.hidden(check.POINTS[k]))
        answers = namespace["ANSWERS"]
    sums = [sum(both) for both in zip(*parts, strict=True)]
    assert answers["largest"] == pytest.approx(max(abs(g) for part in parts for g in part), rel=0.005)
    assert answers["steepest"] == pytest.approx(max(sums, key=abs), rel=0.005)
    assert answers["zeros"] == sum(abs(g) < 1e-12 for g in sums)
    assert answers["off"] == off
    assert answers["shared"] == len(parameters)


def test_random_is_not_needed_to_repeat() -> None:
    """A check gives the same whatever state random was in."""
    for one in (exercise(11), exercise(17)):
        random.seed(123)
        assert all(same(right(one.name)[name], outcome) for name, outcome in one.outcomes().items())
