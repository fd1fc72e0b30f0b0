"""Compare the import time of `import autograd, nn` with that of `import numpy`.

    python -m benchmarks.imports [--pairs N]

Fresh interpreters run the two in turn; the result is the median of the pairwise ratios.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
OURS = "import autograd, nn"
NUMPY = "import numpy"
ENVIRONMENT = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(statement: str) -> tuple[float, float]:
    """Wall time of the statement, and of the whole process that runs it."""
    code = f"from time import perf_counter as now\nstart = now()\n{statement}\nprint(now() - start)"
    start = perf_counter()
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, env=ENVIRONMENT)
    whole = perf_counter() - start
    if process.returncode:
        raise SystemExit(f"`{statement}` failed: {process.stderr.strip().rpartition(chr(10))[2]}")
    return float(process.stdout), whole


def report(name: str, ours: list[float], numpy: list[float]) -> str:
    ratio = median(mine / theirs for mine, theirs in zip(ours, numpy, strict=True))
    return f"{name:<16}  {1000 * median(ours):6.1f} ms   {1000 * median(numpy):6.1f} ms   ratio {ratio:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the import time with NumPy's.")
    parser.add_argument("--pairs", type=int, default=15, help="number of pairs (default: 15)")
    pairs = parser.parse_args().pairs
    seconds(OURS), seconds(NUMPY)  # bytecode is compiled and files are in memory after these
    measured = [(seconds(OURS), seconds(NUMPY)) for _ in range(pairs)]
    print(f"{OURS} beside {NUMPY}, medians over {pairs} pairs")
    for index, name in enumerate(("import statement", "whole process")):
        print(report(name, [ours[index] for ours, _ in measured], [numpy[index] for _, numpy in measured]))


if __name__ == "__main__":
    main()
