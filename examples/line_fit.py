"""Fit y = 3x plus noise by gradient descent: the article's program, what it really does, and the corrected line.

The article's gradient is error * X, an array of 100 rows, so after one step w becomes 100 weights, one for each sample,
and the "prediction" at 1 is 100 numbers. The gradient of the mean squared error is a sum over the samples:
2·Σ error·x / n. Also, the noise is uniform from 0 to 1, and a line through the origin cannot follow its mean of ½. With
a bias, the result is w = 3.24 and b = 0.40, the least squares of these 100 samples; for a million, w = 3 and b = ½.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn


def data(seed: int = 0, samples: int = 100) -> tuple[Any, Any]:
    """Return the samples: X and y are (samples, 1)."""
    rng = np.random.default_rng(seed)
    X = rng.random((samples, 1))
    return X, 3.0 * X + rng.random((samples, 1))


def as_printed(iterations: int = 1000, alpha: float = 0.01) -> Any:
    """Run the article's loop unchanged. Return w at the end."""
    X, y = data()
    w = np.random.default_rng(1).random((1, 1))
    for _ in range(iterations):
        w = w - alpha * (X * w - y) * X
    return w


def least_squares(bias: bool, samples: int = 100) -> Any:
    """Compute the solution that a correct gradient descent converges to."""
    X, y = data(samples=samples)
    columns = np.hstack([X, np.ones_like(X)]) if bias else X
    return np.linalg.lstsq(columns, y, rcond=None)[0].ravel()


def corrected(bias: bool, epochs: int = 3000) -> Any:
    """Run the descent with the engine. Return w, and b if there is a bias."""
    X, y = data()
    neuron = nn.Neuron(1, activation=None, seed=0)
    parameters = [*neuron.w, neuron.b] if bias else neuron.w
    optimizer = nn.SGD(parameters, lr=0.5)
    nn.fit(neuron, X, y[:, 0], optimizer=optimizer, epochs=epochs, batch_size=None, progress=False)
    return np.array([x.data for x in parameters])


if __name__ == "__main__":
    w = as_printed()
    print(f"as printed: w has shape {w.shape}, from {w.min():.3f} to {w.max():.3f}")
    print(f"corrected:  w = {corrected(bias=False)[0]:.4f}      (least squares {least_squares(bias=False)[0]:.4f})")
    print("with bias:  w = {:.4f}, b = {:.4f}".format(*corrected(bias=True)))
