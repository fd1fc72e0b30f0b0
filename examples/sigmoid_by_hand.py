"""A 2-4-1 sigmoid network on 100 random samples: the article's backward pass compared with the engine's.

The article computes d_pred = 2(y − ŷ), with the wrong sign and without 1/n. It leaves out σ′ of the output layer, and
its code uses a1 and x, which are not defined. In its formulas, ΔW = a·δᵀ has the transposed shape of W, and δ is summed
over the neurons of the layer below, not over the samples. After correction it agrees with the engine up to rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
import nn

Arrays = tuple[Any, Any, Any, Any]


def data(seed: int = 0) -> tuple[Any, Any, Arrays]:
    """Return 100 random samples, random targets, and initial weights: W1 (2, 4), b1, W2 (4, 1), b2."""
    rng = np.random.default_rng(seed)
    weights = (rng.uniform(-1, 1, (2, 4)), np.zeros(4), rng.uniform(-1, 1, (4, 1)), np.zeros(1))
    return rng.random((100, 2)), rng.random((100, 1)), weights


def sigmoid(x: Any) -> Any:
    """1/(1 + e⁻ˣ)."""
    return 1.0 / (1.0 + np.exp(-x))


def as_printed(x: Any, y: Any, weights: Arrays) -> Arrays:
    """Compute the article's backward pass, with its missing names filled in and W2 transposed so that it runs."""
    W1, b1, W2, b2 = weights
    a1 = sigmoid(x @ W1 + b1)
    d_pred = 2.0 * (y - sigmoid(a1 @ W2 + b2))
    d_z1 = d_pred @ W2.T * (1.0 - a1) * a1
    return x.T @ d_z1, d_z1.sum(0), a1.T @ d_pred, d_pred.sum(0)


def corrected(x: Any, y: Any, weights: Arrays) -> Arrays:
    """Compute the backward pass with the right sign, 1/n and σ′ of the output."""
    W1, b1, W2, b2 = weights
    a1 = sigmoid(x @ W1 + b1)
    a2 = sigmoid(a1 @ W2 + b2)
    d_z2 = 2.0 * (a2 - y) / len(x) * a2 * (1.0 - a2)
    d_z1 = d_z2 @ W2.T * (1.0 - a1) * a1
    return x.T @ d_z1, d_z1.sum(0), a1.T @ d_z2, d_z2.sum(0)


def network(weights: Arrays) -> nn.MLP:
    """Build the network neuron by neuron."""
    model = nn.MLP(2, [4, 1], activation="sigmoid", output="sigmoid")
    for layer, W, b in zip(model.layers, weights[::2], weights[1::2], strict=True):
        for j, neuron in enumerate(layer.neurons):
            neuron.b.data = b[j]
            for i, w in enumerate(neuron.w):
                w.data = W[i, j]
    return model


def by_engine(x: Any, y: Any, weights: Arrays) -> Arrays:
    """Compute the gradients from a compiled loss, in the article's layout."""
    model = network(weights)
    loss = autograd.compile(lambda x, y: nn.mse_loss(model(x), y[0]), parameters=model.parameters())
    _, gradient = loss.value_and_grad(x, y)
    hidden, output = gradient[:12].reshape(4, 3), gradient[12:]
    return hidden[:, :2].T, hidden[:, 2], output[:4, None], output[4:]


def train(epochs: int = 1000, lr: float = 0.01) -> list[float]:
    """Run the article's loop, full-batch gradient descent. Return each epoch's loss."""
    x, y, weights = data()
    history = nn.fit(network(weights), x, y[:, 0], optimizer="sgd", lr=lr, epochs=epochs, batch_size=None)
    return history["loss"]


if __name__ == "__main__":
    x, y, weights = data()
    print(f"{'∂L/∂':<6}{'as printed':>14}{'corrected':>14}{'engine':>14}   (the first number of each)")
    rows = zip(("W1", "b1", "W2", "b2"), as_printed(x, y, weights), corrected(x, y, weights), by_engine(x, y, weights),
               strict=True)  # fmt: skip
    for name, *found in rows:
        print(f"{name:<6}" + "".join(f"{float(np.ravel(number)[0]):>14.6f}" for number in found))
    losses = train()
    print(f"loss over 1,000 epochs: {losses[0]:.6f} → {losses[-1]:.6f}")
