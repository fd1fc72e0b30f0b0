"""Layers, written neuron by neuron."""

from nn.layers.attention import Attention, TransformerBlock
from nn.layers.convolution import AvgPool2d, Conv2d, Flatten, MaxPool2d
from nn.layers.dense import MLP, Layer, Linear, Neuron, Sequential
from nn.layers.dense import _linear as _linear  # pickles of before name it here
from nn.layers.dropout import Dropout
from nn.layers.embedding import Embedding
from nn.layers.normalization import LayerNorm, RMSNorm
from nn.layers.recurrent import GRU, LSTM, RNN

__all__ = [
    "GRU",
    "LSTM",
    "MLP",
    "RNN",
    "Attention",
    "AvgPool2d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "Layer",
    "LayerNorm",
    "Linear",
    "MaxPool2d",
    "Neuron",
    "RMSNorm",
    "Sequential",
    "TransformerBlock",
]
