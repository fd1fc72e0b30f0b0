"""A player of folded boxes in a real Chromium: going inside, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from fixtures.player_page import HOST, at, go

import autograd
import nn
from autograd import Value
from autograd.viz.backprop.player import Player
from examples.gallery import GRAPHS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def player(opened: Callable[..., Player]) -> Player:
    model = nn.MLP(4, [6, 6, 1], activation="tanh", seed=0)
    loss: Value = model([1.0, -2.0, 0.5, 3.0]) ** 2
    return opened(loss)


def inside_of(player: Player) -> tuple[int, str]:
    """The first step inside of a box, and the box."""
    return next((i, step.node) for i, step in enumerate(player.steps) if step.kind == "inside")


def visible(page: Page) -> Locator:
    """The player that is seen: of several hosts, the one that is not hidden."""
    return page.locator(f"{HOST}:not([hidden])")


@pytest.mark.parametrize("way", ["button", "key", "click"])
def test_going_inside_and_back(page: Page, player: Player, way: str) -> None:
    i, box = inside_of(player)
    go(page, i)
    if way == "button":
        page.get_by_role("button", name="Go inside (Enter)").click()
    elif way == "key":
        page.locator(".panel").first.focus()
        page.keyboard.press("Enter")
    else:
        page.locator(f"[data-node={box}] .label").click()
    back = page.get_by_role("button", name="Back (Esc)")
    back.wait_for()
    inside = player.steps.inside[box]
    assert page.locator(HOST).count() == 2 and visible(page).count() == 1
    assert visible(page).locator("output").inner_text() == f"1 of {len(inside)}"
    for number, step in enumerate(inside):
        assert visible(page).locator(".lines code").all_inner_texts() == list(step.lines)
        if number + 1 < len(inside):
            page.keyboard.press("ArrowRight")
    if way == "button":
        back.click()
    else:
        page.keyboard.press("Escape")
    assert page.locator(HOST).count() == visible(page).count() == 1
    assert at(page) == i
    page.keyboard.press("ArrowRight")
    assert at(page) == i + 1


def test_what_a_box_holds_is_not_said_before_its_step(page: Page, opened: Callable[..., Player]) -> None:
    model = nn.MLP(3, [4, 4, 1], seed=1)
    rows = ([2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0])
    player = opened(autograd.sum([(model(x) - 1.0) ** 2 for x in rows]))
    boxes = [(i, step.node) for i, step in enumerate(player.steps) if step.kind == "inside"]
    i, box = next((i, box) for i, box in boxes if player.steps.picture[box].grad is None)
    largest = page.locator(f"[data-node={box}] .largest")
    go(page, i - 1)
    assert largest.evaluate("e => getComputedStyle(e).visibility") == "hidden"
    go(page, i)
    assert largest.evaluate("e => getComputedStyle(e).visibility") == "visible"
    assert (largest.text_content() or "").startswith("max |grad| ")


@pytest.mark.parametrize("width", [400, 700, 1000])
def test_the_active_arrow_is_in_the_middle_with_both_its_ends(
    page: Page, opened: Callable[..., Player], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    x = Value(0.5, label="x")
    y = x
    for i in range(30):
        y = (y * 1.5 + i).tanh() if i % 3 else y * y
    steps = opened(y).steps
    for i in range(0, len(steps), 7):
        go(page, i)
        if steps[i].kind == "pull":
            off = page.locator(".stage").evaluate(
                """stage => {
                  const view = stage.getBoundingClientRect()
                  const line = stage.querySelector(".active path").getBoundingClientRect()
                  return [line.left - view.left, view.right - line.right,
                          line.top - view.top, view.bottom - line.bottom]
                }"""
            )
            assert min(off) >= -1, (i, off)


def test_the_paths_of_a_value_are_told_from_the_rest_at_the_end(page: Page, opened: Callable[..., Player]) -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    steps = opened((a * b + a) * (b * 4)).steps
    go(page, len(steps) - 1)
    page.locator("[data-node=n0] .hit").click()
    looks = page.locator(".edge").evaluate_all("all => all.map(e => [e.dataset.edge, getComputedStyle(e).opacity])")
    on = {edge for edge, opacity in looks if opacity == "1"}
    names = {title: name for name, title in steps.titles.items()}
    assert {edge.split(":")[0] for edge in on} == {
        f"{names['a']}>{names['a·b']}",
        f"{names['a']}>{names['a·b+a']}",
        f"{names['a·b']}>{names['a·b+a']}",
        f"{names['a·b+a']}>{names['L']}",
    }
    assert all(float(opacity) < 0.3 for edge, opacity in looks if edge not in on)


@pytest.mark.parametrize("name", ["network of the lecture", "residual block", "convolution", "GPT"])
def test_every_step_of_a_folded_graph_is_shown(page: Page, opened: Callable[..., Player], name: str) -> None:
    made = GRAPHS[name]()
    steps = opened(made if isinstance(made, Value) else made[0]).steps
    assert steps.summaries
    for i, step in enumerate(steps):
        go(page, i)
        assert page.locator(".lines code").all_inner_texts() == list(step.lines)
        assert page.locator("output").inner_text() == f"{i + 1} of {len(steps)}"


@pytest.mark.parametrize("width", [400, 1000])
def test_what_is_inside_is_accessible_and_fits(
    page: Page, player: Player, axe: Callable[..., object], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    i, _ = inside_of(player)
    go(page, i)
    axe(page)
    page.get_by_role("button", name="Go inside (Enter)").click()
    page.get_by_role("button", name="Back (Esc)").wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
