"""Compare Adam's step on an array with a hand-written fused NumPy Adam and with PyTorch's, on one thread.

    python -m benchmarks.optimizers [--quick] [--json PATH]

All contenders run in one process and take turns, so that a slower machine slows all of them; ratios are computed in
each round. After the same steps on the same gradients, all must have the same numbers; otherwise the exit status is 1.
"ns each" means nanoseconds per parameter.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nn.optim
from autograd import Value
from benchmarks.engine import table

Array = NDArray[Any]
Step = Callable[[], object]
Make = Callable[[Array, Array], tuple[Step, Callable[[], Array]]]  # theta, gradient → the step, and what theta is now

TURN = 0.1  # seconds
ROUNDS = 25
SAME_STEPS = 5
LIMIT = 1.2  # what our time over that of the NumPy written by hand is meant to stay below
SIZES = (1_000, 100_000, 1_000_000)
TOLERANCE = {"float64": 1e-10, "float32": 1e-3}  # of the way moved: a thousandth of the numbers, which are rounded


# -- the contenders ----------------------------------------------------------------------------------------------------


def ours(theta: Array, gradient: Array) -> tuple[Step, Callable[[], Array]]:
    optimizer = nn.optim.Adam([Value(0.0) for _ in range(len(theta))])
    return lambda: optimizer.apply(theta, gradient), lambda: theta


def by_hand(theta: Array, gradient: Array) -> tuple[Step, Callable[[], Array]]:
    """Twelve calls on 16,384 numbers at a time, as somebody writes it who wants nothing but this Adam."""
    lr, beta1, beta2, eps, block, n = 1e-3, 0.9, 0.999, 1e-8, 16_384, len(theta)
    m, v, scratch = np.zeros_like(theta), np.zeros_like(theta), np.empty_like(theta, shape=min(block, n))
    t = 0

    def step() -> None:
        nonlocal t
        t += 1
        root = math.sqrt(1 - beta2**t)
        rate, floor = lr * root / (1 - beta1**t), eps * root
        for start in range(0, n, block):
            g, mean = gradient[start : start + block], m[start : start + block]
            square, x = v[start : start + block], theta[start : start + block]
            s = scratch[: len(g)]
            np.multiply(g, 1 - beta1, out=s)
            mean *= beta1
            mean += s
            np.multiply(g, g, out=s)
            s *= 1 - beta2
            square *= beta2
            square += s
            np.sqrt(square, out=s)
            s += floor
            np.divide(mean, s, out=s)
            s *= rate
            x -= s

    return step, lambda: theta


def in_torch(**options: bool) -> Make:
    def make(theta: Array, gradient: Array) -> tuple[Step, Callable[[], Array]]:
        import torch

        torch.set_num_threads(1)
        leaf = torch.tensor(theta, requires_grad=True)
        leaf.grad = torch.tensor(gradient)
        return torch.optim.Adam([leaf], **options).step, leaf.detach().numpy

    return make


def contenders() -> dict[str, Make]:
    numpy_alone: dict[str, Make] = {"ours": ours, "by hand": by_hand}
    if importlib.util.find_spec("torch") is None:
        print("torch is not installed: skipped")
        return numpy_alone
    return numpy_alone | {"torch foreach": in_torch(foreach=True), "torch fused": in_torch(fused=True)}


# -- the measurement ---------------------------------------------------------------------------------------------------


def measure(size: int, dtype: str, rounds: int) -> dict[str, Any]:
    """Seconds a step of each contender, round by round; and how far each is from ours, over the longest way moved."""
    draw = np.random.default_rng(0)
    start, gradient = (draw.normal(size=size).astype(dtype) for _ in range(2))
    made = {name: make(start.copy(), gradient.copy()) for name, make in contenders().items()}
    for step, _ in made.values():
        for _ in range(SAME_STEPS):
            step()
    moved = made["ours"][1]() - start
    apart = {name: float(abs(now() - start - moved).max() / abs(moved).max()) for name, (_, now) in made.items()}
    seconds: dict[str, list[float]] = {name: [] for name in made}
    for _ in range(rounds):
        for name, (step, _) in made.items():
            seconds[name].append(turn(step))
    return {"size": size, "dtype": dtype, "seconds": seconds, "apart": apart}


def turn(step: Step) -> float:
    """The median time of a step over a turn."""
    times, end = [], perf_counter() + TURN
    while perf_counter() < end:
        started = perf_counter()
        step()
        times.append(perf_counter() - started)
    return median(times)


def row(case: dict[str, Any]) -> list[str]:
    seconds = case["seconds"]
    ratios = [
        f"{median(a / b for a, b in zip(seconds['ours'], other, strict=True)):.2f}"
        for name, other in seconds.items()
        if name != "ours"
    ]
    return [case["dtype"], f"{case['size']:,}", f"{1e9 * median(seconds['ours']) / case['size']:.2f}", *ratios]


def wrong(case: dict[str, Any]) -> list[str]:
    return [name for name, far in case["apart"].items() if not far < TOLERANCE[case["dtype"]]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only 5 rounds")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    cases = [
        measure(size, dtype, 5 if arguments.quick else ROUNDS) for dtype in ("float64", "float32") for size in SIZES
    ]
    names = [f"ours/{name}" for name in cases[0]["seconds"] if name != "ours"]
    print("Adam, one step, one thread; the ratio to the hand-written one should stay below", LIMIT)
    print(table([["type", "parameters", "ns each", *names], *map(row, cases)]))
    if arguments.json:
        arguments.json.write_text(json.dumps(cases, indent=1), encoding="utf-8")
    bad = [
        f"*** WRONG *** {case['dtype']} {case['size']:,}: {', '.join(names)}"
        for case in cases
        if (names := wrong(case))
    ]
    print(*bad, sep="\n", end="\n" if bad else "")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
