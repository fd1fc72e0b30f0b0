"""Losses as modules, with PyTorch's names. Call one with predictions and targets, or pass it to ``nn.fit``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from autograd import Value
from autograd.util.arrays import Array
from nn.losses import bce_loss, bce_with_logits, cross_entropy, huber_loss, mae_loss, mse_loss
from nn.losses.arguments import Numbers, Reduction, check_reduction
from nn.losses.of_classes import check_options
from nn.losses.table import DEFAULT_IGNORED
from nn.module import Module

__all__ = ["BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "HuberLoss", "L1Loss", "MSELoss"]


class _LossModule(Module):
    """A loss function together with its settings."""

    func: ClassVar[Any]  # named as that of a functools.partial

    def __init__(self, reduction: Reduction = "mean") -> None:
        check_reduction(reduction)
        self.reduction = reduction

    def forward(self, predictions: Numbers, targets: Numbers) -> Value:
        """Compute the loss. Shapes and errors are those of the loss function."""
        return self.func(predictions, targets, self.reduction)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={x!r}" for name, x in vars(self).items() if name != "training")
        return f"{type(self).__name__}({settings})"


class MSELoss(_LossModule):
    """``nn.mse_loss`` as a module.

    >>> MSELoss()([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(2.5)
    """

    func = staticmethod(mse_loss)


class L1Loss(_LossModule):
    """``nn.mae_loss`` as a module.

    >>> L1Loss()([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(1.5)
    """

    func = staticmethod(mae_loss)


class HuberLoss(_LossModule):
    """``nn.huber_loss`` as a module.

    >>> HuberLoss("sum")([Value(0.5), Value(3.0)], [0.0, 0.0])
    Value(2.625)
    """

    func = staticmethod(huber_loss)

    def __init__(self, reduction: Reduction = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = delta

    def forward(self, predictions: Numbers, targets: Numbers) -> Value:
        """Compute the loss. Shapes and errors are those of ``nn.huber_loss``."""
        return huber_loss(predictions, targets, self.reduction, delta=self.delta)


class BCELoss(_LossModule):
    """``nn.bce_loss``, which takes probabilities, as a module.

    >>> BCELoss()([Value(0.5)], [1.0])
    Value(0.6931471805599453)
    """

    func = staticmethod(bce_loss)


class BCEWithLogitsLoss(_LossModule):
    """``nn.bce_with_logits`` as a module.

    >>> BCEWithLogitsLoss()([Value(0.0)], [1.0])
    Value(0.6931471805599453)
    """

    func = staticmethod(bce_with_logits)


class CrossEntropyLoss(_LossModule):
    """``nn.cross_entropy``, which takes logits, as a module. Its arguments are those of the function.

    >>> CrossEntropyLoss()([Value(1.0), Value(2.0), Value(3.0)], 2)
    Value(0.4076059644443803)
    >>> CrossEntropyLoss(label_smoothing=0.3)([Value(1.0), Value(2.0), Value(3.0)], 2)
    Value(0.7076059644443802)
    """

    func = staticmethod(cross_entropy)
    weight: list[float] | None = None  # these three are not in what was pickled before there were options
    ignore_index = DEFAULT_IGNORED
    label_smoothing = 0.0

    def __init__(
        self,
        reduction: Reduction = "mean",
        *,
        weight: Sequence[float] | Array | None = None,
        ignore_index: int = DEFAULT_IGNORED,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction)
        options = check_options(weight, ignore_index, label_smoothing)
        self.weight, self.ignore_index = options.weights, options.ignored
        self.label_smoothing = options.smoothing

    def forward(self, predictions: Numbers, targets: Numbers) -> Value:
        """Compute the loss. Shapes and errors are those of ``nn.cross_entropy``."""
        loss: Any = self.func
        return loss(  # type: ignore[no-any-return]
            predictions,
            targets,
            self.reduction,
            weight=self.weight,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
        )
