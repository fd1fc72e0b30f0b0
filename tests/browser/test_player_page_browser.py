"""The page of a player in a real Chromium and a real JupyterLab: sizes, themes, languages, several on a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fixtures.backprop import hundred, lecture
from fixtures.player_page import HOST, go, lines, node, odd, reuse

import nn
from autograd import Value
from autograd.viz.backprop.player import Player, play

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("width", [404, 600, 900])
@pytest.mark.parametrize("graph", [lecture, odd])
def test_nothing_moves_and_no_text_leaves_its_box(
    page: Page, opened: Callable[..., Player], graph: Callable[[], Value], width: int
) -> None:
    page.set_viewport_size({"width": width + 16, "height": 900})
    steps = opened(graph(), forward=True).steps
    seen = set()
    for i in range(len(steps)):
        go(page, i)
        found = page.evaluate(PLACES)
        assert found.pop("outside") == []
        seen.add(str(found))
    assert len(seen) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width + 16


PLACES = """() => {
    const root = document.querySelector('[data-lm-suppress-shortcuts]').shadowRoot, outside = []
    const stage = root.querySelector('.stage'), origin = stage.firstChild.getBoundingClientRect(), places = {}
    for (const node of root.querySelectorAll('.node')) {
        const box = node.querySelector('rect:not(.hit)')?.getBoundingClientRect()
        if (!box) continue
        places[node.dataset.node] = [box.x - origin.x, box.y - origin.y, box.width, box.height].map(Math.round)
        for (const text of node.querySelectorAll(':scope > text:not(.gain)')) {
            const inner = text.getBoundingClientRect()
            if (inner.width && (inner.left < box.left || inner.right > box.right)) outside.push(text.textContent)
        }
    }
    const parts = [...root.querySelectorAll('.panel, .stage, .toolbar, .toolbar *, .say, .lines, .more, .order, ol')]
    const sizes = parts.map(part => [part.getBoundingClientRect().y, part.offsetHeight ?? 0].map(Math.round))
    return { outside, places, sizes }
}"""


@pytest.mark.parametrize(("language", "width"), [("en", 420), ("zh", 420), ("en", 800)])
def test_on_a_telephone_and_beside_a_program_nothing_is_cut_off(
    page: Page, opened: Callable[..., Player], language: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    steps = opened(reuse(), language=language).steps
    panel = page.locator(".panel").bounding_box()
    assert panel
    heights = set()
    for i in range(len(steps)):
        go(page, i)
        heights.add((page.locator(".panel").bounding_box() or {})["height"])
        assert page.locator(".say").evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")
        for control in page.locator(".toolbar > *").all():
            box = control.bounding_box()
            assert box and box["x"] + box["width"] <= panel["x"] + panel["width"]
    assert len(heights) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_and_contrast(page: Page, opened: Callable[..., Player], axe: Callable[..., None], theme: Any) -> None:
    page.emulate_media(color_scheme=theme)
    steps = opened(lecture(), quiz=True, compare="numeric").steps
    for i in (0, 2, next(i for i, frame in enumerate(steps) if frame.before == 2.0), len(steps) - 2):
        go(page, i)
        page.wait_for_timeout(50)
        axe(page)
        for what, ratio in page.evaluate(CONTRASTS):
            assert ratio >= 4.5, what
    node(page, "n0").locator(".hit").click()
    axe(page)


CONTRASTS = """() => {
    const root = document.querySelector('[data-lm-suppress-shortcuts]').shadowRoot
    const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    const light = (color) => color.match(/[0-9.]+/g).slice(0, 3).map(c => linear(c / 255))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
    const ratio = (...colors) => colors.map(light).sort((x, y) => y - x).reduce((x, y) => (x + 0.05) / (y + 0.05))
    return [...root.querySelectorAll('svg.autograd text')].filter(text => text.textContent).map(text => {
        const box = text.closest('.node')?.querySelector('rect:not(.hit)')
        const isInBox = box && !text.matches('.gain, .badge *')
        const ground = getComputedStyle(isInBox ? box : root.querySelector('.ground')).fill
        return [`${text.className.baseVal} ${text.textContent}`, ratio(getComputedStyle(text).fill, ground)]
    })
}"""


def is_in(page: Page, theme: str) -> bool:
    page.wait_for_selector(f"{HOST}[data-theme={theme}]", timeout=3_000)
    return True


def test_the_theme_of_the_page_comes_before_the_systems_and_is_followed(
    page: Page, opened: Callable[..., Player]
) -> None:
    page.emulate_media(color_scheme="dark")
    opened(lecture())
    assert is_in(page, "dark")
    page.emulate_media(color_scheme="light")
    assert is_in(page, "light")
    for name, value, theme in [
        ("data-jp-theme-light", "false", "dark"),
        ("data-jp-theme-light", "true", "light"),
        ("class", "vscode-dark", "dark"),
        ("class", "vscode-light", "light"),
        ("class", "vscode-high-contrast", "dark"),
        ("data-vscode-theme-kind", "vscode-dark", "dark"),
        ("data-vscode-theme-kind", "vscode-high-contrast-light", "light"),
    ]:
        page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
        page.evaluate("([name, value]) => document.body.setAttribute(name, value)", [name, value])
        assert is_in(page, theme)
        page.evaluate("name => document.body.removeAttribute(name)", name)


def test_reduced_motion_stops_all_motion(page: Page, opened: Callable[..., Player]) -> None:
    moving = "() => document.querySelector('[data-lm-suppress-shortcuts]').shadowRoot.getAnimations().length"
    opened(lecture())
    go(page, 2)
    assert page.evaluate(moving) == 1
    page.emulate_media(reduced_motion="reduce")
    go(page, 3)
    assert page.evaluate(moving) == 0


def test_two_players_on_one_page(page: Page, open_html: Callable[..., Path]) -> None:
    one, other = play(lecture(), language="en"), play(Value(3.0, label="x") ** 2, language="en")
    open_html(page, f"{one.html}<p>between</p>{other.html}{one.html}")
    assert page.locator(HOST).count() == 3
    sliders = page.locator("[type=range]")
    sliders.nth(0).fill("5")
    sliders.nth(1).fill("1")
    page.locator(".panel").nth(2).focus()
    page.keyboard.press("End")
    assert [sliders.nth(i).input_value() for i in range(3)] == ["5", "1", str(len(one.steps) - 1)]
    assert page.locator(".lines").nth(1).inner_text().splitlines() == list(other.steps[1].lines)
    assert page.evaluate("Object.keys(window).filter(name => /player|controls|film/.test(name))") == []


def test_the_same_cell_run_elsewhere_leaves_a_player_where_it_is(page: Page, opened: Callable[..., Player]) -> None:
    html = opened(lecture()).html
    go(page, 5)
    page.evaluate(
        """html => {  // as a notebook does: the text first, then each script anew
            const cell = document.body.appendChild(document.createElement('div'))
            cell.innerHTML = html
            for (const old of cell.querySelectorAll('script')) {
                const script = document.createElement('script')
                script.type = old.type
                script.textContent = old.textContent
                old.replaceWith(script)
            }
        }""",
        html,
    )
    assert [slider.input_value() for slider in page.locator("[type=range]").all()] == ["5", "0"]


def test_a_page_saved_by_the_browser_has_one_player_again(
    page: Page, opened: Callable[..., Player], open_html: Any
) -> None:
    steps = opened(lecture()).steps
    open_html(page, page.content())
    assert page.locator(HOST).count() == 1
    go(page, 3)
    assert lines(page) == steps[3].lines
    assert page.locator("img").is_hidden()


def test_without_scripts_there_is_the_picture_and_the_table(new_page: Any, open_html: Callable[..., Path]) -> None:
    page = new_page(java_script_enabled=False)
    player = play(lecture(), language="en")
    open_html(page, player.html)
    image = page.locator("img")
    assert image.is_visible() and (image.bounding_box() or {})["width"] > 400
    page.locator("summary").click()
    assert page.locator("tbody tr").count() == len(player.steps)
    assert "a.grad: 2 → 8" in page.locator("table").inner_text()


@pytest.mark.parametrize(
    ("locale", "page_language", "word"), [("zh-CN", "", "速度"), ("en-US", "zh", "速度"), ("zh-CN", "en", "Speed")]
)
def test_the_language_of_the_page_comes_before_the_browsers(
    new_page: Any, tmp_path: Path, locale: str, page_language: str, word: str
) -> None:
    page = new_page(locale=locale)
    path = play(lecture()).save(tmp_path / "step.html")
    path.write_text(re.sub("<html lang=.*?>", f'<html lang="{page_language}">', path.read_text("utf-8")), "utf-8")
    page.goto(path.as_uri())
    assert page.locator(".toolbar label").inner_text().startswith(word)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_word_is_missing(page: Page, opened: Callable[..., Player], language: str) -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    loss = model([1.0, 0.0])
    loss.backward()
    steps = opened(loss, quiz=True, forward=True, compare="numeric", zero_grad=False, language=language).steps
    for i in range(len(steps)):
        go(page, i)
        assert "undefined" not in page.locator(".panel").inner_text()


def test_a_step_of_100_values_takes_less_than_a_frame(page: Page, opened: Callable[..., Player]) -> None:
    player = opened(hundred(), max_nodes=101)
    assert 98 <= len(player.steps.picture.nodes) <= 101
    times = page.evaluate(
        """() => {
            const root = document.querySelector('[data-lm-suppress-shortcuts]').shadowRoot
            const slider = root.querySelector('[type=range]'), panel = root.querySelector('.panel')
            return [...Array(+slider.max).keys()].map(i => {
                const begin = performance.now()
                slider.value = i + 1
                slider.dispatchEvent(new Event('input'))
                panel.getBoundingClientRect()  // style and layout, too
                return performance.now() - begin
            })
        }"""
    )
    assert sorted(times)[len(times) // 2] < 16


def test_a_large_picture_scrolls_inside_and_the_page_stays(page: Page, opened: Callable[..., Player]) -> None:
    steps = opened(hundred(), max_nodes=101).steps
    stage = page.locator(".stage")
    box = stage.bounding_box()
    assert box and box["height"] <= 460
    page.evaluate("document.body.style.paddingTop = '300px'; scrollTo(0, 100)")
    for i in (2, len(steps) // 2, len(steps) - 1):
        go(page, i)
        page.wait_for_timeout(50)
        assert page.evaluate("scrollY") == 100
        place, frame = page.locator(".to").bounding_box(), stage.bounding_box()
        assert place and frame
        assert frame["x"] - 1 <= place["x"] and place["x"] + place["width"] <= frame["x"] + frame["width"] + 1
        assert frame["y"] - 1 <= place["y"] and place["y"] + place["height"] <= frame["y"] + frame["height"] + 1


# ── in JupyterLab ───────────────────────────────────────────────────────────────────────────────────────────────────

CELL = """import autograd
a, b = autograd.Value(2.0, label="a"), autograd.Value(-3.0, label="b")
autograd.play(a * b + a)"""


def test_in_a_notebook_the_keys_are_the_players(page: Page, lab: Any) -> None:
    lab.notebook("player.ipynb", [CELL, "1 + 1"])
    lab.open(page, "player.ipynb")
    lab.run_all(page)
    output = lab.cell_output(page, 0)
    slider = output.locator("[type=range]")
    last = int(slider.get_attribute("max"))
    output.locator(".lines").click()
    for _ in range(last):
        page.keyboard.press("ArrowRight")
    assert slider.input_value() == str(last)
    for _ in range(last):
        page.keyboard.press("ArrowLeft")
    assert slider.input_value() == "0"
    for key in (
        "End",
        "Shift+ArrowLeft",
        "Home",
        " ",
        " ",
        "b",
        "d",
        "d",
        "a",
        "ArrowDown",
        "ArrowUp",
        "x",
        "m",
        "Enter",
    ):
        page.keyboard.press(key)
    output.get_by_role("button", name="Next").click()
    for key in ("b", "d", "d", " ", "ArrowDown"):
        page.keyboard.press(key)
    assert len(lab.save(page).cells) == 2
    assert [cell.source for cell in lab.save(page).cells] == [CELL, "1 + 1"]


def test_running_a_cell_again_leaves_one_player_and_it_follows_the_theme(page: Page, lab: Any) -> None:
    lab.notebook("again.ipynb", [CELL, CELL])
    lab.open(page, "again.ipynb")
    lab.run_all(page)
    lab.run_all(page)
    assert lab.cell_output(page, 0).locator(HOST).count() == lab.cell_output(page, 1).locator(HOST).count() == 1
    assert lab.cell_output(page, 0).locator(HOST).get_attribute("data-theme") == "light"
    lab.theme(page, "dark")
    assert lab.cell_output(page, 0).locator(HOST).get_attribute("data-theme") == "dark"
    lab.cell_output(page, 0).locator("[type=range]").fill("3")
    assert lab.cell_output(page, 1).locator("[type=range]").input_value() == "0"


@pytest.mark.parametrize("trusted", [True, False])
def test_a_saved_notebook_shows_it_without_running(page: Page, lab: Any, trusted: bool) -> None:
    player = play(lecture(), language="en")
    lab.notebook(f"saved{trusted}.ipynb", ["play(L)"], outputs=[player._repr_mimebundle_()], trusted=trusted)
    lab.open(page, f"saved{trusted}.ipynb")
    output = lab.cell_output(page, 0)
    if trusted:
        output.locator("[type=range]").fill("4")
        assert output.locator(".lines").inner_text().splitlines() == list(player.steps[4].lines)
        return
    image = output.locator("img")
    image.wait_for()
    assert image.evaluate("image => image.naturalWidth") > 400
    assert (image.get_attribute("alt") or "").startswith("Computation graph of L = −4.")
    assert output.inner_text().strip() == f"All {len(player.steps)} steps of the backward pass"
    output.locator("summary").click()
    assert output.locator("tbody tr").count() == len(player.steps)
    assert not re.search("function|const |autograd-", output.inner_text())
