"""Exercise 11: a neuron, a layer, a network."""

import random

from e07_value import Value


class Neuron:
    """tanh(w·x + b), or w·x + b alone."""

    def __init__(self, nin, is_linear=False):
        self.weights = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.bias = Value(0.0)
        self.is_linear = is_linear

    def __call__(self, xs):
        total = self.bias
        for w, x in zip(self.weights, xs):
            total = total + w * x
        return total if self.is_linear else total.tanh()

    def parameters(self):
        return [*self.weights, self.bias]


class Layer:
    """Several neurons that look at the same inputs."""

    def __init__(self, nin, nout, is_linear=False):
        self.neurons = [Neuron(nin, is_linear) for _ in range(nout)]

    def __call__(self, xs):
        return [neuron(xs) for neuron in self.neurons]

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    """Layers in a chain; the last one is linear."""

    def __init__(self, nin, nouts):
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [Layer(sizes[i], sizes[i + 1], is_linear=i == last) for i in range(len(nouts))]

    def __call__(self, xs):
        for layer in self.layers:
            xs = layer(xs)
        return xs

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
