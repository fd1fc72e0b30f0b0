"""The options of cross_entropy: class weights, ignored targets, label smoothing; eager, compiled and in fit."""

from __future__ import annotations

import functools
import json
import math
import pickle
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from nn import cross_entropy

MODULES = json.loads((Path(__file__).parents[1] / "reference" / "modules.json").read_text(encoding="utf-8"))
ROWS = [row for row in MODULES["losses"] if row["module"] == "CrossEntropyLoss"]
LOGITS = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0], [0.5, 0.25, -0.75]])


def values(tree):
    return [values(x) for x in tree] if isinstance(tree, list) else Value(tree)


def gradients(tree):
    return [gradients(x) for x in tree] if isinstance(tree, list) else tree.grad


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['options']}{np.ndim(row['targets'])}")
def test_targets_that_are_inputs_are_pytorchs(row):
    """In a compiled function, and as Values of the eager engine."""
    program = autograd.compile(lambda p, t: cross_entropy(p, t, **row["options"]))
    p, t = np.array([row["predictions"]]), np.array([row["targets"]])
    assert program(p, t)[0] == pytest.approx(row["value"], rel=1e-12)
    gradient, of_targets = program.input_grad(p, t)
    np.testing.assert_allclose(gradient[0], row["gradient"], rtol=1e-11, atol=1e-15)
    if np.ndim(row["targets"]) == 1:
        assert not of_targets.any()

    predictions = values(row["predictions"])
    eager = cross_entropy(predictions, values(row["targets"]), **row["options"])
    eager.backward()
    assert eager.data == pytest.approx(row["value"], rel=1e-12)
    np.testing.assert_allclose(np.array(gradients(predictions)), row["gradient"], rtol=1e-11, atol=1e-15)


OPTIONS = [
    {},
    {"weight": [0.5, 2.0, 3.0]},
    {"label_smoothing": 0.25},
    {"weight": [1.0, 0.0, 3.0], "label_smoothing": 0.5},
]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e308])
def test_nothing_comes_from_an_ignored_row(bad, options, reduction):
    logits = LOGITS.tolist()
    logits[1] = [bad, bad, 0.0]
    options = {**options, "reduction": reduction}
    others = [logits[0], logits[2]]
    alone = autograd.compile(lambda p: cross_entropy(p, [2, 0], **options))
    wanted, gradient = alone(np.array([others]))[0], alone.input_grad(np.array([others]))

    for as_target in (float, Value):
        leaves = values(logits)
        loss = cross_entropy(leaves, [as_target(2.0), as_target(-100.0), as_target(0.0)], **options)
        loss.backward()
        assert loss.data == pytest.approx(wanted, rel=1e-12)
        np.testing.assert_allclose([gradients(leaves[0]), gradients(leaves[2])], gradient[0], rtol=1e-12)
        assert gradients(leaves[1]) == [0.0, 0.0, 0.0]

    program = autograd.compile(lambda p, t: cross_entropy(p, t, **options))
    batch = np.array([logits]), np.array([[2, -100, 0]])
    of_logits, _ = program.input_grad(*batch)
    assert program(*batch)[0] == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(of_logits[0][[0, 2]], gradient[0], rtol=1e-12)
    assert of_logits[0][1].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("logits", [LOGITS, LOGITS[0]], ids=["batch", "sample"])
def test_a_loss_of_which_everything_is_ignored_is_0_without_a_gradient(logits, options, reduction):
    target = [-100] * 3 if logits.ndim == 2 else -100
    options = {**options, "reduction": reduction}
    leaves = values(logits.tolist())
    loss = cross_entropy(leaves, target, **options)
    loss.backward()
    assert loss.data == 0.0
    assert not np.any(gradients(leaves))
    program = autograd.compile(lambda p, t: cross_entropy(p, t, **options))
    gradient, _ = program.input_grad(logits[None], np.array([target]))
    assert program(logits[None], np.array([target])) == 0.0
    assert not gradient.any()


def test_a_class_of_weight_0_counts_for_nothing():
    for target in ([1, 1, 1], [1, -100, 1]):
        loss = cross_entropy(values(LOGITS.tolist()), target, weight=[1.0, 0.0, 1.0])
        loss.backward()
        assert loss.data == 0.0
    mixed = cross_entropy(LOGITS.tolist(), [0, 1, 2], weight=[1.0, 0.0, 1.0])
    assert mixed == pytest.approx(cross_entropy(LOGITS[[0, 2]].tolist(), [0, 2]), rel=1e-14)
    assert cross_entropy([0.0, -math.inf], 0, label_smoothing=0.5, weight=[1.0, 0.0]) == 0.0
    for as_target in (int, Value):
        x = [Value(0.0), Value(-math.inf)]
        loss = cross_entropy([x, [1.0, 2.0]], [as_target(1), as_target(0)], weight=[1.0, 0.0])
        loss.backward()
        assert loss.data == pytest.approx(math.log1p(math.e), rel=1e-14)
        assert gradients(x) == [0.0, 0.0]


def test_the_mean_of_a_sample_does_not_depend_on_its_weight():
    """As in PyTorch, which divides by the weight that it multiplied with."""
    plain = cross_entropy(LOGITS[0].tolist(), 2)
    assert cross_entropy(LOGITS[0].tolist(), 2, weight=[5.0, 5.0, 7.0]) == pytest.approx(plain, rel=1e-15)
    assert cross_entropy(LOGITS[0].tolist(), 2, "sum", weight=[5.0, 5.0, 7.0]) == pytest.approx(7.0 * plain, rel=1e-15)


@pytest.mark.parametrize("target", [2, [0.25, 0.25, 0.5]], ids=str)
def test_gradients_of_the_options(target):
    options = {"weight": [0.5, 2.0, 3.0], "label_smoothing": 0.2}
    assert autograd.gradcheck(lambda x: cross_entropy(x, target, **options), ([0.3, -1.0, 2.0],), order=2)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize(
    "loss",
    ["cross_entropy", nn.CrossEntropyLoss(ignore_index=-1), functools.partial(cross_entropy, ignore_index=-1)],
    ids=["name", "module", "partial"],
)
def test_fit_learns_from_the_labels_that_are_not_ignored(loss, engine):
    ignored = -100 if isinstance(loss, str) else -1
    X = np.random.default_rng(0).normal(size=(12, 2))
    y = np.arange(12) % 3
    y[::4] = ignored
    model = nn.Linear(2, 3, seed=0)
    before = np.array([value.data for value in model.parameters()])
    kept = y != ignored
    cross_entropy([model(x) for x in X[kept]], y[kept].tolist()).backward()
    gradient = np.array([value.grad for value in model.parameters()])
    nn.fit(model, X, y, loss=loss, optimizer="sgd", lr=0.1, epochs=1, batch_size=12, engine=engine)
    step = before - np.array([value.data for value in model.parameters()])
    np.testing.assert_allclose(step / np.linalg.norm(step), gradient / np.linalg.norm(gradient), atol=1e-12)
    with pytest.raises(ValueError, match="cross_entropy takes targets from 0 to 2"):
        nn.fit(model, X, np.full(12, -2), loss=loss, epochs=1)


def test_a_module_keeps_its_options_and_one_of_before_has_the_defaults():
    loss = nn.CrossEntropyLoss("sum", weight=np.array([1, 2, 0]), ignore_index=-1, label_smoothing=0.5)
    assert (
        repr(loss) == "CrossEntropyLoss(reduction='sum', weight=[1.0, 2.0, 0.0], ignore_index=-1, label_smoothing=0.5)"
    )
    assert repr(pickle.loads(pickle.dumps(loss))) == repr(loss)
    assert loss.parameters() == []
    old = nn.CrossEntropyLoss.__new__(nn.CrossEntropyLoss)
    old.__dict__ = {"reduction": "mean"}
    assert old(LOGITS.tolist(), [0, -100, 2]) == nn.CrossEntropyLoss()(LOGITS.tolist(), [0, -100, 2])


WEIGHT, SMOOTHING, IGNORED = "^weight must be a list with a finite", "^label_smoothing must be", "^ignore_index must be"
REFUSED = [
    ({"weight": [1.0, 2.0]}, ValueError, "^there are 3 logits but 2 class weights$"),
    ({"weight": [1.0, -2.0, 1.0]}, ValueError, WEIGHT),
    ({"weight": [1.0, math.nan, 1.0]}, ValueError, WEIGHT),
    ({"weight": 2.0}, ValueError, WEIGHT),
    ({"weight": [[1.0, 1.0, 1.0]]}, ValueError, WEIGHT),
    ({"label_smoothing": 1.5}, ValueError, SMOOTHING),
    ({"label_smoothing": -0.1}, ValueError, SMOOTHING),
    ({"label_smoothing": math.nan}, ValueError, SMOOTHING),
    ({"label_smoothing": "a"}, ValueError, SMOOTHING),
    ({"ignore_index": 0.5}, ValueError, IGNORED),
    ({"ignore_index": None}, ValueError, IGNORED),
    ({"ignore_index": math.nan}, ValueError, IGNORED),
]


@pytest.mark.parametrize(("options", "error", "words"), REFUSED, ids=lambda x: str(x)[:40])
def test_options_out_of_range_are_refused(options, error, words):
    with pytest.raises(error, match=words):
        cross_entropy(LOGITS.tolist(), [0, 1, 2], **options)
    with pytest.raises(error, match=words):
        nn.CrossEntropyLoss(**options)(LOGITS.tolist(), [0, 1, 2])


def test_a_label_that_is_neither_a_class_nor_ignored_is_named():
    program = autograd.compile(lambda p, label: cross_entropy(p, label, ignore_index=-1))
    assert np.isfinite(program(LOGITS, [2, -1, 0])).all()
    with pytest.raises(IndexError, match="pick: label is -100 in row 2 of the batch, but there are 3 numbers"):
        program(LOGITS, [2, -1, -100])
    with pytest.raises(IndexError, match="there is no class -1: with 3 logits the classes are 0 to 2"):
        cross_entropy(LOGITS[0], -1)
