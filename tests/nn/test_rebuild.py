"""nn.load: what comes back as it was, and what is refused."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import autograd
import nn
from nn import activations, gpt, layers

MODELS = {
    "mlp": lambda: nn.MLP(3, [4, 2], activation="tanh"),
    "mlp of one layer": lambda: nn.MLP(3, [2]),
    "mlp with softmax": lambda: nn.MLP(3, [4, 3], output="softmax"),
    "mlp with an output": lambda: nn.MLP(3, [4, 1], output="sigmoid"),
    "mlp with functions": lambda: nn.MLP(3, [4, 1], activation=autograd.sin, output=autograd.tanh),
    "layer": lambda: nn.Layer(3, 4, "sigmoid"),
    "softmax layer": lambda: nn.Layer(3, 4, output="softmax"),
    "neuron": lambda: nn.Neuron(3, None),
    "linear": lambda: nn.Linear(3, 2),
    "sequential": lambda: nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.3), nn.Layer(4, 2, "tanh"), autograd.softmax),
    "nested": lambda: nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.ELU(0.5)), nn.MLP(4, [3, 2])),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_comes_back_as_it_was(name, tmp_path):
    model = MODELS[name]()
    model.save(tmp_path / "model.npz")
    loaded = nn.load(tmp_path / "model.npz")
    assert type(loaded) is type(model)
    assert repr(loaded) == repr(model)
    assert loaded.state_dict() == model.state_dict()
    x = [0.3, -1.0, 2.0]
    assert f"{loaded(x)!r}" == f"{model(x)!r}"


@pytest.mark.parametrize("name", [name for file in (layers, activations, gpt) for name in file.__all__])
def test_every_module_of_nn_can_be_made_again(name, tmp_path):
    arguments = {
        "MLP": (2, [3, 1]), "Layer": (2, 3), "Linear": (2, 3), "Neuron": (2,), "Sequential": (nn.ReLU(),),
        "RNN": (2, 3), "GRU": (2, 3), "LSTM": (2, 3), "Conv2d": (2, 3, 2), "MaxPool2d": (2,), "AvgPool2d": (2,),
        "Attention": (4, 2), "Embedding": (5, 4), "LayerNorm": (4,), "RMSNorm": (4,), "TransformerBlock": (4, 2),
        "GPT": (5, 4, 2),
    }  # fmt: skip
    model = getattr(nn, name)(*arguments.get(name, ()))
    model.save(tmp_path / "model.npz")
    assert repr(nn.load(tmp_path / "model.npz")) == repr(model)


class OfMyOwn(nn.MLP):
    pass


OWN = {
    "class": lambda: OfMyOwn(2, [1]),
    "class inside": lambda: nn.Sequential(nn.Linear(2, 2), OfMyOwn(2, [1])),
    "function": lambda: nn.MLP(2, [1], output=lambda x: x * 2.0),
    "module of modules": lambda: nn.Sequential(lambda x: x, nn.Linear(2, 1)),
}


@pytest.mark.parametrize("name", OWN)
def test_what_is_of_ones_own_is_said_and_can_be_loaded_into(name, tmp_path):
    model, other, path = OWN[name](), OWN[name](), tmp_path / "model.npz"
    model.save(path)
    with pytest.raises(
        ValueError,
        match=r"uses a class or a function of your own\n  try .* model yourself, then model\.load\(path\)",
    ):
        nn.load(path)
    other.load(path)
    assert other.state_dict() == model.state_dict()


def write(path, recipe, state, **others):
    arrays = {
        "format": np.array("scalar-autograd state 2"), "model": np.array(json.dumps(recipe)),
        "paths": np.array(list(state), dtype=str), "numbers": np.array(list(state.values()), dtype=np.float64),
    }  # fmt: skip
    np.savez(path, **{**arrays, **others})


LINE = {"w[0]": 1.0, "b": 2.0}
DAMAGED = {
    "no such class": ({"class": "os.system", "nin": 1}, "nn has no module 'os.system'"),
    "a class of another kind": ({"class": "SGD", "nin": 1}, "nn has no module 'SGD'"),
    "no class": ({"nin": 1}, "nn has no module None"),
    "another width": ({"class": "Neuron", "nin": 2}, "3 parameters, but the file has 2 numbers"),
    "beyond all memory": ({"class": "Layer", "nin": 1, "nout": 10**12}, "parameters, but the file has 2 numbers"),
    "beyond it, made up for": ({"class": "MLP", "nin": 1, "nouts": [10**9, -1]}, "its widths are"),
    "a channel of none": (
        {"class": "Conv2d", "in_channels": 0, "out_channels": 1, "kernel_size": 1, "bias": True},
        "width",
    ),
    "a kernel beyond memory": (
        {"class": "Conv2d", "in_channels": 1, "out_channels": 1, "kernel_size": [10**6, 10**6], "bias": True},
        "parameters, but the file has 2 numbers",
    ),
    "units beyond memory": (
        {"class": "LSTM", "input_size": 1, "hidden_size": 10**9, "num_layers": 1, "bias": False},
        "parameters, but the file has 2 numbers",
    ),
    "no sizes": ({"class": "GRU"}, "no model can be built from it"),
    "a width that is text": ({"class": "Neuron", "nin": "1"}, "its widths are"),
    "no such activation": ({"class": "Neuron", "nin": 1, "activation": "foo"}, "unknown activation 'foo'"),
    "no such function": ({"class": "Neuron", "nin": 1, "activation": {"function": "eval"}}, "no function 'eval'"),
    "no such argument": ({"class": "Neuron", "nin": 1, "path": "x"}, "unexpected keyword argument 'path'"),
    "modules that are none": ({"class": "Sequential", "modules": [3]}, "no model can be built from it"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_that_describes_no_model_is_refused(name, tmp_path):
    recipe, words = DAMAGED[name]
    write(tmp_path / "x.npz", recipe, LINE)
    with pytest.raises(ValueError, match=words):
        nn.load(tmp_path / "x.npz")


def test_words_that_are_no_json_are_refused(tmp_path):
    for text in ("{", "[" * 100_000):
        write(tmp_path / "x.npz", None, LINE, model=np.array(text))
        with pytest.raises(ValueError, match=r"x\.npz is damaged: its model is not JSON"):
            nn.load(tmp_path / "x.npz")


def test_a_number_that_is_not_finite_is_refused_unless_asked_for(tmp_path):
    write(tmp_path / "x.npz", {"class": "Neuron", "nin": 1, "activation": None}, {"w[0]": 1.0, "b": math.inf})
    with pytest.raises(ValueError, match=r"not finite +b \(inf\)"):
        nn.load(tmp_path / "x.npz")
    assert nn.load(tmp_path / "x.npz", allow_nonfinite=True).b.data == math.inf


def test_a_file_of_the_first_version_is_loaded_into_a_model(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, format="scalar-autograd state 1", paths=np.array(list(LINE)), numbers=np.array([1.0, 2.0]))
    with pytest.raises(
        ValueError,
        match=r"it was written by version 0\.1\n  try .* model yourself, then model\.load\(path\)",
    ):
        nn.load(path)
    neuron = nn.Neuron(1)
    neuron.load(path)
    assert neuron.state_dict() == LINE


def test_a_file_that_is_not_there_is_pythons_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        nn.load(tmp_path / "none.npz")
