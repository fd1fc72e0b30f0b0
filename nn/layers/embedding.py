"""Embedding: a row of numbers for each token."""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from typing import Any, SupportsIndex

import autograd
from autograd import Value
from autograd import numeric as nx
from autograd.core.picking import is_index
from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import is_array
from autograd.util.printable import a_kind_of
from nn.init import Generator
from nn.layers.arguments import Init, drawn, generator, initialisation, sizes_in_file, width
from nn.module import Module

__all__ = ["Embedding"]

Token = SupportsIndex | Value | float


class Embedding(Module):
    """A table with a row of ``embedding_dim`` parameters for each of ``num_embeddings`` tokens, as in PyTorch.

    num_embeddings: the number of tokens, which are the whole numbers from 0.
    embedding_dim: the length of a row.
    seed: the seed for the numbers; without one they are drawn from Python's ``random``.
    init: how the numbers are drawn: a name from ``nn.init`` or a function (num_embeddings, embedding_dim, generator) →
    number. The default is PyTorch's: normal, with mean 0 and standard deviation 1.

    ``embedding(token)`` returns the token's row, a list of Values, and ``embedding([token, …])`` a list of rows. Where
    a token is an input of a compiled function, its row is picked by one gather (``autograd.pick``). Rows of the same
    token are the same Values, so their gradients add up. Raises IndexError for a token outside the table, and TypeError
    for anything but a whole number.

    >>> embedding = Embedding(3, 2, seed=0)
    >>> embedding(2) == embedding.weight[2]
    True
    >>> len(embedding([0, 2, 2]))
    3
    """

    def __init__(
        self, num_embeddings: int, embedding_dim: int, seed: int | None = None, init: Init | None = None
    ) -> None:
        rows, columns = width(num_embeddings, "num_embeddings"), width(embedding_dim, "embedding_dim")
        source, draw = generator(seed), _normal if init is None else initialisation(init, None)
        self.weight = [[Value(drawn(draw, rows, columns, source)) for _ in range(columns)] for _ in range(rows)]

    def forward(self, token: Token | Sequence[Any] | Array) -> list[Any]:
        """Return the row of a token, or a list of the rows of several."""
        if is_array(token):
            token = plain_array(token, "the tokens").tolist()
        if isinstance(token, Sequence) and not isinstance(token, (str, bytes)):
            return [self.forward(part) for part in token]
        if nx.is_tracer(token):
            return autograd.pick(self.weight, token)  # type: ignore[no-any-return]
        return list(self.weight[index_of(token, len(self.weight))])

    def _settings(self) -> dict[str, Any]:
        return {"num_embeddings": len(self.weight), "embedding_dim": len(self.weight[0])}

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        rows, columns = sizes_in_file(settings["num_embeddings"], settings["embedding_dim"])
        return rows * columns

    def __repr__(self) -> str:
        return f"Embedding({len(self.weight)}, {len(self.weight[0])})"


def advice_on_text(given: object) -> str:
    """Return the line of an error that says how text becomes tokens; nothing for anything but text."""
    advice = "\n  try             tokenizer.encode(text)[:-1], the tokens of a text without its end"
    return advice if isinstance(given, str) else ""


def index_of(token: object, count: int) -> int:
    """Return a plain token as an int, if it is one of this many.

    Raises TypeError for what is not a number, and IndexError for a number that is not a token.
    """
    if isinstance(token, bool) or not isinstance(token, numbers.Real):
        raise TypeError(f"a token must be a whole number, not {a_kind_of(token)}{advice_on_text(token)}")
    number = float(token)
    if not is_index(number, count):
        raise IndexError(f"there is no token {number:g}: with {count} tokens, they are 0 to {count - 1}")
    return int(number)


def _normal(num_embeddings: int, embedding_dim: int, generator: Generator) -> float:
    return generator.normalvariate(0.0, 1.0)
