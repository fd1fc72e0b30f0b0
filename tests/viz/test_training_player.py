"""The snapshots of a training, and the player that shows them: its data, its picture, its page, its words."""

from __future__ import annotations

import json
import math
import pickle
import re
from collections import Counter
from html.parser import HTMLParser
from unittest import mock
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import NonFiniteError
from autograd.util.text_width import columns
from autograd.viz.training.plane import region
from autograd.viz.training.player import TrainingPlayer, training_player
from autograd.viz.training.record import TrainingRecord
from autograd.viz.training.svg import STEPS, WRONG, ZERO, _kinds, _width
from autograd.viz.web import script as static
from autograd.viz.web.words import training_words
from autograd.viz.write import theme
from autograd.viz.write.edges import edge_looks
from autograd.viz.write.numbers import cell, figure
from nn.inspect.snapshots import Snapshots

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&<{}|"


def recorded(model, X, y, recorder=None, **options):
    return nn.fit(model, X, y, record=True if recorder is None else recorder, **options)


def moons(epochs=4, width=3, recorder=None, **options):
    X, y = nn.data.moons(20, seed=0)
    model = nn.MLP(2, [width, 1], activation="tanh", seed=1)
    return model, recorded(model, X, y, recorder, epochs=epochs, **{"lr": 0.05, **options})


@pytest.fixture(scope="module")
def history():
    return moons()[1]


def put(model, snapshot):
    for parameter, number in zip(model.parameters(), snapshot.parameters.tolist(), strict=True):
        parameter.data = number


# ── which snapshots are kept ────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=40, deadline=None)
@given(epochs=st.integers(1, 60), every=st.integers(1, 7), most=st.integers(2, 12))
def test_the_first_the_last_and_evenly_between(epochs, every, most):
    recorder = Snapshots(every, most)
    recorded(nn.Neuron(1, None, seed=0), [[1.0], [2.0]], [1.0, 2.0], recorder, epochs=epochs, optimizer="sgd", lr=1e-12)
    kept = [snapshot.epoch for snapshot in recorder.kept]
    assert (kept[0], kept[-1], kept) == (0, epochs, sorted(set(kept)))
    assert 2 <= len(kept) <= most
    distance = every
    while len(range(distance, epochs, distance)) > most - 2:
        distance *= 2
    assert kept[1:-1] == list(range(distance, epochs, distance))


def test_snapshots_are_the_parameters_of_the_training_at_those_epochs():
    X, y = nn.data.moons(20, seed=0)
    options = {"lr": 0.05, "epochs": 9, "batch_size": 6}
    seen = {0: [p.data for p in nn.MLP(2, [3, 1], activation="tanh", seed=1).parameters()]}

    def note(run):
        seen[run.epoch] = run.theta.tolist()

    nn.fit(nn.MLP(2, [3, 1], activation="tanh", seed=1), X, y, callbacks=[note], **options)
    _, history = moons(recorder=Snapshots(every=2), **options)
    assert [snapshot.epoch for snapshot in history.snapshots] == [0, 2, 4, 6, 8, 9]
    for snapshot in history.snapshots:
        assert snapshot.parameters.tolist() == seen[snapshot.epoch]


def test_as_a_plain_callback_it_begins_after_the_first_epoch_and_needs_no_end():
    X, y = nn.data.moons(20, seed=0)
    recorder = Snapshots()
    history = nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=3, callbacks=[recorder])
    assert history.snapshots is recorder
    assert [snapshot.epoch for snapshot in recorder] == [1, 2, 3]
    assert all(snapshot.gradient is not None for snapshot in recorder)
    again = nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=1, callbacks=[recorder])
    assert [snapshot.epoch for snapshot in again.snapshots] == [1]


def test_what_was_kept_is_pickled_without_the_model():
    X, y = nn.data.moons(20, seed=0)
    history = nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=2, callbacks=[Snapshots()])
    copy = pickle.loads(pickle.dumps(history))
    assert copy.snapshots.to_dict() == history.snapshots.to_dict()
    assert training_player(copy).html == training_player(history).html


def test_an_epoch_that_was_not_finished_is_the_last_snapshot():
    model, history = moons(epochs=9, batch_size=5, max_steps=6)
    assert [snapshot.epoch for snapshot in history.snapshots] == [0, 1, 1.5]
    assert history.snapshots[-1].parameters.tolist() == [p.data for p in model.parameters()]


def test_a_training_that_overflows_keeps_what_came_before():
    recorder = Snapshots()
    with pytest.raises(NonFiniteError) as caught:
        recorded(nn.MLP(1, [1], seed=0), [[1.0]], [1.0], recorder, epochs=999, optimizer="sgd", lr=1e10)
    history = caught.value.history
    assert history.snapshots is recorder
    assert len(recorder) > 2
    assert recorder[-1].loss > 1e100
    assert "player" not in str(training_player(history))  # it prints, whatever the numbers are
    assert "text/html" in training_player(history)._repr_mimebundle_()


def test_a_snapshot_that_cannot_be_made_is_no_reason_to_lose_a_training():
    broken = mock.patch("nn.inspect.probe.ModelProbe.seen", side_effect=ZeroDivisionError("x"))
    with broken, pytest.warns(UserWarning, match="snapshots of this training could not be computed: ZeroDivisionError"):
        _, history = moons()
    assert history.snapshots is None
    assert history.epochs == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": 0}, "every must be a whole number, 1 or more, not 0"),
        ({"every": True}, "every must be a whole number, 1 or more, not True"),
        ({"most": 1}, "most must be a whole number, 2 or more, not 1"),
        ({"at": 20}, "at must be a sample's index, 0 to 19, or an input, not 20"),
        ({"at": [1.0]}, r"at must be a sample's index, or an input of shape \(2,\), not of shape \(1,\)"),
    ],
)
def test_what_is_wrong_is_said(options, message):
    with pytest.raises(ValueError, match=message):
        moons(recorder=Snapshots(**options))


def test_what_fit_may_be_given():
    assert [Snapshots.of(x) for x in (None, False)] == [None, None]
    assert (Snapshots.of(True).every, Snapshots.of(5).every) == (1, 5)
    mine = Snapshots()
    assert Snapshots.of(mine) is mine


# ── what is in a snapshot ───────────────────────────────────────────────────────────────────────────────────────────


def doubtful(x):
    """A function that does not compile: it looks at a number."""
    return x * 1.0 if x.data > 0 else x * 2.0


MODELS = {
    "MLP": lambda: nn.MLP(2, [4, 3, 1], activation="tanh", seed=0),
    "softmax": lambda: nn.MLP(2, [4, 3], output="softmax", seed=0),
    "Sequential": lambda: nn.Sequential(nn.Layer(2, 3, seed=0), nn.Layer(3, 2, None, seed=1), autograd.softmax),
    "nested": lambda: nn.Sequential(nn.MLP(2, [3, 3], seed=0), nn.Layer(3, 1, "sigmoid", seed=1)),
    "Neuron": lambda: nn.Neuron(2, "tanh", seed=0),
    "Layer": lambda: nn.Layer(2, 2, "tanh", seed=0),
    "eager": lambda: nn.MLP(2, [3, 1], activation=doubtful, seed=0),
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
@pytest.mark.filterwarnings("ignore:the model does not compile")
def test_everything_is_what_the_engine_gives(make):
    X, y = nn.data.moons(9, seed=0)
    model = make()
    outputs = len(model([0.0, 0.0])) if isinstance(model([0.0, 0.0]), list) else 1
    targets = y if outputs == 1 else np.eye(outputs)[(y > 0).astype(int)]
    history = recorded(model, X, targets, Snapshots(at=2), epochs=2, lr=0.1)
    (low, high), (bottom, top) = history.snapshots.to_dict()["axes"]
    for snapshot in history.snapshots:
        put(model, snapshot)
        model.zero_grad()
        rows = zip(X.tolist(), targets.tolist(), strict=True)
        loss = autograd.mean([nn.mse_loss(model(x), target) for x, target in rows])
        loss.backward()
        assert snapshot.loss == pytest.approx(loss.data)
        np.testing.assert_allclose(snapshot.gradient, [p.grad for p in model.parameters()], rtol=1e-9, atol=1e-12)
        found = model(X[2].tolist())
        last = [x.data for x in found] if outputs > 1 else [found.data]
        np.testing.assert_allclose(snapshot.activations[-1], last, rtol=1e-9)
        side = len(snapshot.outputs)
        for i, j in ((0, 0), (side - 1, 0), (3, side - 1)):
            x = [low + (high - low) * j / (side - 1), bottom + (top - bottom) * i / (side - 1)]
            here = model(x)
            wanted = [z.data for z in here] if outputs > 1 else [here.data]
            np.testing.assert_allclose(snapshot.outputs[i, j], wanted, rtol=1e-5, atol=1e-6)


def test_activations_are_those_of_every_neuron():
    model, history = moons(recorder=Snapshots(at=[0.5, -1.0]))
    put(model, history.snapshots[-1])
    hidden = model.layers[0]([0.5, -1.0])
    first, second = history.snapshots[-1].activations
    np.testing.assert_allclose(first, [x.data for x in hidden], rtol=1e-12)
    np.testing.assert_allclose(second, [model.layers[1](hidden).data], rtol=1e-12)
    assert history.snapshots.to_dict()["sample"] == {"index": None, "x": [0.5, -1.0], "y": None}


@pytest.mark.filterwarnings("ignore:the model does not compile")
@pytest.mark.parametrize("name", ["MLP", "eager"])
def test_the_model_is_left_as_the_training_left_it(name):
    X, y = nn.data.moons(9, seed=0)
    plain, watched = MODELS[name](), MODELS[name]()
    nn.fit(plain, X, y, epochs=3)
    recorded(watched, X, y, epochs=3)
    assert [(p.data, p.has_grad, p.grad) for p in plain.parameters()] == [
        (p.data, p.has_grad, p.grad) for p in watched.parameters()
    ]


def test_weights_of_samples_and_validation_data():
    X, y = nn.data.moons(9, seed=0)
    weight = np.linspace(0.5, 2.0, 9)
    model = nn.MLP(2, [1], seed=0)
    history = recorded(model, X, y, epochs=3, sample_weight=weight, validation=(X[:4], y[:4]))
    put(model, history.snapshots[-1])
    losses = [(model(x).data - t) ** 2 for x, t in zip(X.tolist(), y.tolist(), strict=True)]
    assert history.snapshots[-1].loss == pytest.approx(np.average(losses, weights=weight))
    held_out = [snapshot.val_loss for snapshot in history.snapshots]
    assert held_out == [None, *history["val_loss"]]


def test_of_many_samples_some_are_looked_at():
    X = np.linspace(0.0, 1.0, 3000)
    history = recorded(nn.MLP(1, [1], seed=0), X, 2 * X, epochs=1, batch_size=500)
    record = history.snapshots.to_dict()
    assert record["samples"] == {"all": 3000, "used": 1000}
    assert len(record["points"]["x"]) == 200
    assert record["points"]["x"][0] == 0.0
    assert record["points"]["x"][-1] == 1.0


def test_frozen_parameters_are_among_them():
    X, y = nn.data.moons(9, seed=0)
    model = nn.MLP(2, [3, 1], seed=0)
    trained = model.layers[1].parameters()
    history = recorded(model, X, y, epochs=1, optimizer=nn.SGD(trained, lr=0.1))
    assert history.snapshots.to_dict()["names"][: len(trained)] == [
        f"layers[1].neurons[0].{x}" for x in ("w[0]", "w[1]", "w[2]", "b")
    ]
    assert len(history.snapshots[0].parameters) == len(model.parameters())
    put_in_order = dict(zip(history.snapshots.to_dict()["names"], history.snapshots[-1].parameters, strict=True))
    assert put_in_order == pytest.approx(model.state_dict())


class Skip(nn.Module):
    """Not one layer after the other."""

    def __init__(self):
        self.inner, self.outer = nn.Layer(2, 3, "tanh", seed=0), nn.Layer(5, 1, None, seed=1)

    def forward(self, x):
        return self.outer([*self.inner(x), *x])


class Twice(nn.MLP):
    """It looks like an MLP, and is none."""

    def __call__(self, x):
        return 2.0 * super().__call__(x)


def shared():
    model = nn.MLP(2, [2, 1], seed=0)
    model.layers[0].neurons[0].w[0] = model.layers[1].neurons[0].w[0] * 1.0
    return model


@pytest.mark.parametrize(
    ("make", "note"),
    [
        (Skip, "Skip is not a stack of layers, like an MLP or a Sequential of Layers"),
        (lambda: nn.Sequential(Skip()), "Sequential is not a stack of layers"),
        (lambda: nn.Sequential(tuple, nn.Linear(2, 1)), "Sequential is not a stack of layers"),
        (lambda: Twice(2, [2, 1], seed=0), "running its layers in order does not give the model's output"),
        (shared, "a weight of layers[0] is not a parameter"),
    ],
    ids=["module", "inside", "function first", "overridden", "computed weight"],
)
@pytest.mark.filterwarnings("ignore:the model does not compile")
def test_other_models_have_a_note_and_their_parameters(make, note):
    X, y = nn.data.moons(9, seed=0)
    history = recorded(make(), X, y, epochs=2)
    record = history.snapshots.to_dict()
    assert (record["layers"], record["snapshots"][0]["activations"]) == (None, None)
    assert note in record["note"]
    assert np.shape(record["snapshots"][0]["outputs"]) == (24, 24, 1)
    svg = training_player(history, language="en").svg()
    assert "parameter</text>" in svg
    assert svg.count('<g class="row">') == min(14, len(record["names"]))


def test_activations_and_dropout_belong_to_the_layer_before_them():
    X, y = nn.data.moons(9, seed=0)
    model = nn.Sequential(nn.Linear(2, 4, seed=0), nn.ReLU(), nn.Dropout(0.2), nn.Linear(4, 1, seed=1), nn.Tanh())
    record = recorded(model, X, y, epochs=2).snapshots.to_dict()
    layers = [(layer["name"], layer["activation"]) for layer in record["layers"]]
    assert layers == [("layers[0]", "ReLU, Dropout"), ("layers[3]", "Tanh")]
    hidden, (output,) = record["snapshots"][-1]["activations"]
    assert [x >= 0.0 for x in hidden] == [True] * 4
    assert output == pytest.approx(model(X[0]).data)


def test_a_record_is_plain_data_and_no_part_of_a_checkpoint(history):
    record = history.snapshots.to_dict()
    assert json.loads(json.dumps(record)) == record
    assert set(record) == {
        "model", "loss", "names", "layers", "note", "sample", "axes", "points", "sequence", "samples", "snapshots",
    }  # fmt: skip
    assert "snapshots" not in history.to_dict()
    assert str(training_player(record)) == str(training_player(history)) == str(training_player(history.snapshots))


# ── the picture ─────────────────────────────────────────────────────────────────────────────────────────────────────


def area(path):
    """What a path of region() encloses, in steps of the grid."""
    total = 0.0
    for part in filter(None, path.split("M")):
        run = re.fullmatch(r"(\d+) (\d+)h(\d+)v-1h-\d+z", part)
        if run:
            total += int(run[3])
            continue
        points = [tuple(map(float, point.split())) for point in part.removesuffix("z").split("L")]
        pairs = zip(points, points[1:] + points[:1], strict=True)
        total += abs(sum(a * d - b * c for (a, b), (c, d) in pairs)) / 2
    return total


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.integers(2, 8))
def test_a_plane_is_cut_in_two(a, b, c, side):
    y, x = np.mgrid[:side, :side] / side
    field = a * x + b * y + c
    above, below = area(region(field, 0.0)), area(region(-field, 0.0))
    assert above + below == pytest.approx((side - 1) ** 2, abs=0.05 * side**2) or not field.any()
    if (field > 0).all():
        assert (above, below) == ((side - 1) ** 2, 0.0)


def test_the_border_of_a_half_plane_is_where_it_is_zero():
    x = np.tile(np.linspace(-1.0, 1.0, 6), (6, 1))
    assert region(x, 0.0, is_line=True) == "".join(f"M2.5 {5 - j}L2.5 {4 - j}" for j in range(5))


def test_the_picture_is_xml_with_every_neuron_and_the_loss(history):
    svg = ElementTree.fromstring(training_player(history, language="en").svg())
    texts = ["".join(x.itertext()) for x in svg.iter("{http://www.w3.org/2000/svg}text")]
    for word in (
        "inputs",
        "sample 0",
        "layers[0]",
        "layers[1]",
        "tanh",
        "linear",
        "x₁",
        "x₂",
        "Output over the inputs",
    ):
        assert word in texts
    shown = [cell(x) for layer in history.snapshots[-1].activations for x in layer]
    assert [x for x in texts if x in shown] == shown
    assert f"epoch 4: {figure(history.snapshots[-1].loss)}" in texts
    assert sum(g.get("class", "").startswith("node") for g in svg.iter("{http://www.w3.org/2000/svg}g")) == 2 + 3 + 1


WEIGHTS = [-2.0, -0.9, -1e-9, 0.0, -0.0, 0.3, 2.0]


def player_of_seven_weights():
    model = nn.MLP(7, [1], seed=0)
    parts = {f"layers[0].neurons[0].w[{i}]": w for i, w in enumerate(WEIGHTS)}
    model.load_state_dict(parts | {"layers[0].neurons[0].b": 0.0})
    return training_player(recorded(model, [[0.0] * 7, [0.0] * 7], [1.0, 2.0], epochs=1, optimizer="sgd", lr=1e-12))


def test_a_line_has_the_look_that_the_drawing_of_a_network_gives_it():
    """Colour is the sign, width the size, dashes a 0: as `draw` shows the same seven weights."""
    svg = player_of_seven_weights().svg()
    for kind, color in (("m", "minus"), ("z", "line"), ("w", "wrong")):
        assert f".edges .{kind}{{stroke:{(theme.LIGHT | theme.SIGN_LIGHT)[color]};stroke:var(--{color})" in svg
    assert svg.count("dasharray:4 3") == svg.count("dasharray:4 3", svg.index(".edges .z{")) >= 1
    drawn = re.findall(r'<path class="([pmzw])" stroke-width="([\d.]+)" d="(M\d.+?)"', svg.split("edges key")[0])
    names = {"p": ("plus", ""), "m": ("minus", ""), "z": ("", "zero")}
    looks = Counter((*names[kind], float(width)) for kind, width, path in drawn for _ in range(path.count("M")))
    model = nn.MLP(7, [1], seed=0)
    for w, weight in zip(model.layers[0].neurons[0].w, WEIGHTS, strict=True):
        w.data = weight
    lines = edge_looks(autograd.draw(model([1.0] * 7)).picture)
    assert looks == Counter((look.color, look.dash, look.width) for look in lines)


def test_a_number_that_is_not_finite_has_a_line_that_nobody_overlooks():
    kinds = _kinds(np.array([1.0, -1.0, 0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324]))
    assert kinds == [STEPS - 1, 2 * STEPS - 1, ZERO, ZERO, WRONG, WRONG, WRONG, 0]
    assert [_width(kind) for kind in kinds] == [3.5, 3.5, 1.0, 1.0, 3.5, 3.5, 3.5, 0.5]


def test_wide_layers_and_many_inputs_are_shortened():
    X = np.random.default_rng(0).random((6, 30))
    history = recorded(nn.MLP(30, [120, 16, 3], seed=0), X, [0, 1, 2, 0, 1, 2], loss="cross_entropy", epochs=1)
    training = TrainingRecord(history.snapshots.to_dict())
    assert [(len(column.shown), column.hidden) for column in training.columns] == [(9, 21), (9, 111), (16, 0), (3, 0)]
    assert training.columns[1].shown == (0, 1, 2, 3, 4, 5, 6, 118, 119)
    svg = training_player(history, language="en").svg()
    assert ("… 21 more" in svg, "… 111 more" in svg) == (True, True)
    assert training.target == 0


@pytest.mark.parametrize(
    ("targets", "loss", "outputs", "kind", "level"),
    [
        ([-1.0, 1.0], "mse", 1, "sides", 0.0),
        ([0, 1], "mse", 1, "sides", 0.5),
        ([0, 1], "bce_with_logits", 1, "sides", 0.0),
        ([0, 1, 2], "cross_entropy", 3, "classes", 0.0),
        ([[1, 0], [0, 1]], "cross_entropy", 2, "classes", 0.0),
        ([0.1, 0.2, 0.9], "mse", 1, "surface", 0.2),
        ([[0.1, 0.2], [0.3, 0.5], [0.4, 0.6]], "mse", 2, "surface", 0.3),
    ],
)
def test_what_is_shown_over_the_plane(targets, loss, outputs, kind, level):
    X = np.random.default_rng(0).random((len(targets), 2))
    training = TrainingRecord(
        recorded(nn.MLP(2, [outputs], seed=0), X, targets, loss=loss, epochs=1).snapshots.to_dict()
    )
    assert (training.plane.kind, training.plane.level) == (kind, pytest.approx(level))
    assert np.isfinite(training.shades).all()


def test_of_one_input_there_is_a_curve_and_of_three_no_plane():
    X = np.linspace(0.0, 1.0, 5)
    training = TrainingRecord(recorded(nn.MLP(1, [1], seed=0), X, X, epochs=1).snapshots.to_dict())
    assert (training.plane.kind, training.shades.shape) == ("curve", (2, 49))
    three = recorded(nn.MLP(3, [1], seed=0), np.ones((5, 3)), X, epochs=1)
    assert TrainingRecord(three.snapshots.to_dict()).plane is None
    assert "Output over" not in training_player(three, language="en").svg()


# ── outputs against targets, metrics, samples ───────────────────────────────────────────────────────────────────────


def five_inputs(outputs=1, targets=None, epochs=3, **options):
    X = np.random.default_rng(0).normal(size=(40, 5))
    model = nn.MLP(5, [4, outputs], activation="tanh", seed=0)
    y = X.sum(axis=1) if targets is None else np.asarray(targets)
    return model, X, y, recorded(model, X, y, epochs=epochs, lr=0.05, **options)


def test_without_a_plane_outputs_stand_against_targets():
    model, X, y, history = five_inputs()
    outcome = TrainingRecord(history.snapshots.to_dict()).outcome
    assert (outcome.kind, outcome.targets.tolist()) == ("scatter", y.tolist())
    for snapshot, outputs in zip(history.snapshots, outcome.numbers, strict=True):
        put(model, snapshot)
        np.testing.assert_allclose(outputs, [model(x).data for x in X.tolist()], rtol=1e-9)
    svg = ElementTree.fromstring(training_player(history, language="en").svg())
    (points,) = (x.get("d") for x in svg.iter() if x.get("class") == "answers")
    assert points.count("M") == 40


@pytest.mark.parametrize(
    ("targets", "loss", "outputs", "names"),
    [
        (np.arange(40) % 3, "cross_entropy", 3, ("0", "1", "2")),
        (np.eye(3)[np.arange(40) % 3], "cross_entropy", 3, ("0", "1", "2")),
        (np.arange(40) % 2, "bce_with_logits", 1, ("0", "1")),
        (np.arange(40) % 2 * 2 - 1, "mse", 1, ("-1", "1")),
    ],
)
def test_of_classes_it_is_counted_which_became_which(targets, loss, outputs, names):
    model, X, y, history = five_inputs(outputs, targets, loss=loss)
    outcome = TrainingRecord(history.snapshots.to_dict()).outcome
    assert (outcome.kind, outcome.names) == ("confusion", names)
    put(model, history.snapshots[-1])
    level = {"bce_with_logits": 0.0, "mse": 0.0}.get(loss)
    wanted = np.zeros((len(names), len(names)))
    for x, target in zip(X.tolist(), y.tolist(), strict=True):
        found = model(x)
        given = int(found.data > level) if outputs == 1 else int(np.argmax([z.data for z in found]))
        row = target.index(1.0) if isinstance(target, list) else names.index(f"{target:g}")
        wanted[row, given] += 1
    assert outcome.numbers[-1].tolist() == wanted.tolist()
    svg = training_player(history, language="en").svg()
    assert "Classes of 40 samples" in svg
    assert re.findall(r'count" x="[\d.]+" y="[\d.]+">(\d+)<', svg) == [f"{x:g}" for x in wanted.ravel()]


def test_metrics_are_lines_and_numbers():
    _, _, _, history = five_inputs(metrics=["r2", "mae"])
    player = training_player(history, language="en")
    assert player.record.metrics == {name: [None, *history[name]] for name in ("r2", "mae")}
    assert str(player).splitlines()[2].split()[:4] == ["epoch", "loss", "r2", "mae"]
    texts = list(ElementTree.fromstring(player.svg()).itertext())
    for name in ("r2", "mae"):
        assert name in texts
        assert figure(history[name][-1]) in texts
    assert f"r2 {figure(history['r2'][-1])}, mae {figure(history['mae'][-1])}" in player._frame(3)[-1]
    assert player._frame(0)[-1] == ""
    assert player.svg(0).count('visibility="hidden"') == 2  # the marks: before the first epoch nothing was measured
    assert "mae" in Page(player.html).words


def test_a_record_of_an_earlier_version_is_played():
    record = five_inputs(metrics=["r2"])[3].snapshots.to_dict()
    for snapshot in record["snapshots"]:
        del snapshot["answers"], snapshot["metrics"]
    for points in (None, {"x": record["points"]["x"], "y": record["points"]["y"]}):
        player = training_player({**record, "points": points}, language="en")
        assert (player.record.outcome, player.record.choices, player.record.metrics) == (None, None, {})
        assert "against" not in player.svg()


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "sigmoid", "softplus", "elu", "silu", None])
def test_samples_may_be_chosen_where_the_script_knows_the_activations(activation):
    X, y = nn.data.moons(20, seed=0)
    model = nn.MLP(2, [3, 2], activation=activation, output="softmax", seed=0)
    choices = training_player(recorded(model, X, np.eye(2)[(y > 0).astype(int)], epochs=2)).record.choices
    assert list(choices.formulas) == [activation or "linear", "softmax"]
    assert (choices.x.tolist(), list(choices.index)) == (X.tolist(), list(range(20)))


def test_an_activation_is_not_believed_for_its_name():
    def tanh(x):
        return x.tanh() * 2.0

    X, y = nn.data.moons(20, seed=0)
    assert training_player(recorded(nn.MLP(2, [3, 1], activation=tanh, seed=0), X, y, epochs=1)).record.choices is None
    wide = recorded(nn.MLP(2, [17, 1], seed=0), X, y, epochs=1)
    assert training_player(wide).record.choices is None  # not all weights are on the page


# ── the page and the words ──────────────────────────────────────────────────────────────────────────────────────────


class Page(HTMLParser):
    """The elements of a page, and the text of what is no script."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self._open = [], "", ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag):
        self._open = ""

    def handle_data(self, data):
        self.words += data if self._open != "script" else ""


def test_without_scripts_there_is_a_picture_and_a_table(history):
    page = Page(training_player(history, language="en").html)
    (image,) = [attributes for tag, attributes in page.elements if tag == "img"]
    assert image["alt"].startswith("Training of MLP 2-3-1, epochs 0 to 4: the loss goes from ")
    assert image["src"].startswith("data:image/svg+xml,")
    assert sum(tag == "tr" for tag, _ in page.elements) == 1 + 5
    assert sum(tag == "script" for tag, _ in page.elements) == 2  # the data, and what plays it
    assert figure(history.snapshots[0].loss) in page.words


def test_a_hostile_name_is_text_everywhere():
    def activation(x):
        return x * 1.0

    activation.__name__ = HOSTILE
    cls = type(HOSTILE, (nn.MLP,), {})
    X, y = nn.data.moons(6, seed=0)
    for model in (cls(2, [2, 1], activation=activation, seed=0), type(HOSTILE, (Skip,), {})()):
        for parameter in model.parameters():
            parameter.label = HOSTILE
        player = training_player(recorded(model, X, y, epochs=1), language="en")
        page = Page(player.html)
        assert [tag for tag, _ in page.elements if tag in ("img", "script")] == ["img", "script", "script"]
        assert not any("onerror" in attributes for _, attributes in page.elements)
        ElementTree.fromstring(player.svg())
        assert HOSTILE in str(player)


def named_lines(player):
    """Of the words for two lines of the loss, how far down they stand."""
    root = ElementTree.fromstring(player.svg())
    texts = [("".join(text.itertext()), float(text.get("y"))) for text in root.iter() if text.tag.endswith("text")]
    return {word: y for word, y in texts if word in ("training", "validation")}


@pytest.mark.parametrize("inputs", [2, 4])  # with a plane above the loss, and without
def test_the_names_of_two_lines_stand_above_the_plot_and_one_point_is_no_line(inputs):
    X = np.random.default_rng(0).normal(size=(20, inputs))
    short, long = (
        training_player(
            recorded(nn.MLP(inputs, [3, 1], seed=0), X, X[:, 0], epochs=epochs, validation=(X, 9 * X[:, 0])),
            language="en",
        )
        for epochs in (1, 2)
    )
    assert named_lines(short) == {}
    assert 'class="held"' not in short.svg()
    assert short._layout.loss.up[1] == max(short.record.losses) < short.record.held_out[-1]
    found = named_lines(long)
    assert set(found) == {"training", "validation"}
    assert all(long._layout.loss.y - 14 < y < long._layout.loss.y - 4 for y in found.values())
    assert long.svg().count('class="held"') == 2


def test_what_is_rounding_in_a_gradient_is_shown_as_0(history):
    record = history.snapshots.to_dict()
    names = record["names"]
    dust, small = names.index("layers[0].neurons[0].w[0]"), names.index("layers[1].neurons[0].w[0]")
    for snapshot in record["snapshots"]:
        snapshot["gradient"] = [1.0 if name.startswith("layers[0]") else 1e-15 for name in names]
        snapshot["gradient"][dust], snapshot["gradient"][small] = -2e-18, 2e-16
    training = TrainingRecord(record)
    assert set(training.gradients[:, dust]) == {0.0}
    assert set(training.gradients[:, small]) == {2e-16}  # of a layer whose gradients vanish, they stay
    record["snapshots"][0]["gradient"][dust + 1] = math.inf
    assert set(TrainingRecord(record).gradients[0].tolist()) == {0.0, 1.0, math.inf, 1e-15, 2e-16}


@pytest.mark.parametrize(
    ("activation", "keeps"), [("relu", [True, True]), ("leaky_relu", [True, False]), ("tanh", [False, False])]
)
def test_which_activations_are_the_sums_they_were_given(activation, keeps):
    X, y = nn.data.moons(20, seed=0)
    training = TrainingRecord(
        recorded(nn.MLP(2, [20, 3, 1], activation=activation, seed=0), X, y, epochs=3).snapshots.to_dict()
    )
    assert training.keeps == [keeps, keeps, [True, True]]  # the last is linear; of relu's none are below 0


def sent_words(player):
    return json.loads(re.search('<script type="application/json">(.*?)</script>', player.html)[1])["words"]


@pytest.mark.parametrize(
    ("language", "of_all", "of_some", "losses"),
    [
        ("en", "gradient (all samples)", "gradient (1000 samples)", "after that epoch"),
        ("zh", "梯度（全部样本）", "梯度（1000 个样本）", "该轮结束后"),
    ],
)
def test_it_is_said_of_what_a_gradient_and_a_loss_are(history, language, of_all, of_some, losses):
    record = history.snapshots.to_dict()
    words = sent_words(training_player(record, language=language))
    assert words["gradient"] == of_all
    assert losses in words["losses"]
    some = sent_words(training_player({**record, "samples": {"all": 5000, "used": 1000}}, language=language))
    assert some["gradient"] == of_some


def test_sixty_snapshots_of_a_small_network_are_small():
    X, y = nn.data.moons(200, seed=0)
    history = recorded(nn.MLP(2, [16, 16, 1], activation="tanh", seed=0), X, y, epochs=59, lr=1e-122)
    assert len(history.snapshots) == 60
    player = training_player(history, language="en")
    assert len(player.html.encode()) < 258_500


def test_the_same_record_makes_the_same_bytes(history):
    assert training_player(history).html == training_player(history.snapshots.to_dict()).html


def test_in_a_terminal_it_is_a_table(history):
    lines = str(training_player(history, language="en")).splitlines()
    assert lines[0] == "MLP 2-3-1, 5 snapshots of epochs 0 to 4"
    assert re.fullmatch(r"loss  [▁-█]{5}  \S+ → \S+", lines[1])
    assert lines[2].split() == ["epoch", "loss", "largest", "|gradient|:", "layers[0]", "layers[1]"]
    assert [line.split()[0] for line in lines[3:]] == ["0", "1", "2", "3", "4"]
    assert len({len(line) for line in lines[2:]}) == 1
    largest = np.abs(history.snapshots[0].gradient[:9]).max()
    assert lines[3].split()[2] == figure(largest)
    assert repr(training_player(history)) == "TrainingPlayer(5 snapshots of MLP 2-3-1)"


def test_the_columns_of_a_table_end_below_each_other_in_chinese_too(history):
    lines = str(training_player(history, language="zh")).splitlines()[2:]
    assert len({columns(line) for line in lines}) == 1 < len({len(line) for line in lines})


def test_a_long_training_is_shortened_in_a_terminal():
    _, history = moons(epochs=50)
    lines = str(training_player(history)).splitlines()
    assert len(lines) == 3 + 24
    assert (lines[3].split()[0], lines[-1].split()[0]) == ("0", "50")


def test_it_speaks_chinese_and_both_languages_have_every_word(history):
    player = training_player(history, language="zh")
    assert "训练过程" in player.html
    assert "轮次" in player.svg()
    english, chinese = training_words("en"), training_words("zh")
    assert english.keys() == chinese.keys()
    holes = {language: {k: set(re.findall(r"{\d}", v)) for k, v in words.items()} for language, words in
             (("en", english), ("zh", chinese))}  # fmt: skip
    assert holes["en"] == holes["zh"]
    used = set(re.findall(r"words\.(\w+)", static.text("training.js") + static.text("controls.js")))
    assert used - {"replace"} <= english.keys() | {"of"}


def test_a_notebook_shows_html_or_a_static_picture_and_never_an_error(history, capsys):
    assert set(training_player(history)._repr_mimebundle_()) == {"text/html", "text/plain"}
    static_one = training_player(history, mode="static")._repr_mimebundle_()
    assert set(static_one) == {"image/svg+xml", "text/plain"}
    player = training_player(history)
    player.record.losses = None
    assert player._repr_mimebundle_()["text/plain"].startswith("TrainingPlayer(5 snapshots of MLP 2-3-1)\nTypeError")
    assert capsys.readouterr() == ("", "")


def test_it_is_saved_as_a_page(history, tmp_path):
    player = training_player(history, language="en")
    path = player.save(tmp_path / "training.html")
    assert path == tmp_path / "training.html"
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<title>Training of MLP 2-3-1</title>" in page
    with pytest.raises(ValueError, match="another suffix"):
        player.save(tmp_path / "training.png")
    with pytest.raises(FileNotFoundError, match="create it first"):
        player.save(tmp_path / "nowhere" / "training.html")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            nn.History(),
            r"kept no snapshots, so there is nothing to play\n  try             nn.fit\(…, record=True\)",
        ),
        ({"a": 1}, "this is no record of a training"),
        (Snapshots(), "no record|no snapshots"),
    ],
)
def test_what_cannot_be_played_says_why(what, message):
    with pytest.raises(ValueError, match=message):
        training_player(what)


def test_a_player_pickled_when_a_record_was_called_a_film(history):
    player = training_player(history, language="zh")
    old = TrainingPlayer.__new__(TrainingPlayer)
    old.__setstate__({"mode": "auto", "film": player.record, "language": "zh", "_words": {}, "_scene": None})
    assert old.html == player.html == pickle.loads(pickle.dumps(player)).html


def test_a_mode_is_auto_or_static(history):
    with pytest.raises(ValueError, match="mode is 'auto' or 'static', not 'x'"):
        training_player(history, mode="x")


def test_a_history_says_that_it_can_be_played(history):
    assert str(history).splitlines()[-1] == "5 snapshots: autograd.play(history)"
    assert "5 snapshots: autograd.play(history)" in history._repr_html_()
    assert "snapshots" not in str(nn.History({"loss": [1.0]}))
    risen = nn.History({"loss": [3.0, 1.0, 2.0], "accuracy": [0.5, 0.9, 0.8]})
    assert str(risen).splitlines()[1].endswith("3 → 2, lowest 1 in epoch 2")
    assert "lowest" not in str(risen).splitlines()[2]
