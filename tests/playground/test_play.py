"""The page Play in a browser. The Content-Security-Policy also refuses Playwright's wait_for_function."""

from __future__ import annotations

import re
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from autograd.playground.serve import server

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

pytestmark = pytest.mark.browser

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&<{}|"
START = 60_000  # milliseconds: on a machine that does much else


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


def idle(page: Page) -> None:
    """Wait until what was asked for is shown."""
    expect(page.locator("#view")).to_have_attribute("aria-busy", "false", timeout=START)


def ready(page: Page) -> None:
    expect(page.locator("#status")).to_have_text(re.compile("Ready|开始"), timeout=START)


def write(page: Page, program: str) -> None:
    """Paste a program over the one that is there: CodeMirror does that itself, and Chromium would write styles."""
    editor = page.get_by_role("textbox", name="Program")
    editor.press("Control+a")
    editor.evaluate(
        """(element, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        program,
    )


def run(page: Page, program: str) -> None:
    write(page, program)
    page.get_by_role("button", name="Run").click()
    idle(page)


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe.part")


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest, chromium: Any, served: str) -> Iterator[Page]:
    """One page for the tests that leave it as it was: starting Python takes the longest."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, locale="en-US")
    page = context.new_page()
    page.console = []
    page.asked = []
    context.on("console", lambda message: page.console.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: page.console.append(str(error.error)))
    context.on("request", lambda request: page.asked.append(request.url))
    page.goto(served)
    ready(page)
    idle(page)
    yield page
    context.close()
    assert [url for url in page.asked if not url.startswith((served, "blob:", "data:"))] == []


@pytest.fixture
def play(shared: Page) -> Iterator[Page]:
    yield shared
    assert shared.console == []


# ── a program ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_example_is_shown_at_once(play: Page) -> None:
    expect(frame(play).locator(".node")).to_have_count(3)
    assert play.locator("iframe.part").get_attribute("title").startswith("Computation graph of c = −6.")
    assert frame(play).locator("[data-node=n0] text.grad:not(.key)").text_content() == "−3"


def test_each_example_shows_a_picture(play: Page) -> None:
    names = [option.get_attribute("value") for option in play.locator("#examples option").all()]
    for name in filter(None, names):
        play.select_option("#examples", name)
        idle(play)
        expect(frame(play).locator(".node").first).to_be_visible()
        assert play.locator("#error").is_visible() == (name == "infinity"), name


def test_an_error_is_marked_at_its_line_and_announced(play: Page) -> None:
    run(play, "from autograd import Value\n\nx = Value(0.0)\ny = x.log()\ny.backward()\n")
    alert = play.get_by_role("alert")
    assert alert.text_content().startswith("Line 5: NonFiniteError: log(0.0) is -inf, so this loss has no usable")
    assert play.locator(".cm-lintRange-error").text_content() == "y.backward()"
    expect(frame(play).locator(".node").first).to_be_visible()  # the graph shows where it happened
    run(play, "import torch")
    assert "torch is not in this page" in play.locator("#advice").text_content()
    run(play, "x = (1 +\n")
    assert alert.text_content() == "Line 1: SyntaxError: '(' was never closed"
    run(play, "1 + 1")
    assert alert.is_hidden()
    assert play.locator("#output").text_content() == "2\n"
    assert "made no Value" in play.locator("#view").text_content()


def test_the_player_by_keyboard(play: Page) -> None:
    play.select_option("#examples", "product")
    idle(play)
    play.get_by_role("button", name="Step by step").click()
    idle(play)
    slider = frame(play).locator("[type=range]")
    expect(slider).to_have_value("0")
    frame(play).locator(".panel").focus()
    for position in "1", "2":
        play.keyboard.press("ArrowRight")
        assert slider.input_value() == position
    assert frame(play).locator(".lines").inner_text().splitlines()[0].startswith("b.grad += c.grad")
    play.keyboard.press("Home")
    assert slider.input_value() == "0"


def test_finite_differences_find_a_wrong_rule(play: Page) -> None:
    play.select_option("#examples", "own_rule")
    idle(play)
    play.get_by_role("button", name="Finite differences").click()
    idle(play)
    cells = [row.inner_text().split("\t") for row in play.locator("tbody tr").all()]
    assert [[cell.strip() for cell in row] for row in cells] == [["a", "2", "9", "13", "differ"]]
    assert "first wrong rule  cube" in play.locator("#view .words").text_content()


def test_the_quiz_names_a_mistake(play: Page) -> None:
    play.select_option("#examples", "product")
    idle(play)
    play.get_by_role("button", name="Quiz").click()
    idle(play)
    frame(play).locator("[data-do=next]").click()
    answer = frame(play).locator("form input")
    answer.fill("3")
    answer.press("Enter")
    expect(frame(play).locator(".more")).to_contain_text("sign")


@pytest.mark.parametrize("view", ["picture", "player", "differences"])
def test_hostile_text_stays_text(play: Page, view: str) -> None:
    run(play, f"from autograd import Value\nx = Value(2.0, label={HOSTILE!r})\nprint({HOSTILE!r})\ny = x * x\n")
    play.locator(f"[data-view={view}]").click()
    idle(play)
    assert HOSTILE in play.locator("#output").text_content()
    if view == "differences":
        assert HOSTILE in play.locator("#view").text_content()
    else:
        expect(frame(play).locator(".node").first).to_be_visible()
    assert play.locator("img[src=x]").count() == frame(play).locator("img[src=x]").count() == 0
    run(play, f"raise ValueError({HOSTILE!r})")
    assert HOSTILE in play.get_by_role("alert").text_content()


class _Open(BaseHTTPRequestHandler):
    """A server that every page may ask, as far as it is concerned."""

    hits: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.hits.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_a_program_reaches_no_other_site_and_nothing_of_the_page(play: Page) -> None:
    other = ThreadingHTTPServer(("127.0.0.1", 0), _Open)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    address = f"http://localhost:{other.server_port}/"
    urllib.request.urlopen(f"{address}reached").close()
    run(
        play,
        "import js\n"
        "print(hasattr(js, 'document'), hasattr(js, 'localStorage'))\n"
        f"js.fetch('{address}fetch')\n"
        "request = js.XMLHttpRequest.new()\n"
        f"request.open('GET', '{address}xhr', False)\n"
        "try:\n    request.send()\nexcept BaseException as error:\n    print(type(error).__name__)\n",
    )
    assert play.locator("#output").text_content() == "False False\nJsException\n"
    other.shutdown()
    other.server_close()
    assert _Open.hits == ["/reached"]
    play.asked[:] = [url for url in play.asked if not url.startswith(address)]  # refused before they were sent
    play.console.clear()


def test_an_endless_loop_is_stopped(play: Page) -> None:
    write(play, "while True:\n    pass\n")
    play.get_by_role("button", name="Run").click()
    stop = play.get_by_role("button", name="Stop")
    expect(stop).to_be_enabled()
    stop.click()
    idle(play)
    assert play.get_by_role("alert").text_content() == "You stopped the program."
    play.select_option("#examples", "product")
    idle(play)
    expect(frame(play).locator(".node")).to_have_count(3)


def test_an_endless_loop_is_stopped_by_itself(play: Page) -> None:
    play.get_by_role("button", name="Run").click()
    idle(play)
    run(play, "while True:\n    print('x' * 1000)\n")
    assert play.get_by_role("alert").text_content().startswith("The program ran for 10 seconds and was stopped.")
    ready(play)


def test_python_that_ends_is_started_again(play: Page) -> None:
    run(play, "def f():\n    return f()\nf()\n")
    assert "RecursionError" in play.get_by_role("alert").text_content()
    run(play, "import js\njs.eval('null.x')\n")  # the policy refuses eval; JavaScript's own error is not the end
    assert "JsException: EvalError" in play.get_by_role("alert").text_content()
    play.console.clear()
    run(play, "x = []\nfor i in range(200_000):\n    x = [x]\ndel x\n")
    assert play.get_by_role("alert").text_content().startswith("Python has ended, most likely")
    run(play, "print('again')")
    assert play.locator("#output").text_content() == "again\n"
    assert "Pyodide has suffered a fatal error" in play.console[0]
    play.console.clear()


NATURAL = (
    "abc, bisect, cmath, collections, contextlib, copy, csv, dataclasses, datetime, decimal, enum, fractions,"
    " functools, gc, heapq, inspect, io, itertools, json, math, numbers, operator, os, pathlib, pickle, platform,"
    " pprint, queue, random, re, secrets, statistics, string, sys, textwrap, time, timeit, traceback, types, typing,"
    " urllib.parse, warnings, weakref"
)


def test_what_a_learner_would_import_is_there_and_what_is_not_is_said(play: Page) -> None:
    run(play, f"import {NATURAL}\nprint(fractions.Fraction(1, 3), statistics.median([3, 1, 2]))\n")
    assert play.locator("#output").text_content() == "1/3 2\n"
    run(play, "import unittest\n")
    expect(play.get_by_role("alert")).to_contain_text(
        "unittest is a part of Python's library that this page leaves out"
    )


DEEP = """from autograd import Value

def total():
    x = y = Value(1.0)
    for _ in range(20_000):
        y = y + x
"""
"""A graph of one long path; freed at once it takes more stack than a page has."""


def test_a_graph_that_is_too_deep_for_a_page_is_an_error_and_python_starts_again(play: Page) -> None:
    for _ in range(2):  # what is kept until the end is freed step by step
        run(play, f"{DEEP}    return y\n\nloss = total()\nloss.backward()\nprint(loss.data)\n")
        assert play.locator("#output").text_content() == "20001.0\n"
    run(play, f"{DEEP}    return y.data\n\ntotal()\n")
    assert "Python has ended, most likely" in play.get_by_role("alert").text_content()
    ready(play)
    run(play, "1 + 1")
    assert play.locator("#output").text_content() == "2\n"
    assert "Maximum call stack size exceeded" in "".join(play.console)
    play.console.clear()


def test_a_phone_shows_everything_in_its_width(play: Page, tmp_path: Path) -> None:
    play.set_viewport_size({"width": 390, "height": 844})
    for name, view in (("attention", "player"), ("own_rule", "differences"), ("line", "picture")):
        play.select_option("#examples", name)
        idle(play)
        play.locator(f"[data-view={view}]").click()
        idle(play)
        assert play.evaluate("() => document.documentElement.scrollWidth") <= 390, name
        assert play.locator("iframe.part").count() == (view != "differences")
        expect(play.locator("#view")).to_be_in_viewport()
        play.screenshot(path=tmp_path / f"{name}.png", full_page=True)
    play.set_viewport_size({"width": 1200, "height": 900})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(play: Page, axe: Callable[..., None], scheme: str, tmp_path: Path) -> None:
    play.emulate_media(color_scheme=scheme)
    for name, view in (("infinity", "picture"), ("own_rule", "differences"), ("product", "player")):
        play.select_option("#examples", name)
        idle(play)
        play.locator(f"[data-view={view}]").click()
        idle(play)
        play.get_by_role("button", name="Share").click()
        play.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        axe(play)


# ── links, visits ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_shared_program_is_shown_and_runs_when_asked(play: Page, open_page: Callable[..., Page]) -> None:
    program = "from autograd import Value\n学习率 = Value(0.1)\nprint('it ran')\nloss = 学习率 * 2\n"
    write(play, program)
    play.get_by_role("button", name="Share").click()
    address = play.locator("#address")
    expect(address).to_have_value(re.compile("#program="))
    link = address.input_value()
    page = open_page(link.partition("/#")[2].join(["#", ""]))
    ready(page)
    assert page.locator("#notice").text_content().startswith("This program came with the link.")
    assert page.locator("#printed").is_hidden() and page.locator("iframe.part").count() == 0
    page.get_by_role("button", name="Run").click()
    idle(page)
    assert page.locator("#output").text_content() == "it ran\n" and page.locator("#notice").is_hidden()
    write(page, "mine = 1")  # from now on the address is not another program's
    page.select_option("#examples", "product")
    page.select_option("#examples", "")
    for _ in range(2):
        expect(page.get_by_role("textbox", name="Program")).to_have_text("mine = 1")
        page.reload()
    page.goto(link[:-9])
    assert page.locator("#notice").text_content().startswith("The program in this link cannot be read")


def test_a_file_that_does_not_come_is_said_and_the_next_run_asks_again(
    new_page: Callable[..., Page], served: str
) -> None:
    page = new_page(locale="en-US")
    page.recorded.allowed = (served, "blob:")
    page.route("**/*.wasm", lambda route: route.abort())
    page.goto(served)
    expect(page.locator("#error")).to_contain_text("Python could not be started: Failed to fetch", timeout=START)
    page.unroute("**/*.wasm")
    page.recorded.errors.clear()
    run(page, "1 + 1")
    assert page.locator("#output").text_content() == "2\n"


def test_a_program_that_is_too_long_gets_no_link(play: Page) -> None:
    write(play, "x = 1  # " + "a" * 20_000)
    play.get_by_role("button", name="Share").click()
    expect(play.locator("#copied")).to_contain_text("too long for a link")
    assert play.locator("#address").is_hidden()


def test_the_page_works_without_a_network_and_under_a_path(
    new_page: Callable[..., Page], site: Path, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").symlink_to(site)
    running = server(tmp_path, 0)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    address = f"http://localhost:{running.server_port}/a/b/"
    page = new_page(locale="zh-CN")
    page.recorded.allowed = (address, "blob:")
    page.goto(address)
    ready(page)
    expect(page.locator("html")).to_have_attribute("data-offline", "", timeout=START)
    running.shutdown()
    running.server_close()
    page.reload()
    ready(page)
    idle(page)
    expect(frame(page).locator(".node")).to_have_count(3)
    assert page.locator("h1").text_content() == "写一个式子，看它的梯度"
    assert page.recorded.console == []
