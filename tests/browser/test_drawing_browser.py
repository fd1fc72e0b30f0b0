"""How a drawing looks in a browser: every text in its box, nothing on anything else, colours, and in a notebook."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fixtures.pictures import LABELS, any_network, any_picture

from autograd import Value
from autograd.viz import Drawing, draw
from autograd.viz.write.layout import lay_out
from autograd.viz.write.svg import svg_text
from autograd.viz.write.theme import DARK, LIGHT

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

# What is wrong with a picture, by the boxes the browser makes of its texts and outlines.
MISTAKES = """() => {
  const svg = document.querySelector("svg.autograd"), page = svg.getBoundingClientRect(), wrong = []
  const all = (within, what) => [...within.querySelectorAll(what)], box = element => element.getBoundingClientRect()
  const outline = node => box(node.querySelector("rect:last-of-type") || node)
  const across = (a, b, by) => a.left + by < b.right && b.left + by < a.right
  const meet = (a, b, by) => across(a, b, by) && a.top + by < b.bottom && b.top + by < a.bottom
  const holds = (b, a) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom
  const pairs = (things, check) => things.forEach((a, i) => things.slice(0, i).forEach(b => check(a, b)))
  const nodes = all(svg, ".node"), texts = all(svg, ".local, .title, .detail"), name = node => node.dataset.node
  for (const text of all(svg, "text:not(defs text)")) {
    if (parseFloat(getComputedStyle(text).fontSize) < 9) wrong.push(["small", text.textContent])
    if (!holds(page, box(text))) wrong.push(["off the page", text.textContent])
  }
  for (const node of nodes) {
    if (!node.querySelector("rect")) continue
    const inside = all(node, "text"), keys = all(node, "use")
    for (const text of inside)
      if (!holds(outline(node), box(text))) wrong.push(["out of its box", name(node), text.textContent])
    pairs(inside, (a, b) => meet(box(a), box(b), 3) && wrong.push(["text on text", a.textContent, b.textContent]))
    for (const key of keys) for (const text of inside)
      if (meet(box(key), box(text), 3)) wrong.push(["text on its word", text.textContent])
    for (const key of keys) for (const value of all(node, ".data, .grad"))
      if (box(key).right + 2 > box(value).left) wrong.push(["a number on its word", value.textContent])
    const label = node.querySelector(".label"), pill = node.querySelector(".pill")
    if (label && pill && box(label).right > box(pill).left - 7) wrong.push(["label on pill", label.textContent])
  }
  pairs(nodes, (a, b) => meet(outline(a), outline(b), 0) && wrong.push(["box on box", name(a), name(b)]))
  pairs(texts, (a, b) => meet(box(a), box(b), 1) && wrong.push(["text on text", a.textContent, b.textContent]))
  for (const text of texts) for (const node of nodes)
    if (meet(box(text), outline(node), 1)) wrong.push(["text on box", text.textContent, name(node)])
  return wrong
}"""


def mistakes(page: Page, svg: str) -> list[list[str]]:
    page.set_content(f'<body style="margin:0">{svg}</body>')
    found: list[list[str]] = page.evaluate(MISTAKES)
    return found


def neuron() -> Value:
    x, w, b = Value(2.0, label="x"), Value(-3.0, label="w"), Value(6.88, label="b")
    o = (x * w + b).tanh()
    o.backward()
    return o


# ── geometry ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("font", ["DejaVu Sans", "Liberation Sans"])
def test_nothing_overflows_or_overlaps(page: Page, font: str) -> None:
    for seed in range(25):
        svg = svg_text(lay_out(any_picture(seed)), "any")
        assert "DejaVu Sans" in svg
        assert mistakes(page, svg.replace("DejaVu Sans", font)) == [], f"seed {seed}"
        svg = svg_text(lay_out(any_network(seed)), "any")
        assert mistakes(page, svg.replace("DejaVu Sans", font)) == [], f"network, seed {seed}"


@pytest.mark.parametrize("label", LABELS)
def test_a_label_stays_in_its_box(page: Page, label: str) -> None:
    x = Value(1e-300, label=label)
    y = x * Value(math.nan, label=label[:5])
    y.backward(allow_nonfinite=True)
    for ops in ("fused", "separate"):
        assert mistakes(page, draw(y, ops=ops).svg()) == []  # type: ignore[arg-type]


def test_the_mistakes_would_be_found(page: Page) -> None:
    svg = draw(neuron()).svg()
    assert mistakes(page, svg) == []
    narrow = re.sub(r'(<g class="node result.*?<rect [^>]*width=)"\d+"', r'\1"20"', svg)
    assert ["out of its box", "n5", "tanh"] in mistakes(page, narrow)
    assert ["small", "tanh"] in mistakes(page, svg.replace("font:11px", "font:8px"))
    together = re.sub(r"translate\([\d ]+\)", "translate(50 50)", svg)
    assert ["box on box", "n1", "n0"] in mistakes(page, together)
    assert "text on text" in {
        wrong[0] for wrong in mistakes(page, re.sub(r'"local" x="\d+" y="\d+"', '"local" x="9" y="9"', svg))
    }


def as_untrusted(html: str) -> str:
    """What a notebook leaves of an output that it does not trust."""
    return re.sub("<script[^>]*>.*?</script>", "", html, flags=re.DOTALL)


def test_a_picture_keeps_its_size_in_a_narrow_cell(page: Page, open_html: Callable[[Page, str], Path]) -> None:
    page.set_viewport_size({"width": 500, "height": 600})
    drawing = draw(neuron())
    open_html(page, as_untrusted(drawing._repr_mimebundle_()["text/html"]))
    image = page.locator("img")
    natural = lay_out(drawing.picture)
    assert image.evaluate("image => [image.width, image.height]") == [natural.width, natural.height]
    assert natural.width > 400
    page.set_viewport_size({"width": 300, "height": 600})
    assert image.evaluate("image => image.width") == natural.width
    assert page.locator("div:has(> img)").evaluate("div => div.scrollWidth > div.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# ── colours ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def ground(image: Locator) -> str:
    """The colour at the corner of an image, as the browser paints it."""
    pixel = image.evaluate("""async image => {
      const canvas = document.createElement("canvas")
      await image.decode()
      canvas.width = canvas.height = 8
      canvas.getContext("2d").drawImage(image, 0, 0)
      return [...canvas.getContext("2d").getImageData(3, 3, 1, 1).data]
    }""")
    assert pixel[3] == 255, "the ground lets the page through"
    return "#" + "".join(f"{channel:02x}" for channel in pixel[:3])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_image_brings_its_own_ground(page: Page, scheme: Any) -> None:
    """The page's color-scheme decides, else the system; on any page its numbers can be read."""
    page.emulate_media(color_scheme=scheme)
    html = as_untrusted(draw(neuron())._repr_mimebundle_()["text/html"])
    system = (LIGHT if scheme == "light" else DARK)["ground"]
    for style, expected in [
        ("", system),
        ("html{background:#111}", system),
        ("html{background:#fff}", system),
        ("html{color-scheme:dark}", DARK["ground"]),
        ("html{color-scheme:light}", LIGHT["ground"]),
    ]:
        page.set_content(f"<style>{style}</style>{html}")
        assert ground(page.locator("img")) == expected


def test_whoever_shows_the_svg_sets_its_colours(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_content(f'<body style="--autograd-data:#123456;--autograd-ground:#fedcba">{draw(neuron()).svg()}</body>')
    fill = "selector => getComputedStyle(document.querySelector(selector)).fill"
    assert page.evaluate(fill, ".node .data") == "rgb(18, 52, 86)"
    assert page.evaluate(fill, ".ground") == "rgb(254, 220, 186)"
    assert page.evaluate(fill, ".node .grad") == "rgb(230, 159, 0)"


def test_a_saved_page(page: Page, tmp_path: Path, axe: Callable[..., None]) -> None:
    path = draw(neuron()).save(tmp_path / "neuron.html")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(path.as_uri())
        assert page.title().startswith("Computation graph of the result 0.70")
        assert page.get_by_role("group", name="Largest gradient of an input").count() == 1
        axe(page)


# ── in a notebook ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("trusted", [True, False])
def test_a_notebook_shows_it_trusted_or_not(page: Page, lab: Any, trusted: bool) -> None:
    """A plain image/svg+xml is shown by JupyterLab as an image where the notebook is trusted, else as the text."""
    o = neuron()
    static = draw(o, mode="static")._repr_mimebundle_()
    outputs = [draw(o)._repr_mimebundle_(), o._repr_mimebundle_(), static]
    lab.notebook("a.ipynb", ["draw(o)", "o", 'draw(o, mode="static")'], outputs=outputs, trusted=trusted)
    lab.open(page, "a.ipynb", theme="dark")
    width = lay_out(draw(o).picture).width
    for cell in range(3 if trusted else 2):
        image = lab.cell_output(page, cell).locator("img")
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == width
        assert ground(image) == DARK["ground"], "JupyterLab says its theme by color-scheme, which decides"
    assert "Largest gradient of an input" in (lab.cell_output(page, 0).locator("img").get_attribute("alt") or "")
    assert lab.cell_output(page, 0).locator("img").is_visible() is not trusted, "a script makes more of it"
    if not trusted:
        assert lab.cell_output(page, 0).inner_text().strip() == ""
        assert lab.cell_output(page, 2).inner_text().strip() == str(draw(o))


def test_an_svg_inlined_after_another_looks_as_it_does_alone(page: Page) -> None:
    first, second = draw(neuron()).svg(), Drawing(any_picture(3)).svg()
    pictures = []
    for before in ("", f'<div style="display:none">{first}</div>'):
        page.set_content(f'<body style="margin:0">{before}{second}')
        pictures.append(page.locator("svg:visible").screenshot())
    assert pictures[0] == pictures[1]
