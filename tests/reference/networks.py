"""Nine networks as anybody would write them, with a batch of five rows each: what the compiler is tried on."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
import nn
from autograd import Value

Network = tuple[Callable[..., Any], list[Any]]


def weights(*shape: int, start: float = 0.0) -> Any:
    """Values of fixed numbers between −1 and 1, in nested lists."""
    numbers = np.sin(1.0 + start + 1.7 * np.arange(math.prod(shape))).reshape(shape)
    return np.vectorize(Value, otypes=[object])(numbers).tolist()


def data(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def mlp() -> Network:
    model = nn.MLP(3, [4, 4, 1], activation="tanh", seed=0)
    return lambda x, y: nn.mse_loss([model(x)], [y]), [data(5, 3), data(5, seed=1)]


def tied_weights() -> Network:
    matrix, bias = weights(3, 6), weights(3)

    def loss(x):
        code = [(autograd.dot(row, x) + b).tanh() for row, b in zip(matrix, bias, strict=True)]
        return nn.mse_loss([autograd.dot(column, code) for column in zip(*matrix, strict=True)], x)

    return loss, [data(5, 6)]


def convolution() -> Network:
    kernel, bias, head = weights(9), Value(0.1), weights(9, start=3.0)

    def loss(image, y):
        windows = [[image[i + a][j + b] for a in range(3) for b in range(3)] for i in range(3) for j in range(3)]
        features = [autograd.relu(autograd.dot(kernel, window) + bias) for window in windows]
        return (autograd.dot(head, features) - y) ** 2

    return loss, [data(5, 5, 5), data(5, seed=1)]


def recurrent() -> Network:
    matrix, bias, head = weights(3, 5), weights(3, start=1.0), weights(3, start=2.0)

    def loss(steps, y):
        state = [0.0, 0.0, 0.0]
        for step in steps:
            state = [(autograd.dot(row, [*state, *step]) + b).tanh() for row, b in zip(matrix, bias, strict=True)]
        return (autograd.dot(head, state) - y) ** 2

    return loss, [data(5, 4, 2), data(5, seed=1)]


def softmax_regression() -> Network:
    matrix, bias = weights(3, 4), weights(3, start=5.0)

    def loss(x, label):
        return nn.cross_entropy([autograd.dot(row, x) + b for row, b in zip(matrix, bias, strict=True)], label)

    return loss, [data(5, 4), np.array([2, 0, 1, 1, 2])]


def polynomial() -> Network:
    coefficients = weights(5)

    def loss(x, y):
        return (sum(c * x**k for k, c in enumerate(coefficients)) - y) ** 2

    return loss, [data(5), data(5, seed=1)]


def lstm() -> Network:
    """Three steps of two units on two inputs; the gates in PyTorch's order: input, forget, cell, output."""
    matrix, bias, head = weights(8, 4), weights(8, start=1.0), weights(2, start=2.0)

    def loss(steps, y):
        h, c = [0.0, 0.0], [0.0, 0.0]
        for x in steps:
            z = [autograd.dot(row, [*x, *h]) + b for row, b in zip(matrix, bias, strict=True)]
            i, f, o = ([autograd.sigmoid(v) for v in z[k : k + 2]] for k in (0, 2, 6))
            g = [autograd.tanh(v) for v in z[4:6]]
            c = [b * old + a * new for a, b, old, new in zip(i, f, c, g, strict=True)]
            h = [a * autograd.tanh(v) for a, v in zip(o, c, strict=True)]
        return (autograd.dot(head, h) - y) ** 2

    return loss, [data(5, 3, 2), data(5, seed=1)]


def convolutional_net() -> Network:
    """Two filters of 3×3 on 6×6, the largest of each 2×2, relu, three classes."""
    filters, biases, matrix = weights(2, 9), weights(2, start=4.0), weights(3, 8, start=3.0)

    def loss(image, label):
        features = []
        for kernel, b in zip(filters, biases, strict=True):
            windows = [[[image[i + k][j + m] for k in range(3) for m in range(3)] for j in range(4)] for i in range(4)]
            rows = [[autograd.dot(kernel, window) + b for window in row] for row in windows]
            squares = [[rows[i + k][j + m] for k in (0, 1) for m in (0, 1)] for i in (0, 2) for j in (0, 2)]
            features += [autograd.relu(autograd.max(square)) for square in squares]
        return nn.cross_entropy([autograd.dot(row, features) for row in matrix], label)

    return loss, [data(5, 6, 6), np.array([2, 0, 1, 1, 2])]


def gpt(positions: int = 5, depth: int = 2) -> Network:
    """Layers with two heads of two numbers each, and six tokens; each token predicts the next."""
    tokens, places, head = weights(6, 4), weights(positions, 4, start=1.0), weights(6, 4, start=2.0)
    layers = [[weights(4, 4, start=10.0 * i + k) for k in range(4)] for i in range(depth)]
    mlps = [(weights(8, 4, start=i), weights(4, 8, start=3.0 + i)) for i in range(depth)]

    def linear(matrix, x):
        return [sum(w * v for w, v in zip(row, x, strict=True)) for row in matrix]

    def normal(x):
        scale = (sum(v * v for v in x) / len(x) + 1e-5) ** -0.5
        return [v * scale for v in x]

    def attended(query, keys, values):
        out = []
        for part in (slice(0, 2), slice(2, 4)):
            scores = [sum(q * k for q, k in zip(query[part], key[part], strict=True)) / 2**0.5 for key in keys]
            columns = zip(*[value[part] for value in values], strict=True)
            shares = autograd.softmax(scores)
            out += [sum(s * v for s, v in zip(shares, column, strict=True)) for column in columns]
        return out

    def loss(document):
        seen = [([], []) for _ in layers]
        total = 0.0
        for i, place in enumerate(places):
            x = [a + b for a, b in zip(autograd.pick(tokens, document[i]), place, strict=True)]
            for (keys, values), (k, v, q, o), (hidden, back) in zip(seen, layers, mlps, strict=True):
                y = normal(x)
                keys.append(linear(k, y))
                values.append(linear(v, y))
                x = [a + b for a, b in zip(x, linear(o, attended(linear(q, y), keys, values)), strict=True)]
                h = [autograd.relu(a) for a in linear(hidden, normal(x))]
                x = [a + b for a, b in zip(x, linear(back, h), strict=True)]
            total = total + nn.cross_entropy(linear(head, x), document[i + 1])
        return total / len(places)

    return loss, [np.random.default_rng(0).integers(0, 6, (5, positions + 1))]


NETWORKS = [
    mlp, tied_weights, convolution, recurrent, softmax_regression, polynomial, lstm, convolutional_net, gpt,
]  # fmt: skip
