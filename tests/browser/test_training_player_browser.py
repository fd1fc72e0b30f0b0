"""The player of a training in a real browser and a real notebook."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from viz.test_training_player import HOSTILE, Skip, area, recorded

import nn
from autograd.viz.training.layout import HEIGHT
from autograd.viz.training.player import training_player
from autograd.viz.write.numbers import figure
from nn.inspect.snapshots import Snapshots

pytestmark = pytest.mark.browser


def moons(epochs=6):
    X, y = nn.data.moons(60, noise=0.15, seed=0)
    model = nn.MLP(2, [8, 8, 1], activation="tanh", output="tanh", seed=3)
    return recorded(model, X, y, epochs=epochs, lr=0.05)


def curve():
    X = np.linspace(-3.0, 3.0, 40)
    held_out = X[::4] + 0.1, np.sin(X[::4])
    return recorded(nn.MLP(1, [8, 1], activation="tanh", seed=0), X, np.sin(X), epochs=5, lr=0.05, validation=held_out)


def three_classes():
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    return recorded(nn.MLP(2, [6, 3], seed=2), X, y, epochs=5, lr=0.05, loss="cross_entropy")


def digits():
    X, y = nn.data.digits(60, seed=0)
    model, metrics = nn.MLP(64, [16, 10], seed=0), ["accuracy"]
    return recorded(model, X, y, Snapshots(at=5), epochs=4, loss="cross_entropy", metrics=metrics)


def wide():
    X, y = nn.data.circles(40, seed=0)
    return recorded(nn.MLP(2, [120, 40, 1], seed=0), X, y, epochs=2)


def five_inputs():
    X = np.random.default_rng(0).normal(size=(40, 5))
    return recorded(nn.MLP(5, [4, 1], activation="relu", seed=0), X, X.sum(axis=1), epochs=5, lr=0.05, metrics=["r2"])


def listed():
    X, y = nn.data.moons(20, seed=0)
    return recorded(Skip(), X, y, epochs=4)


TRAININGS = {f.__name__: f for f in (moons, curve, three_classes, digits, wide, five_inputs, listed)}
HISTORIES = {}


def history(name):
    if name not in HISTORIES:
        HISTORIES[name] = TRAININGS[name]()
    return HISTORIES[name]


@pytest.fixture(params=TRAININGS)
def player(request):
    return training_player(history(request.param), language="en")


def go(page, frame):
    page.locator("input[type=range]").evaluate(
        "(slider, frame) => { slider.value = frame; slider.dispatchEvent(new Event('input')) }", frame
    )


def frame(page):
    return int(page.locator("input[type=range]").input_value())


def picture(page):
    return page.locator(".stage .training").evaluate("svg => svg.outerHTML")


def drawn(svg):
    """What differs between two snapshots' pictures: numbers, tints, lines, the mark."""
    root = ElementTree.fromstring(svg)
    groups = [g for g in root.iter() if g.get("class")]
    named = {
        name: [g for g in groups if name in g.get("class").split()] for name in ("node", "edges", "row", "now", "at")
    }
    texts = [text for g in (*named["node"], *named["row"]) for text in g.itertext()]
    is_number = [re.fullmatch(r"−?[\d.]+(e−?\d+)?", text) for text in texts]
    return {
        "names": [text for text, found in zip(texts, is_number, strict=True) if not found],
        "numbers": [float(text.replace("−", "-")) for text, found in zip(texts, is_number, strict=True) if found],
        "signs": [g.get("class").split() == ["node", "m"] for g in named["node"]],
        "tints": [float(g[0].get("fill-opacity")) for g in named["node"]],
        "edges": [len((path.get("d") or "").split("M")) for path in (named["edges"][0] if named["edges"] else ())],
        "mark": [named["now"][0].get("transform"), named["now"][0][1].get("cy")],
        "at": "".join(named["at"][0].itertext()),
    }


def test_the_script_draws_each_snapshot_as_python_does(page, open_html, player):
    open_html(page, player.html)
    for i in range(len(player)):
        go(page, i)
        live, still = drawn(picture(page)), drawn(player.svg(i))
        for what in ("names", "signs", "mark", "at"):
            assert live[what] == still[what], (what, i)
        assert live["numbers"] == pytest.approx(
            still["numbers"], rel=2e-3, abs=1.01e-3
        )  # rounded twice, to 4 digits first
        assert live["tints"] == pytest.approx(still["tints"], abs=0.011)
        assert sum(live["edges"]) == sum(still["edges"])
        assert np.abs(np.subtract(live["edges"], still["edges"])).sum() <= 0.02 * sum(live["edges"])  # 4 digits


def test_shades_and_curve_are_pythons_too(page, open_html, player):
    def paths(svg):
        shades = svg.partition('class="shades"')[2].partition("zero")[0]
        found = re.findall(r'<path class="of-[\w-]+" d="([^"]*)"', shades)
        line = re.search(r'class="curve" d="([^"]*)"', svg)
        return [area(path) for path in found], np.array(re.findall(r"[\d.-]+", line[1] if line else ""), float)

    open_html(page, player.html)
    for i in range(len(player)):
        go(page, i)
        live, still = paths(picture(page)), paths(player.svg(i))
        kind = player.record.plane and player.record.plane.kind
        assert len(live[0]) == len(still[0]) == {"sides": 6, "classes": 3}.get(kind, 0)
        assert len(live[1]) == (98 if kind == "curve" else 0)
        assert live[0] == pytest.approx(still[0], abs=6.0)  # of 529; one character a shade
        np.testing.assert_allclose(live[1], still[1], atol=0.16)


# ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_keyboard_goes_through_snapshots_and_neurons(page, open_html):
    open_html(page, training_player(history("moons"), language="en").html)
    page.locator(".panel").focus()
    for key, wanted in (("End", 6), ("ArrowLeft", 5), ("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2)):
        page.keyboard.press(key)
        assert frame(page) == wanted
    page.locator(".node").first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    assert page.locator(".node:focus").get_attribute("aria-label").startswith("layers[0].neurons[0]: ")
    assert page.locator(".side p").first.inner_text().startswith("layers[0].neurons[0]:")
    page.keyboard.press("ArrowRight")
    assert frame(page) == 3
    assert page.locator(".node:focus").get_attribute("aria-label").startswith("layers[0].neurons[0]: ")
    page.keyboard.press("ArrowUp")
    assert page.locator(".node:focus").get_attribute("aria-label").startswith("x₂ ")
    assert page.locator(".node[tabindex='0']").count() == 1


def test_a_neuron_shows_its_weights_gradients_and_sum(page, open_html):
    kept = history("moons").snapshots
    open_html(page, training_player(history("moons"), language="en").html)
    go(page, 4)
    page.locator(".node").nth(2 + 3).hover()
    rows = [row.split("\t") for row in page.locator(".side table").inner_text().splitlines()]
    assert [row[0].strip() for row in rows] == ["", "input", "weight", "gradient (all samples)"]
    w = kept[4].parameters[9:12]
    x = kept.to_dict()["sample"]["x"]
    numbers = [float(cell.replace("−", "-")) for cell in rows[2][1:]]
    assert numbers == pytest.approx(w.tolist(), abs=6e-4)
    gradient = [float(cell.replace("−", "-")) for cell in rows[3][1:]]
    assert gradient == pytest.approx(kept[4].gradient[9:12].tolist(), abs=6e-4)
    said = page.locator(".side p").first.inner_text().replace("−", "-")
    z, value = re.search(r"= (\S+), tanh → (\S+)$", said).groups()
    assert float(z) == pytest.approx(w[0] * x[0] + w[1] * x[1] + w[2], abs=1e-3)
    assert float(value) == pytest.approx(np.tanh(float(z)), abs=1e-3)
    page.mouse.move(1, 1)
    assert page.locator(".side p").first.inner_text().startswith("Epoch 4: ")


def relus():
    X = np.random.default_rng(1).normal(size=(30, 3))
    return recorded(nn.MLP(3, [12, 8, 2], seed=4), X, np.tanh(X[:, :2] * 3), epochs=4, lr=0.02)


def test_a_sum_and_its_activation_do_not_contradict_each_other(page, open_html):
    kept = relus().snapshots
    open_html(page, training_player(kept, language="en").html)
    seen = {"linear": 0, "relu": 0, "0": 0}
    for i, snapshot in enumerate(kept):
        go(page, i)
        for layer, outputs in enumerate(snapshot.activations):
            before = 3 + sum(len(each) for each in snapshot.activations[:layer])
            for n in range(0, len(outputs), 3):
                page.locator(".node").nth(before + n).hover()
                said = page.locator(".side p").first.inner_text()
                z, kind, value = re.search(r"= (\S+), (\w+) → (\S+)$", said).groups()
                assert float(value.replace("−", "-")) == pytest.approx(outputs[n], abs=6e-4), said
                if kind == "relu" and value == "0":
                    assert float(z.replace("−", "-")) <= 0
                else:
                    assert z == value, said
                seen[value if value == "0" else kind] += 1
    assert min(seen.values()) >= 5


def test_a_sum_of_three_digits(page, open_html):
    kept = history("moons").snapshots
    open_html(page, training_player(history("moons"), language="en").html)
    x = np.array([*kept.to_dict()["sample"]["x"], 1.0])
    for i in range(len(kept)):
        go(page, i)
        for n in range(8):
            page.locator(".node").nth(2 + n).hover()
            z = page.locator(".side p").first.inner_text().replace("−", "-")
            z = float(re.search(r"= (\S+), tanh", z)[1])
            assert z == pytest.approx(kept[i].parameters[3 * n : 3 * n + 3] @ x, rel=5.5e-3, abs=1e-3)


def test_it_says_once_what_losses_are_shown(page, open_html, player):
    open_html(page, player.html)
    assert page.locator(".side").inner_text().count("Each loss is the model's after that epoch") == 1
    assert page.locator(".side .hint").last.evaluate("e => e.scrollWidth <= e.clientWidth")


@pytest.mark.parametrize("width", [320, 400, 450, 640, 880])  # 450: a page of 900 at 200 %
def test_the_panels_wrap_and_nothing_is_cut(page, open_html, player, width):
    page.set_viewport_size({"width": width, "height": 900})
    open_html(page, player.html)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = page.evaluate(BOXES)
    panel = page.locator(".panel").bounding_box()
    scroll = page.locator(".scroll").evaluate("e => e.scrollWidth - e.clientWidth")
    assert scroll <= 0 or width < 400
    for text, x, _, right, *_ in found["texts"]:
        assert not text or (panel["x"] <= x and (right <= panel["x"] + panel["width"] or scroll > 0)), text
    boxes = [node["box"] for node in found["nodes"]]
    assert not [1 for n, a in enumerate(boxes) for b in boxes[n + 1 :] if overlap(a, b)]
    texts = [(t[0], t[1:5]) for t in found["texts"] if t[0]]
    for n, (a, box) in enumerate(texts):
        assert not [b for b, other in texts[n + 1 :] if overlap(box, other, 3)], a


@pytest.mark.parametrize("language", ["en", "zh"])
def test_at_the_width_of_a_telephone_nothing_is_cut_off(page, open_html, language):
    page.set_viewport_size({"width": 420, "height": 900})
    open_html(page, training_player(history("moons"), language=language).html)
    panel = page.locator(".panel").bounding_box()
    for control in page.locator(".toolbar > *").all():
        box = control.bounding_box()
        assert box["x"] + box["width"] <= panel["x"] + panel["width"]
    for _ in range(2):
        side = page.locator(".side").bounding_box()
        for words in page.locator(".side p").all():
            assert words.evaluate("e => e.scrollWidth <= e.clientWidth")
            assert words.bounding_box()["y"] + words.bounding_box()["height"] <= side["y"] + side["height"]
        page.locator(".node").nth(4).click()


def test_a_click_keeps_a_neuron_until_the_next(page, open_html):
    open_html(page, training_player(history("moons"), language="en").html)
    node = page.locator(".node").nth(4)
    node.click()
    page.mouse.move(1, 1)
    page.locator("[data-do=next]").click()
    assert node.get_attribute("aria-pressed") == "true"
    assert "layers[0].neurons[2]" in page.locator(".side p").first.inner_text()
    node.click()
    page.locator("[data-do=next]").click()
    page.mouse.move(1, 1)
    assert node.get_attribute("aria-pressed") == "false"
    assert page.locator(".side p").first.inner_text().startswith("Epoch 2: ")


def test_lines_show_weights_or_gradients(page, open_html):
    open_html(page, training_player(history("moons"), language="en").html)
    weights, gradients = page.locator(".show button").all()

    def lines():
        return page.locator(".edges").first.evaluate("g => [...g.children].map(path => path.getAttribute('d'))")

    before = lines()
    gradients.click()
    assert (weights.get_attribute("aria-pressed"), gradients.get_attribute("aria-pressed")) == ("false", "true")
    assert lines() != before
    weights.click()
    assert lines() == before


def test_a_neuron_of_the_first_layer_shows_what_it_looks_for(page, open_html):
    kept = history("digits").snapshots
    open_html(page, training_player(history("digits"), language="en").html)
    go(page, 2)
    still = page.locator(".pixels").inner_html()
    page.locator(".node").nth(9 + 1).hover()
    shown = page.locator(".pixels path").evaluate_all(
        "all => all.map(e => (e.classList.contains('m') ? -1 : 1) * e.getAttribute('fill-opacity'))"
    )
    weights = kept[2].parameters[65 : 65 + 64]
    largest = np.abs([snapshot.parameters[: 16 * 65].reshape(16, 65)[:, :64] for snapshot in kept]).max()
    np.testing.assert_allclose(shown, weights / largest, atol=0.04)
    page.mouse.move(1, 1)
    assert page.locator(".pixels").inner_html() == still


# ── samples ─────────────────────────────────────────────────────────────────────────────────────────────────────────

MODELS = {
    "moons": lambda: nn.MLP(2, [8, 8, 1], activation="tanh", output="tanh", seed=3),
    "curve": lambda: nn.MLP(1, [8, 1], activation="tanh", seed=0),
    "three_classes": lambda: nn.MLP(2, [6, 3], seed=2),
    "five_inputs": lambda: nn.MLP(5, [4, 1], activation="relu", seed=0),
}


def seen_numbers(page):
    """The numbers in the boxes."""
    texts = page.locator(".node .v").all_text_contents()
    return [float(text.replace("−", "-")) for text in texts]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("by", ["keyboard", "click"])
def test_a_sample_chosen_in_the_plot_is_what_the_engine_makes_of_it(page, open_html, name, by):
    kept, model = history(name).snapshots, MODELS[name]()
    player = training_player(history(name), language="en")
    open_html(page, player.html)
    last = len(kept) - 1
    go(page, last)
    pad = page.locator(".pick")
    if by == "keyboard":
        pad.focus()
        for _ in range(7):
            page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowDown")
        k = 6
    else:
        k = 11
        across, up = page.evaluate(PLACE, [name, player._data()["samples"], player.record.choices.x[k].tolist(), k])
        page.mouse.click(across, up)
    x, y = player.record.choices.x[k].tolist(), player.record.choices.y[k]
    for parameter, number in zip(model.parameters(), kept[last].parameters.tolist(), strict=True):
        parameter.data = number
    wanted = list(x)
    for layer in model.layers:
        x = layer(x)
        x = x if isinstance(x, list) else [x]
        wanted += [value.data for value in x]
    assert seen_numbers(page) == pytest.approx(wanted, rel=4e-3, abs=4e-3)
    assert page.locator(".sample").text_content() == f"sample {k}"
    assert page.locator(".target").text_content() == f"target {figure(y)}"
    assert pad.get_attribute("aria-valuetext").startswith(f"sample {k} x₁ ")
    assert frame(page) == last
    aim = page.locator(".aim")
    if name == "three_classes":
        boxes = page.locator(".node").all()[-3:]
        at = aim.bounding_box()
        box = boxes[int(y)].bounding_box()
        assert abs(at["y"] + at["height"] / 2 - box["y"] - box["height"] / 2) < 1
    go(page, 0)
    assert page.locator(".sample").text_content() == f"sample {k}"


PLACE = """([name, samples, x, k]) => {
    const root = document.querySelector("[data-lm-suppress-shortcuts]").shadowRoot, pad = root.querySelector(".pick")
    const map = (v, [a, b], [low, high]) => low + (high - low) * (v - a) / (b - a), { across, up } = samples.plot
    const box = pad.getBoundingClientRect()
    if (name === "five_inputs") {
        const point = root.querySelector(".answers").getAttribute("d").split("M")[k + 1].split(/[ m]/)
        const at = new DOMPoint(+point[0], +point[1]).matrixTransform(pad.getScreenCTM())
        return [at.x, at.y]
    }
    const y = x.length > 1 ? x[1] : Math.sin(x[0])
    return [map(x[0], across, [box.left, box.right]), map(y, up, [box.bottom, box.top])]
}"""


def test_the_recorded_sample_is_there_again(page, open_html):
    open_html(page, training_player(history("moons"), language="en").html)
    before = seen_numbers(page)
    page.locator(".pick").focus()
    page.keyboard.press("ArrowUp")
    assert seen_numbers(page) != before
    page.keyboard.press("ArrowDown")
    assert seen_numbers(page) == before


def test_metrics_and_counts_are_those_of_the_snapshot(page, open_html):
    player = training_player(history("digits"), language="en")
    open_html(page, player.html)
    for i in range(len(player)):
        go(page, i)
        counts = list(map(int, page.locator(".count").all_text_contents()))
        assert counts == player.record.outcome.numbers[i].astype(int).ravel().tolist()
        wanted = player._layout.metric_texts[0][i]
        assert page.locator(".at").nth(1).text_content() == wanted
        assert (page.locator(".now").nth(1).get_attribute("visibility") == "hidden") == (wanted == "–")


def test_outputs_move_with_the_snapshots(page, open_html):
    player = training_player(history("five_inputs"), language="en")
    open_html(page, player.html)

    def points(svg):
        found = re.search(r'class="answers" d="([^"]*)"', svg)[1]
        return np.array(re.findall(r"M([\d.]+) ([\d.]+)m", found), float)

    for i in range(len(player)):
        go(page, i)
        np.testing.assert_allclose(points(picture(page)), points(player.svg(i)), atol=0.11)


# ── looks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

BOXES = """() => {
    const svg = document.querySelector("div > [data-lm-suppress-shortcuts]").shadowRoot.querySelector(".training")
    const at = e => { const { x, y, width, height } = e.getBoundingClientRect()
        return [x, y, x + width, y + height] }
    const all = (within, name) => [...within.querySelectorAll(name)]
    const node = g => ({ box: at(g.querySelector("rect")), texts: all(g, "text").map(at) })
    const text = e => [e.textContent, ...at(e), parseFloat(getComputedStyle(e).fontSize)]
    return { page: at(svg), texts: all(svg, "text").map(text), nodes: all(svg, ".node").map(node) }
}"""


def overlap(a, b, room=0.5):
    return a[0] < b[2] - room and b[0] < a[2] - room and a[1] < b[3] - room and b[1] < a[3] - room


def test_nothing_overlaps_or_overflows(page, open_html, player):
    open_html(page, player.html)
    for i in (0, len(player) - 1):
        go(page, i)
        found = page.evaluate(BOXES)
        for text, x, y, right, bottom, size in found["texts"]:
            assert size >= 9
            assert found["page"][0] <= x
            assert right <= found["page"][2] + 0.5, text
            assert found["page"][1] <= y
            assert bottom <= found["page"][3], text
        texts = [(t[0], t[1:5]) for t in found["texts"] if t[0]]
        for n, (a, box) in enumerate(texts):
            assert not [b for b, other in texts[n + 1 :] if overlap(box, other, 3)], a
        boxes = [node["box"] for node in found["nodes"]]
        assert not [1 for n, a in enumerate(boxes) for b in boxes[n + 1 :] if overlap(a, b)]
        for node in found["nodes"]:
            for text in node["texts"]:
                assert node["box"][0] <= text[0]
                assert text[2] <= node["box"][2]


def test_the_height_never_changes(page, open_html, player):
    open_html(page, player.html)
    heights = set()
    for i in range(len(player)):
        go(page, i)
        heights.add(page.locator(".panel").bounding_box()["height"])
    for node in page.locator(".node").all()[::5]:
        node.hover()
        heights.add(page.locator(".panel").bounding_box()["height"])
        assert page.locator(".side").evaluate("e => e.scrollHeight <= e.clientHeight")
        assert page.locator(".side .table").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert len(heights) == 1
    assert max(heights) < 640 + player._layout.height - HEIGHT  # what is below the plots, where there is anything


CONTRAST = """() => {
    const root = document.querySelector("div > [data-lm-suppress-shortcuts]").shadowRoot
    const rgb = s => s.match(/[\\d.]+/g).map(Number)
    const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0)
    const ground = rgb(getComputedStyle(root.querySelector(".panel")).backgroundColor)
    return [...root.querySelectorAll("text")].filter(e => e.textContent).map(e => {
        const rect = e.parentNode.classList.contains("node") && e.parentNode.querySelector("rect")
        const tint = rect ? rgb(getComputedStyle(rect).fill) : ground
        const share = rect ? +rect.getAttribute("fill-opacity") : 0
        const behind = ground.slice(0, 3).map((v, i) => v * (1 - share) + tint[i] * share)
        const [a, b] = [light(rgb(getComputedStyle(e).fill)), light(behind)]
        return [e.textContent, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]
    })
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(page, open_html, axe, player, scheme):
    page.emulate_media(color_scheme=scheme)
    open_html(page, player.html)
    go(page, len(player) - 1)
    assert [text for text, contrast in page.evaluate(CONTRAST) if contrast < 4.5] == []
    axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_of_data_and_gradient(page, open_html, scheme):
    page.emulate_media(color_scheme=scheme)
    open_html(page, training_player(history("moons"), language="en").html)
    page.locator(".node").nth(4).hover()
    colors = [page.locator(f".side tr.{name}").evaluate("e => getComputedStyle(e).color") for name in ("data", "grad")]
    wanted = {"light": ["rgb(0, 114, 178)", "rgb(181, 69, 0)"], "dark": ["rgb(86, 180, 233)", "rgb(230, 159, 0)"]}
    assert colors == wanted[scheme]
    look = "e => [getComputedStyle(e).stroke, getComputedStyle(e).strokeDasharray]"
    lines = [page.locator(f".edges .{kind}").first.evaluate(look) for kind in "pmz"]
    assert [dashes for _, dashes in lines] == ["none", "none", "4px, 3px"]
    signs = {"light": ["rgb(0, 143, 118)", "rgb(149, 41, 127)"], "dark": ["rgb(47, 165, 132)", "rgb(234, 160, 214)"]}
    assert [color for color, _ in lines[:2]] == signs[scheme]


def test_chinese_words_fit(page, open_html):
    for name in TRAININGS:
        open_html(page, training_player(history(name), language="zh").html)
        found = page.evaluate(BOXES)
        texts = [(t[0], t[1:5]) for t in found["texts"] if t[0]]
        for n, (a, box) in enumerate(texts):
            assert not [b for b, other in texts[n + 1 :] if overlap(box, other, 3)], a
            assert box[2] <= found["page"][2] + 0.5


# ── pages and notebooks ─────────────────────────────────────────────────────────────────────────────────────────────


def test_two_on_a_page_do_not_interfere(page, open_html):
    one, other = (training_player(history(name), language="en").html for name in ("moons", "curve"))
    open_html(page, one + other + one)
    assert page.locator("input[type=range]").count() == 3
    page.locator("[data-do=last]").nth(1).click()
    sliders = page.locator("input[type=range]").evaluate_all("all => all.map(slider => +slider.value)")
    assert sliders == [0, 5, 0]
    assert page.evaluate("() => [typeof training, typeof controls]") == ["undefined", "undefined"]


def test_without_scripts_there_is_the_picture_and_the_table(new_page, open_html):
    page = new_page(java_script_enabled=False)
    open_html(page, training_player(history("moons"), language="en").html)
    image = page.get_by_role("img")
    assert image.get_attribute("alt").startswith("Training of MLP 2-8-8-1")
    assert image.bounding_box()["width"] > 800
    page.locator("summary").click()
    assert page.locator("tbody tr").count() == 7


def test_playing_ends_at_the_end(page, open_html):
    page.clock.install(time=0)
    open_html(page, training_player(history("curve"), language="en").html)
    page.clock.pause_at(3_600)  # from here on, time passes by run_for alone
    page.locator("[data-do=play]").click()
    page.clock.run_for(4 * 300 + 150)
    assert page.locator("input").input_value() == "4"
    page.clock.run_for(60_000)
    assert page.locator("input").input_value() == "5"
    assert page.locator("[data-do=play]").get_attribute("title").startswith("Play")


def test_a_hostile_name_is_text_in_the_player(page, open_html):
    def activation(x):
        return x * 1.0

    activation.__name__ = HOSTILE
    X, y = nn.data.moons(6, seed=0)
    model = type(HOSTILE, (nn.MLP,), {})(2, [2, 1], activation=activation, seed=0)
    open_html(page, training_player(recorded(model, X, y, epochs=1), language="en").html)
    page.locator(".node").nth(2).hover()
    assert HOSTILE in page.locator(".side p").first.inner_text()
    assert page.locator("img[onerror]").count() == 0


@pytest.mark.parametrize("trusted", [True, False])
def test_in_a_notebook(page, lab, tmp_path, trusted):
    bundle = training_player(history("moons"), language="en")._repr_mimebundle_()
    lab.notebook("training.ipynb", ["history", "2 + 2"], outputs=[bundle, None], trusted=trusted)
    lab.open(page, "training.ipynb")
    output = lab.cell_output(page, 0)
    before = lab.cells(page)
    if trusted:
        output.locator(".panel").focus()
        for key in ("ArrowRight", "ArrowRight", "End", "ArrowLeft", " ", " "):
            page.keyboard.press(key)
        assert int(output.locator("input[type=range]").input_value()) == 5
        output.locator(".node").nth(3).focus()
        page.keyboard.press("ArrowDown")
        assert output.locator(".node:focus").get_attribute("aria-label").startswith("layers[0].neurons[2]")
        lab.theme(page, "dark")
        assert output.locator(".panel").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(27, 27, 27)"
    else:
        assert output.locator("img").bounding_box()["width"] > 800
        assert output.locator("summary").inner_text() == "All 7 snapshots"
        assert "function" not in output.inner_text()
    assert lab.cells(page) == before
    page.screenshot(path=tmp_path / "notebook.png")
