"""A recurrence and an LSTM in plain scalar Python, and hand-written on whole arrays: cases for `benchmarks.compiled`.

Each step reads eight numbers and the previous state; the loss is the squared error of a weighted sum of the last state.
The same scalar code runs on Values and on CasADi's symbols.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks import compiled_graphs as graphs
from benchmarks.compiled_graphs import Scalar
from benchmarks.compiled_peers import Array, Case, Number, Ready, on, one_gradient

WIDTH = 8
"""The number of inputs per step."""
BATCH = 32

Vector = list[Number]
Cell = Callable[..., tuple[Vector, Vector]]


# -- number by number --------------------------------------------------------------------------------------------------


def recurrent(library: Any, rows: Sequence[Vector], x: Vector, h: Vector, c: Vector) -> tuple[Vector, Vector]:
    """One step of the recurrence, h = tanh(W·(x, h, 1)); c is passed through."""
    return [library.tanh(affine(row, [*x, *h])) for row in rows], c


def lstm(library: Any, rows: Sequence[Vector], x: Vector, h: Vector, c: Vector) -> tuple[Vector, Vector]:
    """One LSTM step, its gates in PyTorch's order: input, forget, cell, output. σ is written with tanh for CasADi."""
    z = [affine(row, [*x, *h]) for row in rows]
    units = len(h)
    i, f, o = ([0.5 + 0.5 * library.tanh(0.5 * v) for v in z[k * units : (k + 1) * units]] for k in (0, 1, 3))
    g = [library.tanh(v) for v in z[2 * units : 3 * units]]
    c = [b * old + a * new for a, b, old, new in zip(i, f, c, g, strict=True)]
    return [a * library.tanh(v) for a, v in zip(o, c, strict=True)], c


def affine(row: Vector, xs: Vector) -> Number:
    return sum((w * v for w, v in zip(row, xs, strict=False)), row[-1])


def problem(cell: Cell, steps: int, units: int) -> Scalar:
    """Build the problem of a cell. Its parameters: weights for inputs, state and bias, then the last weights."""
    gates, columns = (4 if cell is lstm else 1), WIDTH + units + 1

    def f(library: Any, parameters: Sequence[Number], x: Sequence[Number], y: Number) -> Number:
        rows = [list(parameters[k * columns : (k + 1) * columns]) for k in range(gates * units)]
        h: Vector = [0.0] * units
        c: Vector = [0.0] * units
        for step in range(steps):
            h, c = cell(library, rows, list(x[step * WIDTH : (step + 1) * WIDTH]), h, c)
        error = sum((w * v for w, v in zip(parameters[gates * units * columns :], h, strict=True)), 0.0 - y)
        return error * error

    numbers = graphs.uniform(gates * units * columns + units) / math.sqrt(columns)
    inputs = [graphs.uniform(BATCH, steps * WIDTH, seed=1), graphs.uniform(BATCH, seed=2)]
    return Scalar(f, numbers, inputs, steps * gates * units * 2 * columns)


# -- on whole arrays ---------------------------------------------------------------------------------------------------


def parts(data: Scalar, gates: int, units: int) -> tuple[Array, Array, Array, Array]:
    """Return each gate unit's weights, the last weights, the inputs by step, and the targets."""
    columns = WIDTH + units + 1
    size = gates * units * columns
    x = data.inputs[0].reshape(BATCH, -1, WIDTH).transpose(1, 0, 2)
    return data.numbers[:size].reshape(-1, columns), data.numbers[size:], np.ascontiguousarray(x), data.inputs[1]


def numpy_recurrent(data: Scalar, units: int) -> Ready:
    """The recurrence by hand: a product for all steps' inputs and biases, a column per sample, arrays preallocated."""
    w, v, x, y = parts(data, 1, units)
    steps = len(x)
    seen = np.concatenate([x.transpose(2, 0, 1).reshape(WIDTH, -1), np.ones((1, steps * BATCH))])
    outer, inner = np.concatenate([w[:, :WIDTH], w[:, -1:]], 1), np.ascontiguousarray(w[:, WIDTH:-1])
    z = np.empty((units, steps * BATCH))
    h, d = np.zeros((steps + 1, units, BATCH)), np.empty((steps, units, BATCH))
    product, slope, grad = np.empty((units, BATCH)), np.empty((units, BATCH)), np.empty((units, WIDTH + units + 1))

    def step() -> Any:
        np.dot(outer, seen, z)
        for t in range(steps):
            np.dot(inner, h[t], product)
            np.add(product, z[:, t * BATCH : (t + 1) * BATCH], product)
            np.tanh(product, h[t + 1])
        error = v @ h[-1] - y
        back = np.multiply.outer(v, error * (2 / BATCH))
        for t in range(steps - 1, -1, -1):
            np.multiply(h[t + 1], h[t + 1], slope)
            np.subtract(1.0, slope, slope)
            np.multiply(back, slope, d[t])
            back = np.dot(inner.T, d[t], product)
        flat = d.transpose(1, 0, 2).reshape(units, -1)
        grad[:, WIDTH:-1] = flat @ h[:-1].transpose(1, 0, 2).reshape(units, -1).T
        outside = flat @ seen.T
        grad[:, :WIDTH], grad[:, -1] = outside[:, :-1], outside[:, -1]
        return error @ error / BATCH, np.concatenate([grad.ravel(), h[-1] @ (error * (2 / BATCH))])

    return one_gradient(step, lambda gradient: gradient, BATCH)


def numpy_lstm(data: Scalar, units: int) -> Ready:
    """The LSTM by hand: each step's gates in one array, with a single tanh, since σ(z) = ½ + ½ tanh(z/2)."""
    w, v, x, y = parts(data, 4, units)
    steps = len(x)
    seen = np.concatenate([x.transpose(2, 0, 1).reshape(WIDTH, -1), np.ones((1, steps * BATCH))])
    outer, inner = np.concatenate([w[:, :WIDTH], w[:, -1:]], 1), np.ascontiguousarray(w[:, WIDTH:-1])
    half = np.repeat([0.5, 0.5, 1.0, 0.5], units)[:, None]
    shift = 1.0 - half
    z = np.empty((4 * units, steps * BATCH))
    gates, d = np.empty((steps, 4 * units, BATCH)), np.empty((steps, 4 * units, BATCH))
    h, c, squashed = (np.zeros((steps + 1, units, BATCH)) for _ in range(3))
    a, b, grad = np.empty((4 * units, BATCH)), np.empty((units, BATCH)), np.empty((4 * units, WIDTH + units + 1))
    i, f, g, o = (slice(k * units, (k + 1) * units) for k in range(4))

    def forward(t: int) -> None:
        np.dot(inner, h[t], a)
        np.add(a, z[:, t * BATCH : (t + 1) * BATCH], a)
        np.multiply(a, half, a)
        np.tanh(a, a)
        np.multiply(a, half, a)
        np.add(a, shift, gates[t])
        np.multiply(gates[t, f], c[t], c[t + 1])
        np.multiply(gates[t, i], gates[t, g], b)
        np.add(c[t + 1], b, c[t + 1])
        np.tanh(c[t + 1], squashed[t + 1])
        np.multiply(gates[t, o], squashed[t + 1], h[t + 1])

    def backward(t: int, dh: Array, dc: Array) -> None:
        gate, now = gates[t], d[t]
        np.multiply(dh, squashed[t + 1], now[o])
        np.multiply(dh, gate[o], b)
        dc += b * (1.0 - squashed[t + 1] * squashed[t + 1])
        np.multiply(dc, gate[g], now[i])
        np.multiply(dc, c[t], now[f])
        np.multiply(dc, gate[i], now[g])
        np.multiply(dc, gate[f], dc)
        np.subtract(1.0, gate, a)
        np.multiply(a, gate, a)
        np.subtract(1.0, gate[g] * gate[g], a[g])
        np.multiply(now, a, now)
        np.dot(inner.T, now, dh)

    def step() -> Any:
        np.dot(outer, seen, z)
        for t in range(steps):
            forward(t)
        error = v @ h[-1] - y
        dh, dc = np.multiply.outer(v, error * (2 / BATCH)), np.zeros((units, BATCH))
        for t in range(steps - 1, -1, -1):
            backward(t, dh, dc)
        flat = d.transpose(1, 0, 2).reshape(4 * units, -1)
        grad[:, WIDTH:-1] = flat @ h[:-1].transpose(1, 0, 2).reshape(units, -1).T
        outside = flat @ seen.T
        grad[:, :WIDTH], grad[:, -1] = outside[:, :-1], outside[:, -1]
        return error @ error / BATCH, np.concatenate([grad.ravel(), h[-1] @ (error * (2 / BATCH))])

    return one_gradient(step, lambda gradient: gradient, BATCH)


def torch_recurrent(data: Scalar, units: int, gates: int = 1) -> Ready:
    """PyTorch's own layers, which run all steps in one call."""
    import torch

    torch.set_num_threads(1)
    w, v, x, y = (torch.tensor(array) for array in parts(data, gates, units))
    layer = (torch.nn.LSTM if gates == 4 else torch.nn.RNN)(WIDTH, units).double()
    with torch.no_grad():
        layer.weight_ih_l0.copy_(w[:, :WIDTH])
        layer.weight_hh_l0.copy_(w[:, WIDTH:-1])
        layer.bias_ih_l0.copy_(w[:, -1])
        layer.bias_hh_l0.zero_()
    last = v.requires_grad_()
    parameters = [layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, last]

    def step() -> Any:
        states, _ = layer(x)
        error = states[-1] @ last - y
        loss = (error * error).mean()
        return loss.detach(), torch.autograd.grad(loss, parameters)

    def flat(gradients: Any) -> Any:
        into, across, bias, weights = (x.numpy() for x in gradients)
        return np.concatenate([np.concatenate([into, across, bias[:, None]], 1).ravel(), weights])

    return one_gradient(step, flat, BATCH)


def jax_recurrent(data: Scalar, units: int, gates: int = 1) -> Ready:
    """JAX, jitted, with a scan over the steps, as in its documentation."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    w, v, x, y = (jnp.asarray(array) for array in parts(data, gates, units))

    def cell(w: Any, state: Any, x: Any) -> Any:
        h, c = state
        z = x @ w[:, :WIDTH].T + h @ w[:, WIDTH:-1].T + w[:, -1]
        if gates == 1:
            return (jnp.tanh(z), c), None
        i, f, g, o = jnp.split(z, 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

    def loss(parameters: Any) -> Any:
        w, v = parameters
        start = jnp.zeros((BATCH, units))
        (h, _), _ = jax.lax.scan(functools.partial(cell, w), (start, start), x)
        return jnp.mean((h @ v - y) ** 2)

    differentiate = jax.jit(jax.value_and_grad(loss))
    return one_gradient(
        lambda: jax.block_until_ready(differentiate((w, v))),
        lambda gradient: np.concatenate([np.asarray(array).ravel() for array in gradient]),
        BATCH,
    )


def cases() -> Iterator[Case]:
    """Yield the cases of the recurrence and the LSTM."""
    peers = {"ours": graphs.ours_gradient, "casadi": graphs.casadi_gradient}
    for title, cell, steps, units, by_hand, limit in (
        ("50 steps of 32", recurrent, 50, 32, numpy_recurrent, 1.3),
        ("LSTM, 20 of 16", lstm, 20, 16, numpy_lstm, 1.4),
    ):
        gates = 4 if cell is lstm else 1
        libraries = {
            "numpy": functools.partial(by_hand, units=units),
            "torch": functools.partial(torch_recurrent, units=units, gates=gates),
            "jax": functools.partial(jax_recurrent, units=units, gates=gates),
        }
        make = functools.partial(problem, cell, steps, units)
        yield Case(title, on(make, **peers, **libraries), {"numpy": limit}, rounds=9, size=1)
