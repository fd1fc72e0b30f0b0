"""Dropout: in fit, where both engines drop the same numbers, also in shards and after a checkpoint; outside fit."""

from __future__ import annotations

import copy
import pickle
import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import RecordingError, Value

X = np.random.default_rng(0).normal(size=(20, 4))
y = (X[:, 0] * X[:, 1] > 0).astype(int)


def network():
    return nn.Sequential(
        nn.Linear(4, 6, seed=0), nn.Tanh(), nn.Dropout(0.4), nn.Linear(6, 5, seed=1), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(5, 2, seed=2),
    )  # fmt: skip


def trained(model=None, **options):
    model = network() if model is None else model
    settings = {"loss": "cross_entropy", "epochs": 3, "batch_size": 8, "lr": 0.02, "seed": 5}
    return model, nn.fit(model, X, y, **{**settings, **options})


class Watched(nn.Module):
    """Notes what goes through it."""

    def __init__(self):
        self.seen = []

    def forward(self, x):
        self.seen.append([v.data for v in x])
        return x


def by_hand(masks, lr):
    """Two steps of gradient descent on one linear neuron, whose inputs are multiplied by the masks; the loss is out."""
    w = np.array([v.data for v in nn.Linear(4, 1, seed=3).parameters()])
    for begin, mask in enumerate(masks):
        rows = X[begin * 10 : begin * 10 + 10] * mask
        w = w - lr * np.append(rows.mean(0), 1.0)
    return w


# ── in fit ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "options", [{}, {"batch_size": None}, {"sample_weight": np.arange(20.0)}, {"dtype": "float32"}]
)
def test_both_engines_drop_the_same_numbers(options):
    (compiled, history), (eager, other) = (trained(engine=engine, **options) for engine in ("compiled", "eager"))
    tolerance = 1e-4 if "dtype" in options else 1e-12
    assert history["loss"] == pytest.approx(other["loss"], rel=tolerance)
    states = [list(model.state_dict().values()) for model in (compiled, eager)]
    np.testing.assert_allclose(*states, rtol=tolerance, atol=tolerance)
    assert trained(**options)[0].state_dict() == compiled.state_dict()
    assert trained(**options, engine="eager", seed=6)[0].state_dict() != eager.state_dict()


def test_what_is_dropped_becomes_0_and_the_rest_larger():
    """Each step's mask can be read off the trained weights: their mean change is that of the masked inputs."""
    model = nn.Sequential(watched := Watched(), nn.Dropout(0.5), after := Watched(), nn.Linear(4, 1, seed=3))
    nn.fit(
        model, X, np.zeros(20), loss=lambda out, _: out, optimizer="sgd", lr=0.1, epochs=1, batch_size=10,
        shuffle=False, engine="eager",
    )  # fmt: skip
    steps = [np.array(x.seen[-20:]) for x in (watched, after)]
    masks = steps[1] / steps[0]
    assert set(masks.ravel().tolist()) <= {0.0, 1.0, 2.0} | set(masks[np.isclose(masks, 2.0)].tolist())
    assert 0.2 < (masks == 0.0).mean() < 0.8
    found = [v.data for v in model.layers[-1].parameters()]
    np.testing.assert_allclose(found, by_hand(masks.reshape(2, 10, 4), 0.1), rtol=1e-12)
    assert not np.array_equal(masks[:10], masks[10:])


def test_the_share_that_is_dropped_is_p():
    dropped = []
    model = nn.Sequential(nn.Dropout(0.3), watched := Watched(), nn.Linear(50, 1, seed=0))
    nn.fit(model, np.ones((40, 50)), np.zeros(40), epochs=2, engine="eager")
    dropped = np.array(watched.seen[-80:])
    assert set(dropped.ravel().tolist()) == {0.0, 1.0 / 0.7}
    assert abs((dropped == 0.0).mean() - 0.3) < 5 * np.sqrt(0.3 * 0.7 / dropped.size)
    assert len({tuple(row) for row in dropped.tolist()}) == 80  # every sample in every epoch has a mask of its own


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_a_checkpoint_continues_with_the_same_masks(engine, tmp_path):
    whole, _ = trained(engine=engine, epochs=4)
    path = tmp_path / "run.npz"
    trained(engine=engine, epochs=4, checkpoint=path, stop=nn.Stop(steps=5))  # in the middle of an epoch
    resumed, _ = trained(engine=engine, epochs=4, checkpoint=path)
    assert resumed.state_dict() == whole.state_dict()
    with pytest.raises(nn.CheckpointError, match=r"seed  .*5 in the file, not 7"):
        trained(engine=engine, epochs=5, checkpoint=path, seed=7, batch_size=8)


def test_another_seed_is_another_training_without_shuffling_too(tmp_path):
    trained(shuffle=False, checkpoint=tmp_path / "run.npz")
    with pytest.raises(nn.CheckpointError, match="seed"):
        trained(shuffle=False, checkpoint=tmp_path / "run.npz", seed=6)


def test_shards_have_the_masks_of_their_samples():
    with ThreadPoolExecutor(2) as pool:
        parts, _ = trained(shards=nn.Shards(pool, 3))
    np.testing.assert_allclose(
        list(parts.state_dict().values()), list(trained()[0].state_dict().values()), rtol=1e-11, atol=1e-13
    )


def test_what_is_measured_is_measured_without_dropping():
    seen = []
    model, history = trained(
        validation=(X, y), metrics="accuracy", callbacks=[lambda run: seen.append(run.model([1.0] * 4)[0].data)],
    )  # fmt: skip
    measured = nn.evaluate(model, X, y, loss="cross_entropy", metrics="accuracy")
    assert history["val_loss"][-1] == pytest.approx(measured["loss"], rel=1e-12)
    assert history["val_accuracy"][-1] == measured["accuracy"]
    assert seen[-1] == model([1.0] * 4)[0].data
    model, history = trained(patience=9)
    losses = [nn.evaluate(model, X, y, loss="cross_entropy")["loss"]]
    assert min(history["loss_after"]) == pytest.approx(losses[0], rel=1e-12)


def test_a_model_that_does_not_compile_drops_too():
    class Branching(nn.Module):
        def __init__(self):
            self.inner = network()

        def forward(self, x):
            return self.inner(x) if x[0] > -9.0 else self.inner([0.0] * 4)

    with pytest.warns(UserWarning, match="the model does not compile"):
        model, _ = trained(Branching())
    expected = list(trained(engine="eager")[0].state_dict().values())
    assert list(model.state_dict().values()) == expected


class Reader(nn.Module):
    """Drops inputs and states of a sequence, as many as it has."""

    def __init__(self):
        self.dropout, self.rnn, self.head = nn.Dropout(0.3), nn.RNN(1, 3, seed=0), nn.Linear(3, 2, seed=1)

    def forward(self, xs):
        outputs, _ = self.rnn(self.dropout([[x] for x in xs]))
        return self.head(self.dropout(outputs)[-1])


def test_sequences_of_different_lengths_have_masks_of_their_lengths(tmp_path):
    draw = np.random.default_rng(1)
    sequences = [draw.normal(size=length).tolist() for length in draw.integers(1, 4, 20)]
    options = {"loss": "cross_entropy", "epochs": 3, "batch_size": 8, "seed": 2}
    models, losses = zip(
        *[_fitted(sequences, engine=engine, **options) for engine in ("compiled", "eager")], strict=True
    )
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)
    path = tmp_path / "run.npz"
    _fitted(sequences, checkpoint=path, stop=nn.Stop(steps=4), **options)
    assert _fitted(sequences, checkpoint=path, **options)[0].state_dict() == models[0].state_dict()
    outputs = nn.predict(models[0], sequences)
    assert outputs[0] == pytest.approx([v.data for v in models[0](sequences[0])], rel=1e-12)


def _fitted(sequences, **options):
    model = Reader()
    return model, nn.fit(model, sequences, y, **options)["loss"]


def test_samples_that_drop_in_other_ways_are_refused():
    class Ways(nn.Module):
        def __init__(self):
            self.linear, self.dropout = nn.Linear(4, 2, seed=0), nn.Dropout()

        def forward(self, x):
            return self.linear([*self.dropout(x[:2]), *x[2:]] if x[0] < X[0, 0] else self.dropout(x))

    with (
        pytest.warns(UserWarning, match="does not compile"),
        pytest.raises(ValueError, match="got 2 numbers, unlike for"),
    ):
        trained(Ways())


def test_functions_and_snapshots_and_diagnoses():
    inner = network()

    def model(x):
        return inner(x)

    model.parameters = inner.parameters
    history = nn.fit(model, X, y, loss="cross_entropy", epochs=2, record=True)
    expected, _ = trained(epochs=2, batch_size=32, lr=None, seed=0)
    assert inner.state_dict() == expected.state_dict()
    assert len(history.snapshots) == 3
    assert (
        f"{nn.diagnose(network(), X, y, loss='cross_entropy')}"
        == f"{nn.diagnose(network(), X, y, loss='cross_entropy')}"
    )


# ── outside fit ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_trained_model_predicts_and_a_new_one_drops_until_eval():
    model, _ = trained()
    assert not any(module.training for module in model.modules())
    assert model([1.0] * 4)[0].data == pytest.approx(nn.predict(model, [[1.0] * 4])[0, 0], rel=1e-12)
    new = network()
    random.seed(1)
    first, second = new([1.0] * 4)[0].data, new([1.0] * 4)[0].data
    assert first != second
    random.seed(1)
    assert new([1.0] * 4)[0].data == first
    before = random.getstate()
    for engine in ("compiled", "eager"):
        assert nn.predict(new, X, engine=engine) == pytest.approx(nn.predict(new.eval(), X), rel=1e-12)
        assert not new.training
        new.train()
        assert nn.evaluate(new, X, y, loss="cross_entropy", engine=engine)["loss"] > 0
    assert new.training
    assert random.getstate() == before  # nothing was drawn to predict


def test_a_mask_is_not_frozen_in_a_compiled_function():
    model = network()
    with pytest.raises(
        RecordingError, match=r"cannot compile a Dropout in train mode.*\n.*\n  try  .*model\.eval\(\) first"
    ):
        autograd.compile(model)(X)
    assert autograd.compile(model.eval())(X) == pytest.approx(nn.predict(model, X))
    assert autograd.compile(nn.Dropout(0.0))(X).tolist() == X.tolist()


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(st.floats(-9.0, 9.0), lambda inner: st.lists(inner, max_size=4), max_leaves=20), st.floats(0.0, 0.99)
)
def test_the_form_is_kept(x, p):
    def same(found, given):
        if isinstance(given, list):
            return len(found) == len(given) and all(map(same, found, given))
        return found in (0.0, given * (1.0 / (1.0 - p)))

    dropout = nn.Dropout(p)
    assert same(dropout(x), x)
    assert dropout.eval()(x) == x


def test_an_array_and_a_value_are_dropped_too():
    random.seed(0)
    dropped = nn.Dropout(0.5)(np.ones((2, 3)))
    assert (len(dropped), len(dropped[0])) == (2, 3)
    v = Value(3.0)
    outcomes = {nn.Dropout(0.5)(v).data for _ in range(40)}
    assert outcomes == {0.0, 6.0}


@pytest.mark.parametrize("p", [-0.1, 1, 1.0, 1.5, float("nan")])
def test_a_share_outside_0_to_below_1_is_refused(p):
    with pytest.raises(ValueError, match="p must be from 0 to below 1, the share that is dropped, not"):
        nn.Dropout(p)


@pytest.mark.parametrize("p", ["0.5", None, True])
def test_a_share_that_is_no_number_is_refused(p):
    with pytest.raises(TypeError, match="p must be a number"):
        nn.Dropout(p)


def test_it_prints_as_it_is_made_and_is_copied():
    dropout = nn.Dropout(0.25).eval()
    for other in (eval(repr(dropout), vars(nn)), copy.deepcopy(dropout), pickle.loads(pickle.dumps(dropout))):
        assert repr(other) == "Dropout(0.25)"
    assert [copy.deepcopy(dropout).training, pickle.loads(pickle.dumps(dropout)).training] == [False, False]


# ── the mode, for a forward of one's own ────────────────────────────────────────────────────────────────────────────


class Doubling(nn.Module):
    """A neuron whose output is doubled while it trains."""

    def __init__(self):
        self.neuron = nn.Linear(1, 1, seed=0)

    def forward(self, x):
        return self.neuron(x) * (2.0 if self.training else 1.0)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_every_forward_sees_whether_it_trains(engine):
    model = Doubling()
    model.neuron.neurons[0].w[0].data, model.neuron.neurons[0].b.data = 1.0, 0.0
    options = {"optimizer": "sgd", "lr": 0.0001, "epochs": 1, "engine": engine}
    history = nn.fit(model, [[1.0]], [0.0], validation=([[1.0]], [0.0]), **options)
    assert history["loss"] == [4.0]
    assert history["val_loss"][0] == pytest.approx(1.0, abs=0.01)
    assert nn.predict(model.train(), [[1.0]], engine=engine)[0] == pytest.approx(1.0, abs=0.01)
    assert model([1.0]).data == pytest.approx(2.0, abs=0.01)
