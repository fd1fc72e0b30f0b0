"""Measure the page Play in a real browser: what it loads, and how long a reader waits.

    python -m benchmarks.playground [--visits N]      needs npm, Playwright and a Chromium on the PATH

Cold is a browser profile that has loaded nothing before; warm is its next visit, when the files come from the
browser's own store. Times are of the wall, medians over the visits, from the request
to the first box of the picture.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from autograd.playground.build import build
from autograd.playground.serve import COMPRESSED, server

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright

PICTURES = ("neuron", "softmax", "attention")
LONGEST = 120_000  # milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the playground in a browser.")
    parser.add_argument("--visits", type=int, default=5, help="number of visits of each kind (default: 5)")
    visits = parser.parse_args().visits
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary) / "site"
        built = [seconds(lambda: build(folder)) for _ in range(2)]
        running = server(folder, 0)
        threading.Thread(target=running.serve_forever, daemon=True).start()
        address = f"http://localhost:{running.server_port}/"
        try:  # in the first visit, the server compresses its files
            first, *others = [visit(playwright, address, Path(temporary) / str(i)) for i in range(visits + 1)]
        finally:
            running.shutdown()
        report(built, [folder / (path or "index.html") for path in first.files], others)


@dataclass
class Visit:
    """What a new reader loads, and the seconds that pass. files: those of the first load."""

    files: set[str] = field(default_factory=set)
    cold: float = 0.0
    warm: float = 0.0
    pictures: dict[str, float] = field(default_factory=dict)


def visit(playwright: Playwright, address: str, profile: Path) -> Visit:
    """Two visits with a new profile: the second one finds the files in the browser's store."""
    seen = Visit()
    with playwright.chromium.launch_persistent_context(profile, executable_path=shutil.which("chromium")) as context:
        context.on("request", lambda request: seen.files.add(request.url.removeprefix(address)))
        seen.cold = seconds(lambda: first_picture(context, address))
        seen.files = {path for path in seen.files if ":" not in path}  # not the frame, nor the blob
        context.pages[-1].locator("html[data-offline]").wait_for(timeout=LONGEST)
        context.pages[-1].close()
        seen.warm = seconds(lambda: first_picture(context, address))
        for name in PICTURES:
            times = [seconds(lambda name=name: show(context.pages[-1], name)) for _ in range(5)]
            seen.pictures[name] = median(times)
    return seen


def first_picture(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address)
    page.frame_locator("iframe.part").locator(".node").first.wait_for(timeout=LONGEST)


def show(page: Page, name: str) -> None:
    """Open an example, and wait for its picture."""
    page.select_option("#examples", name)
    page.locator("#view[aria-busy=false]").wait_for(timeout=LONGEST)
    page.frame_locator("iframe.part").locator(".node").first.wait_for(timeout=LONGEST)


def seconds(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


def report(built: list[float], files: list[Path], visits: list[Visit]) -> None:
    contents = {path: path.read_bytes() for path in files if path.is_file()}
    raw = sum(map(len, contents.values())) / 1e6
    served = sum(len(gzip.compress(x, 6) if path.suffix in COMPRESSED else x) for path, x in contents.items()) / 1e6
    rows = [
        ("first build, after npm", built[0], "s", None),
        ("second build", built[1], "s", 3.0),
        ("first load, files", raw, "MB", 16.0),
        ("first load, as served", served, "MB", 7.0),
        ("cold, to the first picture", median(seen.cold for seen in visits), "s", 6.0),
        ("warm, to the first picture", median(seen.warm for seen in visits), "s", 3.0),
        *((f"picture of {name}", median(seen.pictures[name] for seen in visits), "s", 0.3) for name in PICTURES),
    ]
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, medians over {len(visits)} visits")
    for name, figure, unit, goal in rows:
        print(f"{name:<28} {figure:7.2f} {unit:<3}" + ("" if goal is None else f" of at most {goal:g}"))


if __name__ == "__main__":
    main()
