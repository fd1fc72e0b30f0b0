"""Layers, written neuron by neuron."""

from nn.layers.attention import Attention, TransformerBlock
from nn.layers.dense import MLP, Layer, Linear, Neuron, Sequential
from nn.layers.dense import _linear as _linear  # pickles of before name it here
from nn.layers.embedding import Embedding
from nn.layers.normalization import LayerNorm, RMSNorm

__all__ = [
    "MLP",
    "Attention",
    "Embedding",
    "Layer",
    "LayerNorm",
    "Linear",
    "Neuron",
    "RMSNorm",
    "Sequential",
    "TransformerBlock",
]
