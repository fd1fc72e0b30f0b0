"""A drawing in a real browser: it fits, is enlarged and moved, its boxes open, its numbers are said; no kernel runs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fixtures.player_page import HOST

import nn
from autograd import Value, play
from autograd.viz import Drawing, draw
from autograd.viz.picture import Edge, Group, Node, Picture

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

LAYER, NEURON, OTHER = "layers[0]", "layers[0].neurons[0]", "layers[1]"


def picture(*middle: Node, groups: tuple[Group, ...] = ()) -> Picture:
    """x → what stands in the middle → L."""
    x, loss = Node("n0", "input", "x", data=0.1, grad=1 / 3), Node("n9", "result", "L", "-", 2 / 3, 1.0, is_root=True)
    chain = (x, *middle, loss)
    edges = [Edge(tail.name, head.name, local=1.0, contribution=1.0) for tail, head in pairwise(chain)]
    return Picture(chain, tuple(edges), groups, total=9)


def box(name: str, opens: str, group: str | None = None) -> Node:
    title = opens.removeprefix(f"{LAYER}.")
    return Node(name, "group", title, data=0.5, grad=0.25, group=group, values=3, largest_grad=0.75, opens=opens)


def network() -> Drawing:
    """Two layers, of which one is in the page with what is inside of it."""
    second, layer = box("g2", OTHER), Group("g0", LAYER, opens=LAYER)
    neuron, tanh = Group("g1", "neurons[0]", "g0", opens=NEURON), Node("n5", "result", "", "tanh", 0.7, 0.3, group="g1")
    views = {
        LAYER: picture(box("g1", NEURON, "g0"), second, groups=(layer,)),
        NEURON: picture(tanh, second, groups=(layer, neuron)),
    }
    return Drawing(picture(box("g0", LAYER), second), views=views)


def chain(length: int) -> Value:
    x = Value(0.5, label="x")
    for _ in range(length):
        x = x.sin()
    x.backward()
    return x


@pytest.fixture
def shown(page: Page, tmp_path: Path) -> Callable[[Drawing], None]:
    """Opens a drawing's saved page, and waits until it lives."""

    def show(drawing: Drawing) -> None:
        page.goto(drawing.save(tmp_path / "drawing.html").as_uri())
        page.wait_for_selector(".stage [tabindex]")

    return show


def part(page: Page, name: str) -> Locator:
    return page.locator(f"[data-node={name}], [data-group={name}]")


def scale(page: Page) -> float:
    """How large the picture is drawn."""
    found: float = page.locator(".stage svg").evaluate("e => e.getBoundingClientRect().width / e.viewBox.baseVal.width")
    return found


def open_boxes(page: Page) -> list[str]:
    names: list[str] = page.locator("g.group:not(.node) > text").all_text_contents()
    return names


def focused(page: Page) -> str:
    """The part that has the focus, by its title."""
    label: str = page.evaluate(f"document.querySelector('{HOST}').shadowRoot.activeElement?.ariaLabel ?? ''")
    return label.split(", ")[0]


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait for what follows an event that Playwright does not wait for."""
    for _ in range(100):
        if is_so():
            return
        page.wait_for_timeout(30)
    raise AssertionError("it did not come")


# ── it fits ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("length", "width", "expected"),
    [(1, 1000, 2.0), (1, 400, None), (5, 1000, None), (3, 700, None)],
)
def test_a_picture_fills_the_width_up_to_twice_its_size(
    page: Page, shown: Callable[[Drawing], None], length: int, width: int, expected: float | None
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    shown(draw(chain(length), max_nodes=100))
    room, svg = page.locator(".stage"), page.locator(".stage svg")
    assert room.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")
    if expected:
        assert scale(page) == expected
    else:
        assert abs((svg.bounding_box() or {})["width"] - room.evaluate("e => e.clientWidth")) < 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def tall() -> Value:
    return nn.mse_loss([Value(float(i)) * 2 for i in range(30)], [0.0] * 30)


@pytest.mark.parametrize(
    ("make", "width"), [(lambda: chain(30), 1000), (lambda: chain(30), 400), (tall, 1000), (tall, 400)]
)
def test_what_would_be_too_small_to_read_is_at_first_as_large_as_it_is(
    page: Page, shown: Callable[[Drawing], None], make: Callable[[], Value], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    shown(draw(make(), max_nodes=200, open="all"))
    room = page.locator(".stage")
    assert scale(page) == pytest.approx(1.0)
    assert (room.bounding_box() or {})["height"] <= 660
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-zoom=fit]").click()
    assert room.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")


def test_it_fits_again_when_the_window_changes_unless_it_was_enlarged(
    page: Page, shown: Callable[[Drawing], None]
) -> None:
    shown(draw(chain(4)))
    before = scale(page)
    page.set_viewport_size({"width": 750, "height": 800})
    until(page, lambda: scale(page) < 0.8 * before)
    page.locator("[data-zoom=zoom_in]").click()
    enlarged = scale(page)
    page.set_viewport_size({"width": 650, "height": 800})
    page.wait_for_timeout(100)
    assert scale(page) == enlarged


def test_buttons_keys_and_the_wheel_enlarge_and_fit(page: Page, shown: Callable[[Drawing], None]) -> None:
    shown(draw(chain(5)))
    fitted = scale(page)

    def is_scaled(by: float) -> bool:
        return scale(page) == pytest.approx(by * fitted, rel=1e-3)

    page.locator("[data-zoom=zoom_in]").click()
    assert is_scaled(1.3)
    page.locator("[data-zoom=zoom_out]").click()
    assert is_scaled(1.0)
    part(page, "n3").focus()
    for key, expected in [("+", 1.3), ("+", 1.69), ("-", 1.3), ("0", 1.0), ("Control++", 1.0)]:
        page.keyboard.press(key)
        assert is_scaled(expected), key
    page.locator(".stage").hover()
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(100)
    assert is_scaled(1.0), "a wheel without Ctrl scrolls the page"
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    until(page, lambda: is_scaled(2.0))
    page.locator("[data-zoom=fit]").click()
    assert is_scaled(1.0)


def test_the_wheel_enlarges_what_is_under_the_pointer(page: Page, shown: Callable[[Drawing], None]) -> None:
    shown(draw(chain(5)))
    before = scale(page)
    place = part(page, "n4").bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    until(page, lambda: scale(page) > 1.9 * before)
    after = part(page, "n4").bounding_box()
    assert after and abs(after["x"] + after["width"] / 2 - x) < 3


def test_dragging_moves_and_clicks_nothing(page: Page, shown: Callable[[Drawing], None]) -> None:
    shown(network())
    for _ in range(2):
        page.locator("[data-zoom=zoom_in]").click()
    left = "e => e.scrollLeft"
    before = page.locator(".stage").evaluate(left)
    place = part(page, "g0").bounding_box()
    assert place and place["x"] > 0 and before > 60
    y = place["y"] + place["height"] / 2
    page.mouse.move(place["x"] + 30, y)
    page.mouse.down()
    page.mouse.move(place["x"] + 90, y, steps=4)
    page.mouse.up()
    assert page.locator(".stage").evaluate(left) == pytest.approx(before - 60, abs=1)
    page.wait_for_timeout(100)
    assert open_boxes(page) == []
    page.locator("[data-zoom=fit]").click()
    part(page, "g0").click()
    part(page, "g1").wait_for()


def test_the_picture_of_a_player_is_enlarged_and_moved_too(page: Page, tmp_path: Path) -> None:
    page.goto(play(chain(12), language="en").save(tmp_path / "step.html").as_uri())
    page.wait_for_selector(".stage svg")
    room, frame = page.locator(".stage"), page.locator("[type=range]")
    before, height = scale(page), (room.bounding_box() or {})["height"]
    assert before >= 1.0
    page.locator("[data-zoom=zoom_in]").click()
    page.keyboard.press("+")
    assert scale(page) == pytest.approx(1.69 * before, rel=1e-3)
    assert (room.bounding_box() or {})["height"] == height
    left, place = room.evaluate("e => e.scrollLeft"), room.bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    assert room.evaluate("e => e.scrollLeft") == pytest.approx(left - 50, abs=1)
    assert frame.input_value() == "0", "what was dragged was not clicked"
    page.locator("[data-zoom=fit]").click()
    assert room.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.keyboard.press("End")
    assert frame.input_value() != "0"


# ── it opens ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_click_opens_a_box_and_what_is_inside_and_folds_both(page: Page, shown: Callable[[Drawing], None]) -> None:
    shown(network())
    assert part(page, "g0").get_attribute("aria-expanded") == "false"
    part(page, "g0").click()
    part(page, "g1").click()
    part(page, "n5").wait_for()
    assert open_boxes(page) == [LAYER, "neurons[0]"]
    assert part(page, "g0").get_attribute("aria-expanded") == "true"
    part(page, "g1").locator("text").click()
    page.locator(".node[data-node=g1]").wait_for()
    assert open_boxes(page) == [LAYER]
    part(page, "g1").click()
    part(page, "n5").wait_for()
    part(page, "g0").locator("text").click()
    page.locator(".node[data-node=g0]").wait_for()
    assert open_boxes(page) == []
    assert page.locator("svg [data-node=n5]").count() == 0


def test_enter_opens_and_folds_and_the_focus_stays_with_the_box(page: Page, shown: Callable[[Drawing], None]) -> None:
    shown(network())
    part(page, "g0").focus()
    page.keyboard.press("Enter")
    part(page, "g1").wait_for()
    assert focused(page) == LAYER
    page.keyboard.press(" ")
    page.locator(".node[data-node=g0]").wait_for()
    assert focused(page) == LAYER
    assert page.locator(HOST).evaluate("e => e.shadowRoot.querySelectorAll('svg [tabindex=\"0\"]').length") == 1


def test_what_opens_no_module_is_folded_again_by_going_back(page: Page, shown: Callable[[Drawing], None]) -> None:
    total = Node("n3", "result", "", "sum of 3", 0.5, 0.25, opens="sums")
    terms = [Node(f"n{i}", "result", "", "+", 0.5, 0.25) for i in (3, 4, 5)]
    shown(Drawing(picture(total), views={"sums": picture(*terms)}))
    back = page.locator("[data-do=back]")
    assert back.is_hidden()
    for fold in (back.click, lambda: page.keyboard.press("Backspace")):
        part(page, "n3").click()
        part(page, "n5").wait_for()
        fold()
        until(page, lambda: part(page, "n5").count() == 0)
        assert focused(page) == "sum of 3"
        assert back.is_hidden()


def test_a_box_that_is_not_in_the_page_says_which_argument_opens_it(new_page: Any, tmp_path: Path) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(network().save(tmp_path / "drawing.html").as_uri())
    part(page, "g2").click()
    call = f'draw(L, open="{OTHER}")'
    assert page.locator(".tip code").inner_text() == call
    assert call in page.locator(".spoken").inner_text()
    assert open_boxes(page) == []
    page.locator("[data-do=copy]").click()
    until(page, lambda: page.locator(".spoken").inner_text() == "Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == call


def test_the_boxes_of_a_model_open(page: Page, shown: Callable[[Drawing], None]) -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    loss = nn.mse_loss([model([0.1, 0.2])], [1.0])
    loss.backward()
    drawing = draw(loss, max_nodes=9)
    shown(drawing)
    folded = page.locator("svg [aria-expanded=false]")
    assert folded.count() > 0
    opens = next(node.opens for node in drawing.picture.nodes if node.opens in drawing.views)
    shown_before = page.locator(".node").count()
    name = next(node.name for node in drawing.picture.nodes if node.opens == opens)
    part(page, name).click()
    page.locator("svg [aria-expanded=true]").first.wait_for()
    assert page.locator(".node").count() == len(drawing.views[opens].nodes) != shown_before


# ── it says ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pointing_says_the_exact_numbers(page: Page, shown: Callable[[Drawing], None]) -> None:
    shown(network())
    part(page, "n0").hover()
    assert page.locator(".tip").inner_text().splitlines() == ["x", "data 0.1", f"grad {1 / 3!r}"]
    part(page, "g0").hover()
    lines = ["data 0.5", "grad 0.25", "max |grad| 0.75", "holds 3 values", "Click or Enter opens it."]
    assert page.locator(".tip").inner_text().splitlines() == [LAYER, *lines]
    page.mouse.move(5, 700)
    page.locator(".tip").wait_for(state="hidden")


def test_a_label_is_text(page: Page, shown: Callable[[Drawing], None]) -> None:
    label = "</script><img src=x onerror=alert(1)>&lt"
    x = Value(2.0, label=label)
    shown(draw(x * x))
    part(page, "n0").hover()
    assert page.locator(".tip").inner_text().splitlines()[0] == label
    assert page.locator(".tip img").count() == 0


def test_the_keyboard_goes_from_box_to_box_and_says_them(new_page: Any, tmp_path: Path) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(network().save(tmp_path / "drawing.html").as_uri())
    page.evaluate("document.body.addEventListener('keydown', (event) => document.title += ` ${event.key}`)")
    page.wait_for_selector(".stage [tabindex]")
    page.keyboard.press("Tab")
    assert focused(page) == "L"
    assert page.locator(".tip").inner_text().splitlines() == ["L", "operation -", f"data {2 / 3!r}", "grad 1.0"]
    title = page.title()
    for key, expected in [("ArrowLeft", OTHER), ("ArrowLeft", LAYER), ("ArrowLeft", "x"), ("ArrowLeft", "x")]:
        page.keyboard.press(key)
        assert focused(page) == expected
    assert part(page, "n0").get_attribute("aria-describedby") == page.locator("[role=tooltip]").get_attribute("id")
    assert part(page, "n0").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Control+c")
    until(page, lambda: page.locator(".spoken").inner_text() == "Copied.")
    assert page.evaluate("navigator.clipboard.readText()").splitlines() == ["x", "data 0.1", f"grad {1 / 3!r}"]
    page.keyboard.press("Escape")
    page.locator(".tip").wait_for(state="hidden")
    assert page.title() in (title, f"{title} Control"), "a key that is used is not the page's"
    page.keyboard.press("Tab")
    assert focused(page) == "", "one Tab leaves the picture"


# ── where it lives ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_several_on_a_page_do_not_interfere(page: Page, open_html: Callable[[Page, str], Path]) -> None:
    first, second = network(), draw(chain(3))
    open_html(page, f"{first.html}{second.html}{first.html}")
    for _ in range(2):
        assert page.locator(HOST).count() == 3
        assert page.locator("img:visible").count() == 0
        page.locator("[data-node=g0]").first.click()
        page.locator("[data-node=g1]").wait_for()
        assert page.locator("[data-node=g0]").count() == 1
        open_html(page, page.content())  # as a browser saves a page: with the hosts, without their shadow roots
        page.wait_for_function(f"document.querySelectorAll('{HOST}').length === 3")
    assert page.evaluate("Object.keys(window).filter(name => /drawing|shadow|zoomable|bounds/.test(name))") == []


def test_without_scripts_it_is_the_picture(new_page: Any, tmp_path: Path) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(network().save(tmp_path / "drawing.html").as_uri())
    assert page.get_by_role("img", name="Computation graph of L").is_visible()
    assert page.locator("main").inner_text().strip() == "Computation graph of L = 0.66667"


def test_where_the_browser_cannot_unpack_the_picture_is_there_and_is_enlarged(new_page: Any, tmp_path: Path) -> None:
    page = new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(network().save(tmp_path / "drawing.html").as_uri())
    page.wait_for_selector(".stage svg")
    before = scale(page)
    page.locator("[data-zoom=zoom_in]").click()
    part(page, "g0").click()
    part(page, "g0").hover()
    assert scale(page) > before
    assert page.locator(".tip").is_hidden()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_every_control_has_a_name(
    new_page: Any, open_html: Callable[[Page, str], Path], locale: str, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = new_page(locale=locale, color_scheme=scheme)
    lang = locale[:2]
    open_html(
        page,
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f"<title>A test</title><body><main><h1>A test</h1>{network().html}</main></html>",
    )
    page.wait_for_selector(f"{HOST}[data-theme={scheme}]")
    part(page, "g0").click()
    part(page, "g1").hover()
    page.locator(".tip").wait_for()
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    fit = {"en": "Fit (0)", "zh": "适合窗口（0）"}[lang]
    page.get_by_role("button", name=fit).click()
    assert page.get_by_role("button", name=LAYER, expanded=True).count() == 1
    assert {"en": "Click or Enter opens it.", "zh": "点击或按回车展开。"}[lang] in page.locator(".tip").inner_text()


def test_on_paper_the_picture_is_alone(page: Page, shown: Callable[[Drawing], None]) -> None:
    shown(network())
    part(page, "g0").click()
    part(page, "g1").wait_for()
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".toolbar", ".tip", ".sign"):
        assert page.locator(hidden).first.is_hidden()
    assert page.locator(".stage svg").is_visible()
    page.emulate_media(media="screen")
    assert page.locator(".toolbar").is_visible()


def test_in_a_notebook_the_keys_are_its_own(page: Page, lab: Any) -> None:
    outputs = [network()._repr_mimebundle_()]
    lab.notebook("a.ipynb", ["draw(L)", "1 + 1"], outputs=outputs)
    lab.open(page, "a.ipynb", theme="dark")
    cell = lab.cell_output(page, 0)
    assert cell.locator(HOST).get_attribute("data-theme") == "dark"
    cell.locator("[data-node=g0]").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    cell.locator("[data-node=g1]").wait_for()
    assert lab.cells(page) == ["draw(L)", "1 + 1"]
    assert cell.locator("img").is_hidden()
