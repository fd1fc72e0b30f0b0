"""What fit takes as data besides arrays: labels that are text, a share held out; and outputs of the wrong kind."""

from __future__ import annotations

import math
import pickle
import sys

import numpy as np
import pytest
from fixtures.training import mlp, numbers_of, regression

import autograd
import nn
from autograd import Value

X = np.random.default_rng(3).normal(size=(30, 2))
NAMES = np.array(["cat", "dog", "owl"])[(X[:, 0] > 0).astype(int) + (X[:, 1] > 0)]


def net(outputs=3):
    return nn.MLP(2, [4, outputs], seed=0)


# ── labels that are text ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "form", [np.asarray, list, tuple, lambda y: np.array(y, object)], ids=["array", "list", "tuple", "objects"]
)
def test_labels_may_be_text(form):
    numbers = np.searchsorted(np.unique(NAMES), NAMES)
    models = [net(), net()]
    options = {"loss": "cross_entropy", "epochs": 3, "metrics": "accuracy"}
    by_text = nn.fit(models[0], X, form(NAMES), validation=(X[:2], form(NAMES[:2])), **options)
    by_number = nn.fit(models[1], X, numbers, validation=(X[:2], numbers[:2]), **options)
    assert by_text.to_dict()["columns"] == by_number.to_dict()["columns"]
    assert by_text.classes.tolist() == ["cat", "dog", "owl"]
    assert by_number.classes is None
    said = by_text.classes[nn.predict(models[0], X).argmax(axis=1)]
    score = nn.evaluate(models[0], X, form(NAMES), loss="cross_entropy", metrics="accuracy")["accuracy"]
    assert score == np.mean(said == NAMES)


@pytest.mark.parametrize(("loss", "targets"), [("bce_with_logits", (0.0, 1.0)), ("hinge", (-1.0, 1.0))])
def test_two_labels_are_the_two_targets(loss, targets):
    y = np.where(X[:, 0] > 0, "yes", "no")
    numbers = np.where(X[:, 0] > 0, targets[1], targets[0])
    a, b = (nn.fit(net(1), X, given, loss=loss, epochs=2) for given in (y, numbers))
    assert a["loss"] == b["loss"]


WRONG = {
    "a loss of numbers": (lambda: nn.fit(net(1), X, NAMES), TypeError, "y is text, but mse_loss takes numbers"),
    "three for two": (
        lambda: nn.fit(net(1), X, NAMES, loss="bce_with_logits"), ValueError, "y has 3 classes, 'cat', 'dog', 'owl'"
    ),
    "too few outputs": (
        lambda: nn.fit(net(2), X, NAMES, loss="cross_entropy"), ValueError, "cross_entropy takes targets from 0 to 1"
    ),
    "too many outputs": (
        lambda: nn.fit(net(5), X, NAMES, loss="cross_entropy"), ValueError, "3 classes, .* but the model has 5 outputs"
    ),
    "fewer to evaluate": (
        lambda: nn.evaluate(net(), X[:2], ["cat", "dog"], loss="cross_entropy"), ValueError,
        r"y has 2 classes, 'cat', 'dog', but the model has 3 outputs.*\n  try             np.searchsorted\(cl",
    ),
    "a new one": (
        lambda: nn.fit(net(), X, NAMES, loss="cross_entropy", validation=(X[:1], ["emu"])), ValueError,
        "validation's y has the label 'emu', but y only has 'cat', 'dog', 'owl'",
    ),
    "some": (
        lambda: nn.fit(net(), X, ["cat", 1, None] * 10, loss="cross_entropy"), TypeError, "y must have one text label"
    ),
    "rows": (lambda: nn.fit(net(), X, [["cat"]] * 30, loss="cross_entropy"), TypeError, "y must contain numbers"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_text_that_does_not_fit_is_refused(name):
    call, error, words = WRONG[name]
    with pytest.raises(error, match=words):
        call()


# ── samples held out ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_samples_are_held_out():
    samples, y = regression(20)
    a, b, c = mlp(), mlp(), mlp()
    by_share = nn.fit(a, samples, y, epochs=3, validation_split=0.25)
    by_pair = nn.fit(b, samples[:15], y[:15], epochs=3, validation=(samples[15:], y[15:]))
    by_kerass = nn.fit(c, samples[:15], y[:15], epochs=3, validation_data=(samples[15:], y[15:]))
    assert by_share.to_dict()["columns"] == by_pair.to_dict()["columns"] == by_kerass.to_dict()["columns"]
    assert numbers_of(a).tolist() == numbers_of(b).tolist() == numbers_of(c).tolist()


def test_weights_are_those_of_the_samples_that_are_left():
    samples, y = regression(20)
    weight = np.arange(1.0, 21.0)
    a, b = mlp(), mlp()
    one = nn.fit(a, samples, y, epochs=2, validation_split=0.25, sample_weight=weight)
    two = nn.fit(b, samples[:15], y[:15], epochs=2, validation=(samples[15:], y[15:]), sample_weight=weight[:15])
    assert one["loss"] == pytest.approx(two["loss"], rel=1e-12)


def test_no_share_is_no_validation():
    assert list(nn.fit(mlp(), *regression(10), epochs=1, validation_split=0.0)) == ["loss"]
    assert list(nn.fit(mlp(), *regression(10), epochs=1, validation_data=None)) == ["loss"]


SHARES = {
    "all": ({"validation_split": 1.0}, "is a share of the samples and must be between 0 and 1, not 1.0"),
    "negative": ({"validation_split": -0.1}, "between 0 and 1"),
    "a number of samples": ({"validation_split": 5}, "between 0 and 1, not 5"),
    "too small": ({"validation_split": 0.0001, "epochs": 1}, None),
    "nearly all": ({"validation_split": 0.99}, "leaves one of the two parts empty"),
    "twice": ({"validation_split": 0.5, "validation": ([[0.0] * 3], [0.0])}, "validation= and validation_split= mean"),
    "weights": (
        {"validation_split": 0.5, "sample_weight": [0.0] * 5 + [1.0] * 5}, "sample_weight is 0 for all 5"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARES)
def test_a_share_that_cannot_be_is_refused(name):
    options, words = SHARES[name]
    if words is None:  # a share of less than a sample holds one out, as in Keras
        assert "val_loss" in nn.fit(mlp(), *regression(10), **options)
        return
    with pytest.raises(ValueError, match=words):
        nn.fit(mlp(), *regression(10), **options)


def test_sorted_labels_are_not_split():
    labels = np.repeat([0, 1, 2], 10)
    with pytest.raises(
        ValueError, match=r"the last 6 samples, but only those have the label 2\n  try +shuffling X and y"
    ):
        nn.fit(net(), np.repeat(X, 1, axis=0), np.r_[labels[:20], [1] * 4, [2] * 6], loss="cross_entropy",
               validation_split=0.2)  # fmt: skip
    counts = np.arange(30)
    nn.fit(net(1), X, counts, epochs=1, validation_split=0.2)


# ── what is given to fit ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_comes_after_y_has_its_name():
    with pytest.raises(TypeError, match="takes 3 positional arguments"):
        nn.fit(net(), X, NAMES, "cross_entropy")


def test_a_callback_that_cannot_be_called_is_refused_before_anything_is_trained():
    model = mlp()
    before = numbers_of(model).tolist()
    for callbacks, words in (([object()], "a callback must be a function of the Training, not an object\n  try"),
                             (lambda run: None, "callbacks must be a list of functions")):  # fmt: skip
        with pytest.raises(TypeError, match=words):
            nn.fit(model, *regression(), callbacks=callbacks)
    assert numbers_of(model).tolist() == before


# ── outputs of the wrong kind ───────────────────────────────────────────────────────────────────────────────────────


def by_hand(logits):
    powers = [x.exp() for x in logits]
    total = sum(powers)
    return [x / total for x in powers]


ACTIVATED = {
    "softmax": lambda: nn.cross_entropy(autograd.softmax(net()([1.0, 2.0])), 1),
    "softmax of a layer": lambda: nn.cross_entropy(nn.MLP(2, [3], output="softmax")([1.0, 2.0]), 1),
    "softmax by hand": lambda: nn.cross_entropy(by_hand(net()([1.0, 2.0])), 1),
    "softmax, a batch": lambda: nn.cross_entropy([nn.Softmax()(net()([1.0, 2.0]))], [1]),
    "softmax, one-hot": lambda: nn.CrossEntropyLoss()(nn.Softmax()(net()([1.0, 2.0])), [0.0, 1.0, 0.0]),
    "relu": lambda: nn.cross_entropy(nn.ReLU()(net()([1.0, 2.0])), 1),
    "sigmoid": lambda: nn.bce_with_logits(nn.Sigmoid()(net(1)([1.0, 2.0])), 1.0),
}


@pytest.mark.parametrize("name", ACTIVATED)
def test_a_loss_on_logits_says_what_it_is_given(name):
    activation = name.split()[0].strip(",")
    with pytest.warns(
        UserWarning, match=rf"takes logits \(any numbers\), but these are outputs of {activation}, which"
    ):
        ACTIVATED[name]()


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_so_it_does_in_fit(engine):
    model = nn.MLP(2, [4, 3], output="softmax", seed=0)
    with pytest.warns(UserWarning, match="outputs of softmax, which sum to 1"):
        nn.fit(model, X, NAMES, loss="cross_entropy", epochs=1, engine=engine)


def test_logits_are_passed_in_silence():
    logits = net()([1.0, 2.0])
    for given in (logits, [x / 2.0 for x in logits], [x / Value(2.0) for x in logits], [0.2, 0.8],
                  [x.exp() for x in logits], [x.tanh() for x in logits], [Value(0.25)] * 4):  # fmt: skip
        nn.cross_entropy(given, 1)
    nn.bce_with_logits(net(1)([1.0, 2.0]), 1.0)


def test_a_relu_at_the_end_is_said_where_it_is_hardly_meant():
    y = X[:, 0] ** 2
    with pytest.warns(UserWarning, match="the last layer applies relu, so no output is ever negative\n  try"):
        nn.fit(nn.Sequential(nn.Layer(2, 4), nn.Layer(4, 1)), X, y, epochs=1)
    with pytest.warns(UserWarning, match="no output is ever negative, but some targets are"):
        nn.fit(nn.MLP(2, [4, 1], output="relu"), X, -y, epochs=1)
    for model in (
        nn.Sequential(nn.Layer(2, 4), nn.Linear(4, 1)),
        nn.Sequential(nn.Layer(2, 4), nn.Linear(4, 1), nn.ReLU()),
        nn.MLP(2, [4, 1], output="relu"),
    ):
        nn.fit(model, X, y, epochs=1)


# ── the history as a dict and as a table ────────────────────────────────────────────────────────────────────────────


def test_a_history_is_a_dict():
    history = nn.History({"loss": [1.0, 0.5], "val_loss": [2.0]}, steps=4)
    assert isinstance(history, dict)
    assert history == {"loss": [1.0, 0.5], "val_loss": [2.0]}
    copied = pickle.loads(pickle.dumps(history))
    assert (copied, copied.steps, copied.to_dict()) == (history, 4, history.to_dict())
    with pytest.raises(KeyError, match="no 'acc' in this history; it has loss, val_loss"):
        history["acc"]


def test_a_history_pickled_by_the_first_version_loads():
    history = nn.History.__new__(nn.History)
    history.__setstate__({"_columns": {"loss": [1.0]}, "steps": 3, "seconds": 0.5, "stopped": "", "snapshots": None})
    assert (history["loss"], history.steps, history.classes, history.epochs) == ([1.0], 3, None, 1)


def test_a_history_is_a_table_of_pandas():
    pandas = pytest.importorskip("pandas")
    history = nn.History({"loss": [1.0, 0.5], "accuracy": [0.25, 0.75]})
    pandas.testing.assert_frame_equal(
        pandas.DataFrame(history), pandas.DataFrame({"loss": [1.0, 0.5], "accuracy": [0.25, 0.75]})
    )
    frame = history.to_frame()
    assert frame.index.tolist() == [1, 2]
    assert frame["loss"].tolist() == [1.0, 0.5]
    cut = nn.History({"loss": [1.0, 0.5], "val_loss": [2.0]}).to_frame()
    assert math.isnan(cut["val_loss"].tolist()[1])


def test_without_pandas_the_table_says_its_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(autograd.MissingExtraError, match="to_frame needs pandas: pip install pandas"):
        nn.History({"loss": [1.0]}).to_frame()


# ── a model as a table ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_model_prints_as_a_table(capsys):
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.ReLU(), nn.Linear(3, 1, seed=1))
    model([1.0, 2.0]).backward()
    lines = str(model).splitlines()
    assert [line.split()[0] for line in lines] == ["part", "layers[0]", "layers[1]", "layers[2]", "all"]
    assert [line.split()[-3] for line in lines[1:]] == ["9", "0", "4", "13"]
    assert len({len(line) for line in lines}) == 1
    model.summary()
    assert capsys.readouterr().out == f"{model}\n"
    assert repr(model) == "Sequential of [Linear(2, 3), ReLU(), Linear(3, 1)]"


@pytest.mark.parametrize(
    "thing",
    [nn.MLP(2, [3, 1]), nn.Sequential(nn.ReLU()), nn.History({"loss": [1.0, 0.5]}), nn.Module()],
    ids=lambda thing: type(thing).__name__,
)
def test_in_ipython_it_is_a_table_too(thing):
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    assert pretty(thing) == str(thing)
    assert pretty([nn.Layer(2, 3), nn.Neuron(2)]) == "[Layer of 3 reluNeuron(2), reluNeuron(2)]"
