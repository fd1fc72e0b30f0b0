"""What fit, predict and evaluate refuse, and what they say."""

import functools
from types import SimpleNamespace

import numpy as np
import pytest
from fixtures.training import mlp, numbers_of

import nn
from autograd import Value

X3, Y3 = np.ones((4, 3)), np.ones(4)


POOL = SimpleNamespace(submit=None)


class Ticker:
    def step(self):
        pass


MISUSES = [
    ("lengths", lambda: nn.fit(mlp(), X3, np.ones(3)), ValueError, "4 samples but y has 3 targets"),
    ("none", lambda: nn.fit(mlp(), np.ones((0, 3)), np.ones(0)), ValueError, "no samples"),
    ("nan", lambda: nn.fit(mlp(), np.full((4, 3), np.nan), Y3), ValueError,
     r"X contains a number that is not finite, first at \(0, 0\)"),
    ("ragged", lambda: nn.fit(mlp(), [[1.0, 2.0, 3.0], [1.0]], [1.0, 2.0]), ValueError, "X is ragged"),
    ("words", lambda: nn.fit(mlp(), [["a"]], [1.0]), TypeError, "X must contain numbers, but it is an array of <U1"),
    ("width", lambda: nn.fit(mlp(), np.ones((4, 2)), Y3), ValueError, "this layer takes 3 inputs, not 2"),
    ("epochs", lambda: nn.fit(mlp(), X3, Y3, epochs=0), ValueError, "epochs must be a whole number, 1 or more, not 0"),
    ("batch", lambda: nn.fit(mlp(), X3, Y3, batch_size=2.5), ValueError, "batch_size must be a whole number"),
    ("loss", lambda: nn.fit(mlp(), X3, Y3, loss="mees"), ValueError,
     r"unknown loss 'mees'; use one of .*, or pass a function$"),
    ("metric", lambda: nn.fit(mlp(), X3, Y3, metrics="acuracy"), ValueError,
     r"unknown metric 'acuracy' \(did you mean 'accuracy'\?\)"),
    ("optimizer", lambda: nn.fit(mlp(), X3, Y3, optimizer="adm"), ValueError,
     r"unknown optimizer 'adm' \(did you mean 'adam'\?\)"),
    ("engine", lambda: nn.fit(mlp(), X3, Y3, engine="fast"), ValueError, "engine must be 'compiled' or 'eager'"),
    ("two rates", lambda: nn.fit(m := mlp(), X3, Y3, optimizer=nn.SGD(m.parameters()), lr=1.0), ValueError,
     "lr cannot be passed together with an optimizer object"),
    ("weights", lambda: nn.fit(mlp(), X3, Y3, sample_weight=[1.0]), ValueError, "sample_weight must be 4 finite"),
    ("another's optimizer", lambda: nn.fit(mlp(), X3, Y3, optimizer=nn.SGD(mlp().parameters())), ValueError,
     r"26 of the optimizer's 26 parameters do not belong to the model: create it as nn.SGD\(model"),
    ("a parameter too many", lambda: nn.fit(m := mlp(), X3, Y3, optimizer=nn.SGD([*m.parameters(), Value(1.0)])),
     ValueError, "1 of the optimizer's 27 parameters do not belong to the model"),
    ("another's schedule", lambda: nn.fit(m := mlp(), X3, Y3, schedule=nn.StepLR(nn.SGD(m.parameters()), 2)),
     ValueError, "the schedule belongs to another optimizer: create it with the one you pass to fit"),
    ("validation", lambda: nn.fit(mlp(), X3, Y3, validation=X3[:2]), ValueError,
     r"validation must be a pair, validation=\(X, y\), not an array of shape \(2, 3\)"),
    ("three of validation", lambda: nn.fit(mlp(), X3, Y3, validation=(X3, Y3, Y3)), ValueError,
     r"validation must be a pair, validation=\(X, y\), not tuple"),
    ("validation's width", lambda: nn.fit(mlp(), X3, Y3, validation=(X3[:, :2], Y3)), ValueError,
     r"a sample of X has shape \(3,\), but one of validation's X has shape \(2,\)"),
    ("patience", lambda: nn.fit(mlp(), X3, Y3, patience=0), ValueError, "patience must be a whole number, 1 or mo"),
    ("steps", lambda: nn.fit(mlp(), X3, Y3, max_steps=0), ValueError, "max_steps must be a whole number, 1 or m"),
    ("l2", lambda: nn.fit(mlp(), X3, Y3, l2=-1), ValueError, "l2 must be 0 or more and finite, not -1"),
    ("one sample", lambda: nn.fit(mlp(), [1.0, 2.0, 3.0], [1.0]), ValueError,
     r"3 samples but y has 1 targets: if X is one sample of 3 numbers, pass \[X\] or X\[None\]"),
    ("a schedule that cannot be saved", lambda: nn.fit(mlp(), X3, Y3, checkpoint="c.npz", schedule=Ticker()), TypeError,
     "a Ticker cannot be saved in a checkpoint: it needs state_dict and load_state_dict, like a subclass of nn.optim"),
    ("a function", lambda: nn.fit(lambda x: x, X3, Y3), TypeError, r"function has no parameters\(\)"),
    ("a limit in words", lambda: nn.fit(mlp(), X3, Y3, stop_below="a"), ValueError, "stop_below must be a number"),
    ("a schedule that is none", lambda: nn.fit(mlp(), X3, Y3, schedule=3), TypeError,
     r"a schedule must have step\(\), .* this is 3"),
    ("a negative time", lambda: nn.fit(mlp(), X3, Y3, checkpoint_every=-1), ValueError,
     "checkpoint_every must be a number of seconds, 0 or more, not -1"),
    ("predict's engine", lambda: nn.predict(mlp(), X3, engine="x"), ValueError,
     "engine must be 'compiled' or 'eager', not 'x'"),
    ("evaluate's engine", lambda: nn.evaluate(mlp(), X3, Y3, engine="x"), ValueError,
     "engine must be 'compiled' or 'eager'"),
    ("classes with mse", lambda: nn.fit(nn.MLP(3, [4]), X3, Y3), ValueError,
     r'4 predictions but 1 target; if it is a class, use loss="cross_entropy"'),
    ("classes with mse, evaluated", lambda: nn.evaluate(nn.MLP(3, [4]), X3, Y3), ValueError, 'loss="cross_entropy"'),
    ("images", lambda: nn.fit(nn.MLP(6, [1]), np.ones((4, 2, 3)), Y3), ValueError,
     r"^this layer takes 6 inputs, not 2 rows of 3: a sample of X has shape \(2, 3\)\n  try +X.reshape"),
    ("a keyword like another", lambda: nn.fit(mlp(), X3, Y3, batchsize=2), TypeError,
     r"^fit\(\) got an unexpected keyword argument 'batchsize': did you mean 'batch_size'\?$"),
    ("a keyword of nothing", lambda: nn.fit(mlp(), X3, Y3, workers=2), TypeError, "keyword argument 'workers'$"),
    ("a Stop and a limit", lambda: nn.fit(mlp(), X3, Y3, stop=nn.Stop(steps=3), stop_below=0.1, patience=2), ValueError,
     r"^stop=nn.Stop\(…\) and stop_below= and patience= mean the same: use only one of them$"),
    ("a Stop and steps", lambda: nn.fit(mlp(), X3, Y3, stop=nn.Stop(below=0.1), max_steps=3), ValueError, "max_steps="),
    ("no Stop", lambda: nn.fit(mlp(), X3, Y3, stop=3), TypeError, "stop must be an nn.Stop, not an int"),
    ("two times", lambda: nn.fit(mlp(), X3, Y3, checkpoint=nn.Checkpoint("c.npz"), checkpoint_every=1.0), ValueError,
     r"checkpoint=nn.Checkpoint\(…\) and checkpoint_every= mean the same: use"),
    ("no folder for it", lambda: nn.fit(mlp(), X3, Y3, checkpoint=nn.Checkpoint("none/c.npz")), FileNotFoundError,
     "cannot save '.*c.npz': the folder 'none' does not exist"),
    ("two executors", lambda: nn.fit(mlp(), X3, Y3, shards=nn.Shards(POOL), executor=POOL), ValueError,
     r"shards=nn.Shards\(…\) and executor= mean the same: use"),
    ("shards of no number", lambda: nn.fit(mlp(), X3, Y3, shards=0), ValueError, "shards must be a whole number"),
    ("a Stop of words", lambda: nn.Stop(below="a"), ValueError, "below must be a number, not 'a'"),
    ("a Value of patience", lambda: nn.Stop(patience=Value(1.0)), ValueError, "patience must be a whole number, 1 or"),
    ("a Stop without patience", lambda: nn.Stop(patience=0), ValueError, "patience must be a whole number, 1 or"),
    ("a Stop before the start", lambda: nn.Stop(steps=0.5), ValueError, "steps must be a whole number, 1 or more"),
    ("a Checkpoint before", lambda: nn.Checkpoint("c.npz", -1), ValueError, "every must be a number of seconds"),
    ("no executor", lambda: nn.Shards(3), TypeError, r"executor must be a concurrent\.futures\.Executor, not an int"),
    ("no shards", lambda: nn.Shards(POOL, 0), ValueError, "count must be a whole number, 1 or more, not 0"),
    ("a loss of a batch",
     lambda: nn.fit(mlp(), X3, Y3, loss=lambda ps, ts: sum(p - t for p, t in zip(ps, ts, strict=True))), TypeError,
     "'Value' object is not iterable\n  a loss gets the output and target of one sample"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "call", "kind", "words"), MISUSES, ids=[name for name, *_ in MISUSES])
def test_a_misuse_is_refused_at_once(name, call, kind, words):
    with pytest.raises(kind, match=words):
        call()


SIGNS, LABELS4, ONES = np.array([1, 1, -1, 1]), np.array([0, 2, 1, 3]), np.ones((4, 2))
TARGETS = [
    ("signs for shares", 1, "bce_with_logits", SIGNS,
     r"bce_with_logits takes targets from 0 to 1, but y\[2\] is -1; if your labels are -1 and \+1, use \(y "
     r"\+ 1\) / 2, or hinge_loss"),
    ("signs for probabilities", 1, nn.bce_loss, SIGNS, r"bce_loss takes targets from 0 to 1, but y\[2\] is -1"),
    ("percents", 1, "bce_loss", SIGNS * 50.0, r"bce_loss takes targets from 0 to 1, but y\[0\] is 50"),
    ("shares of several", 2, "bce_with_logits", np.array([[0, 1], [1, 0], [0, 2], [1, 1]]), r"y\[2, 1\] is 2"),
    ("shares for signs", 1, "hinge_loss", (SIGNS + 1) // 2, r"hinge_loss takes targets of -1 and \+1, but y\[2\] is 0"),
    ("a class too many", 3, "cross_entropy", LABELS4,
     r"takes targets from 0 to 2, one class for each of the model's 3 outputs, but y\[3\] is 3; use more outputs"),
    ("labels from 1", 3, "cross_entropy", LABELS4 - 1, r"from 0 to 2, one class for each .*, but y\[0\] is -1"),
    ("half a class", 4, nn.cross_entropy, LABELS4 / 2, r"takes targets from 0 to 3, .* but y\[2\] is 0.5"),
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
        "X has shape (3,), so each sample is one number, which the model does not take: "
        "this layer takes 3 inputs, not 1\n"
        "  try             [X] or X[None], if X is one sample of 3 numbers"
    )
