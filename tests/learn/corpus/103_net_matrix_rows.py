# exercise: 11
# expect: passed
# style: NumPy for the start, reduce, bias as a weight of an input 1
from functools import reduce

import numpy as np

from e07_value import Value

rng = np.random.default_rng(7)


class Neuron:
    linear = False

    def __init__(self, nin):
        self.w = [Value(float(v)) for v in rng.normal(size=nin + 1) / np.sqrt(nin)]

    def __call__(self, xs):
        terms = [w * x for w, x in zip(self.w, [*xs, 1.0])]
        z = reduce(lambda p, q: p + q, terms)
        return z if self.linear else z.tanh()

    def parameters(self):
        return list(self.w)


class Linear(Neuron):
    linear = True


class Layer:
    kind = Neuron

    def __init__(self, nin, nout):
        self.neurons = [self.kind(nin) for _ in range(nout)]

    def __call__(self, xs):
        return [n(xs) for n in self.neurons]

    def parameters(self):
        return [w for n in self.neurons for w in n.parameters()]


class LastLayer(Layer):
    kind = Linear


class MLP:
    def __init__(self, nin, nouts):
        ends = [nin, *nouts]
        kinds = [Layer] * (len(nouts) - 1) + [LastLayer]
        self.layers = [kind(a, b) for kind, a, b in zip(kinds, ends[:-1], ends[1:])]

    def __call__(self, xs):
        return reduce(lambda h, layer: layer(h), self.layers, xs)

    def parameters(self):
        return [w for layer in self.layers for w in layer.parameters()]
