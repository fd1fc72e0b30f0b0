"""Compare a step of `nn.fit` with the same step without it, and the eager engine's step with micrograd's.

    python -m benchmarks.training [--quick] [--json PATH]

The training is the demo's: 100 points on two moons, 2-16-16-1 relu, squared error, SGD on all points at once, so that
every step is an epoch. All contenders run in one process and take turns; a step is the median of a turn, and ratios are
computed in each round. `by hand` is the compiled gradient and the optimizer's step in a plain loop. After the same
steps, all must have the same parameters; otherwise the exit status is 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import autograd
import nn
from benchmarks.compiled_peers import LR, STEPS_CHECKED, Network, micrograd_step, network
from benchmarks.engine import table

LIMITS = {("fit", "by hand"): 1.25, ("fit, a bar", "by hand"): 1.5, ("fit eager", "micrograd"): 0.1}
STEPS = {"fit eager": 20, "micrograd": 3}  # of a turn; 2,000 of the others
TOLERANCE = 1e-8  # of the longest way moved

Trained = tuple[Sequence[float], list[float]]  # the parameters, and when each step was over


def demo() -> Network:
    inputs, targets = nn.data.moons(100, 0.1, 0)
    return replace(network([2, 16, 16, 1], 100), inputs=inputs, targets=targets)


def model_of(data: Network) -> nn.MLP:
    model = nn.MLP(2, [16, 16, 1])
    for parameter, number in zip(model.parameters(), data.flat().tolist(), strict=True):
        parameter.data = number
    return model


# -- the contenders ----------------------------------------------------------------------------------------------------


def by_hand(data: Network, steps: int) -> Trained:
    model = model_of(data)
    optimizer = nn.SGD(model.parameters(), lr=LR)
    program = autograd.compile(lambda x, y: nn.mse_loss(model(x), y), parameters=model.parameters())
    X, y, stamps = data.inputs, data.targets, []
    theta = program.record(X, y).read()
    gradient = np.empty_like(theta)
    for _ in range(steps):
        program.value_and_grad(X, y, parameters=theta, out=gradient)
        optimizer.apply(theta, gradient)
        stamps.append(perf_counter())
    return theta, stamps


class Stamps:
    """A schedule, which is stepped after each epoch: for a callback the model's Values would be written each time."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def step(self) -> None:
        self.times.append(perf_counter())


def fit(data: Network, steps: int, **options: Any) -> Trained:
    model, stamps = model_of(data), Stamps()
    optimizer = nn.SGD(model.parameters(), lr=LR)
    nn.fit(
        model, data.inputs, data.targets, optimizer=optimizer, epochs=steps, batch_size=None, schedule=stamps, **options
    )
    return [x.data for x in model.parameters()], stamps.times


def micrograd(data: Network, steps: int) -> Trained:
    ready, stamps = micrograd_step(data), []
    for _ in range(steps):
        ready.step()
        stamps.append(perf_counter())
    return [], stamps


CONTENDERS: dict[str, Callable[[Network, int], Trained]] = {
    "by hand": by_hand,
    "fit": fit,
    "fit, a bar": lambda data, steps: fit(data, steps, progress=True),
    "fit eager": lambda data, steps: fit(data, steps, engine="eager"),
    "micrograd": micrograd,
}


# -- the measurement ---------------------------------------------------------------------------------------------------


def measure(data: Network, names: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """Seconds a step of each contender, round by round."""
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            _, stamps = CONTENDERS[name](data, STEPS.get(name, 2_000))
            seconds[name].append(median(np.diff(stamps).tolist()))
    return seconds


def wrong(data: Network, names: Sequence[str]) -> list[str]:
    """Who does not get where the one by hand gets."""
    ends = {name: np.asarray(CONTENDERS[name](data, STEPS_CHECKED)[0]) for name in names if name != "micrograd"}
    if "micrograd" in names:
        ends["micrograd"] = np.asarray(micrograd_step(data).answer()[STEPS_CHECKED:])
    expected = ends["by hand"]
    moved = abs(expected - data.flat()).max()
    return [name for name, end in ends.items() if not abs(end - expected).max() < TOLERANCE * moved]


def row(seconds: dict[str, list[float]], name: str, peer: str) -> list[str]:
    ratios = [a / b for a, b in zip(seconds[name], seconds[peer], strict=True)]
    span = f"{min(ratios):.3f}–{max(ratios):.3f}"
    return [f"{name} / {peer}", f"{1e6 * median(seconds[name]):,.1f}", f"{1e6 * median(seconds[peer]):,.1f}",
            f"{median(ratios):.3f}", span, str(LIMITS[name, peer])]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only 3 rounds")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    names = [name for name in CONTENDERS if name != "micrograd" or importlib.util.find_spec("micrograd")]
    data = demo()
    astray = wrong(data, names)
    seconds = measure(data, names, 3 if arguments.quick else 9)
    pairs = [pair for pair in LIMITS if set(pair) <= set(names)]
    print("one step, microseconds; the ratio should stay below the limit")
    print(table([["", "ours", "theirs", "ratio", "range", "limit"], *(row(seconds, *pair) for pair in pairs)]))
    if arguments.json:
        arguments.json.write_text(json.dumps(seconds, indent=1), encoding="utf-8")
    print(*(f"*** WRONG *** {name}" for name in astray), sep="\n", end="\n" if astray else "")
    return 1 if astray else 0


if __name__ == "__main__":
    sys.exit(main())
