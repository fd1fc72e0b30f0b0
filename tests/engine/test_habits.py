"""Names that users of other libraries type: each works, or its error says what to write, and that runs."""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import pickle
import re

import pytest

import autograd
import nn
from autograd import Value
from autograd.util import habits
from autograd.util.habits import ADVICE
from autograd.util.lazy_numpy import np

ROWS = [(owner, name) for owner, names in ADVICE.items() for name in names]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a model in it, and what a training leaves, pickled: each test has its own."""
    folder, model = tmp_path_factory.mktemp("habits"), nn.MLP(2, [3, 1], seed=0)
    model.save(folder / "model.npz")
    X = np.random.default_rng(0).normal(size=(20, 2))
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    history = nn.fit(model, X, X[:, 0], epochs=2, progress=False)
    left = {"model": model, "X": X, "optimizer": optimizer, "schedule": nn.StepLR(optimizer, 2), "history": history}
    return folder, pickle.dumps(left)


@pytest.fixture
def names(trained, monkeypatch, own_rules):
    """What the code of an advice speaks of."""
    folder, left = trained
    monkeypatch.chdir(folder)
    names = pickle.loads(left)
    X, x, w = names["X"], Value(2.0), Value(3.0)
    return {
        **names, "program": autograd.compile(lambda x: w * x).record(1.0),
        "autograd": autograd, "nn": nn, "np": np, "Value": Value, "x": x, "y": X[:, 0], "xs": [1.0, 2.0],
        "labels": (X[:, 0] > 0).astype(int), "f": lambda x: x**2, "g": lambda xs: [xs[0] * xs[1], xs[0] ** 2],
        "u": [1.0, 2.0], "v": [1.0, 2.0], "logits": [Value(1.0), Value(2.0), Value(3.0)],
    }  # fmt: skip


def things(names):
    """What an owner of the table is: the thing whose attribute is asked for."""
    return {
        "autograd": autograd, "nn": nn, "nn.init": nn.init, "nn.optim": nn.optim, "Value": names["x"],
        "Module": names["model"], "Compiled": names["program"],
        "Optimizer": names["optimizer"], "Schedule": names["schedule"], "History": names["history"],
    }  # fmt: skip


class KerasCallback:
    def on_epoch_end(self, epoch, logs=None):
        raise AssertionError("it is not called")


CALLS = {
    "backward()": lambda names, options: Value(1.0).backward(**options),
    "load_state_dict()": lambda names, options: names["model"].load_state_dict({}, **options),
    "fit()": lambda names, options: nn.fit(names["model"], names["X"], names["y"], **options),
    "callback": lambda names, options: nn.fit(names["model"], names["X"], names["y"], callbacks=[KerasCallback()]),
    "Dropout()": lambda names, options: nn.Dropout(0.5, **options),
    "Module()": lambda names, options: nn.Layer(2, 3, **options),
    "MLPClassifier()": lambda names, options: nn.MLPClassifier(**options),
}


@pytest.mark.parametrize(("owner", "name"), ROWS)
def test_a_name_of_another_library_is_answered(owner, name, names):
    code, words = ADVICE[owner][name]
    if owner in CALLS:
        with pytest.raises(TypeError) as caught:
            CALLS[owner](names, {name: 1})
        assert owner == "callback" or f"argument {name!r}" in str(caught.value)
    else:
        if owner == "estimator":
            thing = pytest.importorskip("sklearn") and nn.MLPClassifier()
        else:
            thing = things(names)[owner]
        assert not hasattr(thing, name)
        with pytest.raises(AttributeError) as caught:
            getattr(thing, name)
        assert f"has no {name!r}" in str(caught.value)
    what, answer = str(caught.value).split("\n  try             ")
    assert answer.replace("\n" + 18 * " ", "\n") in {
        code,
        words,
        f"{code}: {words}",
        f"{code}, {words}",
        f"{words}:\n{code}",
    }
    assert "\n" not in what


@pytest.mark.parametrize(("owner", "name"), [row for row in ROWS if ADVICE[row[0]][row[1]][0]])
def test_the_code_of_an_advice_runs(owner, name, names):
    code, _ = ADVICE[owner][name]
    if "estimator" in code or "Classifier" in code:
        pytest.importorskip("sklearn")
        labels = names["labels"]
        names["estimator"] = nn.MLPClassifier(hidden=(2,), epochs=1, random_state=0).fit(names["X"], labels)
    names["y"] = names["y"] if "fit(" in code or "evaluate(" in code else names["x"] ** 2
    exec(compile(ast.parse(code), f"<the advice for {owner} {name}>", "exec"), names)  # noqa: S102


@pytest.mark.parametrize(("owner", "name"), ROWS)
def test_an_advice_is_short_and_no_name_has_two(owner, name):
    code, words = ADVICE[owner][name]
    assert code or words
    assert max(map(len, code.splitlines() or [""])) <= 120
    assert len(words) <= 130
    assert sum(name in names.split() for names in habits._ROWS[owner]) == 1


MISSPELT = [
    (autograd, "garcheck", "gradcheck"), (autograd, "value_and_gard", "value_and_grad"),
    (autograd, "Sigmoid", "sigmoid"),
    (nn, "mlp", "MLP"), (nn, "Sequentail", "Sequential"), (nn, "crossentropy", "cross_entropy"),
    (nn.MLP(1, [1]), "zero_grads", "zero_grad"), (nn.MLP(1, [1]), "paramters", "parameters"),
    (nn.SGD([Value(1.0)]), "stepp", "step"), (nn.StepLR(nn.SGD([Value(1.0)]), 1), "base_LR", "base_lr"),
]  # fmt: skip


@pytest.mark.parametrize(("thing", "name", "meant"), MISSPELT)
def test_a_misspelt_name_is_answered_by_the_nearest(thing, name, meant):
    with pytest.raises(AttributeError, match=rf"has no '{name}': did you mean '{meant}'\?$"):
        getattr(thing, name)


@pytest.mark.parametrize("thing", [autograd, nn, nn.MLP(1, [1]), nn.SGD([Value(1.0)]), nn.History({"loss": [1.0]})])
def test_a_name_like_none_is_just_missing(thing):
    with pytest.raises(AttributeError, match=r"has no 'qqqq'$"):
        _ = thing.qqqq
    with pytest.raises(AttributeError, match=r"has no '_paramters'$"):
        _ = thing._paramters  # a private name gets no suggestion


IMPORTS = [
    ("from nn import DataLoader", "nn.fit(model, X, y, batch_size=32)"),
    ("import nn.functional as F", "autograd.relu(x)"),
    ("from nn import Sequentail", "did you mean 'Sequential'?"),
    ("from autograd import vjp", "autograd.grad(lambda xs: autograd.dot(u, g(xs)))(xs)"),
    ("import autograd.numpy as np", "np.exp(x)"),
    ("from autograd.engine import Value", "from autograd import Value"),
    ("from nn.optim import lr_scheduler", "nn.StepLR(optimizer, step_size=10)"),
    ("import nn.optim.lr_scheduler", "nn.StepLR(optimizer, step_size=10)"),
]


@pytest.mark.parametrize(("line", "answer"), IMPORTS)
def test_an_import_of_a_name_is_answered_too(line, answer):
    with pytest.raises(ModuleNotFoundError, match=re.escape(answer)):
        exec(line, {})  # noqa: S102


def test_an_import_of_nothing_known_fails_as_ever():
    with pytest.raises(ImportError, match="cannot import name 'qqqq' from 'nn'"):
        exec("from nn import qqqq", {})  # noqa: S102
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'nn\.qqqq'"):
        exec("import nn.qqqq", {})  # noqa: S102
    assert importlib.util.find_spec("nn.qqqq") is None


# ── the list: what programs for other libraries use most ────────────────────────────────────────────────────────────

WORKS = None
HABITS = {
    "x.to('cpu')": "leave it out: everything runs on the CPU",
    "model.to('cuda')": "leave it out: everything runs on the CPU",
    "nn.Linear(2, 3)": WORKS,
    "x.item()": WORKS,
    "autograd.save(model, 'a.npz')": "model.save('model.npz')",
    "nn.save(model, 'a.npz')": "model.save('model.npz')",
    "nn.load('model.npz')": WORKS,
    "nn.DataLoader(X)": "nn.fit(model, X, y, batch_size=32)",
    "autograd.manual_seed(0)": "nn.MLP(2, [3, 1], seed=0)",
    "nn.MSELoss()": WORKS,
    "nn.CrossEntropyLoss()(logits, 2)": WORKS,
    "nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))([1.0, 2.0])": WORKS,
    "model.train().eval()": WORKS,
    "model.load_state_dict({}, strict=False)": WORKS,
    "x.numpy()": "x.data",
    "schedule.get_last_lr()": "optimizer.lr",
    "nn.Parameter(1.0)": "Value(1.0)",
    "x.requires_grad": "pass only some to the optimizer",
    "optimizer.param_groups[0]['lr']": "optimizer.lr = 0.01",
    "(x * 2).backward(retain_graph=True)": "leave it out: the graph stays",
    "autograd.Function": "@autograd.rule",
    "x.clamp(0.0, 1.0)": "x.clip(0.0, 1.0)",
    "autograd.clamp(x, 0.0, 1.0)": "autograd.clip(x, 0.0, 1.0)",
    "nn.functional.relu(x)": "autograd.relu(x)",
    "nn.F.relu(x)": "autograd.relu(x)",
    "nn.fit(model, X, y, validation_data=(X, y), epochs=1)": WORKS,
    "nn.fit(model, X, y, validation_split=0.2, epochs=1)": WORKS,
    "nn.fit(model, X, labels, class_weight={0: 1.0}, epochs=1)": WORKS,
    "nn.fit(model, X, y, verbose=0)": "progress=False",
    "model.fit(X, y)": "nn.fit(model, X, y, epochs=5)",
    "model.predict(X)": "nn.predict(model, X)",
    "model.evaluate(X, y)": "nn.evaluate(model, X, y, loss='mse')",
    "model.summary()": WORKS,
    "nn.EarlyStopping(patience=5)": "patience=5",
    "nn.ReduceLROnPlateau()": "run.optimizer.set_lr",
    "nn.fit(model, X, y, callbacks=[KerasCallback()])": "a callback must be a function of the Training",
    "nn.fit(model, X, y, optimizer='Adam', epochs=1)": WORKS,
    "nn.fit(model, X, y, loss='mean_squared_error', epochs=1)": WORKS,
    "nn.fit(model, X, labels, loss='binary_cross_entropy_with_logits', epochs=1)": WORKS,
    "autograd.vjp(f, 2.0)": "autograd.grad(lambda xs: autograd.dot(u, g(xs)))(xs)",
    "autograd.jvp(f, (2.0,), (1.0,))": "autograd.jacobian(lambda t: ",
    "autograd.vmap(f)": "autograd.compile(f)",
    "autograd.grad(f, has_aux=True)": "f returns one number",
    "autograd.grad(f, argnum=0)": "argnums=0",
    "estimator.partial_fit(X, y)": "nn.fit continues from a model's present parameters",
    "nn.MLPClassifier(warm_start=True)": "nn.fit continues from a model's present parameters",
    "nn.MLPClassifier(early_stopping=True)": "validation_split=0.2, patience=5",
    "estimator.loss_curve_": "estimator.history_['loss']",
    "nn.evaluate(model, X, labels, loss='bce_with_logits', metrics=['f1_micro', 'f1_weighted'])": WORKS,
    "nn.metrics.f1_score([0, 1, 2], [0, 1, 1], average='weighted')": WORKS,
}


@pytest.mark.parametrize("line", HABITS)
def test_a_habit_works_or_is_answered(line, names):
    if "Classifier" in line or "estimator" in line:
        pytest.importorskip("sklearn")
        names["estimator"] = nn.MLPClassifier()
    names["KerasCallback"] = KerasCallback
    if HABITS[line] is WORKS:
        exec(line, names)  # noqa: S102
        return
    with pytest.raises((AttributeError, TypeError), match=re.escape(HABITS[line])):
        exec(line, names)  # noqa: S102


# ── whoever only asks ───────────────────────────────────────────────────────────────────────────────────────────────


class WithAProperty(nn.Module):
    @property
    def broken(self):
        return self.nothing_like_it_at_all


def test_a_property_that_fails_says_so_itself():
    with pytest.raises(AttributeError, match="has no 'nothing_like_it_at_all'"):
        _ = WithAProperty().broken


class Tagged(Value):
    """A user's own, with attributes beside the slots."""


def test_an_attribute_of_a_users_own_value_is_theirs():
    tagged = Tagged(1.0)
    assert not hasattr(tagged, "requires_grad")
    tagged.requires_grad = False
    assert tagged.requires_grad is False
    assert not hasattr(Tagged(1.0), "requires_grad")
    assert copy.copy(tagged).data == 1.0


def test_setting_what_a_value_has_not_says_what_to_write():
    with pytest.raises(AttributeError, match=r"has no 'requires_grad'\n  try             nn\.SGD"):
        Value(1.0).requires_grad = False


THINGS = [
    Value(2.0), nn.MLP(2, [3, 1], seed=0), nn.SGD([Value(1.0)]), nn.StepLR(nn.SGD([Value(1.0)]), 2),
    nn.History({"loss": [1.0, 0.5]}),
]  # fmt: skip


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
def test_what_only_asks_is_not_disturbed(thing):
    for copied in (copy.copy(thing), copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):
        assert type(copied) is type(thing)
    empty = type(thing).__new__(type(thing))  # as pickle makes it, before it has attributes
    assert not hasattr(empty, "qqqq")
    known = dict(inspect.getmembers(thing))
    assert not {name for name in ADVICE.get(type(thing).__name__, ()) if name in known}
    assert not hasattr(thing, "__wrapped__")
    assert inspect.unwrap(thing) is thing


def test_a_rule_may_take_a_name_that_only_others_had(own_rules):
    @autograd.rule(samples=[(0.5,)])
    def clamp(x):
        """x, again."""
        return x * 1.0, (1.0,)

    assert Value(2.0).clamp().data == 2.0


# ── two lectures' nodes ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_node_is_read_under_the_names_of_microgpt():
    a, b = Value(2.0), Value(-3.0)
    product = a * b
    assert product._children == product._prev == (a, b)
    assert product._local_grads == product.local_derivatives == (-3.0, 2.0)
    assert a._children == a._local_grads == ()


def test_no_gradient_is_none_too():
    p = Value(1.0)
    p.grad = 3.0
    p.grad = None
    assert not p.has_grad
