"""Attention and TransformerBlock: each position of a sequence looks at the others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import autograd
from autograd import Value
from nn.layers.arguments import Activation, Init, Inputs, inputs_of, row_of, rows_of, seeds_of, sizes_in_file, width
from nn.layers.dense import MLP, Linear
from nn.layers.normalization import LayerNorm, RMSNorm
from nn.module import Module

__all__ = ["Attention", "TransformerBlock"]

Row = list[Any]
"""The numbers or Values of one position."""


class Attention(Module):
    """Attention with several heads: each position gets a mean of all positions' values, weighted by how they match.

    A head with the query q at one position, and keys kⱼ and values vⱼ of size d at the positions it sees, computes
    Σ softmaxⱼ(kⱼ·q/√d) vⱼ, which is PyTorch's ``scaled_dot_product_attention``. The heads' results, one after the
    other, go through ``output``.

    embed_dim: the length of a row, which is the number of inputs and outputs of each position.
    num_heads: the number of heads; each has embed_dim / num_heads numbers of the query, key and value.
    causal: if True, a position sees itself and those before it; if False, all.
    bias: True for biases in the four Linear layers.
    seed, init: the same as for Linear; they are used for ``query``, ``key``, ``value`` and ``output``.

    Raises ValueError unless num_heads divides embed_dim. ``attention(x)`` takes a sequence of rows, (positions,
    embed_dim), and returns as many. Source: Vaswani et al. 2017, Attention Is All You Need, section 3.2.

    >>> attention = Attention(4, num_heads=2, seed=0)
    >>> rows = attention([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])
    >>> len(rows), len(rows[0])
    (2, 4)
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        causal: bool = True,
        bias: bool = False,
        seed: int | None = None,
        init: Init | None = None,
    ) -> None:
        self.embed_dim, self.num_heads = width(embed_dim, "embed_dim"), width(num_heads, "num_heads")
        if self.embed_dim % self.num_heads:
            raise ValueError(f"num_heads must divide embed_dim, but {num_heads} does not divide {embed_dim}")
        self.causal = bool(causal)
        self.query, self.key, self.value, self.output = (
            Linear(embed_dim, embed_dim, seed, init, bias=bias) for seed in seeds_of(seed, 4)
        )

    def forward(self, x: Sequence[Inputs]) -> list[Row]:
        """Return a row for each position.  x: (positions, embed_dim)."""
        rows = rows_of(x, self.embed_dim, "Attention")
        queries, keys, values = ([row_of(linear(row)) for row in rows] for linear in (self.query, self.key, self.value))
        seen = range(1, len(rows) + 1) if self.causal else [len(rows)] * len(rows)
        return [self._attended(query, keys[:end], values[:end]) for query, end in zip(queries, seen, strict=True)]

    def step(self, x: Inputs, keys: list[Row], values: list[Row]) -> Row:
        """Return the row of the next position, so that a sequence can be computed one position after the other.

        x: (embed_dim,), the input at this position.
        keys, values: lists with a row for each position before, at first empty; this position's are appended.

        Raises ValueError if the attention is not causal, because the positions before would have to see this one.

        >>> attention, keys, values = Attention(2, num_heads=1, seed=0), [], []
        >>> x = [[1.0, 0.0], [0.5, 2.0]]
        >>> repr([attention.step(row, keys, values) for row in x]) == repr(attention(x))
        True
        """
        if not self.causal:
            raise ValueError("this Attention is not causal, so every position sees the later ones: call it on all rows")
        row = inputs_of(x, self.embed_dim, "Attention")
        query = row_of(self.query(row))
        keys.append(row_of(self.key(row)))
        values.append(row_of(self.value(row)))
        return self._attended(query, keys, values)

    def weights(self, x: Sequence[Inputs]) -> list[list[list[float]]]:
        """Return how much each position looks at each: numbers [head][position][position seen], rows that sum to 1.

        x: (positions, embed_dim). A position that is not seen has the weight 0.

        >>> Attention(2, num_heads=1, seed=0).weights([[1.0, 0.0], [1.0, 0.0]])
        [[[1.0, 0.0], [0.5, 0.5]]]
        """
        rows = rows_of(x, self.embed_dim, "Attention")
        with autograd.no_grad():
            queries, keys = [row_of(self.query(row)) for row in rows], [row_of(self.key(row)) for row in rows]
            heads = []
            for part in self._parts_of_heads():
                head = []
                for position, query in enumerate(queries):
                    seen = keys[: position + 1] if self.causal else keys
                    shares = [share.data for share in _shares(query[part], [key[part] for key in seen])]
                    head.append(shares + [0.0] * (len(rows) - len(shares)))
                heads.append(head)
        return heads

    def _attended(self, query: Row, keys: Sequence[Row], values: Sequence[Row]) -> Row:
        out: Row = []
        for part in self._parts_of_heads():
            shares = _shares(query[part], [key[part] for key in keys])
            columns = zip(*[value[part] for value in values], strict=True)
            out += [autograd.dot(shares, column) for column in columns]
        return row_of(self.output(out))

    def _parts_of_heads(self) -> list[slice]:
        size = self.embed_dim // self.num_heads
        return [slice(begin, begin + size) for begin in range(0, self.embed_dim, size)]

    def _settings(self) -> dict[str, Any]:
        bias = self.query.neurons[0].b is not None
        return {"embed_dim": self.embed_dim, "num_heads": self.num_heads, "causal": self.causal, "bias": bias}

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        n, _ = sizes_in_file(settings["embed_dim"], settings["num_heads"])
        return 4 * n * (n + bool(settings["bias"]))

    _repr_pretty_ = Module._repr_pretty_  # IPython prefers the __repr__ of the nearer class

    def __repr__(self) -> str:
        return f"Attention({self.embed_dim}, num_heads={self.num_heads}{'' if self.causal else ', causal=False'})"


def _shares(query: Row, keys: Sequence[Row]) -> list[Any]:
    """softmaxⱼ(kⱼ·q/√d).  query: (d,); keys: (positions, d)."""
    return autograd.softmax([autograd.dot(key, query) / math.sqrt(len(query)) for key in keys])


class TransformerBlock(Module):
    """Attention and an MLP, each added to its input: x + attention(norm(x)), and then x + mlp(norm(x)).

    embed_dim, num_heads, causal: the same as for Attention.
    activation: the activation of the MLP, whose hidden layer is four times as wide as a row.
    norm: "rms" for RMSNorm, "layer" for LayerNorm.
    eps: the norms' ε; the default is that of the norm.
    elementwise_affine: False for norms without weights.
    bias: True for biases in the Linear layers, the MLP and a LayerNorm.
    seed, init: the same as for Linear.

    Raises ValueError unless num_heads divides embed_dim, and for an unknown norm. ``block(x)`` takes a sequence of
    rows, (positions, embed_dim), and returns as many. With norm="layer" and bias=True it is PyTorch's
    ``TransformerEncoderLayer`` with norm_first=True and dropout=0, which ``dim_feedforward`` makes as wide.

    >>> block = TransformerBlock(4, num_heads=2, seed=0)
    >>> len(block.parameters()), len(block([[1.0, 0.0, 0.0, 0.0]] * 3))
    (200, 3)
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        causal: bool = True,
        activation: Activation = "relu",
        norm: Literal["rms", "layer"] = "rms",
        eps: float | None = None,
        elementwise_affine: bool = True,
        bias: bool = False,
        seed: int | None = None,
        init: Init | None = None,
    ) -> None:
        if norm not in ("rms", "layer"):
            raise ValueError(f"norm must be 'rms' or 'layer', not {norm!r:.60}")
        width(embed_dim, "embed_dim")
        of_attention, of_mlp = seeds_of(seed, 2)

        def make_norm() -> RMSNorm | LayerNorm:
            if norm == "rms":
                return RMSNorm(embed_dim, eps, elementwise_affine)
            return LayerNorm(embed_dim, 1e-5 if eps is None else eps, elementwise_affine, bias)

        self.attention_norm = make_norm()
        self.attention = Attention(embed_dim, num_heads, causal, bias, of_attention, init)
        self.mlp_norm = make_norm()
        self.mlp = MLP(
            embed_dim, [4 * embed_dim, embed_dim], activation, None, of_mlp, init or "fan_in_uniform", bias=bias
        )

    def forward(self, x: Sequence[Inputs]) -> list[Row]:
        """Return a row for each position.  x: (positions, embed_dim)."""
        rows = rows_of(x, self.attention.embed_dim, "TransformerBlock")
        attended = self.attention([self.attention_norm(row) for row in rows])
        return [self._through_mlp(sums(row, seen)) for row, seen in zip(rows, attended, strict=True)]

    def step(self, x: Inputs, keys: list[Row], values: list[Row]) -> Row:
        """Return the row of the next position; arguments and errors are those of ``Attention.step``."""
        row = inputs_of(x, self.attention.embed_dim, "TransformerBlock")
        return self._through_mlp(sums(row, self.attention.step(self.attention_norm(row), keys, values)))

    def _through_mlp(self, x: Row) -> Row:
        return sums(x, row_of(self.mlp(self.mlp_norm(x))))

    def _settings(self) -> dict[str, Any]:
        norm = self.mlp_norm
        return {
            **self.attention._settings(),
            "activation": self.mlp._settings()["activation"],
            "norm": "rms" if isinstance(norm, RMSNorm) else "layer",
            "eps": norm.eps,
            "elementwise_affine": norm.weight is not None,
        }

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        (n,) = sizes_in_file(settings["embed_dim"])
        bias = bool(settings["bias"])
        of_norm = n * (1 + (bias and settings["norm"] == "layer")) if settings["elementwise_affine"] else 0
        return Attention._count(settings) + 8 * n * n + 5 * n * bias + 2 * of_norm

    _repr_pretty_ = Module._repr_pretty_

    def __repr__(self) -> str:
        return f"TransformerBlock({self.attention.embed_dim}, num_heads={self.attention.num_heads})"


def sums(x: Sequence[Value | float], y: Sequence[Value | float]) -> Row:
    """[xᵢ + yᵢ]."""
    return [a + b for a, b in zip(x, y, strict=True)]
