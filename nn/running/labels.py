"""Labels that are text: the numbers that a loss takes in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.util.arrays import Array
from autograd.util.printable import name_of, quoted
from nn.losses import bce_loss, bce_with_logits, cross_entropy, hinge_loss

__all__ = ["Labels"]

_PAIRS: dict[Callable[..., Any], tuple[float, float]] = {
    bce_loss: (0.0, 1.0), bce_with_logits: (0.0, 1.0), hinge_loss: (-1.0, 1.0),
}  # fmt: skip
"""Losses of two classes, and the targets that stand for the first and the second."""


class Labels:
    """The classes of labels that are text, sorted, and the target that stands for each."""

    def __init__(self, classes: Array, targets: Array) -> None:
        self.classes, self.targets = classes, targets

    @classmethod
    def of(cls, y: ArrayLike, loss: Callable[..., Any]) -> Labels | None:
        """The labels in y; None where y is not text.

        Raises TypeError where only some of y is text, and for a loss that is not of classes; ValueError for a loss of
        two classes where y has another number of them.
        """
        if not _is_text(y):
            return None
        classes = np.unique(_texts(y, "y"))
        plain = getattr(loss, "func", loss)
        if plain is cross_entropy:
            return cls(classes, np.arange(len(classes)))
        if plain not in _PAIRS:
            raise TypeError(f"y is text, and {name_of(plain)} takes numbers: for classes, loss='cross_entropy'")
        if len(classes) != 2:
            raise ValueError(
                f"y has {len(classes)} classes, {_few(classes)}, and {name_of(plain)} is for two: for several, "
                "loss='cross_entropy'"
            )
        return cls(classes, np.array(_PAIRS[plain]))

    def numbers(self, y: ArrayLike, name: str = "y") -> Array:
        """The target of each label. Raises ValueError, naming it, for a label that is none of the classes.

        >>> labels = Labels.of(["cat", "dog", "cat"], cross_entropy)
        >>> labels.classes, labels.numbers(["dog", "cat"])
        (array(['cat', 'dog'], dtype='<U3'), array([1, 0]))
        """
        texts = _texts(y, name)
        unknown = texts[~np.isin(texts, self.classes)]
        if unknown.size:
            raise ValueError(f"{name} has the label {quoted(str(unknown[0]))}: y has {_few(self.classes)}")
        return np.asarray(self.targets[np.searchsorted(self.classes, texts)])

    def refuse_other_width(self, outputs: int | None) -> None:
        """Raise ValueError unless the model has an output for each class; one is enough for two targets."""
        if outputs is not None and outputs != len(self.classes):
            raise ValueError(
                f"y has {len(self.classes)} classes, {_few(self.classes)}, and the model {outputs} outputs: "
                "an output for each class is expected\n"
                "  try             np.searchsorted(classes, y), where classes are those of the training, sorted"
            )


def _is_text(y: object) -> bool:
    """Whether y is a sequence that begins with text."""
    return isinstance(y, Iterable) and isinstance(next(iter(y), None), str)


def _texts(y: ArrayLike, name: str) -> Array:
    array = np.asarray(y)
    odd = [x for x in array.ravel().tolist() if not isinstance(x, str)] if array.dtype == object else []
    if array.ndim != 1 or array.dtype.kind not in "UO" or odd:
        raise TypeError(f"{name} is one label a sample, all of them text, and not {array.dtype} {array.shape}")
    return array.astype(str)


def _few(classes: Array) -> str:
    return ", ".join(quoted(x) for x in classes[:5].tolist()) + (", …" if len(classes) > 5 else "")
