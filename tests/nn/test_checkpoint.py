"""Checkpoints: a training goes on bit for bit, of another training or a damaged file nothing is taken."""

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
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fixtures.training import ROOT, fitted, mlp, numbers_of, regression

import nn
from autograd import Value
from nn.training.checkpoint import CheckpointError, read_checkpoint, write_checkpoint

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


class HalfUsed(nn.Module):
    """Layers before and after the one that the outputs come from, which no gradient reaches."""

    def __init__(self):
        self.before, self.used, self.after = (nn.Linear(3, 1, seed=i) for i in range(3))

    def forward(self, x):
        return self.used(x)


UNREACHED = {
    "layers": lambda path, **options: fitted(path, HalfUsed(), **options),
    "layers, one sample at a time": lambda path, **options: fitted(path, HalfUsed(), engine="eager", **options),
    "layers, float32": lambda path, **options: fitted(path, HalfUsed(), dtype="float32", **options),
    "a text shorter than the context": lambda path, **options: fitted(
        path,
        nn.GPT(5, 4, num_heads=1, context=6, seed=0),
        ([[4, 0, 1, 2], [4, 0, 1]], [[0, 1, 2, 4], [0, 1, 4]]),
        **{"loss": "cross_entropy", "batch_size": 1, **options},
    ),
}  # fmt: skip
OPTIMIZERS = {
    "SGD": lambda ps: nn.SGD(ps, lr=0.05, momentum=0.9, weight_decay=0.01),
    "Adagrad": lambda ps: nn.Adagrad(ps, lr=0.05),
    "Adam": lambda ps: nn.Adam(ps, lr=0.05, amsgrad=True),
    "AdamW": lambda ps: nn.AdamW(ps, lr=0.05),
    "RMSprop": lambda ps: nn.RMSprop(ps, lr=0.05, momentum=0.9),
}


@pytest.mark.parametrize(
    ("training", "optimizer"),
    [*(("layers", name) for name in OPTIMIZERS), *((name, "Adam") for name in [*UNREACHED][1:])],
)
def test_parameters_that_no_gradient_reaches_go_on_bit_for_bit(tmp_path, training, optimizer):
    """They have step counts of their own, so the optimizer's count is one for each parameter."""
    train = functools.partial(UNREACHED[training], optimizer=OPTIMIZERS[optimizer])
    train(tmp_path / "c.npz", epochs=2, max_steps=3)
    arrays, _ = read_checkpoint(tmp_path / "c.npz")
    assert sorted(set(arrays[f"optimizer.{optimizer}.step"].tolist())) == [0, 3]
    model, history = train(tmp_path / "c.npz", epochs=2)
    straight, whole = train(tmp_path / "other.npz", epochs=2)
    np.testing.assert_array_equal(numbers_of(model), numbers_of(straight))
    assert history["loss"] == whole["loss"]
    before, after = (read_checkpoint(tmp_path / name)[0] for name in ("c.npz", "other.npz"))
    assert sorted(before) == sorted(after)
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])


def test_a_finished_checkpoint_trains_no_more(tmp_path):
    first, _ = fitted(tmp_path / "c.npz")
    again, history = fitted(tmp_path / "c.npz")
    np.testing.assert_array_equal(numbers_of(first), numbers_of(again))
    assert history.epochs == 3


BAD = [
    (
        "truncated",
        lambda path: path.write_bytes(path.read_bytes()[:200]),
        "is truncated or damaged, or is not a checkpoint at all",
    ),
    ("empty", lambda path: path.write_bytes(b""), "is truncated or damaged, or is not a checkpoint at all"),
    ("foreign", lambda path: path.write_text("hello"), "is truncated or damaged, or is not a checkpoint at all"),
    ("another .npz", lambda path: np.savez(path, a=np.ones(3)), "is a .npz file, but not a training checkpoint"),
    (
        "another version",
        lambda path: np.savez(path, words=np.array(json.dumps({"format": "?"}))),
        "from another version",
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
    with pytest.raises(
        CheckpointError, match=r"it may be a saved model, which model.load reads.* another path"
    ) as caught:
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
    with pytest.raises(
        FileNotFoundError, match=r"cannot save '.*none.c.npz': the folder '.*none' does not exist; create it first"
    ):
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
    assert first == f"{path} belongs to another training"
    assert any(re.match(f"  {words}", line) for line in lines), lines
    assert "  try             the settings in the file, another path, or deleting the file to start again" in lines
    assert path.read_bytes() == content


def test_every_difference_is_named_and_no_other(tmp_path):
    fitted(tmp_path / "c.npz")
    with pytest.raises(CheckpointError) as caught:
        fitted(tmp_path / "c.npz", optimizer=lambda ps: nn.SGD(ps, lr=0.01), l2=0.1)
    assert str(caught.value).splitlines()[1:] == [
        "  lr              0.05 in the file, not 0.01",
        "  l2              0.0 in the file, not 0.1",
        "  try             the settings in the file, another path, or deleting the file to start again",
        "                  (to continue with lr=0.01, use a callback that sets run.optimizer.lr)",
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
    _, history = fitted(tmp_path / "c.npz", epochs=5, callbacks=[lambda run: run.optimizer.set_lr(0.01)])
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
            f"nothing was trained: {stopped} already ended the training in {path}\n"
            f"  try             to {remedy}, or to delete the file to start again"
        ]
        assert caught[0].filename == fitted.__code__.co_filename
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
