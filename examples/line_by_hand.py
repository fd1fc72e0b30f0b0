"""One linear neuron, ŷ = w·x + b, with the loss L = ½(y − ŷ)²: the article's gradients by hand, and the engine's.

This article is right: ∂L/∂w = (ŷ − y)·x and ∂L/∂b = ŷ − y.
"""

from __future__ import annotations

from autograd import Value


def by_hand(w: float, b: float, x: float, y: float) -> tuple[float, float]:
    """Compute the article's backward pass."""
    error = w * x + b - y
    return error * x, error


def by_engine(w: float, b: float, x: float, y: float) -> tuple[float, float]:
    """Compute the gradients from a graph."""
    weight, bias = Value(w, label="w"), Value(b, label="b")
    loss = 0.5 * (y - (weight * x + bias)) ** 2
    loss.backward()
    return weight.grad, bias.grad


def train(steps: int = 200, lr: float = 0.1) -> tuple[float, float]:
    """Run gradient descent with the article's update on y = 2x − 1. Return (w, b)."""
    w, b = 0.0, 0.0
    for step in range(steps):
        x = (step % 5) / 2.0 - 1.0
        dw, db = by_hand(w, b, x, 2.0 * x - 1.0)
        w, b = w - lr * dw, b - lr * db
    return w, b


if __name__ == "__main__":
    print("by hand  ", by_hand(1.5, -0.5, 2.0, 1.0))
    print("by engine", by_engine(1.5, -0.5, 2.0, 1.0))
    print("trained on y = 2x − 1:", train())
