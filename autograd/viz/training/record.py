"""A recorded training as what its player shows: columns of neurons, the edges between them, a plane, a loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.viz.training.token_record import sequences_of

__all__ = ["Choices", "Column", "Floats", "Outcome", "Plane", "TrainingRecord", "largest"]

Floats = NDArray[np.float64]

WIDEST, FIRST, LAST = 16, 7, 2  # more boxes than 16 have no room below each other: of a wider layer, the first and last
LISTED = 14  # rows that have room in the list of parameters, which stands for a network that is no stack of layers
SCATTERED = 100  # points, each of which has a number in every snapshot
CLASSES = 6  # as many as there are colours and marks; further classes take them again


@dataclass(frozen=True, slots=True)
class Column:
    """The inputs, or the neurons of one layer: which of them are shown, and how many there are."""

    title: str
    word: str
    shown: tuple[int, ...]
    total: int

    @property
    def is_input(self) -> bool:
        """Whether these are the inputs, which have no activation."""
        return not self.word

    @property
    def gap(self) -> int:
        """How many are shown before those that are not; 0 where all are."""
        return next((i for i, n in enumerate(self.shown) if i != n), 0)

    @property
    def hidden(self) -> int:
        """How many are not shown: those between the first and the last that are."""
        return self.total - len(self.shown)


@dataclass(frozen=True, slots=True)
class Plane:
    """The model's output over the range of its one or two inputs.

    kind: "sides", one output and two classes that part at ``level``; "classes", the largest of several outputs;
    "surface", one output, above and below ``level``; "curve", over one input. scale: how far from the level is far.
    marks: of each point, which class or side it belongs to; of a curve, its target. names: of the classes.
    """

    kind: str
    axes: tuple[tuple[float, float], ...]
    points: Floats
    marks: tuple[float, ...]
    names: tuple[str, ...] = ()
    level: float = 0.0
    scale: float = 1.0

    @property
    def classes(self) -> list[int]:
        """The index of each point's class among the names."""
        return [0 if self.kind == "curve" else int(mark) for mark in self.marks]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the model gives for samples that have no place in a plane, beside what it should give.

    kind: "scatter", of each snapshot the output for each target; "confusion", of each snapshot how many samples of each
    class (a row) were given each class (a column), whose names are ``names``.
    """

    kind: str
    targets: Floats
    numbers: Floats
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """Samples that a reader may choose: inputs, targets, numbers among the data; and each layer's activation."""

    x: Floats
    y: Sequence[Any]
    index: Sequence[int | None]
    formulas: Sequence[str]


class TrainingRecord:
    """A record, as ``history.snapshots.to_dict()`` gives it, made ready to be shown.

    Raises ValueError for what is no such record or has no snapshots.
    """

    def __init__(self, record: Mapping[str, Any]) -> None:
        try:
            snapshots = record["snapshots"]
            self.model, self.loss_name, self.note = str(record["model"]), str(record["loss"]), str(record["note"])
            self.names, self.layers, self.sample = list(map(str, record["names"])), record["layers"], record["sample"]
            self.samples, self._axes, self._points = record["samples"], record["axes"], record["points"]
        except (KeyError, TypeError) as error:
            raise ValueError(
                f"this is no record of a training, as history.snapshots.to_dict() gives: {error}"
            ) from None
        if not snapshots:
            raise ValueError("there are no snapshots to show: the training has not begun")
        self.epochs = [_plain(x["epoch"]) for x in snapshots]
        self.losses = [float(x["loss"]) for x in snapshots]
        self.held_out = [None if x["val_loss"] is None else float(x["val_loss"]) for x in snapshots]
        self.parameters = np.array([x["parameters"] for x in snapshots], float)
        self.gradients = np.array([x["gradient"] for x in snapshots], float)
        for _, indices in self._parts():
            self.gradients[:, indices] = _without_dust(self.gradients[:, indices])
        self._activations = [x["activations"] for x in snapshots]
        self._outputs = [x["outputs"] for x in snapshots]
        self._answers = [x.get("answers") for x in snapshots]  # records of earlier versions have none, nor metrics
        self._metrics = [x.get("metrics") or {} for x in snapshots]
        self.sequences = sequences_of(record.get("sequence"), [x.get("sequence") for x in snapshots])

    def __len__(self) -> int:
        return len(self.epochs)

    # ── the network ─────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def columns(self) -> list[Column]:
        """The inputs and the layers; none where the model is no stack of layers."""
        if not self.layers:
            return []
        inputs = len(self.layers[0]["weights"][0])
        columns = [Column("inputs", "", _shown(inputs), inputs)]
        for layer in self.layers:
            count = len(layer["biases"])
            columns.append(Column(str(layer["name"]), str(layer["activation"]), _shown(count), count))
        return columns

    @cached_property
    def shown_parameters(self) -> list[int]:
        """Which parameters are shown: of each shown neuron its shown weights, then its bias."""
        if not self.columns:
            return list(range(min(LISTED, len(self.names))))
        indices: list[int] = []
        for before, column, layer in zip(self.columns, self.columns[1:], self.layers, strict=False):
            for neuron in column.shown:
                indices += [layer["weights"][neuron][i] for i in before.shown] + [layer["biases"][neuron]]
        return indices

    def neurons(self, layer: int) -> list[str]:
        """The paths of a layer's shown neurons: those of their weights, without the weight."""
        weights = [self.layers[layer]["weights"][n][0] for n in self.columns[layer + 1].shown]
        return [
            self.names[index].rpartition("w[")[0].removesuffix(".") or self.layers[layer]["name"] for index in weights
        ]

    @cached_property
    def target(self) -> int | None:
        """Which of several outputs the chosen sample belongs to."""
        y, outputs = self.target_of(self.sample["y"]), self.columns[-1].total if self.columns else 1
        return y if outputs > 1 and isinstance(y, int) and 0 <= y < outputs else None

    @staticmethod
    def target_of(y: Any) -> float | None:
        """A target as one number: the class of several, where one of them is 1; None for other lists."""
        if isinstance(y, list):
            y = y[0] if len(y) == 1 else int(np.argmax(y)) if set(y) == {0, 1} else None
        return y if isinstance(y, (int, float)) else None

    @cached_property
    def activations(self) -> Floats:
        """(snapshots, shown neurons): the output of each, layer after layer."""
        layers = list(enumerate(self.columns[1:]))
        return np.array(
            [[by_layer[i][n] for i, column in layers for n in column.shown] for by_layer in self._activations]
        )

    @cached_property
    def keeps(self) -> list[list[bool]]:
        """Whether each layer's activations equal w·x + b, which they are given: those above 0, those below."""
        signs, x, begin = [], np.array([self.sample["x"]] * len(self), float), 0
        for i, (column, layer) in enumerate(zip(self.columns[1:], self.layers or [], strict=True)):
            weights, biases = ([layer[kind][n] for n in column.shown] for kind in ("weights", "biases"))
            given = self.activations[:, begin : begin + len(column.shown)]
            with np.errstate(all="ignore"):
                sums = (self.parameters[:, weights] @ x[..., None])[..., 0] + self.parameters[:, biases]
                same = np.isclose(sums, given, rtol=1e-9, atol=1e-12)
            signs.append([bool(same[given > 0].all()), bool(same[given < 0].all())])
            x, begin = np.array([activations[i] for activations in self._activations], float), begin + given.shape[1]
        return signs

    @cached_property
    def inputs(self) -> list[float]:
        """The shown inputs of the chosen sample."""
        return [float(self.sample["x"][i]) for i in self.columns[0].shown] if self.columns else []

    @cached_property
    def validation(self) -> list[tuple[float, float]]:
        """(epoch, loss) of the validation data, where there are two of them, to draw a line through."""
        known = [(epoch, x) for epoch, x in zip(self.epochs, self.held_out, strict=True) if x is not None]
        return known if len(known) > 1 else []

    @cached_property
    def metrics(self) -> dict[str, list[float | None]]:
        """What ``fit`` measured besides the losses, by name: a number or None for each snapshot."""
        names = dict.fromkeys(name for metrics in self._metrics for name in metrics)
        return {name: [metrics.get(name) for metrics in self._metrics] for name in names}

    @cached_property
    def largest(self) -> list[tuple[str, Floats, list[str]]]:
        """(layer, its largest |gradient| in each snapshot, the parameter that has it) of each layer."""
        layers = []
        for name, indices in self._parts():
            sizes = np.abs(self.gradients[:, indices])
            at = np.where(np.isnan(sizes), -1.0, sizes).argmax(axis=1)
            layers.append((name, np.abs(sizes[np.arange(len(self)), at]), [self.names[indices[i]] for i in at]))
        return layers

    def _parts(self) -> list[tuple[str, list[int]]]:
        if not self.layers:
            return [("parameters", list(range(len(self.names))))] if self.names else []
        weights = [[*chain(*layer["weights"]), *layer["biases"]] for layer in self.layers]
        return [(str(layer["name"]), indices) for layer, indices in zip(self.layers, weights, strict=True)]

    # ── the plane ───────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def plane(self) -> Plane | None:
        """The output over the range of the inputs; None for more than two inputs."""
        if not self._axes or self._points is None or self._outputs[0] is None:
            return None
        axes = tuple((float(low), float(high)) for low, high in self._axes)
        points = np.array(self._points["x"], float).reshape(-1, len(axes))
        targets = np.array(self._points["y"], float)
        if len(axes) == 1:
            return Plane("curve", axes, points, tuple(targets.reshape(len(points), -1)[:, 0].tolist()))
        outputs = np.shape(self._outputs[0])[-1]
        labels = _classes(targets, outputs)
        if labels is not None:
            return Plane("classes", axes, points, tuple(labels.tolist()), tuple(map(str, range(outputs))))
        return _sides(axes, points, targets.reshape(len(points), -1)[:, 0], self.loss_name)

    @cached_property
    def outcome(self) -> Outcome | None:
        """The outputs beside the targets, where there are more than two inputs."""
        if self._points is None or any(answers is None for answers in self._answers):
            return None
        answers = np.array(self._answers, float)
        targets = np.array(self._points["y"], float)
        labels = _classes(targets, answers.shape[-1])
        if labels is not None:
            return _confusion(labels.astype(int), answers.argmax(axis=-1), list(map(str, range(answers.shape[-1]))))
        targets = targets.reshape(len(targets), -1)[:, 0]
        names = sorted(set(targets.tolist()))
        if answers.shape[-1] == 1 and len(names) == 2:
            level = 0.0 if self.loss_name == "bce_with_logits" else (names[0] + names[1]) / 2
            is_upper = (answers[..., 0] > level).astype(int)
            return _confusion((targets == names[1]).astype(int), is_upper, [f"{name:g}" for name in names])
        return Outcome("scatter", targets[:SCATTERED], answers[:, :SCATTERED, 0])

    @cached_property
    def choices(self) -> Choices | None:
        """The samples that may be chosen; None where the script cannot compute what the model makes of them."""
        points = self._points
        formulas = self._formulas
        if not points or not points.get("x") or not formulas or (self.plane is None and not self._is_scattered):
            return None
        x = np.array(points["x"], float).reshape(len(points["y"]), -1)
        count = SCATTERED if self._is_scattered else len(x)
        index = points.get("index", [None] * len(x))
        return Choices(x[:count], points["y"][:count], index[:count], formulas)

    @property
    def _is_scattered(self) -> bool:
        return self.outcome is not None and self.outcome.kind == "scatter"

    @cached_property
    def _formulas(self) -> list[str]:
        """The activation of each layer; none where one is no function that the script knows, or a neuron is not shown.

        A name is not believed: the activations that were recorded have to follow from it.
        """
        if any(column.hidden for column in self.columns):
            return []
        x = np.array([self.sample["x"]] * len(self), float)
        names = []
        for i, (column, layer) in enumerate(zip(self.columns[1:], self.layers or [], strict=True)):
            with np.errstate(all="ignore"):
                sums = (self.parameters[:, layer["weights"]] @ x[..., None])[..., 0] + self.parameters[
                    :, layer["biases"]
                ]
                known = FORMULAS.get(column.word)
                given = np.array([activations[i] for activations in self._activations], float)
                if known is None or not np.allclose(known(sums), given, rtol=1e-6, atol=1e-9, equal_nan=True):
                    return []
            names.append(column.word)
            x = given
        return names

    @cached_property
    def shades(self) -> Floats:
        """Outputs over the range: (snapshots, y, x), how far above the level, 1 being far; of classes also which.

        (snapshots, 2, y, x) of classes: which is the largest, and how much larger it is than the second.
        (snapshots, x) of a curve: the output itself.
        """
        assert self.plane is not None
        outputs: Floats = np.array(self._outputs, float)
        if self.plane.kind == "curve":
            return outputs[..., 0]
        outputs = np.nan_to_num(outputs)
        if self.plane.kind != "classes":
            return (outputs[..., 0] - self.plane.level) / self.plane.scale
        two = np.sort(outputs, axis=-1)[..., -2:]
        margin = two[..., 1] - two[..., 0]
        return np.stack([outputs.argmax(axis=-1), margin / largest(margin)], axis=1)


def _softmax(z: Floats) -> Floats:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


FORMULAS: Mapping[str, Callable[[Floats], Floats]] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "softplus": lambda z: np.logaddexp(z, 0.0),
    "elu": lambda z: np.where(z > 0, z, np.expm1(z)),
    "silu": lambda z: z / (1.0 + np.exp(-z)),
    "softmax": _softmax,
}
"""The activations that the script computes, too: web/training.js."""


def _classes(targets: Floats, outputs: int) -> Floats | None:
    """The class of each target, where there is an output for each class."""
    if outputs == 1 or (targets.ndim > 1 and set(np.unique(targets)) != {0.0, 1.0}):
        return None
    return targets.argmax(axis=1) if targets.ndim > 1 else targets


def _confusion(targets: NDArray[np.intp], answers: NDArray[np.intp], names: list[str]) -> Outcome:
    counts = np.zeros((len(answers), len(names), len(names)))
    for snapshot, predicted in enumerate(answers):
        np.add.at(counts[snapshot], (targets, predicted), 1.0)
    return Outcome("confusion", targets.astype(float), counts, tuple(names))


def _sides(axes: tuple[tuple[float, float], ...], points: Floats, targets: Floats, loss: str) -> Plane:
    labels = sorted(set(targets.tolist()))
    if len(labels) == 2:
        level, scale = (labels[0] + labels[1]) / 2, (labels[1] - labels[0]) / 2
        if loss == "bce_with_logits":
            level, scale = 0.0, 4.0
        marks = tuple(float(x == labels[1]) for x in targets)
        return Plane("sides", axes, points, marks, tuple(f"{x:g}" for x in labels), level, scale)
    level = float(np.median(targets))
    scale = float(np.abs(targets - level).max()) or 1.0
    names = (f"< {level:.3g}", f"≥ {level:.3g}")
    return Plane("surface", axes, points, tuple(float(x >= level) for x in targets), names, level, scale)


def _without_dust(gradients: Floats) -> Floats:
    """A layer's, 0 for those below 1e-12 of its largest in the same snapshot: the rounding of sums that cancel.

    >>> _without_dust(np.array([[0.5, -2e-18], [1e-9, 1e-9]])).tolist()
    [[0.5, 0.0], [1e-09, 1e-09]]
    """
    sizes = np.abs(gradients)
    most = np.where(np.isfinite(sizes), sizes, 0.0).max(axis=1, initial=0.0, keepdims=True)
    return np.where(sizes < 1e-12 * most, 0.0, gradients)


def _shown(count: int) -> tuple[int, ...]:
    return tuple(range(count)) if count <= WIDEST else (*range(FIRST), *range(count - LAST, count))


def _plain(epoch: float) -> float:
    return int(epoch) if epoch == int(epoch) else float(epoch)


def largest(numbers: Floats) -> float:
    """The largest of the finite ones, whatever its sign; 1 where all are 0."""
    sizes = np.abs(numbers)
    return float(sizes[np.isfinite(sizes)].max(initial=0.0)) or 1.0


Film = TrainingRecord  # as it is called in pickles of earlier versions
