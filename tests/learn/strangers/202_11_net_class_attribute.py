# exercise: 11
# wrong
# where: Neuron.__init__, line 18
# mend: weights belong to the object
# names: none

import random

from e07_value import Value


class Neuron:
    w = []
    linear = False

    def __init__(self, nin):
        for _ in range(nin):
            self.w.append(Value(random.gauss(0, 1)))
        self.b = Value(0)

    def __call__(self, xs):
        z = sum((wi * xi for wi, xi in zip(self.w, xs)), self.b)
        return z if self.linear else z.tanh()

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, xs):
        return [n(xs) for n in self.neurons]

    def parameters(self):
        return sum((n.parameters() for n in self.neurons), [])


class MLP:
    def __init__(self, nin, nouts):
        self.layers = [Layer(a, b) for a, b in zip([nin, *nouts], nouts)]
        for n in self.layers[-1].neurons:
            n.linear = True

    def __call__(self, xs):
        for layer in self.layers:
            xs = layer(xs)
        return xs

    def parameters(self):
        return sum((l.parameters() for l in self.layers), [])
