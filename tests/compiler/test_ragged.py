"""Ragged families, as the positions of a causal attention: one instruction whatever the lengths, numbers as eagerly."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd
from autograd import NonFiniteError, Value, exp, logsumexp, maximum, minimum, softmax, tanh, where
from autograd.compiler import PASSES, verify
from benchmarks import gpt_model as gpt

weights = [Value(x) for x in np.random.default_rng(1).normal(size=64).tolist()]
checked = settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=list(HealthCheck))
Triangle = Callable[[Sequence[Any]], list[Any]]


def dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    return sum(x * y for x, y in zip(a, b, strict=True))


def attention(x: Sequence[Any], weigh: Callable[[list[Any]], list[Any]], heads: int = 2) -> list[Any]:
    """Each number of x a position: queries, keys and values of two numbers a head, of those up to it."""
    width = 2 * heads
    keys, values, out = [], [], []
    for v in x:
        q, k, u = ([tanh(w * v) for w in weights[i * width : (i + 1) * width]] for i in range(3))
        keys.append(k)
        values.append(u)
        for head in range(heads):
            part = slice(2 * head, 2 * head + 2)
            shares = weigh([dot(q[part], key[part]) for key in keys])
            out += [dot(shares, column) for column in zip(*[value[part] for value in values], strict=True)]
    return out


def of_powers(scores: list[Any]) -> list[Any]:
    powers = [exp(score) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def recurrence(x: Sequence[Any]) -> list[Any]:
    """Each number from all that were computed before it: nothing of one row may wait for a later one."""
    known: list[Any] = [x[0]]
    for v in x[1:]:
        known.append(tanh(sum(weights[i] * y for i, y in enumerate(known)) + v))
    return known


# What each begins of 1, 2, … T terms, and how many instructions it is for every T above 3.
TRIANGLES: dict[str, Triangle] = {
    "softmax attention": lambda x: attention(x, softmax),
    "attention of e^x / Σ": lambda x: attention(x, of_powers),
    "linear attention": lambda x: attention(x, lambda scores: scores),
    "sums of what came before": lambda x: [autograd.sum(x[: i + 1]) for i in range(len(x))],
    "means of squares": lambda x: [autograd.mean([v * v for v in x[: i + 1]]) for i in range(len(x))],
    "largest so far": lambda x: [autograd.max(x[: i + 1]) for i in range(len(x))],
    "smallest so far": lambda x: [autograd.min(x[: i + 1]) for i in range(len(x))],
    "logsumexp so far": lambda x: [logsumexp([w * v for w, v in zip(weights, x[: i + 1])]) for i in range(len(x))],  # noqa: B905
    "of rows and columns": lambda x: [sum(tanh(a * weights[i] - b) for b in x[: i + 1]) for i, a in enumerate(x)],
    "maxima of differences": lambda x: [folded(maximum, [a - b * b for b in x[: i + 1]]) for i, a in enumerate(x)],
    "minima of differences": lambda x: [folded(minimum, [a - b * b for b in x[: i + 1]]) for i, a in enumerate(x)],
    "softmax of powers": lambda x: [softmax([a * b for b in x[: i + 1]])[0] for i, a in enumerate(x)],
    "log_softmax": lambda x: [autograd.log_softmax([a * b for b in x[: i + 1]])[i] for i, a in enumerate(x)],
    "upside down": lambda x: [autograd.sum([exp(a * b) for b in x[i:]]) for i, a in enumerate(x)],
    "any of the conditions": lambda x: [where(any_of([b > a for b in x[: i + 1]]), a, -a) for i, a in enumerate(x)],
}  # fmt: skip
# Each of these goes on from the one before it: a chain, not a triangle.
CHAINS: dict[str, Triangle] = {
    "Python's sums": lambda x: [sum(x[: i + 1]) * weights[0] for i in range(len(x))],
    "weighted sums": lambda x: [dot(weights[: i + 1], x[: i + 1]) for i in range(len(x))],
    "recurrence": recurrence,
}
ALL = TRIANGLES | CHAINS


def folded(choose: Callable[[Any, Any], Any], terms: Sequence[Any]) -> Any:
    out = choose(terms[0], terms[0])
    for term in terms[1:]:
        out = choose(out, term)
    return out


def any_of(conditions: Sequence[Any]) -> Any:
    out = conditions[0]
    for condition in conditions[1:]:
        out = out | condition
    return out


def total(f: Triangle) -> Callable[[Sequence[Any]], Any]:
    """One number: the parts with different factors, so that no two could be exchanged unseen."""
    return lambda x: sum(part * (1.0 + 0.25 * i) for i, part in enumerate(f(list(x))))


def eager(f: Callable[[Any], Any], rows: Any) -> tuple[list[float], Any, Any]:
    """Values, the mean's gradient in the weights, and each row's in the data."""
    values, slopes, of_data = [], np.zeros(len(weights)), []
    for row in rows:
        for weight in weights:
            weight.grad = 0.0
        x = [Value(number) for number in row]
        out = f(x)
        out.backward()
        values.append(out.data)
        slopes += np.array([weight.grad for weight in weights]) / len(rows)
        of_data.append([v.grad for v in x])
    return values, slopes, np.array(of_data)


def check(f: Callable[[Any], Any], rows: Any, relative: float = 1e-10, **options: Any) -> Any:
    program = autograd.compile(f, parameters=weights, **options)
    values, slopes, of_data = eager(f, rows)
    close = {"rtol": relative, "atol": relative * max(1.0, np.abs(values).max(), np.abs(of_data).max())}
    for batch in (rows, rows[::-1]):
        order = slice(None) if batch is rows else slice(None, None, -1)
        np.testing.assert_allclose(program(batch), values[order], **close)
        value, gradient = program.value_and_grad(batch, parameters=program.read())
        np.testing.assert_allclose(value, np.mean(values), **close)
        np.testing.assert_allclose(gradient, slopes, **close)
        np.testing.assert_allclose(program.input_grad(batch), of_data[order], **close)
    return program


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("name", ALL)
def test_a_triangle_gives_what_the_eager_engine_gives(name: str, length: int, way: str) -> None:
    verify(check(total(ALL[name]), np.random.default_rng(length).normal(size=(3, length))))


@pytest.mark.parametrize("name", ALL)
def test_a_triangle_in_float32(name: str, way: str) -> None:
    check(total(ALL[name]), np.random.default_rng(0).normal(size=(2, 6)), relative=1e-4, dtype="float32")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("count", range(len(PASSES) + 1))
def test_after_each_pass_a_triangle_is_legal_and_right(name: str, count: int) -> None:
    rows = np.random.default_rng(0).normal(size=(2, 5))
    verify(check(total(ALL[name]), rows, passes=PASSES[:count]))


@pytest.mark.parametrize("name", TRIANGLES)
def test_a_triangle_is_as_many_instructions_whatever_its_size(name: str) -> None:
    f = TRIANGLES[name]
    counts = [len(autograd.compile(lambda x: f(list(x))).record(np.ones(n)).programs[0]) for n in (4, 5, 8, 13)]
    assert len(set(counts)) == 1
    assert counts[0] <= 25


def test_an_attention_is_two_stacks_of_matrix_products() -> None:
    program = autograd.compile(lambda x: attention(list(x), softmax)).record(np.ones(9)).programs[0]
    products = [program[i].shape for i in range(len(program)) if program[i].operation.name == "matmul"]
    assert products == [(2, 9, 2, 9), (2, 9, 9, 2)]


# ── random triangles ────────────────────────────────────────────────────────────────────────────────────────────────

STEPS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a * b, lambda a, b: a - b, lambda a, b: tanh(a + b), lambda a, b: exp(0.3 * a) * b,
    lambda a, b: where(a > b, a, 0.5 * b), lambda a, b: autograd.relu(a) + b, lambda a, b: a / (1.5 + b * b),
]  # fmt: skip
REDUCTIONS: list[Callable[[Any], Any]] = [
    autograd.sum, sum, autograd.max, autograd.min, logsumexp, lambda xs: softmax(xs)[-1], lambda xs: softmax(xs)[0],
    lambda xs: dot(xs, xs), lambda xs: dot(xs, weights[: len(xs)]), lambda xs: folded(maximum, xs),
]  # fmt: skip
steps, reductions = st.integers(0, len(STEPS) - 1), st.integers(0, len(REDUCTIONS) - 1)
lengths = st.lists(st.integers(1, 6), min_size=3, max_size=7)


@checked
@given(
    inner=st.lists(steps, min_size=1, max_size=3), reduced=st.lists(reductions, min_size=1, max_size=2),
    outer=steps, ends=lengths, seed=st.integers(0, 1000), triangle=st.booleans(),
)  # fmt: skip
def test_random_triangles(
    inner: list[int], reduced: list[int], outer: int, ends: list[int], seed: int, triangle: bool
) -> None:
    """Of each row a chain of operations on its own number and each of the others, reduced; then again, of what came."""
    ends = list(range(1, len(ends) + 1)) if triangle else ends
    rows = np.random.default_rng(seed).normal(size=(2, 7))

    def f(x: Sequence[Any]) -> Any:
        known = list(x)
        for number in reduced:
            found = []
            for i, end in enumerate(ends):
                terms = [known[j % len(known)] for j in range(end)]
                for step in inner:
                    terms = [STEPS[step](term, known[i % len(known)] * weights[j]) for j, term in enumerate(terms)]
                found.append(STEPS[outer](REDUCTIONS[number](terms), x[i % len(x)]))
            known = found
        return total(lambda _: known)(x)

    check(f, rows, relative=1e-9)


# ── what is not finite ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("place", [0, 3, 5])
def test_what_comes_later_does_not_reach_what_came_before(number: float, place: int, way: str) -> None:
    rows = np.random.default_rng(0).normal(size=(3, 6))
    rows[1, place] = number
    f: Triangle = lambda x: [sum(a * b for b in x[: i + 1]) + max_of(x[: i + 1]) for i, a in enumerate(x)]  # noqa: E731
    got = np.array(autograd.compile(lambda x: f(list(x)))(rows))
    expected = np.array([[float(v) for v in f(row)] for row in rows.tolist()])
    np.testing.assert_allclose(got, expected, rtol=1e-12)
    assert np.isfinite(expected[[0, 2]]).all()
    assert np.isfinite(expected[1, :place]).all()


def max_of(xs: Sequence[Any]) -> Any:
    return autograd.max([2.0 * x for x in xs])


def test_a_gap_hides_no_infinity_and_the_error_names_operation_instruction_and_row(way: str) -> None:
    rows = np.random.default_rng(0).uniform(1.0, 2.0, (4, 6))
    f = total(lambda x: attention([autograd.log(v) for v in x], softmax))
    program = autograd.compile(lambda x: f(list(x)))
    before = program.value_and_grad(rows)
    bad = rows.copy()
    bad[2, 4] = 0.0
    with pytest.raises(NonFiniteError) as eagerly:
        f([Value(v) for v in bad[2]]).backward()
    for call in (program.value_and_grad, program.input_grad):
        with pytest.raises(NonFiniteError) as caught:
            call(bad)
        assert caught.value.operation == eagerly.value.operation
        assert re.search(r"\n  in the program  instruction %\d+ \w+, row 2 of the batch$", str(caught.value))
    after = program.value_and_grad(rows)
    assert before[0] == after[0]
    assert np.array_equal(before[1], after[1])


# ── a GPT ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def instructions(layers: int, positions: int) -> int:
    data = gpt.problem(gpt.Sizes(tokens=5, width=8, heads=2, layers=layers), 2, positions)
    values = gpt.scalar_weights(data)
    program = autograd.compile(lambda document: gpt.loss(values, data.sizes, document)).record(data.documents)
    return len(verify(program).programs[0])


def test_a_layer_of_a_gpt_is_at_most_40_instructions_whatever_the_context() -> None:
    counts = {positions: instructions(1, positions) for positions in (4, 8, 16)}
    assert len(set(counts.values())) == 1
    assert instructions(2, 8) - counts[8] <= 40


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("documents", [1, 3])
def test_a_scalar_gpt_is_the_one_written_on_arrays(layers: int, documents: int) -> None:
    data = gpt.problem(gpt.Sizes(tokens=6, width=8, heads=2, layers=layers, context=7), documents, 5)
    np.testing.assert_allclose(gpt.ours(data).answer(), gpt.numpy_by_hand(data).answer(), rtol=1e-10, atol=1e-12)
