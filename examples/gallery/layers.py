"""Layers that the gallery needs and ``nn`` does not have, written in scalars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import autograd
import nn
from autograd import Value

__all__ = ["GPT", "TEXT", "Head", "RMSNorm", "Tensor", "numbers"]

TEXT = "anna"
"""The document that the GPT reads."""


class Tensor(nn.Module):
    """A matrix of parameters from a fixed sequence of numbers; calling it multiplies it by a vector."""

    def __init__(self, rows: int, columns: int, seed: int = 0) -> None:
        self.rows = [numbers(columns, seed + row) for row in range(rows)]

    def forward(self, x: Sequence[Any]) -> list[Value]:
        """W·x."""
        return [autograd.dot(row, x) for row in self.rows]

    def __repr__(self) -> str:
        return f"{len(self.rows)}×{len(self.rows[0])}"


def numbers(count: int, seed: int) -> list[Value]:
    """Generate irregular numbers between −1 and 1, the same on every machine."""
    return [Value(round(math.sin(12.9898 * (index + 1) + 78.233 * (seed + 1)), 3)) for index in range(count)]


class Head(nn.Module):
    """One attention head, with a query, a key and a value for each position."""

    def __init__(self, width: int) -> None:
        self.query, self.key, self.value = (Tensor(width, width, seed) for seed in (10, 20, 30))

    def forward(self, xs: Sequence[Sequence[Any]]) -> list[Value]:
        """Return the last position's output: the values, weighted by softmax(q·k/√d)."""
        q = self.query(xs[-1])
        keys, values = [self.key(x) for x in xs], [self.value(x) for x in xs]
        scores = [autograd.dot(q, k) / math.sqrt(len(q)) for k in keys]
        weights = autograd.softmax(scores)
        return [autograd.dot(weights, [v[index] for v in values]) for index in range(len(q))]

    def __repr__(self) -> str:
        return "Head"


class RMSNorm(nn.Module):
    """x/√(mean x² + ε), times a weight."""

    def __init__(self, width: int) -> None:
        self.weight = [Value(1.0) for _ in range(width)]

    def forward(self, x: Sequence[Value]) -> list[Value]:
        """Return the normalised vector."""
        scale = (autograd.mean([number * number for number in x]) + 1e-5) ** -0.5
        return [weight * (number * scale) for weight, number in zip(self.weight, x, strict=True)]

    def __repr__(self) -> str:
        return "RMSNorm"


class GPT(nn.Module):
    """One decoder block: embedding, norm, attention, norm and two layers, with residual connections."""

    def __init__(self, letters: str, width: int = 4) -> None:
        self.letters = letters
        self.embedding = Tensor(len(letters), width, 40)
        self.position = Tensor(len(TEXT), width, 60)
        self.norm, self.head = RMSNorm(width), Head(width)
        self.norm_before_mlp = RMSNorm(width)
        self.mlp = nn.MLP(width, [2 * width, width], activation="relu", seed=3)
        self.output = Tensor(len(letters), width, 80)

    def forward(self, text: str) -> list[Value]:
        """Return the logits for the letter after the text."""
        rows = [self.embedding.rows[self.letters.index(letter)] for letter in text]
        xs = [[a + b for a, b in zip(row, self.position.rows[i], strict=True)] for i, row in enumerate(rows)]
        x = [a + b for a, b in zip(xs[-1], self.head([self.norm(x) for x in xs]), strict=True)]
        x = [a + b for a, b in zip(x, self.mlp(self.norm_before_mlp(x)), strict=True)]
        return self.output(x)

    def __repr__(self) -> str:
        return "GPT"
