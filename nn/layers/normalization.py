"""RMSNorm and LayerNorm: the numbers of one sample, brought to one size."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import autograd
from autograd import Value
from nn.layers.arguments import Inputs, inputs_of, is_rows, sizes_in_file, width
from nn.module import Module

__all__ = ["LayerNorm", "RMSNorm"]

EPSILON_RMS = sys.float_info.epsilon
"""PyTorch's default of RMSNorm for float64: the distance from 1.0 to the next number."""
EPSILON_LAYER = 1e-5
"""PyTorch's default of LayerNorm."""


class RMSNorm(Module):
    """wᵢxᵢ / √(Σ xⱼ²/n + ε): the numbers of a sample divided by their root mean square, as in PyTorch.

    normalized_shape: n, the number of inputs; or [n].
    eps: ε, which keeps a sample of zeros from a division by 0. The default is PyTorch's for float64, 2.2e-16.
    elementwise_affine: False for no weights; otherwise there are n, ``weight``, which start at 1.

    Raises ValueError for a shape of several axes and for an ε that is negative or not finite. ``norm(x)`` returns a
    list of n Values, and for rows of n each, a list of rows. Source: Zhang & Sennrich 2019, Root Mean Square Layer
    Normalization, equation 4.

    >>> RMSNorm(2)([3.0, 3.0])
    [Value(1.0), Value(1.0)]
    """

    def __init__(
        self, normalized_shape: int | Sequence[int], eps: float | None = None, elementwise_affine: bool = True
    ) -> None:
        self.normalized_shape, self.eps = _length(normalized_shape), _epsilon(eps, EPSILON_RMS)
        self.weight = [Value(1.0) for _ in range(self.normalized_shape)] if elementwise_affine else None

    def forward(self, x: Inputs) -> list[Any]:
        """wᵢxᵢ / √(Σ xⱼ²/n + ε).  x: (n,), or rows of them."""
        if is_rows(x):
            return [self.forward(row) for row in x]
        numbers = inputs_of(x, self.normalized_shape, "RMSNorm")
        scale = (autograd.mean([v * v for v in numbers]) + self.eps) ** -0.5
        normalized = [v * scale for v in numbers]
        return normalized if self.weight is None else [w * v for w, v in zip(self.weight, normalized, strict=True)]

    def _settings(self) -> dict[str, Any]:
        own_eps = {} if self.eps == EPSILON_RMS else {"eps": self.eps}
        own_affine = {"elementwise_affine": False} if self.weight is None else {}
        return {"normalized_shape": self.normalized_shape, **own_eps, **own_affine}

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        (n,) = sizes_in_file(settings["normalized_shape"])
        return n if settings.get("elementwise_affine", True) else 0

    def __repr__(self) -> str:
        return _written(self)


class LayerNorm(Module):
    """wᵢ(xᵢ − mean)/√(var + ε) + bᵢ: the numbers of a sample with mean 0 and variance 1, as in PyTorch.

    The variance is Σ (xⱼ − mean)²/n.

    normalized_shape: n, the number of inputs; or [n].
    eps: ε, which keeps a sample of equal numbers from a division by 0.
    elementwise_affine: False for neither weights nor biases; otherwise ``weight`` starts at 1 and ``bias`` at 0.
    bias: False for weights alone.

    Raises ValueError for a shape of several axes and for an ε that is negative or not finite. ``norm(x)`` returns a
    list of n Values, and for rows of n each, a list of rows. Source: Ba, Kiros & Hinton 2016, Layer Normalization.

    >>> LayerNorm(2, eps=0.0)([3.0, 5.0])
    [Value(-1.0), Value(1.0)]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = EPSILON_LAYER,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        self.normalized_shape, self.eps = _length(normalized_shape), _epsilon(eps, EPSILON_LAYER)
        n = self.normalized_shape
        self.weight = [Value(1.0) for _ in range(n)] if elementwise_affine else None
        self.bias = [Value(0.0) for _ in range(n)] if elementwise_affine and bias else None

    def forward(self, x: Inputs) -> list[Any]:
        """wᵢ(xᵢ − mean)/√(var + ε) + bᵢ.  x: (n,), or rows of them."""
        if is_rows(x):
            return [self.forward(row) for row in x]
        numbers = inputs_of(x, self.normalized_shape, "LayerNorm")
        mean = autograd.mean(numbers)
        deviations = [v - mean for v in numbers]
        scale = (autograd.mean([d * d for d in deviations]) + self.eps) ** -0.5
        out = [d * scale for d in deviations]
        if self.weight is not None:
            out = [w * v for w, v in zip(self.weight, out, strict=True)]
        return out if self.bias is None else [v + b for v, b in zip(out, self.bias, strict=True)]

    def _settings(self) -> dict[str, Any]:
        own_eps = {} if self.eps == EPSILON_LAYER else {"eps": self.eps}
        own_affine = {"elementwise_affine": False} if self.weight is None else {}
        own_bias = {"bias": False} if self.weight is not None and self.bias is None else {}
        return {"normalized_shape": self.normalized_shape, **own_eps, **own_affine, **own_bias}

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        (n,) = sizes_in_file(settings["normalized_shape"])
        return n * (1 + settings.get("bias", True)) if settings.get("elementwise_affine", True) else 0

    def __repr__(self) -> str:
        return _written(self)


def _length(normalized_shape: int | Sequence[int]) -> int:
    if isinstance(normalized_shape, (list, tuple)):
        if len(normalized_shape) != 1:
            raise ValueError(
                f"normalized_shape must be one number, because a sample has one axis: {normalized_shape!r:.60}"
            )
        return _length(normalized_shape[0])
    return width(normalized_shape, "normalized_shape")


def _epsilon(eps: float | None, default: float) -> float:
    if eps is None:
        return default
    if not isinstance(eps, Real) or not 0.0 <= eps < float("inf"):
        raise ValueError(f"eps must be a finite number, 0 or more, not {eps!r:.60}")
    return float(eps)


def _written(norm: RMSNorm | LayerNorm) -> str:
    """Write a norm as it is made, without the settings that are the defaults."""
    n, *others = norm._settings().items()
    return f"{type(norm).__name__}({', '.join([str(n[1]), *(f'{name}={x!r}' for name, x in others)])})"
