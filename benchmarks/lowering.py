"""Measure what it takes to turn a compiled program into array calls, an instruction of the program.

    python -m benchmarks.lowering

Lowering decides which calls are made, and does not know how many rows there are; binding gives them their memory. Both
happen at the first call. Of each program the least of three processor times is shown.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any

import numpy as np

import autograd
from autograd.compiler.compiled import Compiled
from autograd.compiler.run.arrays.forward import lower
from autograd.compiler.run.arrays.plan import ArrayPlan
from benchmarks import gpt_model, irregular
from benchmarks.engine import table

ROUNDS = 3
Rule = Callable[[Any], Any]


def irregular_graph(count: int) -> Compiled:
    """An irregular graph, which becomes regions."""
    problem = irregular.problem(count, 2)
    program: Compiled = autograd.compile(problem.on_values()[0])
    return program.record(*problem.inputs)


def small_instructions(steps: int, lanes: int) -> Compiled:
    """Steps of changing kinds, each on all lanes, which stay arrays: no two neighbours are alike."""
    parameters = [autograd.Value(0.1 * i) for i in range(lanes)]
    rules: list[Rule] = [autograd.tanh, autograd.sin, autograd.cos, autograd.sigmoid, lambda a: a * 0.5]
    rules += [lambda a: a + a * a, lambda a: 1.0 - a, lambda a: autograd.maximum(a, 0.1)]

    def f(x: Sequence[Any]) -> Any:
        draw, values, before = random.Random(0), [w * a for w, a in zip(parameters, x, strict=True)], list(x)
        for _ in range(steps):
            rule = draw.choice(rules)
            values, before = [rule(a) + b * 0.1 for a, b in zip(values, before, strict=True)], values
        return autograd.sum(values)

    program: Compiled = autograd.compile(f)
    return program.record(np.ones((2, lanes)))


def gpt_of(layers: int) -> Compiled:
    """A GPT, which becomes a few large instructions."""
    sizes = gpt_model.Sizes(layers=layers)
    data = gpt_model.problem(sizes, 2, positions=9)
    weights = gpt_model.scalar_weights(data)
    program: Compiled = autograd.compile(lambda document: gpt_model.loss(weights, sizes, document))
    return program.record(data.documents)


PROGRAMS: dict[str, Callable[[], Compiled]] = {
    "irregular, 10k": lambda: irregular_graph(10_000),
    "irregular, 100k": lambda: irregular_graph(100_000),
    "2,000 small instructions": lambda: small_instructions(750, 16),
    "GPT, 4 layers": lambda: gpt_of(4),
}


def measured(name: str) -> list[str]:
    """The row of one program: its size, and microseconds an instruction."""
    (runner,) = PROGRAMS[name]()._runners.values()
    program, parameters = runner.program, runner.parameter_buffer
    shapes = [shape for _, shape, _ in runner.signature]
    lowering, binding = [], []
    for _ in range(ROUNDS):
        gc.collect()
        gc.disable()
        started = process_time()
        lowered = lower(program, runner.items, "gradient")
        between = process_time()
        ArrayPlan(lowered, 2, parameters.dtype, parameters, np.zeros_like(parameters), shapes)
        lowering.append(between - started)
        binding.append(process_time() - between)
        gc.enable()
    microseconds = (1e6 * min(times) / len(program) for times in (lowering, binding))
    return [name, f"{runner.recorded_size:,}", f"{len(program):,}", *(f"{time:.1f}" for time in microseconds)]


def main() -> None:
    print(table([["", "operations", "instructions", "lowering, us", "binding, us"], *map(measured, PROGRAMS)]))


if __name__ == "__main__":
    main()
