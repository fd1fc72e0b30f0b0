"""Differentiate a recurrence, an LSTM and a convolution on engines from objects to arrays: the factor of each step.

    python -m benchmarks.ledgers [--rounds N]

It is the ledger of `benchmarks.gpt` for the networks of `benchmarks.recurrent` and `benchmarks.convolution`: value and
gradient of one sample, or of 32. All engines run the same scalar code, each in a fresh process with one thread, and
take turns; the last line is NumPy written by hand, on 32 samples. Times are of the processor. All must compute the same
value and gradient, otherwise the exit status is 1.
"""

from __future__ import annotations

import argparse
import functools
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import process_time
from types import SimpleNamespace
from typing import Any

import numpy as np

import autograd
from autograd.compiler import PASSES
from benchmarks import convolution, microgpt, recurrent
from benchmarks.compiled import ONE_THREAD, header
from benchmarks.compiled_graphs import Scalar
from benchmarks.compiled_peers import Array, Number
from benchmarks.engine import table
from benchmarks.gpt import share

ROUNDS, SECONDS = 3, 0.5
DEPTH = 100_000  # of calls: a peer's backward visits a graph recursively, as deep as it is
TOLERANCE = {"float64": 1e-9, "float32": 1e-3}  # of the largest number

Answer = Callable[[], Sequence[float]]
"""Compute the value and the gradient."""


@dataclass(frozen=True)
class Network:
    """A problem in scalar code, and the same by hand on 32 samples."""

    title: str
    problem: Callable[[], Scalar]
    by_hand: Callable[[Scalar], Any]


NETWORKS = [
    Network(
        "a recurrence: 50 steps of 32 units",
        functools.partial(recurrent.problem, recurrent.recurrent, 50, 32),
        functools.partial(recurrent.numpy_recurrent, units=32),
    ),
    Network(
        "an LSTM: 20 steps of 16 units",
        functools.partial(recurrent.problem, recurrent.lstm, 20, 16),
        functools.partial(recurrent.numpy_lstm, units=16),
    ),
    Network("a convolution: 8 filters of 3x3 on 8x8, dense 10", convolution.problem, convolution.numpy_by_hand),
]


# -- the engines -------------------------------------------------------------------------------------------------------


def larger(a: microgpt.Value, b: Number) -> microgpt.Value:
    """Return the maximum, in microgpt's form: the local derivative is 1 for the larger operand and 0 for the other."""
    b = b if isinstance(b, microgpt.Value) else microgpt.Value(b)
    is_first = float(a.data > b.data)
    return microgpt.Value(max(a.data, b.data), (a, b), (is_first, 1.0 - is_first))


def tanh(x: microgpt.Value) -> microgpt.Value:
    t = math.tanh(x.data)
    return microgpt.Value(t, (x,), (1.0 - t * t,))


OBJECTS = SimpleNamespace(exp=lambda x: x.exp(), log=lambda x: x.log(), tanh=tanh, maximum=larger)


def eager(data: Scalar, library: Any, make: Callable[[float], Number]) -> Answer:
    """Build the graph of the first sample, and go back through it."""
    parameters = [make(number) for number in data.numbers.tolist()]
    sample = [rows[0].tolist() for rows in data.inputs]

    def answer() -> Sequence[float]:
        for p in parameters:
            p.grad = 0.0
        root = data.f(library, parameters, *sample)
        root.backward()
        return [root.data, *(p.grad for p in parameters)]

    return answer


def compiled(data: Scalar, batch: int, **options: Any) -> Answer:
    f, parameters = data.on_values()
    program = autograd.compile(f, parameters=parameters, **options)
    rows = [array[:batch] for array in data.inputs]
    theta = data.numbers.astype(options.get("dtype", "float64"))
    gradient = np.empty_like(theta)

    def answer() -> Sequence[float]:
        value, _ = program.value_and_grad(*rows, parameters=theta, out=gradient)
        return np.append(value, gradient)  # type: ignore[return-value]

    return answer


@dataclass
class Entry:
    """A line of the ledger. samples: those that one call goes through. first: seconds of first calls, which record."""

    title: str
    make: Callable[[Network], Answer]
    samples: int = 1
    dtype: str = "float64"
    is_compiled: bool = False
    seconds: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    answer: Array = field(default_factory=lambda: np.empty(0))


def entries() -> list[Entry]:
    single, double = "float32", "float64"
    return [
        Entry("objects with slots, microgpt's form", lambda of: eager(of.problem(), OBJECTS, microgpt.Value)),
        Entry("nodes: the same code on this Value", lambda of: eager(of.problem(), autograd, autograd.Value)),
        Entry("program: recorded, run on floats", lambda of: compiled(of.problem(), 1, passes=()), 1, double, True),
        Entry("arrays: one sample", lambda of: compiled(of.problem(), 1, passes=PASSES), 1, double, True),
        Entry("arrays: 32 samples", lambda of: compiled(of.problem(), 32), 32, double, True),
        Entry("32 samples, float32", lambda of: compiled(of.problem(), 32, dtype=single), 32, single, True),
        Entry("NumPy written by hand, 32 samples", lambda of: of.by_hand(of.problem()).answer, 32),
    ]


# -- the measurement ---------------------------------------------------------------------------------------------------


def child(entry: Entry, network: Network) -> None:
    """Print the answer, the seconds of the first call and those of a further one."""
    sys.setrecursionlimit(DEPTH)
    answer = entry.make(network)
    began = process_time()
    numbers = [float(number) for number in answer()]
    first, times = process_time() - began, [0.0]
    while len(times) < 4 or sum(times) < SECONDS:
        began = process_time()
        answer()
        times.append(process_time() - began)
    print(json.dumps({"answer": numbers, "first": first, "seconds": median(times[1:])}))


def measure(entry: Entry, network: int, index: int) -> None:
    command = [sys.executable, "-m", "benchmarks.ledgers", "--child", str(network), str(index)]
    done = subprocess.run(command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=True)
    reply = json.loads(done.stdout.splitlines()[-1])
    entry.answer = np.array(reply["answer"])
    entry.seconds.append(reply["seconds"] / entry.samples)
    entry.first.append(reply["first"])


def ledger(found: list[Entry]) -> str:
    rows = [["", "a sample", "factor", "recording", "of objects"]]
    base, before = median(found[0].seconds), 0.0
    for entry in found:
        seconds = median(entry.seconds)
        factor = f"{before / seconds:.2f}" if before else ""
        first = f"{median(entry.first):.2f} s" if entry.is_compiled else ""
        rows.append([entry.title, f"{1e3 * seconds:.3g} ms", factor, first, share(seconds / base)])
        before = seconds
    return table(rows)


def wrong(found: list[Entry]) -> list[str]:
    """Compare each entry with the first that goes through as many samples."""
    lines = []
    for entry in found:
        expected = next(other.answer for other in found if other.samples == entry.samples)
        error = float(np.abs(entry.answer - expected).max() / np.abs(expected).max())
        if not error <= TOLERANCE[entry.dtype]:
            lines.append(f"*** WRONG *** {entry.title}: value and gradient differ by {error:.1e}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description="Differentiate networks on engines from objects to arrays.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    parser.add_argument("--child", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        network, index = options.child
        child(entries()[index], NETWORKS[network])
        return 0
    print("   ".join(f"{key}: {text}" for key, text in header().items()))
    lines: list[str] = []
    for number, network in enumerate(NETWORKS):
        found = entries()
        for _ in range(options.rounds):
            for index, entry in enumerate(found):
                measure(entry, number, index)
        print(f"\n{network.title}\n{ledger(found)}")
        lines += wrong(found)
    print("\n".join(lines))
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
