"""Heat maps of sequences: what they take, what they say, and that all of it can be read."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.util.language import Language
from autograd.util.lazy_numpy import np
from autograd.viz import HeatMap, attention, probabilities
from autograd.viz.sequences.layout import PALEST
from autograd.viz.write import theme
from nn import GPT
from nn.data import Tokenizer

LETTERS = ".abcdefghijklmnopqrstuvwxyz"
SVG = "{http://www.w3.org/2000/svg}"


def softmax(scores: Any) -> Any:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def causal(heads: int, tokens: int) -> Any:
    scores = np.random.default_rng(0).normal(size=(heads, tokens, tokens))
    return softmax(np.where(np.tri(tokens, dtype=bool), scores, -np.inf))


def elements(heat: HeatMap, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(heat.svg()).iter(f"{SVG}{tag}"))


def hints(heat: HeatMap) -> list[str]:
    return [title.text or "" for cell in elements(heat, "rect") for title in cell]


# ── what they take ──────────────────────────────────────────────────────────────────────────────────────────────────

TRIANGLE = [[1.0], [0.25, 0.75]]
FORMS: dict[str, object] = {
    "one head": TRIANGLE,
    "rows that end at their own token": [TRIANGLE],
    "zeros above the diagonal": [[[1.0, 0.0], [0.25, 0.75]]],
    "an array": np.array([[1.0, 0.0], [0.25, 0.75]]),
    "single precision": np.array([[[1.0, 0.0], [0.25, 0.75]]], np.float32),
    "Values": [[[Value(1.0)], [Value(0.25), Value(0.75)]]],
    "tuples": (((1,), (0.25, 0.75)),),
}


@pytest.mark.parametrize("weights", FORMS.values(), ids=FORMS)
def test_the_forms_of_weights(weights: object) -> None:
    heat = attention(weights, "an")
    assert hints(heat) == ["a → a: 1", "n → a: 0.25", "n → n: 0.75"]
    assert heat.svg() == attention(TRIANGLE, ["a", "n"]).svg()


def test_without_a_mask_every_token_sees_every_other() -> None:
    assert len(hints(attention([[0.5, 0.5], [0.25, 0.75]]))) == 4


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: attention([]), ValueError, "weights is empty"),
        (lambda: attention([[]]), ValueError, r"weights\[0\] is empty"),
        (lambda: attention("abc"), TypeError, "weights is 'abc', not a list"),
        (lambda: attention(0.5), TypeError, "weights is a float"),
        (lambda: attention([["a"]]), TypeError, r"weights\[0\]\[0\] is 'a', not a number"),
        (lambda: attention([[1.0], [0.5, 0.25, 0.25], [0.2, 0.3, 0.5]][:2]), ValueError, "row 1 of 2 has 2"),
        (lambda: attention([[[1.0]], [[1.0], [0.5, 0.5]]]), ValueError, r"weights\[1\] has 2 rows, weights\[0\] has 1"),
        (lambda: attention([[1.0], [2.5, -1.5]]), ValueError, r"\[1\]\[0\] is 2.5, but a weight is between 0 and 1"),
        (lambda: attention([[1.0], [float("inf"), 0.0]]), ValueError, "is inf"),
        (lambda: attention(TRIANGLE, "abc"), ValueError, "tokens are 3, but there are 2 rows"),
        (lambda: attention(TRIANGLE, 7), TypeError, "tokens is an int"),  # type: ignore[arg-type]
        (lambda: attention(TRIANGLE, language="fr"), ValueError, "language must be one of"),  # type: ignore[arg-type]
        (lambda: attention(TRIANGLE, mode="big"), ValueError, "mode is"),  # type: ignore[arg-type]
        (lambda: probabilities([[0.5, 0.5], [1.0]]), ValueError, r"rows differ in length: \[1, 2\]"),
        (lambda: probabilities([[2.0, 3.0]]), ValueError, "add up to 5, the least is 2\n  try .*softmax"),
        (lambda: probabilities([[1.5, -0.5]]), ValueError, "the least is -0.5"),
        (lambda: probabilities([[0.5, 0.5]], "abc"), ValueError, "the vocabulary has 3 tokens, but each row has 2"),
        (
            lambda: probabilities([[0.5, 0.5]], "a"),
            ValueError,
            r"1 tokens, but each row has 2 probabilities\n  try +vocabulary=tokenizer, which also has",
        ),
        (lambda: probabilities([[0.5, 0.5]], 7), TypeError, "vocabulary is an int, neither"),  # type: ignore[arg-type]
        (lambda: probabilities([[0.5, 0.5]], GPT(2)), TypeError, "vocabulary is a GPT, neither"),  # type: ignore[arg-type]
        (lambda: probabilities([[0.5, 0.5]], Tokenizer(["ab"])), ValueError, "the vocabulary has 3 tokens"),
        (
            lambda: attention([[TRIANGLE]], "an"),
            ValueError,
            r"every layer, .*\n  try +viz.attention\(weights\[0\], …\)",
        ),
        (lambda: attention(np.ones((1, 1, 1, 1))), ValueError, "four deep"),
        (lambda: attention(TRIANGLE, "n"), ValueError, r"try +\['·', \*text\], with the token that begins a text"),
        (lambda: probabilities([[0.5, 0.5]], "ab", "abb"), ValueError, "tokens are 3, but there are 1 rows"),
        (lambda: probabilities([[0.5, 0.5]], "ab", "x"), ValueError, "the vocabulary has no token 'x'"),
        (lambda: probabilities([[0.5, 0.5]], most=0), ValueError, "most is the number of rows"),
        (lambda: attention(TRIANGLE).save("heat.gif"), ValueError, r"save\(\) writes .html"),
    ],
)
def test_what_they_do_not_take(make: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make()


def test_a_number_that_is_nan_is_seen() -> None:
    assert hints(probabilities([[0.5, 0.5], [float("nan"), float("nan")]], most=1))[-1] == "1 → 1 others: nan"
    heat = attention([[1.0], [float("nan"), float("nan")]], "ab")
    assert hints(heat)[1] == "b → a: nan" and "nan" in [text.text for text in elements(heat, "text")]
    assert "?" in heat.text()


@pytest.mark.parametrize("tokens", ["ab", "·ab·", ["·", "a", "b", "·"], [2, 0, 1, 2]], ids=repr)
def test_a_tokenizer_is_a_vocabulary(tokens: Any) -> None:
    rows = [[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
    heat = probabilities(rows, Tokenizer(["ab", "ba"]), tokens)
    assert heat.svg() == probabilities(rows, ["a", "b", "·"], ["·", "a", "b", "·"]).svg()
    assert heat.panels[0].marked == ((0, 0), (1, 1), (2, 2))


def test_a_tokenizer_whose_alphabet_has_the_dot() -> None:
    heat = probabilities([[0.5, 0.25, 0.25]] * 2, Tokenizer(["a·"]), "·")
    assert heat.panels[0].rows == ("a", "·", "<end>") and heat.panels[0].columns == ("<end>", "·")


EMPTY = {
    "a small weight below the diagonal": ([[1.0], [0.001, 0.999]], "less than 0.01; above the diagonal: later tokens"),
    "none": (TRIANGLE, None),
    "without a mask": ([[0.5, 0.5], [0.001, 0.999]], "empty: less than 0.01$"),
}


@pytest.mark.parametrize(("weights", "sentence"), EMPTY.values(), ids=EMPTY)
def test_it_says_why_a_cell_is_empty(weights: Any, sentence: str | None) -> None:
    heat = attention(weights, "an")
    assert bool(re.search(sentence or "empty", heat.text())) == (sentence is not None)
    assert ("empty: less than 0.01" in heat.svg()) == (sentence is not None)


def test_probabilities_say_why_a_cell_is_empty() -> None:
    assert probabilities([[0.999, 0.001]]).text().endswith("\nempty: less than 0.01")
    assert "empty" not in probabilities([[0.9, 0.1]]).text()


# ── what they say ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_probabilities_add_up_over_what_is_shown_and_others() -> None:
    rows = softmax(np.random.default_rng(1).normal(size=(3, 100)))
    heat = probabilities(rows, most=5)
    (panel,) = heat.panels
    assert len(panel.rows) == 6 and panel.rows[-1] == "95 others"
    assert list(map(sum, zip(*panel.numbers, strict=True))) == pytest.approx([1.0] * len(panel.columns))


def test_the_token_that_came_is_framed_though_it_is_no_likely_one() -> None:
    heat = probabilities([[0.7, 0.2, 0.1], [0.6, 0.3, 0.1]], "abc", "abc", most=1)
    (panel,) = heat.panels
    assert panel.rows == ("a", "b", "c") and panel.marked == ((1, 0), (2, 1))
    assert len([cell for cell in elements(heat, "rect") if cell.get("class") == "marked"]) == 2
    assert heat.table[1:] == [["a", "a 0.7, b 0.2, c 0.1", "b 0.2"], ["b", "a 0.6, b 0.3, c 0.1", "c 0.1"]]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Attention of 1 head over 2 tokens. The last token, n, looks most at: head 0: n 0.75."), ("zh", "头")],
)
def test_the_words_for_a_reader_who_does_not_see_it(language: Language, words: str) -> None:
    heat = attention(TRIANGLE, "an", language=language)
    assert words in heat.alt()
    title = ElementTree.fromstring(heat.svg()).find(f"{SVG}title")
    assert title is not None and title.text == heat.alt()
    assert heat.html.count("<td>") == 6 and f'lang="{language}"' in heat.html


HOSTILE = ["</script><img src=x onerror=alert(1)>", '"&<{}|', "\x1b[2J", "👩‍🔬", "学", " ", "\n", ""]


def test_hostile_tokens_are_text_in_every_form(tmp_path: Path) -> None:
    heat = attention(causal(1, len(HOSTILE)), HOSTILE)
    names = [text.text for text in elements(heat, "text")]
    assert {"4 学", "5 ␣", "6 ⏎", "7 ∅"} <= set(names)
    assert "\x1b" not in heat.text() + heat.html
    assert "<img src=x" not in heat.html and heat.html.count("</script>") == 2
    for suffix in ("svg", "html", "txt", "png", "pdf"):
        assert heat.save(tmp_path / f"heat.{suffix}").stat().st_size > 100


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert attention(causal(2, 5)).html == attention(causal(2, 5)).html


def test_in_a_notebook() -> None:
    bundle = attention(TRIANGLE)._repr_mimebundle_()
    assert bundle.keys() == {"text/html", "text/plain"}
    assert attention(TRIANGLE, mode="static")._repr_mimebundle_().keys() == {"image/svg+xml", "text/plain"}


# ── that it can be read ─────────────────────────────────────────────────────────────────────────────────────────────

MANY = {
    "four heads, nine letters": lambda: attention(causal(4, 9), ".charlott"),
    "eight heads, forty letters": lambda: attention(causal(8, 40), "the quick brown fox jumps over the lazy!"),
    "forty letters, 27 probabilities": lambda: probabilities(
        softmax(np.random.default_rng(2).normal(size=(40, 27))), LETTERS, (".annabel" * 5)
    ),
    "words": lambda: attention(causal(3, 5), ["<BOS>", "attention", "is", "all", "you"]),
}


@pytest.mark.parametrize("make", MANY.values(), ids=MANY)
def test_a_page_is_wide_enough_and_no_letters_are_on_others(make: Any) -> None:
    heat: HeatMap = make()
    sheet = heat._sheet
    assert sheet.width <= 1_000
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:(?:bold )?([\d.]+)px", heat.svg())]
    assert min(sizes) >= 10
    rows: dict[float, list[float]] = {}
    for word in sheet.words:
        if word.align == "CENTER":
            rows.setdefault(word.y, []).append(word.x)
    assert all(right - left >= 10.5 for row in rows.values() for left, right in pairwise(sorted(row)))
    assert all(cell.x >= 0 and cell.x + cell.width <= sheet.width for cell in sheet.cells)


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK])
def test_a_number_can_be_read_on_the_fullest_colour(colors: dict[str, str]) -> None:
    def channels(color: str) -> list[float]:
        return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]

    def luminance(parts: list[float]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    pairs = zip(channels(colors["data"]), channels(colors["ground"]), strict=True)
    ground = luminance([PALEST * data + (1 - PALEST) * below for data, below in pairs])
    dark, light = sorted([ground, luminance(channels(colors["ink"]))])
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12))
def test_the_larger_a_weight_the_fuller_its_colour(scores: list[float]) -> None:
    weights = [autograd.softmax(scores[: end + 1]) for end in range(len(scores))]
    heat = attention(weights)
    cells = [cell for cell in heat._sheet.cells if cell.hint]
    numbers = [x for row in weights for x in row]
    order = np.argsort(numbers)
    assert len(cells) == len(numbers)
    assert all(cells[a].opacity <= cells[b].opacity for a, b in pairwise(order))


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 900])
def test_in_a_browser_each_cell_says_its_number(page: Any, open_html: Any, axe: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    open_html(page, attention(causal(4, 9), ".charlott").html)
    axe(page)
    assert page.locator("rect title").count() == 4 * 45
    parts = page.locator(".parts > *")
    assert parts.nth(1).bounding_box()["x"] + parts.nth(1).bounding_box()["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_without_scripts_the_images_and_the_table_are_there(new_page: Any, open_html: Any) -> None:
    page = new_page(java_script_enabled=False)
    open_html(page, attention(causal(4, 9), ".charlott").html)
    assert page.locator("img").count() == 5
    assert page.locator("td").count() == 5 * 10
