"""An irregular graph that nobody would write by hand: cases for `benchmarks.compiled`.

Each step combines an unused number with another one, recent or arbitrary. So 64 chains run in parallel and merge at
random, and no two parts are alike. The peers are CasADi and ddx; NumPy and PyTorch are left out because the graph has
no array structure, and JAX is asked for 300 operations only.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import compiled_graphs as graphs
from benchmarks.compiled_graphs import Scalar
from benchmarks.compiled_peers import Case, Number, on

LEAVES = 64
"""The number of leaves; half of them are inputs."""
RECENT = 100

JAX = "jax cannot do more: 1,000 of these operations are not compiled after 100 s"

Step = tuple[str, int, int]


def steps(count: int) -> tuple[list[Step], list[int]]:
    """Return each step (name, operands), made of one or two operations, and the numbers left unused at the end."""
    draw = random.Random(0)
    unused, known, taken, operations = list(range(LEAVES)), LEAVES, list[Step](), 0
    while operations < count:
        index = draw.randrange(len(unused))
        a, unused[index] = unused[index], unused[-1]
        oldest = max(0, known - RECENT) if draw.random() < 0.5 else 0
        name = draw.choice(["a * b", "tanh(a + b)", "sin(a - b)"])
        taken.append((name, a, draw.randrange(oldest, known)))
        unused[-1] = known
        known += 1
        operations += 1 if name == "a * b" else 2
    return taken, unused


def value(library: Any, taken: Sequence[Step], unused: Sequence[int], known: list[Number]) -> Number:
    """Run the steps on numbers and return the sum of the unused ones."""
    for name, i, j in taken:
        a, b = known[i], known[j]
        if name == "a * b":
            known.append(a * b)
        elif name == "tanh(a + b)":
            known.append(library.tanh(a + b))
        else:
            known.append(library.sin(a - b))
    return functools.reduce(lambda total, i: total + known[i], unused[1:], known[unused[0]])


def problem(count: int, batch: int) -> Scalar:
    """Build the problem: the sum of the numbers left unused after so many operations."""
    taken, unused = steps(count)

    def f(library: Any, parameters: Sequence[Number], x: Sequence[Number]) -> Number:
        return value(library, taken, unused, [*x, *parameters])

    nodes = sum(1 if name == "a * b" else 2 for name, _, _ in taken) + len(unused) - 1
    return Scalar(f, graphs.uniform(LEAVES // 2), [graphs.uniform(batch, LEAVES // 2, seed=1)], nodes)


def cases() -> Iterator[Case]:
    """Yield the cases: value and gradient for 32 samples, and a first call on 2; --full adds 1 and 3 million."""
    for thousands, size in ((10, 0), (100, 1)):
        make = functools.partial(problem, 1_000 * thousands, 32)
        contenders = on(make, ours=graphs.ours_gradient, casadi=graphs.casadi_gradient, ddx=graphs.ddx_gradient)
        yield Case(f"gradient, {thousands}k", contenders, {"casadi": 1.4}, rounds=9, size=size)
    first_calls = {"ours": graphs.ours_first_call, "casadi": graphs.casadi_first_call, "ddx": graphs.ddx_first_call}
    for thousands, size in ((10, 0), (100, 1), (1_000, 2)):
        contenders = on(functools.partial(problem, 1_000 * thousands, 2), **first_calls)
        rounds = 1 if size == 2 else 3
        yield Case(f"compile {thousands}k", contenders, {"casadi": 1.5}, rounds, first_call=True, size=size)
    largest = on(functools.partial(problem, 3_000_000, 2), ours=graphs.ours_first_call)  # CasADi takes minutes
    yield Case("compile 3000k", largest, rounds=1, first_call=True, size=2)
    few = on(functools.partial(problem, 300, 2), **first_calls, jax=graphs.jax_first_call)
    yield Case("compile 0.3k", few, rounds=3, first_call=True, size=1, note=JAX)
