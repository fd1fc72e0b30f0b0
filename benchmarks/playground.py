"""Measure the pages Play and Learn in a real browser: what they load, and how long a reader waits.

    python -m benchmarks.playground [--visits N]      needs npm, Playwright and a Chromium on the PATH

Cold is a browser profile that has loaded nothing before; warm is its next visit, when the files come from the
browser's own store. Times are of the wall. Those of Play are medians over the visits, from the request to the first
box of the picture. In Learn, a new reader opens exercise 4 and checks a wrong answer: until its mistake is named. Then
each exercise is checked, three times, with a right and a wrong answer, a slip of somebody who had not seen the checks
(`tests/learn/strangers`): until the numbers are there, and until the search for the mistake is done, the slowest time.
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

from autograd.learn.exercises.exercise import Exercise, exercise
from autograd.playground.build import build
from autograd.playground.in_browser.learn import LAST
from autograd.playground.serve import COMPRESSED, server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

STRANGERS = Path(__file__).parents[1] / "tests" / "learn" / "strangers"
SLIPS = {
    1: "times_two_h", 2: "returns_in_loop", 3: "d_without_sign", 4: "swapped_return", 5: "neg_forgot_g", 6: "tanh_plus",
    7: "rtruediv_div", 8: "append_node_late", 9: "zeroes_in_second_loop", 10: "signed_difference",
    11: "layers_not_chained", 12: "overwrites_total", 13: "sum_not_mean",
}  # fmt: skip
SWAPPED = exercise(4).source().replace("(g * b, g * a)", "(g * a, g * b)")  # has a name: M14
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
            with playwright.chromium.launch(executable_path=shutil.which("chromium")) as browser:
                named = [seconds(lambda: first_mistake(browser, address)) for _ in range(visits)]
                checked = checks(browser, address)
        finally:
            running.shutdown()
        report(built, [folder / (path or "index.html") for path in first.files], others, named)
        report_checks(checked)


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


# ── Learn ───────────────────────────────────────────────────────────────────────────────────────────────────────────

WRITE = """(element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
CHECK = """() => new Promise((resolve) => {
    const report = document.getElementById("report"), start = performance.now();
    let first;
    new MutationObserver((changes, observer) => {
        const now = performance.now() - start;
        if (changes.some(({ type }) => type === "childList")) first ??= now;
        if (first === undefined || report.ariaBusy === "true") return;
        observer.disconnect();
        resolve([first / 1000, now / 1000]);
    }).observe(report, { childList: true, attributes: true });
    document.getElementById("check").click();
})"""


def first_mistake(browser: Browser, address: str) -> None:
    """What a new reader does who goes straight to Learn: open exercise 4, answer, have the mistake named."""
    with browser.new_context() as context:
        page = opened(context, address, exercise(4))
        write(page, SWAPPED)
        page.locator("#check").click()
        page.locator("#report[aria-busy=false]", has_text="M14").wait_for(timeout=LONGEST)


def checks(browser: Browser, address: str) -> list[Checked]:
    """Each exercise, checked in a page of its own, in which Python has started."""
    return [check(browser, address, exercise(number)) for number in range(1, LAST + 1)]


@dataclass(frozen=True)
class Checked:
    """Seconds until the numbers of a right and of a wrong answer are there, and until the search is done."""

    exercise: Exercise
    right: float
    wrong: float
    found: float


def check(browser: Browser, address: str, asked: Exercise) -> Checked:
    (slip,) = STRANGERS.glob(f"*_{asked.number:02}_*_{SLIPS[asked.number]}.py")
    times: dict[str, list[tuple[float, float]]] = {}
    with browser.new_context() as context:
        page = opened(context, address, asked)
        page.locator("#steps li").first.wait_for(timeout=LONGEST)
        for answer in (asked.source(), slip.read_text(encoding="utf-8")):
            write(page, answer)
            times[answer] = [tuple(page.evaluate(CHECK)) for _ in range(3)]
    right, wrong = times.values()
    return Checked(asked, max(right)[1], max(first for first, _ in wrong), max(last for _, last in wrong))


def opened(context: BrowserContext, address: str, asked: Exercise) -> Page:
    """The page of an exercise, which can be written in and checked."""
    page = context.new_page()
    page.goto(f"{address}learn.html?lang=en#{asked.number}")
    page.locator("#check:enabled[aria-disabled=false]").wait_for(timeout=LONGEST)
    return page


def write(page: Page, program: str) -> None:
    """Paste a program over the one that is there."""
    page.get_by_role("textbox").press("Control+a")
    page.get_by_role("textbox").evaluate(WRITE, program)


# ── the report ──────────────────────────────────────────────────────────────────────────────────────────────────────


def seconds(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


def report(built: list[float], files: list[Path], visits: list[Visit], named: list[float]) -> None:
    contents = {path: path.read_bytes() for path in files if path.is_file()}
    raw = sum(map(len, contents.values())) / 1e6
    served = sum(len(gzip.compress(x, 6) if path.suffix in COMPRESSED else x) for path, x in contents.items()) / 1e6
    rows = [
        ("first build, after npm", built[0], "s", None),
        ("second build", built[1], "s", 3.0),
        ("first load, files", raw, "MB", 16.0),
        ("first load, as served", served, "MB", 7.0),
        ("cold, to the first picture", median(seen.cold for seen in visits), "s", 6.0),
        ("cold, to the first mistake", median(named), "s", 8.0),
        ("warm, to the first picture", median(seen.warm for seen in visits), "s", 3.0),
        *((f"picture of {name}", median(seen.pictures[name] for seen in visits), "s", 0.3) for name in PICTURES),
    ]
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, medians over {len(visits)} visits")
    for name, figure, unit, goal in rows:
        print(f"{name:<28} {figure:7.2f} {unit:<3}" + ("" if goal is None else f" of at most {goal:g}"))


def report_checks(checked: list[Checked]) -> None:
    print("\nchecks, s, slowest of 3: right   wrong   its mistake")
    for row in checked:
        print(f"{row.exercise.name:<24} {row.right:6.2f}  {row.wrong:6.2f}  {row.found:6.2f}")
    slowest = [max(getattr(row, name) for row in checked) for name in ("right", "wrong", "found")]
    print(f"{'slowest':<24} {slowest[0]:6.2f}  {slowest[1]:6.2f}  {slowest[2]:6.2f}   of at most 0.5, 0.5, –")


if __name__ == "__main__":
    main()
