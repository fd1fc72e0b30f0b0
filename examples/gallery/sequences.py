"""Pictures of a GPT: one document, a weight of its attention, what each letter looks at, and what may come next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
import nn
from autograd import viz
from autograd.viz.write.page import NotebookView

__all__ = ["SEQUENCES"]

LETTERS = "abcdefghijklmnopqrstuvwxyz"
NAME = "charlotte"


def _gpt() -> tuple[nn.GPT, nn.data.Tokenizer]:
    """A GPT with parameters six times as large as at the start of a training, so that its letters differ."""
    model = nn.GPT(len(LETTERS) + 1, seed=0, alphabet=LETTERS)
    for parameter in model.parameters():
        parameter.data *= 6.0
    return model, nn.data.Tokenizer(LETTERS)


def _document(**options: Any) -> NotebookView:
    model, tokenizer = _gpt()
    tokens = tokenizer.encode(NAME)[:-1]
    loss = nn.cross_entropy(model(tokens[:-1]), tokens[1:])
    loss.label = "loss"
    loss.backward()
    return autograd.draw(loss, model=model, language="en", **options)


def gpt_document() -> NotebookView:
    """A GPT of 4,192 parameters that reads nine letters."""
    return _document()


def attention_weight() -> NotebookView:
    """The same: how much the fifth letter looks at the third, in head 1."""
    return _document(open="blocks[0].attention.weights[1][4][2]")


def attention_heat_map() -> NotebookView:
    """What each letter of a name looks at."""
    model, tokenizer = _gpt()
    return viz.attention(model.attention(tokenizer.encode(NAME)[:-1])[0], ["·", *NAME], language="en")


def next_letters() -> NotebookView:
    """What may come after each letter of a name."""
    model, tokenizer = _gpt()
    rows = [autograd.softmax(logits) for logits in model(tokenizer.encode(NAME)[:-1])]
    return viz.probabilities(rows, [*LETTERS, "·"], ["·", *NAME, "·"], language="en")


SEQUENCES: dict[str, Callable[[], NotebookView]] = {
    "GPT document": gpt_document,
    "attention weight": attention_weight,
    "attention heat map": attention_heat_map,
    "next letters": next_letters,
}
