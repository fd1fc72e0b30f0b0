# exercise: 11
# expect: N1
# style: without a bias
import random

from e07_value import Value


def dot(ws, xs):
    total = Value(0.0)
    for w, x in zip(ws, xs):
        total = total + w * x
    return total


class Neuron:
    def __init__(self, nin):
        self.ws = [Value(random.gauss(0, 1)) for _ in range(nin)]

    def __call__(self, xs, last=False):
        return dot(self.ws, xs) if last else dot(self.ws, xs).tanh()

    def parameters(self):
        return self.ws


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, xs, last=False):
        return [n(xs, last) for n in self.neurons]

    def parameters(self):
        return [w for n in self.neurons for w in n.ws]


class MLP:
    def __init__(self, nin, nouts):
        self.layers = [Layer(i, o) for i, o in zip([nin, *nouts], nouts)]

    def __call__(self, xs):
        *hidden, last = self.layers
        for layer in hidden:
            xs = layer(xs)
        return last(xs, last=True)

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
