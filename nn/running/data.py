"""Data: samples, targets and weights as arrays, checked; sequences of different lengths are padded to the longest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import np
from nn.running.sequences import ClassLoss, has_rows, is_ragged, padded

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Data", "cut", "samples_of"]


@dataclass
class Data:
    """Samples, targets, and a weight for each sample or None.

    lengths: (samples,), the lengths of sequences that differ in length; None for any other samples. X then has the
    length of the longest, filled up with zeros.
    has_target_each: whether y has a target for each number of such a sequence, and is filled up, too.
    counts: (samples,), how much the loss of each sample counts in a mean over targets, 1 on average; None for equally.
    """

    X: Array
    y: Array
    weight: Array | None = None
    lengths: Array | None = None
    has_target_each: bool = False
    counts: Array | None = None

    @classmethod
    def of(cls, X: ArrayLike, y: ArrayLike, weight: ArrayLike | None, dtype: str) -> Data:
        """Check samples, targets and weights. Raises TypeError or ValueError, naming them, if they do not fit."""
        lengths, has_target_each = None, False
        if is_ragged(X):
            X, lengths = padded(X, "X")
            if is_ragged(y):
                has_target_each = True
                y, of_targets = padded(y, "y")
                _refuse_other_lengths(lengths, of_targets)
        X, y = samples_of(X, "X"), samples_of(y, "y")
        if len(X) != len(y):
            advice = f": if X is one sample of {len(X)} numbers, pass [X] or X[None]" if X.ndim == len(y) == 1 else ""
            raise ValueError(f"X has {len(X)} samples but y has {len(y)} targets{advice}")
        if not len(X):
            raise ValueError("X has no samples, so there is nothing to learn from")
        return cls(X, y, None if weight is None else _weights(weight, len(X), dtype), lengths, has_target_each)

    def arrays(self) -> list[Array]:
        """Return the arrays that a batch has rows of."""
        return [self.X, self.y] if self.weight is None else [self.X, self.y, self.weight]

    def counted(self, loss: Callable[..., Any], output: object) -> Data:
        """Return the data with what a mean over targets needs: ``counts``, and targets to ignore where there are none.

        output: a model's output for a sample. If it has a row for each target, the mean is over these, as in PyTorch.

        Raises ValueError if all targets are ignored.
        """
        of_classes, y, counts = ClassLoss.of(loss), self.y, None
        if of_classes is not None and self.has_target_each and self.lengths is not None:
            y = y.astype(np.result_type(y.dtype, np.int64))  # a copy, and signed
            y[np.arange(y.shape[1]) >= self.lengths[:, None]] = of_classes.ignore_index
        if of_classes is None:
            counts = self.lengths.astype(float) if self.lengths is not None and self.has_target_each else None
        elif of_classes.reduction == "mean" and (y.ndim == 1 or (y.ndim == 2 and has_rows(output))):
            counts = of_classes.counts(y).reshape(len(y), -1).sum(axis=1)
        if counts is not None and not counts.any():
            raise ValueError("y has no target that counts: all are ignored, or of classes with the weight 0")
        if counts is None or (counts == counts[0]).all():
            return replace(self, y=y)
        weight = counts if self.weight is None else counts * self.weight
        dtype = weight.dtype if self.weight is None else self.weight.dtype
        return replace(self, y=y, counts=counts / counts.mean(), weight=(weight / weight.mean()).astype(dtype))

    def sample(self, i: int) -> Array:
        """Return a sample, without what it was filled up with."""
        return self.X[i] if self.lengths is None else self.X[i, : self.lengths[i]]

    def target(self, i: int) -> Any:
        """Return a sample's target, without what it was filled up with."""
        return self.y[i, : self.lengths[i]] if self.has_target_each and self.lengths is not None else self.y[i]

    def part(self, chosen: Array | slice) -> Data:
        """Return the data of some samples."""
        weight, lengths, counts = (x if x is None else x[chosen] for x in (self.weight, self.lengths, self.counts))
        return replace(self, X=self.X[chosen], y=self.y[chosen], weight=weight, lengths=lengths, counts=counts)

    def by_length(self) -> Iterator[tuple[int, Array, Data]]:
        """Yield (length, sample indices, their data without lengths) for each length there is."""
        if self.lengths is None:
            yield self.X.shape[1] if self.X.ndim > 1 else 0, np.arange(len(self.X)), self
            return
        for length in np.unique(self.lengths).tolist():
            chosen = np.flatnonzero(self.lengths == length)
            part = self.part(chosen)
            X, y, *_ = cut(part.arrays(), length, self.has_target_each)
            yield length, chosen, replace(part, X=X, y=y, lengths=None)


def cut(arrays: Sequence[Array], length: int, has_target_each: bool) -> list[Array]:
    """Return a batch's arrays with sequences, and targets if there is one each, cut to a length."""
    X, y, *others = arrays
    return [X[:, :length], y[:, :length] if has_target_each else y, *others]


def _refuse_other_lengths(lengths: Array, of_targets: Array) -> None:
    """Raise ValueError, naming the first, for sequences that have more or fewer targets than numbers."""
    if len(lengths) != len(of_targets):
        raise ValueError(f"X has {len(lengths)} samples but y has {len(of_targets)} targets")
    for i in np.flatnonzero(lengths != of_targets)[:1].tolist():
        raise ValueError(
            f"X[{i}] has length {lengths[i]} but y[{i}] has length {of_targets[i]}: a sequence needs one target, or "
            "one for each of its numbers"
        )


def _weights(given: ArrayLike, count: int, dtype: str) -> Array:
    """Check the weights of the samples, and scale them to a mean of 1."""
    weight = plain_array(given, "sample_weight", dtype)
    if weight.shape != (count,) or not np.isfinite(weight).all() or (weight < 0).any() or not weight.sum() > 0:
        raise ValueError(
            f"sample_weight must be {count} finite numbers, 0 or more and not all 0; it has shape {weight.shape}"
        )
    return weight / weight.mean()  # type: ignore[no-any-return]


def samples_of(given: ArrayLike, name: str) -> Array:
    """Return samples, or targets, as an array with a row for each. Raises TypeError or ValueError for anything else."""
    try:
        array = plain_array(given, name)
    except ValueError as error:
        raise ValueError(f"{name} is ragged: its rows have different lengths") from error
    if array.dtype.kind in "iub" and array.ndim:
        return array
    if array.dtype.kind not in "fiub":
        advice = "; nn.data.sequences(texts) makes numbers of texts" if array.dtype.kind == "U" and name == "X" else ""
        raise TypeError(f"{name} must contain numbers, but it is an array of {array.dtype}{advice}")
    if not array.ndim:
        raise ValueError(f"{name} must be an array with a row for each sample, not a single number")
    with np.errstate(all="ignore"):
        total = array.sum()  # finite if all numbers are, except for overflow; needs no memory
    if not np.isfinite(total) and not np.isfinite(array).all():
        first = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
        raise ValueError(f"{name} contains a number that is not finite, first at {first}")
    return array  # as it is: a batch is converted when it is copied into place
