# exercise: 11
# wrong
# where: Neuron.__call__, line 20
# mend: a local sum, not self.b
# names: state shared by calls

import random

from e07_value import Value


class Neuron:
    def __init__(self, nin, linear=False):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.linear = linear

    def __call__(self, xs):
        for wi, xi in zip(self.w, xs):
            self.b = self.b + wi * xi
        return self.b if self.linear else self.b.tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout, linear=False):
        self.neurons = [Neuron(nin, linear) for _ in range(nout)]

    def __call__(self, xs):
        return [n(xs) for n in self.neurons]

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        sz = [nin] + list(nouts)
        self.layers = [Layer(sz[i], sz[i + 1], linear=i == len(nouts) - 1) for i in range(len(nouts))]

    def __call__(self, xs):
        for layer in self.layers:
            xs = layer(xs)
        return xs

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
