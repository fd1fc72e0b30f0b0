"""The page See in a browser: the recorded trainings, played in a frame; and links into the pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tools.browser_links import Program, play_address

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


def prepared(site: Path) -> list[dict[str, Any]]:
    (index,) = site.glob("app-*/pages/pages.json")
    pages = json.loads(index.read_text(encoding="utf-8"))
    assert {page["name"] for page in pages} >= {"moons", "gpt"}, (
        "pip install this package again: it has a new entry point"
    )
    return pages


def test_each_training_plays_by_keyboard(open_page: Callable[..., Page], site: Path, axe: Callable[..., None]) -> None:
    page = open_page("see.html?lang=en")
    for training in prepared(site):
        page.get_by_role("link", name=training["titles"]["en"]).press("Enter")
        expect(page.locator("h1")).to_have_text(training["titles"]["en"])
        player = page.frame_locator("iframe.part").get_by_role("slider")
        expect(player).to_have_value("0")
        player.press("End")
        last = player.get_attribute("max")
        assert int(last) >= 20
        expect(player).to_have_value(last)
    axe(page)
    assert page.recorded.console == []


def test_an_address_of_a_training_in_chinese_on_a_phone(open_page: Callable[..., Page], site: Path) -> None:
    page = open_page("see.html#gpt", locale="zh-CN", viewport={"width": 390, "height": 800})
    (gpt,) = (training for training in prepared(site) if training["name"] == "gpt")
    expect(page.locator("h1")).to_have_text(gpt["titles"]["zh"])
    expect(page.locator("#links [aria-current]")).to_have_text(gpt["titles"]["zh"])
    expect(page.frame_locator("iframe.part").locator("[lang=zh]")).to_have_count(1)
    assert page.locator("html").evaluate("html => html.scrollWidth <= innerWidth")


def test_the_program_of_a_training_is_text(open_page: Callable[..., Page], site: Path) -> None:
    page = open_page("see.html")
    page.locator("summary").click()
    expect(page.locator("#program")).to_have_text(prepared(site)[0]["program"])


def test_a_page_that_is_missing_is_an_error_in_words(open_page: Callable[..., Page]) -> None:
    page = open_page("learn.html")
    page.route("**/pages/*.html", lambda route: route.fulfill(status=404))
    page.goto(page.url.replace("learn.html", "see.html?lang=en"))
    expect(page.locator("#error")).to_contain_text("404")


PROGRAM = 'from autograd import Value\n\nx = Value(2.0, label="学习率 </script>")\nx * x\n'


@pytest.mark.parametrize("needs_numpy", [False, True])
def test_a_link_brings_its_program(open_page: Callable[..., Page], needs_numpy: bool) -> None:
    page = open_page(play_address(Program(PROGRAM, needs_numpy)))
    expect(page.locator(".cm-content")).to_contain_text("学习率 </script>")
    expect(page.locator("iframe.part")).to_have_count(0)  # it does not run until somebody asks
