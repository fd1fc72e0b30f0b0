"""Activations as modules, with PyTorch's names and defaults, for a Sequential: ReLU, Tanh, Softmax, …

Each takes one sample in the form a layer returns it: one Value, or a list of Values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import autograd
from autograd import RULES
from nn.module import Module

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "Identity",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]


class Activation(Module):
    """An activation: the rule named ``activation``, applied to each number."""

    activation: ClassVar[str]

    def function(self, x: Any) -> Any:
        """Apply the activation to one number."""
        return RULES[self.activation](x)

    def forward(self, x: Any) -> Any:
        """Apply the activation to a number, or to each number of a sequence or array, which gives a list."""
        if isinstance(x, Sequence) or getattr(x, "ndim", None):
            return [self.forward(part) for part in x]
        return self.function(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={x!r}' for name, x in self._settings().items())})"

    def _settings(self) -> dict[str, Any]:
        return {name: x for name, x in vars(self).items() if name != "training"}


class Identity(Activation):
    """x itself.

    >>> Identity()([-1.0, 2.0])
    [-1.0, 2.0]
    """

    activation = "linear"

    def function(self, x: Any) -> Any:
        """Return x unchanged."""
        return x


class ReLU(Activation):
    """max(0, x).

    >>> import nn
    >>> nn.Sequential(nn.Linear(2, 3, seed=0), ReLU())
    Sequential of [Linear(2, 3), ReLU()]
    >>> ReLU()([-1.0, 2.0])
    [0.0, 2.0]
    """

    activation = "relu"


class LeakyReLU(Activation):
    """x above 0, else negative_slope·x.

    >>> LeakyReLU(0.1)([-1.0, 2.0])
    [-0.1, 2.0]
    """

    activation = "leaky_relu"

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def function(self, x: Any) -> Any:
        """x above 0, else negative_slope·x."""
        return autograd.leaky_relu(x, slope=self.negative_slope)


class ELU(Activation):
    """x above 0, else α(eˣ − 1).

    >>> ELU()([-0.6931471805599453, 2.0])
    [-0.5, 2.0]
    """

    activation = "elu"

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def function(self, x: Any) -> Any:
        """x above 0, else α(eˣ − 1)."""
        return autograd.elu(x, alpha=self.alpha)


class GELU(Activation):
    """x·Φ(x), where Φ is the normal distribution function.

    approximate: "none", or "tanh" for PyTorch's approximation with tanh.

    >>> GELU()([0.0, 10.0])
    [0.0, 10.0]
    """

    activation = "gelu"

    def __init__(self, approximate: Literal["none", "tanh"] = "none") -> None:
        if approximate not in ("none", "tanh"):
            raise ValueError(f"approximate must be 'none' or 'tanh', not {approximate!r:.60}")
        self.approximate = approximate

    def function(self, x: Any) -> Any:
        """x·Φ(x), or the approximation with tanh."""
        return autograd.gelu(x, approximate=self.approximate)


class SELU(Activation):
    """λx above 0, else λα(eˣ − 1).

    >>> SELU()([0.0, 1.0])
    [0.0, 1.0507009873554805]
    """

    activation = "selu"


class SiLU(Activation):
    """x·σ(x).

    >>> SiLU()([0.0, 1000.0])
    [0.0, 1000.0]
    """

    activation = "silu"


class Mish(Activation):
    """x·tanh(softplus(x)).

    >>> Mish()(0.0)
    0.0
    """

    activation = "mish"


class Softplus(Activation):
    """ln(1 + eˣ).

    >>> Softplus()(0.0) == 0.6931471805599453
    True
    """

    activation = "softplus"


class Sigmoid(Activation):
    """1 / (1 + e⁻ˣ).

    >>> Sigmoid()([0.0, 100.0])
    [0.5, 1.0]
    """

    activation = "sigmoid"


class LogSigmoid(Activation):
    """ln σ(x).

    >>> LogSigmoid()(0.0) == -0.6931471805599453
    True
    """

    activation = "logsigmoid"


class Tanh(Activation):
    """tanh x.

    >>> Tanh()([0.0, 100.0])
    [0.0, 1.0]
    """

    activation = "tanh"


class Softmax(Module):
    """e^xᵢ / Σ e^xⱼ over one sample's outputs: probabilities, for a model whose loss does not take logits.

    dim: −1, 0 or 1, which all mean the same here, because a sample has one axis. Any other raises ValueError.

    >>> Softmax()([0.0, 0.0])
    [0.5, 0.5]
    """

    activation = "softmax"

    def __init__(self, dim: int | None = None) -> None:
        if dim not in (None, -1, 0, 1):
            raise ValueError(f"dim must be -1, 0 or 1, because a sample has one axis, not {dim!r:.60}")

    def forward(self, x: Any) -> list[Any]:
        """Return the probabilities.  x: (classes,)."""
        return autograd.softmax(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _settings(self) -> dict[str, Any]:
        return {}


class LogSoftmax(Softmax):
    """xᵢ − ln Σ e^xⱼ over one sample's outputs.

    Arguments and errors are the same as for Softmax.

    >>> LogSoftmax()([0.0, 0.0])
    [-0.6931471805599453, -0.6931471805599453]
    """

    activation = "log_softmax"

    def forward(self, x: Any) -> list[Any]:
        """Return the logarithms of the probabilities.  x: (classes,)."""
        return autograd.log_softmax(x)
