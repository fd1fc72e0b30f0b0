"""Initialisations, softmax outputs, Sequential, and states: as dicts, in files, and what becomes of broken ones."""

from __future__ import annotations

import math
import os
import pickle
import random
import re
import statistics
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import RULES, Value
from nn import init
from nn.init import INITS
from nn.layers import MLP, Layer, Linear, Neuron, Sequential
from nn.losses import cross_entropy
from nn.module import Module


def numbers_of(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def outputs(model: Any, X: np.ndarray) -> np.ndarray:
    """Row by row, eagerly: (rows, outputs)."""
    rows = [model(x) for x in X.tolist()]
    return np.array([[v.data for v in (row if isinstance(row, list) else [row])] for row in rows])


def assert_compiled_is_eager(model: Any, nin: int) -> None:
    """Values, gradients in the inputs and gradients in the parameters."""
    X = np.random.default_rng(0).normal(size=(6, nin))

    def total(x: Any) -> Any:
        out = model(x)
        return autograd.sum([v * (i + 1) for i, v in enumerate(out)]) if isinstance(out, list) else out

    compiled = autograd.compile(lambda x: model(x))(X)
    assert compiled.reshape(6, -1) == pytest.approx(outputs(model, X), rel=1e-12)
    program = autograd.compile(total)
    _, gradient = program.value_and_grad(X)
    model_gradient = dict.fromkeys(program.parameters, 0.0)
    for x in X.tolist():
        for parameter in program.parameters:
            parameter.grad = 0.0
        total(x).backward()
        for parameter in program.parameters:
            model_gradient[parameter] += parameter.grad / 6
    assert gradient == pytest.approx(list(model_gradient.values()), rel=1e-10, abs=1e-13)


# ── initialisations ─────────────────────────────────────────────────────────────────────────────────────────────────

# PyTorch's formulas: for uniform ones the bound, for normal ones the standard deviation.
FORMULAS: dict[str, Callable[[int, int], float]] = {
    "uniform": lambda nin, nout: 1.0,
    "xavier_uniform": lambda nin, nout: math.sqrt(6.0 / (nin + nout)),
    "xavier_normal": lambda nin, nout: math.sqrt(2.0 / (nin + nout)),
    "he_uniform": lambda nin, nout: math.sqrt(2.0) * math.sqrt(3.0 / nin),
    "he_normal": lambda nin, nout: math.sqrt(2.0) / math.sqrt(nin),
    "fan_in_uniform": lambda nin, nout: math.sqrt(1.0 / 3.0) * math.sqrt(3.0 / nin),
}


def test_the_table_has_every_initialisation() -> None:
    assert set(INITS) == set(FORMULAS) == set(init.__all__) - {"INITS", "suited_to"}
    assert all(INITS[name] is getattr(init, name) for name in INITS)


@pytest.mark.parametrize(("nin", "nout"), [(50, 80), (80, 50)])
@pytest.mark.parametrize("name", FORMULAS)
def test_an_initialisation_has_its_spread(name: str, nin: int, nout: int) -> None:
    layer = Layer(nin, nout, seed=1, init=name)
    drawn = [w.data for neuron in layer.neurons for w in neuron.w]
    scale = FORMULAS[name](nin, nout)
    assert statistics.fmean(drawn) == pytest.approx(0.0, abs=0.06 * scale)
    if name.endswith("normal"):
        assert statistics.pstdev(drawn) == pytest.approx(scale, rel=0.04)
        assert 3.0 * scale < max(map(abs, drawn)) < 5.0 * scale
    else:
        assert 0.995 * scale < max(map(abs, drawn)) <= scale
        assert statistics.pstdev(drawn) == pytest.approx(scale / math.sqrt(3), rel=0.04)
    assert all(neuron.b.data == 0.0 for neuron in layer.neurons)


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize(
    "make",
    [
        lambda seed, init: Neuron(6, seed=seed, init=init),
        lambda seed, init: Layer(3, 4, seed=seed, init=init),
        lambda seed, init: MLP(3, [4, 4, 1], seed=seed, init=init),
    ],
    ids=["Neuron", "Layer", "MLP"],
)
def test_a_seed_gives_the_same_weights_for_each(make: Callable[[Any, Any], Module], name: str) -> None:
    random.seed(1)
    first = numbers_of(make(7, name))
    state = random.getstate()
    assert numbers_of(make(7, name)) == first == numbers_of(make(7, INITS[name]))
    assert numbers_of(make(8, name)) != first
    assert random.getstate() == state
    random.seed(2)
    unseeded = numbers_of(make(None, name))
    random.seed(2)
    assert numbers_of(make(None, name)) == unseeded != first


def swish(x: Any) -> Any:
    return x * autograd.sigmoid(x)


# PyTorch's calculate_gain and fan: kaiming_uniform_ for relu and its kin, xavier_uniform_ with a gain for the others.
DEFAULTS: dict[Any, Callable[[int, int], float]] = {
    "relu": FORMULAS["he_uniform"], autograd.relu: FORMULAS["he_uniform"], "leaky_relu": FORMULAS["he_uniform"],
    "gelu": FORMULAS["he_uniform"], "tanh": lambda nin, nout: 5.0 / 3.0 * FORMULAS["xavier_uniform"](nin, nout),
    "sigmoid": FORMULAS["xavier_uniform"], None: FORMULAS["xavier_uniform"],
    swish: FORMULAS["xavier_uniform"],
}  # fmt: skip


@pytest.mark.parametrize("activation", DEFAULTS, ids=lambda x: getattr(x, "__name__", str(x)))
def test_the_default_start_suits_the_activation_and_the_widths(activation: Any) -> None:
    for nin, nout in ((50, 80), (80, 50)):
        for layer in (Layer(nin, nout, activation, seed=1), MLP(nin, [nout, 1], activation, seed=1).layers[0]):
            drawn = [w.data for neuron in layer.neurons for w in neuron.w]
            scale = DEFAULTS[activation](nin, nout)
            assert 0.995 * scale < max(map(abs, drawn)) <= scale
            assert statistics.pstdev(drawn) == pytest.approx(scale / math.sqrt(3), rel=0.04)
            assert all(neuron.b.data == 0.0 for neuron in layer.neurons)


def test_uniform_is_the_lectures() -> None:
    source = random.Random(0)
    assert [w.data for w in Neuron(4, seed=0, init="uniform").w] == [source.uniform(-1, 1) for _ in range(4)]


def test_a_linear_starts_as_pytorchs() -> None:
    layer = Linear(400, 100, seed=0)
    for drawn in ([w.data for neuron in layer.neurons for w in neuron.w], [neuron.b.data for neuron in layer.neurons]):
        assert 0.98 / 20 < max(map(abs, drawn)) <= 1 / 20
        assert statistics.pstdev(drawn) == pytest.approx(1 / 20 / math.sqrt(3), rel=0.1)
    assert numbers_of(Linear(4, 3, seed=0)) == numbers_of(Linear(4, 3, seed=0)) != numbers_of(Linear(4, 3, seed=1))
    assert all(neuron.b.data == 0.0 for neuron in Linear(4, 3, init="he_uniform").neurons)
    random.seed(1)
    first = numbers_of(Linear(4, 3))
    random.seed(1)
    assert numbers_of(Linear(4, 3)) == first
    assert len(Linear(2, 3)([1.0, 2.0])) == 3
    assert min(x.data for x in Linear(2, 30, seed=0)([1.0, 2.0])) < 0  # no activation


def test_the_lectures_network_trains() -> None:
    X, y = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]], [1.0, -1.0, -1.0, 1.0]
    for seed in range(5):
        model = MLP(3, [4, 4, 1], activation="tanh", output="tanh", seed=seed)
        for _ in range(200):
            loss = sum((model(x) - t) ** 2 for x, t in zip(X, y, strict=True))
            model.zero_grad()
            loss.backward()
            for p in model.parameters():
                p.data -= 0.05 * p.grad
        assert loss.data < 0.01, seed


def test_an_initialisation_of_ones_own_is_told_the_widths_and_the_generator() -> None:
    seen: list[tuple[int, int]] = []

    def own(nin: int, nout: int, generator: Any) -> float:
        seen.append((nin, nout))
        return float(generator.uniform(5, 6))

    model = MLP(3, [4, 2], init=own, seed=1)
    assert seen == [(3, 4)] * 12 + [(4, 2)] * 8
    assert all(5 <= w.data <= 6 for layer in model.layers for neuron in layer.neurons for w in neuron.w)
    seen.clear()
    Neuron(2, init=own)
    assert seen == [(2, 1)] * 2
    assert [w.data for w in Neuron(2, init=lambda nin, nout, generator: np.float64(2.5)).w] == [2.5, 2.5]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_network_of_each_initialisation_compiles(name: str) -> None:
    assert_compiled_is_eager(MLP(3, [4, 2], activation="tanh", seed=2, init=name), 3)


@pytest.mark.parametrize(
    "build",
    [lambda i: Neuron(3, init=i), lambda i: Layer(3, 4, init=i), lambda i: MLP(3, [4, 1], init=i)],
    ids=["Neuron", "Layer", "MLP"],
)
def test_a_wrong_initialisation_is_named(build: Callable[[Any], Any]) -> None:
    names = "fan_in_uniform, he_normal, he_uniform, uniform, xavier_normal, xavier_uniform"
    for unknown in ("he", "", 3, ["uniform"]):
        wanted = f"unknown init {unknown!r}; use one of {names}, or pass a function (nin, nout, generator) -> number"
        with pytest.raises(ValueError, match=f"^{re.escape(wanted)}$"):
            build(unknown)
    with pytest.raises(ValueError, match=r"^unknown init 'he_unform' \(did you mean 'he_uniform'\?\); use one of "):
        build("he_unform")
    with pytest.raises(TypeError, match=r"^an init must return one number, not a str$"):
        build(lambda nin, nout, generator: "a")
    with pytest.raises(TypeError, match=r"^an init must return one number, not a Value$"):
        build(lambda nin, nout, generator: Value(1.0))


# ── activations and softmax ─────────────────────────────────────────────────────────────────────────────────────────

ACTIVATIONS = sorted(
    name for name, rule in RULES.items() if rule.builtin and not rule.sequences and len(rule.operands) == 1
)

FROM_ONE = ("acosh", "acoth", "acsc", "asec")  # defined from 1 on


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_rule_of_one_operand_is_an_activation(name: str) -> None:
    neuron = Neuron(2, name, seed=3)
    for weight, number in zip(neuron.parameters(), (0.25, 0.5, 1.0 if name in FROM_ONE else 0.0), strict=True):
        weight.data = number
    out = neuron([1.0, 0.5])
    expected = RULES[name](0.25 * 1.0 + 0.5 * 0.5 + neuron.b.data)
    assert out.data == pytest.approx(float(expected), rel=1e-14)
    model = MLP(2, [3, 2], activation=name, seed=1)
    for parameter in model.parameters():  # the domain of log, sqrt, asin and acosh alike cannot be: bounded from 0
        parameter.data = 0.1 * abs(parameter.data)
    if name not in FROM_ONE:
        X = np.abs(np.random.default_rng(0).normal(size=(5, 2)))
        X = X / X.sum(axis=1, keepdims=True)
        compiled = autograd.compile(lambda x: model(x))(X)
        assert compiled == pytest.approx(outputs(model, X), rel=1e-12)


@pytest.mark.parametrize("activation", [np.tanh, autograd.gelu, lambda x: x * x + 1, Value.exp, None], ids=range(5))
def test_functions_as_activations_compile(activation: Any) -> None:
    assert_compiled_is_eager(MLP(3, [4, 2], activation=activation, seed=2), 3)


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def test_a_softmax_output_is_over_all_outputs_of_the_layer() -> None:
    X = np.random.default_rng(0).normal(size=(5, 3))
    layer, linear = Layer(3, 4, output="softmax", seed=1), Layer(3, 4, activation=None, seed=1)
    assert outputs(layer, X) == pytest.approx(softmax(outputs(linear, X)), rel=1e-13)
    mlp, linear_mlp = MLP(3, [5, 4], output="softmax", seed=1), MLP(3, [5, 4], seed=1)
    assert outputs(mlp, X) == pytest.approx(softmax(outputs(linear_mlp, X)), rel=1e-13)
    assert outputs(mlp, X).sum(axis=1) == pytest.approx(np.ones(5))
    assert repr(layer) == "softmaxLayer of 4 linearNeuron(3)"
    assert repr(mlp) == "MLP of [Layer of 5 reluNeuron(3), softmaxLayer of 4 linearNeuron(5)]"


def test_a_softmax_output_compiles_and_has_its_gradient() -> None:
    assert_compiled_is_eager(MLP(3, [4, 3], activation="tanh", output="softmax", seed=2), 3)
    model = MLP(3, [4, 3], activation="tanh", output="softmax", seed=2)
    assert autograd.gradcheck(lambda x: model(x)[1], ([0.3, -1.0, 2.0],))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Layer(3, 1, output="softmax"), "softmax of a single output is always 1"),
        (lambda: MLP(3, [4, 1], output="softmax"), "softmax of a single output is always 1"),
        (lambda: Layer(3, 2, output="tanh"), "output must be 'softmax' or None, not 'tanh'"),  # type: ignore[arg-type]
        (lambda: Layer(3, 2, "softmax"), "so it cannot be activation=: write output='softmax'"),
        (lambda: MLP(3, [2, 2], activation="softmax"), "so it cannot be activation=: write output='softmax'"),
    ],
)  # fmt: skip
def test_a_softmax_in_the_wrong_place_says_so(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        build()
    assert message in str(caught.value)


# ── Sequential ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_modules_one_after_the_other() -> None:
    first, second = Layer(3, 4, "tanh", seed=0), Layer(4, 1, None, seed=1)
    model = Sequential(first, autograd.softmax, second, autograd.tanh)
    x = [0.5, -1.0, 2.0]
    assert model(x).data == autograd.tanh(second(autograd.softmax(first(x)))).data
    assert model.parameters() == [*first.parameters(), *second.parameters()]
    assert model.named_parameters()[0][0] == "layers[0].neurons[0].w[0]"
    assert repr(model) == f"Sequential of [{first!r}, softmax, {second!r}, tanh]"
    assert_compiled_is_eager(model, 3)


def test_a_layer_of_one_output_feeds_the_next() -> None:
    assert_compiled_is_eager(Sequential(Layer(2, 1, "tanh", seed=0), MLP(1, [3, 2], seed=1)), 2)


def test_a_module_twice_in_a_sequential_has_its_parameters_once() -> None:
    layer = Layer(2, 2, "tanh", seed=0)
    assert len(Sequential(layer, layer).parameters()) == 6
    assert_compiled_is_eager(Sequential(layer, layer), 2)


NO_MODULE = "Sequential takes modules and functions, not a"


@pytest.mark.parametrize(
    ("modules", "error", "message"),
    [
        ((), ValueError, "this Sequential is empty: it needs at least one module"),
        ((3,), TypeError, NO_MODULE.removesuffix("a") + "an int"),
        (([],), TypeError, f"{NO_MODULE} list: write Sequential(*modules) for a list"),
    ],
)  # fmt: skip
def test_a_misused_sequential_says_why(modules: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        Sequential(*modules)
    assert str(caught.value) == message


def test_models_are_pickled_whole() -> None:
    for model in (
        MLP(3, [4, 2], output="softmax", seed=1, init="he_normal"),
        Sequential(Layer(2, 2), autograd.softmax),
    ):
        assert pickle.loads(pickle.dumps(model)).state_dict() == model.state_dict()


# ── modules and states ──────────────────────────────────────────────────────────────────────────────────────────────


def test_modules_are_listed_outer_first_and_once() -> None:
    model = MLP(2, [2, 1])
    inner = [module for layer in model.layers for module in (layer, *layer.neurons)]
    assert model.modules() == [model, *inner]
    layer = Layer(2, 2)
    assert Sequential(layer, layer).modules()[1:] == layer.modules()


class Everything(Module):
    """Parameters in every kind of place."""

    def __init__(self, start: float = 0.0) -> None:
        self.alone = Value(start)
        self.table = {"w": [Value(start + 1)], 7: Value(start + 2), "ü ∂": Value(start + 3)}
        self.grid = np.array([[Value(start + 4), Value(start + 5)]])
        self.inner = MLP(2, [2, 1], seed=int(start))
        self.again = self.alone


@pytest.mark.parametrize(
    "make", [Everything, lambda s: MLP(3, [4, 4, 1], seed=int(s)), lambda s: Neuron(1, seed=int(s))]
)
def test_a_state_goes_out_and_back(make: Callable[[float], Module], tmp_path: Path) -> None:
    model, other, third = make(1.0), make(2.0), make(3.0)
    state = model.state_dict()
    assert list(state.items()) == [(path, parameter.data) for path, parameter in model.named_parameters()]
    assert all(type(number) is float for number in state.values())
    places = other.parameters()
    other.load_state_dict(state)
    assert numbers_of(other) == numbers_of(model)
    assert other.parameters() == places
    model.parameters()[0].data = 99.0
    assert 99.0 not in state.values()
    other.save(tmp_path / "model.npz")
    third.load(str(tmp_path / "model.npz"))
    assert third.state_dict() == state


@pytest.mark.parametrize("number", [math.pi, 5e-324, -0.0, 1e308, math.inf, math.nan])
def test_a_file_keeps_every_bit(number: float, tmp_path: Path) -> None:
    model, other = Neuron(1), Neuron(1)
    model.b.data = number
    model.save(tmp_path / "a.npz")
    other.load(tmp_path / "a.npz", allow_nonfinite=True)
    assert np.float64(other.b.data).tobytes() == np.float64(number).tobytes()


@pytest.mark.parametrize("kind", [int, np.float32, np.float64, np.int64, np.array, lambda x: np.float64(x).item()])
def test_a_state_may_hold_any_real_number(kind: Any) -> None:
    neuron = Neuron(1)
    neuron.load_state_dict({"w[0]": kind(2), "b": kind(3)})
    assert numbers_of(neuron) == [2.0, 3.0]


@pytest.mark.parametrize(
    ("state", "lines"),
    [
        ({}, ["  missing         w[0], w[1], b"]),
        ({"w[0]": 1.0, "b": 2.0, "c": 1.0, 4: 1.0}, ["  missing         w[1]", "  unexpected      c, 4"]),
        (
            {"w[0]": "a", "w[1]": True, "b": Value(1.0)},
            ["  not a number    w[0] (a str), w[1] (a bool), b (a Value)"],
        ),
        (
            {"w[0]": 1j, "w[1]": [1.0], "b": np.ones(1)},
            ["  not a number    w[0] (a complex), w[1] (a list), b (an ndarray)"],
        ),
        (
            {"w[0]": 5.0, "w[1]": None, "x": "a"},
            ["  missing         b", "  unexpected      x", "  not a number    w[1] (a NoneType)"],
        ),
        (
            {"w[0]": 5.0, "w[1]": 5.0, "b": 5.0, **{f"x{i}": 1.0 for i in range(7)}},
            ["  unexpected      x0, x1, x2, x3, x4, and 2 more"],
        ),
    ],
)  # fmt: skip
def test_a_state_that_does_not_fit_is_listed_and_nothing_is_loaded(state: Any, lines: list[str]) -> None:
    neuron = Neuron(2, seed=0)
    before = numbers_of(neuron)
    with pytest.raises(ValueError) as caught:
        neuron.load_state_dict(state)
    assert str(caught.value).splitlines() == ["the state does not fit this Neuron, so nothing was loaded", *lines]
    assert numbers_of(neuron) == before


@pytest.mark.parametrize("state", [None, [1.0], "a", 3])
def test_a_state_is_a_dict(state: Any) -> None:
    with pytest.raises(TypeError, match=rf"a state must be a dict, .* not an? {type(state).__name__}$"):
        Neuron(2).load_state_dict(state)


def test_two_parameters_of_one_path_are_refused() -> None:
    class Twin:
        def __repr__(self) -> str:
            return "twin"

    model = Module()
    model.table = {Twin(): Value(1.0), Twin(): Value(2.0)}  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=r"two parameters have the same path, table\[twin\]: use dict keys that print"):
        model.state_dict()
    with pytest.raises(ValueError, match="two parameters have the same path,"):
        model.load_state_dict({})


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_numpys_without_pickle(tmp_path: Path) -> None:
    model = MLP(2, [3, 1], seed=0)
    model.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as archive:
        assert set(archive) == {"format", "model", "paths", "numbers"}
        assert dict(zip(archive["paths"].tolist(), archive["numbers"].tolist(), strict=True)) == model.state_dict()


def test_a_model_without_parameters_is_saved(tmp_path: Path) -> None:
    Module().save(tmp_path / "empty")
    Module().load(tmp_path / "empty")
    with pytest.raises(ValueError, match="missing"):
        Neuron(1).load(tmp_path / "empty")


def test_saving_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_text("old")
    model = Neuron(2, seed=1)
    model.save(path)
    other = Neuron(2, seed=2)
    other.load(path)
    assert numbers_of(other) == numbers_of(model)
    assert os.listdir(tmp_path) == ["model.npz"]


@pytest.mark.parametrize("broken", ["os.fsync", "os.replace"])
def test_a_crash_while_saving_leaves_the_old_file(broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.npz"
    Neuron(2, seed=1).save(path)
    before = path.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(broken, fail)
    with pytest.raises(OSError, match="the disk is full"):
        Neuron(2, seed=2).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.npz"]


def test_the_bytes_are_on_the_disk_before_the_file_is_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    replace = os.replace

    def in_place(part: Path, path: Path) -> None:
        calls.append(f"replace {Path(part).parent == Path(path).parent}")
        replace(part, path)

    monkeypatch.setattr(os, "fsync", lambda fd: calls.append(f"fsync {os.fstat(fd).st_size > 0}"))
    monkeypatch.setattr(os, "replace", in_place)
    Neuron(2).save(tmp_path / "model.npz")
    assert calls[:2] == ["fsync True", "replace True"]  # then the folder, where it can be


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_saving_through_a_link_writes_the_file_behind_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    Neuron(2).save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").is_file()


def test_a_folder_that_is_not_there_is_pythons_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Neuron(2).save(tmp_path / "none" / "model.npz")
    with pytest.raises(FileNotFoundError):
        Neuron(2).load(tmp_path / "model.npz")


def foreign_files(folder: Path) -> dict[str, str]:
    """Files that are no states, and what is said of each."""
    broken = "is truncated or damaged, or is not a .npz file at all"
    (folder / "empty").write_bytes(b"")
    (folder / "text").write_text("w = 3\n" * 100)
    np.save(folder / "array.npy", np.ones(3))
    np.savez(folder / "other.npz", weights=np.ones(3))
    with (folder / "pickled").open("wb") as file:
        pickle.dump({"b": 1.0}, file)
    np.savez(folder / "objects.npz", format="scalar-autograd state 1", paths=np.array([None]), numbers=np.ones(1))
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        archive.writestr("format", "hello")
    return {
        **dict.fromkeys(("empty", "text", "array.npy", "pickled", "archive.zip"), broken),
        "other.npz": "was not written by Module.save",
        "objects.npz": "holds Python objects, which are not unpickled, in 'paths'",
    }


def test_a_foreign_file_is_refused_by_name(tmp_path: Path) -> None:
    model = Neuron(2, seed=0)
    before = numbers_of(model)
    for name, what in foreign_files(tmp_path).items():
        with pytest.raises(ValueError) as caught:
            model.load(tmp_path / name)
        assert str(caught.value) == f"{tmp_path / name} {what}; nothing was loaded"
        assert numbers_of(model) == before


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"format": "another", "paths": ["b"], "numbers": [1.0]}, "was not written by Module.save; nothing was loaded"),
        (
            {"format": "scalar-autograd state 3", "paths": ["b"], "numbers": [1.0]},
            "has the format 'scalar-autograd state 3' of another version; this version reads 'scalar-autograd state 2'",
        ),
        (
            {"format": "scalar-autograd state 2", "paths": ["b"], "numbers": [1.0]},
            "is damaged, or was not written by Module.save: see 'model'",
        ),
        ({"paths": ["b"], "numbers": [1.0, 2.0]}, "is damaged: it does not have one number for each path"),
        ({"paths": ["b"], "numbers": [1]}, "is damaged: it does not have one number for each path"),
        ({"paths": [1.0], "numbers": [1.0]}, "is damaged: it does not have one number for each path"),
        ({"paths": [["b"]], "numbers": [[1.0]]}, "is damaged: it does not have one number for each path"),
    ],
)
def test_a_file_of_another_kind_says_which(arrays: dict[str, Any], message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", **({"format": "scalar-autograd state 1"} | arrays))
    with pytest.raises(ValueError, match=re.escape(message)):
        Neuron(2).load(tmp_path / "x.npz")


@pytest.mark.parametrize(
    ("saved", "other", "says"),
    [
        (lambda: MLP(2, [3, 1]), lambda: MLP(2, [8, 1]), "nouts=[3, 1], not nouts=[8, 1]"),
        (lambda: nn.GPT(5, 4, num_heads=1, context=3), lambda: nn.GPT(7, 4, num_heads=1, context=4),
         "vocab_size=5, context=3, not vocab_size=7, context=4"),
        (lambda: MLP(2, [3, 1]), lambda: Neuron(2), "MLP, not Neuron"),
        (lambda: nn.Sequential(Neuron(2)), lambda: nn.Sequential(Neuron(3)), None),
    ],
)  # fmt: skip
def test_the_state_of_another_model_is_refused_with_what_differs(
    saved: Any, other: Any, says: str | None, tmp_path: Path
) -> None:
    saved().save(tmp_path / "x.npz")
    model = other()
    with pytest.raises(ValueError) as caught:
        model.load(tmp_path / "x.npz")
    first, missing, *lines = [x for x in str(caught.value).splitlines() if not x.startswith("  unexpected")]
    assert f"does not fit this {type(model).__name__}, so nothing was loaded" in first
    assert missing.startswith("  missing ")
    assert lines == [
        *([] if says is None else [f"  in the file     {says}"]),
        "  try             nn.load(path), which also builds the model that was saved",
    ]
    assert nn.load(tmp_path / "x.npz").state_dict() != model.state_dict()


def test_the_state_of_another_model_of_ones_own_is_refused(tmp_path: Path) -> None:
    """``nn.load`` cannot build it, so it is not advised."""

    class Weights(nn.Module):
        def __init__(self, n: int) -> None:
            self.weights = [Value(1.0) for _ in range(n)]

    Weights(1).save(tmp_path / "x.npz")
    with pytest.raises(ValueError, match=r"  missing         weights\[1\]$"):
        Weights(2).load(tmp_path / "x.npz")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1, exclude_max=True), place=st.floats(0, 1, exclude_max=True), flip=st.integers(0, 255))
@example(cut=0.999, place=0.0, flip=0)
def test_a_damaged_file_loads_whole_or_not_at_all(cut: float, place: float, flip: int, tmp_path: Path) -> None:
    saved, path = MLP(2, [3, 1], seed=1), tmp_path / "model.npz"
    saved.save(path)
    content = bytearray(path.read_bytes())
    path.write_bytes(content[: int(cut * len(content))])
    model = MLP(2, [3, 1], seed=2)
    before = numbers_of(model)
    with pytest.raises(ValueError, match="nothing was loaded"):
        model.load(path)
    assert numbers_of(model) == before
    content[int(place * len(content))] ^= flip
    path.write_bytes(content)
    try:
        model.load(path)
    except ValueError:
        assert numbers_of(model) == before
    else:  # a byte that means nothing, as the time in the archive's directory
        assert numbers_of(model) == numbers_of(saved)


def test_a_trained_network_comes_back(tmp_path: Path) -> None:
    model = MLP(2, [4, 3], activation="tanh", seed=0, init="xavier_uniform")
    model.save(tmp_path / "model.npz")
    copy = MLP(2, [4, 3], activation="tanh")
    copy.load(tmp_path / "model.npz")
    assert cross_entropy(copy([0.3, -0.2]), 1).data == cross_entropy(model([0.3, -0.2]), 1).data
