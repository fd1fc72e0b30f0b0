"""Compiled functions and trainings for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
import nn
from autograd.compiler.compiled import Compiled
from examples.gallery.graphs import LOGITS
from examples.gallery.layers import GPT

__all__ = ["PROGRAMS", "TRAININGS"]


def compiled_network() -> Compiled:
    """A compiled MLP."""
    model = nn.MLP(2, [4, 4, 1], activation="tanh", seed=0)
    return autograd.compile(lambda x: model(x)).record([0.5, -1.0])


def compiled_cross_entropy() -> Compiled:
    """A compiled cross entropy of ten logits, where the class is an input."""
    return autograd.compile(nn.cross_entropy).record(LOGITS, 2)


def compiled_gpt_layer() -> Compiled:
    """A compiled GPT block."""
    model = GPT("abc")
    return autograd.compile(lambda x: model.mlp(model.norm_before_mlp(x))).record([0.5, -1.0, 2.0, 0.25])


def _training(data: tuple[Any, Any], widths: list[int], loss: str = "mse", **settings: Any) -> nn.History:
    X, y = data
    model = nn.MLP(X.shape[1], widths, activation="tanh", seed=0)
    return nn.fit(model, X, y, epochs=20, lr=0.05, record=2, loss=loss, progress=False, seed=0, **settings)


def training_on_moons() -> nn.History:
    """A training on two moons."""
    return _training(nn.data.moons(60, seed=0), [8, 8, 1])


def training_on_circles() -> nn.History:
    """A training on two circles."""
    return _training(nn.data.circles(60, seed=0), [8, 1])


def training_on_a_line() -> nn.History:
    """A training of one neuron on a line."""
    return _training(nn.data.line(40, seed=0), [1])


def training_on_three_classes() -> nn.History:
    """A training on points in three classes, which depend on the angle."""
    X, _ = nn.data.circles(60, seed=0)
    classes = ((X[:, 0] > 0).astype(int) + (X[:, 1] > 0)).astype(int)
    return _training((X, classes), [6, 3], loss="cross_entropy")


def training_on_five_inputs() -> nn.History:
    """A training on five inputs whose sum is the target."""
    X = np.sin(np.arange(200.0)).reshape(40, 5)
    return _training((X, X.sum(axis=1)), [4, 1])


PROGRAMS: dict[str, Callable[[], Compiled]] = {
    "compiled network": compiled_network,
    "compiled cross entropy": compiled_cross_entropy,
    "compiled GPT layer": compiled_gpt_layer,
}
TRAININGS: dict[str, Callable[[], nn.History]] = {
    "training on moons": training_on_moons,
    "training on circles": training_on_circles,
    "training on a line": training_on_a_line,
    "training on three classes": training_on_three_classes,
    "training on five inputs": training_on_five_inputs,
}
