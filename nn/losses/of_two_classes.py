"""Losses of two classes: the binary cross entropy of probabilities and of logits, and the hinge loss."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd import Value
from autograd import numeric as nx
from autograd.numeric import Numeric
from nn.logits import warn_of_activated
from nn.losses.arguments import Numbers, Reduction, counted, is_plain, pairs_of, reduced
from nn.losses.table import checked_target, loss_function

__all__ = ["bce_loss", "bce_with_logits", "hinge_loss"]


@loss_function("binary_crossentropy", "binary_cross_entropy", "BCELoss")
def bce_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The binary cross entropy of probabilities, Σ −(tᵢ ln pᵢ + (1 − tᵢ) ln(1 − pᵢ)) / n.

    As in PyTorch, logarithms are clamped at −100 and their slopes at 10¹², so p = 0 and p = 1 give finite numbers: a
    wrong one costs 100 and still has a slope. (A right one has the slope 1, its limit, where PyTorch has 0.) If your
    model returns logits, use ``bce_with_logits``.

    predictions: probabilities, 0 to 1; outside, the loss is nan. Shapes and reduction are the same as for ``mse_loss``.
    targets: 0 to 1. Raises ValueError for others, if the lengths differ, and if there are no predictions.

    >>> bce_loss([Value(0.8), Value(0.0)], [1.0, 1.0], reduction="sum")
    Value(100.22314355131421)
    """

    def of(p: Value, t: Value | float) -> Any:
        return -(t * _held(p, nx.log(p)) + (1.0 - t) * _held(1.0 - p, nx.log1p(-p)))

    return reduced([of(p, checked_target("bce_loss", t)) for p, t in pairs_of(predictions, targets)], reduction)


@loss_function("binary_cross_entropy_with_logits", "BCEWithLogitsLoss")
def bce_with_logits(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The binary cross entropy of σ(logit), Σ tᵢ ln(1 + e^−xᵢ) + (1 − tᵢ) ln(1 + e^xᵢ) / n: stable for any logit.

    ∂/∂xᵢ = (σ(xᵢ) − tᵢ)/n. A term of weight 0 is 0, even if its other factor is infinite.
    predictions: logits. Shapes and reduction are the same as for ``mse_loss``.
    targets: 0 to 1. Raises ValueError for others, if the lengths differ, and if there are no predictions.

    >>> bce_with_logits([Value(0.0), Value(-1000.0)], [1.0, 0.0], reduction="sum")
    Value(0.6931471805599453)
    """

    def of(x: Value, t: Value | float) -> Any:
        if is_plain(t) and t in (0, 1):
            return autograd.softplus(-x if t else x)
        likely, unlikely = autograd.softplus(-x), autograd.softplus(x)
        return t * counted(t, likely, math.inf) + (1.0 - t) * counted(1.0 - t, unlikely, math.inf)

    pairs = pairs_of(predictions, targets)
    warn_of_activated("bce_with_logits", [pairs[0][0]])
    return reduced([of(x, checked_target("bce_with_logits", t)) for x, t in pairs], reduction)


@loss_function()
def hinge_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The hinge loss of a margin classifier, Σ max(0, 1 − tᵢpᵢ) / n, for targets of −1 and +1.

    ∂/∂pᵢ = −tᵢ/n inside the margin, 0 on it and beyond. Shapes and reduction are the same as for ``mse_loss``.
    Raises ValueError if the lengths differ, if there are no predictions, and for a plain target other than −1 and +1.
    Source: Cortes & Vapnik 1995, Support-Vector Networks.

    >>> hinge_loss([Value(0.5), Value(0.5)], [1.0, -1.0])
    Value(1.0)
    """
    pairs = pairs_of(predictions, targets)
    return reduced([autograd.relu(1.0 - checked_target("hinge_loss", t) * p) for p, t in pairs], reduction)


_LEAST_LOG, _LEAST_PROBABILITY = -100.0, 1e-12


def _held(p: Numeric, logarithm: Numeric) -> Numeric:
    """ln p, never below −100, with a slope of at most 10¹²: p = 0 gives a finite number and a slope to leave it by."""
    line = (p - nx.detach(p)) / _LEAST_PROBABILITY  # 0, with the slope 10¹²
    return nx.where(p > _LEAST_PROBABILITY, logarithm, nx.maximum(nx.detach(logarithm), _LEAST_LOG) + line)
