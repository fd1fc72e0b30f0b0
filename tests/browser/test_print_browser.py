"""The saved pages on paper, from a screen that is dark: on one page, nothing cut, the table open, black on white.

And what a player marks: no border covers a text, and the paths of a value stand out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fixtures.backprop import lecture
from fixtures.pictures import mse
from fixtures.player_page import HOST, node

import autograd
import nn
from autograd import Value, draw, play
from autograd.util.language import LANGUAGES, Language
from autograd.viz.write.theme import PANEL_LIGHT
from examples.gallery import GRAPHS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PAPER = {"width": 718, "height": 1046}  # of A4, within margins of 10 mm, in pixels


def tall() -> Any:
    values = [Value(float(i), label=f"x{i}") for i in range(40)]
    return draw(autograd.sum([x * x for x in values]), max_nodes=200, open="all")


def wide() -> Any:
    x = Value(1.0, label="x")
    for _ in range(30):
        x = x.sin() * x
    return draw(x)


def program() -> Any:
    model = nn.MLP(2, [4, 1], seed=0)
    compiled = autograd.compile(lambda x: model(x))
    compiled([1.0, 2.0])
    return draw(compiled)


def training(language: Language = "en") -> Any:
    X, y = nn.data.moons(20, seed=0)
    return play(nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=5, record=True, progress=False), language=language)


def player(language: Language = "en") -> Any:
    return play(lecture(), language=language, compare="numeric")


def network(language: Language = "en") -> Any:
    return draw(mse(nn.MLP(2, [16, 1], seed=0), 4), language=language)


PAGES = {make.__name__: make for make in (tall, wide, program, training, player, network)}


@pytest.fixture(params=PAGES)
def printed(request: pytest.FixtureRequest, page: Page, tmp_path: Path) -> str:
    """A saved page, open in the colours of a dark system and laid out as on paper; its name."""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PAPER)
    page.goto(PAGES[request.param]().save(tmp_path / "page.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    return str(request.param)


def test_one_page_on_which_nothing_is_cut(page: Page, printed: str) -> None:
    assert page.evaluate(CUT) == []
    if printed in ("player", "training"):
        assert page.locator("tbody tr").last.is_visible()
        assert not page.locator(".toolbar").is_visible()
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


CUT = """() => {
    const root = document.querySelector('[data-lm-suppress-shortcuts]')?.shadowRoot ?? document
    const parts = [document.documentElement, ...root.querySelectorAll('div, p, ol')]
    return parts.filter(part => !part.matches('.spoken') && part.checkVisibility())
        .filter(part => part.scrollWidth > part.clientWidth + 1 && part.clientWidth
            || getComputedStyle(part).overflowY !== 'visible' && part.scrollHeight > part.clientHeight + 1)
        .map(part => part.className || part.tagName)
}"""


def test_black_on_white(page: Page, printed: str) -> None:
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
    ground = page.locator("rect.ground, .panel:has(.training)").first
    assert ground.evaluate(
        "e => e.matches('rect') ? getComputedStyle(e).fill : getComputedStyle(e).backgroundColor"
    ) == ("rgb(255, 255, 255)")
    if printed in ("player", "training"):
        ink = page.locator(".panel").evaluate("e => getComputedStyle(e).color")
        assert "#" + "".join(f"{int(c):02x}" for c in re.findall(r"\d+", ink)) == PANEL_LIGHT["ink"]


def test_after_printing_the_player_is_as_before(page: Page, tmp_path: Path) -> None:
    page.goto(player().save(tmp_path / "page.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("tbody").is_visible()
    page.emulate_media(media="screen")
    assert page.locator("details").is_hidden() and page.locator(".toolbar").is_visible()


@pytest.mark.parametrize("make", [training, player, network])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_page_has_no_fault_that_axe_knows(
    page: Page, tmp_path: Path, make: Callable[[Language], Any], language: Language, scheme: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=scheme)
    page.goto(make(language).save(tmp_path / "page.html").as_uri())
    page.wait_for_selector(f"{HOST}[data-theme={scheme}]:not([hidden])")
    assert page.evaluate("document.documentElement.lang") == language
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize("make", [training, player])
def test_the_name_of_a_button_holds_its_text(page: Page, tmp_path: Path, make: Callable[[], Any]) -> None:
    page.goto(make().save(tmp_path / "page.html").as_uri())
    page.wait_for_selector(".stage svg")
    for name, text in page.locator("[role=button][aria-label]").evaluate_all(
        "all => all.map(e => [e.ariaLabel, e.textContent.trim()])"
    ):
        assert text in name


# ── what is chosen ──────────────────────────────────────────────────────────────────────────────────────────────────


class Line(nn.Module):
    """w·x + b, whose parameters have double borders."""

    def __init__(self) -> None:
        self.w, self.b = Value(2.0), Value(-1.0)

    def __call__(self, x: float) -> Value:
        return self.w * x + self.b


def test_no_border_of_a_chosen_value_covers_a_text(page: Page, opened: Callable[..., Any]) -> None:
    model = Line()
    steps = opened(model(3.0)).steps
    for i in range(len(steps)):
        page.locator("[type=range]").fill(str(i))
        assert page.evaluate(COVERED) == []


COVERED = """() => {
    const root = document.querySelector('[data-lm-suppress-shortcuts]').shadowRoot
    return [...root.querySelectorAll('.node')].flatMap(node => {
        const borders = [...node.querySelectorAll(':scope > rect:not(.hit)')].map(rect => {
            const { x, y, width, height } = rect.getBBox(), half = parseFloat(getComputedStyle(rect).strokeWidth) / 2
            return { left: x + half, top: y + half, right: x + width - half, bottom: y + height - half }
        })
        const texts = [...node.querySelectorAll(':scope > text:not(.gain), :scope > use')]
        return texts.filter(text => borders.some(border => {
            const { x, y, width, height } = text.getBBox()
            return x < border.left || y < border.top || x + width > border.right || y + height > border.bottom
        })).map(text => `${node.dataset.node} ${text.textContent}`)
    })
}"""


@pytest.mark.parametrize("name", ["residual block", "diamond", "network of the lecture"])
def test_no_badge_covers_a_number(page: Page, opened: Callable[..., Any], name: str) -> None:
    graph = GRAPHS[name]()
    steps = opened(graph.root).steps
    page.locator("[type=range]").fill(str(len(steps) - 1))
    assert page.evaluate(UNDER_A_BADGE) == []


UNDER_A_BADGE = """() => {
    const root = document.querySelector('[data-lm-suppress-shortcuts]').shadowRoot
    return [...root.querySelectorAll('.node.marked')].flatMap(node => {
        const badge = node.querySelector('.badge'), rect = badge.firstChild.getBBox()
        const { e, f } = badge.transform.baseVal[0].matrix
        return [...node.querySelectorAll(':scope > text:not(.gain)')].filter(text => {
            const { x, width } = text.getBBox(), digits = 0.73 * parseFloat(getComputedStyle(text).fontSize)
            const isBeside = x > e + rect.x + rect.width || x + width < e + rect.x
            const below = f + rect.y + rect.height + 0.5
            return text.textContent && !isBeside && text.getStartPositionOfChar(0).y - digits < below
        }).map(text => `${node.dataset.node} ${text.textContent}`)
    })
}"""


def test_at_the_end_the_paths_of_a_value_are_told_from_the_rest(page: Page, opened: Callable[..., Any]) -> None:
    steps = opened(lecture()).steps
    page.locator("[type=range]").fill(str(len(steps) - 1))
    faint = "all => all.filter(e => getComputedStyle(e).opacity < 0.5).map(e => e.dataset.edge ?? e.dataset.node)"
    for name, others in [("n0", {"n1", "n3", "n5"}), ("n1", {"n0", "n3", "n5", "n8"})]:
        node(page, name).locator(".hit").click()
        dim = set(page.locator(".edge, .node").evaluate_all(faint))
        inputs = {key for key in dim if key in {n.name for n in steps.picture.nodes if n.kind != "constant"}}
        assert inputs == others
        assert {key for key in dim if ">" in key} == {
            f"{edge.tail}>{edge.head}:{edge.position}"
            for edge in steps.picture.edges
            if {edge.tail, edge.head} & dim or edge.tail not in reach(steps, name)
        }
    page.locator(HOST).locator("[data-do=back]").click()
    assert page.locator(".edge, .node").evaluate_all(faint) == []


def reach(steps: Any, name: str) -> set[str]:
    """The values on a path from one to the result."""
    found = {name}
    for edge in steps.picture.edges:  # in the order of their heads
        if edge.tail in found:
            found.add(edge.head)
    return found
