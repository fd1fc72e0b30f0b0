"""Measure one engine on one workload in this process, and print the figures as one line of JSON.

    python -m benchmarks.measure ours sums-42k
    python -m benchmarks.measure ours --scaling 2000

`benchmarks.engine` starts this module in a new process for every measurement.
"""

from __future__ import annotations

import cmath
import gc
import json
import os
import random
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter_ns

from benchmarks.peers import PEERS, Engine, Number

Tanh = Callable[[Number], Number]
Build = Callable[[Sequence[Number], Tanh], Number]


# -- the workloads: ordinary Python scalar code, the same for every engine ---------------------------------------------


@dataclass(frozen=True)
class Workload:
    """A scalar function of many leaves; `nodes` is the number of operations in it, exactly, in every engine."""

    nodes: int
    leaves: list[float]
    build: Build


def sums(count: int) -> Workload:
    """`count` times: ten products, their sum, its tanh, added to a running total. 10 + 9 + 1 + 1 nodes each."""

    def build(leaves: Sequence[Number], tanh: Tanh) -> Number:
        inputs = [leaves[10 * row : 10 * row + 10] for row in range(50)]
        weights = [leaves[10 * row : 10 * row + 10] for row in range(50, 100)]
        total = leaves[1000]
        for index in range(count):
            products = [w * x for w, x in zip(weights[index // 50 % 50], inputs[index % 50], strict=True)]
            total = total + tanh(sum(products[1:], products[0]))
        return total

    return Workload(21 * count, uniform(1001), build)


def chain(steps: int) -> Workload:
    """x = x * a + b, `steps` times: two nodes each, one below the other."""

    def build(leaves: Sequence[Number], tanh: Tanh) -> Number:
        x, a, b = leaves
        for _ in range(steps):
            x = x * a + b
        return x

    return Workload(2 * steps, [0.5, 0.99999, 0.00001], build)


def wide(terms: int) -> Workload:
    """sum() over `terms` different leaves."""

    def build(leaves: Sequence[Number], tanh: Tanh) -> Number:
        return sum(leaves[1:], leaves[0])

    return Workload(terms - 1, uniform(terms), build)


def uniform(count: int) -> list[float]:
    draw = random.Random(0)
    return [draw.uniform(-1.0, 1.0) for _ in range(count)]


@dataclass(frozen=True)
class Case:
    """A workload by name, at the size that is measured."""

    title: str
    make: Callable[[int], Workload]
    size: int
    most_rounds: int = 1_000  # fewer for a slow one

    def workload(self) -> Workload:
        return self.make(self.size)


WARM_UP_SIZE = 50
CASES: dict[str, Case] = {
    "sums-42k": Case("2,000 sums of ten products, tanh, running total", sums, 2_000),
    "sums-420k": Case("20,000 sums of ten products, tanh, running total", sums, 20_000, most_rounds=3),
    "chain-200k": Case("x = x * a + b, 100,000 times", chain, 100_000),
    "wide-10k": Case("sum() of 10,000 leaves", wide, 10_000),
}


# -- the right answer, from no engine ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """The value of a workload and two sums over its gradient: plain, and weighted by position so that order counts."""

    value: float
    gradient_sum: float
    gradient_weighted: float


def weights(count: int) -> list[float]:
    return [(index + 1) / count for index in range(count)]


def directional_derivative(workload: Workload, direction: Sequence[float]) -> float:
    """The same code on complex numbers: Im f(x + ih·d) / h, exact to rounding (Squire and Trapp, 1998)."""
    step = 1e-30
    shifted = [complex(x, step * d) for x, d in zip(workload.leaves, direction, strict=True)]
    return float(workload.build(shifted, cmath.tanh).imag / step)


def expected(workload: Workload, value: float) -> Answer:
    count = len(workload.leaves)
    ones = [1.0] * count
    return Answer(value, directional_derivative(workload, ones), directional_derivative(workload, weights(count)))


def answer(engine: Engine, workload: Workload, leaves: Sequence[Number], value: float) -> Answer:
    gradients = [gradient for leaf in leaves if (gradient := engine.gradient(leaf)) is not None]
    if not gradients:
        return expected(workload, value)
    weighted = sum(w * g for w, g in zip(weights(len(leaves)), gradients, strict=True))
    return Answer(value, sum(gradients), weighted)


# -- the measurement ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What one process measured. Times are ns, memory is bytes, each for the whole graph; leaves are not counted."""

    nodes: int
    forward: int
    backward: int
    drop: int
    held: int | None  # resident memory after both passes, less that before them
    peak: int | None  # most resident memory until the end of the backward pass, less that before the forward pass
    tracked: int  # objects the collector has to look at
    left: int  # objects that only the collector can free once the graph is dropped
    answer: Answer


def measure(engine: Engine, workload: Workload) -> Figures:
    """Forward, backward and drop, once, under the collector's settings as they are."""
    leaves = engine.leaves(workload.leaves)
    gc.collect()
    objects = len(gc.get_objects())
    start_peak()
    resident_before = resident()

    started = perf_counter_ns()
    root = workload.build(leaves, engine.tanh)
    forward = perf_counter_ns() - started

    started = perf_counter_ns()
    engine.backward(root)
    backward = perf_counter_ns() - started
    resident_after, resident_most = resident(), peak()

    gc.disable()  # from here on, so that `left` and the time to drop are the graph's own
    tracked = len(gc.get_objects()) - objects
    result = answer(engine, workload, leaves, engine.value(root))
    started = perf_counter_ns()
    del root
    engine.forget()
    drop = perf_counter_ns() - started
    left = gc.collect()
    if left > workload.nodes // 100:  # most of the graph is still there: it is gone only now
        drop = perf_counter_ns() - started
    gc.enable()
    held = growth(resident_before, resident_after)
    return Figures(
        workload.nodes, forward, backward, drop, held, growth(resident_before, resident_most), tracked, left, result
    )


def growth(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def resident() -> int | None:
    return proc_status("VmRSS")


def peak() -> int | None:
    return proc_status("VmHWM")


def proc_status(field: str) -> int | None:
    """A size from /proc/self/status, in bytes; None where there is no such file."""
    try:
        with open("/proc/self/status") as lines:
            return next(1024 * int(line.split()[1]) for line in lines if line.startswith(field + ":"))
    except OSError:
        return None


def start_peak() -> None:
    """Forget the peak that importing the engine left behind."""
    try:
        with open("/proc/self/clear_refs", "w") as control:
            control.write("5")
    except OSError:
        pass


def scaling(engine: Engine, workload: Workload) -> float:
    """Best ns a node, forward and backward, with the collector paused; small graphs are repeated."""
    gc.disable()
    best = min(one_pass(engine, workload) for _ in range(max(3, 420_000 // workload.nodes)))
    gc.enable()
    return best / workload.nodes


def one_pass(engine: Engine, workload: Workload) -> int:
    leaves = engine.leaves(workload.leaves)
    started = perf_counter_ns()
    engine.backward(workload.build(leaves, engine.tanh))
    took = perf_counter_ns() - started
    engine.forget()
    return took


# -- the process -------------------------------------------------------------------------------------------------------


def with_deep_stack(work: Callable[[], None]) -> None:
    """Run `work` where recursion a million deep has room."""
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(512 * 1024 * 1024)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def report(name: str, arguments: Sequence[str]) -> None:
    """Print the figures, or {"error": …}."""
    try:
        engine = PEERS[name].load()
        if arguments[0] == "--scaling":
            one_pass(engine, sums(WARM_UP_SIZE))
            print(json.dumps(scaling(engine, sums(int(arguments[1])))))
        else:
            case = CASES[arguments[0]]
            measure(engine, case.make(WARM_UP_SIZE))
            print(json.dumps(asdict(measure(engine, case.workload()))))
    except Exception as error:  # any failure of an engine is a result to report, not a reason to stop the others
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))


def main() -> None:
    name, *arguments = sys.argv[1:]
    if PEERS[name].recurses:
        with_deep_stack(lambda: report(name, arguments))
    else:
        report(name, arguments)
    sys.stdout.flush()
    os._exit(0)  # what an engine does at interpreter exit is not measured


if __name__ == "__main__":
    main()
