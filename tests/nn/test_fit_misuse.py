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
    ("lengths", lambda: nn.fit(mlp(), X3, np.ones(3)), ValueError, "4 samples in X for 3 targets in y"),
    ("none", lambda: nn.fit(mlp(), np.ones((0, 3)), np.ones(0)), ValueError, "no samples"),
    ("nan", lambda: nn.fit(mlp(), np.full((4, 3), np.nan), Y3), ValueError,
     r"X has a number that is not finite, first at \(0, 0\)"),
    ("ragged", lambda: nn.fit(mlp(), [[1.0, 2.0, 3.0], [1.0]], [1.0, 2.0]), ValueError, "X is ragged"),
    ("words", lambda: nn.fit(mlp(), [["a"]], [1.0]), TypeError, "X is an array of <U1"),
    ("width", lambda: nn.fit(mlp(), np.ones((4, 2)), Y3), ValueError, "this layer takes 3 inputs, not 2"),
    ("epochs", lambda: nn.fit(mlp(), X3, Y3, epochs=0), ValueError, "epochs is a whole number, 1 or more, not 0"),
    ("batch", lambda: nn.fit(mlp(), X3, Y3, batch_size=2.5), ValueError, "batch_size is a whole number"),
    ("loss", lambda: nn.fit(mlp(), X3, Y3, loss="mees"), ValueError,
     r"unknown loss 'mees'; use one of .*, or pass a function$"),
    ("metric", lambda: nn.fit(mlp(), X3, Y3, metrics="acuracy"), ValueError,
     r"unknown metric 'acuracy' \(did you mean 'accuracy'\?\)"),
    ("optimizer", lambda: nn.fit(mlp(), X3, Y3, optimizer="adm"), ValueError,
     r"unknown optimizer 'adm' \(did you mean 'adam'\?\)"),
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
    ("a keyword like another", lambda: nn.fit(mlp(), X3, Y3, batchsize=2), TypeError,
     r"^fit\(\) got an unexpected keyword argument 'batchsize': did you mean 'batch_size'\?$"),
    ("a keyword of nothing", lambda: nn.fit(mlp(), X3, Y3, workers=2), TypeError, "keyword argument 'workers'$"),
    ("a Stop and a limit", lambda: nn.fit(mlp(), X3, Y3, stop=nn.Stop(steps=3), stop_below=0.1, patience=2), ValueError,
     r"^stop=nn.Stop\(…\) and stop_below= and patience= are both given: say it in one of them$"),
    ("a Stop and steps", lambda: nn.fit(mlp(), X3, Y3, stop=nn.Stop(below=0.1), max_steps=3), ValueError, "max_steps="),
    ("no Stop", lambda: nn.fit(mlp(), X3, Y3, stop=3), TypeError, "stop is an nn.Stop, not a int"),
    ("two times", lambda: nn.fit(mlp(), X3, Y3, checkpoint=nn.Checkpoint("c.npz"), checkpoint_every=1.0), ValueError,
     r"checkpoint=nn.Checkpoint\(…\) and checkpoint_every= are both given"),
    ("no folder for it", lambda: nn.fit(mlp(), X3, Y3, checkpoint=nn.Checkpoint("none/c.npz")), FileNotFoundError,
     "no folder 'none' to save 'c.npz' in"),
    ("two executors", lambda: nn.fit(mlp(), X3, Y3, shards=nn.Shards(POOL), executor=POOL), ValueError,
     r"shards=nn.Shards\(…\) and executor= are both given"),
    ("shards of no number", lambda: nn.fit(mlp(), X3, Y3, shards=0), ValueError, "shards is a whole number, 1 or more"),
    ("a Stop of words", lambda: nn.Stop(below="a"), ValueError, "below is a number, not 'a'"),
    ("a Stop without patience", lambda: nn.Stop(patience=0), ValueError, "patience is a whole number, 1 or more"),
    ("a Stop before the start", lambda: nn.Stop(steps=0.5), ValueError, "steps is a whole number, 1 or more, not 0.5"),
    ("a Checkpoint before", lambda: nn.Checkpoint("c.npz", -1), ValueError, "every is a number of seconds, 0 or more"),
    ("no executor", lambda: nn.Shards(3), TypeError, r"executor is a concurrent\.futures\.Executor, not a int"),
    ("no shards", lambda: nn.Shards(POOL, 0), ValueError, "count is a whole number, 1 or more, not 0"),
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
