"""fit, predict, evaluate, History, checkpoints: both engines on one trajectory, nothing lost, errors that say where."""

import dataclasses
import functools
import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import traceback
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import NonFiniteError, Value
from nn.training.checkpoint import CheckpointError, read_checkpoint, write_checkpoint

ROOT = Path(__file__).parents[2]


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


INPUTS = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 1.0]])
BRANCH, LOOK, KEY = "the {} does not compile, so it runs eagerly: a branch", "plain number", r"KeyError: Value\(0.0\)"
FORWARDS = [
    ("an array times a number", lambda s, x: s.a * autograd.mean(x * 2), {}, None),
    ("methods of an array", lambda s, x: s.a * x.mean() + s.b * (x @ x), {}, None),
    ("several axes", lambda s, x: s.a * x[0, 1] + s.b * x[0, 0], {"X": INPUTS[:, None]}, None),
    ("an array plus a list", lambda s, x: s.a * autograd.sum(x + [1.0, 2.0]), {}, None),  # noqa: RUF005
    ("NumPy's functions", lambda s, x: s.a * np.exp(x).sum(), {}, None),
    ("bytes", lambda s, x: s.a * autograd.sum(x * 2), {"X": (INPUTS * 100).astype(np.uint8)}, None),
    ("bools", lambda s, x: s.a * autograd.sum(-x), {"X": INPUTS > 0}, None),
    ("methods of a Value", lambda s, x: s.a * x[0].exp(), {}, None),
    ("rows of targets", lambda s, x: [s.a * x[0], s.b * x[1]],
     {"y": INPUTS, "loss": lambda p, t: ((np.array(p) - t) ** 2).mean()}, None),
    ("an index", lambda s, x: s.table[int(x[0])], {}, LOOK),
    ("an index of ints", lambda s, x: s.table[x[0]], {"X": INPUTS.astype(int), "record": None}, "used as an index"),
    ("math", lambda s, x: s.a * math.sin(x[0]) + s.b, {}, LOOK),
    ("float", lambda s, x: s.a * float(x[0]) + s.b, {}, LOOK),
    ("a key", lambda s, x: s.named[x[0]], {"record": None}, KEY),
    ("a branch on Values", lambda s, x: s.a * (x[0].exp() if x[0] > 0 else x[1]), {}, BRANCH.format("model")),
    ("a loss with a branch", lambda s, x: s.a * x[0] + s.b,
     {"loss": lambda p, t: (p - t).abs() if p > t else 2 * (p - t).abs()}, BRANCH.format("loss")),
    ("a loss with a table", lambda s, x: s.a * x[0] + s.b,
     {"loss": lambda p, t: [1.0, 2.0, 4.0][int(t)] * (p - t) ** 2}, "the loss does not compile"),
]  # fmt: skip


class Free(nn.Module):
    def __init__(self, f):
        self.a, self.b, self.table = Value(0.5), Value(-0.25), [Value(0.1), Value(0.2), Value(0.3)]
        self.named = dict(enumerate(self.table))
        self.f = f

    def forward(self, x):
        return self.f(self, x)


@pytest.mark.parametrize(("f", "given", "words"), [row[1:] for row in FORWARDS], ids=[row[0] for row in FORWARDS])
def test_models_and_losses_get_the_same_from_both_engines(f, given, words):
    """By hand-written forwards: one trajectory, one evaluation; where one does not compile, a warning."""
    X, y, loss = given.get("X", INPUTS), given.get("y", np.array([0.0, 1.0, 2.0])), given.get("loss", "mse")
    found = []
    for engine in ("compiled", "eager"):
        model = Free(f)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            history = nn.fit(
                model, X, y, loss=loss, optimizer="sgd", lr=1e-6, epochs=3, engine=engine, validation=(X, y),
                metrics=lambda true, said: float(said.sum()), record=given.get("record", True),
            )  # fmt: skip
            after = nn.evaluate(model, X, y, loss=loss, engine=engine)
        heard = [str(warning.message) for warning in caught]
        assert bool(heard) == (words is not None and engine == "compiled"), heard
        assert all(re.search(words, line) for line in heard)
        assert history["val_loss"][-1] == pytest.approx(after["loss"], rel=1e-12)
        assert "record" in given or history.snapshots[-1].loss == pytest.approx(after["loss"], rel=1e-9)
        found.append([*numbers_of(model), *history["loss"], *history["val_loss"], *history["val_<lambda>"]])
        assert history["loss"][0] != history["loss"][-1]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_fit_trains_in_a_no_grad_block_too(engine):
    X, y = regression()
    model, twin = mlp(), mlp()
    with autograd.no_grad():
        nn.fit(model, X, y, epochs=2, engine=engine)
    nn.fit(twin, X, y, epochs=2, engine=engine)
    np.testing.assert_array_equal(numbers_of(model), numbers_of(twin))


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


class Slope(nn.Module):
    def __init__(self):
        self.w = Value(1.0)

    def forward(self, x):
        return self.w * x[0]


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_patience_keeps_what_was_measured(engine):
    """The loss of the first step is that of the parameters as given, which are the best there ever are."""
    model = Slope()
    options = {"optimizer": nn.SGD(model.parameters(), lr=1.2), "batch_size": None, "engine": engine}
    history = nn.fit(model, [[1.0]], [0.0], epochs=50, patience=2, **options)
    assert (model.w.data, history.stopped, history.epochs) == (1.0, "patience", 2)
    assert history["loss_after"] == pytest.approx([1.4**2, 1.96**2])


@pytest.mark.parametrize("engine", ["compiled", "eager"])
@pytest.mark.parametrize(
    "options", [{}, {"l2": 0.01}, {"weighted": True}, {"metrics": "mse"}, {"dtype": "float32"}], ids=str
)
@pytest.mark.parametrize("end", [{"patience": 3, "epochs": 60}, {"patience": 50, "epochs": 12}], ids=str)
def test_the_kept_parameters_have_the_best_loss_of_the_history(engine, options, end):
    X, y = regression(24)
    options = dict(options)
    weight = np.arange(24.0) if options.pop("weighted", False) else np.ones(24)
    model, theta = mlp(), []
    history = nn.fit(
        model, X, y, optimizer=nn.SGD(model.parameters(), lr=0.5), batch_size=4, engine=engine, sample_weight=weight,
        callbacks=[lambda run: theta.append(run.theta.copy())], **options, **end,
    )  # fmt: skip
    after = history["loss_after"]
    best = int(np.argmin(after))
    np.testing.assert_array_equal(numbers_of(model), theta[best])
    assert history.epochs == (best + 4 if history.stopped == "patience" else 12)
    losses = (nn.predict(model, X) - y) ** 2 * weight / weight.mean()
    measured = losses.mean() + options.get("l2", 0.0) * (numbers_of(model) ** 2).sum()
    assert after[best] == pytest.approx(measured, rel=1e-12 if "dtype" not in options else 1e-5)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_patience_takes_outputs_of_any_structure(engine):
    X, y = regression()
    model = mlp()

    def both(x):
        return {"mean": model(x), "others": [model(x) * 2.0, 1.0]}

    history = nn.fit(
        both, X, y, lambda p, t: (p["mean"] - t) ** 2 + p["others"][0] ** 2,
        optimizer=nn.SGD(model.parameters(), lr=0.05), epochs=3, patience=1, stop_below=1e-9, engine=engine,
    )  # fmt: skip
    assert len(history["loss_after"]) == history.epochs


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_stop_below_is_of_the_parameters_that_stay(engine):
    """1 is below 1.5, and measured before the step that leads to 1.96."""
    model = Slope()
    options = {"batch_size": None, "engine": engine, "epochs": 3}
    history = nn.fit(model, [[1.0]], [0.0], optimizer=nn.SGD([model.w], lr=1.2), stop_below=1.5, **options)
    assert history.stopped == "epochs"
    model = Slope()
    history = nn.fit(model, [[1.0]], [0.0], optimizer=nn.SGD([model.w], lr=0.5), stop_below=1.5, **options)
    assert (history.stopped, model.w.data) == ("stop_below", 0.0)


def test_a_callback_sees_the_training_and_can_end_it():
    X, y = regression()
    epochs = []
    history = nn.fit(mlp(), X, y, epochs=9, callbacks=[lambda run: epochs.append(run.epoch) or run.epoch == 3])
    assert epochs == [1, 2, 3]
    assert history.stopped == "callback"
    assert history.epochs == 3


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_a_callback_finds_the_trained_parameters_in_the_model(engine):
    X, y = regression()
    seen = []
    history = nn.fit(
        mlp(), X, y, epochs=3, engine=engine, validation=(X, y),
        callbacks=[lambda run: seen.append((nn.evaluate(run.model, X, y)["loss"], numbers_of(run.model), run.theta))],
    )  # fmt: skip
    assert [loss for loss, _, _ in seen] == pytest.approx(history["val_loss"], rel=1e-12)
    bare = []
    nn.fit(mlp(), X, y, epochs=3, engine=engine, callbacks=[lambda run: bare.append(numbers_of(run.model))])
    for (_, numbers, _), other in zip(seen, bare, strict=True):
        np.testing.assert_array_equal(numbers, other)


@pytest.mark.parametrize(("answer", "epochs"), [(1, 3), (1.0, 3), (np.ones(2), 3), ("", 3), (True, 1), (np.True_, 1)])
def test_a_callback_ends_the_training_with_true_alone(answer, epochs):
    X, y = regression()
    assert nn.fit(mlp(), X, y, epochs=3, callbacks=[lambda run: answer]).epochs == epochs


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


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_a_step_out_of_range_is_not_taken(tmp_path, engine):
    model, path = nn.MLP(1, [1], seed=0), tmp_path / "c.npz"
    before = numbers_of(model).astype(np.float32)
    options = {"loss": "mae", "optimizer": "sgd", "dtype": "float32", "engine": engine}
    words = r"a step of lr=10000000000.0 leaves the range of a float at parameters\[0\], .*: no parameter was changed"
    with pytest.raises(
        NonFiniteError, match=words + r", lower lr\n  in the training epoch 1: the parameters are as it "
    ):
        nn.fit(model, [[1e30]], [0.0], lr=1e10, epochs=1, checkpoint=path, **options)
    np.testing.assert_array_equal(numbers_of(model), before)
    assert not path.exists()
    nn.fit(model, [[1e3]], [0.0], lr=1e17, epochs=1, **options)  # finite, though its square is not
    assert 1e19 < abs(numbers_of(model)).max() < math.inf


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_an_optimizers_average_out_of_range_is_no_silent_standstill(engine):
    model = nn.MLP(1, [1], seed=0)
    before = numbers_of(model)
    with pytest.raises(NonFiniteError, match=r"(?s)exp_avg_sq of .* leaves the range of a float.*as it began"):
        nn.fit(
            model, [[1e200], [1e200]], [0.0, 0.0], loss="mae", optimizer="adam", epochs=2, batch_size=1, engine=engine
        )
    np.testing.assert_array_equal(numbers_of(model), before)


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


def fitted(path, model=None, data=None, optimizer=None, schedule=None, **options):
    X, y = data or regression()
    model = model or mlp()
    made = (optimizer or (lambda ps: nn.SGD(ps, lr=0.05)))(model.parameters())
    options = {"epochs": 3, "batch_size": 8, **options}
    history = nn.fit(model, X, y, optimizer=made, schedule=schedule and schedule(made), checkpoint=path, **options)
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


@pytest.mark.parametrize("steps", [1, 2, 5, 7, 23])
def test_patience_without_validation_goes_on_bit_for_bit(tmp_path, steps):
    options = {"epochs": 30, "patience": 4, "optimizer": lambda ps: nn.SGD(ps, lr=0.6), "stop_below": 0.02}
    fitted(tmp_path / "c.npz", max_steps=steps, **options)
    model, history = fitted(tmp_path / "c.npz", **options)
    straight, whole = fitted(tmp_path / "other.npz", **options)
    np.testing.assert_array_equal(numbers_of(model), numbers_of(straight))
    assert dict(history) == dict(whole)
    assert history.stopped == whole.stopped


def test_a_finished_checkpoint_trains_no_more(tmp_path):
    first, _ = fitted(tmp_path / "c.npz")
    again, history = fitted(tmp_path / "c.npz")
    np.testing.assert_array_equal(numbers_of(first), numbers_of(again))
    assert history.epochs == 3


BAD = [
    (
        "truncated",
        lambda path: path.write_bytes(path.read_bytes()[:200]),
        "is truncated or damaged, or no checkpoint at all",
    ),
    ("empty", lambda path: path.write_bytes(b""), "is truncated or damaged, or no checkpoint at all"),
    ("foreign", lambda path: path.write_text("hello"), "is truncated or damaged, or no checkpoint at all"),
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
    assert "pickle" not in "".join(traceback.format_exception(caught.value))


def test_a_saved_model_is_no_checkpoint_and_is_not_to_be_deleted(tmp_path):
    mlp().save(tmp_path / "m.npz")
    with pytest.raises(CheckpointError, match=r"it may be a model, which model.load reads.* another path") as caught:
        fitted(tmp_path / "m.npz")
    assert "delet" not in str(caught.value)
    mlp().load(tmp_path / "m.npz")


def test_another_function_in_a_model_that_is_not_recorded_is_seen(tmp_path):
    def with_activation(f):
        return nn.MLP(3, [2, 1], activation=f, seed=0)

    fitted(tmp_path / "c.npz", with_activation(lambda v: 2 * v), engine="eager")
    fitted(tmp_path / "c.npz", with_activation(lambda v: 2 * v), engine="eager", epochs=4)
    with pytest.raises(
        CheckpointError, match=r"another training\n  program +none, functions .* in the file, not none, f"
    ):
        fitted(tmp_path / "c.npz", with_activation(lambda v: 3 * v), engine="eager")


def test_a_damaged_byte_anywhere_is_noticed(tmp_path):
    fitted(tmp_path / "c.npz")
    whole = (tmp_path / "c.npz").read_bytes()
    expected, draw = read_checkpoint(tmp_path / "c.npz"), random.Random(0)
    for place in draw.sample(range(len(whole)), 200):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << draw.randrange(8)
        (tmp_path / "d.npz").write_bytes(damaged)
        try:
            arrays, words = read_checkpoint(tmp_path / "d.npz")
        except CheckpointError:
            continue
        assert words == expected[1]  # it was in a date, say
        assert all((array == expected[0][name]).all() for name, array in arrays.items())


def test_a_folder_that_is_not_there_is_an_error_before_training(tmp_path):
    asked = []
    with pytest.raises(FileNotFoundError, match=r"no folder .*none' to save 'c.npz' in: create it first"):
        fitted(tmp_path / "none/c.npz", callbacks=[asked.append])
    assert asked == []


X1, Y1 = regression()
CHECKSUM = "[0-9a-f]{8}"
OTHERS = [
    ("X", {"data": (X1 + 1e-9, Y1)}, rf"X +float64 \(37, 3\) {CHECKSUM} in the file, not float64 \(37, 3\) {CHECKSUM}"),
    ("fewer samples", {"data": (X1[1:], Y1[1:])},
     rf"X +float64 \(37, 3\) {CHECKSUM} in the file, not float64 \(36, 3\)"),
    ("the type of X", {"data": (X1.astype(np.float32), Y1)}, r"X +float64 .* in the file, not float32"),
    ("y", {"data": (X1, -Y1)}, r"y +float64 \(37,\) "),
    ("weights", {"sample_weight": np.arange(1.0, 38.0)}, r"sample_weight +none in the file, not float64 \(37,\)"),
    ("an activation", {"model": nn.MLP(3, [5, 1], seed=0)},
     r"model +MLP of \[Layer of 5 tanhNeuron\(3\), Layer of 1 linearNeuron\(5\)\] in the file, "
     r"not MLP of \[Layer of 5 reluNeuron\(3\), Layer of 1 linearNeuron\(5\)\]"),
    ("a width", {"model": nn.MLP(3, [6, 1], activation="tanh")}, rf"parameters +26, {CHECKSUM} in the file, not 31,"),
    ("a loss", {"loss": nn.mae_loss}, "loss +mse_loss in the file, not mae_loss"),
    ("a loss of one's own", {"loss": lambda p, t: (p - t) ** 2}, r"loss +mse_loss in the file, not .*<lambda>"),
    ("an optimizer", {"optimizer": lambda ps: nn.Adagrad(ps, lr=0.05)},
     r"optimizer +SGD, momentum=0.0, .*nesterov=False in the file, not Adagrad, lr_decay=0.0"),
    ("a hyperparameter", {"optimizer": lambda ps: nn.SGD(ps, lr=0.05, momentum=0.9)},
     "optimizer +SGD, momentum=0.0, .* in the file, not SGD, momentum=0.9"),
    ("lr", {"optimizer": lambda ps: nn.SGD(ps, lr=0.01)}, "lr +0.05 in the file, not 0.01"),
    ("a schedule", {"schedule": lambda made: nn.StepLR(made, 2)},
     "schedule +none in the file, not StepLR, step_size=2, gamma=0.1"),
    ("l2", {"l2": 1e-4}, "l2 +0.0 in the file, not 0.0001"),
    ("a clipped norm", {"clip_grad_norm": 1}, "clip_grad_norm +None in the file, not 1.0"),
    ("clipped values", {"clip_grad_value": 0.5}, "clip_grad_value +None in the file, not 0.5"),
    ("batch_size", {"batch_size": 9}, "batch_size +8 in the file, not 9"),
    ("seed", {"seed": 1}, "seed +0 in the file, not 1"),
    ("shuffle", {"shuffle": False}, "shuffle +True in the file, not False"),
    ("dtype", {"dtype": "float32"}, "dtype +float64 in the file, not float32"),
    ("engine", {"engine": "eager"}, "engine +compiled in the file, not eager"),
    ("shards", {"executor": ThreadPoolExecutor(1), "shards": 3}, "shards +None in the file, not 3"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS])
def test_a_checkpoint_of_another_training_is_refused_with_what_differs(tmp_path, change, words):
    path = tmp_path / "c.npz"
    fitted(path)
    content = path.read_bytes()
    with pytest.raises(CheckpointError) as caught:
        fitted(path, **change)
    first, *lines = str(caught.value).splitlines()
    assert first == f"{path} is of another training"
    assert any(re.match(f"  {words}", line) for line in lines), lines
    assert "  try             what the file has, another path, or deleting it to begin anew" in lines
    assert path.read_bytes() == content


def test_every_difference_is_named_and_no_other(tmp_path):
    fitted(tmp_path / "c.npz")
    with pytest.raises(CheckpointError) as caught:
        fitted(tmp_path / "c.npz", optimizer=lambda ps: nn.SGD(ps, lr=0.01), l2=0.1)
    assert str(caught.value).splitlines()[1:] == [
        "  lr              0.05 in the file, not 0.01",
        "  l2              0.0 in the file, not 0.1",
        "  try             what the file has, another path, or deleting it to begin anew",
        "                  (for an lr of 0.01 from here on, a callback that sets run.optimizer.lr)",
    ]


def test_what_a_loss_of_the_same_name_computes_is_seen(tmp_path):
    fitted(tmp_path / "c.npz", loss=functools.partial(nn.huber_loss, delta=1.0))
    with pytest.raises(CheckpointError, match=r"delta=1\.0.* in the file, not .*delta=0\.5"):
        fitted(tmp_path / "c.npz", loss=functools.partial(nn.huber_loss, delta=0.5))
    fitted(tmp_path / "d.npz", loss=lambda p, t: (p - t) ** 2)
    with pytest.raises(CheckpointError, match=r"another training\n  program .* in the file, not .*\n  try"):
        fitted(tmp_path / "d.npz", loss=lambda p, t: abs(p - t))


def test_other_numbers_in_layers_that_are_not_trained_are_seen(tmp_path):
    def last(model):
        return lambda parameters: nn.SGD(model.layers[-1].parameters(), lr=0.05)

    for seed in (0, 0, 1):
        model = mlp(seed=seed)
        if seed == 0:
            fitted(tmp_path / "c.npz", model, optimizer=last(model))
    with pytest.raises(CheckpointError, match=r"not trained +float64 \(20,\) .* in the file, not float64 \(20,\)"):
        fitted(tmp_path / "c.npz", model, optimizer=last(model))


SAME = [
    ("nothing", {}),
    ("epochs", {"epochs": 7}),
    ("max_steps", {"max_steps": 29}),
    ("checkpoint_every", {"checkpoint_every": 0.0}),
    ("callbacks", {"callbacks": [lambda run: None]}),
    ("progress", {"progress": True}),
    ("stop_below", {"stop_below": 1e-9}),
    ("patience", {"patience": 100}),
    ("metrics", {"metrics": "r2_score"}),
    ("validation", {"validation": regression(9, 9)}),
    ("lists", {"data": (X1.tolist(), Y1.tolist())}),
    ("another layout in memory", {"data": (np.asfortranarray(X1), Y1)}),
    ("weights before training", {"model": mlp(seed=5)}),
    ("the same weights of samples", {"sample_weight": None}),
]


@pytest.mark.parametrize("change", [row[1] for row in SAME], ids=[row[0] for row in SAME])
def test_what_leaves_the_trajectory_alone_may_change(tmp_path, change):
    fitted(tmp_path / "c.npz")
    model, history = fitted(tmp_path / "c.npz", **{"epochs": 6, **change})
    straight, whole = fitted(tmp_path / "other.npz", **{"epochs": 6, **change, "model": mlp()})
    np.testing.assert_array_equal(numbers_of(model), numbers_of(straight))
    assert history["loss"] == whole["loss"]
    assert history.steps == whole.steps > 15


def test_the_seed_of_an_order_that_does_not_matter_may_change(tmp_path):
    fitted(tmp_path / "c.npz", batch_size=None, seed=1)
    _, history = fitted(tmp_path / "c.npz", batch_size=None, seed=2, epochs=5)
    assert history.steps == 5


def test_a_model_without_a_repr_is_the_same_in_another_process(tmp_path):
    class Net(nn.Module):
        def __init__(self):
            self.first, self.last = nn.Layer(3, 2, activation="tanh", seed=0), nn.Layer(2, 1, None, seed=1)

        def forward(self, x):
            return self.last(self.first(x))

    fitted(tmp_path / "c.npz", Net())
    kept = Net()  # at another address
    assert fitted(tmp_path / "c.npz", Net(), epochs=4)[1].epochs == 4
    kept.first = nn.Layer(3, 2, activation="sigmoid", seed=0)
    with pytest.raises(CheckpointError, match=r"model .*Layer of 2 tanhNeuron\(3\).* not .*Layer of 2 sigmoidNeuron"):
        fitted(tmp_path / "c.npz", kept)


def test_the_numbers_in_a_models_repr_do_not_matter(tmp_path):
    @dataclasses.dataclass(eq=False)
    class Line(nn.Module):
        w: Value
        b: Value

        def forward(self, x):
            return self.w * x[0] + self.b

    model = Line(Value(1.0, label="w"), Value(0.0))
    fitted(tmp_path / "c.npz", model)
    assert fitted(tmp_path / "c.npz", model, epochs=5)[1].epochs == 5


# ── a learning rate that changes ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("schedule", [None, lambda made: nn.ExponentialLR(made, 0.5)], ids=["callback", "schedule"])
def test_an_optimizer_is_used_again_with_the_rate_it_had_reached(tmp_path, schedule):
    X, y = regression()

    def train(epochs, path, model, optimizer, again):
        def slower(run):
            if schedule is None and run.epoch == 2:
                run.optimizer.lr = 0.01

        options = {"callbacks": [slower], "epochs": epochs, "batch_size": 8, "checkpoint": tmp_path / path}
        return nn.fit(model, X, y, optimizer=optimizer, schedule=again, **options)

    ends = []
    for path, runs in (("whole.npz", [6]), ("again.npz", [3, 6])):
        model = mlp()
        optimizer = nn.SGD(model.parameters(), lr=0.05)
        made = schedule and schedule(optimizer)
        for epochs in runs:
            train(epochs, path, model, optimizer, made)
        ends.append(numbers_of(model))
    model = mlp()  # and made anew, with the rate of the beginning
    optimizer = nn.SGD(model.parameters(), lr=0.05)
    train(6, "again.npz", model, optimizer, schedule and schedule(optimizer))
    ends.append(numbers_of(model))
    np.testing.assert_array_equal(ends[0], ends[1])
    np.testing.assert_array_equal(ends[0], ends[2])


def test_a_new_rate_from_here_on_is_a_callbacks(tmp_path):
    fitted(tmp_path / "c.npz")
    _, history = fitted(tmp_path / "c.npz", epochs=5, callbacks=[lambda run: run.optimizer.anneal(0.01)])
    assert history.epochs == 5
    assert read_checkpoint(tmp_path / "c.npz")[0]["optimizer.SGD.lr"] == 0.01


# ── a training that is over ─────────────────────────────────────────────────────────────────────────────────────────

ENDED = [
    ("stop_below", {"stop_below": 10.0}, {"stop_below": 1e-9}, "lower stop_below"),
    ("patience", {"validation": regression(9, 9), "patience": 1, "batch_size": 2,
                  "optimizer": lambda ps: nn.SGD(ps, lr=0.3)}, {"patience": 99}, "raise patience"),
    ("callback", {"callbacks": [lambda run: True]}, {"callbacks": []}, "change the callbacks"),
]  # fmt: skip


@pytest.mark.parametrize(("stopped", "options", "change", "remedy"), ENDED, ids=[row[0] for row in ENDED])
def test_a_training_that_is_over_says_so_and_goes_on_when_asked_to(tmp_path, stopped, options, change, remedy):
    path = tmp_path / "c.npz"
    first, history = fitted(path, **{"epochs": 40, **options})
    assert history.stopped == stopped
    assert history.epochs < 40
    for _ in range(2):
        with pytest.warns(UserWarning, match="nothing was trained") as caught:
            again, same = fitted(path, **{"epochs": 40, **options})
        assert [str(warning.message) for warning in caught] == [
            f"nothing was trained: the training in {path} is ended by {stopped} already\n"
            f"  try             to {remedy}, or to delete the file and begin anew"
        ]
        assert caught[0].filename == __file__
        assert (same.stopped, same["loss"], same.steps) == (stopped, history["loss"], history.steps)
        np.testing.assert_array_equal(numbers_of(again), numbers_of(first))
    _, on = fitted(path, **{"epochs": 40, **options, **change})
    assert (on.stopped, on.epochs) == ("epochs", 40)
    assert on["loss"][: history.epochs] == history["loss"]


def test_a_callback_that_ended_a_training_is_asked_again(tmp_path):
    fitted(tmp_path / "c.npz", epochs=40, callbacks=[lambda run: run.epoch == 4])
    asked = []
    _, history = fitted(
        tmp_path / "c.npz", epochs=40, callbacks=[lambda run: asked.append(run.epoch) or run.epoch == 6]
    )
    assert asked == [4, 5, 6]
    assert (history.stopped, history.epochs) == ("callback", 6)


def test_the_steps_asked_for_are_not_taken_twice(tmp_path):
    first, history = fitted(tmp_path / "c.npz", max_steps=7)
    again, same = fitted(tmp_path / "c.npz", max_steps=7)
    assert (same.steps, same.stopped, same["loss"]) == (7, "max_steps", history["loss"])
    np.testing.assert_array_equal(numbers_of(first), numbers_of(again))


def test_the_best_is_of_the_loss_that_is_watched_now(tmp_path):
    """Of an earlier run with other validation data, or without patience, no epoch is the best."""
    options = {"batch_size": 4, "optimizer": lambda ps: nn.SGD(ps, lr=0.3)}
    fitted(tmp_path / "c.npz", epochs=20, **options)
    model, history = fitted(tmp_path / "c.npz", epochs=300, patience=3, validation=regression(15, 9), **options)
    assert history.stopped == "patience"
    seen = history["val_loss"][20:]
    assert all(math.isnan(x) for x in history["val_loss"][:20])
    assert nn.evaluate(model, *regression(15, 9))["loss"] == pytest.approx(min(seen), rel=1e-9)
    _, third = fitted(tmp_path / "c.npz", epochs=history.epochs + 2, **options)
    assert third.stopped == "epochs"


def test_ctrl_c_in_the_only_step_of_an_epoch_is_resumed_after_it(tmp_path):
    calls = []

    def loss(p, t):
        calls.append(1)
        if len(calls) == 37 * 3 + 5:  # in the fourth epoch
            os.kill(os.getpid(), signal.SIGINT)
        return (p - t) ** 2

    options = {"batch_size": None, "engine": "eager", "epochs": 6, "loss": loss}
    _, history = fitted(tmp_path / "c.npz", **options)
    assert (history.stopped, history.epochs, history.steps) == ("interrupted", 4, 4)
    model, resumed = fitted(tmp_path / "c.npz", **options)
    straight, whole = fitted(tmp_path / "other.npz", **options)
    assert (resumed.steps, resumed["loss"]) == (6, whole["loss"])
    np.testing.assert_array_equal(numbers_of(model), numbers_of(straight))


# ── files that are no checkpoint, disks that are full ───────────────────────────────────────────────────────────────


def test_a_disk_that_is_full_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "c.npz"
    write_checkpoint(path, {"theta": np.ones(3)}, {})
    monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        write_checkpoint(path, {"theta": np.zeros(3)}, {})
    np.testing.assert_array_equal(read_checkpoint(path)[0]["theta"], np.ones(3))
    assert [x.name for x in tmp_path.iterdir()] == ["c.npz"]


def test_no_pickle_is_in_a_checkpoint(tmp_path):
    fitted(tmp_path / "c.npz", optimizer=nn.Adam)
    with np.load(tmp_path / "c.npz", allow_pickle=False) as kept:
        assert all(kept[name].dtype.kind in "bfiuU" for name in kept.files)


# ── what it refuses, predict and evaluate, history ──────────────────────────────────────────────────────────────────

X3, Y3 = np.ones((4, 3)), np.ones(4)


class Ticker:
    def step(self):
        pass


MISUSES = [
    ("lengths", lambda: nn.fit(mlp(), X3, np.ones(3)), ValueError, "4 samples in X for 3 targets in y"),
    ("none", lambda: nn.fit(mlp(), np.ones((0, 3)), np.ones(0)), ValueError, "no samples"),
    ("nan", lambda: nn.fit(mlp(), np.full((4, 3), np.nan), Y3), ValueError,
     r"X has a number that is not finite, first at \(0, 0\)"),
    ("ragged", lambda: nn.fit(mlp(), [[1.0, 2.0, 3.0], [1.0]], [1.0, 2.0]), ValueError, "X is ragged"),
    ("words", lambda: nn.fit(mlp(), [["a"]], [1.0]), TypeError, "X is an array of <U1"),
    ("width", lambda: nn.fit(mlp(), np.ones((4, 2)), Y3), ValueError, "this layer takes 3 inputs, not 2"),
    ("epochs", lambda: nn.fit(mlp(), X3, Y3, epochs=0), ValueError, "epochs is a whole number, 1 or more, not 0"),
    ("batch", lambda: nn.fit(mlp(), X3, Y3, batch_size=2.5), ValueError, "batch_size is a whole number"),
    ("loss", lambda: nn.fit(mlp(), X3, Y3, loss="mees"), ValueError, "no loss 'mees': a function, or one of"),
    ("metric", lambda: nn.fit(mlp(), X3, Y3, metrics="acuracy"), ValueError, "no metric 'acuracy'"),
    ("optimizer", lambda: nn.fit(mlp(), X3, Y3, optimizer="adm"), ValueError, "no optimizer 'adm'"),
    ("engine", lambda: nn.fit(mlp(), X3, Y3, engine="fast"), ValueError, "engine is 'compiled' or 'eager', not 'fast'"),
    ("two rates", lambda: nn.fit(m := mlp(), X3, Y3, optimizer=nn.SGD(m.parameters()), lr=1.0), ValueError,
     "lr is the optimizer's own"),
    ("weights", lambda: nn.fit(mlp(), X3, Y3, sample_weight=[1.0]), ValueError, "sample_weight is 4 numbers"),
    ("another's optimizer", lambda: nn.fit(mlp(), X3, Y3, optimizer=nn.SGD(mlp().parameters())), ValueError,
     r"26 of the optimizer's 26 parameters are not the model's: make it with model.parameters\(\), as nn.SGD\(model"),
    ("a parameter too many", lambda: nn.fit(m := mlp(), X3, Y3, optimizer=nn.SGD([*m.parameters(), Value(1.0)])),
     ValueError, "1 of the optimizer's 27 parameters are not the model's"),
    ("another's schedule", lambda: nn.fit(m := mlp(), X3, Y3, schedule=nn.StepLR(nn.SGD(m.parameters()), 2)),
     ValueError, "the schedule is of another optimizer: make it with the one that is given to fit"),
    ("validation", lambda: nn.fit(mlp(), X3, Y3, validation=X3[:2]), ValueError,
     r"validation is a pair, validation=\(X, y\), and not an array of shape \(2, 3\)"),
    ("three of validation", lambda: nn.fit(mlp(), X3, Y3, validation=(X3, Y3, Y3)), ValueError,
     r"validation is a pair, validation=\(X, y\), and not tuple"),
    ("validation's width", lambda: nn.fit(mlp(), X3, Y3, validation=(X3[:, :2], Y3)), ValueError,
     r"a sample of X is \(3,\), and one of validation's X \(2,\)"),
    ("patience", lambda: nn.fit(mlp(), X3, Y3, patience=0), ValueError, "patience is a whole number, 1 or more, not 0"),
    ("steps", lambda: nn.fit(mlp(), X3, Y3, max_steps=0), ValueError, "max_steps is a whole number, 1 or more, not 0"),
    ("l2", lambda: nn.fit(mlp(), X3, Y3, l2=-1), ValueError, "l2 is 0 or more and finite, not -1"),
    ("one sample", lambda: nn.fit(mlp(), [1.0, 2.0, 3.0], [1.0]), ValueError,
     r"3 samples in X for 1 targets in y; one sample of 3 numbers is a row, \[X\] or X\[None\]"),
    ("a schedule that cannot be saved", lambda: nn.fit(mlp(), X3, Y3, checkpoint="c.npz", schedule=Ticker()), TypeError,
     "a Ticker cannot go into a checkpoint: it has no state_dict and load_state_dict, as a subclass of nn.optim"),
    ("a function", lambda: nn.fit(lambda x: x, X3, Y3), TypeError, r"function has no parameters\(\)"),
    ("a limit in words", lambda: nn.fit(mlp(), X3, Y3, stop_below="a"), ValueError, "stop_below is a number, not 'a'"),
    ("a schedule that is none", lambda: nn.fit(mlp(), X3, Y3, schedule=3), TypeError,
     r"a schedule has step\(\), .* not 3"),
    ("a negative time", lambda: nn.fit(mlp(), X3, Y3, checkpoint_every=-1), ValueError,
     "checkpoint_every is a number of seconds, 0 or more, not -1"),
    ("predict's engine", lambda: nn.predict(mlp(), X3, engine="x"), ValueError,
     "engine is 'compiled' or 'eager', not 'x'"),
    ("evaluate's engine", lambda: nn.evaluate(mlp(), X3, Y3, engine="x"), ValueError,
     "engine is 'compiled' or 'eager'"),
    ("classes with mse", lambda: nn.fit(nn.MLP(3, [4]), X3, Y3), ValueError,
     r'4 predictions for 1 targets; a class of several goes with loss="cross_entropy"'),
    ("classes with mse, evaluated", lambda: nn.evaluate(nn.MLP(3, [4]), X3, Y3), ValueError, 'loss="cross_entropy"'),
    ("images", lambda: nn.fit(nn.MLP(6, [1]), np.ones((4, 2, 3)), Y3), ValueError,
     r"^this layer takes 6 inputs, not 2: a sample of X is \(2, 3\)\n  try +X.reshape\(len\(X\), -1\), where"),
    ("a loss of a batch",
     lambda: nn.fit(mlp(), X3, Y3, loss=lambda ps, ts: sum(p - t for p, t in zip(ps, ts, strict=True))), TypeError,
     "'Value' object is not iterable\n  a loss gets one sample's output and target"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "call", "kind", "words"), MISUSES, ids=[name for name, *_ in MISUSES])
def test_a_misuse_is_refused_at_once(name, call, kind, words):
    with pytest.raises(kind, match=words):
        call()


SIGNS, LABELS4, ONES = np.array([1, 1, -1, 1]), np.array([0, 2, 1, 3]), np.ones((4, 2))
TARGETS = [
    ("signs for shares", 1, "bce_with_logits", SIGNS,
     r"bce_with_logits takes targets from 0 to 1, and y\[2\] is -1: labels y of -1 and \+1 become \(y \+ 1\) / 2, "
     "or go with hinge_loss"),
    ("signs for probabilities", 1, nn.bce_loss, SIGNS, r"bce_loss takes targets from 0 to 1, and y\[2\] is -1"),
    ("percents", 1, "bce_loss", SIGNS * 50.0, r"bce_loss takes targets from 0 to 1, and y\[0\] is 50"),
    ("shares of several", 2, "bce_with_logits", np.array([[0, 1], [1, 0], [0, 2], [1, 1]]), r"y\[2, 1\] is 2"),
    ("shares for signs", 1, "hinge_loss", (SIGNS + 1) // 2, r"hinge_loss takes targets of -1 and \+1, and y\[2\] is 0"),
    ("a class too many", 3, "cross_entropy", LABELS4,
     r"cross_entropy takes targets of 0 to 2, a class for each of 3 outputs, and y\[3\] is 3: more outputs, or np"),
    ("labels from 1", 3, "cross_entropy", LABELS4 - 1, r"of 0 to 2, a class for each of 3 outputs, and y\[0\] is -1"),
    ("half a class", 4, nn.cross_entropy, LABELS4 / 2, r"cross_entropy takes targets of 0 to 3, .* and y\[2\] is 0.5"),
    ("of a partial", 3, functools.partial(nn.cross_entropy), LABELS4, r"y\[3\] is 3"),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["compiled", "eager"])
@pytest.mark.parametrize(
    ("outputs", "loss", "y", "words"), [row[1:] for row in TARGETS], ids=[row[0] for row in TARGETS]
)
def test_a_target_the_loss_does_not_take_is_named_at_once(engine, outputs, loss, y, words):
    model = nn.MLP(2, [outputs], seed=0)
    before, good = numbers_of(model), np.ones_like(y) if outputs != 2 else np.ones((4, 2))
    with pytest.raises(ValueError, match=words):
        nn.fit(model, ONES, y, loss=loss, engine=engine)
    with pytest.raises(ValueError, match=words):
        nn.evaluate(model, ONES, y, loss=loss, engine=engine)
    with pytest.raises(ValueError, match="validation's y"):
        nn.fit(model, ONES, good, loss=loss, engine=engine, validation=(ONES, y))
    np.testing.assert_array_equal(numbers_of(model), before)


BARE = [
    ("fit", lambda engine: nn.fit(mlp(), [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], engine=engine)),
    ("predict", lambda engine: nn.predict(mlp(), [1.0, 2.0, 3.0], engine=engine)),
    ("evaluate", lambda engine: nn.evaluate(mlp(), [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], engine=engine)),
]


@pytest.mark.parametrize("engine", ["compiled", "eager"])
@pytest.mark.parametrize("call", [row[1] for row in BARE], ids=[row[0] for row in BARE])
def test_one_bare_sample_is_explained(call, engine):
    with pytest.raises(ValueError) as caught:
        call(engine)
    assert str(caught.value) == (
        "X is (3,), 3 samples of one number, and the model does not take one number: this layer takes 3 inputs, not 1\n"
        "  try             [X] or X[None], if it is one sample of 3 numbers"
    )


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_numbers_are_samples_of_a_model_of_one_input(engine):
    model = nn.MLP(1, [1], seed=0)
    assert nn.predict(model, [1.0, 2.0, 3.0], engine=engine).shape == (3,)
    nn.fit(model, [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], engine=engine, epochs=1)


class Partly(nn.Module):
    """What a loss does not reach: not used, behind detach, in no_grad; and a row of a table that no sample asks for."""

    def __init__(self):
        self.w, self.unused, self.detached, self.quiet = (Value(x) for x in (1.0, 2.0, 3.0, 4.0))
        self.rows = [Value(0.5), Value(-0.5), Value(0.25)]

    def forward(self, x):
        with autograd.no_grad():
            quiet = self.quiet * 1.0
        return self.w * x[0] + self.detached.detach() + quiet + autograd.pick(self.rows, x[1])


class PartlyEager(Partly):
    def forward(self, x):
        return super().forward(x) if x[0] > -1e9 else None  # a branch: it does not compile


DECAYING = [
    lambda ps: nn.SGD(ps, lr=0.05, momentum=0.9, weight_decay=0.1),
    lambda ps: nn.Adam(ps, lr=0.05, weight_decay=0.1),
    lambda ps: nn.AdamW(ps, lr=0.05),
    lambda ps: nn.RMSprop(ps, lr=0.01, weight_decay=0.1),
    lambda ps: nn.Adagrad(ps, lr=0.05, weight_decay=0.1),
]


@pytest.mark.parametrize("make", DECAYING)
@pytest.mark.parametrize("model", [Partly, PartlyEager])
@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor])
def test_parameters_that_the_loss_does_not_reach_stay(make, model, executor):
    X = np.array([[x, float(i % 2)] for i, x in enumerate(np.linspace(-1, 1, 12))])
    ends = []
    for engine in ("compiled", "eager"):
        made = model()
        pool = executor and executor(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nn.fit(made, X, X[:, 0] + 1, optimizer=make(made.parameters()), epochs=4, batch_size=5, engine=engine,
                   executor=pool)  # fmt: skip
        assert (made.unused.data, made.detached.data, made.quiet.data) == (2.0, 3.0, 4.0)
        assert made.w.data != 1.0
        ends.append(numbers_of(made))
    np.testing.assert_allclose(*ends, rtol=1e-12)
    assert (ends[0][-1] == 0.25) == (model is PartlyEager)  # no sample asks for it; a program would read it for another


def test_by_l2_every_parameter_is_reached():
    X, y = regression()
    model = Partly()
    nn.fit(model, np.c_[X[:, 0], y > 0], y, optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=1, l2=0.1)
    assert 2.0 not in numbers_of(model)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
@pytest.mark.parametrize("loss", [
    lambda p, t: sum([(p - t) ** 2], Value(0.0)),
    lambda p, t: autograd.sum([Value(0.5) * (p - t) ** 2, Value(0.5) * (p - t) ** 2]),
], ids=["a sum that starts from a Value", "factors that are Values"])  # fmt: skip
def test_a_value_made_in_a_loss_is_a_number(engine, loss):
    X, y = regression()
    ends = []
    for chosen in (loss, "mse"):
        model = mlp()
        nn.fit(model, X, y, loss=chosen, optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=3, engine=engine)
        ends.append(numbers_of(model))
    np.testing.assert_allclose(*ends, rtol=1e-12)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_layers_that_are_not_trained_stay_as_they_are(engine):
    X, y = regression()
    model = mlp()
    before, last = numbers_of(model), model.layers[-1].parameters()
    nn.fit(model, X, y, optimizer=nn.SGD(last, lr=0.1), epochs=2, engine=engine)
    assert (numbers_of(model) != before).sum() == len(last)
    assert [x.data for x in last] != before[-len(last) :].tolist()


def test_a_loss_that_indexes_with_a_label_is_trained_eagerly_with_advice():
    X, y = classes(12)

    def loss(logits, label):
        return -autograd.log_softmax(logits)[label]

    with pytest.warns(UserWarning, match=r"runs eagerly: a Value is used as an index[^§]*try +autograd.pick"):
        history = nn.fit(mlp(3), X, y, loss=loss, epochs=3, optimizer="sgd", lr=0.1)
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_predict_gives_a_row_a_sample(engine):
    X, _ = classes(5)
    assert nn.predict(mlp(3), X, engine=engine).shape == (5, 3)
    X, _ = regression(5)
    outputs = nn.predict(mlp(), X, engine=engine)
    assert outputs.shape == (5,)
    np.testing.assert_allclose(outputs, [mlp()(x).data for x in X.tolist()], rtol=1e-12)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_predict_of_no_samples_has_the_shape_of_more(engine):
    assert nn.predict(mlp(), np.ones((0, 3)), engine=engine).shape == (0,)
    assert nn.predict(mlp(2), np.ones((0, 2)), engine=engine).shape == (0, 2)


def test_metrics_of_one_name_are_told_apart():
    X, y = regression()
    functions = [lambda true, said: 1.0, lambda true, said: 2.0, functools.partial(nn.metrics.r2_score),
                 functools.partial(nn.metrics.mean_squared_error), "r2_score", "r2_score"]  # fmt: skip
    found = nn.evaluate(mlp(), X, y, metrics=functions)
    assert list(found) == ["loss", "<lambda>", "<lambda> 2", "metric", "metric 2", "r2_score"]
    assert (found["<lambda>"], found["<lambda> 2"]) == (1.0, 2.0)
    assert found["metric"] == found["r2_score"]
    assert found["metric 2"] == pytest.approx(found["loss"], rel=1e-12)


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
    assert str(history).startswith("20 epochs\n")
    assert "<table>" in history._repr_html_()
    assert len(history.plot().axes) == 2
    with pytest.raises(KeyError, match="no 'acc' in this history, which has loss, val_loss, val_r2_score"):
        history["acc"]


def test_a_history_of_numbers_that_were_not_always_asked_for(tmp_path):
    fitted(tmp_path / "c.npz", metrics="r2_score")
    fitted(tmp_path / "c.npz", metrics="mean_absolute_error", epochs=5)
    _, history = fitted(tmp_path / "c.npz", epochs=7, max_steps=32)
    assert [len(history[name]) for name in history] == [7, 3, 5]
    assert np.isnan(history["mean_absolute_error"]).tolist() == [True] * 3 + [False] * 2
    assert history._repr_html_().partition("<tbody>")[2].count("<td></td>") == 4 + 2
    assert str(history).count("→") == 3
    assert history.plot() is not None


def test_a_history_with_infinities_shows_itself():
    history = nn.History({"loss": [1.0, math.inf, 0.0, math.nan], "a": [math.inf, -math.inf]}, stopped="interrupted")
    assert str(history).splitlines() == [
        "4 epochs, interrupted", "loss  █ ▁  1 → nan, lowest 0 in epoch 3", "a         inf → -inf",
    ]  # fmt: skip
    assert "<td>inf</td>" in history._repr_html_()


def test_quiet_where_nobody_looks_and_a_bar_on_request(capfd):
    X, y = regression()
    nn.fit(mlp(), X, y, epochs=2)
    assert capfd.readouterr().err == ""
    nn.fit(mlp(), X, y, epochs=2, progress=True)
    shown = capfd.readouterr().err
    assert "epoch 2/2" in shown
    assert "loss" in shown
    assert "samples/s" in shown


def test_a_bar_is_not_drawn_at_every_step(capfd):
    X, y = regression()
    nn.fit(mlp(), X, y, epochs=500, batch_size=None, progress=True, validation=(X, y))
    shown = capfd.readouterr().err
    assert shown.count("\r") < 60
    last = shown.rstrip().split("\r")[-1]
    assert "epoch 500/500" in last
    assert "100%" in last
    assert re.search(r"loss [\d.e-]+, val_loss [\d.e-]+", last)


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
