"""class_weight in fit: the weights of the classes are those of their samples."""

from __future__ import annotations

import numpy as np
import pytest
from fixtures.training import classes, mlp, numbers_of

import nn

X, Y = classes()
COUNTS = np.bincount(Y)
BALANCED = len(Y) / (3 * COUNTS)  # scikit-learn's formula
TEXT = np.array(["cat", "dog", "eel"])[Y]


def trained(y=Y, model=None, **options):
    model = model or mlp(3)
    nn.fit(model, X, y, **{"loss": "cross_entropy", "lr": 0.05, "epochs": 3, "batch_size": 8} | options)
    return numbers_of(model)


SAME = [
    ("a dict", Y, {0: 1.0, 1: 2.0, 2: 0.5}, [1.0, 2.0, 0.5]),
    ("a missing class", Y, {1: 3.0}, [1.0, 3.0, 1.0]),
    ("NumPy's numbers", Y, {np.int64(1): np.float32(3.0)}, [1.0, 3.0, 1.0]),
    ("a list", Y, [1.0, 2.0, 0.5], [1.0, 2.0, 0.5]),
    ("an array", Y, np.array([0.0, 2.0, 0.5]), [0.0, 2.0, 0.5]),
    ("a class that is not there", Y, [1.0, 2.0, 0.5, 7.0], [1.0, 2.0, 0.5]),
    ("balanced", Y, "balanced", BALANCED),
    ("text, a dict", TEXT, {"dog": 2.0}, [1.0, 2.0, 1.0]),
    ("text, a list", TEXT, [1.0, 2.0, 0.5], [1.0, 2.0, 0.5]),
    ("text, balanced", TEXT, "balanced", BALANCED),
]


@pytest.mark.parametrize(("name", "y", "given", "weights"), SAME, ids=[name for name, *_ in SAME])
def test_a_class_weight_is_the_weight_of_its_samples(name, y, given, weights):
    np.testing.assert_allclose(trained(y, class_weight=given), trained(sample_weight=np.array(weights)[Y]), rtol=1e-9)


def test_it_multiplies_the_weights_of_the_samples():
    own = np.linspace(0.5, 2.0, len(Y))
    both = trained(sample_weight=own, class_weight=[1.0, 2.0, 0.5])
    np.testing.assert_allclose(both, trained(sample_weight=own * np.array([1.0, 2.0, 0.5])[Y]), rtol=1e-9)


@pytest.mark.parametrize(
    ("loss", "labels"), [("hinge_loss", (-1, 1)), ("bce_with_logits", (0, 1)), ("mse", (-1.0, 1.0))]
)
def test_two_classes_with_one_output(loss, labels):
    y = np.where(X[:, 0] > 0.5, *labels[::-1])
    weight = np.where(y == labels[1], 5.0, 1.0)
    for given in ({labels[1]: 5.0}, [1.0, 5.0]):
        ends = [trained(y, nn.MLP(2, [3, 1], seed=0), loss=loss, **options) for options in
                ({"class_weight": given}, {"sample_weight": weight})]  # fmt: skip
        np.testing.assert_allclose(*ends, rtol=1e-9)


def test_the_weights_are_those_of_the_samples_that_are_trained_on():
    balanced = trained(class_weight="balanced", validation_split=0.25)
    same = mlp(3)
    nn.fit(same, X[:30], Y[:30], loss="cross_entropy", lr=0.05, epochs=3, batch_size=8, class_weight="balanced")
    np.testing.assert_array_equal(balanced, numbers_of(same))


REFUSED = [
    ("no such class", Y, {3: 1.0}, ValueError, "class_weight has the class 3, but y only has 0, 1, 2"),
    ("no such text", TEXT, {"cow": 1.0}, ValueError, "has the class 'cow', but y only has 'cat', 'dog', 'eel'"),
    ("too few", Y, [1.0, 2.0], ValueError, r"one weight for each of y's 3 classes, not shape \(2,\)"),
    ("too many of text", TEXT, [1.0] * 4, ValueError, "one weight for each of y's 3 classes"),
    ("negative", Y, {0: -1.0}, ValueError, "must be finite numbers, 0 or more and not 0 for all samples"),
    ("nan", Y, [1.0, np.nan, 1.0], ValueError, "must be finite numbers"),
    ("all zero", Y, [0.0, 0.0, 0.0], ValueError, "not 0 for all samples"),
    ("a word", Y, "balance", ValueError, "class_weight must be 'balanced', a dict or a list of weights, not 'balance'"),
    ("a number", Y, 2.0, TypeError, "class_weight must be 'balanced', a dict or a list of weights, not a float"),
    ("one-hot", np.eye(3)[Y], [1.0, 1.0, 1.0], ValueError, r"one class a sample, but y has shape \(40, 3\)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "y", "given", "error", "says"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_what_does_not_fit_is_refused(name, y, given, error, says):
    model = mlp(3)
    before = numbers_of(model)
    with pytest.raises(error, match=says):
        trained(y, model, class_weight=given)
    np.testing.assert_array_equal(numbers_of(model), before)


def test_numbers_are_no_classes():
    with pytest.raises(ValueError, match=r"class_weight is for classes, but y has 0\.5, which is not"):
        nn.fit(nn.MLP(2, [1]), X, np.where(Y, 0.5, 1.0), class_weight="balanced")
