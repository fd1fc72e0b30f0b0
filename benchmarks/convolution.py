"""A small convolutional network in plain scalar Python, and on whole arrays by hand: cases of `benchmarks.compiled`.

Eight filters of 3×3 on an image of 8×8, the largest of each 2×2, relu, and a dense layer of ten; the loss is the cross
entropy with a target of ten numbers that add up to 1. The same scalar code runs on Values and on CasADi's symbols.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks import compiled_graphs as graphs
from benchmarks.compiled_graphs import Scalar
from benchmarks.compiled_peers import Array, Case, Number, Ready, on, one_gradient

FILTERS, SIDE, KERNEL, CLASSES, BATCH = 8, 8, 3, 10, 32
OUT = SIDE - KERNEL + 1
POOLED = OUT // 2
FEATURES = FILTERS * POOLED * POOLED
WINDOW = KERNEL * KERNEL + 1  # with the bias

Vector = Sequence[Number]


# -- number by number --------------------------------------------------------------------------------------------------


def value(library: Any, parameters: Vector, image: Vector, target: Vector) -> Number:
    larger = getattr(library, "maximum", None) or library.fmax
    filters = [parameters[k * WINDOW : (k + 1) * WINDOW] for k in range(FILTERS)]
    features = [larger(x, 0.0) for weights in filters for x in pooled(larger, convolved(weights, image))]
    dense = parameters[FILTERS * WINDOW :]
    size = FEATURES + 1
    logits = [affine(dense[k * size : (k + 1) * size], features) for k in range(CLASSES)]
    total = library.log(sum((library.exp(x) for x in logits[1:]), library.exp(logits[0])))
    return total - affine([*target, 0.0], logits)


def convolved(weights: Vector, image: Vector) -> list[list[Number]]:
    def window(i: int, j: int) -> Vector:
        return [image[(i + a) * SIDE + j + b] for a in range(KERNEL) for b in range(KERNEL)]

    return [[affine(weights, window(i, j)) for j in range(OUT)] for i in range(OUT)]


def pooled(larger: Any, rows: list[list[Number]]) -> list[Number]:
    return [
        functools.reduce(larger, [rows[i][j], rows[i][j + 1], rows[i + 1][j], rows[i + 1][j + 1]])
        for i in range(0, OUT, 2)
        for j in range(0, OUT, 2)
    ]


def affine(weights: Vector, xs: Vector) -> Number:
    return sum((w * x for w, x in zip(weights, xs, strict=False)), weights[-1])


def problem() -> Scalar:
    filters, dense = graphs.uniform(FILTERS, WINDOW) / 3, graphs.uniform(CLASSES, FEATURES + 1, seed=1) / 9
    images, targets = graphs.uniform(BATCH, SIDE * SIDE, seed=2), graphs.uniform(BATCH, CLASSES, seed=3) + 1.5
    targets /= targets.sum(1, keepdims=True)
    nodes = 2 * (FILTERS * OUT * OUT * WINDOW + CLASSES * FEATURES)
    return Scalar(value, np.concatenate([filters.ravel(), dense.ravel()]), [images, targets], nodes)


# -- on whole arrays ---------------------------------------------------------------------------------------------------


def parts(data: Scalar) -> tuple[Array, Array]:
    """Return the filters and the dense layer, each with its biases."""
    size = FILTERS * WINDOW
    return data.numbers[:size].reshape(FILTERS, WINDOW), data.numbers[size:].reshape(CLASSES, FEATURES + 1)


def numpy_by_hand(data: Scalar) -> Ready:
    """Hand-written NumPy: all windows as columns (im2col); in the dense layer each column is an image."""
    filters, dense = parts(data)
    images = data.inputs[0].T.reshape(SIDE, SIDE, BATCH)
    targets = np.ascontiguousarray(data.inputs[1].T)
    columns = np.ones((WINDOW, OUT, OUT, BATCH))
    z, top = np.empty((FILTERS, OUT * OUT * BATCH)), np.empty((FILTERS, OUT, POOLED, BATCH))
    features, slope = np.ones((FEATURES + 1, BATCH)), np.empty((FEATURES, BATCH))
    grid = z.reshape(FILTERS, OUT, OUT, BATCH)
    best = features[:FEATURES].reshape(FILTERS, POOLED, POOLED, BATCH)
    logits, d, back = np.empty((CLASSES, BATCH)), np.empty((CLASSES, BATCH)), np.empty((FEATURES, BATCH))
    spread = np.empty((FILTERS, POOLED, 2, POOLED, 2, BATCH))
    gradient = np.empty(len(data.numbers))
    into_filters = gradient[: FILTERS * WINDOW].reshape(FILTERS, WINDOW)
    into_dense = gradient[FILTERS * WINDOW :].reshape(CLASSES, FEATURES + 1)

    def step() -> Any:
        for a in range(KERNEL):
            for b in range(KERNEL):
                columns[a * KERNEL + b] = images[a : a + OUT, b : b + OUT]
        flat = columns.reshape(WINDOW, -1)
        np.dot(filters, flat, z)
        np.maximum(grid[:, :, ::2], grid[:, :, 1::2], out=top)
        np.maximum(top[:, ::2], top[:, 1::2], out=best)
        np.equal(grid.reshape(FILTERS, POOLED, 2, POOLED, 2, BATCH), best[:, :, None, :, None], out=spread)
        np.maximum(best, 0.0, out=best)
        np.dot(dense, features, logits)
        np.exp(logits, d)
        total = d.sum(0)
        loss = (np.log(total) - np.einsum("ij,ij->j", targets, logits)).mean()
        np.divide(d, total, d)
        np.subtract(d, targets, d)
        np.multiply(d, 1 / BATCH, d)
        np.dot(d, features.T, into_dense)
        np.dot(dense[:, :FEATURES].T, d, back)
        np.multiply(back, np.sign(features[:FEATURES], slope), back)
        np.multiply(spread, back.reshape(FILTERS, POOLED, 1, POOLED, 1, BATCH), spread)
        np.dot(spread.reshape(FILTERS, -1), flat.T, into_filters)
        return loss, gradient

    return one_gradient(step, lambda gradient: gradient, BATCH)


def torch_layers(data: Scalar) -> Ready:
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    filters, dense = (torch.tensor(array, requires_grad=True) for array in parts(data))
    images = torch.tensor(data.inputs[0].reshape(BATCH, 1, SIDE, SIDE))
    targets = torch.tensor(data.inputs[1])

    def step() -> Any:
        weights = filters[:, :-1].reshape(FILTERS, 1, KERNEL, KERNEL)
        x = functional.relu(functional.max_pool2d(functional.conv2d(images, weights, filters[:, -1]), 2))
        loss = functional.cross_entropy(functional.linear(x.flatten(1), dense[:, :-1], dense[:, -1]), targets)
        return loss.detach(), torch.autograd.grad(loss, [filters, dense])

    return one_gradient(step, lambda gradient: np.concatenate([x.numpy().ravel() for x in gradient]), BATCH)


def jax_jitted(data: Scalar) -> Ready:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    parameters = tuple(jnp.asarray(array) for array in parts(data))
    images, targets = jnp.asarray(data.inputs[0].reshape(BATCH, 1, SIDE, SIDE)), jnp.asarray(data.inputs[1])

    def loss(parameters: Any) -> Any:
        filters, dense = parameters
        weights = filters[:, :-1].reshape(FILTERS, 1, KERNEL, KERNEL)
        x = jax.lax.conv(images, weights, (1, 1), "VALID") + filters[:, -1][:, None, None]
        x = jax.nn.relu(x.reshape(BATCH, FILTERS, POOLED, 2, POOLED, 2).max((3, 5)))
        logits = x.reshape(BATCH, -1) @ dense[:, :-1].T + dense[:, -1]
        return -(targets * jax.nn.log_softmax(logits)).sum(1).mean()

    differentiate = jax.jit(jax.value_and_grad(loss))
    return one_gradient(
        lambda: jax.block_until_ready(differentiate(parameters)),
        lambda gradient: np.concatenate([np.asarray(x).ravel() for x in gradient]),
        BATCH,
    )


def cases() -> Iterator[Case]:
    """Yield the case: value and gradient for 32 images."""
    peers = {"ours": graphs.ours_gradient, "numpy": numpy_by_hand, "torch": torch_layers, "jax": jax_jitted}
    contenders = on(functools.partial(problem), **peers, casadi=graphs.casadi_gradient)
    yield Case("gradient of 32", contenders, {"numpy": 1.3}, rounds=9, size=1)
