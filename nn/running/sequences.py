"""Sequences of different lengths: padded to one array, and the targets of each that count in a mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeGuard

from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import is_array, np
from nn.losses import cross_entropy
from nn.losses.table import DEFAULT_IGNORED

__all__ = ["ClassLoss", "has_rows", "is_causal", "is_ragged", "padded"]

_MOST = 1 << 28
"""Numbers in an array of padded sequences, which then takes 2 GB."""


def is_ragged(given: object) -> TypeGuard[Sequence[Any] | Array]:
    """Whether the rows are sequences, and not all of one length."""
    if is_array(given) and given.dtype != object:
        return False
    if not isinstance(given, (list, tuple, np.ndarray)):
        return False
    lengths = {len(row) if isinstance(row, (list, tuple)) or _is_array(row) else -1 for row in given}
    return len(lengths) > 1 and -1 not in lengths


def _is_array(x: object) -> bool:
    return is_array(x) and x.ndim > 0


def padded(given: Sequence[Any] | Array, name: str) -> tuple[Array, Array]:
    """Return sequences as one array, (samples, longest, …), filled up with zeros; and their lengths.

    Raises TypeError or ValueError for an empty sequence, for rows that differ in more than their length, and if the
    array would not fit into memory.

    >>> padded([[1, 2, 3], [4]], "X")
    (array([[1, 2, 3],
           [4, 0, 0]]), array([3, 1]))
    """
    rows = [_row(row, f"{name}[{i}]") for i, row in enumerate(given)]
    shapes = {row.shape[1:] for row in rows}
    if len(shapes) > 1:
        raise ValueError(f"{name} is ragged: its rows differ in more than their length")
    lengths = np.array([len(row) for row in rows])
    if not lengths.all():
        raise ValueError(f"{name}[{int(np.argmin(lengths))}] is an empty sequence")
    longest, (inner,) = int(lengths.max()), shapes
    if len(rows) * longest * int(np.prod(inner, dtype=int)) > _MOST:
        i = int(np.argmax(lengths))
        raise ValueError(
            f"{name}[{i}] has length {longest:,}, the mean is {lengths.mean():,.0f}: filled up to one length, all "
            "would not fit into memory\n  try             shorter sequences; nn.data.sequences(texts, context=…) cuts"
        )
    together = np.concatenate(rows)
    array = np.zeros((len(rows), longest, *inner), together.dtype)
    array[np.arange(longest) < lengths[:, None]] = together
    return array, lengths


def _row(given: object, name: str) -> Array:
    row = plain_array(given, name)
    if row.dtype.kind not in "fiub" and len(row):
        raise TypeError(f"{name} must contain numbers, but it is an array of {row.dtype}")
    return row


def is_causal(model: object) -> bool:
    """Whether a model says that no output depends on a later number of the sequence, so that it can be padded."""
    return getattr(model, "causal", False) is True


def has_rows(output: object) -> bool:
    """Whether a model's output is a list of rows, as that of a model that returns logits after each token."""
    return isinstance(output, (list, tuple, np.ndarray)) and len(output) > 0 and np.ndim(output[0]) == 1


class ClassLoss(NamedTuple):
    """``cross_entropy`` and its settings, as the loss of a training: which targets it ignores, and each class's weight.

    >>> ClassLoss.of(cross_entropy), ClassLoss.of(abs)
    (ClassLoss(ignore_index=-100, weight=None, reduction='mean'), None)
    """

    ignore_index: int = DEFAULT_IGNORED
    weight: Sequence[float] | None = None
    reduction: str = "mean"

    @classmethod
    def of(cls, loss: Callable[..., Any]) -> ClassLoss | None:
        """Return the settings of a function, partial or module; None for any other loss."""
        if getattr(loss, "func", loss) is not cross_entropy:
            return None
        keywords = getattr(loss, "keywords", {})  # of a partial
        settings: dict[str, Any] = {
            name: keywords.get(name, getattr(loss, name, default)) for name, default in cls._field_defaults.items()
        }
        return cls(**settings)

    def counts(self, targets: Array) -> Array:
        """Return how much each target counts in a mean: its class's weight, or 0 if it is ignored."""
        is_counted = targets != self.ignore_index
        if self.weight is None:
            return np.asarray(is_counted, float)
        weights = np.asarray(self.weight, float)
        return np.asarray(np.where(is_counted, weights[np.where(is_counted, targets, 0).astype(int)], 0.0))
