"""A small neural-network library on scalar Values, with PyTorch's names.

>>> import nn
>>> model = nn.MLP(3, [4, 4, 1], activation="tanh", output="tanh", seed=0)
>>> loss = nn.mse_loss([model([2.0, 3.0, -1.0]), model([3.0, -1.0, 0.5])], [1.0, -1.0])
>>> loss.backward()
"""

from nn import data
from nn.layers import MLP, Layer, Neuron
from nn.losses import cross_entropy, mse_loss
from nn.module import Module
from nn.optim import SGD

__all__ = ["MLP", "SGD", "Layer", "Module", "Neuron", "cross_entropy", "data", "mse_loss"]
