"""The page Learn in a browser, with one learner for all tests of a run."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograd.learn.exercises.exercise import exercise
from autograd.learn.terminal.cli import main

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

START = 60_000  # milliseconds: on a machine that does much else
RIGHT = exercise(4).source()
SWAPPED = RIGHT.replace("(g * b, g * a)", "(g * a, g * b)")


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


@pytest.fixture(scope="module")
def learner(chromium: Browser, served: str) -> Iterator[Page]:
    """The page at exercise 4, with Python started."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, locale="en-US")
    page = context.new_page()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served}learn.html#4")
    opened(page, 4)
    expect(page.locator("#status")).to_have_text("")  # and not that Python is loading
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((served, "blob:", "data:"))] == []


def opened(page: Page, number: int) -> None:
    expect(page.locator("#heading")).to_have_text(re.compile(rf"\D{number}\D"), timeout=START)
    expect(page.get_by_role("textbox")).to_be_visible()


def go(page: Page, number: int) -> None:
    page.locator(f"#steps a[href='#{number}']").click()
    opened(page, number)


def write(page: Page, program: str) -> None:
    """Paste a program over the one that is there, as test_play does."""
    editor = page.get_by_role("textbox")
    editor.press("Control+a")
    editor.evaluate(
        """(element, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        program,
    )


def check(page: Page, program: str) -> Any:
    """Check a program, and return the report."""
    write(page, program)
    page.get_by_role("textbox").press("Control+Enter")
    report = page.locator("#report")
    expect(report).to_have_attribute("aria-busy", "false", timeout=START)
    return report


def test_a_mistake_is_named_and_progress_is_found_again(learner: Page) -> None:
    go(learner, 4)
    report = check(learner, SWAPPED)
    expect(report).to_contain_text("everything passes: the mistake is there")
    expect(report).to_contain_text("M14")
    expect(report.locator("tr").first).to_have_text(re.compile("yours *2, 3, 14, 21"))
    expect(learner.locator("#steps a[href='#4']")).to_have_text(re.compile("wrong: M14"))
    expect(check(learner, RIGHT)).to_contain_text("passed (6 probes)")
    expect(learner.get_by_role("link", name=re.compile("Next: Exercise 5"))).to_be_visible()
    learner.reload()
    opened(learner, 4)
    expect(learner.locator("#steps a[href='#4']")).to_have_attribute("data-state", "passed")
    expect(learner.get_by_role("textbox")).to_contain_text("lambda g: (g * b, g * a)")
    learner.get_by_role("button", name="Solution").click()
    expect(learner.locator("#shown")).to_contain_text("Yours is the same.")


def test_a_wrong_answer_is_shown_before_its_mistake_is_found(learner: Page) -> None:
    go(learner, 6)
    learner.evaluate(
        """() => {
            const report = document.getElementById("report"), note = () => seen.push(report.innerText);
            window.seen = [];
            new MutationObserver(note).observe(report, { childList: true });
        }"""
    )
    check(learner, exercise(6).source().replace("1 - out**2", "1 + out**2"))
    first, last = learner.evaluate("window.seen")
    assert "0.786448" in first and "Something is wrong. Looking for the place" in first and "tanh_rule, e" not in first
    assert "0.786448" in last and "With the reference's tanh_rule, everything passes" in last


def test_hints_and_starting_over(learner: Page) -> None:
    go(learner, 5)
    check(learner, exercise(5).source().replace("(g, -g)", "(g, g)", 1))
    for count in (1, 2):
        learner.get_by_role("button", name="Hint").click()
        expect(learner.locator("#hints li")).to_have_count(count)
        expect(learner.locator("#report .next")).to_contain_text(f"({count} of 3 hints used)")
    write(learner, "x = 1")
    learner.get_by_role("button", name="Start over").click()
    learner.keyboard.press("Escape")
    expect(learner.get_by_role("textbox")).to_have_text("x = 1")
    learner.get_by_role("button", name="Start over").click()
    learner.keyboard.press("Enter")
    expect(learner.locator("#status")).to_have_text("The starter is back. Your file is kept as e05_rules_two.py.bak1.")
    expect(learner.get_by_role("textbox")).to_contain_text("def sub_rule(a, b):")
    learner.get_by_role("button", name="Check").click()  # its answer stands below a file that is longer than the window
    expect(learner.locator("#report .next")).to_be_in_viewport()
    assert learner.locator("#report").text_content().count("as it was handed out") == 1


def test_what_a_program_prints_and_raises_stays_text(learner: Page) -> None:
    go(learner, 4)
    hostile = "<img src=x onerror=alert(1)>"
    report = check(learner, RIGHT.replace("    return a * b", f"    raise ValueError('{hostile}')\n    return a * b"))
    expect(report).to_contain_text(hostile)
    expect(report.locator("img")).to_have_count(0)


def test_an_endless_loop_ends_with_its_line_and_the_page_goes_on(learner: Page) -> None:
    go(learner, 4)
    report = check(learner, RIGHT.replace("    return a * b", "    while True: pass\n    return a * b"))
    expect(report).to_contain_text("Still running after 5 seconds, and stopped at line 11 of e04_rules.py")
    expect(check(learner, RIGHT)).to_contain_text("passed")


def test_what_python_itself_cannot_end_is_ended_by_the_page(learner: Page) -> None:
    go(learner, 4)
    program = f"import itertools\n{RIGHT}".replace("    return a * b", "    sum(itertools.count())\n    return a * b")
    expect(check(learner, program)).to_contain_text("Still running after 5 seconds, and stopped: where does that end?")
    expect(check(learner, RIGHT)).to_contain_text("passed")


def test_a_deep_graph_does_not_end_python(learner: Page) -> None:
    go(learner, 8)
    expect(check(learner, exercise(8).source())).to_contain_text("passed")
    recursive = "def toposort(root):\n    return [x for p in root.parents for x in toposort(p)] + [root]"
    expect(check(learner, recursive)).to_contain_text("wrong")


def test_files_go_to_a_terminal_and_back(learner: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go(learner, 4)
    check(learner, RIGHT)
    with learner.expect_download() as download:
        learner.get_by_role("button", name="Export").click()
    download.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        archive.extractall(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "4"]) == 0
    Path("exercises/e01_nudge.py").write_text(exercise(1).source(), encoding="utf-8")
    Path("exercises/e04_rules.py").write_text("# from a terminal\n" + RIGHT, encoding="utf-8")
    assert main(["check", "1"]) == 0
    shutil.make_archive("back", "zip", ".", "exercises")
    learner.locator("#chosen").set_input_files(tmp_path / "back.zip")
    question = learner.get_by_role("dialog")
    expect(question).to_contain_text("e04_rules.py")
    question.get_by_role("button", name="Replace mine").click()
    expect(learner.locator("#moved")).to_contain_text("Files taken over")
    expect(learner.get_by_role("textbox")).to_contain_text("# from a terminal")
    expect(learner.locator("#steps a[href='#1']")).to_have_attribute("data-state", "passed")


def test_axe_finds_nothing_and_a_phone_shows_all_in_its_width(
    learner: Page, axe: Callable[..., None], tmp_path: Path
) -> None:
    go(learner, 9)
    check(learner, exercise(9).source().replace("+= gradient", "= gradient"))
    expect(learner.locator("#report iframe")).to_be_visible()
    for scheme in ("dark", "light"):
        learner.emulate_media(color_scheme=scheme)
        axe(learner)
        learner.screenshot(path=tmp_path / f"{scheme}.png", full_page=True)
    learner.set_viewport_size({"width": 390, "height": 844})
    width = learner.locator("html").evaluate("element => element.scrollWidth")
    learner.screenshot(path=tmp_path / "phone.png", full_page=True)
    learner.set_viewport_size({"width": 1200, "height": 900})
    assert width <= 390


def test_a_browser_without_storage_is_told_of(open_page: Callable[..., Page]) -> None:
    page = open_page("index.html?lang=zh")
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('none'); } })")
    page.goto(page.url.replace("index.html", "learn.html"))
    expect(page.locator("#kept")).to_contain_text("这个浏览器不能保存你的文件")
