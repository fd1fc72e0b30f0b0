"""Layers, written neuron by neuron."""

from nn.layers.convolution import AvgPool2d, Conv2d, Flatten, MaxPool2d
from nn.layers.dense import MLP, Layer, Linear, Neuron, Sequential
from nn.layers.dense import _linear as _linear  # pickles of before name it here
from nn.layers.dropout import Dropout
from nn.layers.recurrent import GRU, LSTM, RNN

__all__ = [
    "GRU",
    "LSTM",
    "MLP",
    "RNN",
    "AvgPool2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "Layer",
    "Linear",
    "MaxPool2d",
    "Neuron",
    "Sequential",
]
