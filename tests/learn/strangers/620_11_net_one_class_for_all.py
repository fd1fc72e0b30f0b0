# exercise: 11
# right

import random
from functools import reduce
from operator import mul, add

from e07_value import Value


class Module:
    def parameters(self):
        return [p for child in self.children for p in child.parameters()]


class Neuron(Module):
    def __init__(self, nin, activation=Value.tanh):
        self.wb = [Value(random.gauss(0, 1)) for _ in range(nin + 1)]
        self.activation = activation

    def __call__(self, xs):
        *w, b = self.wb
        return self.activation(reduce(add, map(mul, w, xs), b))

    def parameters(self):
        return self.wb[:]


class Layer(Module):
    def __init__(self, nin, nout, activation=Value.tanh):
        self.children = [Neuron(nin, activation) for _ in range(nout)]

    def __call__(self, xs):
        return [child(xs) for child in self.children]


def identity(x):
    return x


class MLP(Module):
    def __init__(self, nin, nouts):
        *hidden, last = nouts
        self.children = []
        for nout in hidden:
            self.children.append(Layer(nin, nout))
            nin = nout
        self.children.append(Layer(nin, last, identity))

    def __call__(self, xs):
        return reduce(lambda x, layer: layer(x), self.children, xs)
