"""Compare a step of `nn.fit` on names with the same step without it: a GPT of 4,192 parameters, 32 names a step.

    python -m benchmarks.names [--quick]

`by hand` is the compiled loss of padded names and the optimizer's step in a plain loop; `by length` is fit for a model
that does not say it is causal. All take the names in one order and must end with the same parameters; otherwise the
exit status is 1. They take turns in one process; a step is the median of a turn, and ratios are computed in each round.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import autograd
import nn
from benchmarks.engine import table

DOCUMENTS = 32
RATE, BETAS = 0.01, (0.85, 0.99)
LIMIT = 1.15  # of fit to by hand
TOLERANCE = 1e-8

Array = np.ndarray[Any, Any]
Trained = tuple[Array, float, list[float]]  # the parameters, the seconds to the first step, and those of each other


def names() -> tuple[list[list[int]], list[list[int]]]:
    return nn.data.sequences(nn.data.names(seed=0))


def by_hand(steps: int) -> Trained:
    X, y = names()
    longest = max(map(len, X))
    tokens, targets = np.zeros((len(X), longest), int), np.full((len(X), longest), -100)
    for i, (row, following) in enumerate(zip(X, y, strict=True)):
        tokens[i, : len(row)], targets[i, : len(row)] = row, following
    counts = np.array([len(row) for row in X], float)
    model = nn.GPT(27, seed=0)
    began = perf_counter()
    optimizer = nn.Adam(model.parameters(), RATE, BETAS)
    loss = autograd.compile(lambda x, t, weight: weight * nn.cross_entropy(model(x), t), parameters=model.parameters())
    theta = loss.record(tokens, targets, counts).read()
    gradient, stamps = np.empty_like(theta), []
    with threadpool_limits(1, "blas"):
        while len(stamps) < steps:
            for begin in range(0, len(X), DOCUMENTS):
                part = slice(begin, begin + DOCUMENTS)
                weight = counts[part] / counts[part].mean()
                loss.value_and_grad(tokens[part], targets[part], weight, parameters=theta, out=gradient)
                optimizer.apply(theta, gradient)
                stamps.append(perf_counter())
                if len(stamps) == steps:
                    break
    return theta, stamps[0] - began, np.diff(stamps).tolist()


def fit(steps: int, *, causal: bool = True) -> Trained:
    X, y = names()
    model, stamps = nn.GPT(27, seed=0), []
    model.causal = causal

    def stamp(run: nn.Training) -> None:
        stamps.append(perf_counter())

    stamp.each_step = True  # type: ignore[attr-defined]
    began = perf_counter()
    nn.fit(
        model, X, y, loss="cross_entropy", optimizer=nn.Adam(model.parameters(), RATE, BETAS), batch_size=DOCUMENTS,
        epochs=steps, max_steps=steps, shuffle=False, progress=False, callbacks=[stamp],
    )  # fmt: skip
    return np.array([x.data for x in model.parameters()]), stamps[0] - began, np.diff(stamps).tolist()


CONTENDERS: dict[str, Callable[[int], Trained]] = {
    "by hand": by_hand,
    "fit": fit,
    "by length": lambda steps: fit(steps, causal=False),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only 3 rounds")
    arguments = parser.parse_args()
    rounds, steps = (3, 200) if arguments.quick else (9, 400)
    first: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    step: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    ends: dict[str, Array] = {}
    for _ in range(rounds):
        for name, train in CONTENDERS.items():
            ends[name], took, others = train(steps)
            first[name].append(took)
            step[name].append(median(others))
    rows = [["", "first step, s", "a step, ms", "ratio", "range"]]
    for name in CONTENDERS:
        ratios = [a / b for a, b in zip(step[name], step["by hand"], strict=True)]
        span = f"{min(ratios):.3f}–{max(ratios):.3f}"
        seconds, milliseconds = f"{median(first[name]):.2f}", f"{1e3 * median(step[name]):.3f}"
        rows.append([name, seconds, milliseconds, f"{median(ratios):.3f}", span])
    print(table(rows))
    print(f"the ratio of fit should stay below {LIMIT}")
    astray = [name for name, end in ends.items() if not abs(end - ends["by hand"]).max() < TOLERANCE]
    print(*(f"*** WRONG *** {name}" for name in astray), sep="\n", end="\n" if astray else "")
    return 1 if astray else 0


if __name__ == "__main__":
    sys.exit(main())
