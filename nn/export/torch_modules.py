"""PyTorch modules that compute what the modules for sequences and images compute. Importing this file needs PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional

from nn import gpt, layers
from nn.module import Module
from nn.running.row_function import plain

__all__ = ["GPT", "Attention", "RMSNorm", "TransformerBlock", "module_of"]

Convert = Callable[[Module], Any]
"""Converts a part of a module."""


class RMSNorm(torch.nn.Module):  # PyTorch has its own from 2.4 on
    """wᵢxᵢ / √(Σ xⱼ²/n + ε) over the last axis."""

    def __init__(self, norm: layers.RMSNorm) -> None:
        super().__init__()
        self.eps = norm.eps
        self.register_parameter("weight", None if norm.weight is None else _parameter(norm.weight))

    def forward(self, x: Any) -> Any:
        """x: (…, n)  →  (…, n)."""
        normalized = x * (x.square().mean(-1, keepdim=True) + self.eps) ** -0.5
        return normalized if self.weight is None else self.weight * normalized


class Attention(torch.nn.Module):
    """Attention with several heads."""

    def __init__(self, attention: layers.Attention, convert: Convert) -> None:
        super().__init__()
        self.num_heads, self.causal = attention.num_heads, attention.causal
        self.query, self.key = convert(attention.query), convert(attention.key)
        self.value, self.output = convert(attention.value), convert(attention.output)

    def forward(self, x: Any) -> Any:
        """x: (batch, positions, embed_dim)  →  the same shape."""
        q, k, v = (
            linear(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for linear in (self.query, self.key, self.value)
        )
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.output(seen.transpose(1, 2).flatten(-2))


class TransformerBlock(torch.nn.Module):
    """x + attention(norm(x)), and then x + mlp(norm(x))."""

    def __init__(self, block: layers.TransformerBlock, convert: Convert) -> None:
        super().__init__()
        self.attention_norm, self.attention = convert(block.attention_norm), convert(block.attention)
        self.mlp_norm, self.mlp = convert(block.mlp_norm), convert(block.mlp)

    def forward(self, x: Any) -> Any:
        """x: (batch, positions, embed_dim)  →  the same shape."""
        x = x + self.attention(self.attention_norm(x))
        return x + self.mlp(self.mlp_norm(x))


class GPT(torch.nn.Module):
    """The logits of the token after each."""

    def __init__(self, model: gpt.GPT, convert: Convert) -> None:
        super().__init__()
        self.token, self.position, self.norm = convert(model.token), convert(model.position), convert(model.norm)
        self.blocks = torch.nn.Sequential(*map(convert, model.blocks))
        self.output = convert(model.output)

    def forward(self, tokens: Any) -> Any:
        """tokens: (batch, positions), integers  →  (batch, positions, vocab_size)."""
        positions = torch.arange(tokens.shape[-1], device=tokens.device)
        return self.output(self.blocks(self.norm(self.token(tokens) + self.position(positions))))


def module_of(module: Module, convert: Convert) -> Any:
    """Return the PyTorch module of one of nn's, with copies of its parameters; None if there is none here."""
    match module:
        case layers.Embedding():
            return torch.nn.Embedding.from_pretrained(_parameter(module.weight).detach(), freeze=False)
        case layers.RMSNorm():
            return RMSNorm(module)
        case layers.LayerNorm():
            return _layer_norm(module)
        case layers.Attention():
            return Attention(module, convert)
        case layers.TransformerBlock():
            return TransformerBlock(module, convert)
        case gpt.GPT():
            return GPT(module, convert)
        case layers.RNN() | layers.GRU() | layers.LSTM():
            return _namesake(module, batch_first=True)
        case layers.Conv2d() | layers.MaxPool2d() | layers.AvgPool2d() | layers.Flatten() | layers.Dropout():
            return _namesake(module)
    return None


def _namesake(module: Module, **options: bool) -> Any:
    """Return PyTorch's module of the same name, arguments and parameters."""
    converted = getattr(torch.nn, type(module).__name__)(**module._settings(), **options)
    for name, _ in list(converted.named_parameters()):
        setattr(converted, name, _parameter(getattr(module, name)))
    return converted


def _layer_norm(norm: layers.LayerNorm) -> Any:
    converted = torch.nn.LayerNorm(norm.normalized_shape, norm.eps)
    converted.weight, converted.bias = (None if x is None else _parameter(x) for x in (norm.weight, norm.bias))
    return converted


def _parameter(values: Sequence[Any]) -> Any:
    """Return Values, in lists of any depth, as a parameter in float64."""
    return torch.nn.Parameter(torch.tensor(plain(values), dtype=torch.float64))
