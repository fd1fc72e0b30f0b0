"""The training of a model of tokens, recorded and played: attention, probabilities, and what the model invents."""

from __future__ import annotations

import math
import pickle
import re
from itertools import accumulate
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.viz.training.player import training_player
from autograd.viz.training.record import TrainingRecord
from autograd.viz.training.sequences import packed_shares

NAMES = ["anna", "bo", "ada", "nob"]


def trained(epochs: int = 3, layers: int = 1, names: list[str] = NAMES, **options: Any) -> tuple[nn.GPT, Any]:
    tokenizer = nn.data.Tokenizer(names)
    X, y = nn.data.sequences(names, tokenizer)
    model = nn.GPT(
        tokenizer.vocab_size, 4, 2, layers, max(map(len, names)) + 1, seed=0, alphabet=tokenizer.alphabet, **options
    )
    history = nn.fit(model, X, y, loss="cross_entropy", optimizer="adam", lr=0.05, epochs=epochs, record=True, seed=0)
    return model, history


@pytest.fixture(scope="module")
def training() -> tuple[nn.GPT, Any]:
    return trained()


def test_the_last_snapshot_is_what_the_model_looks_at_and_expects(training: tuple[nn.GPT, Any]) -> None:
    model, history = training
    tokens, seen = history.snapshots.to_dict()["sample"]["x"], history.snapshots[-1].sequence
    assert np.array(seen["attention"]) == pytest.approx(np.array(model.attention(tokens)[0]), abs=6e-4)
    for row, logits in zip(seen["probabilities"], model(tokens), strict=True):
        assert row == pytest.approx([share.data for share in autograd.softmax(logits)], abs=6e-4)


def test_parameters_are_put_back(training: tuple[nn.GPT, Any]) -> None:
    model, history = training
    assert [x.data for x in model.parameters()] == history.snapshots[-1].parameters.tolist()


def test_what_is_invented_follows_from_the_same_random_numbers(training: tuple[nn.GPT, Any]) -> None:
    """Drawn again, one document after the other, from the model's own probabilities of what it has drawn so far."""
    model, history = training
    width = max(map(len, NAMES)) + 1
    alphabet, end = model.alphabet or "", len(model.alphabet or "")
    for dice, text in zip(
        np.random.default_rng(0).random((5, width)), history.snapshots[-1].sequence["invented"], strict=True
    ):
        tokens = [end]
        for x in dice.tolist():
            shares = accumulate(share.data for share in autograd.softmax(model(tokens)[-1]))
            tokens.append(next(token for token, total in enumerate(shares) if total >= x))
            if tokens[-1] == end:
                break
        assert text == "".join(alphabet[token] for token in tokens[1:] if token != end)


def test_a_training_twice_gives_the_same_page() -> None:
    first, again = (training_player(trained(2)[1], language="en") for _ in range(2))
    assert first.html == again.html and str(first) == str(again)
    assert re.findall(r"^Invented \(same random numbers\), epoch (\d+): ", str(first), re.MULTILINE) == ["0", "2"]


def test_each_cell_of_each_snapshot_has_a_character(training: tuple[nn.GPT, Any]) -> None:
    record = TrainingRecord(training[1].snapshots.to_dict())
    seen = record.sequences
    assert seen is not None and seen.heads == ["0", "1"] and seen.tokens == ["·", *"anna"]
    cells = 2 * 15 + len(seen.rows) * 5
    assert len(packed_shares(seen)) == len(record) * cells
    svg = training_player(training[1]).svg()
    assert svg.count('fill-opacity="') == cells and svg.count('class="came"') == 5 and svg.count('class="made"') == 5


def test_probabilities_of_the_shown_tokens_are_those_of_the_vocabulary(training: tuple[nn.GPT, Any]) -> None:
    seen = TrainingRecord(training[1].snapshots.to_dict()).sequences
    assert seen is not None
    assert seen.probabilities.sum(axis=1) == pytest.approx(1.0, abs=0.01)  # five tokens: all have room
    assert [seen.rows[row] for row in seen.came if row is not None] == [*"anna", "·"]


@pytest.mark.parametrize(("names", "total"), [(NAMES, 0), (["anna", "bcdefghijk", "lmopqrst"], 21)])
def test_it_says_how_many_tokens_are_shown(names: list[str], total: int) -> None:
    _, history = trained(1, names=names)
    player = training_player(history, language="en")
    assert player.record.sequences is not None
    count = len(player.record.sequences.rows)
    if total:
        assert count < total
        assert f">{count} of {total} tokens: those that came, and the likeliest</text>" in player.svg()
    else:
        assert count == player.record.sequences.vocabulary_size and "the likeliest" not in player.svg()


def test_heads_of_several_layers_are_told_apart_and_more_than_four_are_counted() -> None:
    player = training_player(trained(1, layers=3)[1], language="en")
    assert player.record.sequences is not None and player.record.sequences.heads[:3] == ["0.0", "0.1", "1.0"]
    assert "… 2 more" in player.svg()


def test_a_record_of_an_earlier_version_has_its_parameters() -> None:
    record = trained(1)[1].snapshots.to_dict()
    for part in (record, *record["snapshots"]):
        del part["sequence"]
    assert "token.weight[0][0]" in training_player(record).svg()


def test_a_training_that_diverged_is_shown() -> None:
    record = trained(1)[1].snapshots.to_dict()
    for kind in ("attention", "probabilities"):
        record["snapshots"][-1]["sequence"][kind] = np.full_like(
            record["snapshots"][-1]["sequence"][kind], math.nan
        ).tolist()
    assert "nan" not in training_player(record).svg().split("Loss")[0]


def test_a_pickle_of_the_player_shows_the_same() -> None:
    player = training_player(trained(1)[1])
    assert pickle.loads(pickle.dumps(player)).html == player.html


def test_other_models_have_no_sequences() -> None:
    X, y = nn.data.moons(20, seed=0)
    history = nn.fit(nn.MLP(2, [2, 1], seed=0), X, y, epochs=1, record=True)
    assert history.snapshots[-1].sequence is None and history.snapshots.to_dict()["sequence"] is None


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 920])
def test_in_a_browser_the_cells_change_with_the_snapshot(page: Any, open_html: Any, axe: Any, width: int) -> None:
    player = training_player(trained(3)[1], language="en")
    page.set_viewport_size({"width": width, "height": 900})
    open_html(page, player.html)
    axe(page)
    for key, index in (("End", -1), ("Home", 0)):
        page.locator(".panel").press(key)
        texts = page.locator(".made").all_text_contents()
        assert [text.strip() for text in texts] == list(player.record.sequences.invented[index])
        first = page.locator(".heat rect").nth(1)  # the second letter, looking at the first
        share = player.record.sequences.attention[index, 0, 1, 0]
        assert float(first.get_attribute("fill-opacity")) == pytest.approx(share**0.5, abs=0.02)
        assert first.text_content() == f"a → ·: {share:.2f}" or abs(float(first.text_content()[-4:]) - share) < 0.03
    assert page.evaluate("document.documentElement.scrollWidth") <= width
