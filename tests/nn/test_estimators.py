"""MLPClassifier and MLPRegressor: scikit-learn's own checks, its tools around them, its linear models beside them."""

import functools
import os
import pickle
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'scalar-autograd[data]'")

from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nn
from nn.sklearn import MLPClassifier, MLPRegressor


def points(n=60, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return X - X.mean(axis=0), rng


# ── scikit-learn's own checks ───────────────────────────────────────────────────────────────────────────────────────


@parametrize_with_checks([MLPClassifier()])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.long
@parametrize_with_checks(
    [MLPRegressor(), MLPClassifier(batch_size=None), MLPRegressor(hidden=(8, 8), activation="tanh")]
)
def test_scikit_learns_checks_of_other_networks(estimator, check):
    check(estimator)


# ── beside its linear models, which a network without a hidden layer is ─────────────────────────────────────────────

LINEAR = {"hidden": (), "lr": 0.05, "epochs": 1500, "batch_size": None, "random_state": 0}
WEIGHTS = [None, np.resize([0.0, 1.0, 2.5], 60)]


@pytest.mark.parametrize("weight", WEIGHTS, ids=["alike", "weighted"])
@pytest.mark.parametrize("outputs", [(), (1,), (2,)], ids=["one", "one column", "two"])
def test_a_regressor_without_a_hidden_layer_is_linear_regression(outputs, weight):
    X, rng = points()
    y = 300.0 + 20.0 * (X @ rng.normal(size=(3, *outputs))) + rng.normal(size=(60, *outputs))
    expected = LinearRegression().fit(X, y, weight).predict(X)
    found = MLPRegressor(**LINEAR).fit(X, y, weight).predict(X)
    assert found.shape == y.shape
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("weight", WEIGHTS, ids=["alike", "weighted"])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_classifier_without_a_hidden_layer_is_logistic_regression(classes, weight):
    X, rng = points()
    y = np.digitize(X[:, 0] + rng.normal(size=60), [0.0, 1.0][: classes - 1])
    expected = LogisticRegression(C=1e9, tol=1e-9, max_iter=1000).fit(X, y, weight).predict_proba(X)
    found = MLPClassifier(**LINEAR).fit(X, y, weight).predict_proba(X)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_l2_is_ridges_penalty_on_the_scale_of_standardised_targets():
    """Mse + l2·Σw² is ridge's Σe² + alpha·Σw² over n; X is centred, so the bias, which ridge leaves alone, is 0."""
    X, rng = points()
    y = 50.0 + 7.0 * (X @ [1.0, -2.0, 0.5]) + rng.normal(size=60)
    expected = Ridge(alpha=60 * 0.3).fit(X, y).predict(X)
    np.testing.assert_allclose(MLPRegressor(**LINEAR, l2=0.3).fit(X, y).predict(X), expected, rtol=1e-5)


# ── weights ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
def test_a_weight_of_0_is_a_sample_that_is_not_there_whatever_the_batches(Estimator):
    X, rng = points()
    y = np.digitize(X[:, 0], [-0.5, 0.5])
    weight = rng.integers(0, 3, 60) * 0.7
    some = weight > 0
    estimator = Estimator(epochs=5, batch_size=8, random_state=0)
    whole, part = clone(estimator).fit(X, y, weight), clone(estimator).fit(X[some], y[some], weight[some])
    ask = "predict_proba" if Estimator is MLPClassifier else "predict"
    np.testing.assert_array_equal(getattr(whole, ask)(X), getattr(part, ask)(X))


def test_a_class_whose_every_weight_is_0_is_none():
    X, _ = points()
    y = np.resize(["a", "b", "c"], 60)
    classifier = MLPClassifier(epochs=2).fit(X, y, y != "b")
    assert classifier.classes_.tolist() == ["a", "c"]
    assert classifier.predict_proba(X).shape == (60, 2)


# ── parameters and attributes ───────────────────────────────────────────────────────────────────────────────────────


def test_what_is_there_after_fit():
    X, _ = points()
    y = np.resize(["no", "yes"], 60)
    classifier = MLPClassifier(hidden=(4, 5), epochs=7, batch_size=30, random_state=1).fit(X, y)
    assert classifier.classes_.tolist() == ["no", "yes"]
    assert classifier.n_features_in_ == 3
    assert classifier.n_iter_ == len(classifier.history_["loss"]) == 7
    assert classifier.history_.steps == 14
    assert [len(layer.neurons) for layer in classifier.model_.layers] == [4, 5, 2]
    logits = np.array([[x.data for x in classifier.model_(row)] for row in X.tolist()])
    odds = np.exp(logits)
    np.testing.assert_allclose(classifier.predict_proba(X), odds / odds.sum(axis=1)[:, None], rtol=1e-12)
    assert set(classifier.predict(X)) <= {"no", "yes"}


def test_probabilities_of_logits_beyond_exp():
    X, _ = points()
    classifier = MLPClassifier(hidden=(), epochs=50).fit(X, X[:, 0] > 0)
    probabilities = classifier.predict_proba(1e6 * X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    np.testing.assert_array_equal(classifier.predict(1e6 * X), classifier.classes_[probabilities.argmax(axis=1)])


def test_both_engines_and_both_precisions_agree():
    X, rng = points(30)
    y = X[:, 0] + rng.normal(size=30)
    regressor = MLPRegressor(hidden=(4,), epochs=4, batch_size=8, random_state=0)
    expected = regressor.fit(X, y).predict(X)
    np.testing.assert_allclose(clone(regressor).set_params(engine="eager").fit(X, y).predict(X), expected, rtol=1e-9)
    single = clone(regressor).set_params(dtype="float32").fit(X, y).predict(X)
    np.testing.assert_allclose(single, expected, rtol=1e-3, atol=1e-4)
    assert np.abs(single - expected).max() > 0


def test_lists_and_constant_targets():
    regressor = MLPRegressor(epochs=100, random_state=0).fit([[0.0], [1.0], [2.0]], [5, 5, 5])
    np.testing.assert_allclose(regressor.predict([[0.0], [1.0], [2.0]]), 5.0, atol=0.2)


def test_a_data_frame_gives_its_names():
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    X, _ = points()
    frame = pandas.DataFrame(X, columns=["a", "b", "c"])
    regressor = MLPRegressor(epochs=2).fit(frame, frame["a"])
    assert regressor.feature_names_in_.tolist() == ["a", "b", "c"]
    with pytest.raises(ValueError, match="feature names"):
        regressor.predict(frame[["b", "a", "c"]])


def test_an_optimizer_with_settings_of_its_own():
    X, _ = points()
    optimizer = functools.partial(nn.SGD, momentum=0.9)
    regressor = MLPRegressor(optimizer=optimizer, lr=0.01, random_state=0)
    assert clone(regressor).fit(X, X[:, 0]).score(X, X[:, 0]) > 0.95


def test_a_random_state_is_one_training_and_none_is_another_each_time():
    X, _ = points()
    ends = [
        MLPRegressor(epochs=1, random_state=seed).fit(X, X[:, 0]).predict(X[:1])[0] for seed in (0, 0, 1, None, None)
    ]
    assert ends[0] == ends[1]
    assert len(set(ends)) == 4


ERRORS = [
    ({"hidden": 32}, TypeError, r"hidden must list the width of each hidden layer, for example \(32,\), not 32"),
    ({"hidden": (0,)}, ValueError, "a layer's width must be 1 or more, not 0"),
    (
        {"optimizer": "adma"},
        ValueError,
        r"unknown optimizer 'adma' \(did you mean 'adam'\?\); use one of adagrad, adam",
    ),
    ({"activation": "rleu"}, ValueError, r"unknown activation 'rleu' \(did you mean 'relu'\?\)"),
    ({"epochs": 0}, ValueError, "epochs must be a whole number, 1 or more, not 0"),
    ({"engine": "fast"}, ValueError, "engine must be 'compiled' or 'eager', not 'fast'"),
]


@pytest.mark.parametrize(("parameters", "error", "message"), ERRORS, ids=[str(x) for x, _, _ in ERRORS])
def test_a_wrong_parameter_is_said_at_fit(parameters, error, message):
    X, _ = points()
    with pytest.raises(error, match=message):
        MLPRegressor(**parameters).fit(X, X[:, 0])


def test_wrong_data():
    X, _ = points()
    with pytest.raises(ValueError, match="y has only 1 class, a; a classifier needs two or more"):
        MLPClassifier().fit(X, ["a"] * 60)
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        MLPClassifier().fit(X, X[:, 0])
    with pytest.raises(ValueError, match="Negative values"):
        MLPRegressor().fit(X, X[:, 0], np.linspace(-1, 1, 60))
    with pytest.raises(NotFittedError, match="This MLPRegressor instance is not fitted yet"):
        MLPRegressor().predict(X)


def test_ctrl_c_leaves_a_fitted_estimator_and_ends_the_caller():
    X, _ = points(200)
    regressor = MLPRegressor(epochs=10**6)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        regressor.fit(X, X[:, 0])
    timer.join()
    assert regressor.history_.stopped == "interrupted"
    assert regressor.predict(X).shape == (200,)


# ── its tools around them ───────────────────────────────────────────────────────────────────────────────────────────


def test_moons():
    X, y = nn.data.moons(200, noise=0.1, seed=0)
    fresh = nn.data.moons(500, noise=0.1, seed=1)
    assert MLPClassifier(random_state=0).fit(X, y).score(*fresh) > 0.96


def test_a_pipeline_is_cross_validated():
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), MLPClassifier(epochs=100, random_state=0))
    scores = cross_val_score(model, X, y, cv=3)
    assert scores.mean() > 0.92


def test_a_grid_is_searched():
    X, rng = points(90)
    y = X[:, 0] ** 2 + 0.1 * rng.normal(size=90)
    grid = {"mlpregressor__hidden": [(), (16,)], "mlpregressor__l2": [0.0, 1.0]}
    pipeline = make_pipeline(StandardScaler(), MLPRegressor(random_state=0))
    search = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(X, y)
    assert search.best_params_ == {"mlpregressor__hidden": (16,), "mlpregressor__l2": 0.0}
    assert search.score(X, y) > 0.9


@pytest.mark.parametrize("fitted", [False, True])
def test_a_pickle_predicts_the_same(fitted):
    X, _ = points()
    y = np.resize(["a", "b", "c"], 60)
    classifier = MLPClassifier(epochs=3, random_state=0)
    if fitted:
        classifier.fit(X, y)
    copy = pickle.loads(pickle.dumps(classifier))
    if not fitted:
        classifier.fit(X, y)
        copy.fit(X, y)
    np.testing.assert_array_equal(copy.predict_proba(X), classifier.predict_proba(X))


# ── the extra ───────────────────────────────────────────────────────────────────────────────────────────────────────


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_import_nn_loads_no_scikit_learn_and_a_class_does():
    loaded = "print(sorted({m.partition('.')[0] for m in sys.modules} & {'sklearn', 'scipy', 'joblib'}))"
    lines = run(f"import sys, nn; {loaded}; print(nn.MLPClassifier.__module__, nn.MLPRegressor()); {loaded}")
    assert lines == ["[]", "nn.sklearn MLPRegressor()", "['joblib', 'scipy', 'sklearn']"]


@pytest.mark.parametrize("home", ["nn", "nn.sklearn"])
def test_without_scikit_learn_one_line_names_the_extra(home):
    code = f"""
import sys
sys.modules["sklearn"] = None  # Python's own way to say that there is none
import nn, nn.sklearn
from autograd.errors import MissingExtraError
for name in ("MLPClassifier", "MLPRegressor", "MLPMystery"):
    try:
        getattr({home}, name)
    except (MissingExtraError, AttributeError) as error:
        print(type(error).__name__, error)
"""
    assert run(code) == [
        "MissingExtraError MLPClassifier needs scikit-learn: pip install 'scalar-autograd[data]'",
        "MissingExtraError MLPRegressor needs scikit-learn: pip install 'scalar-autograd[data]'",
        f"AttributeError module {home!r} has no 'MLPMystery'",
    ]
