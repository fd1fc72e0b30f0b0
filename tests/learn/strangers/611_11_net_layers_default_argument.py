# exercise: 11
# wrong
# where: MLP.__init__, line 40
# mend: a new list for each model: self.layers = []
# names: state shared by calls

import random

from e07_value import Value


class Neuron:
    def __init__(self, nin, linear=False):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.linear = linear

    def __call__(self, xs):
        act = self.b
        for wi, xi in zip(self.w, xs):
            act = act + wi * xi
        return act if self.linear else act.tanh()

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
    def __init__(self, nin, nouts, layers=[]):
        self.layers = layers
        for i, nout in enumerate(nouts):
            layers.append(Layer(nin, nout, linear=i == len(nouts) - 1))
            nin = nout

    def __call__(self, xs):
        for layer in self.layers:
            xs = layer(xs)
        return xs

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
