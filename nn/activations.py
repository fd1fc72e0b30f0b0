"""Activations as modules, with PyTorch's names and defaults, for a Sequential: ReLU, Tanh, Softmax, …

Each takes one sample as a layer gives it: a Value, or a list of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import autograd
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


class _Activation(Module):
    """A function of one number, applied to each."""

    def function(self, x: Any) -> Any:
        """The activation of one number."""
        raise NotImplementedError

    def forward(self, x: Any) -> Any:
        """The activation of a number, or of each in a sequence or an array, as a list."""
        if isinstance(x, Sequence) or getattr(x, "ndim", None):
            return [self.forward(part) for part in x]
        return self.function(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={x!r}' for name, x in self._settings().items())})"

    def _settings(self) -> dict[str, Any]:
        return {name: x for name, x in vars(self).items() if name != "training"}


class Identity(_Activation):
    """x itself."""

    def function(self, x: Any) -> Any:
        """X."""
        return x


class ReLU(_Activation):
    """max(0, x).

    >>> import nn
    >>> nn.Sequential(nn.Linear(2, 3, seed=0), ReLU())
    Sequential of [Linear(2, 3), ReLU()]
    >>> ReLU()([-1.0, 2.0])
    [0.0, 2.0]
    """

    function = staticmethod(autograd.relu)


class LeakyReLU(_Activation):
    """x above 0, else negative_slope·x.

    >>> LeakyReLU(0.1)([-1.0, 2.0])
    [-0.1, 2.0]
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def function(self, x: Any) -> Any:
        """x above 0, else negative_slope·x."""
        return autograd.leaky_relu(x, slope=self.negative_slope)


class ELU(_Activation):
    """x above 0, else α(eˣ − 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def function(self, x: Any) -> Any:
        """x above 0, else α(eˣ − 1)."""
        return autograd.elu(x, alpha=self.alpha)


class GELU(_Activation):
    """x·Φ(x); approximate: "none", or "tanh" for the form with tanh."""

    def __init__(self, approximate: Literal["none", "tanh"] = "none") -> None:
        if approximate not in ("none", "tanh"):
            raise ValueError(f"approximate is 'none' or 'tanh', not {approximate!r:.60}")
        self.approximate = approximate

    def function(self, x: Any) -> Any:
        """x·Φ(x), or its form with tanh."""
        return autograd.gelu(x, approximate=self.approximate)


class SELU(_Activation):
    """λx above 0, else λα(eˣ − 1)."""

    function = staticmethod(autograd.selu)


class SiLU(_Activation):
    """x·σ(x)."""

    function = staticmethod(autograd.silu)


class Mish(_Activation):
    """x·tanh(softplus(x))."""

    function = staticmethod(autograd.mish)


class Softplus(_Activation):
    """ln(1 + eˣ)."""

    function = staticmethod(autograd.softplus)


class Sigmoid(_Activation):
    """1 / (1 + e⁻ˣ)."""

    function = staticmethod(autograd.sigmoid)


class LogSigmoid(_Activation):
    """ln σ(x)."""

    function = staticmethod(autograd.logsigmoid)


class Tanh(_Activation):
    """tanh x."""

    function = staticmethod(autograd.tanh)


class Softmax(Module):
    """e^xᵢ / Σ e^xⱼ over the outputs of one sample: probabilities, for a model whose loss is not on logits.

    dim: −1, 0 or 1, as a sample has one axis. Raises ValueError for another.

    >>> Softmax()([0.0, 0.0])
    [0.5, 0.5]
    """

    def __init__(self, dim: int | None = None) -> None:
        if dim not in (None, -1, 0, 1):
            raise ValueError(f"dim is -1, 0 or 1: a sample has one axis, not {dim!r:.60}")

    def forward(self, x: Any) -> list[Any]:
        """The probabilities.  x: (classes,)."""
        return autograd.softmax(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _settings(self) -> dict[str, Any]:
        return {}


class LogSoftmax(Softmax):
    """xᵢ − ln Σ e^xⱼ over the outputs of one sample. Arguments and errors as for Softmax."""

    def forward(self, x: Any) -> list[Any]:
        """The logarithms of the probabilities.  x: (classes,)."""
        return autograd.log_softmax(x)
