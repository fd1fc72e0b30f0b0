"""fit: both engines on one trajectory, what ends a training, and what it leaves alone."""

import math
import os
import re
import signal
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fixtures.training import classes, mlp, numbers_of, regression

import autograd
import nn
from autograd import NonFiniteError, Value

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
    with pytest.warns(UserWarning, match=r"the model does not compile, so it runs eagerly: cannot branch"):
        history = nn.fit(Branching(), X, y, optimizer="sgd", lr=0.1, epochs=3)
    assert history["loss"][-1] < history["loss"][0]


INPUTS = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 1.0]])
BRANCH = "the {} does not compile, so it runs eagerly: cannot branch"
LOOK, KEY = "plain number", r"KeyError: Value\(0.0\)"
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
        both, X, y, loss=lambda p, t: (p["mean"] - t) ** 2 + p["others"][0] ** 2,
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
    before = signal.getsignal(signal.SIGINT)
    timer = threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    history = nn.fit(model, X, y, optimizer="sgd", lr=0.01, epochs=10**6, batch_size=4)
    timer.join()
    assert history.stopped == "interrupted"
    assert history.steps > 0
    assert np.isfinite(numbers_of(model)).all()
    assert signal.getsignal(signal.SIGINT) is before


SPELLINGS = [
    ({"stop_below": 0.3}, {"stop": nn.Stop(below=0.3)}, "stop_below"),
    ({"patience": 2, "lr": 2.0}, {"stop": nn.Stop(patience=2), "lr": 2.0}, "patience"),
    ({"max_steps": 7}, {"stop": nn.Stop(steps=7)}, "max_steps"),
    ({"stop_below": 1e-9, "patience": 90, "max_steps": 9}, {"stop": nn.Stop(1e-9, 90, 9)}, "max_steps"),
]


@pytest.mark.parametrize(("plain", "part", "stopped"), SPELLINGS, ids=[", ".join(row[0]) for row in SPELLINGS])
def test_a_part_says_what_plain_keywords_say(plain, part, stopped):
    X, y = regression()
    histories = [nn.fit(mlp(), X, y, optimizer="sgd", epochs=60, **{"lr": 0.5, **x}) for x in (plain, part)]
    assert histories[0]["loss"] == histories[1]["loss"]
    assert [history.stopped for history in histories] == [stopped] * 2


def test_a_checkpoint_is_written_as_often_as_it_says(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr("nn.training.loop.save", lambda run, path: written.append(path.name))
    every_step = {"checkpoint": tmp_path / "plain.npz", "checkpoint_every": 0.0}
    for options in (every_step, {"checkpoint": nn.Checkpoint(tmp_path / "part.npz", every=0.0)},
                    {"checkpoint": nn.Checkpoint(str(tmp_path / "end.npz"), every=math.inf)}):  # fmt: skip
        nn.fit(mlp(), *regression(), epochs=1, batch_size=5, **options)
    assert written == ["plain.npz"] * 9 + ["part.npz"] * 9 + ["end.npz"]


# ── a run that diverges ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_a_diverging_run_stops_before_the_parameters_are_touched(engine):
    X, y = regression(16)
    model = nn.MLP(3, [4, 1], activation="relu", seed=1)
    with pytest.raises(
        NonFiniteError, match=r"in the training epoch \d+, step \d+, which changed no parameter"
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
    words = r"a step of lr=10000000000.0 leaves the range of a float at parameters\[0\], .*; no parameter was changed"
    with pytest.raises(
        NonFiniteError, match=words + r": lower lr\n  in the training epoch 1; the parameters were reset to the start "
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
    with pytest.raises(NonFiniteError, match=r"(?s)exp_avg_sq of .* leaves the range of a float.*were reset"):
        nn.fit(
            model, [[1e200], [1e200]], [0.0, 0.0], loss="mae", optimizer="adam", epochs=2, batch_size=1, engine=engine
        )
    np.testing.assert_array_equal(numbers_of(model), before)


# ── what is trained ─────────────────────────────────────────────────────────────────────────────────────────────────


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

    with pytest.warns(UserWarning, match=r"runs eagerly: cannot use a Value as an index[^§]*try +autograd.pick"):
        history = nn.fit(mlp(3), X, y, loss=loss, epochs=3, optimizer="sgd", lr=0.1)
    assert history["loss"][-1] < history["loss"][0]


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


def test_a_callback_of_each_step_sees_its_loss_sets_the_rate_and_stops():
    X, y = regression()
    losses, rates = [], []

    def falling(run):
        losses.append(run.loss)
        rates.append(run.optimizer.lr)
        run.optimizer.set_lr(0.05 * (1 - run.history.steps / 10))
        return run.history.steps == 8

    falling.each_step = True
    epochs = []
    model = mlp()
    history = nn.fit(
        model, X, y, optimizer="sgd", lr=0.05, epochs=3, batch_size=8, shuffle=False,
        callbacks=[falling, lambda run: epochs.append(run.epoch)],
    )  # fmt: skip
    assert (history.steps, history.stopped, epochs) == (8, "callback", [1])
    np.testing.assert_allclose(rates, [0.05 * (1 - step / 10) for step in range(8)])
    assert history["loss"][0] == pytest.approx(np.average(losses[:5], weights=[8, 8, 8, 8, 5]))
    twin = mlp()
    for begin, loss, lr in zip([*range(0, 37, 8)] * 2, losses, rates, strict=False):
        batch = zip(X[begin : begin + 8].tolist(), y[begin : begin + 8].tolist(), strict=True)
        mean = autograd.mean([nn.mse_loss(twin(x), target) for x, target in batch])
        assert mean.data == pytest.approx(loss, rel=1e-12)
        mean.backward()
        for x in twin.parameters():
            x.data, x.grad = x.data - lr * x.grad, None
    np.testing.assert_allclose(numbers_of(model), numbers_of(twin), rtol=1e-12)
