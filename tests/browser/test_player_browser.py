"""What the player of a backward pass shows in a real Chromium, and how it answers to hands and quizzes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fixtures.backprop import lecture, level_by_level
from fixtures.player_page import at, go, grads, lines, node, reuse

from autograd import Value
from autograd.core.graph import topological
from autograd.viz.backprop.player import Player, play
from autograd.viz.write.numbers import number

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# ── what it shows ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("options", [{}, {"forward": True}, {"zero_grad": False}])
def test_every_frame_shows_its_lines_and_the_gradients_so_far(
    page: Page, opened: Callable[..., Player], options: dict[str, Any]
) -> None:
    loss = lecture()
    loss.backward()
    steps = opened(loss, **options).steps
    known = {node.name: "–" for node in steps.picture.nodes if node.kind != "constant"}
    known |= {} if steps.is_zeroed else {name: number(grad) for name, grad in steps.stale.items()}
    for i, frame in enumerate(steps):
        go(page, i)
        assert lines(page) == frame.lines
        if frame.kind != "forward":
            known[frame.node] = number(frame.after)
        assert grads(page) == known
        assert page.locator("output").inner_text() == f"{i + 1} of {len(steps)}"
        assert page.locator("[type=range]").get_attribute("aria-valuetext") == f"{WORDS[frame.kind]}: {frame.lines[2]}"


WORDS = {"forward": "compute", "seed": "seed", "pull": "pull", "done": "complete"}


def test_the_picture_marks_the_edge_its_ends_and_how_far_each_value_is(
    page: Page, opened: Callable[..., Player]
) -> None:
    steps = opened(lecture()).steps
    second = next(i for i, frame in enumerate(steps) if frame.node == "n0" and frame.before == 2.0)
    go(page, second - 1)
    assert node(page, "n0").locator(".badge text").text_content() == "1/2"
    go(page, second)
    assert page.locator(".edge.active").get_attribute("data-edge") == "n0>n2:0"
    assert "to" in (node(page, "n0").get_attribute("class") or "").split()
    assert "from" in (node(page, "n2").get_attribute("class") or "").split()
    assert page.locator(".to, .from").count() == 2
    assert node(page, "n0").locator(".gain").text_content() == "+6"
    assert page.locator("caption").inner_text() == "a: 2 of 2 uses"
    assert page.locator(".more tr").all_inner_texts() == ["a·2\t2", "e\t6", "=\t8"]
    assert node(page, "n9").locator(".badge text").text_content() == "✓"
    assert node(page, "n1").locator(".badge text").text_content() == ""
    assert page.locator(".rule").inner_text() == "e = a · b   ∂(a·b)/∂a = b = −3"
    for expected in ("n4>n6:0", "n8>n9:1"):
        assert "carried" in (page.locator(f"[data-edge='{expected}']").get_attribute("class") or "")
    go(page, len(steps) - 1)
    assert page.locator(".badge text").all_text_contents().count("✓") == 9


def test_the_order_says_why(page: Page, opened: Callable[..., Player]) -> None:
    steps = opened(lecture()).steps
    go(page, next(i for i, frame in enumerate(steps) if frame.user == "n8"))
    items = page.locator(".order li")
    assert items.all_inner_texts() == [
        "L",
        "a·2 now: its users are done (L)",
        "d·f next: its users are done (L)",
        "d waits for d·f",
        "e waits for d",
    ]
    items.nth(3).locator("button").click()
    assert steps[at(page)].user == "n4"
    go(page, 0)
    assert items.first.inner_text() == "L first: it is the result"


def test_a_value_that_is_complete_waits_for_nobody(page: Page, opened: Callable[..., Player]) -> None:
    steps = opened(reuse()).steps
    done = {steps.titles[frame.node]: i for i, frame in enumerate(steps) if frame.completes}
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
    steps = opened(reuse(), compare=compare, language=language).steps
    for i in range(len(steps)):
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
    steps = opened(y * x + y).steps
    go(page, len(steps) - 1)
    assert page.locator(".lines").evaluate("e => e.scrollHeight <= e.clientHeight")
    assert (page.locator(".lines code").first.bounding_box() or {})["height"] > 40


def test_finite_differences_and_what_a_gradient_means(page: Page, opened: Callable[..., Player]) -> None:
    steps = opened(lecture(), compare="numeric").steps
    go(page, len(steps) - 1)
    said = page.locator(".more").inner_text()
    assert "Finite difference: 8. They agree." in said
    assert "Were a larger by 0.001, the result would change by about 0.008." in said


def test_a_click_on_a_value_and_on_its_gradient(page: Page, opened: Callable[..., Player]) -> None:
    steps = opened(lecture()).steps
    box = node(page, "n0").bounding_box()
    assert box
    node(page, "n0").locator(".label").click()
    assert (steps[at(page)].kind, steps[at(page)].node) == ("done", "n0")
    node(page, "n4").locator(".hit").click()
    assert (steps[at(page)].kind, steps[at(page)].node) == ("pull", "n4")
    assert "One path from d to the result, and one product: −2" in page.locator(".more").inner_text()
    node(page, "n0").locator(".hit").click()
    assert page.locator(".more p").all_inner_texts() == [
        "2 paths from a to the result: their products add up to 8",
        "∂(d·f+a·2)/∂(a·2) · ∂(a·2)/∂a = 1 · 2 = 2",
        "∂(d·f+a·2)/∂(d·f) · ∂(d·f)/∂d · ∂(e+c)/∂e · ∂(a·b)/∂a = 1 · −2 · 1 · −3 = 6",
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
        for each in reversed(topological(self)):
            each._backward()


def test_what_was_overwritten_does_not_add_up(page: Page, opened: Callable[..., Player]) -> None:
    a, b = Overwrites(2.0, label="a"), Overwrites(-3.0, label="b")
    steps = opened(Overwrites(-12.0, (Overwrites(-6.0, (a, b)), a))).steps  # type: ignore[arg-type]
    go(page, next(i for i, frame in enumerate(steps) if frame.completes and frame.node == "n0"))
    said = page.locator(".more")
    assert page.locator(".more tr").last.inner_text().startswith("≠")
    assert "= −12 arrived." in said.inner_text() and "Were a larger" not in said.inner_text()
    page.locator(".more [data-paths]").click()
    assert said.inner_text().startswith("2 paths from a to the result: their products add up to −12")


def test_a_wrong_order_is_not_shown_as_a_right_one(page: Page, opened: Callable[..., Player]) -> None:
    steps = opened(level_by_level()).steps  # type: ignore[arg-type]
    b = next(node for node, title in steps.titles.items() if title == "b")
    turn = next(i for i, frame in enumerate(steps) if frame.user == b)
    items, badge = page.locator(".order li"), node(page, b).locator(".badge text")
    assert page.locator(".order p").inner_text() == "Order: some values come too early"
    go(page, turn)
    assert items.nth(1).inner_text() == "b too early: c has not passed on yet"
    assert badge.text_content() == "1/2"
    go(page, len(steps) - 1)
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
    steps = opened((x * y) * x).steps
    assert node(page, "n0").locator(".label").text_content() == steps.picture["n0"].label
    for i, frame in enumerate(steps):
        go(page, i)
        assert lines(page) == frame.lines
    assert page.locator("img").count() == 1


# ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_keyboard_from_the_first_frame_to_the_last_and_back(page: Page, opened: Callable[..., Player]) -> None:
    steps = opened(lecture()).steps
    stops = [i for i, frame in enumerate(steps) if frame.completes]
    page.keyboard.press("Tab")  # into the player
    for i in range(1, len(steps)):
        page.keyboard.press("ArrowRight")
        assert at(page) == i
    page.keyboard.press("ArrowRight")
    assert at(page) == len(steps) - 1
    for i in reversed(range(len(steps) - 1)):
        page.keyboard.press("ArrowLeft")
        assert at(page) == i
    seen = []
    while at(page) < len(steps) - 1:
        page.keyboard.press("Shift+ArrowRight")
        seen.append(at(page))
    assert seen == stops[1:]
    page.keyboard.press("Home")
    assert at(page) == 0
    page.keyboard.press("End")
    assert at(page) == len(steps) - 1
    page.keyboard.press("Shift+ArrowLeft")
    assert at(page) == stops[-2]


def test_a_saved_page_takes_the_keys_at_once(page: Page, tmp_path: Path) -> None:
    page.goto(play(lecture(), language="en").save(tmp_path / "step.html").as_uri())
    page.keyboard.press("ArrowRight")
    assert at(page) == 1
    title = page.locator("[data-do=next]").get_attribute("title")
    assert title == "Next (→, a value at a time with Shift)"


def test_the_buttons_and_playing(page: Page, opened: Callable[..., Player]) -> None:
    page.clock.install(time=0)
    steps = opened(lecture()).steps
    page.clock.pause_at(3_600)  # from here on, time passes by run_for alone
    for name, frame in (("Next", 1), ("Next", 2), ("Back", 1), ("Last", len(steps) - 1), ("First", 0)):
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
    assert at(page) == len(steps) - 1
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
    steps = opened(lecture(), quiz=True).steps
    place = next(i for i, frame in enumerate(steps) if frame.before == 2.0)
    go(page, place)
    assert lines(page) == steps[place].lines[:1]
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
    assert lines(page) == steps[place].lines
    assert grads(page)["n0"] == "8"
    assert "Right: 8. (1 right in 9 answers)" in page.locator(".more").inner_text()
    page.keyboard.press("ArrowRight")  # the keys are at home again
    assert at(page) == place + 1


def test_a_comma_is_a_decimal_point_and_what_is_no_number_no_answer(page: Page, opened: Callable[..., Player]) -> None:
    steps = opened(Value(0.25, label="x") * 2 * Value(1.0, label="y"), quiz=True).steps
    go(page, next(i for i, frame in enumerate(steps) if frame.kind == "pull" and frame.after == 0.5))
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
    steps = opened(loss, quiz=True).steps
    go(page, next(i for i, frame in enumerate(steps) if frame.before == 2.0))
    page.locator("input[inputmode]").fill("16")
    page.keyboard.press("Enter")
    assert "counts a gradient of an earlier pass" in page.locator("form p").inner_text()


def test_answers_are_accepted_within_one_percent(page: Page, opened: Callable[..., Player]) -> None:
    x = Value(0.8814, label="x")
    steps = opened(x.tanh() * 3, quiz=True).steps
    go(page, len(steps) - 2)
    right = steps[-2].after
    for factor, accepted in ((1.03, False), (0.993, True)):
        page.locator("input[inputmode]").fill(f"{right * factor:.6g}")
        page.keyboard.press("Enter")
        assert page.locator("form").count() == (not accepted)


def test_playing_stops_at_a_question(page: Page, opened: Callable[..., Player]) -> None:
    page.clock.install(time=0)
    opened(lecture(), quiz=True)
    page.clock.pause_at(3_600)
    page.locator(".panel").press(" ")
    page.clock.run_for(20_000)
    assert at(page) == 1
