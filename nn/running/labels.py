"""Text labels, and the numbers that stand for them in a loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np
from autograd.util.printable import name_of, quoted
from nn.losses import bce_loss, bce_with_logits, cross_entropy, hinge_loss

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Labels"]

_PAIRS: dict[Callable[..., Any], tuple[float, float]] = {
    bce_loss: (0.0, 1.0), bce_with_logits: (0.0, 1.0), hinge_loss: (-1.0, 1.0),
}  # fmt: skip
"""Losses for two classes, and the targets for the first and the second class."""


class Labels:
    """The classes of text labels, sorted, and the target for each."""

    def __init__(self, classes: Array, targets: Array) -> None:
        self.classes, self.targets = classes, targets

    @classmethod
    def of(cls, y: ArrayLike, loss: Callable[..., Any]) -> Labels | None:
        """Return the labels in y; None if y is not text.

        Raises TypeError if only part of y is text or the loss does not take classes, and ValueError if the loss takes
        two classes and y has another number of them.
        """
        if not _is_text(y):
            return None
        classes = np.unique(_texts(y, "y"))
        plain = getattr(loss, "func", loss)
        if plain is cross_entropy:
            return cls(classes, np.arange(len(classes)))
        if plain not in _PAIRS:
            raise TypeError(f"y is text, but {name_of(plain)} takes numbers: use loss='cross_entropy' for classes")
        if len(classes) != 2:
            raise ValueError(
                f"y has {len(classes)} classes, {_few(classes)}, but {name_of(plain)} is for two: "
                "use loss='cross_entropy' for more"
            )
        return cls(classes, np.array(_PAIRS[plain]))

    def numbers(self, y: ArrayLike, name: str = "y") -> Array:
        """Return the target for each label. Raises ValueError, naming it, for a label that is not one of the classes.

        >>> labels = Labels.of(["cat", "dog", "cat"], cross_entropy)
        >>> labels.classes, labels.numbers(["dog", "cat"])
        (array(['cat', 'dog'], dtype='<U3'), array([1, 0]))
        """
        texts = _texts(y, name)
        unknown = texts[~np.isin(texts, self.classes)]
        if unknown.size:
            raise ValueError(f"{name} has the label {quoted(str(unknown[0]))}, but y only has {_few(self.classes)}")
        return np.asarray(self.targets[np.searchsorted(self.classes, texts)])

    def names(self, numbers: Array) -> list[str]:
        """Return the label that each target stands for."""
        name_of_target = dict(zip(self.targets.tolist(), self.classes.tolist(), strict=True))
        return [name_of_target[number] for number in numbers.tolist()]

    def refuse_other_width(self, outputs: int | None) -> None:
        """Raise ValueError unless the model has an output for each class; one output is enough for two classes."""
        if outputs is not None and outputs != len(self.classes):
            raise ValueError(
                f"y has {len(self.classes)} classes, {_few(self.classes)}, but the model has {outputs} outputs; "
                "it needs one for each class\n"
                "  try             np.searchsorted(classes, y), where classes are the training's classes, sorted"
            )


def _is_text(y: object) -> bool:
    """Whether y is a sequence that begins with text."""
    return isinstance(y, Iterable) and isinstance(next(iter(y), None), str)


def _texts(y: ArrayLike, name: str) -> Array:
    array = np.asarray(y)
    odd = [x for x in array.ravel().tolist() if not isinstance(x, str)] if array.dtype == object else []
    if array.ndim != 1 or array.dtype.kind not in "UO" or odd:
        raise TypeError(f"{name} must have one text label per sample, not {array.dtype} {array.shape}")
    return array.astype(str)


def _few(classes: Array) -> str:
    return ", ".join(quoted(x) for x in classes[:5].tolist()) + (", …" if len(classes) > 5 else "")
