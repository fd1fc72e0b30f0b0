"""fit, predict, evaluate, History, checkpoints: both engines on one trajectory, nothing lost, errors that say where."""

import json
import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import NonFiniteError, Value
from nn.checkpoint import CheckpointError, read_checkpoint, write_checkpoint

ROOT = Path(__file__).parent.parent


def regression(n=37, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return X, np.tanh(X[:, 0]) - 0.5 * X[:, 1]


def classes(n=40, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2))
    return X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


def numbers_of(model):
    return np.array([x.data for x in model.parameters()])


def mlp(outputs=1, seed=0, **options):
    return nn.MLP(3 if outputs == 1 else 2, [5, outputs], activation="tanh", seed=seed, **options)


# ── both engines ────────────────────────────────────────────────────────────────────────────────────────────────────

OPTIMIZERS = [
    ("sgd", lambda ps: nn.SGD(ps, lr=0.1)),
    ("momentum", lambda ps: nn.SGD(ps, lr=0.05, momentum=0.9, nesterov=True)),
    ("adagrad", lambda ps: nn.Adagrad(ps, lr=0.1)),
    ("rmsprop", lambda ps: nn.RMSprop(ps, lr=0.01)),
    ("adam", lambda ps: nn.Adam(ps, lr=0.02)),
    ("adamw", lambda ps: nn.AdamW(ps, lr=0.02)),
]


@pytest.mark.parametrize(("name", "make"), OPTIMIZERS, ids=[name for name, _ in OPTIMIZERS])
def test_both_engines_follow_one_trajectory(name, make):
    X, y = regression()
    found = {}
    for engine in ("compiled", "eager"):
        model = mlp()
        history = nn.fit(model, X, y, optimizer=make(model.parameters()), epochs=4, batch_size=8, engine=engine)
        found[engine] = numbers_of(model), history["loss"]
    np.testing.assert_allclose(found["compiled"][0], found["eager"][0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["compiled"][1], found["eager"][1], rtol=1e-9)


SETTINGS = [
    {"clip_grad_norm": 0.1}, {"clip_grad_value": 0.01}, {"l2": 0.01}, {"shuffle": False}, {"seed": 7},
    {"sample_weight": np.linspace(0.5, 2.0, 37)}, {"batch_size": None}, {"batch_size": 1}, {"max_steps": 7},
    {"loss": "huber_loss"}, {"loss": nn.mae_loss}, {"validation": regression(11, 3), "metrics": "r2_score"},
]  # fmt: skip


@pytest.mark.parametrize("settings", SETTINGS, ids=[", ".join(x) for x in SETTINGS])
def test_every_setting_is_the_same_on_both_engines(settings):
    X, y = regression()
    histories, ends = [], []
    for engine in ("compiled", "eager"):
        model = mlp()
        options = {"batch_size": 8, "epochs": 3, "lr": 0.05, **settings}
        histories.append(nn.fit(model, X, y, optimizer="sgd", engine=engine, **options))
        ends.append(numbers_of(model))
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-9, atol=1e-12)
    assert list(histories[0]) == list(histories[1])
    for name in histories[0]:
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-9)


def test_the_first_step_is_the_textbooks():
    """θ ← θ − lr·∇, with the gradient of the mean over the batch from the engine."""
    X, y = regression(8)
    model, twin = mlp(), mlp()
    nn.fit(model, X, y, optimizer="sgd", lr=0.1, epochs=1, batch_size=None)
    loss = autograd.mean([nn.mse_loss(twin(x), t) for x, t in zip(X.tolist(), y.tolist(), strict=True)])
    loss.backward()
    expected = [x.data - 0.1 * x.grad for x in twin.parameters()]
    np.testing.assert_allclose(numbers_of(model), expected, rtol=1e-12)


LABELS = [
    ("integers", lambda y: y, "cross_entropy"),
    ("one-hot", lambda y: np.eye(3)[y], "cross_entropy"),
    ("soft", lambda y: 0.9 * np.eye(3)[y] + 0.1 / 3, "cross_entropy"),
    ("numbers", lambda y: np.eye(3)[y], "mse"),
]


@pytest.mark.parametrize(("name", "take", "loss"), LABELS, ids=[name for name, _, _ in LABELS])
def test_class_labels_in_every_form(name, take, loss):
    X, y = classes()
    model = mlp(3)
    history = nn.fit(
        model, X, take(y), loss=loss, optimizer="adam", lr=0.05, epochs=40, metrics="accuracy", batch_size=10
    )
    assert history["accuracy"][-1] > 0.85
    assert history["loss"][-1] < history["loss"][0]


def test_float32_is_near_float64():
    X, y = regression()
    ends = []
    for dtype in ("float64", "float32"):
        model = mlp()
        nn.fit(model, X, y, optimizer="adam", lr=0.01, epochs=5, dtype=dtype)
        ends.append(numbers_of(model))
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-3, atol=1e-4)
    assert np.abs(ends[0] - ends[1]).max() > 0


def test_a_model_that_does_not_compile_is_trained_eagerly_and_says_so():
    class Branching(nn.Module):
        def __init__(self):
            self.w = Value(0.5)

        def forward(self, x):
            return self.w * x[0] if self.w > 0 else self.w * x[1]

    X, y = regression()
    with pytest.warns(UserWarning, match=r"the model does not compile, so it runs eagerly: a branch"):
        history = nn.fit(Branching(), X, y, optimizer="sgd", lr=0.1, epochs=3)
    assert history["loss"][-1] < history["loss"][0]


def test_only_the_optimizers_parameters_move():
    X, y = regression()
    model = mlp()
    before = numbers_of(model)
    last = model.layers[-1].parameters()
    nn.fit(model, X, y, optimizer=nn.SGD(last, lr=0.1), epochs=2)
    moved = numbers_of(model) != before
    assert moved.sum() == len(last)
    assert moved[-len(last) :].all()


# ── when it ends ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_ends_when_the_loss_is_low_enough():
    X, y = regression()
    history = nn.fit(mlp(), X, y, optimizer="adam", lr=0.05, epochs=500, stop_below=0.05)
    assert history.stopped == "stop_below"
    assert history["loss"][-1] < 0.05 <= history["loss"][-2]


def test_patience_leaves_the_best_parameters():
    X, y = regression(20)
    model = mlp()
    held_out = regression(15, 9)
    seen = []
    history = nn.fit(
        model, X, y, optimizer="sgd", lr=0.8, epochs=300, validation=held_out, patience=4, batch_size=4,
        callbacks=[lambda run: seen.append(run.theta.copy())],
    )  # fmt: skip
    assert history.stopped == "patience"
    best = int(np.argmin(history["val_loss"]))
    assert history.epochs == best + 5
    np.testing.assert_array_equal(numbers_of(model), seen[best])
    assert nn.evaluate(model, *held_out)["loss"] == pytest.approx(history["val_loss"][best], rel=1e-12)


def test_a_callback_sees_the_training_and_can_end_it():
    X, y = regression()
    epochs = []
    history = nn.fit(mlp(), X, y, epochs=9, callbacks=[lambda run: epochs.append(run.epoch) or run.epoch == 3])
    assert epochs == [1, 2, 3]
    assert history.stopped == "callback"
    assert history.epochs == 3


def test_the_last_partial_batch_counts_by_its_samples():
    X, y = regression(10)
    history = nn.fit(mlp(), X, y, optimizer="sgd", lr=1e-12, epochs=1, batch_size=4)
    assert history.steps == 3
    assert history["loss"][0] == pytest.approx(nn.evaluate(mlp(), X, y)["loss"], rel=1e-6)


def test_ctrl_c_ends_after_the_step_with_what_is_done():
    X, y = regression(400)
    model = mlp()
    timer = threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    history = nn.fit(model, X, y, optimizer="sgd", lr=0.01, epochs=10**6, batch_size=4)
    timer.join()
    assert history.stopped == "interrupted"
    assert history.steps > 0
    assert np.isfinite(numbers_of(model)).all()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# ── a run that diverges ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_a_diverging_run_stops_before_the_parameters_are_touched(engine):
    X, y = regression(16)
    model = nn.MLP(3, [4, 1], activation="relu", seed=1)
    with pytest.raises(
        NonFiniteError, match=r"in the training epoch \d+, step \d+: no parameter was changed by it"
    ) as caught:
        nn.fit(model, X, y, optimizer="sgd", lr=1e8, epochs=100, batch_size=4, engine=engine)
    assert "samples" in str(caught.value)
    assert np.isfinite(numbers_of(model)).all()
    assert caught.value.history.steps > 0


# ── checkpoints ─────────────────────────────────────────────────────────────────────────────────────────────────────

SCRIPT = """
import sys
import numpy as np
import nn

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
y = np.sin(X[:, 0])
model = nn.MLP(3, [6, 1], activation="tanh", seed=0)
optimizer = nn.Adam(model.parameters(), lr=0.01)
history = nn.fit(model, X, y, optimizer=optimizer, epochs=EPOCHS, batch_size=7, checkpoint=sys.argv[1],
                 checkpoint_every=0.0, validation=(X[:9], y[:9]), patience=10**6)
np.savez(sys.argv[2], theta=[p.data for p in model.parameters()], loss=history["loss"], steps=history.steps)
"""


def run_script(folder, epochs, kill_after=None):
    arguments = [
        sys.executable,
        "-c",
        SCRIPT.replace("EPOCHS", str(epochs)),
        str(folder / "c.npz"),
        str(folder / "end.npz"),
    ]
    process = subprocess.Popen(arguments, cwd=ROOT)
    if kill_after is not None:
        time.sleep(kill_after)
        process.kill()
    process.wait()
    return process.returncode


@pytest.mark.long
def test_a_killed_run_goes_on_to_the_same_numbers_bit_for_bit(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    epochs = 200
    assert run_script(whole, epochs) == 0
    draw = random.Random(0)
    kills = 0
    while kills < 20 and run_script(killed, epochs, kill_after=draw.uniform(0.3, 0.8)) != 0:
        kills += 1
    assert kills > 0
    assert run_script(killed, epochs) == 0
    with np.load(whole / "end.npz") as a, np.load(killed / "end.npz") as b:
        for name in ("theta", "loss", "steps"):
            np.testing.assert_array_equal(a[name], b[name])
    assert sorted(path.name for path in killed.iterdir()) == ["c.npz", "end.npz"]


def fitted(path, **options):
    X, y = regression()
    model = mlp()
    settings = {"epochs": 3, "batch_size": 8, "lr": 0.05, "optimizer": "sgd", **options}
    history = nn.fit(model, X, y, checkpoint=path, **settings)
    return model, history


def test_more_epochs_go_on_where_the_checkpoint_ends(tmp_path):
    fitted(tmp_path / "c.npz", epochs=3)
    model, history = fitted(tmp_path / "c.npz", epochs=6)
    straight, whole = fitted(tmp_path / "other.npz", epochs=6)
    np.testing.assert_array_equal(numbers_of(model), numbers_of(straight))
    assert history["loss"] == whole["loss"]
    assert history.steps == whole.steps


@pytest.mark.parametrize("steps", [2, 5, 7])
def test_a_run_ended_inside_an_epoch_goes_on_inside_it(tmp_path, steps):
    fitted(tmp_path / "c.npz", epochs=3, max_steps=steps)
    model, history = fitted(tmp_path / "c.npz", epochs=3)
    straight, whole = fitted(tmp_path / "other.npz", epochs=3)
    np.testing.assert_array_equal(numbers_of(model), numbers_of(straight))
    assert history["loss"] == whole["loss"]


def test_a_finished_checkpoint_trains_no_more(tmp_path):
    first, _ = fitted(tmp_path / "c.npz")
    again, history = fitted(tmp_path / "c.npz")
    np.testing.assert_array_equal(numbers_of(first), numbers_of(again))
    assert history.epochs == 3


BAD = [
    ("truncated", lambda path: path.write_bytes(path.read_bytes()[:200]), "is truncated, or no checkpoint at all"),
    ("empty", lambda path: path.write_bytes(b""), "is truncated, or no checkpoint at all"),
    ("foreign", lambda path: path.write_text("hello"), "is truncated, or no checkpoint at all"),
    ("another .npz", lambda path: np.savez(path, a=np.ones(3)), "is a .npz file, but no checkpoint of a training"),
    (
        "another version",
        lambda path: np.savez(path, words=np.array(json.dumps({"format": "?"}))),
        "of another kind or version",
    ),
]


@pytest.mark.parametrize(("name", "spoil", "words"), BAD, ids=[name for name, _, _ in BAD])
def test_a_bad_checkpoint_is_refused_with_what_is_wrong(tmp_path, name, spoil, words):
    path = tmp_path / "c.npz"
    fitted(path)
    spoil(path)
    with pytest.raises(CheckpointError, match=words) as caught:
        fitted(path)
    assert str(path) in str(caught.value)
    assert "delet" in str(caught.value)


OTHERS = [{"batch_size": 9}, {"seed": 1}, {"optimizer": "adam"}, {"loss": "mae_loss"}, {"dtype": "float32"}]


@pytest.mark.parametrize("change", OTHERS, ids=[next(iter(x)) for x in OTHERS])
def test_a_checkpoint_of_another_training_is_refused(tmp_path, change):
    fitted(tmp_path / "c.npz")
    with pytest.raises(CheckpointError, match="is of another training: "):
        fitted(tmp_path / "c.npz", **change)


def test_a_disk_that_is_full_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "c.npz"
    write_checkpoint(path, {"theta": np.ones(3)}, {})
    monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        write_checkpoint(path, {"theta": np.zeros(3)}, {})
    np.testing.assert_array_equal(read_checkpoint(path)[0]["theta"], np.ones(3))
    assert [x.name for x in tmp_path.iterdir()] == ["c.npz"]


def test_no_pickle_is_in_a_checkpoint(tmp_path):
    fitted(tmp_path / "c.npz", optimizer="adam")
    with np.load(tmp_path / "c.npz", allow_pickle=False) as kept:
        assert all(kept[name].dtype.kind in "bfiuU" for name in kept.files)


# ── what it refuses, predict and evaluate, history ──────────────────────────────────────────────────────────────────

X3, Y3 = np.ones((4, 3)), np.ones(4)
MISUSES = [
    ("lengths", lambda: nn.fit(mlp(), X3, np.ones(3)), ValueError, "4 samples in X for 3 targets in y"),
    ("none", lambda: nn.fit(mlp(), np.ones((0, 3)), np.ones(0)), ValueError, "no samples"),
    ("nan", lambda: nn.fit(mlp(), np.full((4, 3), np.nan), Y3), ValueError,
     r"X has a number that is not finite, first at \(0, 0\)"),
    ("ragged", lambda: nn.fit(mlp(), [[1.0, 2.0, 3.0], [1.0]], [1.0, 2.0]), ValueError, "X is ragged"),
    ("words", lambda: nn.fit(mlp(), [["a"]], [1.0]), TypeError, "X is an array of <U1"),
    ("width", lambda: nn.fit(mlp(), np.ones((4, 2)), Y3), ValueError, "this layer takes 3 inputs, not 2"),
    ("epochs", lambda: nn.fit(mlp(), X3, Y3, epochs=0), ValueError, "epochs is a whole number from 1 up, not 0"),
    ("batch", lambda: nn.fit(mlp(), X3, Y3, batch_size=2.5), ValueError, "batch_size is a whole number"),
    ("loss", lambda: nn.fit(mlp(), X3, Y3, loss="mees"), ValueError, "no loss 'mees': a function, or one of"),
    ("metric", lambda: nn.fit(mlp(), X3, Y3, metrics="acuracy"), ValueError, "no metric 'acuracy'"),
    ("optimizer", lambda: nn.fit(mlp(), X3, Y3, optimizer="adm"), ValueError, "no optimizer 'adm'"),
    ("engine", lambda: nn.fit(mlp(), X3, Y3, engine="fast"), ValueError, "engine is 'compiled' or 'eager', not 'fast'"),
    ("two rates", lambda: nn.fit(m := mlp(), X3, Y3, optimizer=nn.SGD(m.parameters()), lr=1.0), ValueError,
     "lr is the optimizer's own"),
    ("weights", lambda: nn.fit(mlp(), X3, Y3, sample_weight=[1.0]), ValueError, "sample_weight is 4 numbers"),
    ("a function", lambda: nn.fit(lambda x: x, X3, Y3), TypeError, r"function has no parameters\(\)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "call", "kind", "words"), MISUSES, ids=[name for name, *_ in MISUSES])
def test_a_misuse_is_refused_at_once(name, call, kind, words):
    with pytest.raises(kind, match=words):
        call()


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_predict_gives_a_row_a_sample(engine):
    X, _ = classes(5)
    assert nn.predict(mlp(3), X, engine=engine).shape == (5, 3)
    X, _ = regression(5)
    outputs = nn.predict(mlp(), X, engine=engine)
    assert outputs.shape == (5,)
    np.testing.assert_allclose(outputs, [mlp()(x).data for x in X.tolist()], rtol=1e-12)


def test_evaluate_gives_the_loss_and_the_metrics():
    X, y = classes()
    model = mlp(3)
    found = nn.evaluate(model, X, y, "cross_entropy", ["accuracy", lambda t, p: 7.0])
    losses = [nn.cross_entropy(model(x), int(t)).data for x, t in zip(X.tolist(), y, strict=True)]
    assert found["loss"] == pytest.approx(np.mean(losses), rel=1e-12)
    assert found["accuracy"] == np.mean(
        [np.argmax([v.data for v in model(x)]) == t for x, t in zip(X.tolist(), y, strict=True)]
    )
    assert found["<lambda>"] == 7.0


def test_a_history_is_a_mapping_that_shows_itself():
    X, y = regression()
    history = nn.fit(mlp(), X, y, epochs=20, validation=(X, y), metrics="r2_score")
    assert list(history) == ["loss", "val_loss", "val_r2_score"]
    assert len(history["loss"]) == history.epochs == 20
    assert nn.History.from_dict(json.loads(json.dumps(history.to_dict()))).to_dict() == history.to_dict()
    assert "20 epochs, ended by epochs" in str(history)
    assert "<table>" in history._repr_html_()
    assert len(history.plot().axes) == 2
    with pytest.raises(KeyError, match="no 'acc' in this history, which has loss, val_loss, val_r2_score"):
        history["acc"]


def test_quiet_where_nobody_looks_and_a_bar_on_request(capfd):
    X, y = regression()
    nn.fit(mlp(), X, y, epochs=2)
    assert capfd.readouterr().err == ""
    nn.fit(mlp(), X, y, epochs=2, progress=True)
    shown = capfd.readouterr().err
    assert "epoch 2/2" in shown
    assert "loss" in shown
    assert "sample/s" in shown


def test_the_same_seed_gives_the_same_run_and_another_another():
    X, y = regression()
    ends = []
    for seed in (0, 0, 1):
        model = mlp()
        nn.fit(model, X, y, epochs=2, batch_size=4, seed=seed)
        ends.append(numbers_of(model))
    np.testing.assert_array_equal(ends[0], ends[1])
    assert (ends[0] != ends[2]).any()
    assert math.isfinite(ends[0].sum())
