"""The contenders in `benchmarks.compiled`, each written as an expert in its library would write it.

A contender is a function that prepares everything and returns a `Ready`; or, for a first call, which can only be made
once, the `FirstCall` it measured. It runs in its own process with one thread. All compute in float64.
"""

from __future__ import annotations

import importlib
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
import nn

Array = NDArray[Any]
Number = Any  # a float, a Value, a CasADi symbol

LR = 0.01
STEPS_CHECKED = 5  # of a training: its losses and the parameters after it are compared


@dataclass(frozen=True)
class Ready:
    """What is timed, and the numbers to compare, which are asked for once, before it."""

    step: Callable[[], Any]
    answer: Callable[[], Sequence[float]]
    samples: int = 1  # that one step goes through, where contenders differ in it


Make = Callable[[], Any]
"""Makes a ``Ready``, or a ``FirstCall``."""


@dataclass(frozen=True)
class Case:
    """Contenders that do the same. limits: what our time over theirs should not exceed."""

    title: str
    contenders: dict[str, Make]
    limits: dict[str, float] = field(default_factory=dict)
    rounds: int = 15
    first_call: bool = False
    size: int = 0  # 0 is measured with --quick too, 2 only with --full
    most_rounds: dict[str, int] = field(default_factory=dict)  # of a slow contender
    tolerance: float = 1e-8  # of the largest number in an answer
    note: str = ""  # printed below the figures


def on(problem: Callable[[], Any], **contenders: Callable[[Any], Any]) -> dict[str, Make]:
    """Each on the problem, which is made in the process that needs it."""
    return {name: lambda make=make: make(problem()) for name, make in contenders.items()}


# -- the networks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Network:
    """Weights (outputs, inputs) and biases of each layer, and a batch."""

    weights: list[Array]
    biases: list[Array]
    inputs: Array
    targets: Array

    @property
    def classifies(self) -> bool:
        """Whether the targets are classes, for the cross entropy, rather than numbers, for the squared error."""
        return self.targets.dtype.kind == "i"

    def flat(self) -> Array:
        """Neuron by neuron, the weights and then the bias: the order of `nn.MLP.parameters()`."""
        return flattened(list(zip(self.weights, self.biases, strict=True)))


def flattened(layers: Sequence[tuple[Array, Array]]) -> Array:
    return np.concatenate([np.column_stack(layer).ravel() for layer in layers])


def network(widths: Sequence[int], batch: int) -> Network:
    draw = np.random.default_rng(0)
    pairs = list(itertools.pairwise(widths))
    weights = [draw.uniform(-1, 1, (nout, nin)) / math.sqrt(nin) for nin, nout in pairs]
    biases = [draw.uniform(-0.1, 0.1, nout) for _, nout in pairs]
    inputs = draw.uniform(-1, 1, (batch, widths[0]))
    targets = np.sin(3 * inputs[:, 0]) if widths[-1] == 1 else draw.integers(0, widths[-1], batch)
    return Network(weights, biases, inputs, targets)


def training(step: Callable[[], Any], theta: Callable[[], Any]) -> Ready:
    """Compared by the losses of the first steps and the parameters after them."""
    return Ready(step, lambda: [*(float(step()) for _ in range(STEPS_CHECKED)), *theta()])


def one_gradient(step: Callable[[], Any], flat: Callable[[Any], Any], samples: int = 1) -> Ready:
    """Compared by what `step` returns, a value and a gradient."""

    def answer() -> Sequence[float]:
        value, gradient = step()
        return [float(value), *flat(gradient)]

    return Ready(step, answer, samples)


# -- NumPy by hand -----------------------------------------------------------------------------------------------------


def numpy_step(data: Network) -> Ready:
    """Nineteen calls. A row of ones below the inputs of each layer makes its bias one more weight.

    A sample is a column, so that the rows which a layer fills are contiguous; np.dot, which costs half a microsecond
    less than np.matmul; sign as the slope of relu, which is faster than a comparison and a product with booleans.
    """
    count, theta = len(data.inputs), data.flat()
    grad = np.empty_like(theta)
    (w1, w2, w3), (g1, g2, g3) = [[part[:48].reshape(16, 3), part[48:320].reshape(16, 17), part[320:].reshape(1, 17)]
                                  for part in (theta, grad)]  # fmt: skip
    x, h1, h2 = (np.ones((rows, count)) for rows in (3, 17, 17))
    x[:2] = data.inputs.T
    a1, a2, w2_weights, w3_weights = h1[:16], h2[:16], w2[:, :16].T, w3[:, :16].T
    e, scaled, d, slope = np.empty((1, count)), np.empty((1, count)), np.empty((16, count)), np.empty((16, count))
    t, e_flat, xt, h1t, h2t = data.targets[None], e[0], x.T, h1.T, h2.T
    dot, maximum, sign, multiply, subtract = np.dot, np.maximum, np.sign, np.multiply, np.subtract
    two_over_n, d0 = 2 / count, np.empty((16, count))

    def step() -> float:
        maximum(dot(w1, x, a1), 0.0, out=a1)
        maximum(dot(w2, h1, a2), 0.0, out=a2)
        subtract(dot(w3, h2, e), t, e)
        loss = dot(e_flat, e_flat) / count
        dot(multiply(e, two_over_n, scaled), h2t, g3)
        multiply(dot(w3_weights, scaled, d), sign(a2, slope), d)
        dot(d, h1t, g2)
        multiply(dot(w2_weights, d, d0), sign(a1, slope), d0)
        dot(d0, xt, g1)
        multiply(grad, LR, grad)
        subtract(theta, grad, theta)
        return float(loss)

    return training(step, lambda: theta)


def numpy_large(data: Network) -> Ready:
    """Softmax cross entropy of 784-128-10 in 23 calls, two of them indexing; a sample is a row."""
    x, targets, count = data.inputs, data.targets, len(data.inputs)
    (w1, w2), (b1, b2) = data.weights, data.biases
    w1, w2 = np.ascontiguousarray(w1), np.ascontiguousarray(w2)
    g1, g2, c1, c2 = (np.empty_like(a) for a in (w1, w2, b1, b2))
    h, d, slope = (np.empty((count, 128)) for _ in range(3))
    z, row, ones, rows = np.empty((count, 10)), np.empty((count, 1)), np.full(count, 1.0), np.arange(count)
    w1t, w2t, flat_row, zt, dt = w1.T, w2.T, row[:, 0], z.T, d.T
    dot, maximum, multiply, add, subtract = np.dot, np.maximum, np.multiply, np.add, np.subtract
    log, exp, divide, sign, largest, total = np.log, np.exp, np.divide, np.sign, np.maximum.reduce, np.add.reduce

    def step() -> float:
        add(dot(x, w1t, h), b1, h)
        maximum(h, 0.0, out=h)
        add(dot(h, w2t, z), b2, z)
        subtract(z, largest(z, 1, None, row, True), z)
        chosen = total(z[rows, targets])
        total(exp(z, z), 1, None, row, True)
        loss = (total(log(flat_row)) - chosen) / count
        divide(z, multiply(row, count, row), z)
        z[rows, targets] -= 1 / count
        dot(zt, h, g2)
        dot(ones, z, c2)
        multiply(dot(z, w2, d), sign(h, slope), d)
        dot(dt, x, g1)
        dot(ones, d, c1)
        return float(loss)

    return Ready(step, lambda: [step(), *flattened([(g1, c1), (g2, c2)])])


# -- JAX, PyTorch, micrograd -------------------------------------------------------------------------------------------


def jax_network(data: Network, trains: bool, tuned: bool = True) -> Ready:
    """One jitted function, as its documentation has it; or tuned for functions as short as these.

    Tuned, it is dispatched synchronously, and a training keeps its parameters in one vector.
    """
    import jax
    import jax.numpy as jnp
    from jax.flatten_util import ravel_pytree

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", not tuned)
    parameters = [(jnp.asarray(w), jnp.asarray(b)) for w, b in zip(data.weights, data.biases, strict=True)]
    theta, unravel = ravel_pytree(parameters) if tuned else (parameters, lambda parameters: parameters)
    inputs, targets = jax.device_put((data.inputs, data.targets))

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        *hidden, (w_last, b_last) = parameters
        for w, b in hidden:
            x = jax.nn.relu(x @ w.T + b)
        z = x @ w_last.T + b_last
        if not data.classifies:
            return jnp.mean((z[:, 0] - y) ** 2)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1))

    def training_step(theta: Any, x: Any, y: Any) -> Any:
        value, gradient = jax.value_and_grad(lambda theta: loss(unravel(theta), x, y))(theta)
        return value, jax.tree.map(lambda p, g: p - LR * g, theta, gradient)

    train, differentiate = jax.jit(training_step, donate_argnums=0), jax.jit(jax.value_and_grad(loss))

    def step() -> Any:
        nonlocal theta
        value, theta = train(theta, inputs, targets)
        return value.block_until_ready()

    def gradient() -> Any:
        return jax.block_until_ready(differentiate(parameters, inputs, targets))

    def flat(layers: Any) -> Array:
        return flattened([(np.asarray(w), np.asarray(b)) for w, b in layers])

    return training(step, lambda: flat(unravel(theta))) if trains else one_gradient(gradient, flat)


def torch_network(data: Network, trains: bool) -> Ready:
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    layers = list(zip(data.weights, data.biases, strict=True))
    parameters = [torch.tensor(array, requires_grad=True) for layer in layers for array in layer]
    inputs, targets = torch.tensor(data.inputs), torch.tensor(data.targets)
    targets = targets if data.classifies else targets[:, None]
    pairs = list(zip(parameters[::2], parameters[1::2], strict=True))

    def gradient() -> Any:
        x = inputs
        for w, b in pairs[:-1]:
            x = functional.linear(x, w, b).relu_()
        z = functional.linear(x, *pairs[-1])
        loss = functional.cross_entropy(z, targets) if data.classifies else functional.mse_loss(z, targets)
        return loss.detach(), torch.autograd.grad(loss, parameters)

    def step() -> Any:
        value, gradients = gradient()
        with torch.no_grad():
            torch._foreach_add_(parameters, gradients, alpha=-LR)
        return value

    def flat(tensors: Sequence[Any]) -> Array:
        arrays = [tensor.detach().numpy() for tensor in tensors]
        return flattened(list(zip(arrays[::2], arrays[1::2], strict=True)))

    return training(step, lambda: flat(parameters)) if trains else one_gradient(gradient, flat)


def micrograd_step(data: Network) -> Ready:
    """The training loop of its author's lecture."""
    model = importlib.import_module("micrograd.nn").MLP(2, [16, 16, 1])
    parameters, xs, ys = model.parameters(), data.inputs.tolist(), data.targets.tolist()
    for parameter, number in zip(parameters, data.flat().tolist(), strict=True):
        parameter.data = number

    def step() -> float:
        loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True)) / len(xs)
        model.zero_grad()
        loss.backward()
        for p in parameters:
            p.data -= LR * p.grad
        return float(loss.data)

    return training(step, lambda: [p.data for p in parameters])


# -- ours --------------------------------------------------------------------------------------------------------------


def ours_network(data: Network, trains: bool) -> Ready:
    """The model neuron by neuron; SGD on the whole vector of parameters."""
    widths = [len(bias) for bias in data.biases]
    model = nn.MLP(data.inputs.shape[1], widths, activation="relu")
    for parameter, number in zip(model.parameters(), data.flat().tolist(), strict=True):
        parameter.data = number

    def loss(x: Any, y: Any) -> Any:
        if data.classifies:
            return nn.cross_entropy(model(x), y)
        error = model(x) - y
        return error * error

    program = autograd.compile(loss)
    program(data.inputs, data.targets)
    theta = program.read()
    order = places(program, model.parameters())

    place = None if trains else np.empty_like(theta)  # as the hand-written one has its arrays

    def gradient() -> Any:
        return program.value_and_grad(data.inputs, data.targets, parameters=theta, out=place)

    def step() -> Any:
        value, grad = gradient()
        np.multiply(grad, LR, grad)
        np.subtract(theta, grad, theta)
        return value

    return training(step, lambda: theta[order]) if trains else one_gradient(gradient, lambda grad: grad[order])


def places(program: Any, values: Sequence[Any]) -> list[int]:
    """Where each of these Values is among the program's parameters."""
    place = {parameter: index for index, parameter in enumerate(program.parameters)}
    return [place[value] for value in values]
