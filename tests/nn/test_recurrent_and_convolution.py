"""Recurrent layers and layers for images: PyTorch's numbers, eager and compiled; shapes, first numbers, refusals."""

from __future__ import annotations

import copy
import json
import math
import pickle
import random
import re
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Value

FROZEN = Path(__file__).parents[1] / "reference" / "recurrent_and_convolution.json"
REFERENCE = json.loads(FROZEN.read_text(encoding="utf-8"))


def label(row):
    return f"{row['layer']}{row['options']}"


def wave(shape, start):
    """The numbers that the frozen file was made with."""
    return np.sin(start + 1.7 * np.arange(math.prod(shape))).reshape(shape)


def values(array):
    return np.vectorize(Value, otypes=[object])(array).tolist()


def flat(nested):
    return [x for part in nested for x in flat(part)] if isinstance(nested, (list, tuple)) else [nested]


def numbers(nested):
    return [x.data if isinstance(x, Value) else x for x in flat(nested)]


def filled(row):
    """The layer, with the weights of the frozen file: each parameter array is a wave of its own."""
    options = {name: tuple(x) if isinstance(x, list) else x for name, x in row["options"].items()}
    layer = getattr(nn, row["layer"])(**options)
    arrays = {}
    for path, parameter in layer.named_parameters():
        arrays.setdefault(re.match(r"\w+", path)[0], []).append(parameter)
    for number, parameters in enumerate(arrays.values()):
        for parameter, x in zip(parameters, wave((len(parameters),), number + 1.0), strict=True):
            parameter.data = x
    return layer


def loss_of(outputs):
    """Σ weight·output, with a wave of weights for each of the outputs."""
    weighted = [autograd.dot(flat(x), wave((len(flat(x)),), 0.5 + i).tolist()) for i, x in enumerate(outputs)]
    return autograd.sum(weighted)


def agree(found, wanted):
    np.testing.assert_allclose(np.array(found), np.array(wanted), rtol=1e-10, atol=1e-13)


def called(layer, x, *states):
    """The outputs in the order in which PyTorch returns them."""
    if not isinstance(layer, (nn.RNN, nn.GRU, nn.LSTM)):
        return [layer(x)]
    state = states if len(states) > 1 else states[0] if states else None
    outputs, after = layer(x, state)
    return [outputs, *(after if isinstance(layer, nn.LSTM) else [after])]


def inputs_of(row):
    if "x" in row:
        return [np.array(row["x"])]
    options = row["options"]
    shape = (options.get("num_layers", 1), options["hidden_size"])
    count = (2 if row["layer"] == "LSTM" else 1) if row["state"] else 0
    return [wave((row["steps"], options["input_size"]), 0.0), *(wave(shape, 7.0 + i) for i in range(count))]


@pytest.mark.parametrize("row", [*REFERENCE["recurrent"], *REFERENCE["images"]], ids=label)
def test_a_layer_is_pytorchs(row):
    layer, inputs = filled(row), inputs_of(row)
    leaves = [values(x) for x in inputs]
    outputs = called(layer, *leaves)
    loss_of(outputs).backward()
    for found, wanted in zip(outputs, row["outputs"], strict=True):
        assert np.shape(found) == np.shape(wanted)
        agree([x.data for x in flat(found)], flat(wanted))
    parameters = {}
    for path, parameter in layer.named_parameters():
        parameters.setdefault(re.match(r"\w+", path)[0], []).append(parameter.grad)
    agree(
        np.concatenate([[x.grad for x in flat(leaf)] for leaf in leaves]),
        np.concatenate(row["gradients"][: len(leaves)]),
    )
    for found, wanted in zip(parameters.values(), row["gradients"][len(leaves) :], strict=True):
        agree(found, wanted)

    program = autograd.compile(lambda *xs: loss_of(called(layer, *xs)), parameters=layer.parameters())
    batch = [np.stack([x, x]) for x in inputs]
    value, gradient = program.value_and_grad(*batch)
    agree([value], numbers([loss_of(called(layer, *inputs))]))
    agree(gradient, [x for array in row["gradients"][len(leaves) :] for x in array])
    into = program.input_grad(*batch)
    for found, wanted in zip(into if len(inputs) > 1 else [into], row["gradients"], strict=False):
        agree(found[1].ravel(), wanted)


@pytest.mark.parametrize("row", REFERENCE["recurrent"], ids=label)
def test_a_loop_of_steps_is_the_layer(row):
    layer, (x, *states) = filled(row), inputs_of(row)
    state = tuple(states) if len(states) > 1 else states[0] if states else None
    outputs = []
    for vector in x:
        out, state = layer.step(vector, state)
        outputs.append(out)
    after = state if isinstance(state, tuple) else [state]
    assert numbers([outputs, *after]) == numbers(called(layer, x, *states))


@pytest.mark.parametrize("row", [*REFERENCE["recurrent"], *REFERENCE["images"]], ids=label)
def test_a_layer_prints_as_it_is_made_is_copied_and_comes_back(row, tmp_path):
    layer, x = filled(row), inputs_of(row)[0].tolist()
    again = eval(repr(layer), {row["layer"]: getattr(nn, row["layer"])})
    assert repr(again) == repr(layer)
    layer.save(tmp_path / "layer.npz")
    for other in (nn.load(tmp_path / "layer.npz"), pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
        assert (repr(other), other.state_dict()) == (repr(layer), layer.state_dict())
        assert numbers(called(other, x)) == numbers(called(layer, x))


@pytest.mark.parametrize(
    ("make", "bound"),
    [
        (lambda **options: nn.RNN(20, 16, **options), 0.25),
        (lambda **options: nn.GRU(3, 25, num_layers=2, **options), 0.2),
        (lambda **options: nn.LSTM(5, 16, **options), 0.25),
        (lambda **options: nn.Conv2d(4, 30, 2, **options), 0.25),
        (lambda **options: nn.Conv2d(5, 20, (5, 4), **options), 0.1),
    ],
)
def test_a_layer_starts_uniformly_with_pytorchs_bound(make, bound):
    drawn = np.array([x.data for x in make(seed=1).parameters()])
    assert np.abs(drawn).max() <= bound
    # A uniform number in [−a, a] has the variance a²/3, and its square the variance 4a⁴/45.
    assert abs(drawn.mean()) < 5 * bound / math.sqrt(3 * len(drawn))
    assert abs((drawn**2).mean() - bound**2 / 3) < 5 * bound**2 * math.sqrt(4 / 45 / len(drawn))
    assert make(seed=1).state_dict() == make(seed=1).state_dict() != make(seed=2).state_dict()
    random.seed(3)
    first = make().state_dict()
    random.seed(3)
    assert make().state_dict() == first


IMAGE = [[[1.0, 2.0, 3.0]] * 3]
REFUSED = [
    (lambda: nn.RNN(0, 2), ValueError, "a layer's width must be 1 or more, not 0"),
    (lambda: nn.LSTM(2, 2.5), TypeError, "a layer's width must be an int"),
    (lambda: nn.RNN(2, 2, nonlinearity="gelu"), ValueError, "nonlinearity must be 'tanh' or 'relu', not 'gelu'"),
    (lambda: nn.RNN(2, 2)([]), ValueError, "this RNN takes a sequence of vectors of 2 numbers, .* this one is empty"),
    (lambda: nn.GRU(1, 2)([1.0, 2.0]), ValueError, r"not a list of numbers\n  try  .*\[\[x\] for x in xs\]"),
    (lambda: nn.GRU(1, 2)(np.zeros(3)), ValueError, r"not an array with 1 axis\n  try  .*X\[:, :, None\]"),
    (lambda: nn.GRU(2, 2)("abc"), ValueError, "this GRU takes a sequence .* not a str$"),
    (lambda: nn.GRU(2, 2)(Value(3.0)), ValueError, "this GRU takes a sequence .* not one number"),
    (lambda: nn.GRU(2, 2)(3.0), ValueError, "this GRU takes a sequence .* not one number"),
    (lambda: nn.LSTM(2, 2)([[1.0, 2.0], [1.0]]), ValueError, "this LSTM takes 2 numbers at each step; step 1 has 1"),
    (lambda: nn.LSTM(2, 2)(np.zeros((4, 3, 2))), ValueError, r"3 axes\n  try  .*one sample at a time"),
    (
        lambda: nn.LSTM(2, 2)(np.zeros((4, 2, 2)).tolist()),
        ValueError,
        r"step 0 is a list of lists\n  try  .*one sample",
    ),
    (lambda: nn.LSTM(2, 2)([[1.0, 2.0]], [[0.0, 0.0]]), ValueError, r"must be a pair \(h, c\), each of 1 list of 2"),
    (lambda: nn.LSTM(2, 2)([[1.0, 2.0]], 0.0), ValueError, r"must be a pair \(h, c\)"),
    (lambda: nn.LSTM(2, 2)([[1.0, 2.0]], ([[0.0, 0.0]], [[0.0]])), ValueError, r"must be a pair \(h, c\)"),
    (lambda: nn.GRU(2, 2, 2).step([1.0, 2.0], [[0.0, 0.0]]), ValueError, "this GRU must be 2 lists of 2 numbers"),
    (lambda: nn.RNN(2, 2)([[1.0, 2.0]], [0.0, 0.0]), ValueError, "this RNN must be 1 list of 2 numbers"),
    (lambda: nn.RNN(2, 2)([[1.0, 2.0]], 0.0), ValueError, "this RNN must be 1 list of 2 numbers"),
    *(
        (
            lambda units=units: nn.Sequential(nn.LSTM(2, units), nn.Linear(units, 3))([[1.0, 2.0]] * 3),
            ValueError,
            rf"takes {units} inputs, not a pair \(outputs, state\) .*\n  try  .*lambda pair: pair\[0\]\[-1\]",
        )
        for units in (2, 5)
    ),
    *(
        (
            lambda first=first, take=take, steps=steps: nn.Sequential(first, take, nn.Linear(3, 2))(
                [[1.0, 2.0]] * steps
            ),
            ValueError,
            words,
        )
        for steps in (1, 3)
        for first, take, words in (
            (nn.LSTM(2, 3), tuple, r"not a pair \(outputs, state\) .*\n  try .*\n  each step +\[linear\(output\) for"),
            (nn.GRU(2, 3), tuple, r"not a pair \(outputs, state\) .*\n  try .*\n  each step +\[linear\(output\) for"),
            (nn.LSTM(2, 3), lambda pair: pair[1], r"not the state \(h, c\) of an LSTM\n  try +h\[-1\]"),
            (nn.GRU(2, 3), lambda pair: pair[1], r"not 1 row of 3\n  try +the row itself.* state\[-1\]"),
            (nn.GRU(2, 3, 2), lambda pair: pair[1], r"not 2 rows of 3\n  try +.*\[layer\(x\) for x in xs\]"),
        )
    ),
    (
        lambda: nn.Linear(3, 2)([[1.0] * 3] * 4),
        ValueError,
        r"not 4 rows of 3\n  try .*\[layer\(x\) for x in xs\] for the steps",
    ),
    (lambda: nn.Linear(3, 2)([[1.0] * 3, [1.0]]), ValueError, r"not 2 rows\n  try .*\[layer\(x\) for"),
    (lambda: nn.Linear(3, 2)([1.0] * 4), ValueError, r"takes 3 inputs, not 4$"),
    (lambda: nn.Linear(3, 2)(["abc"]), ValueError, r"takes 3 inputs, not 1$"),
    (lambda: nn.Conv2d(1, 1, 0), ValueError, "kernel_size must be 1 or more, not 0"),
    (lambda: nn.Conv2d(1, 1, (3, 2, 1)), TypeError, "kernel_size must be an int or a pair of ints"),
    (lambda: nn.Conv2d(1, 1, 3, stride=1.5), TypeError, "stride must be an int or a pair of ints"),
    (lambda: nn.Conv2d(1, 1, 3, padding=-1), ValueError, "padding must be 0 or more, not -1"),
    (lambda: nn.Conv2d(1, 1, 3, padding="full"), ValueError, "padding must be .* not 'full'"),
    (lambda: nn.Conv2d(1, 1, 3, 2, "same"), ValueError, "padding='same' needs a stride of 1, not 2"),
    (
        lambda: nn.Conv2d(1, 1, 2)(IMAGE[0]),
        ValueError,
        r"of 1 channel, .* not one of shape \(3, 3\)\n  try .*X\[:, None\]",
    ),
    (lambda: nn.Conv2d(2, 1, 2)(IMAGE), ValueError, r"of 2 channels, .* not one of shape \(1, 3, 3\)"),
    (lambda: nn.Conv2d(1, 1, 2)([IMAGE]), ValueError, r"\(1, 1, 3, 3\)\n  try  .*one image at a time"),
    (
        lambda: nn.Conv2d(1, 1, 2)(np.zeros(9)),
        ValueError,
        r"\(9,\)\n  try  .*X\.reshape\(-1, channels, height, width\)",
    ),
    (lambda: nn.Conv2d(1, 1, 2)(1.0), ValueError, "not a float"),
    (lambda: nn.Conv2d(1, 1, 2)([[[1.0, 2.0], [3.0]]]), ValueError, "rows or channels of this one have different len"),
    (lambda: nn.MaxPool2d(2)([IMAGE[0], IMAGE[0][:2]]), ValueError, "rows or channels of this one have different len"),
    (lambda: nn.MaxPool2d(2)([[[]]]), ValueError, r"this MaxPool2d takes an image of channels, .* not one of shape"),
    (lambda: nn.Conv2d(1, 1, (2, 6), padding=1)(IMAGE), ValueError, "5×5 with its padding, smaller than the 2×6"),
    (lambda: nn.AvgPool2d(4)(IMAGE), ValueError, "the image is 3×3.*, smaller than the 4×4 of this AvgPool2d"),
]


@pytest.mark.parametrize(("build", "kind", "words"), REFUSED)
def test_what_does_not_fit_is_refused(build, kind, words):
    with pytest.raises(kind, match=words):
        build()


def test_of_equal_numbers_the_first_has_the_gradient_of_a_pool_and_all_share_that_of_a_maximum():
    for options, wanted in (({}, [0.0, 0.5, 0.5]), ({"ties": "first"}, [0.0, 1.0, 0.0])):
        xs = values(np.array([1.0, 2.0, 2.0]))
        autograd.max(xs, **options).backward()
        assert [x.grad for x in xs] == wanted
        xs = values(np.array([-1.0, -2.0, -2.0]))
        autograd.min(xs, **options).backward()
        assert [x.grad for x in xs] == wanted
    with pytest.raises(ValueError, match="max's ties must be 'share' or 'first', not 'last'"):
        autograd.max([1.0], ties="last")
    assert math.isnan(nn.MaxPool2d(2)([[[1.0, math.nan], [3.0, 2.0]]])[0][0][0])


# ── in a model ──────────────────────────────────────────────────────────────────────────────────────────────────────


def convolutional():
    return nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1, seed=0), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten(),
        nn.Linear(12, 2, seed=1),
    )  # fmt: skip


class Reader(nn.Module):
    """The class of a sequence, from its last state."""

    def __init__(self, layer):
        self.layer, self.head = layer, nn.Linear(layer.hidden_size, 2, seed=9)

    def forward(self, xs):
        _, state = self.layer(xs)
        h = state[0] if isinstance(self.layer, nn.LSTM) else state
        return self.head(h[-1])


MODELS = {
    "convolutional": (convolutional, (1, 4, 5)),
    "rnn": (lambda: Reader(nn.RNN(2, 3, seed=0)), (4, 2)),
    "gru": (lambda: Reader(nn.GRU(2, 3, num_layers=2, seed=0)), (3, 2)),
    "lstm": (lambda: Reader(nn.LSTM(2, 3, bias=False, seed=0)), (4, 2)),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_trained_alike_by_both_engines(name):
    make, shape = MODELS[name]
    X = np.random.default_rng(0).normal(size=(12, *shape))
    y = (X.sum(axis=tuple(range(1, X.ndim))) > 0).astype(int)
    models, histories = {}, {}
    for engine in ("compiled", "eager"):
        models[engine] = model = make()
        options = {"loss": "cross_entropy", "lr": 0.05, "epochs": 3, "batch_size": 5, "metrics": "accuracy"}
        histories[engine] = nn.fit(model, X, y, engine=engine, record=engine == "compiled", **options)
    assert histories["compiled"]["loss"] == pytest.approx(histories["eager"]["loss"], rel=1e-11)
    for path, x in models["compiled"].state_dict().items():
        assert models["eager"].state_dict()[path] == pytest.approx(x, rel=1e-9, abs=1e-11)
    model = models["compiled"]
    outputs = nn.predict(model, X)
    assert outputs == pytest.approx(nn.predict(model, X, engine="eager"), rel=1e-12)
    assert outputs == pytest.approx(np.array([numbers(model(x.tolist())) for x in X]), rel=1e-12)
    measured = nn.evaluate(model, X, y, loss="cross_entropy", metrics="accuracy")
    assert measured["accuracy"] == histories["compiled"]["accuracy"][-1]
    assert len(histories["compiled"].snapshots) == 4
    assert "not a stack of layers" in histories["compiled"].snapshots.to_dict()["note"]
    assert f"{len(model.parameters())}" in str(model).splitlines()[-1]


def test_a_convolutional_model_is_diagnosed_layer_by_layer():
    model, X = convolutional(), np.random.default_rng(0).normal(size=(6, 1, 4, 5))
    for bias in model.layers[0].bias[:2]:
        bias.data = -99.0
    report = nn.diagnose(model, X, np.arange(6) % 2, loss="cross_entropy")
    assert [layer.activation for layer in report.layers] == ["linear", "relu", "linear", "linear", "linear", "linear"]
    assert report.layers[1].dead == pytest.approx(2 / 3)
    assert [layer.gradient is None for layer in report.layers] == [False, True, True, True, True, False]
    assert report.layers[0].gradient > 0.0 and str(report).splitlines()[3].split()[2] == "–"
    assert "layers[1]" in report.findings[0]


@pytest.mark.parametrize(
    ("model", "X", "words"),
    [
        (convolutional(), np.zeros((3, 4, 5)), r"not one of shape \(4, 5\)\n  try  .*X\[:, None\]"),
        (convolutional(), np.zeros((3, 20)), r"not one of shape \(20,\)\n  try  .*X\.reshape\(-1, channels"),
        (Reader(nn.LSTM(1, 3)), np.zeros((3, 4)), r"not an array with 1 axis\n  try  .*X\[:, :, None\]"),
        (nn.Sequential(nn.GRU(2, 3), nn.Linear(3, 2)), np.zeros((3, 4, 2)), r"not a pair .*\n  try  .*pair\[0\]\[-1\]"),
        (
            nn.Linear(20, 2),
            np.zeros((3, 4, 5)),
            r"shape \(4, 5\)\n  try +X\.reshape\(len\(X\), -1\).*\n  each step +\[layer",
        ),
        (
            nn.Sequential(nn.GRU(2, 3), lambda pair: pair[0], nn.Linear(3, 2)),
            np.zeros((3, 4, 2)),
            r"not 4 rows of 3\n  try .*\[layer\(x\) for x in xs\]",
        ),
        (
            nn.Sequential(nn.Embedding(5, 2), nn.GRU(2, 3), lambda pair: pair[0], nn.Linear(3, 2)),
            [[1, 2], [3], [4, 4, 4]],
            r"^this layer takes 3 inputs, not 2 rows of 3\n  given +X\[0\], of length 2; X is.*\n  try .*\[layer",
        ),
    ],
)
def test_samples_of_another_shape_are_refused_with_advice(model, X, words):
    with pytest.raises(ValueError, match=words):
        nn.fit(model, X, np.array([0, 1, 1]), loss="cross_entropy")
    with pytest.raises(ValueError, match=words):
        nn.predict(model, X)


def test_a_convolution_is_one_product_with_all_windows():
    conv = nn.Conv2d(2, 3, 3, seed=0)
    program = autograd.compile(lambda x: nn.Flatten()(conv(x))).record(np.zeros((1, 2, 5, 5))).programs[0]
    assert [instruction.operation.name for instruction in program] == ["matmul"]


def test_a_nested_value_goes_through_a_layer():
    """Second derivatives, of a convolution's square and of a recurrence, against differences of the first."""
    conv, rnn = nn.Conv2d(1, 1, 2, seed=0), nn.RNN(1, 2, seed=0)

    def f(a):
        image = conv([[[a, 1.0], [0.5, a * a]]])[0][0][0]
        outputs, _ = rnn([[a], [image]])
        return image * image + outputs[-1][0]

    slope, second = autograd.grad(f), autograd.grad(autograd.grad(f))
    step = 1e-5
    difference = (slope(0.3 + step).data - slope(0.3 - step).data) / (2 * step)
    assert second(0.3).data == pytest.approx(difference, rel=1e-7)
