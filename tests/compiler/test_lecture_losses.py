"""Losses as programs for micrograd and microgpt write them: each compiles, or with the change that its error names."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import autograd
from autograd import RecordingError, Value

draws = random.Random(3)


def matrix(rows: int, columns: int) -> list[list[Value]]:
    return [[Value(draws.gauss(0, 0.5)) for _ in range(columns)] for _ in range(rows)]


HIDDEN, OUT, TABLE = matrix(4, 3), matrix(3, 4), matrix(5, 3)
PARAMETERS = [p for weights in (HIDDEN, OUT, TABLE) for row in weights for p in row]
X, T, Y = [0.7, -1.2, 0.4], 2, [0.0, 0.0, 1.0]
ROWS, LABELS = [[0.5, -1.0, 0.2], [1.5, 0.3, -0.4], [-0.6, 0.9, 1.1]], [1.0, -1.0, 1.0]


def linear(x: Any, weights: Any) -> list[Any]:
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in weights]


def model(x: Any) -> list[Any]:
    return linear([h.relu() for h in linear(x, HIDDEN)], OUT)


def sigmoid(z: Any) -> Any:
    return 1 / (1 + (-z).exp())


# ── the programs, as written and with the change that their error names ─────────────────────────────────────────────


def softmax(logits: Any) -> list[Any]:
    largest = max(v.data for v in logits)
    exps = [(v - largest).exp() for v in logits]
    total = sum(exps)
    return [e / total for e in exps]


def softmax_by_max(logits: Any) -> list[Any]:
    largest = autograd.max(logits)
    exps = [(v - largest).exp() for v in logits]
    total = sum(exps)
    return [e / total for e in exps]


def softmax_with_value(scores: Any) -> list[Any]:
    top = max(s.data for s in scores)
    exps = [(s - Value(top)).exp() for s in scores]
    total = exps[0]
    for e in exps[1:]:
        total = total + e
    return [e / total for e in exps]


def log_sum_exp(logits: Any, target: int) -> Any:
    m = max(v.data for v in logits)
    s = sum(((v - m).exp() for v in logits), Value(0.0))
    return (s.log() + m) - logits[target]


def safe_log(p: Any) -> Any:
    clamped = max(p.data, 1e-10)
    return Value(math.log(clamped), (p,), (1.0 / clamped,))


def hinge(rows: Any, labels: Any) -> Any:
    scores = [model([Value(x) for x in row])[0] for row in rows]
    losses = [(1 + -yi * si).relu() for yi, si in zip(labels, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    loss = data_loss + 1e-4 * sum(p * p for p in PARAMETERS)
    accuracy = [(yi > 0) == (si.data > 0) for yi, si in zip(labels, scores, strict=True)]
    return loss, sum(accuracy) / len(accuracy)


def hinge_alone(rows: Any, labels: Any) -> Any:
    scores = [model(row)[0] for row in rows]
    losses = [(1 + -yi * si).relu() for yi, si in zip(labels, scores, strict=True)]
    return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in PARAMETERS)


def with_accuracy(x: Any) -> Any:
    logits = model(x)
    loss = autograd.logsumexp(logits) - logits[T]
    if max(range(3), key=lambda i: logits[i].data) == T:
        COUNT.append(1)
    return loss


COUNT: list[int] = []


def printed(x: Any) -> Any:
    loss = sum((y - t) ** 2 for y, t in zip(model(x), Y, strict=True))
    PRINTED.append(f"loss {loss.data:.4f}")
    return loss


PRINTED: list[str] = []


def checked(x: Any) -> Any:
    p = sigmoid(model(x)[0])
    if not 0.0 < p.data < 1.0:
        raise ValueError("saturated")
    return -p.log()


def entropy(x: Any) -> Any:
    total = Value(0.0)
    for p in autograd.softmax(model(x)):
        if p.data > 1e-10:
            total -= p * p.log()
    return total


def entropy_where(x: Any) -> Any:
    return -sum(autograd.where(p > 1e-10, p * p.log(), 0.0) for p in autograd.softmax(model(x)))


def attention(x: Any, attend: Any) -> Any:
    keys = [linear(row, HIDDEN) for row in ROWS]
    query = linear(x, HIDDEN)
    weights = attend([sum(q * k for q, k in zip(query, key, strict=True)) / 2.0 for key in keys])
    return sum(w * key[0] for w, key in zip(weights, keys, strict=True)) ** 2


def scaled(x: Any) -> Any:
    out = model(x)
    largest = max(abs(v.data) for v in out)
    return sum((v / largest - t) ** 2 for v, t in zip(out, Y, strict=True))


def scaled_detached(x: Any) -> Any:
    out = model(x)
    largest = autograd.max([abs(v) for v in out]).detach()
    return sum((v / largest - t) ** 2 for v, t in zip(out, Y, strict=True))


def swish_by_hand(v: Any) -> Any:
    s = 1.0 / (1.0 + math.exp(-v.data))
    return Value(v.data * s, (v,), (s + v.data * s * (1 - s),))


def huber(d: Any) -> Any:
    return 0.5 * d * d if abs(d.data) <= 1.0 else abs(d) - 0.5


def stable_binary(z: Any, y: float) -> Any:
    magnitude = z.relu() + (-z).relu()
    return z.relu() + (1.0 + (-magnitude).exp()).log() - y * z


class Case(NamedTuple):
    """A loss: as written, words of its error ("" if it compiles so), and how it is written with the error's advice."""

    name: str
    written: Callable[..., Any]
    words: str
    changed: Callable[..., Any] | None = None
    inputs: tuple[Any, ...] = (X,)
    is_same: bool = True  # as written it has another gradient: its author lost some, by .data


CASES = [
    Case("softmax", lambda x: -softmax(model(x))[T].log(),
         "autograd.max(vs)", lambda x: -softmax_by_max(model(x))[T].log()),
    Case("softmax of this package", lambda x: -softmax(model(x))[T].log(),
         "softmax(vs)", lambda x: -autograd.softmax(model(x))[T].log()),
    Case("softmax with Value(max)", lambda x: -softmax_with_value(model(x))[T].log(),
         "softmax(vs)", lambda x: -autograd.softmax(model(x))[T].log()),
    Case("softmax without max", lambda x: -(model(x)[T].exp() / sum(v.exp() for v in model(x))).log(), ""),
    Case("temperature", lambda x: -softmax([v / 0.5 for v in model(x)])[T].log(),
         "softmax(vs)", lambda x: -autograd.softmax([v / 0.5 for v in model(x)])[T].log()),
    Case("log-sum-exp", lambda x: log_sum_exp(model(x), T),
         "logsumexp(vs)", lambda x: autograd.logsumexp(model(x)) - model(x)[T]),
    Case("safe log", lambda x: -safe_log(softmax(model(x))[T]),
         "autograd.maximum(v, 1e-10)", lambda x: -autograd.maximum(autograd.softmax(model(x))[T], 1e-10).log()),
    Case("safe log alone", lambda x: -safe_log(sigmoid(model(x)[0])),
         "autograd.maximum(v, 1e-10)", lambda x: -autograd.maximum(sigmoid(model(x)[0]), 1e-10).log()),
    Case("hinge, L2 and accuracy", hinge,
         "the Value itself", hinge_alone, (ROWS, LABELS)),
    Case("hinge, data from outside", lambda: hinge(ROWS, LABELS)[0],
         "metrics= of nn.fit", lambda: hinge_alone(ROWS, LABELS), ()),
    Case("hinge alone", hinge_alone, "", None, (ROWS, LABELS)),
    Case("squares", lambda x: sum((y - t) ** 2 for y, t in zip(model(x), Y, strict=True)), ""),
    Case("one-hot", lambda x, y: -sum(t * p.log() for t, p in zip(y, autograd.softmax(model(x)), strict=True)), "",
         None, (X, Y)),
    Case("binary, stable", lambda x: stable_binary(model(x)[0], 1.0), ""),
    Case("L1", lambda x: sum(abs(p) for p in PARAMETERS) + model(x)[0], ""),
    Case("L2 of numbers", lambda x: model(x)[0] + 0.1 * sum(p.data**2 for p in PARAMETERS),
         "the Value itself", lambda x: model(x)[0] + 0.1 * sum(p**2 for p in PARAMETERS), is_same=False),
    Case("math.log", lambda x: model(x)[0] - math.log(softmax(model(x))[T].data),
         "v.log() instead of math.log(v.data)",
         lambda x: model(x)[0] - autograd.softmax(model(x))[T].log(), is_same=False),
    Case("relu by hand", lambda x: sum(v if v.data > 0 else Value(0.0) for v in model(x)),
         "autograd.where(v > 0, a, b)", lambda x: sum(autograd.where(v > 0, v, 0.0) for v in model(x))),
    Case("leaky relu", lambda x: sum(v if v.data > 0 else 0.01 * v for v in model(x)),
         "autograd.where(v > 0, a, b)", lambda x: sum(autograd.where(v > 0, v, 0.01 * v) for v in model(x))),
    Case("leaky relu of Values", lambda x: sum(v if v > 0 else 0.01 * v for v in model(x)),
         "autograd.where(x > 0, a, b)", lambda x: sum(autograd.where(v > 0, v, 0.01 * v) for v in model(x))),
    Case("margins", lambda x: sum(max(0, v - model(x)[T] + 1) for v in model(x)),
         "maximum", lambda x: sum(autograd.maximum(0, v - model(x)[T] + 1) for v in model(x))),
    Case("Huber", lambda x: sum(huber(v - 1.5) for v in model(x)),
         "autograd.where(v > 0, a, b)",
         lambda x: sum(
             autograd.where(abs(v - 1.5) <= 1.0, 0.5 * (v - 1.5) * (v - 1.5), abs(v - 1.5) - 0.5) for v in model(x)
         )),
    Case("accuracy counted", with_accuracy,
         "metrics= of nn.fit", lambda x: autograd.logsumexp(model(x)) - model(x)[T]),
    Case("printed", printed,
         "printing outside", lambda x: sum((y - t) ** 2 for y, t in zip(model(x), Y, strict=True))),
    Case("checked", checked, "checks", lambda x: -sigmoid(model(x)[0]).log()),
    Case("entropy of some", entropy, "autograd.where", entropy_where),
    Case("attention", lambda x: attention(x, softmax), "softmax(vs)", lambda x: attention(x, autograd.softmax)),
    Case("scaled by its largest", scaled, "v.detach() to stop its gradient", scaled_detached),
    Case("swish by hand", lambda x: sum(swish_by_hand(v) for v in model(x)),
         "@autograd.rule", lambda x: sum(own_rule()(v) for v in model(x))),
    Case("an embedding", lambda x, i: sum(linear(TABLE[int(i.data) if isinstance(i, Value) else i], HIDDEN)) + x[0],
         "pick(xs, i) instead of xs[int(i.data)]",
         lambda x, i: sum(linear(autograd.pick(TABLE, i), HIDDEN)) + x[0], (X, 3)),
    Case("its number returned", lambda x: sum(model(x)).data,
         "the Value itself", lambda x: sum(model(x)), is_same=False),
]  # fmt: skip


@functools.cache
def own_rule() -> Callable[[Any], Any]:
    """Define it in the first test that needs it, after which the fixture own_rules forgets it."""

    @autograd.rule
    def swish_rule(v):
        s = 1 / (1 + autograd.numeric.exp(-v))
        return v * s, (s + v * s * (1 - s),)

    return swish_rule


def eager(f: Callable[..., Any], inputs: tuple[Any, ...]) -> tuple[float, list[float]]:
    loss = f(*inputs)
    loss = loss[0] if isinstance(loss, tuple) else loss
    for p in PARAMETERS:
        p.grad = None
    loss.backward()
    return loss.data, [p.grad for p in PARAMETERS]


@pytest.mark.usefixtures("own_rules")
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_loss_compiles_with_the_change_that_its_error_names(case: Case) -> None:
    changed = case.changed or case.written
    if case.words:
        with pytest.raises((RecordingError, TypeError)) as caught:
            autograd.compile(case.written)(*case.inputs)
        remedy = str(caught.value).partition("\n  try             ")[2]
        assert case.words in remedy
    value, gradient = eager(changed, case.inputs)
    if case.words and case.is_same:
        as_written, its_gradient = eager(case.written, case.inputs)
        assert value == pytest.approx(as_written, rel=1e-12)
        assert gradient == pytest.approx(its_gradient, rel=1e-10, abs=1e-12)
    compiled_value, compiled_gradient = autograd.compile(changed, parameters=PARAMETERS).value_and_grad(*case.inputs)
    assert compiled_value == pytest.approx(value, rel=1e-12)
    assert list(compiled_gradient) == pytest.approx(gradient, rel=1e-10, abs=1e-12)


def any_other(x: Any) -> Any:
    return x.data * x


FIRST: list[tuple[Callable[[Any], Any], str]] = [
    (lambda x: max(v.data for v in [x]) * x, "autograd.max(vs)"),
    (lambda x: max(x.data, 1e-10) * x, "autograd.maximum(v, 1e-10)"),
    (lambda x: math.log(x.data) * x, "autograd.maximum(v, 1e-10) instead of max(v.data, 1e-10); v.log()"),
    (lambda x: x if x.data > 0 else -x, "autograd.where(v > 0, a, b)"),
    (lambda x: PARAMETERS[int(x.data)] * x, "autograd.where(v > 0, a, b)"),
    (lambda x: Value(x.data) * x, "the Value itself"),
    (lambda x: Value(x.data * 2, (x,), (2,)), "@autograd.rule"),
    (lambda x: x * ((x.data > 0) == (T > 0)), "metrics= of nn.fit"),
    (lambda x: print(x.data) or x, "metrics= of nn.fit"),
    (any_other, "autograd.max(vs)"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "advice"), FIRST)
def test_the_advice_that_fits_the_line_comes_first(f: Callable[[Any], Any], advice: str) -> None:
    with pytest.raises(RecordingError) as caught:
        autograd.compile(f)(1.5)
    remedies = str(caught.value).partition("\n  try             ")[2].splitlines()
    assert remedies[0].startswith(advice)
    assert len(remedies) == 6


def test_what_is_sampled_becomes_an_input() -> None:
    """REINFORCE: the action depends on the numbers, so it is drawn outside and given to the program."""

    def written(x: Any) -> Any:
        probs = softmax(model(x))
        action = random.choices(range(3), weights=[p.data for p in probs])[0]
        return -probs[action].log()

    with pytest.raises(RecordingError, match="sampling and printing outside"):
        autograd.compile(written)(X)

    loss = autograd.compile(lambda x, action: -autograd.pick(autograd.softmax(model(x)), action).log())
    for action in range(3):
        assert loss(X, action) == pytest.approx((-softmax(model(X))[action].log()).data, rel=1e-12)


def test_the_loss_and_its_accuracy_are_returned_by_two_functions() -> None:
    both = autograd.compile(lambda x: (sum(model(x)), model(x)))
    with pytest.raises(TypeError, match="or the loss alone"):
        both.value_and_grad(X)
    assert both(X)[1] == pytest.approx([v.data for v in model(X)], rel=1e-12)
