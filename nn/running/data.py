"""Data: samples, targets and weights as arrays, checked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from autograd.util.arrays import Array, plain_array

__all__ = ["Data", "samples_of"]


@dataclass
class Data:
    """Samples, targets, and a weight for each sample or None."""

    X: Array
    y: Array
    weight: Array | None = None

    @classmethod
    def of(cls, X: ArrayLike, y: ArrayLike, weight: ArrayLike | None, dtype: str) -> Data:
        """Check samples, targets and weights. Raises TypeError or ValueError, naming them, if they do not fit."""
        X, y = samples_of(X, "X"), samples_of(y, "y")
        if len(X) != len(y):
            advice = f": if X is one sample of {len(X)} numbers, pass [X] or X[None]" if X.ndim == len(y) == 1 else ""
            raise ValueError(f"X has {len(X)} samples but y has {len(y)} targets{advice}")
        if not len(X):
            raise ValueError("X has no samples, so there is nothing to learn from")
        return cls(X, y, None if weight is None else _weights(weight, len(X), dtype))

    def arrays(self) -> list[Array]:
        """Return the arrays that a batch has rows of."""
        return [self.X, self.y] if self.weight is None else [self.X, self.y, self.weight]


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
        raise TypeError(f"{name} must contain numbers, but it is an array of {array.dtype}")
    if not array.ndim:
        raise ValueError(f"{name} must be an array with a row for each sample, not a single number")
    with np.errstate(all="ignore"):
        total = array.sum()  # finite if all numbers are, except for overflow; needs no memory
    if not np.isfinite(total) and not np.isfinite(array).all():
        first = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
        raise ValueError(f"{name} contains a number that is not finite, first at {first}")
    return array  # as it is: a batch is converted when it is copied into place
