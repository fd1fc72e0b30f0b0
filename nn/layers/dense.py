"""Neuron, Layer, Linear, MLP and Sequential, written neuron by neuron."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import autograd
from autograd import RULES, Value
from autograd.util.printable import a_kind_of, name_of, printable
from autograd.util.suggestions import lookup_error
from nn.init import Generator, fan_in_uniform
from nn.layers.arguments import (
    Activation,
    Init,
    Inputs,
    drawn,
    generator,
    initialisation,
    inputs_of,
    seeds_of,
    sizes_in_file,
    width,
)
from nn.module import Module

__all__ = ["MLP", "Layer", "Linear", "Neuron", "Sequential"]


class Neuron(Module):
    """activation(w·x + b), with one weight for each of ``nin`` inputs.

    nin: the number of inputs.
    activation: a rule's name ("relu", "tanh", "sigmoid", …) or any function of a Value; None or "linear" for none.
    seed: the seed for the weights; without one they are drawn from Python's ``random``, so ``random.seed`` sets them.
    init: how the weights are drawn: a name from ``nn.init`` ("xavier_uniform", "he_uniform", "uniform" in [−1, 1], …)
    or a function (nin, nout, generator) → number, where nout is 1 for a neuron on its own. The default is "he_uniform"
    before relu and similar activations, else "xavier_uniform", times 5/3 for tanh. The bias starts at 0.
    bias: False for a neuron without b, whose attribute ``b`` is then None.

    Raises ValueError for an unknown name or a width below 1, and TypeError for a width that is not an int or an init
    that does not return a number.

    ``neuron(x)`` takes a sequence of nin numbers or Values, and raises ValueError for any other length.

    >>> neuron = Neuron(2, activation="tanh", seed=0)
    >>> neuron([1.0, -2.0])
    Value(-0.6687051582307532)
    """

    def __init__(
        self,
        nin: int,
        activation: Activation = "relu",
        seed: int | None = None,
        init: Init | None = None,
        bias: bool = True,
    ) -> None:
        source = generator(seed)
        draw = initialisation(init, activation)
        self.w = [Value(drawn(draw, nin, 1, source)) for _ in range(width(nin))]
        self.b = Value(0.0) if bias else None
        self.activation = None if activation == "linear" else activation
        self._activate = _function(self.activation)

    def forward(self, x: Inputs) -> Value:
        """activation(Σ wᵢxᵢ + b).  x: (nin,)."""
        total = autograd.dot(self.w, inputs_of(x, len(self.w), "neuron"))
        return self._activate(total if self.b is None else total + self.b)

    def _settings(self) -> dict[str, Any]:
        return {"nin": len(self.w), "activation": self.activation, **_without_bias(self)}

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        return _weights_and_biases(settings)

    def __repr__(self) -> str:
        name = name_of(self.activation) if callable(self.activation) else printable(self.activation or "linear")
        return f"{name}Neuron({len(self.w)}{', bias=False' if self.b is None else ''})"


class Layer(Module):
    """A layer of ``nout`` neurons that all see the same ``nin`` inputs.

    nin, activation, seed, init, bias: the same as for Neuron.
    nout: the number of neurons.
    output: "softmax" instead of an activation; it covers all outputs together, which become probabilities and sum to 1.

    Raises ValueError for "softmax" with a single neuron; other errors are Neuron's. ``layer(x)`` returns a list of
    nout Values, or a single Value if nout is 1.

    >>> Layer(2, 3, seed=0)
    Layer of 3 reluNeuron(2)
    >>> Layer(2, 2, output="softmax", seed=0)([0.0, 0.0])
    [Value(0.5), Value(0.5)]
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: Activation = "relu",
        seed: int | None = None,
        init: Init | None = None,
        output: Literal["softmax"] | None = None,
        bias: bool = True,
    ) -> None:
        seeds, draw = seeds_of(seed, width(nout)), initialisation(init, None if output else activation)
        if output not in (None, "softmax"):
            raise ValueError(
                f"output must be 'softmax' or None, not {output!r}: use activation= for what each neuron applies"
            )
        if output == "softmax" and nout == 1:
            raise ValueError(
                "softmax of a single output is always 1: use activation='sigmoid' for two classes, or more outputs"
            )
        self.output = output
        activation = None if output else activation

        def draw_of_layer(nin: int, _: int, source: Generator) -> float:
            return draw(nin, nout, source)

        self.neurons = [Neuron(nin, activation, seed, draw_of_layer, bias) for seed in seeds]

    def forward(self, x: Inputs) -> Any:
        """Return each neuron's output, after softmax if there is one.  x: (nin,)  →  (nout,), or one Value for 1."""
        x = inputs_of(x, len(self.neurons[0].w), "layer")
        out = [neuron(x) for neuron in self.neurons]
        if self.output == "softmax":
            return autograd.softmax(out)
        return out[0] if len(out) == 1 else out

    def _settings(self) -> dict[str, Any]:
        first = self.neurons[0]._settings()
        return {**first, "nout": len(self.neurons), "output": self.output}

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        return _weights_and_biases(settings)

    def __repr__(self) -> str:
        return f"{self.output or ''}Layer of {len(self.neurons)} {self.neurons[0]!r}"


class Linear(Layer):
    """A Layer without an activation: w·x + b for each output, like PyTorch's nn.Linear.

    nin, nout, seed: the same as for Layer.
    init: the same as for Layer. The default is PyTorch's: weights and biases uniform in [−1/√nin, 1/√nin]. If you give
    an init, the biases start at 0.
    bias: False for w·x alone.

    >>> Linear(2, 3, seed=0)
    Linear(2, 3)
    """

    def __init__(
        self, nin: int, nout: int, seed: int | None = None, init: Init | None = None, *, bias: bool = True
    ) -> None:
        super().__init__(nin, nout, None, seed, fan_in_uniform if init is None else init, bias=bias)
        if init is None:
            source = generator(seed)
            for neuron in self.neurons:
                if neuron.b is not None:
                    neuron.b.data = fan_in_uniform(nin, nout, source)

    def _settings(self) -> dict[str, Any]:
        first = self.neurons[0]
        return {"nin": len(first.w), "nout": len(self.neurons), **_without_bias(first)}

    def __repr__(self) -> str:
        first = self.neurons[0]
        return f"Linear({len(first.w)}, {len(self.neurons)}{', bias=False' if first.b is None else ''})"


class MLP(Module):
    """A multilayer perceptron: layers of the widths ``nouts``, each fed with the output of the one before.

    nin: the number of inputs.
    nouts: the width of each layer; the last is the number of outputs.
    activation: the activation of every layer except the last.
    output: the activation of the last layer: None for a linear output, or "softmax" over all outputs together. Leave
    it out for ``cross_entropy``, which applies softmax itself.
    seed, init, bias: the same as for Neuron, as are the errors.

    ``mlp(x)`` returns a list of Values, or a single Value if the last width is 1. It raises ValueError if x does not
    have nin numbers.

    >>> mlp = MLP(3, [4, 4, 1], seed=0)
    >>> len(mlp.parameters()), mlp([2.0, 3.0, -1.0])
    (41, Value(0.5037499567803922))
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "relu",
        output: Activation = None,
        seed: int | None = None,
        init: Init | None = None,
        bias: bool = True,
    ) -> None:
        if not hasattr(nouts, "__len__"):
            raise TypeError(f"nouts must list the width of each layer, for example [16, 16, 1], not {nouts!r}")
        if not len(nouts):
            raise ValueError("nouts is empty: an MLP needs at least one layer")
        _function(activation)
        *hidden, last = zip([nin, *nouts], nouts, seeds_of(seed, len(nouts)), strict=False)
        self.layers = [Layer(i, o, activation, seed, init, bias=bias) for i, o, seed in hidden]
        i, o, seed = last
        softmax: Any = "softmax" if output == "softmax" else None
        self.layers.append(Layer(i, o, None if softmax else output, seed, init, softmax, bias))

    def forward(self, x: object) -> Any:
        """Return the last layer's output.  x: (nin,)  →  (nouts[-1],), or one Value if that is 1."""
        for layer in self.layers:
            x = layer(x)
        return x

    def _settings(self) -> dict[str, Any]:
        first, last = self.layers[0]._settings(), self.layers[-1]._settings()
        output = last["output"] or last["activation"]
        nouts = [first.pop("nout"), *(len(layer.neurons) for layer in self.layers[1:])]
        return {**first, "nouts": nouts, "output": output}

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        return _weights_and_biases(settings)

    _repr_pretty_ = Module._repr_pretty_  # IPython prefers the __repr__ of the nearer class

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


class Sequential(Module):
    """Modules in a row, each fed with the output of the one before: fₙ(… f₂(f₁(x))).

    modules: Modules or any functions. Anything else raises TypeError, and none at all ValueError.

    >>> model = Sequential(Layer(2, 3, seed=0), Layer(3, 2, activation=None, seed=1), autograd.softmax)
    >>> sum(p.data for p in model([1.0, -2.0]))
    1.0
    """

    def __init__(self, *modules: Callable[..., Any]) -> None:
        if not modules:
            raise ValueError("this Sequential is empty: it needs at least one module")
        for module in modules:
            if not callable(module):
                unpack = ": write Sequential(*modules) for a list" if isinstance(module, (list, tuple)) else ""
                raise TypeError(f"Sequential takes modules and functions, not {a_kind_of(module)}{unpack}")
        self.layers = list(modules)

    def forward(self, x: object) -> Any:
        """Run x through every module and return the last one's output."""
        for layer in self.layers:
            x = layer(x)
        return x

    def _settings(self) -> dict[str, Any]:
        return {"modules": self.layers}

    _repr_pretty_ = Module._repr_pretty_

    def __repr__(self) -> str:
        names = [name_of(layer) for layer in self.layers]
        return f"Sequential of [{', '.join(names)}]"


def _weights_and_biases(settings: Mapping[str, Any]) -> int:
    """Count the numbers of a neuron, a layer or several layers with these settings."""
    widths = sizes_in_file(settings["nin"], *settings.get("nouts", [settings.get("nout", 1)]))
    return sum((nin + settings.get("bias", True)) * nout for nin, nout in pairwise(widths))


def _without_bias(neuron: Neuron) -> dict[str, Any]:
    """Return the setting of a neuron without a bias; nothing for one with it, as files of before have it."""
    return {"bias": False} if neuron.b is None else {}


def _linear(x: Value) -> Value:
    return x


def _function(activation: Activation) -> Callable[[Value], Value]:
    if activation in (None, "linear"):
        return _linear
    if callable(activation):
        return activation
    rule = RULES.get(activation)
    if rule is None or rule.sequences or len(rule.operands) != 1:
        if activation == "softmax":
            raise ValueError(
                "softmax needs all outputs of a layer, so it cannot be activation=: write output='softmax'"
            )
        raise ValueError(
            lookup_error("activation", activation, _ACTIVATIONS, "pass any rule of one operand, a function or None")
        )
    return operator.methodcaller(activation)


_ACTIVATIONS = ("elu", "gelu", "leaky_relu", "relu", "selu", "sigmoid", "silu", "softplus", "tanh")
"""The activations that an error lists; every rule of one operand works."""
