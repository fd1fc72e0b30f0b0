"""Losses: how far predictions are from their targets, as one Value.

A loss is one function in a file of this folder, marked ``@loss_function()``, which also enters it in the table
``LOSSES``. Predictions and targets may be Values while a function is recorded, so no loss inspects a Value's number.
Plain targets are checked one by one, arrays of targets by ``refuse_targets``.
"""

from nn.losses.of_classes import cross_entropy
from nn.losses.of_numbers import half_squared_error, huber_loss, mae_loss, mse_loss
from nn.losses.of_two_classes import bce_loss, bce_with_logits, hinge_loss
from nn.losses.table import LOSSES

__all__ = [
    "LOSSES",
    "bce_loss",
    "bce_with_logits",
    "cross_entropy",
    "half_squared_error",
    "hinge_loss",
    "huber_loss",
    "mae_loss",
    "mse_loss",
]
