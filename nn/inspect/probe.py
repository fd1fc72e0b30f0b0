"""ModelProbe: evaluate a training's model on its data, with the parameters of any moment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from autograd import Value
from autograd.core.number_kinds import whole
from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import np
from autograd.util.printable import printable
from nn.inspect.sequence_probe import SequenceProbe
from nn.layers import MLP, Layer, Neuron, Sequential
from nn.optim.optimizer import Optimizer
from nn.running.data import Data
from nn.running.evaluation import first_output
from nn.running.gradients import eager_sample, sample_loss
from nn.running.outputs import is_padded
from nn.running.row_function import Function, RowFunction
from nn.running.sequences import has_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["ModelProbe", "Observed"]

POINTS, SAMPLES, EAGER_SAMPLES = 200, 1000, 100
"""The number of samples that are drawn, and that a snapshot's loss uses; fewer for the slower eager engine."""
GRID, EAGER_GRID = 24, 12
"""Outputs per side for two inputs; a curve, for one input, has twice as many."""
WIDEST_POINT = 16
"""The most numbers per input for samples to be selectable in the player: larger ones would fill its page."""
PADDING = 0.12  # of the data's range, on each side of the picture


class Observed(Protocol):
    """A running training, as far as a probe needs it: ``nn.Training``."""

    model: Function
    optimizer: Optimizer
    data: Data
    theta: Array
    settings: Any
    place: Any
    history: Any

    @property
    def epoch(self) -> int:
        """The number of epochs done."""
        ...


class ModelProbe:
    """A training's model and data, to evaluate with the parameters of any moment."""

    def __init__(self, run: Observed, at: ArrayLike | None) -> None:
        if run.data.lengths is not None and not is_padded(run.model, run.settings.loss, run.data):
            raise ValueError(
                "record= takes sequences of different lengths only for a causal model and the loss cross_entropy\n"
                "  try             model.causal = True, if no output of it depends on later numbers of the sequence"
            )
        self.model, self.loss, self.total = run.model, run.settings.loss, len(run.data.X)
        self.data = [x[_spread(self.total, SAMPLES)] for x in run.data.arrays()]
        self.sample, self.chosen = _sample(run.data, at)
        trained = list(run.optimizer.parameters)
        own = self.model.parameters() if hasattr(self.model, "parameters") else []
        self.values: list[Value] = list(dict.fromkeys([*trained, *own]))
        self.frozen = self.values[len(trained) :]
        self.stages, self.note = _stages(self.model, self.values)
        self._has_rows = has_rows(first_output(self.model, self.sample[None]))
        self.axes = [] if self._has_rows else _axes(run.data.X)
        self._loss = RowFunction(
            sample_loss(self.model, self.loss, len(self.data) > 2), self.values,
            eagerly=functools.partial(eager_sample, self.model, self.loss),
        )  # fmt: skip
        self._output = RowFunction(self.model, self.values)
        self._activations = RowFunction(self._of_stages, self.values)
        self._sequence = SequenceProbe.of(self.model, self.values, self._output, self.data, self.chosen)

    @functools.cached_property
    def _points(self) -> Array:
        """The indices of the samples to draw; fewer if they are computed without the compiler."""
        is_cheap = self.axes or self._output.compiles(self.sample[None])
        return _spread(len(self.data[0]), POINTS if is_cheap else EAGER_SAMPLES)

    def parameters(self, theta: Array) -> Array:
        """Return a copy of all parameters' numbers: the trained ones, then the others."""
        return np.concatenate([theta, np.array([x.data for x in self.frozen], theta.dtype)])

    def seen(self, parameters: Array) -> dict[str, Any]:
        """Compute loss, gradient, activations and outputs with these parameters."""
        numbers = parameters.astype(float)
        used = slice(None) if self._loss.compiles(*self.data) else _spread(len(self.data[0]), EAGER_SAMPLES)
        loss, gradient = self._loss.value_and_grad([x[used] for x in self.data], numbers, allow_nonfinite=True)
        activations, outputs = self._of_neurons(numbers), self._over_the_range(numbers)
        return {
            "loss": loss, "gradient": gradient, "activations": activations, "outputs": outputs,
            "answers": self._answers(numbers), "sequence": self._sequence and self._sequence.seen(numbers),
        }  # fmt: skip

    def _answers(self, numbers: Array) -> Array | None:
        """Return the outputs for the samples that are drawn; None if the range is drawn, or if they have rows."""
        if self.axes or self._has_rows:
            return None
        answers = self._output(self.data[0][self._points], numbers=numbers)
        return answers.reshape(len(answers), -1)

    def about(self) -> dict[str, Any]:
        """Return the data that are the same at every moment."""
        paths = {value: path for path, value in getattr(self.model, "named_parameters", list)()}
        X, y = self.data[0][self._points], self.data[1][self._points]
        return {
            "model": _short(self.model, self.stages),
            "loss": printable(getattr(self.loss, "__name__", "loss"), 200),
            "names": [paths.get(x) or printable(x.label, 200) or f"parameter {i}" for i, x in enumerate(self.values)],
            "layers": None if self.stages is None else [stage.to_dict() for stage in self.stages],
            "note": self.note,
            "sample": self.chosen,
            "axes": self.axes,
            "points": {
                "x": X.tolist() if X[:1].size <= WIDEST_POINT else None,
                "y": y.tolist(),
                "index": _spread(self.total, SAMPLES)[self._points].tolist(),
            },
            "samples": {"all": self.total, "used": len(self.data[0])},
            "sequence": self._sequence and self._sequence.about(),
        }

    def _of_stages(self, x: Any) -> list[Any]:
        """Compute the output of every neuron, stage by stage."""
        outputs: list[Any] = []
        for stage in self.stages or ():
            for function in stage.functions:
                x = function(x)
            outputs += [x] if isinstance(x, Value) else list(x)
        return outputs

    def _of_neurons(self, numbers: Array) -> tuple[tuple[float, ...], ...] | None:
        if self.stages is None:
            return None
        sample = self.sample[None]
        flat = self._activations(sample, numbers=numbers)[0]
        output = self._output(sample, numbers=numbers).reshape(1, -1)[0]
        ends = np.cumsum([len(stage.biases) for stage in self.stages]).tolist()
        if len(flat) != ends[-1] or not np.allclose(flat[-len(output) :], output, equal_nan=True):
            self.stages, self.note = None, "running its layers in order does not give the model's output"
            return None
        return tuple(tuple(layer.tolist()) for layer in np.split(flat, ends[:-1]))

    def _over_the_range(self, numbers: Array) -> Array | None:
        if not self.axes:
            return None
        side = GRID if self._output.compiles(self.sample[None]) else EAGER_GRID
        if len(self.axes) == 2:
            lines = [np.linspace(low, high, side) for low, high in self.axes]
            samples = np.stack(np.meshgrid(*lines), axis=-1).reshape(-1, 2)
            return self._output(samples, numbers=numbers).reshape(side, side, -1)
        samples = np.linspace(*self.axes[0], 2 * side + 1).reshape(-1, *self.data[0].shape[1:])
        return self._output(samples, numbers=numbers).reshape(len(samples), -1)


# ── what a model is made of ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Stage:
    """A layer with the functions after it in a Sequential; weights and biases are indices into the parameters."""

    name: str
    activation: str
    weights: list[list[int]]
    biases: list[int]
    functions: list[Callable[..., Any]]

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "activation": self.activation, "weights": self.weights, "biases": self.biases}


def _stages(model: Function, values: Sequence[Value]) -> tuple[list[_Stage] | None, str]:
    """Return a model's layers in order; or None, and why."""
    parts = _parts(model, type(model).__name__)
    if parts is None or not isinstance(parts[0][1], (Layer, Neuron)):
        return None, f"{_named(model)} is not a stack of layers, like an MLP or a Sequential of Layers"
    places = {value: i for i, value in enumerate(values)}
    stages: list[_Stage] = []
    for name, part in parts:
        if not isinstance(part, (Layer, Neuron)):
            last = stages[-1]
            word = f"{last.activation}, {_named(part)}".removeprefix("linear, ")
            stages[-1] = replace(last, activation=word, functions=[*last.functions, part])
            continue
        neurons = part.neurons if isinstance(part, Layer) else [part]
        try:
            weights = [[places[w] for w in neuron.w] for neuron in neurons]
            biases = [places[neuron.b] for neuron in neurons if neuron.b is not None]
        except (KeyError, TypeError):
            return None, f"a weight of {name} is not a parameter"
        if len(biases) < len(neurons):
            return None, f"a neuron of {name} has no bias"
        stages.append(_Stage(name, _activation(part), weights, biases, [part]))
    return stages, ""


def _parts(module: Any, name: str) -> list[tuple[str, Any]] | None:
    """Return (path, layer or function) for each part in order; None if the module is not made of layers."""
    forward = getattr(type(module), "forward", None)
    if forward in (Layer.forward, Neuron.forward):
        return [(name, module)]
    if forward not in (MLP.forward, Sequential.forward):
        has_parameters = bool(getattr(module, "parameters", list)())
        return None if has_parameters else [(name, module)]  # an activation or Dropout is a function
    parts: list[tuple[str, Any]] = []
    prefix = f"{name}." if "layers[" in name else ""
    for i, layer in enumerate(module.layers):
        inner = _parts(layer, f"{prefix}layers[{i}]")
        if inner is None:
            return None
        parts += inner
    return parts


def _activation(part: Layer | Neuron) -> str:
    if isinstance(part, Layer) and part.output:
        return part.output
    given = (part.neurons[0] if isinstance(part, Layer) else part).activation
    return _named(given) if callable(given) else str(given or "linear")


def _short(model: Function, stages: list[_Stage] | None) -> str:
    """Describe a model by its type and its layers' widths, as in "MLP 2-16-16-1"."""
    if stages is None:
        return _named(model)
    widths = [len(stages[0].weights[0]), *(len(stage.biases) for stage in stages)]
    return f"{_named(model)} {'-'.join(map(str, widths))}"


def _named(model: object) -> str:
    return printable(str(getattr(model, "__name__", type(model).__name__)), 200)


# ── small things ────────────────────────────────────────────────────────────────────────────────────────────────────


def _spread(count: int, most: int) -> Array:
    """Return at most this many of the indices below count, evenly spread."""
    return np.arange(count) if count <= most else np.linspace(0, count - 1, most).round().astype(int)


def _sample(data: Data, at: ArrayLike | None) -> tuple[Array, dict[str, Any]]:
    """Return an input, and a description: its index among the samples, its numbers and its target."""
    count, shape = len(data.X), data.X.shape[1:]
    index = 0 if at is None else whole(at)
    if index is None:
        x = plain_array(at, "at", float)
        if x.size != np.prod(shape, dtype=int):
            raise ValueError(f"at must be a sample's index, or an input of shape {shape}, not of shape {x.shape}")
        x = x.reshape(shape)
        return x, {"index": None, "x": x.ravel().tolist(), "y": None}
    if not -count <= index < count:
        raise ValueError(f"at must be a sample's index, 0 to {count - 1}, or an input, not {index}")
    index %= count
    x = np.asarray(data.sample(index))
    return x, {"index": index, "x": x.ravel().tolist(), "y": data.target(index).tolist()}


def _axes(X: Array) -> list[tuple[float, float]]:
    """Return the range to show of each input, if there are one or two."""
    columns = X[:, None] if X.ndim == 1 else X
    if columns.ndim != 2 or columns.shape[1] > 2:
        return []
    low, high = columns.min(axis=0).astype(float), columns.max(axis=0).astype(float)
    room = np.where(high > low, PADDING * (high - low), 1.0)
    return list(zip((low - room).tolist(), (high + room).tolist(), strict=True))
