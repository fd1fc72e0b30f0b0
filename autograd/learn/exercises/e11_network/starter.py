"""Exercise 11: a neuron, a layer, a network.

    model = MLP(2, [3, 1])        # 2 inputs, a hidden layer of 3 neurons, 1 output
    model([0.5, -1.0])            # a list with one Value: the output
    len(model.parameters())       # 13: three neurons with 2 weights and a bias, and one with 3 weights and a bias

A neuron gives tanh(w₁x₁ + … + wₙxₙ + b). The layers of an MLP are chained; its last layer leaves tanh away, so that the
outputs are not bound to stay between -1 and 1.

The weights start as random numbers (random.uniform(-1, 1) will do); a bias may start at 0. Inputs are numbers or Values.
parameters(), in each of the three classes, lists every weight and every bias once: the very Values, so that training can
change them.
"""

import random

from e07_value import Value


class Neuron:
    def __init__(self, nin):
        raise NotImplementedError

    def __call__(self, xs):
        """The output for the inputs xs: a Value."""
        raise NotImplementedError

    def parameters(self):
        """A list of the weights and the bias."""
        raise NotImplementedError


class Layer:
    """nout neurons; called with the inputs, it gives the list of their outputs."""

    def __init__(self, nin, nout):
        raise NotImplementedError


class MLP:
    """Layers with nouts[0], nouts[1], … neurons, each fed by the one before."""

    def __init__(self, nin, nouts):
        raise NotImplementedError
