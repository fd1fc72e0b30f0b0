"""Scalar code for `benchmarks.compiled`: networks in plain Python, random graphs and a recurrence.

The same functions run on Values, on recorded floats and on CasADi's symbols.
"""

from __future__ import annotations

import gc
import importlib
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

import autograd
from benchmarks.compiled_peers import Array, Number, Ready, one_gradient, places
from benchmarks.measure import growth, peak, resident, start_peak

# -- scalar code -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scalar:
    """f(library, parameters, a sample of each input), where `library` has tanh and sin. Inputs have a row a sample."""

    f: Callable[..., Number]
    numbers: Array
    inputs: list[Array]
    nodes: int
    single: bool = False  # ours is given the one row without a batch axis

    def on_values(self) -> tuple[Callable[..., Number], list[Number]]:
        """(f of the inputs alone, its parameters)."""
        parameters = [autograd.Value(number) for number in self.numbers.tolist()]
        return lambda *inputs: self.f(autograd, parameters, *inputs), parameters

    def arguments(self) -> list[Array]:
        return [rows[0] for rows in self.inputs] if self.single else self.inputs


def uniform(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def written_out(thousands: int) -> Scalar:
    """Squared error of a tanh network in plain scalar Python, sized for so many thousand nodes a sample."""
    hidden = round(math.sqrt(81 + 500 * thousands) - 9)
    layers = [(16, hidden), (hidden, hidden), (hidden, 1)]

    def f(library: Any, parameters: Sequence[Number], x: Sequence[Number], y: Number) -> Number:
        following = iter(parameters)
        for nin, nout in layers:
            neurons = [([next(following) for _ in range(nin)], next(following)) for _ in range(nout)]
            x = [library.tanh(sum((w * v for w, v in zip(ws, x, strict=True)), b)) for ws, b in neurons]
        error = x[0] - y
        return error * error

    numbers = uniform(sum(nout * (nin + 1) for nin, nout in layers)) / math.sqrt(hidden)
    nodes = 2 + sum(nout * (2 * nin + 1) for nin, nout in layers)
    return Scalar(f, numbers, [uniform(2, 16, seed=1), uniform(2, seed=2)], nodes)


def random_dag(count: int, batch: int, single: bool = False, leaves: int = 40, window: int = 60) -> Scalar:
    """The sum of the sinks of `count` random operations, 385 deep at 10,000. Half the leaves are inputs.

    Operands come from the last `window` nodes, but a quarter of the second ones are leaves: they keep the numbers from
    dying out. A node that nobody used is used before it leaves the window. What could get above 4 for leaves in [−1, 1]
    is passed through tanh or sin instead, so that gradients do not explode.
    """
    draw = random.Random(0)
    bounds, used, operations = [1.0] * leaves, [False] * leaves, []
    for index in range(leaves, leaves + count):
        oldest = max(0, index - window)
        a = draw.randrange(oldest, index) if used[oldest] else oldest
        b = draw.randrange(leaves) if draw.random() < 0.25 else draw.randrange(oldest, index)
        name = draw.choice(["+", "-", "*", "+", "-", "*", "tanh", "sin"])
        bound = bounds[a] * bounds[b] if name == "*" else bounds[a] + bounds[b]
        if name in ("tanh", "sin") or bound > 4:
            name, bound = draw.choice(["tanh", "sin"]), min(1.0, bounds[a])
        else:
            used[b] = True
        used[a] = True
        bounds.append(bound)
        used.append(False)
        operations.append((name, a, b))
    sinks = [index for index, seen in enumerate(used) if not seen]

    def f(library: Any, parameters: Sequence[Number], x: Sequence[Number]) -> Number:
        return dag_value(library, operations, [*x, *parameters], sinks)

    nodes = count + len(sinks) - 1
    return Scalar(f, uniform(leaves // 2), [uniform(batch, leaves // 2, seed=1)], nodes, single)


def dag_value(library: Any, operations: list[tuple[str, int, int]], known: list[Number], sinks: list[int]) -> Number:
    for name, a, b in operations:
        if name == "+":
            known.append(known[a] + known[b])
        elif name == "-":
            known.append(known[a] - known[b])
        elif name == "*":
            known.append(known[a] * known[b])
        else:
            known.append(library.tanh(known[a]) if name == "tanh" else library.sin(known[a]))
    first, *others = (known[sink] for sink in sinks)
    return sum(others, first)


def recurrence(batch: int) -> Scalar:
    """h = tanh(w·h + u·x + b), 10,000 times."""

    def f(library: Any, parameters: Sequence[Number], x: Sequence[Number]) -> Number:
        w, u, b = parameters
        h: Number = 0.0
        for number in x:
            h = library.tanh(w * h + u * number + b)
        return h

    return Scalar(f, np.array([0.5, 0.3, 0.1]), [uniform(batch, 10_000)], 50_000, single=batch == 1)


# -- scalar code on Values and on CasADi's symbols ---------------------------------------------------------------------


def ours_value(problem: Scalar) -> Ready:
    program, arguments = autograd.compile(problem.on_values()[0]), problem.arguments()
    return Ready(lambda: program(*arguments), lambda: program(*arguments), len(problem.inputs[0]))


def ours_gradient(problem: Scalar) -> Ready:
    f, parameters = problem.on_values()
    program, arguments = autograd.compile(f), problem.arguments()
    program(*arguments)
    theta, order = program.read(), places(program, parameters)
    return one_gradient(
        lambda: program.value_and_grad(*arguments, parameters=theta),
        lambda gradient: gradient[order],
        samples=len(problem.inputs[0]),
    )


def eager_gradient(problem: Scalar) -> Ready:
    """Nothing compiled: timed on one sample, compared on the mean of all."""
    f, parameters = problem.on_values()
    samples = list(zip(*(rows.tolist() for rows in problem.inputs), strict=True))

    def gradient(sample: Sequence[Any]) -> list[float]:
        for parameter in parameters:
            parameter.grad = 0.0
        result = f(*sample)
        result.backward()
        return [result.data, *(parameter.grad for parameter in parameters)]

    return Ready(lambda: gradient(samples[0]), lambda: np.mean([gradient(sample) for sample in samples], axis=0))


def casadi_value(problem: Scalar) -> Ready:
    return casadi_gradient(problem, differentiates=False)


def casadi_gradient(problem: Scalar, differentiates: bool = True) -> Ready:
    """SX, mapped over the rows. Its buffers are NumPy's own arrays: a row there is a column in CasADi's order."""
    numbers, rows = problem.numbers, np.column_stack(problem.inputs)
    function, batch = casadi_function(problem, *casadi_symbols(problem), differentiates), len(rows)
    if batch > 1:
        function = function.map("rows", "serial", batch, [1], [0, 1] if differentiates else [], {})
    results = [np.empty(1), np.empty(len(numbers))] if differentiates else [np.empty(batch)]
    buffer, run = function.buffer()
    for index, array in enumerate([rows, numbers]):
        buffer.set_arg(index, memoryview(array))
    for index, array in enumerate(results):
        buffer.set_res(index, memoryview(array))

    def step(kept_alive: Any = (buffer, rows, numbers)) -> Any:  # `run` has only their addresses
        run()
        return [array / batch for array in results] if differentiates else results

    return Ready(step, lambda: np.concatenate(step()), batch)


def casadi_symbols(problem: Scalar) -> tuple[list[Number], list[Any]]:
    """(a symbol for each parameter, for each input a symbol or a list of them)."""
    symbol = importlib.import_module("casadi").SX.sym
    inputs = [[symbol("x") for _ in rows[0]] if rows.ndim == 2 else symbol("y") for rows in problem.inputs]
    return [symbol("p") for _ in problem.numbers], inputs


def casadi_function(problem: Scalar, parameters: list[Number], inputs: list[Any], differentiates: bool) -> Any:
    """(column of inputs, parameters) ↦ f, and its gradient."""
    import casadi

    f, theta = problem.f(casadi, parameters, *inputs), casadi.vertcat(*parameters)
    flat = [x for each in inputs for x in (each if isinstance(each, list) else [each])]
    return casadi.Function("f", [casadi.vertcat(*flat), theta], [f, casadi.gradient(f, theta)][: 1 + differentiates])


# -- scalar code in ddx and in JAX -------------------------------------------------------------------------------------


def ddx_equation(problem: Scalar) -> tuple[Any, Array]:
    """The function as a ddx equation, whose parameters are symbols and whose inputs are not; and a column a sample."""
    import ddx

    def model() -> Any:
        parameters = [ddx.var(f"p{i}") for i in range(len(problem.numbers))]
        inputs = [[ddx.param(f"x{i}_{k}") for k in range(rows.shape[1])] for i, rows in enumerate(problem.inputs)]
        return problem.f(ddx, parameters, *inputs)

    points = np.repeat(problem.numbers[:, None], len(problem.inputs[0]), axis=1)
    return ddx.equation(model), np.concatenate([points, *(rows.T for rows in problem.inputs)])


def ddx_gradient(problem: Scalar) -> Ready:
    """Interpreted: LLVM takes more than a minute to compile 10,000 operations, which then run a tenth faster."""
    equation, points = ddx_equation(problem)
    call = equation.buffer(points)

    def step() -> Any:
        call()
        return float(np.mean(call.value)), np.mean(call.jacobian, axis=1)

    return one_gradient(step, lambda gradient: gradient, points.shape[1])


def ddx_first_call(problem: Scalar) -> FirstCall:
    def call() -> Any:
        equation, points = ddx_equation(problem)
        return equation.jacobian(points)

    importlib.import_module("ddx")
    (values, gradients), seconds, most = watched(call)
    return FirstCall(seconds, problem.nodes, most, [np.mean(values), *np.mean(gradients, axis=1)])


def jax_first_call(problem: Scalar) -> FirstCall:
    """The same scalar code jitted, each number a column of the batch."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loss(parameters: Any, *inputs: Any) -> Any:
        columns = [list(rows.T) for rows in inputs]
        return jnp.mean(problem.f(jnp, list(parameters), *columns))

    call = lambda: jax.block_until_ready(jax.jit(jax.value_and_grad(loss))(problem.numbers, *problem.inputs))  # noqa: E731
    (value, gradient), seconds, most = watched(call)
    return FirstCall(seconds, problem.nodes, most, [float(value), *np.asarray(gradient)])


# -- a first call ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FirstCall:
    """Recording, compiling, and value and gradient of the first batch."""

    seconds: float
    nodes: int
    bytes: int | None  # most resident memory until the end, less that before
    answer: Sequence[float]


def ours_first_call(problem: Scalar) -> FirstCall:
    f, parameters = problem.on_values()
    compile = autograd.compile  # loads the compiler before the clock starts, as CasADi is

    def call() -> tuple[Any, Any]:
        program = compile(f)
        return program, program.value_and_grad(*problem.inputs)

    (program, (value, gradient)), seconds, most = watched(call)
    return FirstCall(seconds, problem.nodes, most, [float(value), *gradient[places(program, parameters)]])


def casadi_first_call(problem: Scalar) -> FirstCall:
    symbols, rows = casadi_symbols(problem), np.column_stack(problem.inputs)

    def call() -> Any:
        return casadi_function(problem, *symbols, True).map(len(rows))(rows.T, problem.numbers)

    (values, gradients), seconds, most = watched(call)
    answer = [np.mean(values.full()), *np.mean(gradients.full(), axis=1)]
    return FirstCall(seconds, problem.nodes, most, answer)


def watched(call: Callable[[], Any]) -> tuple[Any, float, int | None]:
    """(result, seconds, growth of memory at its peak)."""
    gc.collect()
    start_peak()
    before, started = resident(), perf_counter()
    result = call()
    seconds, most = perf_counter() - started, peak()
    return result, seconds, growth(before, most)
