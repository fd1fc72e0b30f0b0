"""Small data sets, generated: points as rows, labels beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["moons"]

Array = NDArray[np.float64]


def moons(n: int = 100, noise: float = 0.1, seed: int | None = None) -> tuple[Array, Array]:
    """Two interleaved half circles: points (n, 2) and labels (n,), −1 for the upper moon and +1 for the lower.

    noise: the standard deviation of what is added to each coordinate; the moons have radius 1. The rows are shuffled.
    Raises ValueError for fewer than two points or a negative noise.

    >>> X, y = moons(4, noise=0.0, seed=1)
    >>> X.shape, sorted(y.tolist())
    ((4, 2), [-1.0, -1.0, 1.0, 1.0])
    """
    if n < 2:
        raise ValueError(f"two moons need 2 points or more, not {n}")
    if not noise >= 0:
        raise ValueError(f"noise is a standard deviation, 0 or more, not {noise}")
    rng = np.random.default_rng(seed)
    upper, lower = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    points = np.concatenate([
        np.stack([np.cos(upper), np.sin(upper)], axis=1),
        np.stack([1 - np.cos(lower), 0.5 - np.sin(lower)], axis=1),
    ])  # fmt: skip
    labels = np.repeat([-1.0, 1.0], [n // 2, n - n // 2])
    order = rng.permutation(n)
    return (points + rng.normal(0.0, noise, points.shape))[order], labels[order]
