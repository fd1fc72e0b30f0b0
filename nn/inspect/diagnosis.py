"""diagnose: find common training problems, layer by layer, and say what to try."""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import autograd
from autograd import Value
from autograd.pytree import flatten
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import np
from autograd.util.printable import kind_of, name_of, printable
from nn.losses import LOSSES
from nn.modes import predicting
from nn.running.evaluation import named
from nn.running.row_function import Function

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Diagnosis", "LayerReport", "diagnose"]

_COLUMNS = 100  # the width of a notebook's output
_VANISHING, _EXPLODING = 1e-3, 1e3  # the first is relative to the last layer's gradient
_SATURATED = {"sigmoid": (0.02, 0.98), "tanh": (-0.96, 0.96)}
"""Outputs beyond which the slope is less than a twelfth of its maximum."""
_DEAD = {"relu"}


@dataclass(frozen=True)
class LayerReport:
    """The state of one layer over a batch.

    name: the layer's path.
    activation: the name of its activation.
    gradient: the root mean square of its parameters' gradients, None if it has no parameters.
    dead: the share of units that are 0 for every sample.
    saturated: the share of outputs at the flat ends of the activation.

    >>> LayerReport("layers[0]", "relu", gradient=0.5, dead=0.25, saturated=0.0).dead
    0.25
    """

    name: str
    activation: str
    gradient: float | None
    dead: float
    saturated: float


@dataclass(frozen=True)
class Diagnosis:
    """A report on each layer, first to last, and the problems found. Print it to read it.

    >>> print(Diagnosis((), ()))
    layer       activation    gradient    dead  saturated
    no problems found
    """

    layers: tuple[LayerReport, ...]
    findings: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{'layer':<12}{'activation':<12}{'gradient':>10}{'dead':>8}{'saturated':>11}"]
        for x in self.layers:
            gradient = "–" if x.gradient is None else f"{x.gradient:.2e}"
            lines.append(f"{x.name:<12}{x.activation:<12}{gradient:>10}{x.dead:>8.0%}{x.saturated:>11.0%}")
        findings = [textwrap.fill(x, _COLUMNS, subsequent_indent="    ", break_long_words=False) for x in self.findings]
        return "\n".join([*lines, *(findings or ["no problems found"])])


def diagnose(model: Any, X: ArrayLike, y: ArrayLike, loss: str | Function = "mse", samples: int = 64) -> Diagnosis:
    """Look for vanishing and exploding gradients, dead relus and saturated sigmoids in each layer.

    model: an MLP, a Sequential, or another Module with ``layers``, each of which takes the output of the one before.
    X: (samples, …).
    y: (samples,) or (samples, k).
    loss: a name, or a function of one prediction and one target; gradients are those of its mean.
    samples: use at most this many of the first samples.

    Raises TypeError for a model without layers, and ValueError if there are no samples or the loss is unknown.

    >>> import nn
    >>> network = nn.MLP(2, [4, 1], activation="relu", seed=0)
    >>> for neuron in network.layers[0].neurons:
    ...     neuron.b.data = -100.0
    >>> print(diagnose(network, [[0.5, 1.0], [1.0, -1.0]], [1.0, 0.0]))
    layer       activation    gradient    dead  saturated
    layers[0]   relu          0.00e+00    100%         0%
    layers[1]   linear        4.47e-01      0%         0%
    layers[0]: 100% of the units are 0 for every sample: lower the learning rate, try leaky_relu, or
        init="he_uniform"
    """
    if not getattr(model, "layers", None):
        raise TypeError(
            f"{kind_of(model)} has no layers: pass an MLP, a Sequential, or another module with an attribute layers, "
            "a list in which each takes the output of the one before"
        )
    inputs, targets = plain_array(X, "X")[:samples].tolist(), plain_array(y, "y")[:samples].tolist()
    if not inputs:
        raise ValueError("there are no samples to look at")
    with predicting():
        outputs = _outputs(model, inputs)
    chosen = named(loss, LOSSES, "loss")
    total = autograd.mean([chosen(out, target) for out, target in zip(outputs[-1], targets, strict=True)])
    gradients = _gradients(total, model.parameters())
    reports = tuple(_report(i, layer, outputs[i], gradients) for i, layer in enumerate(model.layers))
    return Diagnosis(reports, tuple(_findings(reports)))


def _gradients(total: Value, parameters: Sequence[Value]) -> dict[Value, float]:
    """Compute ∂total/∂parameter on a copy of the graph, so that the model's own gradients do not change."""
    twins: dict[int, Any] = {}
    twin = copy.deepcopy(total, twins)
    for parameter in parameters:
        twins.setdefault(id(parameter), Value(0.0)).grad = 0.0
    twin.backward()
    return {parameter: twins[id(parameter)].grad for parameter in parameters}


def _outputs(model: Any, inputs: Sequence[Any]) -> list[list[Any]]:
    """Compute each layer's output for each sample."""
    outputs = []
    current = inputs
    for layer in model.layers:
        current = [layer(x) for x in current]
        outputs.append(current)
    return outputs


def _report(i: int, layer: Any, outputs: Sequence[Any], slopes: dict[Value, float]) -> LayerReport:
    units = np.array([[x.data if isinstance(x, Value) else x for x in flatten(out, "an output")[0]] for out in outputs])
    activation = _activation(layer)
    low, high = _SATURATED.get(activation, (-np.inf, np.inf))
    gradients = np.array([slopes[p] for p in layer.parameters()])
    return LayerReport(
        name=f"layers[{i}]",
        activation=activation,
        gradient=float(np.sqrt(np.mean(gradients**2))) if len(gradients) else None,
        dead=float((units == 0.0).all(axis=0).mean()) if activation in _DEAD else 0.0,
        saturated=float(((units < low) | (units > high)).mean()),
    )


def _activation(layer: Any) -> str:
    neurons = getattr(layer, "neurons", None)
    given = getattr(neurons[0], "activation", None) if neurons else getattr(layer, "activation", None)
    return printable(given) if isinstance(given, str) else name_of(given, "linear")


_TROUBLES: tuple[tuple[Callable[[LayerReport, float], float], Callable[[float], bool], Any, str, str], ...] = (
    (
        lambda x, last: x.dead,
        lambda share: share > 0.5,
        max,
        "{:.0%} of the units are 0 for every sample",
        'lower the learning rate, try leaky_relu, or init="he_uniform"',
    ),
    (
        lambda x, last: x.saturated,
        lambda share: share > 0.5,
        max,
        "{:.0%} of the outputs are saturated",
        'try smaller weights (init="xavier_uniform"), inputs scaled to about 1, or relu in hidden layers',
    ),
    (
        lambda x, last: (x.gradient or 0.0) / last if last else 0.0,
        lambda share: 0.0 < share < _VANISHING,
        min,
        "the gradient vanishes, {:.0e} of the last layer's",
        "try relu instead of sigmoid, fewer layers, or an initialisation that suits the activation",
    ),
    (
        lambda x, last: x.gradient or 0.0,
        lambda size: size > _EXPLODING,
        max,
        "the gradient explodes, {:.0e}",
        "try clip_grad_norm, a lower learning rate, or targets scaled to about 1",
    ),
)
"""A layer's number (given the last of the gradients), when it is a problem, the worst of several, words and advice."""


def _findings(reports: Sequence[LayerReport]) -> list[str]:
    findings = []
    last = next((x.gradient for x in reversed(reports) if x.gradient is not None), 0.0)
    for measure, conspicuous, worst, what, advice in _TROUBLES:
        sizes = {x.name: measure(x, last) for x in reports}
        layers = {name: size for name, size in sizes.items() if conspicuous(size)}
        if layers:
            findings.append(f"{_places(layers)}{what.format(worst(layers.values()))}: {advice}")
    return findings


def _places(names: Collection[str]) -> str:
    first, *rest = names
    if not rest:
        return f"{first}: "
    listed = ", ".join(names) if len(names) < 4 else f"{first}, … {rest[-1]}"
    return f"{listed} ({len(names)} layers), at worst: "
