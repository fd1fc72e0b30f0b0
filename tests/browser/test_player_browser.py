"""The player of a backward pass in a real Chromium and a real JupyterLab."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from viz.test_player import level_by_level

import autograd
import nn
from autograd import Value
from autograd.core.graph import topological
from autograd.viz.backprop.player import Player, play

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

HOST = "[data-lm-suppress-shortcuts]"


def lecture() -> Value:
    """L = d·f with d = a·b + c, and a is used once more."""
    a, b, c, f = (Value(x, label=name) for x, name in zip((2.0, -3.0, 10.0, -2.0), "abcf", strict=True))
    e = a * b
    d = e + c
    loss = d * f + a * 2
    e.label, d.label, loss.label = "e", "d", "L"
    return loss


def odd() -> Value:
    """Long labels, Chinese labels, numbers of every size."""
    xs = [
        Value(1e-300, label="学习率 η 学习率 η 学习率 η"),
        Value(-1.23456e200, label="w" * 40),
        Value(math.nan, label="nan"),
    ]
    return autograd.sum([xs[0] * xs[1], xs[1] * 1e-5, (xs[0] * 3).tanh(), xs[2] * xs[0]])


def hundred() -> Value:
    """100 values: a small network of two layers with a loss."""
    model = nn.MLP(4, [4, 4], seed=0)
    loss = nn.mse_loss(model([1.0, -2.0, 0.5, 3.0]), [1.0, 0.0, -1.0, 0.5])
    while len(topological(loss)) < 99:
        loss = loss * 2
    return loss


@pytest.fixture
def opened(page: Page, open_html: Callable[..., Path]) -> Callable[..., Player]:
    """opened(root, **options): the player on a page, as `save` writes it, in English."""

    def open_(root: Value, **options: Any) -> Player:
        player = play(root, **{"language": "en"} | options)
        open_html(page, f"<h1>A page</h1>{player.html}")
        return player

    return open_


def go(page: Page, frame: int) -> None:
    page.locator("[type=range]").first.fill(str(frame))


def at(page: Page) -> int:
    return int(page.locator("[type=range]").first.input_value())


def lines(page: Page) -> tuple[str, ...]:
    return tuple(page.locator(".lines code").all_inner_texts())


def node(page: Page, name: str) -> Locator:
    return page.locator(f"[data-node={name}]")


def grads(page: Page) -> dict[str, str]:
    """What the boxes of the picture show as gradients."""
    found = page.locator(".node").evaluate_all(
        "nodes => nodes.map(node => [node.dataset.node, node.querySelector('text.grad')?.textContent])"
    )
    return {name: grad for name, grad in found if grad is not None}


# ── what it shows ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("options", [{}, {"forward": True}, {"zero_grad": False}])
def test_every_frame_shows_its_lines_and_the_gradients_so_far(
    page: Page, opened: Callable[..., Player], options: dict[str, Any]
) -> None:
    loss = lecture()
    loss.backward()
    film = opened(loss, **options).steps
    known = {node.name: "–" for node in film.picture.nodes if node.kind != "constant"}
    known |= {} if film.is_zeroed else {name: f"{grad:.5g}" for name, grad in film.stale.items()}
    for i, frame in enumerate(film):
        go(page, i)
        assert lines(page) == frame.lines
        if frame.kind != "forward":
            known[frame.node] = f"{frame.after:.5g}"
        assert grads(page) == known
        assert page.locator("output").inner_text() == f"{i + 1} of {len(film)}"
        assert page.locator("[type=range]").get_attribute("aria-valuetext") == f"{WORDS[frame.kind]}: {frame.lines[2]}"


WORDS = {"forward": "compute", "seed": "seed", "pull": "pull", "done": "complete"}


def test_the_picture_marks_the_edge_its_ends_and_how_far_each_value_is(
    page: Page, opened: Callable[..., Player]
) -> None:
    film = opened(lecture()).steps
    second = next(i for i, frame in enumerate(film) if frame.node == "n0" and frame.before == 2.0)
    go(page, second - 1)
    assert node(page, "n0").locator(".badge text").text_content() == "1/2"
    go(page, second)
    assert page.locator(".edge.active").get_attribute("data-edge") == "n0>n2:0"
    assert "to" in (node(page, "n0").get_attribute("class") or "").split()
    assert "from" in (node(page, "n2").get_attribute("class") or "").split()
    assert page.locator(".to, .from").count() == 2
    assert node(page, "n0").locator(".gain").text_content() == "+6"
    assert page.locator("caption").inner_text() == "a: 2 of 2 uses"
    assert page.locator(".more tr").all_inner_texts() == ["n8\t2", "e\t6", "=\t8"]
    assert node(page, "n9").locator(".badge text").text_content() == "✓"
    assert node(page, "n1").locator(".badge text").text_content() == ""
    assert page.locator(".rule").inner_text() == "e = a · b * a·b. ∂/∂a = b, ∂/∂b = a."
    for expected in ("n4>n6:0", "n8>n9:1"):
        assert "carried" in (page.locator(f"[data-edge='{expected}']").get_attribute("class") or "")
    go(page, len(film) - 1)
    assert page.locator(".badge text").all_text_contents().count("✓") == 9


def test_the_order_says_why(page: Page, opened: Callable[..., Player]) -> None:
    film = opened(lecture()).steps
    go(page, next(i for i, frame in enumerate(film) if frame.user == "n8"))
    items = page.locator(".order li")
    assert items.all_inner_texts() == [
        "L",
        "n8 now: its users are done (L)",
        "n6 next: its users are done (L)",
        "d waits for n6",
        "e waits for d",
    ]
    items.nth(3).locator("button").click()
    assert film[at(page)].user == "n4"
    go(page, 0)
    assert items.first.inner_text() == "L first: it is the result"


def reuse() -> Value:
    """b is used by L and by c, a three times."""
    a = Value(2.0, label="a")
    b = a * a
    c = b + a
    loss = b * c
    b.label, c.label, loss.label = "b", "c", "L"
    return loss


def test_a_value_that_is_complete_waits_for_nobody(page: Page, opened: Callable[..., Player]) -> None:
    film = opened(reuse()).steps
    done = {film.titles[frame.node]: i for i, frame in enumerate(film) if frame.kind == "done"}
    items = page.locator(".order li")
    go(page, done["c"] - 1)
    assert items.all_inner_texts() == ["L first: it is the result", "c waits for L", "b waits for L, c"]
    go(page, done["c"])
    assert items.all_inner_texts() == ["L first: it is the result", "c next: its users are done (L)", "b waits for c"]
    go(page, done["b"])
    assert items.all_inner_texts() == ["L", "c now: its users are done (L)", "b next: its users are done (L, c)"]
    go(page, done["L"])
    assert items.all_inner_texts()[1:] == ["c waits for L", "b waits for L, c"]
    for name, i in done.items():
        go(page, i)
        assert f"{name} waits" not in page.locator(".order").inner_text()


@pytest.mark.parametrize("width", [700, 900, 1280])
@pytest.mark.parametrize("compare", [None, "numeric"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sum_at_the_end_is_in_sight(
    page: Page, opened: Callable[..., Player], width: int, compare: Any, language: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    film = opened(reuse(), compare=compare, language=language).steps
    for i in range(len(film)):
        go(page, i)
        for part in (".lines", ".more"):
            assert page.locator(part).evaluate(
                "e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]"
            ) == [
                0,
                0,
            ]
    last = page.locator(".more tr").last
    assert last.inner_text() == "=\t44"
    box, around = last.bounding_box(), page.locator(".more").bounding_box()
    assert box and around
    assert box["y"] + box["height"] <= around["y"] + around["height"]


def test_a_formula_of_two_lines_needs_no_scrolling(page: Page, opened: Callable[..., Player]) -> None:
    x = Value(3.0, label="abcdefghijkl")
    y = x * x
    y.label = "mnopqrstuvwx"
    page.set_viewport_size({"width": 1280, "height": 900})
    film = opened(y * x + y).steps
    go(page, len(film) - 1)
    assert page.locator(".lines").evaluate("e => e.scrollHeight <= e.clientHeight")
    assert (page.locator(".lines code").first.bounding_box() or {})["height"] > 40


def test_finite_differences_and_what_a_gradient_means(page: Page, opened: Callable[..., Player]) -> None:
    film = opened(lecture(), compare="numeric").steps
    go(page, len(film) - 2)
    said = page.locator(".more").inner_text()
    assert "Finite difference: 8. They agree." in said
    assert "Were a larger by 0.001, the result would change by about 0.008." in said


def test_a_click_on_a_value_and_on_its_gradient(page: Page, opened: Callable[..., Player]) -> None:
    film = opened(lecture()).steps
    box = node(page, "n0").bounding_box()
    assert box
    node(page, "n0").locator(".label").click()
    assert (film[at(page)].kind, film[at(page)].node) == ("done", "n0")
    node(page, "n4").locator(".hit").click()
    assert (film[at(page)].kind, film[at(page)].node) == ("done", "n4")
    assert "One path from d to the result, and one product: −2" in page.locator(".more").inner_text()
    node(page, "n0").locator(".hit").click()
    assert page.locator(".more p").all_inner_texts() == [
        "2 paths from a to the result: their products add up to 8",
        "∂L/∂n8 · ∂n8/∂a = 1 × 2 = 2",
        "∂L/∂n6 · ∂n6/∂d · ∂d/∂e · ∂e/∂a = 1 × −2 × 1 × −3 = 6",
    ]
    assert page.locator(".edge.path").count() == 6
    page.keyboard.press("ArrowLeft")
    assert page.locator(".edge.path").count() == 0


class Overwrites:
    """A node of an engine that writes = for +=."""

    def __init__(self, data: float, parents: tuple[Any, ...] = (), label: str = "") -> None:
        self.data, self.grad, self._prev, self._op, self.label = data, 0.0, parents, "*" if parents else "", label

    def _backward(self) -> None:
        for parent, other in zip(self._prev, self._prev[::-1], strict=True):
            parent.grad = other.data * self.grad

    def backward(self) -> None:
        self.grad = 1.0
        for node in reversed(topological(self)):
            node._backward()


def test_what_was_overwritten_does_not_add_up(page: Page, opened: Callable[..., Player]) -> None:
    a, b = Overwrites(2.0, label="a"), Overwrites(-3.0, label="b")
    film = opened(Overwrites(-12.0, (Overwrites(-6.0, (a, b)), a))).steps  # type: ignore[arg-type]
    go(page, next(i for i, frame in enumerate(film) if frame.kind == "done" and frame.node == "n0"))
    said = page.locator(".more")
    assert page.locator(".more tr").last.inner_text().startswith("≠")
    assert "= −12 arrived." in said.inner_text() and "Were a larger" not in said.inner_text()
    page.locator(".more [data-paths]").click()
    assert said.inner_text().startswith("2 paths from a to the result: their products add up to −12")


def test_a_wrong_order_is_not_shown_as_a_right_one(page: Page, opened: Callable[..., Player]) -> None:
    film = opened(level_by_level()).steps  # type: ignore[arg-type]
    b = next(node for node, title in film.titles.items() if title == "b")
    turn = next(i for i, frame in enumerate(film) if frame.user == b)
    items, badge = page.locator(".order li"), node(page, b).locator(".badge text")
    assert page.locator(".order p").inner_text() == "Order: some values come too early"
    go(page, turn)
    assert items.nth(1).inner_text() == "b too early: c has not passed on yet"
    assert badge.text_content() == "1/2"
    go(page, len(film) - 1)
    assert items.all_inner_texts() == ["L", "b passed on too early, before c", "c now: its users are done (L)"]
    marks = [item.evaluate("e => getComputedStyle(e, '::before').content") for item in items.all()]
    assert marks == ['"✓"', '"!"', '"▶"']
    assert badge.text_content() == "!"
    assert "Values that passed on too early: 1 (b)." in page.locator(".more").inner_text()
    page.locator(".more [data-paths]").click()
    head = "3 paths from a to the result: their products add up to 44, but a.grad is 28"
    assert page.locator(".more p").first.inner_text() == head


def test_of_many_paths_some_are_shown(page: Page, opened: Callable[..., Player]) -> None:
    x = Value(1.0, label="x")
    y = x
    for _ in range(5):
        y = y + y
    opened(y)
    node(page, "n0").locator(".hit").click()
    said = page.locator(".more").inner_text()
    assert "32 paths from x" in said and said.rstrip().endswith("… and 24 more")
    assert page.locator(".more code").count() == 8


@pytest.mark.parametrize(
    "label", ["</script><img src=x onerror=alert(1)>", '"&<{}|>', "a\\b'", "%s {0} $& ${x}", "&lt;b&gt;"]
)
def test_a_label_is_text(page: Page, opened: Callable[..., Player], label: str) -> None:
    x, y = Value(2.0, label=label), Value(3.0, label="_" + label)
    film = opened((x * y) * x).steps
    assert node(page, "n0").locator(".label").text_content() == film.picture["n0"].label
    for i, frame in enumerate(film):
        go(page, i)
        assert lines(page) == frame.lines
    assert page.locator("img").count() == 1


# ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_keyboard_from_the_first_frame_to_the_last_and_back(page: Page, opened: Callable[..., Player]) -> None:
    film = opened(lecture()).steps
    stops = [i for i, frame in enumerate(film) if frame.kind == "done"]
    page.keyboard.press("Tab")  # into the player
    for i in range(1, len(film)):
        page.keyboard.press("ArrowRight")
        assert at(page) == i
    page.keyboard.press("ArrowRight")
    assert at(page) == len(film) - 1
    for i in reversed(range(len(film) - 1)):
        page.keyboard.press("ArrowLeft")
        assert at(page) == i
    seen = []
    while at(page) < len(film) - 1:
        page.keyboard.press("Shift+ArrowRight")
        seen.append(at(page))
    assert seen == stops
    page.keyboard.press("Home")
    assert at(page) == 0
    page.keyboard.press("End")
    assert at(page) == len(film) - 1
    page.keyboard.press("Shift+ArrowLeft")
    assert at(page) == stops[-2]


def test_a_saved_page_takes_the_keys_at_once(page: Page, tmp_path: Path) -> None:
    page.goto(play(lecture(), language="en").save(tmp_path / "step.html").as_uri())
    page.keyboard.press("ArrowRight")
    assert at(page) == 1
    title = page.locator("[data-do=next]").get_attribute("title")
    assert title == "Next (→, a value at a time with Shift)"


def test_the_buttons_and_playing(page: Page, opened: Callable[..., Player]) -> None:
    page.clock.install()
    film = opened(lecture()).steps
    for name, frame in (("Next", 1), ("Next", 2), ("Back", 1), ("Last", len(film) - 1), ("First", 0)):
        page.get_by_role("button", name=name).click()
        assert at(page) == frame
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(1300)
    assert at(page) == 1
    page.get_by_label("Speed").select_option("4×")
    page.clock.run_for(310)
    assert at(page) == 2
    page.get_by_role("button", name="Pause").press(" ")
    page.clock.run_for(5_000)
    assert at(page) == 2
    page.locator(".panel").press(" ")
    page.clock.run_for(60_000)
    assert at(page) == len(film) - 1
    assert page.get_by_role("button", name="Play").count() == 1
    page.locator(".panel").press(" ")  # from the end it begins again
    assert at(page) == 0


def test_tab_reaches_every_control_and_shows_where_it_is(page: Page, opened: Callable[..., Player]) -> None:
    opened(lecture())
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
            const it = document.querySelector('[data-lm-suppress-shortcuts]').shadowRoot.activeElement
            return it && [it.className || it.dataset.do || it.type || it.tagName, getComputedStyle(it).outlineStyle]
            }"""
        )
        if found:
            reached.append(found)
    names = [name for name, _ in reached]
    assert names[:9] == ["panel", "stage", "first", "back", "play", "next", "last", "range", "select-one"]
    assert all(outline == "solid" for _, outline in reached)


def test_keys_of_others_pass(page: Page, opened: Callable[..., Player]) -> None:
    opened(lecture(), quiz=True)
    page.evaluate("window.seen = []; document.addEventListener('keydown', event => window.seen.push(event.key))")
    page.locator(".panel").focus()
    for key in ("b", "ArrowRight", "End", "Home", "ArrowDown", "Control+ArrowRight", " ", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("window.seen.filter(key => key !== 'Control')") == ["b", "ArrowDown", "ArrowRight", "Enter"]
    go(page, 2)
    page.locator("input[inputmode]").focus()
    page.evaluate("window.seen = []")
    page.keyboard.type("b dd")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("window.seen") == [] and at(page) == 2
    assert page.locator("input[inputmode]").input_value() == "b dd"


# ── the quiz ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_quiz_hides_the_answer_and_names_mistakes(page: Page, opened: Callable[..., Player]) -> None:
    film = opened(lecture(), quiz=True).steps
    place = next(i for i, frame in enumerate(film) if frame.before == 2.0)
    go(page, place)
    assert lines(page) == film[place].lines[:1]
    assert grads(page)["n0"] == "2" and node(page, "n0").locator(".gain").text_content() == ""
    assert not re.search(r"\b8\b", page.locator(".side").inner_text())
    answer, reply = page.locator("input[inputmode]"), page.locator("form p")
    for wrong, said in {
        "6": "6 is this contribution alone. It is added to the 2 that is there",
        "-1": "−1 leaves out the upstream −2",
        "−4": "−4 has the contribution with the wrong sign",
        "0": "0 leaves out the local derivative −3",
        "-3": "−3 adds the upstream and the local derivative",
        "2": "2 was there before",
        "-2": "−2 is with the other operand's local derivative",
        "17": "17 it is not. The upstream is −2, the local derivative −3, and 2 was there before.",
        "eight": "Write a number",  # and counts as no answer
        "": "Write a number",
    }.items():
        answer.fill(wrong)
        answer.press("Enter")
        assert reply.inner_text().startswith(said), wrong
    answer.fill("16/2")
    page.get_by_role("button", name="Check").click()
    assert lines(page) == film[place].lines
    assert grads(page)["n0"] == "8"
    assert "Right: 8. (1 right in 9 answers)" in page.locator(".more").inner_text()
    page.keyboard.press("ArrowRight")  # the keys are at home again
    assert at(page) == place + 1


def test_a_comma_is_a_decimal_point_and_what_is_no_number_no_answer(page: Page, opened: Callable[..., Player]) -> None:
    film = opened(Value(0.25, label="x") * 2 * Value(1.0, label="y"), quiz=True).steps
    go(page, next(i for i, frame in enumerate(film) if frame.kind == "pull" and frame.after == 0.5))
    answer, reply = page.locator("input[inputmode]"), page.locator("form p")
    for wrong in ("abc", "", "/", "1,000.5", "0,5x"):
        answer.fill(wrong)
        answer.press("Enter")
        assert reply.inner_text() == "Write a number, such as −1.5 or 2/3."
    answer.fill("0,7")
    answer.press("Enter")
    assert reply.inner_text().startswith("0.7 it is not.")
    answer.fill("0,5")
    answer.press("Enter")
    assert "Right: 0.5. (1 right in 2 answers)" in page.locator(".more").inner_text()


def test_a_stale_gradient_in_a_quiz(page: Page, opened: Callable[..., Player]) -> None:
    loss = lecture()
    loss.backward()
    film = opened(loss, quiz=True).steps
    go(page, next(i for i, frame in enumerate(film) if frame.before == 2.0))
    page.locator("input[inputmode]").fill("16")
    page.keyboard.press("Enter")
    assert "counts a gradient of an earlier pass" in page.locator("form p").inner_text()


def test_answers_are_accepted_within_one_percent(page: Page, opened: Callable[..., Player]) -> None:
    x = Value(0.8814, label="x")
    film = opened(x.tanh() * 3, quiz=True).steps
    go(page, len(film) - 2)
    right = film[-2].after
    for factor, accepted in ((1.03, False), (0.993, True)):
        page.locator("input[inputmode]").fill(f"{right * factor:.6g}")
        page.keyboard.press("Enter")
        assert page.locator("form").count() == (not accepted)


def test_playing_stops_at_a_question(page: Page, opened: Callable[..., Player]) -> None:
    page.clock.install()
    opened(lecture(), quiz=True)
    page.locator(".panel").press(" ")
    page.clock.run_for(20_000)
    assert at(page) == 2


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("width", [404, 600, 900])
@pytest.mark.parametrize("graph", [lecture, odd])
def test_nothing_moves_and_no_text_leaves_its_box(
    page: Page, opened: Callable[..., Player], graph: Callable[[], Value], width: int
) -> None:
    page.set_viewport_size({"width": width + 16, "height": 900})
    film = opened(graph(), forward=True).steps
    seen = set()
    for i in range(len(film)):
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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_at_the_width_of_a_telephone_nothing_is_cut_off(
    page: Page, opened: Callable[..., Player], language: str
) -> None:
    page.set_viewport_size({"width": 420, "height": 900})
    film = opened(reuse(), language=language).steps
    panel = page.locator(".panel").bounding_box()
    assert panel
    heights = set()
    for i in range(len(film)):
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
    film = opened(lecture(), quiz=True, compare="numeric").steps
    for i in (0, 2, next(i for i, frame in enumerate(film) if frame.before == 2.0), len(film) - 2):
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
            const old = cell.querySelector('script'), script = document.createElement('script')
            script.textContent = old.textContent
            old.replaceWith(script)
        }""",
        html,
    )
    assert [slider.input_value() for slider in page.locator("[type=range]").all()] == ["5", "0"]


def test_a_page_saved_by_the_browser_has_one_player_again(
    page: Page, opened: Callable[..., Player], open_html: Any
) -> None:
    film = opened(lecture()).steps
    open_html(page, page.content())
    assert page.locator(HOST).count() == 1
    go(page, 3)
    assert lines(page) == film[3].lines
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
    path.write_text(path.read_text("utf-8").replace("<html>", f'<html lang="{page_language}">'), "utf-8")
    page.goto(path.as_uri())
    assert page.locator(".toolbar label").inner_text().startswith(word)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_word_is_missing(page: Page, opened: Callable[..., Player], language: str) -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    loss = model([1.0, 0.0])
    loss.backward()
    film = opened(loss, quiz=True, forward=True, compare="numeric", zero_grad=False, language=language).steps
    for i in range(len(film)):
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
    film = opened(hundred(), max_nodes=101).steps
    stage = page.locator(".stage")
    box = stage.bounding_box()
    assert box and box["height"] <= 460
    page.evaluate("document.body.style.paddingTop = '300px'; scrollTo(0, 100)")
    for i in (2, len(film) // 2, len(film) - 1):
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
    assert (image.get_attribute("alt") or "").startswith("Computation graph of L = -4.")
    assert output.inner_text().strip() == f"All {len(player.steps)} steps of the backward pass"
    output.locator("summary").click()
    assert output.locator("tbody tr").count() == len(player.steps)
    assert not re.search("function|const |autograd-", output.inner_text())
