"""Warnings about outputs of the wrong kind: probabilities given to a loss on logits, a relu as the last layer."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import autograd
from autograd import Value
from autograd.util.arrays import Array
from nn.layers import MLP, Layer, Neuron, Sequential

__all__ = ["activation_of", "warn_of_activated", "warn_of_rectified"]

_RANGES = {"softmax": "which sum to 1", "sigmoid": "which lie between 0 and 1", "relu": "which are never negative"}


def warn_of_activated(loss: str, outputs: Iterable[Any]) -> None:
    """Warn if a loss on logits is given outputs of softmax, sigmoid or relu, with which a model learns badly."""
    if (activation := activation_of(list(outputs))) in _RANGES:
        own = "sigmoid" if loss == "bce_with_logits" else "softmax"
        warnings.warn(
            f"{loss} takes logits (any numbers), but these are outputs of {activation}, {_RANGES[activation]}\n"
            f"  try             removing the last {activation} from the model: {loss} applies {own} itself",
            stacklevel=3,
        )


def warn_of_rectified(model: object, loss: object, targets: Array) -> None:
    """Warn about a relu in the last layer where it is probably a mistake: in a Sequential, or with negative targets.

    Losses on logits give their own warning.
    """
    last, is_sequential = model, isinstance(model, Sequential)
    while isinstance(last, (MLP, Sequential)):
        last = last.layers[-1]
    neuron = last.neurons[0] if isinstance(last, Layer) else last
    if not isinstance(neuron, Neuron) or neuron.activation not in ("relu", autograd.relu) or _is_on_logits(loss):
        return
    if is_sequential or (targets < 0).any():
        where = "the last layer applies relu, so no output is ever negative"
        some = "" if is_sequential else ", but some targets are"
        warnings.warn(
            f"{where}{some}\n"
            "  try             activation=None or nn.Linear there; to keep the relu, end the Sequential with nn.ReLU()",
            stacklevel=4,
        )


def _is_on_logits(loss: object) -> bool:
    return getattr(getattr(loss, "func", loss), "__name__", "") in ("bce_with_logits", "cross_entropy")


def activation_of(outputs: Sequence[Any]) -> str:
    """Name the operation that made all these outputs: "softmax", "sigmoid" or "relu", or "" for anything else.

    Exponentials divided by their sum count as softmax. Only operations are inspected, so this works while recording.

    >>> import autograd
    >>> x = Value(1.0)
    >>> activation_of([x.relu(), (x * 2).relu()]), activation_of(autograd.softmax([x, x])), activation_of([x * 2])
    ('relu', 'softmax', '')
    """
    if not outputs or _name(outputs[0]) not in ("exp", "relu", "sigmoid", "truediv"):  # nearly always, and quickly
        return ""
    names = {(_name(x), _name(x._operands()[0]) if _name(x) else "") for x in outputs}
    if len(outputs) > 1 and names == {("exp", "log_share")}:
        return "softmax"
    if len(outputs) > 1 and names == {("truediv", "exp")} and len({id(x._other_parent) for x in outputs}) == 1:
        return "softmax"
    operations = {name for name, _ in names}
    return operations.pop() if operations in ({"relu"}, {"sigmoid"}) else ""


def _name(x: object) -> str:
    """Name the operation that made a Value; "" for a leaf and for a plain number."""
    return x._rule.name if isinstance(x, Value) and x._parent is not None else ""
