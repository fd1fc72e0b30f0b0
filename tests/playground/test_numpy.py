"""NumPy in the page Play: it comes from Pyodide's distribution, which a route of the browser stands for here."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograd.playground.policy import NUMPY

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

START = 60_000  # milliseconds: on a machine that does much else
KEY = "autograd.play.program"
CORS = {"Access-Control-Allow-Origin": "*"}
UNREACHABLE = "NumPy could not be fetched from cdn.jsdelivr.net: there is no network, or that address is blocked here."
DAMAGED = "cdn.jsdelivr.net answered with another file than the NumPy that this page knows"


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


def with_program(page: Page, program: str) -> None:
    """Open the page Play as a reader finds it whose last program was this one."""
    page.add_init_script(f"localStorage.setItem({KEY!r}, {json.dumps(program)})")
    page.reload()


def run(page: Page) -> None:
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#view")).to_have_attribute("aria-busy", "false", timeout=START)


def wheel() -> bytes:
    """A package that is called numpy, as a wheel."""
    name = "numpy-2.4.6.dist-info"
    files = {
        "numpy/__init__.py": "stand_in = 'of NumPy'\n",
        f"{name}/METADATA": "Metadata-Version: 2.1\nName: numpy\nVersion: 2.4.6\n",
        f"{name}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{name}/RECORD"])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in {**files, f"{name}/RECORD": record}.items():
            archive.writestr(path, text)
    return content.getvalue()


def test_numpy_is_asked_for_on_a_page_of_its_own_and_nowhere_else(open_page: Callable[..., Page]) -> None:
    page = open_page()
    with_program(page, "import nn\n")
    run(page)
    assert page.locator("#advice").text_content() == "nn needs NumPy: switch it on below the program."
    asked: list[str] = []
    page.context.route(f"{NUMPY}**", lambda route: (asked.append(route.request.url), route.abort()))
    page.recorded.allowed += (NUMPY,)
    page.get_by_role("checkbox", name="NumPy").check()
    page.wait_for_url("**/play-numpy.html")
    assert page.get_by_role("checkbox", name="NumPy").is_checked()
    expect(page.locator("#status")).to_contain_text(UNREACHABLE, timeout=START)
    assert {url.removeprefix(NUMPY)[:6] for url in asked} == {"numpy-"}
    assert page.get_by_role("textbox", name="Program").inner_text().strip() == "import nn"  # the program came along
    run(page)
    expect(page.get_by_role("alert")).to_contain_text(UNREACHABLE)


ANSWERS: dict[str, tuple[Callable[[Route], None], str]] = {
    "not there": (lambda route: route.fulfill(status=404, headers=CORS), UNREACHABLE),
    "another site's page": (lambda route: route.fulfill(body="<p>Please log in", headers=CORS), DAMAGED),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_is_not_numpy_is_refused_in_words(open_page: Callable[..., Page], answer: str) -> None:
    fulfil, words = ANSWERS[answer]
    page = open_page("see.html", service_workers="block")
    page.context.route(f"{NUMPY}**", fulfil)
    page.recorded.allowed += (NUMPY,)
    page.goto(page.url.replace("see.html", "play-numpy.html"))
    expect(page.locator("#status")).to_contain_text(words, timeout=START)
    page.recorded.console.clear()  # the browser's own words on each


def test_a_file_with_the_known_hash_is_installed_with_what_needs_it(open_page: Callable[..., Page], site: Path) -> None:
    """All but NumPy itself, which is not to be had without its distribution: the lock file names a stand-in."""
    content = wheel()
    (path,) = site.glob("pyodide-*/pyodide-lock.json")
    lock = json.loads(path.read_text(encoding="utf-8"))
    lock["packages"]["numpy"]["sha256"] = hashlib.sha256(content).hexdigest()
    page = open_page("see.html", service_workers="block")
    page.context.route("**/pyodide-lock.json", lambda route: route.fulfill(json=lock))
    page.context.route(f"{NUMPY}**", lambda route: route.fulfill(body=content, headers=CORS))
    page.recorded.allowed += (NUMPY,)
    program = (
        "from importlib.util import find_spec\nimport numpy\n"
        "print(numpy.stand_in, *(find_spec(name) is not None for name in ('nn', 'autograd.compiler')))\n"
    )
    page.goto(page.url.replace("see.html", "play-numpy.html"))
    with_program(page, program)
    run(page)
    expect(page.locator("#output")).to_contain_text("of NumPy True True", timeout=START)
