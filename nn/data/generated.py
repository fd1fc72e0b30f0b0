"""Generated data sets: points near a line, on two moons, circles or spirals, and at the corners of a square.

They are shuffled. The same seed gives the same data set; without a seed every call gives a new one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from autograd.core.number_kinds import whole
from autograd.util.lazy_numpy import np
from autograd.util.printable import a_kind_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Array", "circles", "line", "moons", "spirals", "xor"]

Array: TypeAlias = "NDArray[np.float64]"


def line(
    n: int = 100, slope: float = 3.0, offset: float = 0.0, noise: float = 0.1, seed: int | None = None
) -> tuple[Array, Array]:
    """Points near a line, y = slope·x + offset: X (n, 1), uniform in [−1, 1], and y (n,).

    noise: the standard deviation of the noise added to y.
    Raises ValueError for n < 1 or a negative noise.

    >>> X, y = line(4, slope=3.0, offset=1.0, noise=0.0, seed=1)
    >>> X.shape, bool(np.allclose(y, 3 * X[:, 0] + 1))
    ((4, 1), True)
    """
    _check("a line", n, 1, noise)
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, n)
    return x[:, None], slope * x + offset + rng.normal(0.0, noise, n)


def moons(n: int = 100, noise: float = 0.1, seed: int | None = None) -> tuple[Array, Array]:
    """Two interleaved half circles: points (n, 2) and labels (n,), −1 for the upper moon and +1 for the lower.

    noise: the standard deviation of the noise added to each coordinate; the moons have radius 1.
    Raises ValueError for n < 2 or a negative noise.

    >>> X, y = moons(4, noise=0.0, seed=1)
    >>> X.shape, sorted(y.tolist())
    ((4, 2), [-1.0, -1.0, 1.0, 1.0])
    """
    _check("two moons", n, 2, noise)
    upper, lower = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    return _two_classes(_polar(1.0, upper), np.array([1.0, 0.5]) - _polar(1.0, lower), noise, seed)


def circles(n: int = 100, noise: float = 0.1, factor: float = 0.5, seed: int | None = None) -> tuple[Array, Array]:
    """One circle inside another: points (n, 2) and labels (n,), −1 for the outer circle and +1 for the inner.

    noise: the standard deviation of the noise added to each coordinate.
    factor: the radius of the inner circle, between 0 and 1; the outer one has radius 1.
    Raises ValueError for n < 2, a negative noise or another factor.

    >>> X, y = circles(8, noise=0.0, seed=1)
    >>> sorted((np.hypot(X[:, 0], X[:, 1]) * y).round(6).tolist())
    [-1.0, -1.0, -1.0, -1.0, 0.5, 0.5, 0.5, 0.5]
    """
    _check("two circles", n, 2, noise)
    if not 0 < factor < 1:
        raise ValueError(f"factor is the inner circle's radius and must be between 0 and 1, not {factor}")
    outer, inner = (np.linspace(0, 2 * np.pi, count, endpoint=False) for count in (n // 2, n - n // 2))
    return _two_classes(_polar(1.0, outer), _polar(factor, inner), noise, seed)


def spirals(n: int = 100, noise: float = 0.05, turns: float = 1.5, seed: int | None = None) -> tuple[Array, Array]:
    """Two arms of a spiral: points (n, 2) and labels (n,), −1 for one arm and +1 for the other, opposite it.

    noise: the standard deviation of the noise added to each coordinate.
    turns: the number of turns of each arm, over which its radius grows evenly from 0.1 to 1.
    Raises ValueError for n < 2, a negative noise or turns that are not positive.
    Source: the two-spirals problem of Lang and Witbrock 1988.

    >>> X, y = spirals(6, noise=0.0, seed=1)
    >>> sorted(np.hypot(X[:, 0], X[:, 1]).round(6).tolist())
    [0.1, 0.1, 0.55, 0.55, 1.0, 1.0]
    """
    _check("two spirals", n, 2, noise)
    if not 0 < turns < math.inf:
        raise ValueError(f"turns must be positive, not {turns}")
    first, second = (np.linspace(0.0, 1.0, count) for count in (n // 2, n - n // 2))
    arms = [_polar(0.1 + 0.9 * along, 2 * np.pi * turns * along) for along in (first, second)]
    return _two_classes(arms[0], -arms[1], noise, seed)


def xor(n: int = 100, noise: float = 0.1, seed: int | None = None) -> tuple[Array, Array]:
    """Points at the corners of a square, (±1, ±1): X (n, 2), and y (n,), +1 if the signs differ, else −1.

    noise: the standard deviation of the noise added to each coordinate.
    Raises ValueError for n < 4 or a negative noise.

    >>> X, y = xor(4, noise=0.0, seed=1)
    >>> bool((y == -X[:, 0] * X[:, 1]).all())
    True
    """
    _check("four corners", n, 4, noise)
    corners = np.array([[-1.0, -1.0], [1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]])
    alike, unlike = np.resize(corners[:2], (n // 2, 2)), np.resize(corners[2:], (n - n // 2, 2))
    return _two_classes(alike, unlike, noise, seed)


def _check(what: str, n: int, least: int, noise: float) -> None:
    if whole(n) is None:
        raise TypeError(f"n is the number of points and must be an int, not {a_kind_of(n)}")
    if n < least:
        raise ValueError(f"n must be {least} or more for {what}, not {n}")
    if not 0 <= noise < math.inf:
        raise ValueError(f"noise is a standard deviation and must be 0 or more, not {noise}")


def _polar(radius: Array | float, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _two_classes(first: Array, second: Array, noise: float, seed: int | None) -> tuple[Array, Array]:
    """Label the points −1 and +1, shuffle them and add noise."""
    rng = np.random.default_rng(seed)
    points = np.concatenate([first, second])
    labels = np.repeat([-1.0, 1.0], [len(first), len(second)])
    order = rng.permutation(len(points))
    return (points + rng.normal(0.0, noise, points.shape))[order], labels[order]
