"""Layers, written neuron by neuron."""

from nn.layers.dense import MLP, Layer, Linear, Neuron, Sequential
from nn.layers.dense import _linear as _linear  # pickles of before name it here

__all__ = ["MLP", "Layer", "Linear", "Neuron", "Sequential"]
