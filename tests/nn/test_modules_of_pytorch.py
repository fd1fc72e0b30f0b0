"""Activations and losses as modules: PyTorch's numbers, eager and compiled, in a Sequential and in fit; train, eval."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from fixtures.training import classes, regression

import autograd
import nn
from autograd import Value
from nn import activations, loss_modules

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "modules.json").read_text(encoding="utf-8"))


def label(row):
    return f"{row['module']}{row['options'] or ''}"


def values(numbers):
    return [values(x) if isinstance(x, list) else Value(x) for x in numbers]


def gradients(listed):
    return [gradients(x) if isinstance(x, list) else x.grad for x in listed]


@pytest.mark.parametrize("row", REFERENCE["activations"], ids=label)
def test_an_activation_is_pytorchs(row):
    module = getattr(nn, row["module"])(**row["options"])
    x = values(row["x"])
    y = module(x)
    autograd.dot(y, [1.0 + i for i in range(len(y))]).backward()
    np.testing.assert_allclose([out.data for out in y], row["y"], rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(gradients(x), row["gradient"], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(nn.predict(module, np.array([row["x"]])), [row["y"]], rtol=1e-13, atol=1e-16)
    assert [float(out) for out in module(row["x"])] == pytest.approx(row["y"], rel=1e-13)


@pytest.mark.parametrize("row", REFERENCE["losses"], ids=label)
def test_a_loss_is_pytorchs(row):
    module = getattr(nn, row["module"])(**row["options"])
    predictions = values(row["predictions"])
    loss = module(predictions, row["targets"])
    loss.backward()
    assert loss.data == pytest.approx(row["value"], rel=1e-13)
    np.testing.assert_allclose(np.array(gradients(predictions)), row["gradient"], rtol=1e-12)


def test_every_module_is_compared():
    compared = {row["module"] for rows in (REFERENCE["activations"], REFERENCE["losses"]) for row in rows}
    assert compared == {*activations.__all__, *loss_modules.__all__}


@pytest.mark.parametrize("name", [*activations.__all__, *loss_modules.__all__])
def test_a_module_prints_as_it_is_made_and_is_copied(name):
    module = getattr(nn, name)()
    assert repr(eval(repr(module), {name: getattr(nn, name)})) == repr(module)
    assert repr(pickle.loads(pickle.dumps(module.eval()))) == repr(module)
    assert module.parameters() == []


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: nn.GELU("exact"), "approximate must be 'none' or 'tanh', not 'exact'"),
        (lambda: nn.Softmax(dim=2), "dim must be -1, 0 or 1, because a sample has one axis, not 2"),
        (lambda: nn.MSELoss("none"), "reduction must be 'mean' or 'sum', not 'none'"),
    ],
)
def test_a_wrong_setting_is_refused_when_the_module_is_made(build, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        build()


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_a_network_as_in_pytorch_trains(engine):
    X, y = classes(60)
    model = nn.Sequential(nn.Linear(2, 8, seed=0), nn.ReLU(), nn.Linear(8, 3, seed=1))
    history = nn.fit(
        model, X, y, loss=nn.CrossEntropyLoss(), optimizer="Adam", lr=0.05, epochs=20, metrics="accuracy", engine=engine
    )
    assert history["accuracy"][-1] > 0.9
    same = nn.Sequential(nn.Linear(2, 8, seed=0), autograd_relu, nn.Linear(8, 3, seed=1))
    again = nn.fit(same, X, y, loss="CrossEntropyLoss", optimizer="adam", lr=0.05, epochs=20, engine=engine)
    assert again["loss"] == pytest.approx(history["loss"], rel=1e-9)


def autograd_relu(xs):
    return [x.relu() for x in xs]


def test_targets_of_a_loss_module_are_checked_as_the_functions():
    X, _ = classes(8)
    model = nn.Linear(2, 3, seed=0)
    with pytest.raises(
        ValueError,
        match=r"cross_entropy takes targets from 0 to 2, one class for each of the model's 3 outputs, but y\[0\]",
    ):
        nn.fit(model, X, np.full(8, 3), loss=nn.CrossEntropyLoss())
    single = nn.Linear(2, 1, seed=0)
    labels = (X[:, 0] > 0).astype(int)
    a, b = (
        nn.evaluate(single, X, labels, loss=x, metrics="accuracy") for x in (nn.BCEWithLogitsLoss(), "bce_with_logits")
    )
    assert a == b


@pytest.mark.parametrize("name", ["Adam", "SGD", "RMSprop", "AdamW", "Adagrad", "adam", "rmsprop"])
def test_an_optimizer_is_named_in_any_case(name):
    X, y = regression(10)
    nn.fit(nn.Linear(3, 1, seed=0), X, y, optimizer=name, epochs=1)


def test_a_loss_and_a_metric_are_named_in_any_case():
    X, y = regression(10)
    found = nn.evaluate(nn.Linear(3, 1, seed=0), X, y, loss="MSE", metrics=["R2", "mean_Squared_error"])
    assert found["loss"] == pytest.approx(found["mean_Squared_error"])


# ── train and eval ──────────────────────────────────────────────────────────────────────────────────────────────────


class Noisy(nn.Module):
    def __init__(self):
        self.inner = nn.Linear(1, 1, seed=0)

    def forward(self, x):
        return self.inner(x) + (1.0 if self.training else 0.0)


def test_train_and_eval_are_seen_by_every_forward():
    model = nn.Sequential(Noisy(), Noisy())
    assert all(module.training for module in model.modules())
    state, paths = model.state_dict(), [path for path, _ in model.named_parameters()]
    trained = model(1.0).data
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert model(1.0).data != trained
    assert model.train() is model
    assert (model(1.0).data, model.state_dict()) == (trained, state)
    assert [path for path, _ in model.named_parameters()] == paths
    assert not model.train(False).layers[0].inner.training


# ── states that fit in part ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_state_that_fits_in_part_is_loaded_in_part_if_asked():
    neuron = nn.Neuron(2, seed=0)
    before = neuron.state_dict()
    neuron.load_state_dict({"w[1]": 5.0, "else": 1.0}, strict=False)
    assert neuron.state_dict() == {**before, "w[1]": 5.0}
    with pytest.raises(ValueError, match="not a number"):
        neuron.load_state_dict({"w[0]": 7.0, "w[1]": "a"}, strict=False)
    assert neuron.state_dict() == {**before, "w[1]": 5.0}
    with pytest.raises(ValueError, match="missing"):
        neuron.load_state_dict({"w[1]": 5.0})


def test_item_is_the_number():
    assert Value(2.5).item() == 2.5
    with pytest.raises(autograd.RecordingError):
        autograd.compile(lambda x: x * x.item())([1.0])
