"""Neuron, Layer and MLP, written neuron by neuron."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import RULES, Value
from nn.module import Module

__all__ = ["MLP", "Layer", "Neuron"]

Activation = str | Callable[[Value], Value] | None


class Neuron(Module):
    """activation(w·x + b), with one weight for each of ``nin`` inputs.

    nin: the number of inputs. activation: the name of a rule ("relu", "tanh", "sigmoid", …), any function of a Value,
    or None for none. seed: for the weights, uniform in [−1, 1]; without one they come from Python's ``random``, so
    that ``random.seed`` reaches them. The bias starts at 0.

    ``neuron(x)``: x is a sequence of nin numbers or Values; ValueError if it has another length.

    >>> neuron = Neuron(2, activation="tanh", seed=0)
    >>> neuron([1.0, -2.0])
    Value(-0.3301297863037003)
    """

    def __init__(self, nin: int, activation: Activation = "relu", seed: int | None = None) -> None:
        source: Any = random if seed is None else random.Random(seed)
        self.w = [Value(source.uniform(-1, 1)) for _ in range(_width(nin))]
        self.b = Value(0.0)
        self.activation = activation
        self._activate = _function(activation)

    def forward(self, x: Sequence[Any]) -> Value:
        """activation(Σ wᵢxᵢ + b).  x: (nin,)."""
        x = _inputs(x)
        if len(x) != len(self.w):
            raise ValueError(f"this neuron takes {len(self.w)} inputs, not {len(x)}")
        return self._activate(autograd.dot(self.w, x) + self.b)

    def __repr__(self) -> str:
        name = getattr(self.activation, "__name__", self.activation or "linear")
        return f"{name}Neuron({len(self.w)})"


class Layer(Module):
    """``nout`` neurons that see the same ``nin`` inputs. Arguments as for Neuron.

    ``layer(x)``: one Value where nout is 1, else a list of nout Values.

    >>> Layer(2, 3, seed=0)
    Layer of 3 reluNeuron(2)
    """

    def __init__(self, nin: int, nout: int, activation: Activation = "relu", seed: int | None = None) -> None:
        seeds = _seeds(seed, _width(nout))
        self.neurons = [Neuron(nin, activation, seed) for seed in seeds]

    def forward(self, x: Sequence[Any]) -> Any:
        """Every neuron's output.  x: (nin,)  →  (nout,), or one Value where nout is 1."""
        x = _inputs(x)
        nin = len(self.neurons[0].w)
        if len(x) != nin:
            several = "; a batch goes one sample at a time, [model(x) for x in xs]" if _is_batch(x) else ""
            raise ValueError(f"this layer takes {nin} inputs, not {len(x)}{several}")
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def __repr__(self) -> str:
        return f"Layer of {len(self.neurons)} {self.neurons[0]!r}"


class MLP(Module):
    """A multilayer perceptron: layers of widths ``nouts``, each fed with the one before.

    nin: the number of inputs. nouts: the width of each layer, the last being the number of outputs. activation: of
    every layer but the last. output: the activation of the last, None for a linear output. seed: as for Neuron.

    ``mlp(x)``: one Value where the last width is 1, else a list. ValueError if x is not nin long.

    >>> mlp = MLP(3, [4, 4, 1], seed=0)
    >>> len(mlp.parameters()), mlp([2.0, 3.0, -1.0])
    (41, Value(0.26549953910623697))
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "relu",
        output: Activation = None,
        seed: int | None = None,
    ) -> None:
        if not hasattr(nouts, "__len__"):
            raise TypeError(
                f"nouts lists the width of each layer, as in [16, 16, 1], and is not a {type(nouts).__name__}"
            )
        if not len(nouts):
            raise ValueError("an MLP has one layer at least: nouts is empty")
        _function(activation)
        widths = [nin, *nouts]
        activations = [*[activation] * (len(nouts) - 1), output]
        self.layers = [
            Layer(widths[i], widths[i + 1], activations[i], seed) for i, seed in enumerate(_seeds(seed, len(nouts)))
        ]

    def forward(self, x: Any) -> Any:
        """The last layer's output.  x: (nin,)  →  (nouts[-1],), or one Value where that is 1."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


def _inputs(x: Any) -> Sequence[Any]:
    """The inputs as a sequence: one of them may be bare."""
    return [x] if isinstance(x, (Value, int, float)) or not getattr(x, "ndim", 1) else x


def _is_batch(x: Sequence[Any]) -> bool:
    return len(x) > 0 and hasattr(x[0], "__len__")


def _width(n: Any) -> int:
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        raise TypeError(f"a width is an int, not {type(n).__name__}")
    if n < 1:
        raise ValueError(f"a width is 1 or more, not {n}")
    return operator.index(n)


def _seeds(seed: int | None, count: int) -> list[int | None]:
    if seed is None:
        return [None] * count
    source = random.Random(seed)
    return [source.getrandbits(64) for _ in range(count)]


def _linear(x: Value) -> Value:
    return x


def _function(activation: Activation) -> Callable[[Value], Value]:
    if activation is None:
        return _linear
    if callable(activation):
        return activation
    rule = RULES.get(activation)
    if rule is None or rule.sequences or len(rule.operands) != 1:
        raise ValueError(f"no activation {activation!r}: it is None, a function, or the name of a rule of one operand")
    return operator.methodcaller(activation)
