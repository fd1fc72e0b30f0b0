"""Compare the engine with its peers: time, memory and work for the garbage collector, per node.

    python -m benchmarks.engine [--quick | --full] [--engines ours,xad] [--repeat N] [--json PATH]

Every measurement is a fresh process with Python's default collector settings. Each round runs all engines in turn, so
that a slower or faster machine affects all of them. The README in this folder explains each figure.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import importlib.metadata
import json
import math
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that `python benchmarks/engine.py` finds its own package

from benchmarks.measure import CASES  # noqa: E402
from benchmarks.peers import PEERS, REPAIR  # noqa: E402

Figures = dict[str, Any]  # benchmarks.measure.Figures, as JSON

TIMEOUT = 180  # seconds a process may take
TOLERANCE = 1e-9  # relative, on the value and on both sums over the gradient
SMALLEST_FOR_MEMORY = 40_000  # nodes: below that, a megabyte the process happened to have free would be the figure
COMPARED = ("micrograd", "xad")  # whose ratio to ours is reported
SCALING_SIZES = (200, 2_000, 20_000)  # sums of 21 nodes
SCALING_FULL = 200_000


class Failure(Exception):
    """A process that gave no figures; the message says how it ended."""


# -- one process -------------------------------------------------------------------------------------------------------


def run_fresh(*arguments: str) -> Any:
    """The JSON that `benchmarks.measure` prints in a process of its own; raises `Failure` however else it ends."""
    command = [sys.executable, "-m", "benchmarks.measure", *arguments]
    try:
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Failure(f"no result after {TIMEOUT} s") from None
    if process.returncode or not process.stdout:
        raise Failure(ending(process))
    result = json.loads(process.stdout.splitlines()[-1])
    if isinstance(result, dict) and "error" in result:
        raise Failure(result["error"])
    return result


def ending(process: subprocess.CompletedProcess[str]) -> str:
    if process.returncode < 0:
        return f"crash: {signal.Signals(-process.returncode).name}"
    last_line = process.stderr.strip().rpartition("\n")[2] or "printed nothing"
    return f"exit code {process.returncode}: {last_line}"


# -- all processes -----------------------------------------------------------------------------------------------------


@dataclass
class Series:
    """One engine on one workload: the figures of each round, in order, or how it failed."""

    rounds: list[Figures] = field(default_factory=list)
    failure: str = ""

    def per_node(self, key: str) -> list[float]:
        """The figure of each round divided by the nodes; "total" is forward and backward. Empty if not measured."""
        keys = ("forward", "backward") if key == "total" else (key,)
        known = [figures for figures in self.rounds if figures[keys[0]] is not None]
        return [sum(figures[part] for part in keys) / figures["nodes"] for figures in known]


Results = dict[str, dict[str, Series]]  # by workload, then by engine


def run_rounds(engines: Sequence[str], workloads: Sequence[str], repeat: int) -> Results:
    results: Results = {workload: {engine: Series() for engine in engines} for workload in workloads}
    for index in range(repeat):
        for workload in workloads:
            for engine in engines:
                if index < min(PEERS[engine].most_rounds, CASES[workload].most_rounds):
                    progress(f"round {index + 1} of {repeat}: {workload}, {engine}")
                    run_round(results[workload][engine], engine, workload)
    progress("")
    return results


def run_round(series: Series, engine: str, workload: str) -> None:
    """Add one round to the series, unless it failed before."""
    if series.failure:
        return
    try:
        series.rounds.append(run_fresh(engine, workload))
    except Failure as failure:
        series.failure = str(failure)


def run_scaling(sizes: Sequence[int]) -> dict[int, float]:
    """Best ns a node by number of nodes, for our engine with the collector paused."""
    times = {}
    for size in sizes:
        progress(f"scaling: {21 * size:,} nodes")
        times[21 * size] = float(run_fresh("ours", "--scaling", str(size)))
    progress("")
    return times


def progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


# -- what the figures say ----------------------------------------------------------------------------------------------


def ratios(ours: Series, peer: Series) -> list[float]:
    """Our total time over the peer's, round by round."""
    return [mine / theirs for mine, theirs in zip(ours.per_node("total"), peer.per_node("total"), strict=False)]


def disagreements(by_engine: dict[str, Series]) -> list[str]:
    """Every number of every engine that is not the reference's, which comes from complex steps on bare floats."""
    floats = by_engine["floats"]
    if not floats.rounds:
        return [f"nothing to check against: {floats.failure}"]
    reference = floats.rounds[0]["answer"]
    return [
        f"{engine}: {key} is {figures['answer'][key]!r}, should be {right!r}"
        for engine, series in by_engine.items()
        for figures in series.rounds[:1]
        for key, right in reference.items()
        if not math.isclose(figures["answer"][key], right, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    ]


@dataclass(frozen=True)
class Column:
    title: str
    key: str
    reduce: Callable[[Iterable[float]], float]
    decimals: int = 0

    def cell(self, series: Series) -> str:
        values = series.per_node(self.key)
        return f"{self.reduce(values):,.{self.decimals}f}" if values else "-"


COLUMNS = (
    Column("forward", "forward", median),
    Column("backward", "backward", median),
    Column("total", "total", median),
    Column("min", "total", min),
    Column("drop", "drop", median),
    Column("bytes", "held", median),
    Column("peak", "peak", median),
    Column("objects", "tracked", median, decimals=2),
    Column("left", "left", median, decimals=2),
)
MEMORY = ("held", "peak")


def row(engine: str, series: Series) -> list[str]:
    small = series.rounds[0]["nodes"] < SMALLEST_FOR_MEMORY
    cells = ["-" if small and column.key in MEMORY else column.cell(series) for column in COLUMNS]
    return [engine, *cells, str(len(series.rounds))]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join([cells[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True))])
        for cells in rows
    )


def describe(workload: str, by_engine: dict[str, Series]) -> str:
    """Everything there is to say about one workload."""
    measured = {engine: series for engine, series in by_engine.items() if series.rounds}
    lines = [f"{workload}: {CASES[workload].title}; {CASES[workload].workload().nodes:,} nodes"]
    if measured:
        titles = ["", *(column.title for column in COLUMNS), "runs"]
        lines.append(table([titles, *(row(engine, series) for engine, series in measured.items())]))
    lines += [f"{engine} fails: {series.failure}" for engine, series in by_engine.items() if series.failure]
    lines += [ratio_line(name, pairs) for name, pairs in all_ratios(by_engine).items()]
    lines += [f"*** WRONG *** {complaint}" for complaint in disagreements(by_engine)]
    return "\n".join(lines)


def all_ratios(by_engine: dict[str, Series]) -> dict[str, list[float]]:
    """Ratios of ours to each compared peer, where both were measured."""
    ours = by_engine.get("ours", Series())
    found = {f"ours/{peer}": ratios(ours, by_engine.get(peer, Series())) for peer in COMPARED}
    return {name: pairs for name, pairs in found.items() if pairs}


def ratio_line(name: str, pairs: Sequence[float]) -> str:
    return f"{name:<14}  {median(pairs):.3f}   ({min(pairs):.3f} to {max(pairs):.3f} over {len(pairs)} pairs)"


def describe_scaling(times: dict[int, float]) -> str:
    rows = [["nodes", "ns a node"], *([f"{nodes:,}", f"{time:,.0f}"] for nodes, time in times.items())]
    spread = max(times.values()) / min(times.values())
    return f"scaling of ours, collector paused\n{table(rows)}\nmax/min  {spread:.2f}"


# -- the program -------------------------------------------------------------------------------------------------------


def header() -> dict[str, str]:
    """Where and with what the figures were taken."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "cpu": cpu_model(),
        "date": datetime.date.today().isoformat(),
        "load": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        "collector": str(gc.get_threshold()),
        "peers": versions(),
    }


def cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def versions() -> str:
    found = []
    for peer in PEERS.values():
        if peer.distribution and peer.installed():
            found.append(f"{peer.distribution} {importlib.metadata.version(peer.distribution)}")
    return ", ".join(found) or "none"


def line_up(wanted: Sequence[str]) -> list[str]:
    """The wanted engines that are installed, in running order, and bare floats, which are the check."""
    missing = [name for name in wanted if not PEERS[name].installed()]
    for name in missing:
        print(f"{name} skipped, not installed: {REPAIR if PEERS[name].distribution else 'pip install -e .'}")
    return [name for name in PEERS if name == "floats" or (name in wanted and name not in missing)]


def engine_names(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no engine {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return names


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare the engine with its peers.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="only sums-42k, 3 rounds, no scaling")
    size.add_argument("--full", action="store_true", help="scaling up to 4.2 million nodes")
    parser.add_argument(
        "--engines",
        type=engine_names,
        default=list(PEERS),
        help="engines to measure, separated by commas (default: " + ",".join(PEERS) + ")",
    )
    parser.add_argument(
        "--repeat",
        type=int,
        help="number of rounds (default: 9, or 3 with --quick); slow engines and workloads get fewer",
    )
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures of every round to this file")
    return parser.parse_args()


def main() -> int:
    options = parse()
    about = header()
    print("   ".join(f"{key}: {text}" for key, text in about.items()))
    engines = line_up(options.engines)
    workloads = ["sums-42k"] if options.quick else list(CASES)
    results = run_rounds(engines, workloads, options.repeat or (3 if options.quick else 9))
    print("ns and bytes a node; medians over the runs, and the least total\n")
    for workload, by_engine in results.items():
        print(describe(workload, by_engine) + "\n", flush=True)
    times: dict[int, float] = {}
    if "ours" in engines and not options.quick:
        times = scaling_or_nothing((*SCALING_SIZES, SCALING_FULL) if options.full else SCALING_SIZES)
    if options.json:
        options.json.write_text(json.dumps(as_json(about, results, times), indent=1) + "\n")
    return int(any(disagreements(by_engine) for by_engine in results.values()))


def scaling_or_nothing(sizes: Sequence[int]) -> dict[int, float]:
    try:
        times = run_scaling(sizes)
    except Failure as failure:
        print(f"scaling of ours fails: {failure}")
        return {}
    print(describe_scaling(times))
    return times


def as_json(about: dict[str, str], results: Results, times: dict[int, float]) -> dict[str, Any]:
    return {
        **about,
        "workloads": {
            workload: {
                "engines": {
                    engine: {"failure": series.failure, "rounds": series.rounds} for engine, series in by_engine.items()
                },
                "ratios": {name: median(pairs) for name, pairs in all_ratios(by_engine).items()},
                "wrong": disagreements(by_engine),
            }
            for workload, by_engine in results.items()
        },
        "scaling_ns_a_node": {str(nodes): time for nodes, time in times.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
