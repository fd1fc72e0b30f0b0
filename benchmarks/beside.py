"""Check the README's comparison with other libraries, as far as a program can, on every library that is installed.

    python -m benchmarks.beside [--hips FOLDER] [--rounds N]

HIPS/autograd has the same import name as this engine, so it needs a folder of its own:
`pip install --no-deps --target FOLDER autograd`. Each library runs in a fresh process; times are medians.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent
ADDITIONS = 100_000

Answer = float | str
Program = Callable[[], Answer]


# ── one library, in a process of its own ────────────────────────────────────────────────────────────────────────────


def ours() -> dict[str, Program]:
    from autograd import Value, sqrt, where

    return {**of_nodes(Value), "slope of where": lambda: gradient(lambda x: where(x > 0, sqrt(x), 0.0), Value(0.0))}


def micrograd() -> dict[str, Program]:
    from micrograd.engine import Value

    return of_nodes(Value)


def torch() -> dict[str, Program]:
    import torch

    torch.set_num_threads(1)

    def leaf(x: float) -> Any:
        return torch.tensor(x, dtype=torch.float64, requires_grad=True)

    def root_or_zero(x: Any) -> Any:
        return torch.where(x > 0, torch.sqrt(x), 0.0)

    return {
        **of_nodes(leaf),
        "two losses": lambda: two_losses(leaf(2.0), retain_graph=True),
        "slope of where": lambda: gradient(root_or_zero, leaf(0.0)),
    }


def hips() -> dict[str, Program]:
    import autograd.numpy as np

    from autograd import grad

    return {
        "chain": lambda: seconds(lambda: grad(chain)(1.0)),
        "gradient that is nan": lambda: float(grad(difference)(math.inf)),
        "slope of where": lambda: float(grad(lambda x: np.where(x > 0, np.sqrt(x), 0.0))(np.float64(0.0))),
    }


LIBRARIES = {"ours": ours, "micrograd": micrograd, "hips": hips, "torch": torch}


def of_nodes(leaf: Callable[[float], Any]) -> dict[str, Program]:
    """The programs for whatever has backward() and grad."""
    return {
        "chain": lambda: seconds(lambda: gradient(chain, leaf(1.0))),
        "two losses": lambda: two_losses(leaf(2.0)),
        "gradient that is nan": lambda: gradient(difference, leaf(math.inf)),
    }


def chain(x: Any) -> Any:
    total = x
    for _ in range(ADDITIONS):
        total = total + x
    return total


def difference(x: Any) -> Any:
    """At infinity: nan, with a slope that is nan."""
    return x * x - x * x


def two_losses(x: Any, **options: bool) -> float:
    """What two losses that share a node leave in the gradient: d(3x²)/dx + d(x⁴)/dx, which is 44 at 2."""
    z = x**2
    (3 * z).backward(**options)
    (z * z).backward()
    return float(x.grad)


def gradient(f: Callable[[Any], Any], x: Any) -> float:
    f(x).backward()
    return float(x.grad)


def seconds(run: Callable[[], Any]) -> float:
    start = perf_counter()
    if run() != ADDITIONS + 1:
        raise AssertionError("the gradient of the chain is wrong")
    return perf_counter() - start


def answers(programs: dict[str, Program]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for name, program in programs.items():
        try:
            found[name] = program()
        except Exception as error:  # what a library raises is its answer
            found[name] = type(error).__name__
    return found


# ── all of them ─────────────────────────────────────────────────────────────────────────────────────────────────────


def measure(library: str, rounds: int = 1, folder: str | None = None) -> dict[str, Answer] | None:
    """What a library answers, times as medians over the rounds; None where it is not installed."""
    if library != "hips" and library != "ours" and importlib.util.find_spec(library) is None:
        return None
    if library == "hips" and folder is None:
        return None
    environment = {**os.environ, "PYTHONPATH": str(folder if library == "hips" else ROOT)}
    command = [sys.executable, "-P", __file__, "--one", library]  # -P: not this folder, where our package is
    runs = [
        json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
        for _ in range(rounds)
    ]
    times = [run["chain"] for run in runs]
    return {**runs[0], "chain": times[0] if isinstance(times[0], str) else median(times)}


def main() -> None:
    """Print a row a program, a column a library."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--hips", metavar="FOLDER", help="folder where HIPS/autograd is installed")
    parser.add_argument("--rounds", type=int, default=3, help="number of rounds (default: 3)")
    parser.add_argument("--one", choices=LIBRARIES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        json.dump(answers(LIBRARIES[options.one]()), sys.stdout)
        return
    found = {library: measure(library, options.rounds, options.hips) for library in LIBRARIES}
    print(f"{'':<22}" + "".join(f"{library:>18}" for library in found))
    for name in ("chain", "two losses", "gradient that is nan", "slope of where"):
        cells = ["not installed" if answer is None else answer.get(name, "–") for answer in found.values()]
        print(f"{name:<22}" + "".join(f"{cell if isinstance(cell, str) else f'{cell:.3g}':>18}" for cell in cells))


if __name__ == "__main__":
    main()
