"""Compare `autograd.compile` with its peers: networks, graphs of up to 3 million nodes, and the cost of compiling.

    python -m benchmarks.compiled [--quick | --full] [--only NAME] [--json PATH]

Every contender runs in its own process, on one core and with one thread. All contenders in a case stay alive and take
turns of a fifth of a second, so that a slower machine slows all of them; ratios are computed in each round. A first
call can only be made once, so there every turn is a fresh process.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import importlib.metadata
import importlib.util
import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from threading import Timer
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks import compiled_graphs as graphs
from benchmarks import compiled_peers as peers
from benchmarks import convolution, gpt_model, irregular, recurrent
from benchmarks.compiled_graphs import Scalar
from benchmarks.compiled_peers import Case, Make, Network, Ready, on
from benchmarks.engine import ROOT, Failure, cpu_model, ending, progress, table

TURN = 0.2  # seconds
TIMEOUT = 900  # seconds a process may take for one answer
ONE_THREAD = {
    **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")},
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}
MODULES = {
    "ours": "autograd",
    "eager": "autograd",
    "jax-tuned": "jax",
}  # what must be importable, where it is not the contender's name

# -- the cases ---------------------------------------------------------------------------------------------------------


def networks(data: Network, by_hand: Callable[[Network], Ready], trains: bool) -> dict[str, Make]:
    return {
        "ours": lambda: peers.ours_network(data, trains),
        "numpy": lambda: by_hand(data),
        "jax": lambda: peers.jax_network(data, trains, tuned=False),
        "jax-tuned": lambda: peers.jax_network(data, trains),
        "torch": lambda: peers.torch_network(data, trains),
    }


def mlp_step() -> Iterator[Case]:
    data = peers.network([2, 16, 16, 1], 100)
    contenders = {**networks(data, peers.numpy_step, True), "micrograd": lambda: peers.micrograd_step(data)}
    yield Case(
        "step", contenders, {"numpy": 1.3, "jax": 1.0, "jax-tuned": 1.0, "torch": 0.25}, most_rounds={"micrograd": 2}
    )


def mlp_784() -> Iterator[Case]:
    yield Case("gradient", networks(peers.network([784, 128, 10], 32), peers.numpy_large, False), {"numpy": 1.15})


def compile_time() -> Iterator[Case]:
    for thousands in (10, 30, 100, 300, 1_000, 3_000):
        yield first_calls(f"{thousands}k", functools.partial(graphs.written_out, thousands), 0.2, thousands, most=300)


def first_calls(title: str, problem: Callable[[], Scalar], limit: float, thousands: int, most: int) -> Case:
    """Ours, and CasADi up to `most` thousand nodes."""
    peer = {"casadi": graphs.casadi_first_call} if thousands <= most else {}
    size = (thousands > 30) + (thousands > 300)
    contenders = on(problem, ours=graphs.ours_first_call, **peer)
    return Case(title, contenders, {"casadi": limit}, rounds=1 if size == 2 else 3, first_call=True, size=size)


def random_dags() -> Iterator[Case]:
    for batch, limit in ((1_000, 1.0), (32, 4.0)):
        make = functools.partial(graphs.random_dag, 10_000, batch)
        by_value = on(make, ours=graphs.ours_value, casadi=graphs.casadi_value)
        by_gradient = on(make, ours=graphs.ours_gradient, casadi=graphs.casadi_gradient)
        yield Case(f"value of {batch:,}", by_value, {"casadi": limit}, rounds=9)
        yield Case(f"gradient of {batch:,}", by_gradient, {"casadi": limit}, rounds=9)
    yield beside_eager("gradient of 1", functools.partial(graphs.random_dag, 10_000, 1, single=True), {"eager": 1.0})
    for thousands in (10, 100, 1_000):
        make = functools.partial(graphs.random_dag, 1_000 * thousands, 2)
        yield first_calls(f"compile {thousands}k", make, 1.0, thousands, most=1_000)


def recurrences() -> Iterator[Case]:
    for batch in (1, 100):
        yield beside_eager(f"gradient of {batch}", functools.partial(graphs.recurrence, batch), {}, size=int(batch > 1))


def beside_eager(title: str, problem: Callable[[], Scalar], limits: dict[str, float], size: int = 0) -> Case:
    contenders = on(problem, ours=graphs.ours_gradient, eager=graphs.eager_gradient, casadi=graphs.casadi_gradient)
    return Case(title, contenders, limits, rounds=9, size=size)


WORKLOADS: dict[str, tuple[str, Callable[[], Iterator[Case]]]] = {
    "mlp-step": ("one training step of 2-16-16-1 relu, squared error, 100 samples", mlp_step),
    "mlp-784": ("value and gradient of 784-128-10 relu, cross entropy, 32 samples", mlp_784),
    "compile-time": ("first value and gradient of a network in plain scalar code, on 2 samples", compile_time),
    "random-dag": (
        "10,000 random operations, 385 deep, by number of samples; times a sample, or of a first call",
        random_dags,
    ),
    "irregular": ("an irregular graph, by number of operations; times a sample, or of a first call", irregular.cases),
    "recurrent": ("value and gradient of a recurrence and of an LSTM, 32 samples", recurrent.cases),
    "convolution": ("value and gradient of 8 filters of 3×3 on 8×8, pool, dense 10, 32 samples", convolution.cases),
    "gpt": (
        "value and gradient of a GPT of 4,192 parameters, 9 positions, by number of documents; a first call; 4 layers",
        gpt_model.cases,
    ),
    "recurrence": ("h = tanh(w·h + u·x + b), 10,000 times, by number of samples; times a sample", recurrences),
}


# -- one process -------------------------------------------------------------------------------------------------------


def child(workload: str, title: str, name: str) -> None:
    """Say what there is to compare; then, for each number of seconds that is read, what a sample takes."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    case = next(case for case in WORKLOADS[workload][1]() if case.title == title)
    try:
        made = case.contenders[name]()
        answer = [float(number) for number in (made.answer() if isinstance(made, Ready) else made.answer)]
        say({"answer": answer} if isinstance(made, Ready) else {**asdict(made), "answer": answer})
        for line in sys.stdin:
            say({"seconds": turn(made.step, float(line)) / made.samples})
    except Exception as error:  # any failure of a contender is a result to report, not a reason to stop the others
        say({"error": f"{type(error).__name__}: {error}"})


def say(reply: dict[str, Any]) -> None:
    print(json.dumps(reply), flush=True)


def turn(step: Callable[[], Any], duration: float) -> float:
    """The median time; the first, after others used the caches, does not count if there are more."""
    times: list[float] = []
    end = perf_counter() + duration
    while not times or perf_counter() < end:
        started = perf_counter()
        step()
        times.append(perf_counter() - started)
    return median(times[1:] or times)


# -- all processes -----------------------------------------------------------------------------------------------------


class Process:
    """A contender, alive."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "benchmarks.compiled", "--child", *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.popen = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ONE_THREAD}, text=True, **pipes)

    def read(self) -> dict[str, Any]:
        """What it says next; raises `Failure` however else it ends."""
        limit = Timer(TIMEOUT, self.popen.kill)
        limit.start()
        line = self.popen.stdout.readline()
        limit.cancel()
        if not line:
            raise Failure(ending(subprocess.CompletedProcess((), self.popen.wait(), stderr="")))
        reply = json.loads(line)
        if "error" in reply:
            raise Failure(reply["error"])
        return reply

    def turn(self) -> dict[str, Any]:
        print(TURN, file=self.popen.stdin, flush=True)
        return self.read()

    def end(self) -> None:
        self.popen.kill()
        self.popen.communicate()


@dataclass
class Series:
    """One contender in one case: the seconds of each round, in order, and what came with them, or how it failed."""

    seconds: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    nodes: int = 0
    bytes: list[int] = field(default_factory=list)
    failure: str = ""

    def add(self, reply: dict[str, Any]) -> None:
        self.answer = reply.get("answer", self.answer)
        self.nodes = reply.get("nodes", self.nodes)
        self.seconds += [reply["seconds"]] if "seconds" in reply else []
        self.bytes += [reply["bytes"]] if reply.get("bytes") else []


def run_case(workload: str, case: Case, rounds: int) -> dict[str, Series]:
    found = {name: Series() for name in case.contenders if installed(name)}
    alive: dict[str, Process] = {}
    for index in range(rounds):
        for name, series in found.items():
            if not series.failure and index < case.most_rounds.get(name, rounds):
                progress(f"round {index + 1} of {rounds}: {workload}, {case.title}, {name}")
                run_turn(series, alive, (workload, case.title, name), case.first_call)
    for process in alive.values():
        process.end()
    progress("")
    return found


def run_turn(series: Series, alive: dict[str, Process], key: tuple[str, str, str], first_call: bool) -> None:
    name = key[-1]
    try:
        if name not in alive:
            alive[name] = Process(*key)
            series.add(alive[name].read())
        if first_call:
            alive.pop(name).end()
        else:
            series.add(alive[name].turn())
    except Failure as failure:
        series.failure = str(failure)


def installed(name: str) -> bool:
    return importlib.util.find_spec(MODULES.get(name, name)) is not None


# -- what the figures say ----------------------------------------------------------------------------------------------

TITLES = ("", "median", "least", "us/node", "bytes/node", "ours/it", "range", "limit", "runs")


def rows(case: Case, results: dict[str, Series]) -> Iterator[list[str]]:
    for name, series in results.items():
        if series.seconds:
            yield [
                f"{case.title}: {name}",
                *times(series),
                *against(results.get("ours"), series, case.limits.get(name)),
            ]


def times(series: Series) -> list[str]:
    per_node = "-", "-"
    if series.nodes:
        size = f"{median(series.bytes) / series.nodes:.0f}" if series.bytes else "-"
        per_node = f"{1e6 * median(series.seconds) / series.nodes:.2f}", size
    return [readable(median(series.seconds)), readable(min(series.seconds)), *per_node]


def readable(seconds: float) -> str:
    for unit, scale in (("s", 1), ("ms", 1e3)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"


def against(ours: Series | None, series: Series, limit: float | None) -> list[str]:
    wanted, runs = f"{limit:g}" if limit else "-", str(len(series.seconds))
    if ours is None or ours is series or not ours.seconds:
        return ["-", "-", wanted, runs]
    found = [mine / theirs for mine, theirs in zip(ours.seconds, series.seconds, strict=False)]
    return [f"{median(found):.3f}", f"{min(found):.3f} to {max(found):.3f}", wanted, runs]


def remarks(case: Case, results: dict[str, Series]) -> Iterator[str]:
    """What the case says, who was skipped, who failed, and whose numbers are not those of the first peer."""
    yield from [f"{case.title}: {case.note}"] if case.note else []
    yield from (f"{case.title}: {name} is not installed" for name in case.contenders if name not in results)
    yield from (f"{case.title}: {name} fails: {one.failure}" for name, one in results.items() if one.failure)
    answers = {name: np.array(series.answer) for name, series in results.items() if series.answer}
    reference = next((name for name in answers if name != "ours"), "ours")
    for name, answer in answers.items():
        right = answers[reference]
        error = np.abs(answer - right).max() / np.abs(right).max() if answer.shape == right.shape else math.inf
        if not error <= case.tolerance:
            yield f"*** WRONG *** {case.title}: {name} and {reference} differ by {error:.1e}"


def growth(by_case: dict[str, dict[str, Series]]) -> Iterator[str]:
    """By least squares, over the first calls from 5,000 nodes on."""
    for name in ("ours", "casadi"):
        found = [results[name] for results in by_case.values() if name in results and results[name].nodes > 5_000]
        if len(found) > 1:
            nodes, seconds = [each.nodes for each in found], [median(each.seconds) for each in found]
            yield f"{name}: time grows as nodes ** {np.polyfit(np.log(nodes), np.log(seconds), 1)[0]:.3f}"


# -- the program -------------------------------------------------------------------------------------------------------


def measure(workload: str, size: int) -> tuple[dict[str, dict[str, Series]], bool]:
    """Print one workload; (its results by case, whether all numbers agree)."""
    title, cases = WORKLOADS[workload]
    by_case: dict[str, dict[str, Series]] = {}
    lines, notes = [list(TITLES)], []
    for case in cases():
        if case.size <= size:
            results = by_case[case.title] = run_case(workload, case, case.rounds if size else min(3, case.rounds))
            lines += rows(case, results)
            notes += remarks(case, results)
    if workload == "compile-time":
        notes += [*growth(by_case), "limits at 300k: 4 us and 450 bytes a node; nodes ** 1.1"]
    if workload == "irregular":
        notes += [*growth(by_case), "limits: 450 bytes a node; nodes ** 1.1"]
    used = [column for column in zip(*lines, strict=True) if any(cell not in ("", "-") for cell in column[1:])]
    print("\n".join([f"{workload}: {title}", table(list(zip(*used, strict=True))), *notes]) + "\n", flush=True)
    return by_case, not any(note.startswith("***") for note in notes)


def header() -> dict[str, str]:
    modules = {
        "numpy": "numpy",
        "jax": "jax",
        "torch": "torch",
        "casadi": "casadi",
        "ddx-ad": "ddx",
        "micrograd": "micrograd",
    }
    libraries = [name for name, module in modules.items() if installed(module)]
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "cpu": cpu_model(),
        "date": datetime.date.today().isoformat(),
        "load": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        "peers": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in libraries),
    }


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(description="Compare compiled functions with their peers.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_const", const=0, dest="size", help="3 rounds, at most 30,000 nodes")
    size.add_argument("--full", action="store_const", const=2, dest="size", help="up to 3 million nodes")
    parser.add_argument("--only", choices=WORKLOADS, action="append", help="run only this workload; can be repeated")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures of every round to this file")
    options = parser.parse_args()
    about = header()
    print("   ".join(f"{key}: {text}" for key, text in about.items()) + "\n")
    chosen = 1 if options.size is None else options.size
    found = {workload: measure(workload, chosen) for workload in options.only or WORKLOADS}
    if options.json:
        workloads = {workload: by_case for workload, (by_case, _) in found.items()}
        options.json.write_text(json.dumps({**about, "workloads": workloads}, indent=1, default=figures) + "\n")
    return int(not all(agree for _, agree in found.values()))


def figures(series: Series) -> dict[str, Any]:
    return {key: value for key, value in asdict(series).items() if key != "answer"}


if __name__ == "__main__":
    sys.exit(main())
