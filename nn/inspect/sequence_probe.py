"""SequenceProbe: what a language model looks at, expects and invents, with the parameters of any moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd import Value
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np
from nn.running.row_function import RowFunction

__all__ = ["SequenceProbe"]

INVENTED = 5
"""New sequences that are drawn at each snapshot, always with the same random numbers."""

LONGEST, MOST_TOKENS = 14, 64
"""More positions have no room in the player, and a larger vocabulary would fill its page."""


class SequenceProbe:
    """A model of tokens, as ``nn.GPT``: it has ``attention(tokens)``, and gives logits for each token."""

    def __init__(
        self, model: Any, values: Sequence[Value], output: RowFunction, data: Array, tokens: Array, targets: Array
    ) -> None:
        self.model, self.values, self.output = model, values, output
        self.tokens, self.targets = tokens[:LONGEST].astype(int), targets[:LONGEST].astype(int)
        self.width = data.shape[1]
        begins = np.unique(data[:, 0])
        self.begin = int(tokens[0])
        self.end = self.begin if len(begins) == 1 else None  # one token begins and ends each document
        self.dice = np.random.default_rng(0).random((INVENTED, self.width))

    @classmethod
    def of(
        cls, model: Any, values: Sequence[Value], output: RowFunction, data: Sequence[Array], chosen: dict[str, Any]
    ) -> SequenceProbe | None:
        """Return the probe of such a model with whole numbers as inputs and a target for each; None of any other."""
        tokens, targets = np.asarray(chosen["x"]), np.asarray(chosen["y"] if chosen["y"] is not None else [])
        if not callable(getattr(model, "attention", None)) or data[0].ndim != 2 or targets.shape != tokens.shape:
            return None
        if not np.array_equal(tokens, tokens.astype(int)) or not np.array_equal(targets, targets.astype(int)):
            return None
        return cls(model, values, output, data[0], tokens, targets)

    def about(self) -> dict[str, Any]:
        """Return what stays the same: the names of the tokens read, of all and of the heads; and what came next."""
        count = self._logits(self.tokens[None], None).shape[-1]
        names = self._names(count)
        came = [int(token) if 0 <= token < count else None for token in self.targets.tolist()]
        layers = self.model.attention(self.tokens.tolist())
        heads = [f"{i}.{k}" if len(layers) > 1 else f"{k}" for i, layer in enumerate(layers) for k in range(len(layer))]
        tokens = [names[token] for token in self.tokens.tolist()]
        return {"tokens": tokens, "vocabulary": names, "came": came, "heads": heads}

    def seen(self, numbers: Array) -> dict[str, Any]:
        """Return attention, probabilities and new sequences with these parameters."""
        logits = self._logits(self.tokens[None], numbers)[0]
        rows = _softmax(logits)
        with self._set_to(numbers):
            layers = self.model.attention(self.tokens.tolist())
        heads = [np.round(np.array(head), 3).tolist() for layer in layers for head in layer]
        return {
            "attention": heads,
            "probabilities": np.round(rows, 3).tolist() if rows.shape[1] <= MOST_TOKENS else None,
            "invented": self._invented(numbers, logits.shape[-1]),
        }

    def _logits(self, tokens: Array, numbers: Array | None) -> Array:
        """Return (documents, positions, vocabulary). Documents are filled up to one length, which no output sees."""
        filled = np.zeros((len(tokens), self.width), tokens.dtype)
        filled[:, : tokens.shape[1]] = tokens
        logits: Array = self.output(filled) if numbers is None else self.output(filled, numbers=numbers)
        return logits[:, : tokens.shape[1]]

    def _invented(self, numbers: Array, count: int) -> list[str]:
        """Draw new documents, each token by the same random number at every moment."""
        names = self._names(count)
        tokens = np.full((INVENTED, 1), self.begin)
        for step in range(self.width):
            shares = np.cumsum(_softmax(self._logits(tokens, numbers)[:, -1]), axis=1)
            drawn = (shares < self.dice[:, step : step + 1]).sum(axis=1).clip(0, count - 1)
            tokens = np.column_stack([tokens, drawn])
            if tokens.shape[1] > self.width:
                break
        texts = []
        for row in tokens[:, 1:].tolist():
            end = row.index(self.end) if self.end in row else len(row)
            texts.append("".join(names[token] for token in row[:end]))
        return texts

    def _names(self, count: int) -> list[str]:
        """Return the characters of the model's alphabet, and a dot for begin and end; else the numbers."""
        alphabet = getattr(self.model, "alphabet", None)
        names = [*alphabet, "·"] if isinstance(alphabet, str) else []
        return names if len(names) == count else [f"{token} " for token in range(count)]

    @contextmanager
    def _set_to(self, numbers: Array) -> Iterator[None]:
        """Give the parameters other numbers for a while."""
        before = [value.data for value in self.values]
        try:
            for value, number in zip(self.values, numbers.tolist(), strict=True):
                value.data = number
            yield
        finally:
            for value, number in zip(self.values, before, strict=True):
                value.data = number


def _softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares
