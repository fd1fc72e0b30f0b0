"""Losses: how far predictions are from their targets, as one Value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

import autograd
from autograd import Value

__all__ = ["cross_entropy", "mse_loss"]

Reduction = Literal["mean", "sum"]


def mse_loss(predictions: Any, targets: Any, reduction: Reduction = "mean") -> Value:
    """The mean squared error, Σ (pᵢ − tᵢ)² / n; with ``reduction="sum"`` not divided.

    predictions, targets: (n,), or (n, k) with the mean over all n·k entries; or one number each.
    Raises ValueError where the lengths differ or there is nothing to average.

    >>> mse_loss([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(2.5)
    """
    errors = [p - t for p, t in _pairs(predictions, targets)]
    return _reduced([error * error for error in errors], reduction)


def cross_entropy(logits: Sequence[Any], target: Any) -> Value:
    """The cross entropy of softmax(logits) from a target, −Σ tₖ ln softmaxₖ: from logits, so that it is stable.

    logits: (classes,). target: the index of the class, or (classes,) numbers that sum to 1, one-hot or soft.
    Raises IndexError for an index that is no class, ValueError where the lengths differ.

    >>> cross_entropy([Value(1.0), Value(2.0), Value(3.0)], 2)
    Value(0.4076059644443803)
    >>> cross_entropy([Value(1.0), Value(2.0), Value(3.0)], [0.0, 0.0, 1.0])
    Value(0.4076059644443803)
    """
    scores = autograd.log_softmax(logits)
    if not _is_sequence(target):
        return -autograd.pick(scores, target)  # type: ignore[no-any-return]
    if len(target) != len(scores):
        raise ValueError(f"{len(scores)} logits for a target of {len(target)}")
    return -autograd.dot(target, scores)  # type: ignore[no-any-return]


def _reduced(terms: Sequence[Value], reduction: Reduction) -> Value:
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction is 'mean' or 'sum', not {reduction!r}")
    return (autograd.mean if reduction == "mean" else autograd.sum)(terms)  # type: ignore[no-any-return]


def _is_sequence(x: Any) -> bool:
    return isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.ndim > 0)


def _pairs(predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Every prediction with its target: never broadcast."""
    several, wanted = _is_sequence(predictions), _is_sequence(targets)
    if not several and not wanted:
        return [(predictions, targets)]
    if several != wanted:  # a bare number where a sequence of one is meant
        return _pairs(predictions if several else [predictions], targets if wanted else [targets])
    if len(predictions) != len(targets):
        raise ValueError(f"{len(predictions)} predictions for {len(targets)} targets")
    if not len(predictions):
        raise ValueError("no predictions: there is nothing to average")
    return [pair for p, t in zip(predictions, targets, strict=True) for pair in _pairs(p, t)]
