"""Losses of numbers: squared, absolute and Huber errors."""

from __future__ import annotations

import math
import numbers
from typing import Any

import autograd
from autograd import Value
from nn.losses.arguments import Numbers, Reduction, pairs_of, reduced
from nn.losses.table import loss_function

__all__ = ["half_squared_error", "huber_loss", "mae_loss", "mse_loss"]


@loss_function("mean_squared_error", "MSELoss")
def mse_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The mean squared error, Σ (pᵢ − tᵢ)² / n.

    predictions, targets: (n,); or (n, k), averaged over all n·k entries; or one number each.
    reduction: "mean", or "sum" to leave out the division by n.
    Raises ValueError if the lengths differ or there are no predictions.

    >>> mse_loss([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(2.5)
    """
    errors = [p - t for p, t in pairs_of(predictions, targets)]
    return reduced([error * error for error in errors], reduction)


@loss_function()
def half_squared_error(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """Half the mean squared error, Σ ½(pᵢ − tᵢ)² / n, whose slope is the error itself: ∂/∂pᵢ = (pᵢ − tᵢ)/n.

    Arguments and errors are the same as for ``mse_loss``.

    >>> half_squared_error([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(1.25)
    """
    errors = [p - t for p, t in pairs_of(predictions, targets)]
    return reduced([0.5 * error * error for error in errors], reduction)


@loss_function("mean_absolute_error", "l1_loss", "L1Loss")
def mae_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The mean absolute error, Σ |pᵢ − tᵢ| / n.   ∂/∂pᵢ = sign(pᵢ − tᵢ)/n, or 0 if they are equal.

    Arguments and errors are the same as for ``mse_loss``.

    >>> mae_loss([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(1.5)
    """
    return reduced([autograd.abs(p - t) for p, t in pairs_of(predictions, targets)], reduction)


@loss_function("HuberLoss")
def huber_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean", *, delta: float = 1.0) -> Value:
    """The Huber loss: ½e² for an error |e| ≤ δ, δ(|e| − ½δ) beyond, so that an outlier pulls no harder than δ.

    delta: a positive number; any other raises ValueError. The rest is the same as for ``mse_loss``.
    Source: Huber 1964, Robust Estimation of a Location Parameter; the formula and the default are PyTorch's.

    >>> huber_loss([Value(0.5), Value(3.0)], [0.0, 0.0], reduction="sum")
    Value(2.625)
    """
    if not isinstance(delta, numbers.Real) or not 0 < delta < math.inf:
        raise ValueError(f"delta must be a positive number, not {delta!r}")

    def of(error: Value) -> Any:
        length = autograd.abs(error)
        return autograd.where(length <= delta, 0.5 * error * error, delta * (length - 0.5 * delta))

    return reduced([of(p - t) for p, t in pairs_of(predictions, targets)], reduction)
