"""GPT: a language model that predicts the next token."""

from __future__ import annotations

import bisect
import itertools
import math
import numbers
from collections.abc import Mapping, Sequence
from typing import Any, SupportsIndex

import autograd
from autograd import NonFiniteError, Value
from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import is_array, np
from autograd.util.printable import a_kind_of
from nn.init import Generator
from nn.layers.arguments import generator, row_of, seeds_of, sizes_in_file, width
from nn.layers.attention import Row, TransformerBlock, sums
from nn.layers.dense import Linear
from nn.layers.embedding import Embedding, advice_on_text, index_of
from nn.layers.normalization import RMSNorm
from nn.module import Module

__all__ = ["GPT"]

EPSILON = 1e-5
STANDARD_DEVIATION = 0.08
"""Both are microgpt's: in ``rmsnorm``, and of the normal distribution that its matrices are drawn from."""

Tokens = Sequence[SupportsIndex | Value | float] | Array


class GPT(Module):
    """A GPT: from the tokens of a document so far, the scores (logits) of the token that follows.

    The model is that of microgpt (Karpathy 2026): the sum of a token's and a position's embedding is normalized, goes
    through ``num_layers`` TransformerBlocks, and a Linear layer gives a logit for each token. Norms are RMSNorms
    without weights, the MLP has relu, and there are no biases. All weights start normal, with standard deviation 0.08.

    vocab_size: the number of tokens, which are the whole numbers from 0.
    embed_dim: the length of a position's row.
    num_heads: the number of heads of each attention.
    num_layers: the number of blocks.
    context: the largest number of positions, each of which has an embedding.
    seed: the seed for the weights; without one they are drawn from Python's ``random``.
    alphabet: the characters that tokens stand for, as ``nn.data.Tokenizer`` has them. The model only keeps it, so that
    ``nn.load`` gives it back: ``Tokenizer(model.alphabet)`` is the tokenizer of the training.

    Raises ValueError unless num_heads divides embed_dim. ``model(tokens)`` returns for each token a list of vocab_size
    logits of the token after it. Tokens may be inputs of a compiled function. Raises ValueError for no tokens or more
    than the context, and IndexError for a token that is not in the vocabulary.

    >>> model = GPT(27, seed=0)
    >>> logits = model([26, 4, 12])
    >>> len(model.parameters()), len(logits), len(logits[0])
    (4192, 3, 27)
    """

    causal = True  # no logits depend on later tokens, so nn.fit may pad sequences

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int = 16,
        num_heads: int = 4,
        num_layers: int = 1,
        context: int = 16,
        seed: int | None = None,
        *,
        alphabet: str | None = None,
    ) -> None:
        if alphabet is not None and not isinstance(alphabet, str):
            raise TypeError(f"alphabet must be a str of characters, not {a_kind_of(alphabet)}")
        self.alphabet = alphabet
        count = width(num_layers, "num_layers")
        of_token, of_position, of_output, *of_blocks = seeds_of(seed, 3 + count)
        self.token = Embedding(width(vocab_size, "vocab_size"), embed_dim, of_token, _narrow)
        self.position = Embedding(width(context, "context"), embed_dim, of_position, _narrow)
        self.norm = RMSNorm(embed_dim, EPSILON, elementwise_affine=False)
        self.blocks = [
            TransformerBlock(embed_dim, num_heads, eps=EPSILON, elementwise_affine=False, seed=seed, init=_narrow)
            for seed in of_blocks
        ]
        self.output = Linear(embed_dim, vocab_size, of_output, _narrow, bias=False)

    @property
    def vocab_size(self) -> int:
        """The number of tokens in the vocabulary."""
        return len(self.token.weight)

    @property
    def context(self) -> int:
        """The largest number of positions."""
        return len(self.position.weight)

    def forward(self, tokens: Tokens) -> list[Row]:
        """Return the logits after each token.  tokens: (positions,)  →  (positions, vocab_size)."""
        rows = self._embedded(tokens)
        for block in self.blocks:
            rows = block(rows)
        return [row_of(self.output(row)) for row in rows]

    def attention(self, tokens: Tokens) -> list[list[list[list[float]]]]:
        """Return each attention's weights, the numbers [layer][head][position][position seen].

        Arguments and errors are those of ``model(tokens)``.

        >>> [[head]] = GPT(3, embed_dim=2, num_heads=1, seed=0).attention([1, 1])
        >>> head[0], sum(head[1])
        ([1.0, 0.0], 1.0)
        """
        weights = []
        with autograd.no_grad():
            rows = self._embedded(tokens)
            for block in self.blocks:
                weights.append(block.attention.weights([block.attention_norm(row) for row in rows]))
                rows = block(rows)
        return weights

    def generate(
        self,
        prompt: Tokens = (),
        temperature: float = 1.0,
        seed: int | None = None,
        max_new: int | None = None,
        stop: int | None = None,
    ) -> list[int]:
        """Continue a document: draw tokens one after the other, each from softmax(logits / temperature).

        prompt: the tokens the document begins with. If there are none, the first is drawn as the one after ``stop``,
        which then marks the beginning of a document, too, as in microgpt.
        temperature: below 1 for likelier tokens, above 1 for more surprising ones; 0 always takes the likeliest.
        seed: the seed for the draws; without one they are drawn from Python's ``random``.
        max_new: the largest number of tokens to draw.
        stop: the token that ends a document.

        Return the prompt's tokens and the new ones, without ``stop``. The document also ends where the model has no
        further position: after ``context`` tokens, one more is drawn. Keys and values are kept, so that each token
        costs the work of one position; no gradient is tracked.

        Raises ValueError if prompt and stop are both missing, and for a prompt that is longer than the context, a
        negative temperature or a negative max_new; IndexError for a token that is not in the vocabulary.

        >>> model = GPT(5, seed=0)
        >>> model.generate([1, 2], temperature=0.0, max_new=3) == model.generate([1, 2], temperature=0.0)[:5]
        True
        """
        _check(temperature, max_new)
        document, source = [index_of(token, self.vocab_size) for token in _listed(prompt)], generator(seed)
        ends = [] if stop is None else [index_of(stop, self.vocab_size)]
        begin = document or ends
        if not begin:
            raise ValueError(
                "there is no token to begin after\n"
                "  try             generate(prompt=[token]), or stop=token if one token begins and ends each document"
            )
        self._refuse_too_long(begin)
        tokens = list(begin)
        caches: list[tuple[list[Row], list[Row]]] = [([], []) for _ in self.blocks]
        with autograd.no_grad():
            for position in range(self.context):
                if len(tokens) - len(begin) == max_new:
                    break
                logits = self._step(tokens[position], position, caches)
                if position + 1 == len(tokens):
                    token = _drawn(logits, temperature, source)
                    if token in ends:
                        break
                    tokens.append(token)
        return document + tokens[len(begin) :]

    def _embedded(self, tokens: Tokens) -> list[Row]:
        """Return the input of the first block: for each token, the sum of its embeddings, normalized."""
        listed = _listed(tokens)
        if not listed:
            raise ValueError("there are no tokens: GPT takes at least one")
        self._refuse_too_long(listed)
        return [self.norm(sums(self.token(token), self.position(i))) for i, token in enumerate(listed)]

    def _step(self, token: int, position: int, caches: Sequence[tuple[list[Row], list[Row]]]) -> list[float]:
        """Return the logits after a token as numbers, given the keys and values of the positions before."""
        row = self.norm(sums(self.token(token), self.position(position)))
        for block, (keys, values) in zip(self.blocks, caches, strict=True):
            row = block.step(row, keys, values)
        return [logit.data for logit in row_of(self.output(row))]

    def _refuse_too_long(self, tokens: Sequence[Any]) -> None:
        if len(tokens) > self.context:
            raise ValueError(
                f"this GPT takes at most {self.context} tokens, not {len(tokens)}\n"
                f"  try             GPT(..., context={len(tokens)}), or the last tokens alone: tokens[-{self.context}:]"
            )

    def _settings(self) -> dict[str, Any]:
        return self._sizes() | ({} if self.alphabet is None else {"alphabet": self.alphabet})

    def _sizes(self) -> dict[str, int]:
        attention = self.blocks[0].attention
        return {
            "vocab_size": self.vocab_size,
            "embed_dim": attention.embed_dim,
            "num_heads": attention.num_heads,
            "num_layers": len(self.blocks),
            "context": self.context,
        }

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        sizes = sizes_in_file(*(settings[name] for name in ("vocab_size", "embed_dim", "num_layers", "context")))
        vocab_size, n, layers, context = sizes
        return (2 * vocab_size + context) * n + layers * 12 * n * n

    _repr_pretty_ = Module._repr_pretty_

    def __repr__(self) -> str:
        return f"GPT({', '.join(f'{name}={size}' for name, size in self._sizes().items())})"


def _narrow(nin: int, nout: int, generator: Generator) -> float:
    return generator.normalvariate(0.0, STANDARD_DEVIATION)


def _listed(tokens: Tokens) -> list[Any]:
    """Return a document's tokens as a list. Raises TypeError for text or a bare token, and ValueError for a batch."""
    if is_array(tokens):
        tokens = plain_array(tokens, "the tokens").tolist()
    if not isinstance(tokens, Sequence) or isinstance(tokens, (str, bytes)):
        given = f"{a_kind_of(tokens)}{advice_on_text(tokens)}"
        raise TypeError(f"GPT takes a sequence of tokens, which are whole numbers, not {given}")
    if any((isinstance(token, (list, tuple)) or is_array(token)) and np.ndim(token) for token in tokens):
        raise ValueError("GPT takes one document; pass a batch one document at a time: [model(x) for x in xs]")
    return list(tokens)


def _check(temperature: float, max_new: int | None) -> None:
    """Raise ValueError for a temperature or number of tokens that ``generate`` does not take."""
    if not isinstance(temperature, numbers.Real) or not 0.0 <= temperature < math.inf:
        raise ValueError(f"temperature must be a finite number, 0 or more, not {temperature!r:.60}")
    if max_new is not None and (isinstance(max_new, bool) or not isinstance(max_new, numbers.Integral) or max_new < 0):
        raise ValueError(f"max_new must be a whole number, 0 or more, or None, not {max_new!r:.60}")


def _drawn(logits: Sequence[float], temperature: float, source: Generator) -> int:
    """Draw an index from softmax(logits / temperature); at 0 it is the first of the largest."""
    largest = max(logits)
    if not all(map(math.isfinite, logits)):
        raise NonFiniteError(f"the logits are not finite, so no token can be drawn: one of them is {largest}")
    if temperature == 0:
        return logits.index(largest)
    shares = autograd.softmax([(x - largest) / temperature for x in logits])  # the largest is 0: none overflows
    bounds = list(itertools.accumulate(shares))
    return bisect.bisect(bounds, source.uniform(0.0, bounds[-1]), hi=len(bounds) - 1)
