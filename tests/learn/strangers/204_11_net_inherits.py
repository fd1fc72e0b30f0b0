# exercise: 11
# right

import random

from e07_value import Value


class Module:
    def children(self):
        return []

    def own(self):
        return []

    def parameters(self):
        found = list(self.own())
        for child in self.children():
            found.extend(child.parameters())
        return found


class Neuron(Module):
    def __init__(self, nin, *, activation=Value.tanh):
        scale = (1 / nin) ** 0.5
        self.weights = tuple(Value(random.gauss(0, scale)) for _ in range(nin))
        self.bias = Value(random.gauss(0, 0.01))
        self.activation = activation

    def own(self):
        return [self.bias, *self.weights]

    def __call__(self, xs):
        return self.activation(sum((w * x for w, x in zip(self.weights, xs)), start=self.bias))


class Layer(Module):
    def __init__(self, nin, nout, **options):
        self.units = [Neuron(nin, **options) for _ in range(nout)]

    def children(self):
        return self.units

    def __call__(self, xs):
        return [unit(xs) for unit in self.units]


class MLP(Module):
    def __init__(self, nin, nouts):
        *hidden, last = nouts
        self.stack = []
        for n in hidden:
            self.stack.append(Layer(nin, n))
            nin = n
        self.stack.append(Layer(nin, last, activation=lambda z: z))

    def children(self):
        return self.stack

    def __call__(self, xs):
        from functools import reduce
        return reduce(lambda h, layer: layer(h), self.stack, xs)
